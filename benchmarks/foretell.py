"""Is time foretold: by commands, the end of a sweep after a twentieth of its runs, and the end of a command with a budget.

    python -m benchmarks.foretell --repeats 5 --budget 60
    python -m benchmarks.foretell --repeats 3 --told

With ``--told`` only what commands of a thousand runs and more say beforehand is held against the time from the start of
their process to its end: what they said first, and what they said last.

A budget is held against the whole command, from the start of its process to its end, table and picture included. Both
figures depend on what else the machine does in the meantime, so its load is printed with each, and medians at the end.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scale import POINTS, sweep_of
from ccsim.execution.runner import run_experiment

#: After this share of the runs the end is asked for.
SHARE = 0.05


class Early:
    """A progress that keeps the end foretold after the first twentieth of the runs."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.seconds: float | None = None
        self.foretold = 0.0

    def left(self, seconds: float | None) -> None:
        """Keep the seconds left."""
        self.seconds = seconds

    def __call__(self, done: int, planned: int, failed: int) -> None:
        """Keep the end that is foretold now, if it is time."""
        if not self.foretold and done >= SHARE * planned and self.seconds is not None:
            self.foretold = time.perf_counter() - self.start + self.seconds


def end_foretold(runs: int, weeks: int, workers: int) -> tuple[float, float]:
    """Run a sweep; return the seconds foretold for the whole after a twentieth of it, and those that it took."""
    early = Early()
    with tempfile.TemporaryDirectory() as place:
        run_experiment(sweep_of(runs // POINTS, weeks), workers=workers, out=Path(place) / "r", progress=early)
        return early.foretold, time.perf_counter() - early.start


def command_with_budget(words: list[str], seconds: float, workers: int) -> float:
    """Run a command that its budget ends; return the seconds of its process."""
    with tempfile.TemporaryDirectory() as place:
        ends = ["--time-limit", f"{seconds:g}s", "--workers", str(workers), "--out", str(Path(place) / "r")]
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "ccsim.cli.main", *words, *ends], capture_output=True, text=True, check=False
        )
        took = time.perf_counter() - start
    if "the time limit was reached after" not in done.stderr:
        raise SystemExit(f"no time limit of {seconds:g} s ended this:\n{done.stderr}")
    return took


#: Commands of a thousand runs and more; each says how long it will take.
TOLD = {
    "compare": ["compare", "direction", "--replicates", "300"],
    "run": ["run", "combined", "--replicates", "1200"],
    "sweep": ["sweep", "combined", "--factor", "programme.budget=0:20000", "--samples", "300"],
    "sensitivity": ["sensitivity", "combined", "--samples", "1000", "--replicates", "1"],
    "discover": ["discover", "combined", "--where", "csat > 70", "--samples", "300"],
    "optimise": ["optimise", "combined", "--factor", "programme.budget=0:20000", "--maximise", "csat", "--trials", "200"],
    "calibrate": ["calibrate", "nothing", "--parameter", "habit.formation_rate", "--target", "csat=70±5", "--samples", "150"],
    "validate": ["validate"],
    "test-claims": ["test-claims"],
    "worlds": ["worlds", "--worlds", "20", "--waves", "1", "--samples", "1000"],
}  # fmt: skip


def forecasts_of(words: list[str], workers: int) -> tuple[float, float, float]:
    """Run a command; return the seconds that it told first and last, and those of its process."""
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "ccsim.cli.main", *words, "--workers", str(workers), "--out", str(Path(place) / "r")],
            capture_output=True, text=True, check=False, cwd=place,
        )  # fmt: skip
        took = time.perf_counter() - start
    units = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
    forecasts = re.findall(r" runs: about ([\d.]+) (second|minute|hour|day)", done.stderr)
    if not forecasts:
        raise SystemExit(f"{words[0]} told nothing:\n{done.stderr}")
    seconds = [float(number) * units[unit] for number, unit in forecasts]
    return seconds[0], seconds[-1], took


#: More than any budget here takes.
COMMANDS = {
    "sweep": [
        "sweep",
        "combined",
        "--factor",
        "programme.budget=0:20000",
        "--samples",
        str(POINTS),
        "--replicates",
        "20000",
    ],
    "compare": ["compare", "direction", "--replicates", "20000"],
}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--budget", type=float, default=60.0, help="seconds")
    parser.add_argument("--runs", type=int, default=2400)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--told", action="store_true", help="only what commands say beforehand")
    parser.add_argument("--only", nargs="+", choices=list(TOLD), default=list(TOLD), help="which of them")
    options = parser.parse_args()
    errors: dict[str, list[float]] = {}
    for _ in range(options.repeats if options.told else 0):
        for name in options.only:
            first, last, took = forecasts_of(TOLD[name], options.workers)
            record_error(errors, name, first, took, "told first")
            record_error(errors, f"{name}, told anew", last, took, "told last")
    for _ in range(0 if options.told else options.repeats):
        foretold, took = end_foretold(options.runs, options.weeks, options.workers)
        record_error(errors, "end foretold", foretold, took, "foretold")
        for name, words in COMMANDS.items():
            used = command_with_budget(words, options.budget, options.workers)
            record_error(errors, f"budget of {name}", used, options.budget, "used")
    for name, shares in errors.items():
        print(f"{name}: {100 * statistics.median(shares):.1f} % off in the median, at most {100 * max(shares):.1f} %")


def record_error(errors: dict[str, list[float]], name: str, forecast: float, actual: float, word: str) -> None:
    """Print one figure with the machine's load, and keep how far off it is."""
    errors.setdefault(name, []).append(abs(forecast / actual - 1))
    load = os.getloadavg()[0]
    print(
        f"{name}: {forecast:.1f} s {word} of {actual:.1f} s ({100 * (forecast / actual - 1):+.1f} %), load {load:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
