"""The listener for estimates of time, memory and disk. It imports nothing heavy, because the command line sets it first."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

#: Called with a sentence about time, memory and disk; empty without a listener, as in a script.
LISTENERS: list[Callable[[str], object]] = []
#: Start of the command's process, on :func:`time.monotonic`; empty if the process also does other things.
STARTED: list[float] = []
_LOADED = time.monotonic()


def announce_with(announce: Callable[[str], object] | None, started: float | None = None) -> None:
    """Set the listener; None for no listener.

    Args:
        announce: called with each sentence.
        started: start of a process that runs only this command, on :func:`time.monotonic`.
    """
    LISTENERS[:] = [] if announce is None else [announce]
    STARTED[:] = [] if started is None else [started]


def process_started() -> float:
    """Return the start of this process on :func:`time.monotonic`, or the time of import if the system does not provide it."""
    with contextlib.suppress(OSError, ValueError, IndexError, AttributeError):
        ticks = int(Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
        if 0.0 <= age < time.monotonic():
            return time.monotonic() - age
    return _LOADED
