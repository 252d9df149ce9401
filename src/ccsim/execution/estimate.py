"""What work takes, told before most of it is done, and refused where it cannot fit.

Memory follows from the columns of an organisation of its size, disk from the rows that are kept, and time from the
first runs, which count as finished like all others. A command of one experiment needs to do nothing for this. One of
several parts says beforehand what they come to (:func:`expect`), or counts its steps (:func:`paced`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ccsim.engine.columns import POPULATIONS
from ccsim.errors import InputError, count_noun
from ccsim.execution.announcing import TELLERS
from ccsim.execution.machine import Machine, this_machine
from ccsim.execution.time_budget import EtaEstimator
from ccsim.experiments.experiment import Experiment
from ccsim.model.kpis import KPIS, available
from ccsim.model.populations import KINDS
from ccsim.model.settings import default_settings
from ccsim.organisations.founding import layout_of
from ccsim.scenarios.scenario import Scenario

#: Bytes of memory that a process takes with the model loaded, and one that also reads and draws (measured).
WORKER, READER = 200e6, 280e6
#: Bytes that a value takes in a file, in a table, and while a table is read and put in order (measured).
ON_DISK, IN_TABLE, WHILE_READ = 5.2, 8.1, 3.9 * 8.1
#: Share of what is free that may be taken.
SHARE = 0.95
#: Columns of a table beside its KPIs.
KEYS = 4
#: Work that takes less than this many seconds, bytes of memory and bytes of disk is not announced.
SHORT, SMALL = 20.0, 1e9
#: Time that a week of one person takes in a large organisation, for runs that are too few to measure.
NANOSECONDS = 150.0
#: Runs, and seconds of work, from which time is foretold.
FEWEST_RUNS, FEWEST_SECONDS = 8, 2.0


class DoesNotFitError(InputError):
    """Work that this machine has no memory or no disk for."""


@dataclass(frozen=True)
class Work:
    """Some runs.

    Attributes:
        runs: how many.
        person_weeks: people of each run times the weeks that it is lived, added up over the runs.
        warm_up: the same of the weeks before week 0, which scenarios of one seed do not share where they are large.
        memory: bytes that the largest of them takes.
        values: numbers kept of them on disk.
        read: numbers of the table that is read when all are done.
        customers: customers of the largest of them.
        bytes_of_customer: bytes of memory that each of them takes.
        every_week: whether a row is kept of every week.
    """

    runs: int = 0
    person_weeks: float = 0.0
    warm_up: float = 0.0
    memory: float = 0.0
    values: float = 0.0
    read: float = 0.0
    customers: int = 0
    bytes_of_customer: float = 0.0
    every_week: bool = False

    @classmethod
    def of(cls, experiment: Experiment) -> Work:
        """Return the work that an experiment is, without its points being made."""
        runs = len(experiment.scenarios) * experiment.replicates
        largest, people, memory = {}, 0.0, -1.0
        for scenario in experiment.base_scenarios.values():
            sizes = sizes_of(scenario)
            people += (sizes["staff"] + sizes["customers"]) / len(experiment.base_scenarios)
            varied = {**sizes, **_largest(experiment)}
            if (need := bytes_of(varied)) > memory:
                memory, largest = need, varied
        rows = len(experiment.report_weeks) or experiment.weeks
        table = rows * (len(KPIS) + KEYS)
        values = table if experiment.report_weeks else table + rows * sum(
            largest[f"{by}s"] * (len(available(by)) + KEYS) for by in ("department", "segment")
        )  # fmt: skip
        return cls(
            runs, runs * people * experiment.weeks, runs * people * largest["warm_up"], memory, float(runs * values), float(runs * table),
            int(largest["customers"]), bytes_of({**largest, "customers": 1e6}) / 1e6, not experiment.report_weeks,
        )  # fmt: skip

    def times(self, factor: float) -> Work:
        """Return so many times as many of the same runs."""
        return replace(
            self, runs=round(self.runs * factor), person_weeks=self.person_weeks * factor,
            warm_up=self.warm_up * factor, values=self.values * factor,
        )  # fmt: skip

    def plus(self, other: Work) -> Work:
        """Return both, one after the other."""
        return Work(
            self.runs + other.runs, self.person_weeks + other.person_weeks, self.warm_up + other.warm_up, max(self.memory, other.memory),
            self.values + other.values, max(self.read, other.read), max(self.customers, other.customers),
            max(self.bytes_of_customer, other.bytes_of_customer), self.every_week or other.every_week,
        )  # fmt: skip

    def bytes_on_disk(self) -> float:
        """Return what the results take on disk."""
        return ON_DISK * self.values

    def bytes_in_memory(self, processes: int) -> float:
        """Return what the largest moment takes in memory: the runs of all processes, or reading what they left."""
        running = processes * (WORKER + self.memory) + READER * (processes > 1)
        return max(running, READER + WHILE_READ * self.read)


def sizes_of(scenario: Scenario) -> dict[str, Any]:
    """Return the sizes of a scenario's organisation by name."""
    layout = layout_of(scenario)
    own = {key.partition(".")[2]: value for key, value in scenario.organisation.items()}
    return {**default_settings().organisation._asdict(), **own, **(layout.sizes if layout else {})}


def _largest(experiment: Experiment) -> dict[str, Any]:
    """Return the largest values of sizes that a design varies."""
    factors = experiment.design.factors if experiment.design else ()
    sizes = {one.key.partition(".")[2]: one for one in factors if one.key.startswith("organisation.")}
    return {name: max(one.ends()) for name, one in sizes.items()}


def bytes_of(sizes: dict[str, Any]) -> float:
    """Return the bytes of all columns of an organisation of given sizes."""
    market = int(sizes["customers"] * (1.0 + sizes["prospects"]))
    rows = {
        "staff": sizes["staff"], "leaders": sizes["staff"] / max(1, sizes["span"]) + sizes["departments"] + 1,
        "customers": market, "cases": market, "departments": sizes["departments"], "segments": sizes["segments"],
        "firm": 1,
    }  # fmt: skip
    total = 4.0 * sizes["staff"] * sizes["ties"]
    for name, kind in zip(POPULATIONS, KINDS, strict=True):
        wide = kind.storage == "records"
        row = sum(8 if wide or one.kind == "flow" else np.dtype(one.dtype).itemsize for one in kind.columns)
        total += rows[name] * row
    return float(total)


def refuse_what_cannot_fit(work: Work, processes: int, folder: Path, machine: Machine) -> None:
    """Refuse work that this machine cannot hold.

    Args:
        work: what is asked for.
        processes: how many do the runs.
        folder: where results are kept.
        machine: what this machine has left.

    Raises:
        DoesNotFitError: there is too little memory, address space or disk; the message says what would fit.
    """
    need, free = work.bytes_in_memory(processes), SHARE * machine.memory
    if need > free or WORKER + work.memory > SHARE * machine.address_space:
        free = min(free, SHARE * machine.address_space)
        raise DoesNotFitError(
            f"{_called(work)} would take {told_bytes(need)} of memory with {count_noun(processes, 'process', 'processes')}; "
            f"{told_bytes(free)} can be had here. What fits: {_smaller(work, processes, free)}"
        )
    need, free = work.bytes_on_disk(), SHARE * machine.disk
    if need > free:
        kept = "; a sweep keeps only the weeks of --report-week" if work.every_week else ""
        raise DoesNotFitError(
            f"{_called(work)} would leave {told_bytes(need)} in {folder}; {told_bytes(free)} are free there. What fits: "
            f"{max(0, int(work.runs * free / need)):,} runs, or another disk (--out){kept}"
        )


def _called(work: Work) -> str:
    return f"{count_noun(work.runs, 'run')} of up to {count_noun(work.customers, 'customer')}"


def _smaller(work: Work, processes: int, free: float) -> str:
    """Say which smaller work would fit into memory."""
    if free < READER:
        return f"nothing; ccsim alone takes {told_bytes(READER)}. Close other programs, or take a larger machine"
    if READER + WHILE_READ * work.read > free:
        most = int(work.runs * (free - READER) / (WHILE_READ * work.read))
        return f"{most:,} runs" + (
            "; or a sweep, which keeps only the weeks of --report-week" if work.every_week else ""
        )
    if processes > 1 and work.bytes_in_memory(1) <= free:
        return f"--workers {max(1, int((free - READER) / (WORKER + work.memory)))}"
    customers = int(work.customers - (WORKER + work.memory - free) / work.bytes_of_customer)
    if customers < 1:
        return "--workers 1 and a smaller organisation.staff"
    return f"--workers 1 and organisation.customers of at most {_rounded(customers):,}"


def _rounded(number: int) -> int:
    """Return a number with two figures, not above it."""
    unit: int = 10 ** max(0, len(str(number)) - 2)
    return number // unit * unit


def told_bytes(count: float) -> str:
    """Return a number of bytes in words: ``0.7 GB``."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= 0.95 * size or unit == "kB":
            number = count / size
            return f"{number:,.0f} {unit}" if number >= 9.5 or unit == "kB" else f"{number:.1f} {unit}"
    raise AssertionError(count)


def told_time(seconds: float) -> str:
    """Return a time in words: ``4 minutes``."""
    for unit, size in (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0)):
        if seconds >= 1.95 * size:
            number = seconds / size
            return f"{number:.1f} {unit}s" if number < 9.5 and unit != "minute" else f"{number:.0f} {unit}s"
    return count_noun(max(1, round(seconds)), "second")


@dataclass
class Forecast:
    """What is foretold of a command.

    Attributes:
        tell: is called with the sentence.
        expected: what all parts of the command come to; None where one experiment is all.
        clock: tells the time in seconds.
    """

    tell: Callable[[str], object]
    expected: Work | None = None
    clock: Callable[[], float] = time.monotonic
    _part: Work | None = None
    _processes: int = 1
    _folder: Path = Path()
    _begun: float = 0.0
    _told: bool = False

    def begin(self, part: Work, processes: int, folder: Path) -> None:
        """Note that an experiment begins."""
        self._part, self._processes, self._folder, self._begun = part, processes, folder, self.clock()
        seconds = (part.person_weeks + part.warm_up) * NANOSECONDS * 1e-9 / processes
        if not self._told and part.runs < FEWEST_RUNS and seconds > SHORT:
            self._told = True
            self._say(part, seconds, "very roughly ")

    def update(self, estimator: EtaEstimator, *, ended: bool = False) -> None:
        """Say what all will take, as soon as enough runs are done to tell."""
        if self._told or self._part is None or estimator.deadline is not None:
            return
        if not ended and (not estimator.is_measured(FEWEST_RUNS) or self.clock() - self._begun < FEWEST_SECONDS):
            return
        left = estimator.seconds_left()
        if left is None:
            return
        spent = self.clock() - self._begun
        seconds, whole = spent + left, self.expected or self._part
        if whole.person_weeks > self._part.person_weeks > 0:
            seconds *= whole.person_weeks / self._part.person_weeks
        self._told = True
        self._say(whole, seconds)

    def _say(self, work: Work, seconds: float, how: str = "") -> None:
        memory, disk = work.bytes_in_memory(self._processes), work.bytes_on_disk()
        if seconds < SHORT and max(memory, disk) < SMALL:
            return
        self.tell(
            f"{count_noun(work.runs, 'run')}: {how}about {told_time(seconds)} with "
            f"{count_noun(self._processes, 'process', 'processes')}, {told_bytes(memory)} of memory, {told_bytes(disk)} on disk"
        )


#: The forecast of the command that runs now.
_CURRENT: list[Forecast] = []


def _forecasts() -> list[Forecast]:
    """Return the forecast of the command that runs now, none where nobody is told."""
    if [one.tell for one in _CURRENT] != TELLERS:
        _CURRENT[:] = [Forecast(tell) for tell in TELLERS]
    return _CURRENT


def expect(works: Iterable[Work], folder: Path | None = None, processes: int = 1) -> None:
    """Note what the parts of a command come to, and refuse what cannot fit.

    Args:
        works: the parts.
        folder: where their results are kept.
        processes: how many do the runs.

    Raises:
        DoesNotFitError: there is too little memory or disk for it.
    """
    whole = Work()
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
            seconds = (time.monotonic() - began) / (done - 1) * total
            if seconds >= SHORT:
                tell(f"{count_noun(total, noun)}: about {told_time(seconds)}, {told_bytes(READER)} of memory, no disk")
            began = 0.0

    return step
