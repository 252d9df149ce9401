"""List the kernel calls of a week with their arguments, for profiling and comparison.

The list of phases is not repeated here. The source of the week is run uncompiled over modules whose kernels record
their calls, so a mechanism that is added to the week appears here without a change.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, NamedTuple

import ccsim.model.week
from ccsim.model.state import ModelState


class Phase(NamedTuple):
    """One line of a week: a kernel and its arguments, which are the columns themselves."""

    name: str
    kernel: Callable[..., None]
    arguments: tuple[Any, ...]

    def run(self) -> None:
        """Run this phase."""
        self.kernel(*self.arguments)


class _Module:
    """A mechanism's module as the week sees it; each call of its kernels is recorded."""

    def __init__(self, module: types.ModuleType, noted: list[Phase]) -> None:
        self._module = module
        self._noted = noted

    def __getattr__(self, name: str) -> Callable[..., None]:
        kernel = getattr(self._module, name)
        title = f"{self._module.__name__.rpartition('.')[2]}.{name}"
        return lambda *arguments: self._noted.append(Phase(title, kernel, arguments))


def list_phases(state: ModelState) -> list[Phase]:
    """Return the phases of the current week of a state, in order, before any of them has run."""
    noted: list[Phase] = []
    week: Any = state.settings.extension.week if state.own is not None else ccsim.model.week
    source = getattr(week.step_kernel, "py_func", week.step_kernel)
    scope = {
        name: _Module(value, noted) if isinstance(value, types.ModuleType) else value
        for name, value in vars(week).items()
    }
    own = () if state.own is None else (state.own,)
    types.FunctionType(source.__code__, scope)(state.populations, *own, state.settings, state.seed, state.week)
    return noted


def start_step(state: ModelState) -> list[Phase]:
    """Begin the next week of a state, and return its phases. After all have run, the state is the same as after a step."""
    state.week += 1
    state.reset_flows()
    return list_phases(state)
