"""Forecast how long a command takes.

The forecast uses the first runs, which count as finished like all others. It covers the whole command, from the
start of its process to its end: loading, the start of processes, all runs, reading, analysing and plotting. A command
with one experiment needs no preparation. A command with several parts announces their total (:func:`expect`)
or counts its steps (:func:`paced`). If the pace changes, for example because other programs run, the forecast is repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ccsim.errors import count_noun
from ccsim.execution.announcing import LISTENERS, STARTED
from ccsim.execution.estimate import READER, Work, refuse_what_cannot_fit
from ccsim.execution.machine import this_machine
from ccsim.execution.time_budget import EtaEstimator
from ccsim.experiments.experiment import Experiment
from ccsim.results.formatting import byte_size, duration

#: Work that takes less than this many seconds, bytes of memory and bytes of disk is not announced.
SHORT, SMALL = 20.0, 1e9
#: Time per person-week in a large organisation, used if there are too few runs to measure it.
NANOSECONDS = 150.0
#: Minimum number of runs and seconds of work for a forecast.
FEWEST_RUNS, FEWEST_SECONDS = 8, 3.0
#: The forecast is repeated if it is off by more than this share, at least this share is still to come, and this many
#: seconds and this share of it have passed since the last message.
OFF, STILL_TO_COME, SECONDS_BETWEEN, SHARE_BETWEEN = 0.15, 0.1, 10.0, 0.1
#: Seconds of one processor on the machine of the measurements: to load a command until its first run, to
#: start the processes of a further part, to show a table and a figure and end, and to read one value of a table.
LOADING, STARTING, SHOWING, READING = 2.8, 1.5, 1.4, 1.1e-7
#: Maximum factor by which a machine is assumed to be faster or slower than that machine.
FASTEST, SLOWEST = 0.3, 4.0


@dataclass
class Forecast:
    """The forecast of a command.

    Attributes:
        announce: called with the sentence.
        expected: the total work of all parts of the command; None for a single experiment.
        clock: returns the time in seconds.
        started: start of the command's process, on ``clock``; None if the process also does other things.
    """

    announce: Callable[[str], object]
    expected: Work | None = None
    clock: Callable[[], float] = time.monotonic
    started: float | None = None
    _part: Work | None = None
    _processes: int = 1
    _folder: Path = Path()
    _begun: float = 0.0
    _slowness: float = 1.0
    _done: float = 0.0  # person-weeks of finished parts
    _parts: int = 0  # begun
    _first_result: float | None = None  # seconds since the start of this part
    _announced_seconds: float = 0.0
    _announced_at: float | None = None

    def begin(self, part: Work, processes: int, folder: Path) -> None:
        """Record the start of an experiment.

        Args:
            part: the work of the experiment.
            processes: number of processes that do the runs.
            folder: the results folder.
        """
        now = self.clock()
        if self._part is None:
            if self.started is None:
                self.started = now
            else:
                self._slowness = min(SLOWEST, max(FASTEST, (now - self.started) / LOADING))
        self._part, self._processes, self._folder, self._begun = part, processes, folder, now
        self._parts, self._first_result = self._parts + 1, None
        seconds = (part.person_weeks + part.warm_up) * NANOSECONDS * 1e-9 / processes
        if self._announced_at is None and part.runs < FEWEST_RUNS and seconds > SHORT:
            self._say(part, seconds, "very roughly ")

    def update(self, estimator: EtaEstimator, *, ended: bool = False) -> None:
        """Report the total time as soon as enough runs are done, and again if the forecast was wrong."""
        if self._part is None or estimator.deadline is not None:
            return
        now, left = self.clock(), estimator.seconds_left()
        if self._first_result is None and estimator.answered is not None:
            self._first_result = max(0.0, estimator.answered - self._begun)
        total = self.expected or self._part
        more = self._parts < total.parts or not ended  # nothing to forecast if all runs are done
        measured = estimator.is_measured(FEWEST_RUNS) and now - self._begun >= FEWEST_SECONDS
        if left is not None and more and (ended or measured):
            left += self._seconds_after(estimator, total, now - self._begun + left)
            self._consider(total, left, now)
        if ended:
            self._done += self._part.person_weeks

    def _seconds_after(self, estimator: EtaEstimator, total: Work, seconds: float) -> float:
        """Return the seconds from the end of this part's runs to the end of the command."""
        assert self._part is not None
        weeks, parts = total.person_weeks - self._done - self._part.person_weeks, total.parts - self._parts
        after = self._slowness * (SHOWING + READING * total.read + total.seconds)
        if weeks > 0.0 and self._part.person_weeks > 0.0:
            start = min(self._first_result or 0.0, seconds)
            share = min(1.0, estimator.pending / self._part.runs)  # the remaining work of a resumed part
            pace = (seconds - start) / (share * self._part.person_weeks)
            # The first part loads the model and may compile it; others only start their processes.
            startup = start if self._parts > 1 else min(start, self._slowness * STARTING)
            after += weeks * pace + max(0, parts) * startup
        return after

    def _consider(self, total: Work, left: float, now: float) -> None:
        """Report how much is left, if this was not reported or has changed."""
        assert self.started is not None
        seconds = now - self.started + left
        if self._announced_at is None:
            self._say(total, seconds)
        elif (
            abs(seconds / self._announced_seconds - 1.0) > OFF
            and left > max(SECONDS_BETWEEN, STILL_TO_COME * self._announced_seconds)
            and now - self._announced_at > max(SECONDS_BETWEEN, SHARE_BETWEEN * self._announced_seconds)
            and max(seconds, self._announced_seconds) >= SHORT
        ):
            self._announced_seconds, self._announced_at = seconds, now
            self.announce(
                f"{count_noun(total.runs, 'run')}: about {duration(seconds)} in all at the present pace, "
                f"{duration(left)} of it remaining"
            )

    def _say(self, work: Work, seconds: float, how: str = "") -> None:
        self._announced_seconds, self._announced_at = seconds, self.clock()
        memory, disk = work.bytes_in_memory(self._processes), work.bytes_on_disk()
        if seconds < SHORT and max(memory, disk) < SMALL:
            return
        self.announce(
            f"{count_noun(work.runs, 'run')}: {how}about {duration(seconds)} with "
            f"{count_noun(self._processes, 'process', 'processes')}, {byte_size(memory)} of memory, {byte_size(disk)} on disk"
        )


#: The forecast of the running command.
_CURRENT: list[Forecast] = []


def _forecasts() -> list[Forecast]:
    """Return the forecast of the running command; empty without a listener."""
    if [forecast.announce for forecast in _CURRENT] != LISTENERS:
        _CURRENT[:] = [Forecast(announce, started=STARTED[0] if STARTED else None) for announce in LISTENERS]
    return _CURRENT


def expect(works: Iterable[Work], folder: Path | None = None, processes: int = 1, seconds: float = 0.0) -> None:
    """Record the total work of the parts of a command, and refuse it if it cannot fit. May be called again with more information.

    Args:
        works: the parts.
        folder: folder of the results.
        processes: number of processes that do the runs.
        seconds: time for other work than runs, in seconds on the machine of the measurements.

    Raises:
        DoesNotFitError: there is too little memory or disk for it.
    """
    total = Work(parts=0, seconds=seconds)
    for work in works:
        total = total.plus(work)
    out = folder or Path()
    refuse_what_cannot_fit(total, processes, out, this_machine(out))
    for forecast in _forecasts():
        forecast.expected = total


def begin(experiment: Experiment, processes: int, folder: Path, *, near: bool = True) -> None:
    """Record the start of an experiment, and refuse it if it cannot fit.

    Args:
        experiment: the experiment to run.
        processes: number of processes that do the runs.
        folder: results folder.
        near: whether the processes run on this machine.

    Raises:
        DoesNotFitError: there is too little memory or disk for it.
    """
    work, here = Work.of(experiment), this_machine(folder)
    kept = (
        sum(path.stat().st_size for path in folder.rglob("*.parquet")) if folder.is_dir() else 0
    )  # of a resumed experiment
    here = replace(here, disk=here.disk + kept)
    refuse_what_cannot_fit(work if near else replace(work, memory=0.0), processes if near else 1, folder, here)
    for forecast in _forecasts():
        forecast.begin(work, processes, folder)


def update(estimator: EtaEstimator, *, ended: bool = False) -> None:
    """Record that runs are done."""
    for forecast in _forecasts():
        forecast.update(estimator, ended=ended)


def paced(total: int, noun: str, announce: Callable[[str], object]) -> Callable[[], None]:
    """Return a function to be called after each step of a long task in this process; after a few steps it reports the total time.

    Args:
        total: number of steps.
        noun: word for a step.
        announce: called with the sentence.
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
                announce(
                    f"{count_noun(total, noun)}: about {duration(seconds)}, {byte_size(READER)} of memory, no disk"
                )
            began = 0.0

    return step
