"""How the service phase compares with the same loop hand-written in C.

    python -m benchmarks.service_c

Both work on copies of the same week of the same world, by turns; columns are compared bit by bit afterwards.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.phases import live_with
from benchmarks.service_c.build import build, compiler
from benchmarks.worlds import median, seconds, world_of
from ccsim.mechanisms.service import service
from ccsim.model.state import ModelState

SIZES = ((200, 2_000, 61), (2_000, 20_000, 21), (10_000, 100_000, 9))


def before_service(model_state: ModelState) -> tuple[ModelState, Callable[[ModelState], tuple[Any, ...]]]:
    """Live a world up to its next service phase; return it, and what makes a copy's arguments."""
    rest: list[tuple[Any, ...]] = []

    def around(name: str, kernel: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        if name == "service.serve":
            rest.append(arguments[5:])
        elif not rest:
            kernel(*arguments)

    live_with(model_state, around)

    def arguments_for(copy: ModelState) -> tuple[Any, ...]:
        state = copy.populations
        return state.staff, state.leaders, state.customers, state.cases, state.departments, *rest[0]

    return model_state, arguments_for


def differing(one: ModelState, other: ModelState) -> list[str]:
    """Return the names of the columns that differ in any bit."""
    found = []
    for population, mine, theirs in zip(one.populations._fields, one.populations, other.populations, strict=True):
        for name in getattr(mine, "_fields", None) or mine.dtype.names or ("",):
            a, b = (getattr(state, name) if name else state for state in (mine, theirs))
            if np.ascontiguousarray(a).tobytes() != np.ascontiguousarray(b).tobytes():
                found.append(f"{population}.{name}")
    return found


def by_turns(
    state: ModelState, arguments: Callable[[ModelState], tuple[Any, ...]], rounds: int, in_c: Callable[..., None]
) -> tuple[float, float, float, list[str]]:
    """Return the median seconds of both, the contacts handled, and the columns that differ."""
    engine, c = [], []
    for _ in range(rounds):
        mine, theirs = state.copy(), state.copy()
        for kernel, times, copy in ((service.serve, engine, mine), (in_c, c, theirs)):
            chosen = arguments(copy)
            times.append(seconds(partial(kernel, *chosen)))
    contacts = float(mine.populations.departments.handled.sum())
    return median(engine), median(c), contacts, differing(mine, theirs)


def main() -> None:
    """Measure and print."""
    if compiler() is None:
        print("No C compiler here: nothing to compare with.")
        return
    with tempfile.TemporaryDirectory() as folder:
        in_c = build(Path(folder))
        print("  staff customers  contacts   engine ns/contact   C ns/contact   engine : C   differing columns")
        for staff, customers, rounds in SIZES:
            state, arguments = before_service(world_of(staff, customers, past=26))
            engine, c, contacts, columns = by_turns(state, arguments, rounds, in_c)
            print(
                f"{staff:7,} {customers:9,} {contacts:9,.0f} {engine / contacts * 1e9:19.0f} "
                f"{c / contacts * 1e9:14.0f} {engine / c:12.2f}   {', '.join(columns) or 'none'}"
            )
