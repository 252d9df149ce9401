"""Two crowds alike on average end apart: what counts is the spread of readiness, and who comes second. [Granovetter 1978]

Everybody joins once enough others have: the own threshold. With thresholds 0, 1, 2, …, 99 a hundred people join, one
after the other; change the 1 to a 2 and one person does. M. Granovetter (1978), Threshold models of collective
behavior, American Journal of Sociology 83(6), 1420-1443. The paper's numbers are taken from later replications.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np

from ccsim.engine.jit import kernel, rule
from ccsim.engine.rng import Stream, fill_uniforms

READINESS = int(Stream.CLASSIC)


@rule
def joins(threshold, joined):
    """A person joins when at least as many as the threshold have."""
    return threshold <= joined


@kernel
def spread(thresholds, joined):
    """Fill ``joined`` with how many have joined after 0, 1, 2, … moments; returns the moments until it rests."""
    joined[0] = 0
    for moment in range(1, len(joined)):
        count = 0
        for i in range(len(thresholds)):
            if joins(thresholds[i], joined[moment - 1]):
                count += 1
        joined[moment:] = count
        if count == joined[moment - 1]:
            return moment - 1
    return len(joined) - 1


def run(thresholds: Any) -> np.ndarray:
    """Return how many people have joined, moment by moment, until nobody else does.

    Args:
        thresholds: for each person, how many others must have joined before.
    """
    people = np.array(thresholds, dtype=np.float64)
    joined = np.zeros(len(people) + 2, dtype=np.int64)
    rests = spread(people, joined)
    return joined[: int(rests) + 1]


def ladder(people: int = 100) -> np.ndarray:
    """Return the thresholds 0, 1, 2, …: each person waits for one more than the person before."""
    return np.arange(people, dtype=np.float64)


def normal_crowd(people: int, mean: float = 0.25, deviation: float = 0.1, seed: int = 1) -> np.ndarray:
    """Return thresholds, in people, of a crowd whose readiness is normal around ``mean``, a share of the crowd."""
    luck = np.zeros(people)
    fill_uniforms(luck, np.uint64(seed), READINESS, 0)
    bell = NormalDist(mean, deviation)
    return np.array([people * bell.inv_cdf(one) for one in luck])


def resting_share(deviation: float, mean: float = 0.25, longest: int = 1_000_000) -> float:
    """Return the share that joins in a crowd without end: x becomes the share whose threshold is at most x, from 0."""
    scale = deviation * math.sqrt(2.0)
    x = 0.0
    for _ in range(longest):
        after = 0.5 * math.erfc((mean - x) / scale)
        if abs(after - x) < 1e-14:
            return after
        x = after
    return x


def critical_deviation(mean: float = 0.25, tolerance: float = 1e-7) -> float:
    """Return the spread of readiness above which nearly all of a large crowd join."""
    low, high = 0.05, 0.3
    while high - low > tolerance:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if resting_share(middle, mean) < 0.5 else (low, middle)
    return 0.5 * (low + high)
