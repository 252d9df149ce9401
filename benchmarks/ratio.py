"""How many times faster the engine is than the same model with an object per agent.

    python -m benchmarks.ratio            # three sizes
    python -m benchmarks.ratio --quick    # the default size only

Both live the same weeks of the same world, by turns, in this process; the ratio is that of the medians. A turn
is many weeks, as a run is: what the other side left in the caches counts in the first only. What
is timed is weeks with their tallies recorded. Making the objects is left out: a run of 156 weeks makes them
once.
"""

from __future__ import annotations

import argparse
import gc
from typing import NamedTuple

from benchmarks.per_agent import PerAgent
from benchmarks.worlds import agents_of, median, seconds, world_of
from ccsim.model.kpis import calculate
from ccsim.model.recorder import Record
from ccsim.model.state import ModelState
from ccsim.model.week import step


class Size(NamedTuple):
    """A size to measure, weeks to live at a time, and how often."""

    staff: int
    customers: int
    weeks: int
    rounds: int


SIZES = (Size(200, 2_000, 52, 7), Size(2_000, 20_000, 26, 5), Size(10_000, 100_000, 10, 3))


def engine_weeks(world: ModelState, record: Record, weeks: int) -> None:
    """Live weeks with the engine."""
    for _ in range(weeks):
        step(world)
        record.add(world)


def baseline_weeks(model: PerAgent, weeks: int) -> None:
    """Live weeks with the baseline."""
    for _ in range(weeks):
        model.step()


def compare(size: Size) -> tuple[float, float, int, bool]:
    """Return the median seconds a week of engine and baseline, the agents, and whether KPIs agree."""
    world = world_of(size.staff, size.customers, past=26)
    model, record = PerAgent(world), Record.of(world, size.weeks * size.rounds)
    engine, baseline = [], []
    for _ in range(size.rounds):
        gc.collect()
        engine.append(seconds(lambda: engine_weeks(world, record, size.weeks)) / size.weeks)
        baseline.append(seconds(lambda: baseline_weeks(model, size.weeks)) / size.weeks)
    profits = calculate(record, 0.1)["profit"], model.kpis()["profit"]
    agree = bool(abs(profits[0] - profits[1]).max() <= 1e-9 * abs(profits[0]).max())
    return median(engine), median(baseline), agents_of(world), agree


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="the default size only")
    sizes = SIZES[:1] if parser.parse_args().quick else SIZES
    print("  staff customers   engine ms/week  baseline ms/week   ns per agent-week (both)   ratio  same KPIs")
    for size in sizes:
        engine, baseline, agents, agree = compare(size)
        print(
            f"{size.staff:7,} {size.customers:9,} {engine * 1e3:16.3f} {baseline * 1e3:17.2f} "
            f"{engine / agents * 1e9:14.0f} {baseline / agents * 1e9:11,.0f} {baseline / engine:7.0f}  "
            f"{'yes' if agree else 'NO'}"
        )


if __name__ == "__main__":
    main()
