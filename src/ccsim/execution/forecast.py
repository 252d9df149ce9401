"""How long a command takes, told before most of it is done.

Time follows from the first runs, which count as finished like all others. It is the time of the whole command, from the
start of its process to its end: loading, the start of processes, all runs, and what reads, analyses and draws. A command
of one experiment needs to do nothing for this. One of several parts says beforehand what they come to (:func:`expect`),
or counts its steps (:func:`paced`). Where the pace changes, as when other programs take processors, it is told anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ccsim.errors import count_noun
from ccsim.execution.announcing import STARTED, TELLERS
from ccsim.execution.estimate import READER, Work, refuse_what_cannot_fit
from ccsim.execution.machine import this_machine
from ccsim.execution.time_budget import EtaEstimator
from ccsim.experiments.experiment import Experiment
from ccsim.results.formatting import byte_size, duration

#: Work that takes less than this many seconds, bytes of memory and bytes of disk is not announced.
SHORT, SMALL = 20.0, 1e9
#: Time that a week of one person takes in a large organisation, for runs that are too few to measure.
NANOSECONDS = 150.0
#: Runs, and seconds of work, from which time is foretold.
FEWEST_RUNS, FEWEST_SECONDS = 8, 3.0
#: What is told is told anew when it is off by more than this share, at least so much of it is to come, and so many
#: seconds and such a share of it have passed since it was told.
OFF, STILL_TO_COME, SECONDS_BETWEEN, SHARE_BETWEEN = 0.15, 0.1, 10.0, 0.1
#: Seconds that one processor takes on the machine where they were measured: to load a command until its first run, to
#: start the processes of a further part, to show a table and a picture and to end, and to read a number of a table.
LOADING, STARTING, SHOWING, READING = 2.8, 1.5, 1.4, 1.1e-7
#: How many times as fast or as slow as that machine another is taken to be, at most.
FASTEST, SLOWEST = 0.3, 4.0


@dataclass
class Forecast:
    """What is foretold of a command.

    Attributes:
        tell: is called with the sentence.
        expected: what all parts of the command come to; None where one experiment is all.
        clock: tells the time in seconds.
        started: when the process of the command started, on ``clock``; None where it does other things, too.
    """

    tell: Callable[[str], object]
    expected: Work | None = None
    clock: Callable[[], float] = time.monotonic
    started: float | None = None
    _part: Work | None = None
    _processes: int = 1
    _folder: Path = Path()
    _begun: float = 0.0
    _slowness: float = 1.0
    _done: float = 0.0  # weeks of people, of parts that have ended
    _parts: int = 0  # begun
    _first_result: float | None = None  # seconds from the beginning of this part
    _told: float = 0.0
    _told_at: float | None = None

    def begin(self, part: Work, processes: int, folder: Path) -> None:
        """Note that an experiment begins."""
        now = self.clock()
        if self._part is None:
            if self.started is None:
                self.started = now
            else:
                self._slowness = min(SLOWEST, max(FASTEST, (now - self.started) / LOADING))
        self._part, self._processes, self._folder, self._begun = part, processes, folder, now
        self._parts, self._first_result = self._parts + 1, None
        seconds = (part.person_weeks + part.warm_up) * NANOSECONDS * 1e-9 / processes
        if self._told_at is None and part.runs < FEWEST_RUNS and seconds > SHORT:
            self._say(part, seconds, "very roughly ")

    def update(self, estimator: EtaEstimator, *, ended: bool = False) -> None:
        """Say what all will take, as soon as enough runs are done to tell, and again where that was wrong."""
        if self._part is None or estimator.deadline is not None:
            return
        now, left = self.clock(), estimator.seconds_left()
        if self._first_result is None and estimator.answered is not None:
            self._first_result = max(0.0, estimator.answered - self._begun)
        whole = self.expected or self._part
        more = self._parts < whole.parts or not ended  # where all is done there is nothing to foretell
        if left is not None and more and (ended or self._is_measured(estimator, now)):
            left += self._seconds_after(estimator, whole, now - self._begun + left)
            self._consider(whole, left, now)
        if ended:
            self._done += self._part.person_weeks

    def _is_measured(self, estimator: EtaEstimator, now: float) -> bool:
        return estimator.is_measured(FEWEST_RUNS) and now - self._begun >= FEWEST_SECONDS

    def _seconds_after(self, estimator: EtaEstimator, whole: Work, seconds: float) -> float:
        """Return the seconds from the last run of this part, which takes so many in all, to the end of the command."""
        assert self._part is not None
        weeks, parts = whole.person_weeks - self._done - self._part.person_weeks, whole.parts - self._parts
        after = self._slowness * (SHOWING + READING * whole.read + whole.seconds)
        if weeks > 0.0 and self._part.person_weeks > 0.0:
            start = min(self._first_result or 0.0, seconds)
            share = min(1.0, estimator.pending / self._part.runs)  # what a resumed part had still to do
            pace = (seconds - start) / (share * self._part.person_weeks)
            # The first part may compile the model, and loads it; others need their processes only.
            again = start if self._parts > 1 else min(start, self._slowness * STARTING)
            after += weeks * pace + max(0, parts) * again
        return after

    def _consider(self, whole: Work, left: float, now: float) -> None:
        """Say how much is left, if that was not told or is something else by now."""
        assert self.started is not None
        seconds = now - self.started + left
        if self._told_at is None:
            self._say(whole, seconds)
        elif (
            abs(seconds / self._told - 1.0) > OFF
            and left > max(SECONDS_BETWEEN, STILL_TO_COME * self._told)
            and now - self._told_at > max(SECONDS_BETWEEN, SHARE_BETWEEN * self._told)
            and max(seconds, self._told) >= SHORT
        ):
            self._told, self._told_at = seconds, now
            self.tell(
                f"{count_noun(whole.runs, 'run')}: about {duration(seconds)} in all at the pace of now, "
                f"{duration(left)} of it to come"
            )

    def _say(self, work: Work, seconds: float, how: str = "") -> None:
        self._told, self._told_at = seconds, self.clock()
        memory, disk = work.bytes_in_memory(self._processes), work.bytes_on_disk()
        if seconds < SHORT and max(memory, disk) < SMALL:
            return
        self.tell(
            f"{count_noun(work.runs, 'run')}: {how}about {duration(seconds)} with "
            f"{count_noun(self._processes, 'process', 'processes')}, {byte_size(memory)} of memory, {byte_size(disk)} on disk"
        )


#: The forecast of the command that runs now.
_CURRENT: list[Forecast] = []


def _forecasts() -> list[Forecast]:
    """Return the forecast of the command that runs now, none where there is no listener."""
    if [one.tell for one in _CURRENT] != TELLERS:
        _CURRENT[:] = [Forecast(tell, started=STARTED[0] if STARTED else None) for tell in TELLERS]
    return _CURRENT


def expect(works: Iterable[Work], folder: Path | None = None, processes: int = 1, seconds: float = 0.0) -> None:
    """Note what the parts of a command come to, and refuse what cannot fit. May be called again when more is known.

    Args:
        works: the parts.
        folder: where their results are kept.
        processes: how many do the runs.
        seconds: what is done besides the runs, in seconds of the machine on which this was measured.

    Raises:
        DoesNotFitError: there is too little memory or disk for it.
    """
    whole = Work(parts=0, seconds=seconds)
    for work in works:
        whole = whole.plus(work)
    place = folder or Path()
    refuse_what_cannot_fit(whole, processes, place, this_machine(place))
    for forecast in _forecasts():
        forecast.expected = whole


def begin(experiment: Experiment, processes: int, folder: Path, *, near: bool = True) -> None:
    """Note that an experiment begins, and refuse it where it cannot fit.

    Args:
        experiment: what is run.
        processes: how many do the runs.
        folder: where results are kept.
        near: whether the processes are of this machine.

    Raises:
        DoesNotFitError: there is too little memory or disk for it.
    """
    work, here = Work.of(experiment), this_machine(folder)
    kept = sum(path.stat().st_size for path in folder.rglob("*.parquet")) if folder.is_dir() else 0  # of a resumed one
    here = replace(here, disk=here.disk + kept)
    refuse_what_cannot_fit(work if near else replace(work, memory=0.0), processes if near else 1, folder, here)
    for forecast in _forecasts():
        forecast.begin(work, processes, folder)


def update(estimator: EtaEstimator, *, ended: bool = False) -> None:
    """Note that runs are done."""
    for forecast in _forecasts():
        forecast.update(estimator, ended=ended)


def paced(total: int, noun: str, tell: Callable[[str], object]) -> Callable[[], None]:
    """Return what is called after each step of a long work in this process; it says after a few how long all will take.

    Args:
        total: how many steps there are.
        noun: what one is called.
        tell: is called with the sentence.
    """
    began, done = time.monotonic(), 0

    def step() -> None:
        nonlocal done, began
        done += 1
        if done == 1:
            began = time.monotonic()  # the first step also loads the model
        elif began and time.monotonic() - began >= FEWEST_SECONDS:
            seconds = (time.monotonic() - began) / (done - 1) * total + began - (STARTED[0] if STARTED else began)
            if seconds >= SHORT:
                tell(f"{count_noun(total, noun)}: about {duration(seconds)}, {byte_size(READER)} of memory, no disk")
            began = 0.0

    return step
