"""Run an experiment: all scenarios of a replicate together, replicates over processes, nothing finished ever lost."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import Any

from ccsim.errors import CcsimError, InputError
from ccsim.experiment import Experiment
from ccsim.results import Results, Store, locked, open_results
from ccsim.simulation import Run, simulate

Progress = Callable[[int, int, int], None]
Task = tuple[int, tuple[str, ...]]  # a replicate, and the scenarios to be run in it

#: Seconds between writes: the most work that a kill can lose.
FLUSH_SECONDS = 2.0
#: A task during which this many processes died is given up.
DEATHS = 3
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class Interrupted(CcsimError):
    """Stopped by the user; what had finished is kept."""


def replicate_seed(seed: int, replicate: int) -> int:
    """Return the seed of a replicate: the same in every scenario, so that runs pair."""
    return seed * 1_000_000 + replicate


@dataclass(frozen=True)
class Done:
    """What comes back from a task: its runs, and (scenario, error) of those that failed."""

    replicate: int
    runs: tuple[Run, ...]
    failed: tuple[tuple[str, str], ...]


def do_task(experiment: Experiment, task: Task) -> Done:
    """Run the scenarios of a replicate. They share its founding, which is remembered within the process."""
    replicate, names = task
    runs, failed = [], []
    for name in names:
        try:
            scenario = experiment.scenarios[name]
            runs.append(simulate(scenario, replicate_seed(experiment.seed, replicate), experiment.weeks))
        except Exception:  # noqa: BLE001  # whatever it is, it must not take other runs with it
            failed.append((name, traceback.format_exc(limit=-3)))
    return Done(replicate, tuple(runs), tuple(failed))


_experiment: Experiment | None = None


def _start_worker(experiment: Experiment) -> None:
    """Prepare a process: Ctrl-C is the parent's to handle, and without its parent it ends."""
    global _experiment  # noqa: PLW0603  # sent once to each process instead of with each task
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _experiment = experiment


def _end_with_parent() -> None:
    """Wait for the parent to die, however it does, and end: nothing runs on for nobody."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _do(task: Task) -> Done:
    assert _experiment is not None
    return do_task(_experiment, task)


def run_experiment(
    experiment: Experiment,
    *,
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    command: list[str] | None = None,
) -> Results:
    """Run every scenario and replicate of an experiment.

    Args:
        experiment: what to run.
        workers: processes; by default as many as there are processors. The result does not depend on it.
        out: results folder; without one the results are kept in memory only.
        resume: go on in a folder that holds part of the same experiment.
        progress: called with (done, planned, failed) after each task.
        command: what to write down as the command that makes these results.

    Raises:
        InputError: the number of workers is not accepted.
        ResultsError: the folder cannot be used.
        Interrupted: the user pressed Ctrl-C.
    """
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise InputError(f"workers: {workers!r} is not accepted; it takes a whole number of at least 1")
    if out is None:
        with tempfile.TemporaryDirectory(prefix="ccsim-") as temporary:
            place = Path(temporary) / "results"
            return _in_memory(run_experiment(experiment, workers=workers, out=place, progress=progress))
    folder = Path(out)
    with locked(folder):
        store = Store.create(folder, experiment, command or sys.argv, resume)
        crew = Crew(experiment, store, workers or len(os.sched_getaffinity(0)), progress)
        try:
            crew.work()
        except KeyboardInterrupt:
            store.flush()
            store.write_manifest("interrupted")
            raise Interrupted(
                f"stopped; {len(store.done)} of {crew.planned} runs are kept in {folder}. To go on, "
                f"run the same command with --out {shlex.quote(str(folder))} --resume"
            ) from None
        store.write_manifest("incomplete" if store.failures else "complete")
    return open_results(folder)


def _in_memory(results: Results) -> Results:
    return Results(None, results.experiment, results.manifest, results.tables)


@dataclass
class Crew:
    """The processes at work on an experiment."""

    experiment: Experiment
    store: Store
    workers: int
    progress: Progress | None = None
    _deaths: dict[Task, int] = field(default_factory=dict)
    _flushed: float = field(default_factory=time.monotonic)

    @property
    def planned(self) -> int:
        """Runs planned."""
        return len(self.experiment.scenarios) * self.experiment.replicates

    def tasks(self) -> list[Task]:
        """Return what is left to do."""
        left = []
        for replicate in range(self.experiment.replicates):
            names = tuple(n for n in self.experiment.scenarios if (n, replicate) not in self.store.done)
            if names:
                left.append((replicate, names))
        return left

    def work(self) -> None:
        """Do everything that is left."""
        tasks = self.tasks()
        self._tell()
        if tasks:
            # Compile once, here, before several processes would do it side by side.
            simulate(next(iter(self.experiment.scenarios.values())), 0, 1)
        if self.workers == 1 or len(tasks) <= 1:
            for task in tasks:
                self._take(do_task(self.experiment, task))
        else:
            while tasks:
                tasks = self._work_with_pool(tasks)
        self.store.flush()

    def _work_with_pool(self, tasks: list[Task]) -> list[Task]:
        """Work until all is done or a process dies; return what is then left."""
        waiting, flying = list(reversed(tasks)), dict[Future[Done], Task]()
        with _one_thread_each():
            pool = ProcessPoolExecutor(
                min(self.workers, len(tasks)), get_context("spawn"), _start_worker, (self.experiment,)
            )
            try:
                while waiting or flying:
                    while waiting and len(flying) < 2 * self.workers:
                        flying[pool.submit(_do, waiting[-1])] = waiting[-1]
                        waiting.pop()
                    for future in wait(flying, timeout=FLUSH_SECONDS, return_when=FIRST_COMPLETED).done:
                        self._take(future.result())
                        del flying[future]
                    self._flush_in_time()
            except BrokenProcessPool:
                # Finished futures of the broken pool are taken; the others are done again.
                for future, task in list(flying.items()):
                    if future.done() and future.exception() is None:
                        self._take(future.result())
                        del flying[future]
                    else:
                        self._bury(task, waiting)
                return list(reversed(waiting))
            finally:
                _end(pool)
        return []

    def _bury(self, task: Task, waiting: list[Task]) -> None:
        """A process died while a task was out: do it again, but not for ever."""
        self._deaths[task] = self._deaths.get(task, 0) + 1
        if self._deaths[task] < DEATHS:
            waiting.append(task)
        else:
            lost = [(name, f"the process died {DEATHS} times while it ran this replicate") for name in task[1]]
            self._take(Done(task[0], (), tuple(lost)))

    def _take(self, done: Done) -> None:
        for run in done.runs:
            self.store.add(done.replicate, run)
        for name, error in done.failed:
            self.store.failures.append({"scenario": name, "replicate": done.replicate, "error": error})
        self._flush_in_time()
        self._tell(len(done.runs))

    def _flush_in_time(self) -> None:
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self.store.flush()
            self._flushed = time.monotonic()

    def _tell(self, finished: int = 0) -> None:
        self._finished = getattr(self, "_finished", len(self.store.done)) + finished
        if self.progress:
            self.progress(self._finished, self.planned, len(self.store.failures))


def _end(pool: ProcessPoolExecutor) -> None:
    """End a pool at once: nobody waits for runs that nobody wants."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """Keep libraries in the worker processes to one thread each: the processors are taken by the processes."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def console_progress(title: str, console: Any = None) -> Iterator[Progress]:
    """Show a progress bar with rate, time left and failures on the terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("runs"),
        TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
        TextColumn("{task.fields[failures]}", style="red"),
    )  # fmt: skip
    with Bar(*columns, console=console, transient=False) as bar:
        task = bar.add_task(title, total=None, rate="", failures="")

        def show(done: int, planned: int, failed: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(
                task, completed=done, total=planned, rate=f"{speed:.0f}/s" if speed else "",
                failures=f"{failed} failed" if failed else "",
            )  # fmt: skip

        yield show
