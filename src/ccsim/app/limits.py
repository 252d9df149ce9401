"""How much one visitor may ask of the server, and how often."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

#: Visitors whose allowance is remembered; the one seen longest ago is forgotten first.
REMEMBERED = 5000


class Allowance:
    """An allowance for each visitor: so many at once, given back at a steady rate.

    Args:
        at_once: how many may be taken without a pause.
        per_second: how many are given back each second.
        clock: seconds, growing.
    """

    def __init__(self, at_once: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.at_once, self.per_second, self._clock = at_once, per_second, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def _now(self, who: str) -> tuple[float, float]:
        now = self._clock()
        left, since = self._left.get(who, (self.at_once, now))
        return min(self.at_once, left + (now - since) * self.per_second), now

    def wait(self, who: str) -> float:
        """Return how many seconds a visitor must wait before the next request; 0 if none."""
        with self._lock:
            left, _ = self._now(who)
        return 0.0 if left >= 1.0 else (1.0 - left) / self.per_second

    def take(self, who: str) -> float:
        """Take one from a visitor's allowance, if there is one.

        Args:
            who: the visitor, such as an address.

        Returns:
            0 if it was taken, else how many seconds the visitor must wait.
        """
        with self._lock:
            left, now = self._now(who)
            granted = left >= 1.0
            self._left[who] = (left - granted, now)
            self._left.move_to_end(who)
            while len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
        return 0.0 if granted else (1.0 - left) / self.per_second
