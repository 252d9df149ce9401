"""Run an experiment: scenarios of a replicate together, replicates in parallel processes, without losing finished runs."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import time
import traceback
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from ccsim.errors import CcsimError, InputError, ResultsError, count_noun
from ccsim.execution import forecast
from ccsim.execution.executor import Executor, Progress, Task, TaskResult
from ccsim.execution.in_process import InProcessExecutor
from ccsim.execution.interrupts import Interrupts
from ccsim.execution.process_pool import ProcessPool, can_start
from ccsim.execution.scheduler import MAX_TASK_RUNS, Scheduler
from ccsim.execution.stopping import replicates_needed
from ccsim.execution.temporary import temporary_folder
from ccsim.execution.time_budget import Deadline, EtaEstimator
from ccsim.experiments.experiment import Experiment
from ccsim.model.extension import Own, Source, active_sources, extended, takes_mechanisms
from ccsim.organisations.layout import layout_of
from ccsim.results.results import Results, open_results
from ccsim.results.store import Store, locked
from ccsim.scenarios.renamed import renamed_arguments
from ccsim.scenarios.scenario import Scenario
from ccsim.simulation.simulation import replicate_seed, simulate

__all__ = ["RunInterrupted", "replicate_seed", "run_experiment", "run_task"]


class RunInterrupted(CcsimError):
    """Raised if the user stops the run; finished runs are kept if there is a results folder."""

    def __init__(self, folder: Path | None, done: int, total: int) -> None:
        if folder is None:
            text = "no runs are kept, because no results folder was given (out)"
        else:
            text = f"{done} of {count_noun(total, 'run')} kept in {folder}. To continue: ccsim resume {shlex.quote(str(folder))}"
        super().__init__(f"stopped; {text}")
        self.folder, self.done, self.total = folder, done, total


def run_task(experiment: Experiment, task: Task) -> TaskResult:
    """Run the scenarios of a replicate. They share its founding, which is cached within the process."""
    load_model()
    replicate, names = task
    runs, failed, seconds = [], [], []
    for name in names:
        start = time.perf_counter()
        try:
            scenario = experiment.scenarios[name]
            run = simulate(scenario, experiment.seed_of(name, replicate), experiment.weeks, merged=True)
            # The scenario's name in the experiment is used, because two scenarios may come from the same file.
            runs.append(
                replace(run.summaries(experiment.report_weeks) if experiment.report_weeks else run, scenario=name)
            )
        except CcsimError as error:
            # A mistake of the user's, such as one in a mechanism of their own: its message says all.
            failed.append((name, str(error)))
        except Exception:  # noqa: BLE001  # no error of one run may affect other runs
            failed.append((name, traceback.format_exc(limit=-3)))
        seconds.append(time.perf_counter() - start)
    return TaskResult(replicate, tuple(runs), tuple(failed), tuple(seconds))


def run_extended_task(shared: tuple[Experiment, tuple[Source, ...]], task: Task) -> TaskResult:
    """Run the scenarios of a replicate with users' mechanisms, which are passed to a process with the experiment."""
    experiment, mechanisms = shared
    with extended(mechanisms):
        return run_task(experiment, task)


@cache
def load_model() -> None:
    """Load the compiled model once per process, so that this is not counted as the time of a run."""
    tiny = {"staff": 12, "departments": 3, "front_departments": 2, "customers": 20, "warm_up": 1}
    with contextlib.suppress(Exception):  # runs that fail are reported later
        simulate(Scenario("tiny", organisation={f"organisation.{key}": value for key, value in tiny.items()}), 0, 1)


@takes_mechanisms
@renamed_arguments(budget="time_limit")
def run_experiment(
    experiment: Experiment,
    *,
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    command: list[str] | None = None,
    time_limit: Deadline | float | str | None = None,
    scheduler: str | None = None,
    mechanisms: Iterable[Own] | Own | None = None,
) -> Results:
    """Run every scenario and replicate of an experiment.

    Args:
        experiment: the experiment to run.
        workers: number of processes; by default one per processor. The result does not depend on it.
        out: results folder; without one, results are only kept in memory.
        resume: continue in a folder that contains part of the same experiment.
        progress: called with (done, planned, failed) after each task; its method ``left``, if any, is called
            with the seconds left.
        command: the command line to store with the results.
        time_limit: stop after this time (seconds, or a text such as ``"10m"``) and keep the results so far;
            or a deadline that is already running.
        scheduler: address of a Dask scheduler whose workers do the runs, such as ``"tcp://10.0.0.5:8786"``; by default
            processes of this machine.
        mechanisms: mechanisms of your own, as paths of files or as modules; the results folder keeps their text.

    Returns:
        The results of the completed runs, which are all unless the run was interrupted or out of time.

    Raises:
        InputError: the number of workers, the time limit, the address or a text of the experiment is not accepted.
        DoesNotFitError: this machine has too little memory or disk for it.
        ResultsError: the folder cannot be used, or the time limit was reached before any run.
        ClusterError: the scheduler cannot be reached, or is gone.
        RunInterrupted: the user pressed Ctrl-C.
    """  # noqa: DOC501  # re-raised errors are one of these
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise InputError(f"workers: must be a whole number of at least 1, got {workers!r}")
    limit = Deadline.start(time_limit)
    experiment.validate_texts()
    for scenario in experiment.base_scenarios.values():
        layout_of(scenario)  # faults in an organisation's files are reported once, before any run
    if out is None:
        return _in_memory(experiment, workers=workers, progress=progress, command=command, time_limit=limit,
                          scheduler=scheduler)  # fmt: skip
    with Interrupts() as ctrl_c, locked(Path(out)):
        store: Store | None = None
        try:
            with ctrl_c.held():
                processes = process_count(experiment, workers)
                forecast.begin(experiment, processes, Path(out), near=scheduler is None)
                store = Store.create(Path(out), experiment, command or sys.argv, resume)
            return _in_folder(store, workers or processor_count(), scheduler, limit, progress)
        except (KeyboardInterrupt, CcsimError) as error:
            ctrl_c.finish()
            if store is None:
                raise
            if not isinstance(error, ResultsError):
                store.flush()
                store.write_manifest(store.status if store.finished else "interrupted")
            if isinstance(error, CcsimError):
                raise
            raise RunInterrupted(store.folder, len(store.done), store.planned) from None


def _in_folder(
    store: Store, workers: int, scheduler: str | None, limit: Deadline | None, progress: Progress | None
) -> Results:
    """Run the rest of the experiment of a store, and read the results."""
    folder, experiment = store.folder, store.experiment
    start = partial(_start_executor, experiment, workers, scheduler, limit)
    here = scheduler is None and limit is None
    tasks = Scheduler(experiment, store, start, run_task, EtaEstimator(limit), progress, workers, here)
    tasks.run(range(experiment.replicates))
    if experiment.precision and len(store.done) and not tasks.stopped:
        tasks.run(range(experiment.replicates, replicates_needed(open_results(folder))))
    store.write_manifest("incomplete" if store.failures else "stopped" if tasks.stopped else "complete")
    if store.failures and not len(store.done):
        first = store.failures[0]["error"]
        opening = f"{folder}: every run failed. The first of them:\n" if "\n" in first else "every run failed: "
        raise ResultsError(opening + first)
    if limit and tasks.stopped and not len(store.done):
        raise ResultsError(
            f"{folder}: the time limit of {limit.seconds:g} s was reached before any run; continue with ccsim resume {folder}"
        )
    return open_results(folder)


def _start_executor(
    experiment: Experiment, workers: int, scheduler: str | None, time_limit: Deadline | None
) -> Executor:
    """Start remote workers or local workers, or return an executor in this process."""
    if scheduler is not None:
        from ccsim.execution.dask_cluster import Cluster

        return Cluster(scheduler, experiment)
    # A worker of another pool has only one processor.
    if not can_start() or (workers == 1 and time_limit is None):
        return InProcessExecutor(run_task, experiment)
    if mechanisms := active_sources():
        return ProcessPool(run_extended_task, (experiment, mechanisms), workers)
    return ProcessPool(run_task, experiment, workers)


def _in_memory(experiment: Experiment, **options: Any) -> Results:
    """Run an experiment in a temporary folder."""
    with Interrupts() as ctrl_c, temporary_folder() as folder:
        try:
            results = run_experiment(experiment, out=folder / "results", **options)
            return replace(
                results, folder=None, tables=dict(results.tables)
            )  # all tables are read before the folder is removed
        except RunInterrupted as error:
            ctrl_c.finish()
            raise RunInterrupted(None, error.done, error.total) from None


def process_count(experiment: Experiment, workers: int | None) -> int:
    """Return how many processes do the runs of an experiment, including this one if it does runs."""
    runs = len(experiment.scenarios) * experiment.replicates
    single = experiment.replicates == 1 and runs <= MAX_TASK_RUNS
    return 1 if single or not can_start() else min(workers or processor_count(), runs)


def processor_count() -> int:
    """Return how many processors this process may use, as far as the system provides it."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
