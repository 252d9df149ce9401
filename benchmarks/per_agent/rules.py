"""The engine's rules as ordinary Python functions: same source, nothing compiled anywhere below."""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from typing import Any

from ccsim.engine import functions

#: Functions that have a better counterpart in Python. ``math.exp`` may differ in the last bit, which moves no
#: KPI: its value is only ever compared with a draw.
_COUNTERPARTS: dict[int, Callable[..., Any]] = {id(functions.exp): math.exp}
_MADE: dict[int, Callable[..., Any]] = {}


def plain(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Return a rule as a Python function that calls Python functions only."""
    if id(rule) in _COUNTERPARTS:
        return _COUNTERPARTS[id(rule)]
    if id(rule) in _MADE:
        return _MADE[id(rule)]
    source = getattr(rule, "py_func", rule)
    scope: dict[str, Any] = {}
    made = types.FunctionType(source.__code__, scope, source.__name__, source.__defaults__)
    _MADE[id(rule)] = made
    for name, value in source.__globals__.items():
        scope[name] = plain(value) if _is_rule(value) else value
    return made


def _is_rule(value: object) -> bool:
    """Whether a name in a mechanism's module means a rule or kernel of ours, compiled or not."""
    source = getattr(value, "py_func", value)
    homes = ("ccsim.mechanisms.", "ccsim.engine.functions", "ccsim.engine.rng")
    return isinstance(source, types.FunctionType) and source.__module__.startswith(homes)
