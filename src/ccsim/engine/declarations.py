"""Check declarations of parameters, columns and KPIs where they are written.

A faulty declaration is refused with one message that names file, line, name, value, and what is accepted::

    mood.py:12: parameter mood.decay: unknown unit 'shares' (did you mean 'share'?)
"""

from __future__ import annotations

import contextlib
import keyword
import sys
import typing
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, TypeVar

from ccsim.errors import DeclarationError, did_you_mean

Row = TypeVar("Row")

#: Known units. A unit is one of these, or two of them separated by a slash.
UNITS = {
    # dimensionless numbers
    "share", "probability", "weight", "factor", "ratio", "utility", "count", "points", "of 100", "on/off", "0/1", "1",
    "1/2^32",
    # time, money
    "hours", "hour", "week", "weeks", "year", "EUR", "weeks' pay",
    # things that are counted
    "people", "person", "people each side", "colleagues", "posts", "departments", "segments", "tier", "tiers", "row",
    "state", "step", "need", "cases", "contacts", "issues", "hand-offs", "successes", "attempts", "signals", "sources",
}  # fmt: skip

#: Declarations whose class is not built yet: the declaration, the code object of the class body, and the line.
_pending: list[tuple[object, CodeType, int]] = []


def add_unit(name: str) -> None:
    """Add a unit, for a mechanism that counts something new.

    Args:
        name: the unit, without a slash, such as ``"meetings"``; ``"meetings/week"`` is then also known.

    Raises:
        DeclarationError: it is empty, or contains a slash.
    """
    if not name.strip() or "/" in name:
        raise DeclarationError(f"unit must be one noun, such as 'meetings', got {name!r}")
    UNITS.add(name)


def unit_fault(unit: object) -> str | None:
    """Return what is wrong with a unit; None if it is known."""
    parts = unit.split("/") if isinstance(unit, str) else []
    if unit in UNITS or (len(parts) == 2 and all(part in UNITS for part in parts)):
        return None
    for part in parts if len(parts) == 2 else ():
        if part not in UNITS and part.strip():
            return f"unknown part {part!r} of unit {unit!r}{did_you_mean(part, UNITS)}; add_unit adds a new one"
    hint = did_you_mean(str(unit), UNITS)
    return f"unknown unit {unit!r}{hint}" + ("; add_unit adds a new one" if not hint else "")


def words_fault(**texts: object) -> str | None:
    """Return what is wrong with the first text that is empty or not a string; None if there is none."""
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            return f"{name} must be a few words, got {text!r}"
    return None


def name_fault(name: object) -> str | None:
    """Return what is wrong with a name; None if it can be the name of a field."""
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        return f"name must be a Python identifier that does not start with an underscore, got {name!r}"
    return None


@cache
def mechanism_names() -> frozenset[str]:
    """Return the names of ccsim's own mechanisms, which are the names of their files."""
    return frozenset(path.stem for path in (Path(__file__).parents[1] / "mechanisms").rglob("[a-z]*.py"))


def short_path(file: str) -> str:
    """Return the path of a file for messages: relative to the working folder, if the file is in it."""
    path = Path(file)
    with contextlib.suppress(ValueError, OSError):  # it is elsewhere, or the working folder was deleted
        path = path.relative_to(Path.cwd())
    return str(path)


def place(code: CodeType, line: int) -> str:
    """Return a file and a line for messages."""
    return f"{short_path(code.co_filename)}:{line}"


def caller(depth: int = 2) -> str:
    """Return the file and line from which the calling function was called."""
    frame = sys._getframe(depth)
    return place(frame.f_code, frame.f_lineno)


def written(row: Row) -> Row:
    """Record a declaration with its line, for the messages of :func:`rows_of`; called by the declaring functions."""
    frame = sys._getframe(2)
    _pending.append((row, frame.f_code, frame.f_lineno))
    return row


def rows_of(cls: type, kind: type[Row], what: str, group: str, calls: str) -> dict[str, tuple[Row, Any, str]]:
    """Return the declarations of a class by name: the row, its annotated type, and its file and line.

    Args:
        cls: the class whose body declares one row per line, as ``name: type = parameter(...)``.
        kind: the class of its rows.
        what: the word for a row in messages, such as ``"parameter"``.
        group: the group to which its rows belong.
        calls: how a row is written, such as ``"parameter(...)"``.

    Raises:
        DeclarationError: a name is declared twice, has no type or an unknown one, or has a type but no declaration.
    """
    places = _places_of(cls, what, group)
    try:
        kinds = typing.get_type_hints(cls)
    except NameError as error:
        raise DeclarationError(f"{cls.__module__}: type of a {what} in {group}: {error}") from None
    values, rows = vars(cls), {}
    for name in [*kinds, *(name for name, value in values.items() if isinstance(value, kind) and name not in kinds)]:
        row = values.get(name)
        where = places.get(id(row), cls.__module__)
        if not isinstance(row, kind):
            raise DeclarationError(f"{where}: {what} {group}.{name}: must be {calls}, got {row!r}")
        if name not in kinds:
            raise DeclarationError(f"{where}: {what} {group}.{name}: the type is missing, as in {name}: float = ...")
        rows[name] = (row, kinds[name], where)
    return rows


def _places_of(cls: type, what: str, group: str) -> dict[int, str]:
    """Return file and line of the declarations of a class, by their identity, and remove them from the record.

    Raises:
        DeclarationError: a name is declared twice, so the first declaration would be lost.
    """
    values = vars(cls)
    kept = {id(row): code for row, code, _ in _pending if any(row is value for value in values.values())}
    bodies = set(kept.values())
    lost = [
        (code, line)
        for row, code, line in _pending
        if code in bodies and code.co_name == cls.__name__ and id(row) not in kept
    ]
    places = {id(row): place(code, line) for row, code, line in _pending if code in bodies}
    _pending[:] = [entry for entry in _pending if entry[1] not in bodies]
    if lost:
        raise DeclarationError(
            f"{place(*lost[0])}: {what} in {group}: a later line of the same name replaces this line"
        )
    return places


def refuse(where: str, name: str, faults: Iterable[str | None]) -> None:
    """Raise the first fault, if there is one.

    Args:
        where: file and line of the declaration.
        name: what is declared, for the message.
        faults: what each check found; None for a check that found nothing.

    Raises:
        DeclarationError: there is a fault.
    """
    for fault in faults:
        if fault is not None:
            raise DeclarationError(f"{where}: {name}: {fault}")
