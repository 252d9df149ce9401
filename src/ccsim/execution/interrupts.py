"""Ctrl-C, at any time and as often as it is pressed: the first one stops the work, and none disturbs how it ends."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

#: Presses that follow one another within so many seconds are one.
ONE_PRESS = 2.0


class Interrupts:
    """A block in which Ctrl-C raises KeyboardInterrupt once.

    Further presses are ignored for a moment, so that what catches the first one is not struck itself, and for good
    after :meth:`finish`. Where signals cannot be handled (outside the main thread, or where the caller ignores them)
    nothing changes.

    Args:
        last: whether the process ends after the block; then Ctrl-C stays without effect once it has struck.
    """

    def __init__(self, *, last: bool = False) -> None:
        self._last = last
        self._usual: Any = None
        self._struck = float("-inf")
        self._held = self._pending = self._finishing = False

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread() and callable(signal.getsignal(signal.SIGINT)):
            self._usual = signal.signal(signal.SIGINT, self._strike)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._usual is None:
            return
        outer = getattr(self._usual, "__self__", None)
        if isinstance(outer, Interrupts):  # it would take the next press for the first one
            outer._struck = max(outer._struck, self._struck)
        if self._last and self._finishing and self._struck > float("-inf"):
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        else:
            signal.signal(signal.SIGINT, self._usual)

    def _strike(self, number: int, frame: FrameType | None) -> None:
        if self._held:
            self._pending = True
            return
        now = time.monotonic()
        if self._finishing or now - self._struck < ONE_PRESS:
            return
        self._struck = now
        raise KeyboardInterrupt

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Let Ctrl-C wait for the end of the block, which must be whole or not begun."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._pending:
            self._pending = False
            self._struck = time.monotonic()
            raise KeyboardInterrupt

    def finish(self) -> None:
        """Ignore Ctrl-C from here to the end of the block."""
        self._finishing = True
