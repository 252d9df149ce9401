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
KEPT = "__steps__"


@dataclass(frozen=True)
class Step:
    """One kernel of a mechanism and its place.

    Attributes:
        name: the function's name.
        arguments: names of its arguments, which determine what is passed to it.
        where: file and line of its declaration.
        after, before: a mechanism of the week, such as ``"habit"``, or one line of it, such as ``"habit.update_habit"``.
        writes: stocks of other mechanisms that it writes, such as ``"staff.engagement"``.
        first: whether it runs once when the organisation is founded, instead of every week.
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
    return lambda function: _kept(function, where, after, before, writes, False, allocates)


def initialiser(function: Function) -> Function:
    """Make a function a kernel that runs once, when the organisation is founded, before the warm-up."""
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
