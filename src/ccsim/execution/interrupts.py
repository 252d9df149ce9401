"""Handle Ctrl-C at any time: the first press stops the work, and further ones do not disturb the shutdown."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

#: Presses within this many seconds count as one.
ONE_PRESS = 2.0


class Interrupts:
    """A block in which Ctrl-C raises KeyboardInterrupt once.

    Further presses are ignored for a moment, so that the handler of the first one is not interrupted, and permanently
    after :meth:`finish`. If signals cannot be handled (outside the main thread, or if the caller ignores them),
    nothing changes.

    Args:
        last: whether the process ends after the block; Ctrl-C then has no effect after the first press.
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
        if isinstance(outer, Interrupts):  # it would treat the next press as the first one
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
        """Delay Ctrl-C to the end of the block, which must run completely or not at all."""
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
