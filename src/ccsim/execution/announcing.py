"""Who is told what a command takes. Nothing heavy is imported here: the command line sets it before anything else."""

from __future__ import annotations

from collections.abc import Callable

#: Is called with a sentence about time, memory and disk; empty for nobody, as in a script.
TELLERS: list[Callable[[str], object]] = []


def tell_with(tell: Callable[[str], object] | None) -> None:
    """Set who is told; None for nobody."""
    TELLERS[:] = [] if tell is None else [tell]
