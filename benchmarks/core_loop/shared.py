"""What all versions of the core loop share: numbers, draws, the start, and how they are timed. Needs numpy only."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

DEPARTMENTS, COLLEAGUES = 20, 6
DEMAND, LEARNED, LOAD, UPDATE = 0.25, 0.3, 0.02, 0.3
CHURN, NEWCOMER = 0.03, 0.6
TAKE_UP, BY_COLLEAGUE, DROP = 0.002, 0.05, 0.01
#: Streams of draws in a week: who asks, who serves, whether it is solved, who leaves, who takes up or drops the practice.
ASKS, SERVES, SOLVES, LEAVES, ADOPTS = range(5)


def draws(count: int, week: int, stream: int) -> np.ndarray:
    """Return a uniform draw for each row: a hash of row, week and stream, so that every version has the same."""
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(
        (week * 8 + stream) * 0x85EBCA77 & 0xFFFFFFFF
    )
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x21F0AAAD)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x735A2D97)
    x ^= x >> np.uint32(15)
    return x * 2.0**-32


class Start(NamedTuple):
    """Who is there before the first week."""

    skill: np.ndarray
    adopted: np.ndarray
    colleagues: np.ndarray
    first: np.ndarray
    posts: int


def start(staff: int, customers: int) -> Start:
    """Return the start; customer ``c`` belongs to the department of which staff begin at ``first[c]``."""
    posts = staff // DEPARTMENTS
    return Start(
        0.5 + 0.4 * draws(staff, 2**20, 5), draws(staff, 2**20, 6) < 0.05,
        (draws(staff * COLLEAGUES, 2**20, 7) * staff).astype(np.int64).reshape(staff, COLLEAGUES),
        np.arange(customers) % DEPARTMENTS * posts, posts,
    )  # fmt: skip


Week = Callable[[int], tuple[float, float, float, float, float]]


def measure(make: Callable[[int, int], Week]) -> None:
    """Live weeks of each size given as ``staff,customers,weeks`` and print what they took and gave, as JSON.

    Args:
        make: takes the numbers of staff and customers, and returns what lives a week: of its number it makes contacts,
            contacts solved, customers lost, mean satisfaction and adopters.
    """
    measurements = []
    for size in sys.argv[1:]:
        staff, customers, weeks = map(int, size.split(","))
        live = make(staff, customers)
        kpis = [live(0)]
        first = time.process_time()
        before = time.process_time()
        for week in range(1, weeks):
            kpis.append(live(week))
        taken = (time.process_time() - before) / (weeks - 1)
        measurements.append(
            {"staff": staff, "customers": customers, "kpis": [list(map(float, row)) for row in kpis],
             "ns": taken / (staff + customers) * 1e9, "start": first,
             "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        )  # fmt: skip
    sys.stdout.write(json.dumps(measurements) + "\n")
