"""How fast work goes: seconds left, and when a budget of time is used up.

Runs differ in cost, so work is counted in seconds that a run is expected to take: a fixed part and a part in
proportion to its people, both fitted to the runs done so far.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ccsim.errors import InputError
from ccsim.experiment import Experiment
from ccsim.scenario import Scenario
from ccsim.settings import ordinary

#: A task lasts at most this share of a budget, so that the end can be met.
TASK_SHARE = 0.01
#: Work under way is left this share of the budget beyond its end; then it is given up.
GRACE = 0.02
#: How much longer than expected a task may take and still be begun before the end.
SAFETY = 1.15
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds_of(text: str | float) -> float:
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
        raise InputError(f"budget: {text!r} is not accepted; it takes a time, such as 90s, 10m or 1h30m")
    return found


def people_of(experiment: Experiment) -> Callable[[str], float]:
    """Return a function from a scenario's name to the people that live in it: staff and customers."""
    points = experiment.points
    sized = points is None or any(factor.key.startswith("organisation.") for factor in points.design.factors)
    if points is not None and not sized:
        known = {name: _people(scenario) for name, scenario in points.bases.items()}
        return lambda name: known[name if name in points.fixed else points.place(name)[0]]
    return lambda name: _people(experiment.scenarios[name])


def _people(scenario: Scenario) -> float:
    usual, own = ordinary().organisation, scenario.organisation
    return float(own.get("organisation.staff", usual.staff) + own.get("organisation.customers", usual.customers))


@dataclass
class Pace:
    """The pace of a session.

    Attributes:
        budget: seconds that the session may take, if it is limited.
        clock: tells the time in seconds.
    """

    budget: float | None = None
    clock: Callable[[], float] = time.monotonic
    _began: float | None = None
    # Sums over the runs done: how many, people, people squared, seconds, people times seconds.
    _sums: np.ndarray = field(default_factory=lambda: np.zeros(5))
    #: Runs and people left, and under way.
    _left: np.ndarray = field(default_factory=lambda: np.zeros(2))
    _under_way: np.ndarray = field(default_factory=lambda: np.zeros(2))

    def __post_init__(self) -> None:
        self.started = self.clock()

    def expect(self, people: Iterable[float]) -> int:
        """Add runs to what is left, and return how many they are."""
        count, heads = 0, 0.0
        for one in people:
            count, heads = count + 1, heads + one
        self._left += (count, heads)
        return count

    def begin(self, people: Sequence[float]) -> None:
        """Note that runs are under way."""
        self._under_way += (len(people), sum(people))

    def drop(self, people: Sequence[float]) -> None:
        """Note that runs are under way no more, and not done."""
        self._under_way -= (len(people), sum(people))

    def note(self, people: Sequence[float], seconds: Sequence[float]) -> None:
        """Note that runs are done, and what each took."""
        if self._began is None:
            self._began = self.clock() - sum(seconds)
        for heads, took in zip(people, seconds, strict=True):
            self._sums += (1.0, heads, heads * heads, took, heads * took)
        self._under_way -= (len(people), sum(people))
        self._left -= (len(people), sum(people))

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

    def cost(self, runs: float, people: float) -> float:
        """Return the seconds of one worker that runs are expected to take; 0 while nothing is known."""
        fixed, slope = self._rates()
        return float(fixed * runs + slope * people)

    def seconds_left(self) -> float | None:
        """Return the seconds until everything is done at the present pace; None while nothing is known."""
        if self._began is None:
            return None
        half = self._under_way / 2  # on average, what is under way is half done
        done = self.cost(*(self._sums[:2] + half))
        left = self.cost(*np.maximum(self._left - half, 0.0))
        elapsed = self.clock() - self._began
        return left * elapsed / done if done > 0 else None

    def limit(self, most: int) -> int:
        """Return how many runs the next task may have, at most; 0 if no task fits into the budget any more."""
        if self.budget is None:
            return most
        left = self.started + self.budget - self.clock()
        if not self._sums[0]:
            return 1 if left > 0 else 0
        each = SAFETY * self.cost(1.0, self._sums[1] / self._sums[0])
        fits = int(left / each)
        return max(0, min(most, fits, max(1, int(TASK_SHARE * self.budget / each))))

    def over(self) -> bool:
        """Say whether the budget is used up so far that work under way is given up."""
        return self.budget is not None and self.clock() > self.started + (1.0 + GRACE) * self.budget
