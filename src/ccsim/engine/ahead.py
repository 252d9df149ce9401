"""Functions that run once per run and are compiled ahead of time only.

The founding of an organisation and the functions that KPI formulas call are a few loops. Python runs them in less
time than numba needs to compile them, so they stay plain Python here. The engine for the browser has no Python.
For it they are compiled like every kernel, from the same source (see :mod:`ccsim.app.build_engine`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ccsim.engine.jit import AHEAD, kernel

Function = TypeVar("Function", bound=Callable[..., Any])


def ahead(function: Function) -> Function:
    """Mark a function that is compiled for the browser and runs as plain Python everywhere else.

    The function may use only what kernels may use.

    Returns:
        A kernel if the browser's engine is being built, else the unchanged function.
    """
    return kernel(allocates=True)(function) if AHEAD else function
