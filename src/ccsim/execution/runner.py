"""Run an experiment: all scenarios of a replicate together, replicates over processes, nothing finished ever lost."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import tempfile
import time
import traceback
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from ccsim.errors import CcsimError, InputError, ResultsError, count_noun
from ccsim.execution.process_pool import ProcessPool
from ccsim.execution.progress import console_progress
from ccsim.execution.scheduler import Progress, Scheduler, Task, TaskResult, WorkerCrashLoopError
from ccsim.execution.stopping import replicates_needed
from ccsim.execution.time_budget import Deadline, EtaEstimator
from ccsim.experiments.experiment import Experiment
from ccsim.results.results import Results, open_results
from ccsim.results.store import Store, locked
from ccsim.scenarios.scenario import Scenario
from ccsim.simulation.simulation import replicate_seed, simulate

__all__ = [
    "Progress",
    "RunInterrupted",
    "WorkerCrashLoopError",
    "console_progress",
    "replicate_seed",
    "run_experiment",
    "run_task",
]


class RunInterrupted(CcsimError):
    """Stopped by the user; what had finished is kept if there is a folder to keep it in."""

    def __init__(self, folder: Path | None, done: int, total: int) -> None:
        if folder is None:
            told = "nothing is kept, because no results folder was named (out)"
        else:
            told = f"{done} of {count_noun(total, 'run')} kept in {folder}. To go on: ccsim resume {shlex.quote(str(folder))}"
        super().__init__(f"stopped; {told}")
        self.folder, self.done, self.total = folder, done, total


def run_task(experiment: Experiment, task: Task) -> TaskResult:
    """Run the scenarios of a replicate. They share its founding, which is remembered within the process."""
    load_model()
    replicate, names = task
    runs, failed, seconds = [], [], []
    for name in names:
        start = time.perf_counter()
        try:
            scenario = experiment.scenarios[name]
            run = simulate(scenario, experiment.seed_of(name, replicate), experiment.weeks)
            # The experiment's name for it counts: two of its scenarios may come from one file.
            runs.append(replace(run.figures(experiment.at) if experiment.at else run, scenario=name))
        except Exception:  # noqa: BLE001  # whatever it is, it must not take other runs with it
            failed.append((name, traceback.format_exc(limit=-3)))
        seconds.append(time.perf_counter() - start)
    return TaskResult(replicate, tuple(runs), tuple(failed), tuple(seconds))


@cache
def load_model() -> None:
    """Load the compiled model, once in a process, so that it is not counted as the time of a run."""
    tiny = {"staff": 12, "departments": 3, "front_departments": 2, "customers": 20, "warm_up": 1}
    with contextlib.suppress(Exception):  # what cannot be run says so in its turn
        simulate(Scenario("tiny", organisation={f"organisation.{key}": value for key, value in tiny.items()}), 0, 1)


def run_experiment(
    experiment: Experiment,
    *,
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    command: list[str] | None = None,
    budget: Deadline | float | str | None = None,
    scheduler: str | None = None,
) -> Results:
    """Run every scenario and replicate of an experiment.

    Args:
        experiment: what to run.
        workers: processes; by default as many as there are processors. The result does not depend on it.
        out: results folder; without one the results are kept in memory only.
        resume: go on in a folder that holds part of the same experiment.
        progress: called with (done, planned, failed) after each task; if it has a method ``left``, that is called
            with the seconds left.
        command: what to write down as the command that makes these results.
        budget: stop after this time (seconds, or a text such as ``"10m"``) with what there is by then;
            or a deadline that began to count before.
        scheduler: address of a Dask scheduler whose workers do the runs, such as ``"tcp://10.0.0.5:8786"``; by default
            processes of this machine do.

    Raises:
        InputError: the number of workers, the budget or the address is not accepted.
        ResultsError: the folder cannot be used, or the budget ended before any run.
        ClusterError: the scheduler cannot be reached, or is gone.
        RunInterrupted: the user pressed Ctrl-C.
    """
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise InputError(f"workers: must be a whole number of at least 1, got {workers!r}")
    limit = Deadline.start(budget)
    if out is None:
        return _in_memory(experiment, workers=workers, progress=progress, command=command, budget=limit,
                          scheduler=scheduler)  # fmt: skip
    folder = Path(out)
    with locked(folder):
        store = Store.create(folder, experiment, command or sys.argv, resume)
        count = workers or processor_count()
        executor = _executor_factory(experiment, count, scheduler, limit)
        task_scheduler = Scheduler(
            experiment,
            store,
            executor,
            run_task,
            EtaEstimator(limit),
            progress,
            count,
            scheduler is None and limit is None,
        )
        try:
            _run_replicates(task_scheduler, folder)
        except (KeyboardInterrupt, CcsimError) as error:
            if isinstance(error, ResultsError):
                raise
            store.flush()
            store.write_manifest("interrupted")
            if isinstance(error, CcsimError):
                raise
            raise RunInterrupted(folder, len(store.done), store.planned) from None
        store.write_manifest("incomplete" if store.failures else "stopped" if task_scheduler.stopped else "complete")
    if store.failures and not len(store.done):
        raise ResultsError(f"{folder}: every run failed. The first of them:\n{store.failures[0]['error']}")
    if limit and task_scheduler.stopped and not len(store.done):
        raise ResultsError(
            f"{folder}: the budget of {limit.seconds:g} s ended before any run; ccsim resume {folder} goes on"
        )
    return open_results(folder)


def _run_replicates(task_scheduler: Scheduler, folder: Path) -> None:
    """Do all replicates, or as many as the experiment's rule takes."""
    first = task_scheduler.experiment.replicates
    task_scheduler.run(range(first))
    if task_scheduler.experiment.until and len(task_scheduler.store.done) and not task_scheduler.stopped:
        task_scheduler.run(range(first, replicates_needed(open_results(folder))))


def _executor_factory(experiment: Experiment, workers: int, scheduler: str | None, budget: Deadline | None) -> Any:
    """Return what makes a executor of workers: far ones, near ones, or None for this process."""
    if scheduler is not None:
        from ccsim.execution.dask_cluster import Cluster

        return lambda: Cluster(scheduler, experiment)
    if workers == 1 and budget is None:
        return None
    return lambda: ProcessPool[Task, TaskResult](run_task, experiment, workers)


def _in_memory(experiment: Experiment, **options: Any) -> Results:
    """Run an experiment in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ccsim-") as folder:
        try:
            results = run_experiment(experiment, out=Path(folder) / "results", **options)
        except RunInterrupted as error:
            raise RunInterrupted(None, error.done, error.total) from None
        return replace(results, folder=None, tables=dict(results.tables))  # all are read before the folder goes


def processor_count() -> int:
    """Return how many processors this process may use; not every system can say which."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
