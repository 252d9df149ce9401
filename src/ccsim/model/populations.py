"""The populations: rows, storage, and all columns of staff, leaders, customers, cases, departments, segments and the firm.

This module declares the columns that are set at founding and never change. Every other column is declared by the
mechanism that owns it (see :mod:`ccsim.engine.columns`) and is collected here.

Kernels read ``staff.conviction[i]`` with either storage. Populations with few rows, such as departments, are a numpy record
array, which a compiled function takes as one argument. Populations with many rows, such as staff and customers, are a
named tuple of arrays, so that a loop touches only the columns that it needs.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ccsim.engine.columns import POPULATIONS, Column, FloatArray, Int8Array, IntArray, declared_columns, fixed
from ccsim.engine.jit import AHEAD, take_by_reference
from ccsim.errors import DeclarationError
from ccsim.model.mechanism import mechanisms

T = TypeVar("T")

#: Columns of a case that a contact uses, except those that loops over all cases read: 32 bytes, half a cache line.
CASE = (
    "complexity", "department", "contacts", "opened_week", "repetitions", "stages", "defect", "context_lost",
)  # fmt: skip

#: Sums of a customer's contacts.
MET = ("events", "quality")

#: Size of a cache line in bytes.
LINE = 64


class _Rows:
    """A population for type checkers, on which any column may be read."""

    if TYPE_CHECKING:
        columns: tuple[Column, ...]
        storage: str
        near: tuple[tuple[str, ...], ...]

        def __getattr__(self, column: str) -> Any: ...


def population(storage: str, *near: tuple[str, ...]) -> Callable[[type[T]], type[T]]:
    """Collect the ``columns`` of a population, its own and those that mechanisms declare, and set its storage.

    Flows come last. Columns named in ``near`` are adjacent, in that order, on both sides of the first flow.

    Args:
        storage: ``"records"``, one numpy record array of 8-byte fields, or ``"columns"``, a named tuple of arrays, see
            :data:`ccsim.engine.columns.STORAGE_DTYPE`.
        near: columns of ``"columns"`` that are used together. Each group shares a record, of which each array is one
            field; a group contains either only flows or none.

    Returns:
        A decorator that returns a named tuple class with the columns and the storage.

    Raises:
        DeclarationError: a column is declared twice.
    """

    def build(cls: type[T]) -> type[T]:
        return built(cls, _in_order(cls, _collected(cls), near), storage, near)

    return build


def built(cls: type[T], columns: tuple[Column, ...], storage: str, near: tuple[tuple[str, ...], ...] = ()) -> type[T]:
    """Return a population's class with its columns, flows last, in the form of its storage.

    Args:
        cls: the class that declares the population.
        columns: its columns, in the order of storage.
        storage: ``"records"`` or ``"columns"``, see :func:`population`.
        near: columns of ``"columns"`` that are used together, see :func:`population`.
    """
    made: Any = cls
    if storage == "columns":
        make: Any = namedtuple  # mypy accepts only literal field names
        made = make(cls.__name__, [column.name for column in columns], module=cls.__module__)
        made.__doc__ = cls.__doc__
    made.columns, made.storage, made.near = columns, storage, near
    take_by_reference(made)
    kind: type[T] = made
    return kind


def _collected(cls: type) -> list[Column]:
    """Return the columns of a population in the order of declaration: its own, then those of each mechanism."""
    columns = list(declared_columns(cls))
    name = cls.__name__.lower()
    for mechanism in mechanisms() if name in POPULATIONS else ():
        columns += (column for kind in mechanism.columns if kind.population == name for column in kind.columns)
    return columns


def _in_order(cls: type, columns: Iterable[Column], near: tuple[tuple[str, ...], ...]) -> tuple[Column, ...]:
    """Return columns in the order of storage: flows last, and columns used together adjacent, around the first flow."""
    by_name: dict[str, Column] = {}
    for column in columns:
        if column.name in by_name:
            raise DeclarationError(f"column {cls.__name__.lower()}.{column.name}: two mechanisms declare it")
        by_name[column.name] = column
    hot = [by_name.pop(name) for group in near for name in group]
    rest = list(by_name.values())
    parts = (
        [column for column in rest if column.kind != "flow"],
        [column for column in hot if column.kind != "flow"],
        [column for column in hot if column.kind == "flow"],
        [column for column in rest if column.kind == "flow"],
    )
    return tuple(column for part in parts for column in part)


def empty(kind: type[T], rows: int) -> tuple[T, FloatArray]:
    """Return a population of ``rows`` new rows, zero except for stocks with another start, and its flows as one array.

    The array has shape (rows, flows) if a row's flows are adjacent, and (flows, rows) otherwise. It is one array, because
    clearing or recording all flows of a population is then a single operation.
    """
    of: Any = kind
    columns: tuple[Column, ...] = of.columns
    near = () if AHEAD else of.near
    stocks = sum(column.kind != "flow" for column in columns)
    if of.storage == "records":
        records, numbers = _records(columns, rows)
        return records, numbers[:, stocks:]
    arrays = {column.name: np.full(rows, column.start, column.dtype) for column in columns[:stocks]}
    block = _zeros(len(columns) - stocks, 8 * rows).view(np.float64)
    arrays |= zip((column.name for column in columns[stocks:]), block, strict=True)
    for group in near:
        together = [column for column in columns if column.name in group]
        if together[0].kind != "flow":
            arrays |= _fields(rows, together)
            continue
        first = columns.index(together[0]) - stocks
        shared = block[first : first + len(group)].reshape(rows, len(group))
        arrays |= zip((column.name for column in together), shared.T, strict=True)
    return kind(*(arrays[column.name] for column in columns)), block


def _records(columns: tuple[Column, ...], rows: int) -> tuple[Any, FloatArray]:
    """Return a record array and its bytes as numbers, shape (rows, columns)."""
    kind = np.dtype(
        {
            "names": [column.name for column in columns],
            "formats": [np.int64 if column.is_integer else np.float64 for column in columns],
        }
    )
    numbers = _zeros(rows, 8 * len(columns)).view(np.float64)
    records = numbers.reshape(-1).view(kind)
    for column in columns:
        records[column.name] = column.start
    return records.view(np.recarray), numbers


def _zeros(rows: int, size: int) -> Int8Array:
    """Return zeros, shape (rows, bytes of a row), aligned to cache lines."""
    block = np.zeros(rows * size + LINE, np.int8)
    first = -block.ctypes.data % LINE
    return block[first : first + rows * size].reshape(rows, size)


def _fields(rows: int, columns: list[Column]) -> dict[str, Any]:
    """Return columns that share a record, by name: views of one block, wide numbers first."""
    sizes = {column.name: np.dtype(column.dtype).itemsize for column in columns}
    block, place, made = _zeros(rows, -(-sum(sizes.values()) // 8) * 8), 0, {}
    for column in sorted(columns, key=lambda column: -sizes[column.name]):
        made[column.name] = block[:, place : place + sizes[column.name]].view(column.dtype)[:, 0]
        made[column.name][:] = column.start
        place += sizes[column.name]
    return made


@population("columns")
class Staff(_Rows):
    """Members of staff, front line and back office; the rows of a department are adjacent."""

    department: IntArray = fixed("row", "department of the post")
    contract: FloatArray = fixed("share", "contracted time of the post, relative to full time")
    leader: IntArray = fixed("row", "team lead of the post, -1 for none")


@population("records")
class Leaders(_Rows):
    """Leaders in tiers: 0 the executive, 1 heads of department, 2 team leads."""

    tier: IntArray = fixed("tier", "0 executive, 1 head, 2 team lead")
    department: IntArray = fixed("row", "department, -1 for the executive")
    superior: IntArray = fixed("row", "the leader's own leader, -1 at the top")
    span: IntArray = fixed("people", "members of staff below, directly or indirectly")
    vacant: IntArray = fixed("0/1", "1 if the post is vacant: no one reports to it, and it is not paid")


@population("columns", MET)
class Customers(_Rows):
    """People in the market: the organisation's customers (``active``) and its prospects."""

    segment: Int8Array = fixed("row", "segment")
    far_tie: IntArray = fixed(
        "row", "an acquaintance anywhere in the market; the other acquaintances are the neighbouring rows"
    )


@population("columns", CASE)
class Cases(_Rows):
    """One row per person in the market: the person's open issue, of which there is at most one.

    States: 0 none, 1 in a queue, 2 closed unresolved and returning, 3 given up but still in a queue's chain.
    """


@population("records")
class Departments(_Rows):
    """Departments; the flows are the week's tallies from which KPIs are calculated."""

    first_staff: IntArray = fixed("row", "first member of staff")
    last_staff: IntArray = fixed("row", "row after the last member of staff")
    front: IntArray = fixed("0/1", "1 if customers call here first")
    head: IntArray = fixed("row", "head of department, -1 for none")
    call_share: FloatArray = fixed(
        "share", "cumulative share of new issues up to this department; all 0 for equal shares"
    )
    handoff_factor: FloatArray = fixed(
        "factor", "probability that an issue needs another department, relative to the ordinary"
    )
    time_factor: FloatArray = fixed("factor", "time of a contact here, relative to the ordinary")
    transfer_share: FloatArray = fixed(
        "share", "cumulative share of hand-offs received up to this department; all 0 for the default rule"
    )


@population("records")
class Segments(_Rows):
    """Customer segments; the flows are tallies."""

    mobility: FloatArray = fixed(
        "factor", "how readily customers of the segment join and leave, relative to the ordinary"
    )


@population("records")
class Firm(_Rows):
    """The organisation as a whole: one row."""


#: All populations, in the order of the state.
KINDS: tuple[Any, ...] = (Staff, Leaders, Customers, Cases, Departments, Segments, Firm)


def base_of(name: str) -> str:
    """Return the population of the package to which one of a user's mechanism, such as ``"mood_staff"``, belongs."""
    return name.rpartition("_")[2]
