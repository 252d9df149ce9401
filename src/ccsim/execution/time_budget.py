"""Measure the pace of work: seconds left, and when a time limit is reached.

Runs differ in cost, so work is counted in expected seconds of a run: a fixed part and a part in
proportion to its people, both fitted to the runs done so far. The number of these seconds per second of the clock
depends on three things: how many tasks are in progress at a time, how long a worker is idle between two
(for example while results are written), and the time for sending tasks and results.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ccsim.errors import InputError
from ccsim.experiments.experiment import Experiment
from ccsim.model.settings import default_settings
from ccsim.scenarios.scenario import Scenario

#: Maximum duration of a task as a share of the time limit, so that the limit can be met.
MAX_TASK_SHARE = 0.01
#: Tasks in progress may exceed the time limit by this share; then they are given up.
GRACE = 0.02
#: Time for reading and showing results at the end, as a share of the time for storing them (measured).
READ_COST = 0.3
#: Factor by which a task may exceed its expected time and still be started before the end.
SAFETY_FACTOR = 1.15
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_duration(text: str | float) -> float:
    """Return a time such as ``"90s"``, ``"10m"`` or ``"1h30m"`` in seconds.

    Raises:
        InputError: the text is not a time.
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        seconds = float(text)
    else:
        parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smhd])", str(text))
        is_duration = re.fullmatch(r"(\s*\d+(\.\d+)?\s*[smhd])+\s*", str(text))
        seconds = sum(float(number) * _UNITS[unit] for number, unit in parts) if is_duration else float("nan")
    if not 0 < seconds < float("inf"):
        raise InputError(f"time limit: must be a time, such as 90s, 10m or 1h30m, got {text!r}")
    return seconds


@dataclass(frozen=True)
class Deadline:
    """A time limit for work, counted from its start.

    Attributes:
        seconds: duration of the limit.
        started: start, on ``clock``.
        reserved_share: expected time after the last run, as a share of the time before the first run.
        clock: returns the time in seconds.
    """

    seconds: float
    started: float
    reserved_share: float = 0.0
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def start(cls, time_limit: Deadline | float | str | None, reserved_share: float = 0.0) -> Deadline | None:
        """Return a deadline that starts now, or the given one; None for no limit.

        Raises:
            InputError: the time limit is not a time.
        """
        if time_limit is None or isinstance(time_limit, Deadline):
            return time_limit
        return cls(parse_duration(time_limit), time.monotonic(), reserved_share)

    def seconds_left(self) -> float:
        """Return the seconds left; negative if the limit is exceeded."""
        return self.started + self.seconds - self.clock()

    def reserved_seconds(self, now: float) -> float:
        """Return the seconds reserved for showing the results, if the first run can start ``now``."""
        return self.reserved_share * (now - self.started)


def run_size(experiment: Experiment) -> Callable[[str], float]:
    """Return a function from a scenario's name to its number of people: staff and customers."""
    points = experiment.design_scenarios
    sized = points is None or any(factor.key.startswith("organisation.") for factor in points.design.factors)
    if points is not None and not sized:
        known = {name: _n_people(scenario) for name, scenario in points.base_scenarios.items()}
        return lambda name: known[name if name in points.unvaried else points.locate(name)[0]]
    return lambda name: _n_people(experiment.scenarios[name])


def _n_people(scenario: Scenario) -> float:
    usual, own = default_settings().organisation, scenario.organisation
    return float(own.get("organisation.staff", usual.staff) + own.get("organisation.customers", usual.customers))


@dataclass
class _UnderWay:
    """A task in progress."""

    began: float
    people: Sequence[float]
    first: bool  # the first of its worker, which has to start and load the model before it


@dataclass
class EtaEstimator:
    """The pace of a session.

    Attributes:
        deadline: end of the session, if limited.
        clock: returns the time in seconds.
    """

    deadline: Deadline | None = None
    clock: Callable[[], float] = time.monotonic
    # Sums over the runs done: how many, people, people squared, seconds, people times seconds.
    _sums: np.ndarray = field(default_factory=lambda: np.zeros(5))
    _left: np.ndarray = field(default_factory=lambda: np.zeros(2))  # runs and people
    _under_way: dict[Hashable, _UnderWay] = field(default_factory=dict)
    _at_once: int = 0  # maximum number of tasks in progress at a time
    # Of finished tasks: seconds of their runs, seconds in progress.
    _worked: np.ndarray = field(default_factory=lambda: np.zeros(2))
    # Busy and total seconds of workers, since the first result.
    _places: np.ndarray = field(default_factory=lambda: np.zeros(2))
    _stored: float = 0.0  # seconds for storing results
    #: Runs planned for this session, and the start of the first.
    pending: int = 0
    answered: float | None = None

    def __post_init__(self) -> None:
        self.turned = self.clock()
        self._showing = 0.0 if self.deadline is None else self.deadline.reserved_seconds(self.turned)

    @property
    def reserved_seconds(self) -> float:
        """Seconds reserved after the last run for reading and showing results."""
        return self._showing + READ_COST * self._stored

    def record_write(self, seconds: float) -> None:
        """Record additional seconds for storing results."""
        self._stored += seconds

    def add_pending(self, people: Iterable[float]) -> int:
        """Add runs to the remaining ones, and return their number."""
        sizes = list(people)
        self._left += (len(sizes), sum(sizes))
        self.pending += len(sizes)
        return len(sizes)

    def begin(self, task: Hashable, people: Sequence[float]) -> None:
        """Record that the runs of a task are in progress."""
        self._turn()
        first = len(self._under_way) == self._at_once
        self._under_way[task] = _UnderWay(self.turned, people, first)
        self._at_once = max(self._at_once, len(self._under_way))

    def drop(self, task: Hashable) -> None:
        """Record that a task is no longer in progress and not done."""
        self._turn()
        del self._under_way[task]

    def record(self, task: Hashable, seconds: Sequence[float]) -> None:
        """Record that the runs of a task are done, with the seconds of each."""
        self._turn()
        if self.answered is None:
            self.answered = self.turned - sum(seconds)
        done = self._under_way.pop(task)
        for heads, took in zip(done.people, seconds, strict=True):
            self._sums += (1.0, heads, heads * heads, took, heads * took)
        self._left -= (len(done.people), sum(done.people))
        if not done.first:
            self._worked += (sum(seconds), self.turned - done.began)

    def _turn(self) -> None:
        """Count busy and idle workers since the last start or end of a task."""
        now = self.clock()
        if self._sums[0]:
            self._places += np.array([len(self._under_way), self._at_once]) * (now - self.turned)
        self.turned = now

    def _rates(self) -> tuple[float, float]:
        """Return seconds per run and seconds per person, fitted by least squares; both at least 0."""
        count, heads, squares, seconds, products = self._sums
        if not count:
            return 0.0, 0.0
        spread = count * squares - heads * heads
        if spread > 1e-9 * count * squares:
            slope = (count * products - heads * seconds) / spread
            fixed = (seconds - slope * heads) / count
            if slope >= 0 and fixed >= 0:
                return fixed, slope
        return 0.0, seconds / heads

    def is_measured(self, runs: int) -> bool:
        """Return whether enough runs are done, some of them by workers that had already started."""
        return bool(self._sums[0] >= runs and self._worked[1])

    def expected_seconds(self, runs: float, people: float) -> float:
        """Return the expected seconds of runs on one worker; 0 if nothing is known yet."""
        fixed, slope = self._rates()
        return float(fixed * runs + slope * people)

    def seconds_left(self) -> float | None:
        """Return the seconds until all runs are done at the present pace; None if nothing is known yet."""
        if not self._sums[0]:
            return None
        share = self._worked[0] / self._worked[1] if self._worked[1] else 1.0
        filled = self._places[0] / self._places[1] if self._places[1] else 1.0
        left, now = self.expected_seconds(*self._left), self.clock()
        for task in self._under_way.values():
            left -= min(share * (now - task.began), self.expected_seconds(len(task.people), sum(task.people)))
        pace = self._at_once * share * filled
        return max(0.0, left) / pace if pace > 0 else None

    def max_task_runs(self, most: int) -> int:
        """Return the maximum number of runs of the next task; 0 if no task fits into the time limit."""
        if self.deadline is None:
            return most
        left = self.deadline.seconds_left() - self.reserved_seconds
        if not self._sums[0]:
            return 1 if left > 0 else 0
        each = SAFETY_FACTOR * self.expected_seconds(1.0, self._sums[1] / self._sums[0])
        fits = int(left / each)
        return max(0, min(most, fits, max(1, int(MAX_TASK_SHARE * self.deadline.seconds / each))))

    def expired(self) -> bool:
        """Return whether the time limit is exceeded so far that tasks in progress are given up."""
        return (
            self.deadline is not None
            and self.deadline.seconds_left() < self.reserved_seconds - GRACE * self.deadline.seconds
        )
