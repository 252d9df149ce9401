"""Steps: the kernels of a mechanism that a user brings, with their places in the week.

The week of the package is one visible list. A file from outside cannot add a line to it, so it says of each kernel where
its line is to stand:

    @step(after="engagement")
    def spread(staff, own_staff, p):
        '''Everybody's mood moves towards that of colleagues.'''
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ccsim.engine.declarations import caller
from ccsim.engine.jit import kernel
from ccsim.errors import DeclarationError

Function = TypeVar("Function", bound=Callable[..., Any])

#: Under which a module keeps its steps.
KEPT = "__steps__"


@dataclass(frozen=True)
class Step:
    """One kernel of a mechanism and its place.

    Attributes:
        name: the function's name.
        arguments: names of its arguments, which say what it is given.
        where: file and line of its declaration.
        after, before: a mechanism of the week, such as ``"habit"``, or one line of it, such as ``"habit.update_habit"``.
        writes: stocks of other mechanisms that it writes, such as ``"staff.engagement"``.
        first: whether it is no line of the week, but runs once, when the organisation is founded.
        compiled: the kernel.
    """

    name: str
    arguments: tuple[str, ...]
    where: str
    after: str | None
    before: str | None
    writes: tuple[str, ...]
    first: bool
    compiled: Callable[..., None]


def step(
    *, after: str | None = None, before: str | None = None, writes: tuple[str, ...] = (), allocates: bool = False
) -> Callable[[Function], Function]:
    """Make a function a kernel, and a line of the week.

    Args:
        after: its line follows the last line of this mechanism (``"habit"``), or this line (``"habit.update_habit"``).
        before: its line comes before the first line of this mechanism, or before this line.
        writes: stocks of other mechanisms that it writes, such as ``("staff.engagement",)``.
        allocates: whether it makes arrays of its own.

    Returns:
        A decorator, which keeps the kernel as a step of its module.

    Raises:
        DeclarationError: neither ``after`` nor ``before`` is given, or both are.
    """
    where = caller()
    if (after is None) == (before is None):
        raise DeclarationError(f"{where}: a step takes after=... or before=..., one of them, such as after='habit'")
    return lambda function: _kept(function, where, after, before, writes, False, allocates)


def initialiser(function: Function) -> Function:
    """Make a function a kernel that runs once, when the organisation is founded, before its past."""
    kept: Function = _kept(function, caller(), None, None, (), True, False)
    return kept


def _kept(
    function: Any,
    where: str,
    after: str | None,
    before: str | None,
    writes: tuple[str, ...],
    first: bool,
    allocates: bool,
) -> Any:
    code = function.__code__
    compiled = kernel(allocates=allocates)(function)
    names = code.co_varnames[: code.co_argcount]
    made = Step(function.__name__, names, where, after, before, tuple(writes), first, compiled)
    function.__globals__.setdefault(KEPT, []).append(made)
    return compiled
