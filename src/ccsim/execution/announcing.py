"""Who is told what a command takes. Nothing heavy is imported here: the command line sets it before anything else."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

#: Is called with a sentence about time, memory and disk; empty where there is no listener, as in a script.
TELLERS: list[Callable[[str], object]] = []
#: When the process of the command started, on :func:`time.monotonic`; empty where it does other things, too.
STARTED: list[float] = []
_LOADED = time.monotonic()


def tell_with(tell: Callable[[str], object] | None, started: float | None = None) -> None:
    """Set the listener; None for no listener.

    Args:
        tell: is called with each sentence.
        started: when the process started that does nothing but this command, on :func:`time.monotonic`.
    """
    TELLERS[:] = [] if tell is None else [tell]
    STARTED[:] = [] if started is None else [started]


def process_started() -> float:
    """Return when this process started, on :func:`time.monotonic`; when this was loaded, where the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError, AttributeError):
        ticks = int(Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
        if 0.0 <= age < time.monotonic():
            return time.monotonic() - age
    return _LOADED
