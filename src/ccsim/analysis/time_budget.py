"""One time limit for a search with several steps, including the final work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ccsim.analysis.problem import Runner, TimeLimitReached
from ccsim.execution.time_budget import Deadline


@dataclass
class Allotment:
    """The time limit of a search.

    Work is counted in any unit, such as plans tried; it is foretold by the slowest step so far, because steps that a
    resumed search finds done take no time.

    Attributes:
        runner: how points are run; its time limit is the whole search's.
        last: what comes after the steps, in units of their work.
        clock: returns the time in seconds.
    """

    runner: Runner
    last: float
    clock: Callable[[], float] = time.monotonic
    _slowest: float = 0.0

    def __post_init__(self) -> None:
        self._turned = self.clock()
        self.deadline = Deadline.start(self.runner.time_limit)
        self._closing = 0.0 if self.deadline is None else self.deadline.reserved_seconds(self._turned)

    @contextmanager
    def step(self, work: float) -> Iterator[Runner]:
        """Do a step of the search, with a runner that gives it up when the time limit is reached.

        Args:
            work: how much there is to do, in the unit of ``last``.

        Yields:
            The runner of the step.

        Raises:
            TimeLimitReached: there is no time for it and for what comes last.
        """
        due = self._slowest * (work + self.last) + self._closing
        if self.deadline is not None and due > self.deadline.seconds_left():
            raise TimeLimitReached(
                f"the time limit of {self.deadline.seconds:g} s was reached before anything was done"
            )
        yield replace(
            self.runner, time_limit=self.deadline and replace(self.deadline, reserved_share=0.0), must_complete=True
        )
        now = self.clock()
        self._slowest, self._turned = max(self._slowest, (now - self._turned) / work), now

    @contextmanager
    def end(self) -> Iterator[Runner]:
        """Do what comes last, for which time was kept: it is not given up."""
        yield replace(self.runner, time_limit=None)
