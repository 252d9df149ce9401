"""What runs once in a run and is compiled ahead of time only.

The founding of an organisation and the functions that formulas of KPIs call are a few loops. Python runs them in less
time than numba needs to compile them, so that here they stay plain Python. The engine for the browser has no Python:
for it they are compiled like every kernel, from the same source (see :mod:`ccsim.app.build_engine`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ccsim.engine.jit import AHEAD, kernel

Function = TypeVar("Function", bound=Callable[..., Any])


def ahead(function: Function) -> Function:
    """Mark a function that is compiled for the browser and runs as it stands everywhere else.

    It may use what kernels may use, and nothing else.

    Returns:
        A kernel where the browser's engine is built, else the function unchanged.
    """
    return kernel(allocates=True)(function) if AHEAD else function
