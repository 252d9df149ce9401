"""A week taken apart: the lines of :func:`ccsim.week.one_week`, one by one, each kernel still compiled.

The list of phases is not repeated here. The week's own source is run uncompiled, and every kernel that
it calls goes through a function of ours, so a mechanism that is added to the week is measured without a word
from here.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import ccsim.week
from ccsim.world import World

#: Called for each phase with its name, the kernel and its arguments; calls the kernel or not.
Around = Callable[[str, Callable[..., None], tuple[Any, ...]], None]


class _Module:
    """A mechanism's module as the week sees it: its kernels, each handed to ``around``."""

    def __init__(self, module: types.ModuleType, around: Around) -> None:
        self._module = module
        self._around = around

    def __getattr__(self, name: str) -> Callable[..., None]:
        kernel = getattr(self._module, name)
        title = f"{self._module.__name__.rpartition('.')[2]}.{name}"
        return lambda *arguments: self._around(title, kernel, arguments)


def week_with(around: Around) -> Callable[..., None]:
    """Return ``one_week`` with every kernel called through ``around``."""
    source = getattr(ccsim.week.one_week, "py_func", ccsim.week.one_week)
    scope = {
        name: _Module(value, around) if isinstance(value, types.ModuleType) else value
        for name, value in vars(ccsim.week).items()
    }
    return types.FunctionType(source.__code__, scope)


def live_with(world: World, around: Around) -> None:
    """Live the next week of a world, phase by phase."""
    world.week += 1
    world.clear_flows()
    week_with(around)(world.state, world.settings, world.seed, world.week)
