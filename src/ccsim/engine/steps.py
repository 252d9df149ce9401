"""Steps: the kernels of a user's mechanism, with their places in the week.

The week of the package is one visible list. A user's file cannot add a line to it, so it declares for each kernel where
its line belongs:

    @step(after="engagement")
    def spread(staff, own_staff, p):
        '''Move each person's mood towards that of colleagues.'''
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ccsim.engine.declarations import caller
from ccsim.engine.jit import kernel
from ccsim.errors import DeclarationError

Function = TypeVar("Function", bound=Callable[..., Any])

#: Attribute under which a module stores its steps.
STEPS = "__steps__"


@dataclass(frozen=True)
class Step:
    """One kernel of a mechanism and its place.

    Attributes:
        name: the function's name.
        arguments: names of its arguments, which determine what is passed to it.
        where: file and line of its declaration.
        compiled: the kernel.
        after, before: a mechanism of the week, such as ``"habit"``, or one line of it, such as ``"habit.update_habit"``.
        writes: stocks of other mechanisms that it writes, such as ``"staff.engagement"``.
        first: whether it runs once when the organisation is founded, instead of every week.
    """

    name: str
    arguments: tuple[str, ...]
    where: str
    compiled: Callable[..., None]
    after: str | None = None
    before: str | None = None
    writes: tuple[str, ...] = ()
    first: bool = False


def step(
    *, after: str | None = None, before: str | None = None, writes: tuple[str, ...] = (), allocates: bool = False
) -> Callable[[Function], Function]:
    """Make a function a kernel and a line of the week.

    Args:
        after: place the line after the last line of this mechanism (``"habit"``), or after this line (``"habit.update_habit"``).
        before: place the line before the first line of this mechanism, or before this line.
        writes: stocks of other mechanisms that it writes, such as ``("staff.engagement",)``.
        allocates: whether it allocates arrays.

    Returns:
        A decorator that stores the kernel as a step of its module.

    Raises:
        DeclarationError: neither ``after`` nor ``before`` is given, or both are.
    """
    where = caller()
    if (after is None) == (before is None):
        raise DeclarationError(f"{where}: a step takes exactly one of after=... and before=..., such as after='habit'")
    return lambda function: _store(function, allocates, where, after=after, before=before, writes=tuple(writes))


def initialiser(function: Function) -> Function:
    """Make a function a kernel that runs once, when the organisation is founded, before the warm-up."""
    return _store(function, False, caller(), first=True)


def _store(function: Function, allocates: bool, where: str, **place: Any) -> Function:
    """Compile a function, and store it as a step of its module."""
    code = function.__code__
    compiled = kernel(allocates=allocates)(function)
    row = Step(function.__name__, code.co_varnames[: code.co_argcount], where, compiled, **place)
    function.__globals__.setdefault(STEPS, []).append(row)
    return compiled
