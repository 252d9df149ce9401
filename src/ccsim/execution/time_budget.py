"""How fast work goes: seconds left, and when a time limit is reached.

Runs differ in cost, so work is counted in seconds that a run is expected to take: a fixed part and a part in
proportion to its people, both fitted to the runs done so far. How many such seconds go by in one second of the clock
is told by three things: how many tasks are under way at a time, how long a worker's place stays empty between two
(while results are written, say), and what comes on the way to a worker and back.
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

#: A task lasts at most this share of a time limit, so that the end can be met.
MAX_TASK_SHARE = 0.01
#: Work under way is left this share of the time limit beyond its end; then it is given up.
GRACE = 0.02
#: What is stored is read and shown at the end, which takes this share of the time that storing it took (measured).
READ_COST = 0.3
#: How much longer than expected a task may take and still be begun before the end.
SAFETY_FACTOR = 1.15
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_duration(text: str | float) -> float:
    """Return a time such as ``"90s"``, ``"10m"`` or ``"1h30m"`` in seconds.

    Raises:
        InputError: it is no such time.
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        found = float(text)
    else:
        parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smhd])", str(text))
        whole = re.fullmatch(r"(\s*\d+(\.\d+)?\s*[smhd])+\s*", str(text))
        found = sum(float(number) * _UNITS[unit] for number, unit in parts) if whole else float("nan")
    if not 0 < found < float("inf"):
        raise InputError(f"time limit: must be a time, such as 90s, 10m or 1h30m, got {text!r}")
    return found


@dataclass(frozen=True)
class Deadline:
    """A time that work may take, from when it began.

    Attributes:
        seconds: how long.
        started: when, on ``clock``.
        reserved_share: share of the time before the first run that what comes after the last one is expected to take.
        clock: tells the time in seconds.
    """

    seconds: float
    started: float
    reserved_share: float = 0.0
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def start(cls, time_limit: Deadline | float | str | None, reserved_share: float = 0.0) -> Deadline | None:
        """Return a deadline that is counted from now, or the one that is given; None for no limit.

        Raises:
            InputError: the time limit is not a time.
        """
        if time_limit is None or isinstance(time_limit, Deadline):
            return time_limit
        return cls(parse_duration(time_limit), time.monotonic(), reserved_share)

    def seconds_left(self) -> float:
        """Return the seconds left; less than 0 when they are used up."""
        return self.started + self.seconds - self.clock()

    def reserved_seconds(self, now: float) -> float:
        """Return the seconds that are kept to show what there is, when the first run can begin ``now``."""
        return self.reserved_share * (now - self.started)


def run_size(experiment: Experiment) -> Callable[[str], float]:
    """Return a function from a scenario's name to the people that live in it: staff and customers."""
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
    """A task that a worker is at."""

    began: float
    people: Sequence[float]
    first: bool  # of its worker, who has to start and to load the model before it


@dataclass
class EtaEstimator:
    """The pace of a session.

    Attributes:
        deadline: when the session is to end, if it is limited.
        clock: tells the time in seconds.
    """

    deadline: Deadline | None = None
    clock: Callable[[], float] = time.monotonic
    # Sums over the runs done: how many, people, people squared, seconds, people times seconds.
    _sums: np.ndarray = field(default_factory=lambda: np.zeros(5))
    _left: np.ndarray = field(default_factory=lambda: np.zeros(2))  # runs and people
    _under_way: dict[Hashable, _UnderWay] = field(default_factory=dict)
    _at_once: int = 0  # the most tasks that were under way at a time
    # Of tasks done: seconds that their runs took, seconds that they were under way.
    _worked: np.ndarray = field(default_factory=lambda: np.zeros(2))
    # Seconds of places with a task and of all places, since the first answer.
    _places: np.ndarray = field(default_factory=lambda: np.zeros(2))
    _stored: float = 0.0  # seconds that storing took
    #: Runs that were to be done in this session, and when work on the first of them began.
    pending: int = 0
    answered: float | None = None

    def __post_init__(self) -> None:
        self.turned = self.clock()
        self._showing = 0.0 if self.deadline is None else self.deadline.reserved_seconds(self.turned)

    @property
    def reserved_seconds(self) -> float:
        """Seconds that are kept for what comes after the last run: to read what is stored, and to show it."""
        return self._showing + READ_COST * self._stored

    def record_write(self, seconds: float) -> None:
        """Note that storing what is done took so many seconds more."""
        self._stored += seconds

    def add_pending(self, people: Iterable[float]) -> int:
        """Add runs to what is left, and return how many they are."""
        count, heads = 0, 0.0
        for one in people:
            count, heads = count + 1, heads + one
        self._left += (count, heads)
        self.pending += count
        return count

    def begin(self, task: Hashable, people: Sequence[float]) -> None:
        """Note that the runs of a task are under way."""
        self._turn()
        first = len(self._under_way) == self._at_once
        self._under_way[task] = _UnderWay(self.turned, people, first)
        self._at_once = max(self._at_once, len(self._under_way))

    def drop(self, task: Hashable) -> None:
        """Note that a task is under way no more, and not done."""
        self._turn()
        del self._under_way[task]

    def record(self, task: Hashable, seconds: Sequence[float]) -> None:
        """Note that the runs of a task are done, and what each took."""
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
        """Count the places that had a task, and those that had none, since something last began or ended."""
        now = self.clock()
        if self._sums[0]:
            self._places += np.array([len(self._under_way), self._at_once]) * (now - self.turned)
        self.turned = now

    def _rates(self) -> tuple[float, float]:
        """Return seconds a run and seconds a head, fitted by least squares; both at least 0."""
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
        """Return whether so many runs are done, and some by workers that had started before."""
        return bool(self._sums[0] >= runs and self._worked[1])

    def expected_seconds(self, runs: float, people: float) -> float:
        """Return the seconds of one worker that runs are expected to take; 0 while nothing is known."""
        fixed, slope = self._rates()
        return float(fixed * runs + slope * people)

    def seconds_left(self) -> float | None:
        """Return the seconds until everything is done at the present pace; None while nothing is known."""
        if not self._sums[0]:
            return None
        share = self._worked[0] / self._worked[1] if self._worked[1] else 1.0
        filled = self._places[0] / self._places[1] if self._places[1] else 1.0
        left, now = self.expected_seconds(*self._left), self.clock()
        for one in self._under_way.values():
            left -= min(share * (now - one.began), self.expected_seconds(len(one.people), sum(one.people)))
        pace = self._at_once * share * filled
        return max(0.0, left) / pace if pace > 0 else None

    def max_task_runs(self, most: int) -> int:
        """Return how many runs the next task may have, at most; 0 if no task fits into the time limit any more."""
        if self.deadline is None:
            return most
        left = self.deadline.seconds_left() - self.reserved_seconds
        if not self._sums[0]:
            return 1 if left > 0 else 0
        each = SAFETY_FACTOR * self.expected_seconds(1.0, self._sums[1] / self._sums[0])
        fits = int(left / each)
        return max(0, min(most, fits, max(1, int(MAX_TASK_SHARE * self.deadline.seconds / each))))

    def expired(self) -> bool:
        """Say whether the time limit is so far exceeded that work under way is given up."""
        return (
            self.deadline is not None
            and self.deadline.seconds_left() < self.reserved_seconds - GRACE * self.deadline.seconds
        )
