"""Many short runs of the default organisation in one session, and one large organisation to the horizon.

The many runs are a sweep: 24 points of a lever on the same draws, so that a replicate's organisation is founded once
for them, as in every sweep.

Prints the rate, the memory of the coordinator and its workers over time, what the store takes a run, and the part of a
run's time that is not the run itself (planning, sending, writing).

    python -m benchmarks.scale --runs 100000 --weeks 8        many runs, with flat memory
    python -m benchmarks.scale --large                        10,000 staff and 1,000,000 customers to week 156
    python -m benchmarks.scale --scheduler tcp://HOST:8786    the same through a Dask scheduler
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.processes import memory_of
from benchmarks.scaling import peak_mebibytes
from ccsim.execution.runner import replicate_seed, run_experiment
from ccsim.experiments.experiment import Experiment
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.simulation import simulate

#: Points of the sweep: as many as one task takes.
POINTS = 24


class Watch:
    """A progress that prints rate, memory and the end that is foretold, twenty times in all."""

    def __init__(self) -> None:
        self.start, self.shown, self.foretold = time.perf_counter(), 0.0, 0.0

    def left(self, seconds: float | None) -> None:
        """Keep the seconds left."""
        self.seconds = seconds

    def __call__(self, done: int, planned: int, failed: int) -> None:
        """Print a line at each twentieth."""
        if done < self.shown or not done:
            return
        elapsed = time.perf_counter() - self.start
        if not self.foretold and done >= planned / 20:
            self.foretold = elapsed + (self.seconds or 0.0)
        self.shown = done + planned / 20
        left = "" if self.seconds is None else f"{self.seconds:7.0f} s left"
        print(f"{done:8,} runs  {elapsed:7.0f} s  {done / elapsed:7.1f}/s  {memory_of(os.getpid()):6.0f} MiB  {failed} failed  {left}",
              flush=True)  # fmt: skip


def many(runs: int, weeks: int, workers: int, scheduler: str | None, out: str | None) -> None:
    """Run the default organisation many times and print what that took."""
    experiment = sweep_of(-(-runs // POINTS), weeks)
    runs = POINTS * experiment.replicates
    alone = _seconds_alone(experiment)
    with tempfile.TemporaryDirectory() as place:
        folder, watch = Path(out or place) / "scale", Watch()
        options: dict[str, Any] = {"scheduler": scheduler} if scheduler else {"workers": workers}
        results = run_experiment(experiment, out=folder, progress=watch, **options)
        took = time.perf_counter() - watch.start
        files = list((folder / "summaries").iterdir())
        size = sum(path.stat().st_size for path in files)
        begun = time.perf_counter()
        mean = results.summaries["csat"].mean()
        read = time.perf_counter() - begun
        print(f"{runs:,} runs of {weeks} weeks in {took:.0f} s ({runs / took:.1f}/s); {size / runs:.0f} bytes a run in "
              f"{len(files)} files; mean csat {mean:.3f} ({read:.2f} s); the end foretold after a twentieth was "
              f"{100 * (watch.foretold / took - 1):+.1f} % off")  # fmt: skip
        print(
            f"a run alone takes {1000 * alone:.1f} ms; in the session {1000 * took * workers / runs:.1f} ms of a worker"
        )


def sweep_of(replicates: int, weeks: int) -> Experiment:
    """Return the sweep: points of the programme's budget, figures of the last week."""
    budgets = tuple(500.0 * point for point in range(1, POINTS + 1))
    points = {
        f"budget {value:g}": load_scenario("combined").with_values({"programme.budget": value}) for value in budgets
    }
    return Experiment("scale", "Scale", "", next(iter(points)), points, weeks, replicates, report_weeks=(weeks - 1,))


def _seconds_alone(experiment: Experiment, replicates: int = 3) -> float:
    """Return what a run takes with nothing around it, its share of the founding included."""
    runs = [(scenario, replicate_seed(experiment.seed, replicate))
            for replicate in range(replicates) for scenario in experiment.scenarios.values()]  # fmt: skip
    simulate(*runs[-1], experiment.weeks)
    start = time.perf_counter()
    for scenario, seed in runs:
        simulate(scenario, seed, experiment.weeks).summaries(experiment.report_weeks)
    return (time.perf_counter() - start) / len(runs)


def large(weeks: int) -> None:
    """Run a large organisation once and print what that took."""
    sizes = {"organisation.staff": 10_000, "organisation.customers": 1_000_000, "organisation.departments": 40,
             "organisation.front_departments": 20}  # fmt: skip
    scenario = replace(load_scenario("combined").with_values(sizes), name="large")
    start = time.perf_counter()
    run = simulate(scenario, 1, weeks)
    took = time.perf_counter() - start
    print(f"10,000 staff and 1,000,000 customers for {weeks} weeks: {took:.0f} s, {peak_mebibytes():.0f} MiB at most; "
          f"csat {run.kpis['csat'][-1]:.2f}")  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scheduler")
    parser.add_argument("--out")
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    if options.large:
        large(156)
    else:
        many(options.runs, options.weeks, options.workers, options.scheduler, options.out)


if __name__ == "__main__":
    main()
