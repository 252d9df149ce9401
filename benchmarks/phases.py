"""A week phase by phase, for measuring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ccsim.model.phases import start_step
from ccsim.model.state import ModelState

#: Called for each phase with its name, the kernel and its arguments; calls the kernel or not.
Around = Callable[[str, Callable[..., None], tuple[Any, ...]], None]


def live_with(state: ModelState, around: Around) -> None:
    """Live the next week of a world, each phase through ``around``."""
    for phase in start_step(state):
        around(*phase)
