"""Limits per visitor: amount and rate of requests, and the time in which a request must arrive."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar

#: Visitors whose allowance is remembered; the one with the oldest last request is forgotten first.
REMEMBERED = 5000


class Allowance:
    """An allowance for each visitor (token bucket).

    Args:
        at_once: number of requests allowed without a pause.
        per_second: number restored per second.
        clock: function that returns monotonic seconds.
    """

    def __init__(self, at_once: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.at_once, self.per_second, self._clock = at_once, per_second, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def _now(self, visitor: str) -> tuple[float, float]:
        now = self._clock()
        left, since = self._left.get(visitor, (self.at_once, now))
        return min(self.at_once, left + (now - since) * self.per_second), now

    def wait(self, visitor: str) -> float:
        """Return the seconds a visitor must wait before the next request; 0 if none."""
        with self._lock:
            left, _ = self._now(visitor)
        return 0.0 if left >= 1.0 else (1.0 - left) / self.per_second

    def take(self, visitor: str) -> float:
        """Take one request from a visitor's allowance, if any is left.

        Args:
            visitor: its name, such as an address.

        Returns:
            0 if it was taken, otherwise the seconds that the visitor must wait.
        """
        with self._lock:
            left, now = self._now(visitor)
            granted = left >= 1.0
            self._left[visitor] = (left - granted, now)
            self._left.move_to_end(visitor)
            while len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
        return 0.0 if granted else (1.0 - left) / self.per_second


class TimedReader(io.RawIOBase):
    """Reads a connection; a request that has begun must be complete in time, however slowly its bytes arrive.

    Args:
        connection: the connection.
        idle: seconds of silence after which the connection is closed if no request has begun.
        patience: seconds from the first byte, or from :meth:`begin`, to the last.
    """

    def __init__(self, connection: socket.socket, idle: float, patience: float) -> None:
        self._connection, self._idle, self._patience = connection, idle, patience
        self._deadline: float | None = None

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def await_next(self) -> None:
        """Wait for the next request; its time counts from its first byte."""
        self._deadline = None

    def begin(self) -> None:
        """Count the time from now."""
        self._deadline = time.monotonic() + self._patience

    def readinto(self, buffer: Any) -> int:
        """Read the bytes received into a buffer.

        Returns:
            The number of bytes; 0 at the end.

        Raises:
            TimeoutError: it does not arrive in time.
        """
        left = self._idle if self._deadline is None else self._deadline - time.monotonic()
        if left <= 0.0:
            raise TimeoutError("the request is incomplete in time")
        self._connection.settimeout(left)
        try:
            count = self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(self._idle)
        if self._deadline is None:
            self.begin()
        return count


class TimedHandler(BaseHTTPRequestHandler):
    """Answers a connection whose requests must arrive in time; a slow head would otherwise block its thread indefinitely."""

    #: Seconds of silence between two requests, and seconds for the head or the body of one.
    timeout: ClassVar[float | None] = 30.0
    patience: ClassVar[float] = 15.0

    def setup(self) -> None:
        """Read the connection through a clock."""
        super().setup()
        self.reader = TimedReader(self.connection, self.timeout or 30.0, self.patience)
        self.rfile.close()
        self.rfile = io.BufferedReader(self.reader)

    def handle_one_request(self) -> None:
        """Wait for a request, and answer it."""
        self.reader.await_next()
        super().handle_one_request()
