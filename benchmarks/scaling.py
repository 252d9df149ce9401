"""What an agent-week costs as the organisation grows, where the time goes, and how much memory it takes.

    python -m benchmarks.scaling                  # to 1,000,000 customers: a few minutes
    python -m benchmarks.scaling --most 200000
    python -m benchmarks.scaling --mechanisms     # the table by mechanism as well

Agents are staff and customers; as many prospects again live in the market and are not counted. Each size is
measured in a process of its own, so that its peak memory is its own. Two series: one grows faster in customers than
in staff, to 10,000 and 1,000,000; the other has ten customers to a member of staff all the way. Where there are more
customers to a member of staff they ask less often, so that everybody has the work of the ordinary organisation.

The last two columns say how near a week is to what memory can give. *GB/s at least* is what a week moves if it reads every
column once and writes every flow once; many columns are read several times. *copy GB/s* is the rate at which the same process
copies an array of 128 MB, read and written bytes together.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.phases import live_with
from benchmarks.worlds import BUSY, agents_of, median, seconds, world_of
from ccsim.model.settings import default_settings
from ccsim.model.state import ModelState
from ccsim.model.week import step

SIZES = (
    (200, 2_000), (2_000, 50_000), (10_000, 1_000_000),
    (2_000, 20_000), (10_000, 100_000), (20_000, 200_000), (100_000, 1_000_000),
)  # fmt: skip


def by_mechanism(state: ModelState, weeks: int) -> dict[str, float]:
    """Return the median seconds of each phase."""
    times: dict[str, list[float]] = defaultdict(list)

    def around(name: str, kernel: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        times[name].append(seconds(lambda: kernel(*arguments)))

    for _ in range(weeks):
        live_with(state, around)
    return {name: median(each) for name, each in times.items()}


def measure(staff: int, customers: int) -> dict[str, Any]:
    """Measure one size in this process."""
    world_of(20, 200)  # compiles, or reads what is compiled
    asking = default_settings().demand.rate * 10 * staff / customers
    state = world_of(staff, customers, levers={**BUSY, "demand.rate": asking})
    weeks = max(5, min(100, 1_000_000 // (staff + customers)))
    week = median([seconds(lambda: step(state)) for _ in range(weeks)])
    return {
        "week": week,
        "agents": agents_of(state),
        "handled": float(state.populations.departments.handled.sum()),
        "phases": by_mechanism(state, max(5, weeks // 2)),
        "peak": peak_mebibytes(),
        "least": least_bytes(state) / week / 1e9,
        "copy": copy_rate(),
    }


def least_bytes(state: ModelState) -> float:
    """Return the bytes that a week moves if it reads each column and writes each flow once."""
    columns = (column for part in state.populations for column in (part if isinstance(part, tuple) else (part,)))
    return float(sum(column.nbytes for column in columns) + sum(block.nbytes for block in state.flows.values()))


def copy_rate() -> float:
    """Return gigabytes a second, read and written, at which memory copies an array that no cache holds."""
    source, target = np.ones(16_000_000), np.zeros(16_000_000)
    return 2 * source.nbytes / median([seconds(lambda: np.copyto(target, source)) for _ in range(9)]) / 1e9


def peak_mebibytes() -> float:
    """Return this process's peak memory, nan where the system does not say."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def measured_apart(staff: int, customers: int) -> dict[str, Any]:
    """Measure one size in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scaling", "--one", str(staff), str(customers)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return json.loads(done.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=int, default=1_000_000, metavar="CUSTOMERS", help="largest size")
    parser.add_argument("--mechanisms", action="store_true", help="print ns per agent-week by mechanism, too")
    parser.add_argument("--one", type=int, nargs=2, metavar=("STAFF", "CUSTOMERS"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(*chosen.one)))
        return
    sizes = [size for size in SIZES if size[1] <= chosen.most]
    print(
        "  staff customers     ms/week  ns/agent-week  to smallest  contacts/week  peak MiB  GB/s at least  copy GB/s"
    )
    found = {}
    for size in sizes:
        one = found[size] = measured_apart(*size)
        each = one["week"] / one["agents"] * 1e9
        first = found[sizes[0]]["week"] / found[sizes[0]]["agents"] * 1e9
        print(
            f"{size[0]:7,} {size[1]:9,} {one['week'] * 1e3:11.2f} {each:14.0f} {each / first:12.2f} "
            f"{one['handled']:14,.0f} {one['peak']:9.0f} {one['least']:14.1f} {one['copy']:10.1f}",
            flush=True,
        )
    if chosen.mechanisms:
        print_mechanisms(found)


def print_mechanisms(found: dict[tuple[int, int], dict[str, Any]]) -> None:
    """Print a table of mechanisms by size; a call from Python (up to 10 µs) is in every figure."""
    print("\nns per agent-week" + " " * 9 + "".join(f"{staff:>7,}+{customers:<9,}" for staff, customers in found))
    names = list(next(iter(found.values()))["phases"])
    for name in names:
        row = (one["phases"][name] / one["agents"] * 1e9 for one in found.values())
        print(f"{name:<26}" + "".join(f"{each:>13.1f}    " for each in row))


if __name__ == "__main__":
    main()
