"""The crew at work on an experiment: what is to be done, who does it, what becomes of those who die of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ccsim.errors import CcsimError
from ccsim.execution.time_budget import Pace, people_of
from ccsim.experiments.experiment import Experiment
from ccsim.results.rows import load_writers
from ccsim.results.store import Store
from ccsim.simulation.simulation import Run

Progress = Callable[[int, int, int], None]
Task = tuple[int, tuple[str, ...]]  # a replicate, and the scenarios to be run in it

#: Seconds between writes: the most work that a kill can lose.
FLUSH_SECONDS = 2.0
#: Scenarios that are run in one task: the work that a death can cost.
MOST_IN_TASK = 24
#: A task that this many processes died of is given up.
DEATHS = 3


@dataclass(frozen=True)
class Done:
    """What comes back from a task: its runs, (scenario, error) of those that failed, and the seconds of each."""

    replicate: int
    runs: tuple[Run, ...]
    failed: tuple[tuple[str, str], ...]
    seconds: tuple[float, ...] = ()


class ProcessesDie(CcsimError):
    """No process lives long enough to finish anything."""


@dataclass
class Crew:
    """Those at work on an experiment.

    Attributes:
        experiment: what is run.
        store: where it goes.
        team: makes the team that does the work elsewhere; None to do it here, with ``alone``.
        alone: does a task here.
        pace: how fast it goes, and for how long it may.
        progress: told (done, planned, failed).
        workers: how many the team has, as far as is known.
        may_be_alone: whether a single task is done here, too.
        stopped: whether the budget of time was used up before everything was done.
    """

    experiment: Experiment
    store: Store
    team: Callable[[], Any] | None
    alone: Callable[[Experiment, Task], Done]
    pace: Pace = field(default_factory=Pace)
    progress: Progress | None = None
    workers: int = 1
    may_be_alone: bool = True
    stopped: bool = False
    _again: deque[Task] = field(default_factory=deque)
    _deaths: dict[Task, int] = field(default_factory=dict)
    _barren: int = 0
    _flushed: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._people = people_of(self.experiment)
        self._finished = len(self.store.done)

    def left(self, replicates: range) -> Iterator[tuple[int, str]]:
        """Yield what is left to do: replicate by replicate, so that what there is early covers all scenarios."""
        for replicate in replicates:
            for name in self.experiment.scenarios:
                if (name, replicate) not in self.store.done:
                    yield replicate, name

    def work(self, replicates: range) -> None:
        """Do everything that is left of some replicates."""
        self.store.planned = max(self.store.planned, len(self.experiment.scenarios) * replicates.stop)
        count = self.pace.expect(self._people(name) for _, name in self.left(replicates))
        self._tell()
        tasks = _Tasks(self.left(replicates))
        if tasks.first is None:
            return
        single = len(replicates) == 1 and count <= MOST_IN_TASK
        if self.team is None or (single and self.may_be_alone):
            load_writers()
            while task := tasks.take(MOST_IN_TASK):
                self._begin(task)
                self._take(task, self.alone(self.experiment, task))
        else:
            self._share(tasks)
        self._flush()

    def _share(self, tasks: _Tasks) -> None:
        """Share tasks among a team until all are done, or the budget is."""
        team = self._gathered()
        try:
            while True:
                while team.room() and (task := self._next(tasks)):
                    self._begin(task)
                    if not team.give(task):
                        self.pace.drop(task)
                        self._again.append(task)
                        self._count_death()
                if not team.busy:
                    break
                for task, done in team.gather(FLUSH_SECONDS if self.pace.deadline is None else 0.1):
                    if done is None:
                        self.pace.drop(task)
                        self._bury(task)
                    else:
                        self._take(task, done)
                        self._barren = -1
                self._flush_in_time()
                if self.pace.over():
                    break
            self.stopped = team.busy or bool(self._again) or tasks.first is not None
        finally:
            team.end()

    def _gathered(self) -> Any:
        """Return the team; while it starts, what writing takes is loaded."""
        assert self.team is not None
        team = self.team()
        load_writers()
        return team

    def _next(self, tasks: _Tasks) -> Task | None:
        """Return the next task; None if there is no other, or none that fits into the budget."""
        most = self.pace.limit(MOST_IN_TASK)
        if most == 0:
            return None
        return self._again.popleft() if self._again else tasks.take(most)

    def _bury(self, task: Task) -> None:
        """A process died of a task: do it again, though not for ever."""
        self._deaths[task] = self._deaths.get(task, 0) + 1
        if self._deaths[task] < DEATHS:
            self._again.append(task)
        else:
            lost = f"the process died {DEATHS} times while it ran this replicate"
            self._begin(task)
            self._take(task, Done(task[0], (), tuple((name, lost) for name in task[1])))
        self._count_death()

    def _count_death(self) -> None:
        """Give up if no process lives long enough to finish anything."""
        self._barren += self._barren >= 0
        if self._barren >= DEATHS * self.workers:
            raise ProcessesDie(
                f"the processes die before they finish anything ({self._barren} of them): is there memory for "
                f"{self.workers} at a time? --workers 1 does everything in this one"
            )

    def _begin(self, task: Task) -> None:
        self.pace.begin(task, [self._people(name) for name in task[1]])

    def _take(self, task: Task, done: Done) -> None:
        for run in done.runs:
            self.store.add(done.replicate, run)
        for name, error in done.failed:
            self.store.failures.append({"scenario": name, "replicate": done.replicate, "error": error})
        self.pace.note(task, done.seconds or (0.0,) * len(task[1]))
        self._finished += len(done.runs)
        self._flush_in_time()
        self._tell()

    def _flush_in_time(self) -> None:
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self._flush()

    def _flush(self) -> None:
        start = time.monotonic()
        self.store.flush()
        self._flushed = time.monotonic()
        self.pace.stored(self._flushed - start)

    def _tell(self) -> None:
        if self.progress is None:
            return
        tell_left = getattr(self.progress, "left", None)
        if tell_left is not None:
            tell_left(self.pace.seconds_left())
        self.progress(self._finished, self.store.planned, len(self.store.failures))


class _Tasks:
    """Runs in order, taken several at a time: scenarios of one replicate together."""

    def __init__(self, runs: Iterator[tuple[int, str]]) -> None:
        self._runs = runs
        self.first = next(runs, None)

    def take(self, most: int) -> Task | None:
        """Return the next task, of at most so many runs."""
        if self.first is None:
            return None
        replicate = self.first[0]
        names: list[str] = []
        while self.first is not None and self.first[0] == replicate and len(names) < most:
            names.append(self.first[1])
            self.first = next(self._runs, None)
        return replicate, tuple(names)
