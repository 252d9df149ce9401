"""Run an experiment: all scenarios of a replicate together, replicates over processes, nothing finished ever lost."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ccsim.errors import CcsimError, InputError, ResultsError
from ccsim.experiment import Experiment
from ccsim.results import Results, Store, locked, open_results
from ccsim.simulation import Run, simulate
from ccsim.workers import Died, Worker, ctrl_c_later, ready

Progress = Callable[[int, int, int], None]
Task = tuple[int, tuple[str, ...]]  # a replicate, and the scenarios to be run in it

#: Seconds between writes: the most work that a kill can lose.
FLUSH_SECONDS = 2.0
#: Scenarios that are run in one task: the work that a death can cost.
MOST_IN_TASK = 24
#: A task that this many processes died of is given up.
DEATHS = 3


class Interrupted(CcsimError):
    """Stopped by the user; what had finished is kept if there is a folder to keep it in."""

    def __init__(self, folder: Path | None, done: int, total: int) -> None:
        if folder is None:
            told = "nothing is kept, because no results folder was named (out)"
        else:
            told = (
                f"{done} of {total} runs are kept in {folder}. To go on, "
                f"run the same command with --out {shlex.quote(str(folder))} --resume"
            )
        super().__init__(f"stopped; {told}")
        self.folder, self.done, self.total = folder, done, total


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
            run = simulate(scenario, replicate_seed(experiment.seed, replicate), experiment.weeks)
            # The experiment's name for it counts: two of its scenarios may come from one file.
            runs.append(replace(run.figures(experiment.at) if experiment.at else run, scenario=name))
        except Exception:  # noqa: BLE001  # whatever it is, it must not take other runs with it
            failed.append((name, traceback.format_exc(limit=-3)))
    return Done(replicate, tuple(runs), tuple(failed))


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
        return _in_memory(experiment, workers, progress, command)
    folder = Path(out)
    with locked(folder):
        store = Store.create(folder, experiment, command or sys.argv, resume)
        crew = Crew(experiment, store, workers or _processors(), progress)
        try:
            crew.work()
        except (KeyboardInterrupt, ProcessesDie) as error:
            store.flush()
            store.write_manifest("interrupted")
            if isinstance(error, ProcessesDie):
                raise
            raise Interrupted(folder, len(store.done), crew.planned) from None
        store.write_manifest("incomplete" if store.failures else "complete")
    if store.failures and not store.done:
        raise ResultsError(f"{folder}: every run failed. The first of them:\n{store.failures[0]['error']}")
    return open_results(folder)


def _in_memory(
    experiment: Experiment, workers: int | None, progress: Progress | None, command: list[str] | None
) -> Results:
    """Run an experiment in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ccsim-") as folder:
        try:
            results = run_experiment(
                experiment, workers=workers, out=Path(folder) / "results", progress=progress, command=command
            )
        except Interrupted as error:
            raise Interrupted(None, error.done, error.total) from None
    return replace(results, folder=None)


def _processors() -> int:
    """Return how many processors this process may use; not every system can say which."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


class ProcessesDie(CcsimError):
    """No process lives long enough to finish anything."""


@dataclass
class Crew:
    """The processes at work on an experiment."""

    experiment: Experiment
    store: Store
    workers: int
    progress: Progress | None = None
    _deaths: dict[Task, int] = field(default_factory=dict)
    _barren: int = 0
    _flushed: float = field(default_factory=time.monotonic)

    @property
    def planned(self) -> int:
        """Runs planned."""
        return len(self.experiment.scenarios) * self.experiment.replicates

    def tasks(self) -> list[Task]:
        """Return what is left to do, scenarios that stand together in parts of a size worth the way."""
        left = []
        every = list(self.experiment.scenarios)
        for first in range(0, len(every), MOST_IN_TASK):
            for replicate in range(self.experiment.replicates):
                part = every[first : first + MOST_IN_TASK]
                names = tuple(name for name in part if (name, replicate) not in self.store.done)
                if names:
                    left.append((replicate, names))
        return left

    def work(self) -> None:
        """Do everything that is left."""
        tasks = self.tasks()
        self._tell()
        if tasks:
            self._warm()
        if self.workers == 1 or len(tasks) <= 1:
            for task in tasks:
                self._take(do_task(self.experiment, task))
        else:
            self._share(tasks)
        self.store.flush()

    def _warm(self) -> None:
        """Compile once, here, before several processes would do it side by side."""
        # A scenario that cannot be run fails again in its turn, and is told then with the others.
        with contextlib.suppress(Exception), ctrl_c_later():
            simulate(next(iter(self.experiment.scenarios.values())), 0, 1)

    def _share(self, tasks: list[Task]) -> None:
        """Share tasks among processes until all are done."""
        waiting = list(reversed(tasks))
        crew: list[Worker[Task, Done]] = []
        try:
            while waiting or any(worker.task for worker in crew):
                while waiting and len(crew) < min(self.workers, len(tasks)):
                    crew.append(Worker.start(do_task, self.experiment))
                for worker in [one for one in crew if one.task is None][: len(waiting)]:
                    if worker.give(waiting[-1]):
                        waiting.pop()
                    else:
                        crew.remove(worker)
                        self._count_death()
                for worker in ready([one for one in crew if one.task], FLUSH_SECONDS):
                    task = worker.task
                    try:
                        self._take(worker.answer())
                        self._barren = -1
                    except Died:
                        worker.end()
                        crew.remove(worker)
                        self._bury(task, waiting)
                self._flush_in_time()
        finally:
            for worker in crew:
                worker.end()

    def _bury(self, task: Task | None, waiting: list[Task]) -> None:
        """A process died of a task: do it again, though not for ever."""
        if task is not None:
            self._deaths[task] = self._deaths.get(task, 0) + 1
            if self._deaths[task] < DEATHS:
                waiting.insert(0, task)
            else:
                lost = f"the process died {DEATHS} times while it ran this replicate"
                self._take(Done(task[0], (), tuple((name, lost) for name in task[1])))
        self._count_death()

    def _count_death(self) -> None:
        """Give up if no process lives long enough to finish anything."""
        self._barren += self._barren >= 0
        if self._barren >= DEATHS * self.workers:
            raise ProcessesDie(
                f"the processes die before they finish anything ({self._barren} of them): is there memory for "
                f"{self.workers} at a time? --workers 1 does everything in this one"
            )

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
                task, completed=done, total=planned, rate=f"{speed:.{0 if speed >= 10 else 1}f}/s" if speed else "",
                failures=f"{failed} failed" if failed else "",
            )  # fmt: skip

        yield show
