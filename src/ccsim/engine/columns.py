"""Columns, declared once: kind, unit, meaning, and who writes them.

A mechanism declares the columns that it keeps, for each population in a class of its own:

    @columns("staff")
    class Staff:
        '''Columns of a member of staff.'''

        habit: Floats = stock("share", "how far acting customer-first has become routine")

A column is *fixed* (set at founding), a *stock* (kept from week to week, written only by the mechanism that declares
it and by those that the declaration names besides) or a *flow* (cleared every week; any mechanism may add to it).
Flows are gathered first and stocks moved after, so all people change at once and their order does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from ccsim.engine.declarations import (
    caller,
    mechanism_names,
    name_fault,
    refuse,
    rows_of,
    unit_fault,
    words_fault,
    written,
)
from ccsim.errors import DeclarationError, did_you_mean

T = TypeVar("T")
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Int8Array = npt.NDArray[np.int8]
UInt32Array = npt.NDArray[np.uint32]
#: A population as rules and kernels are given it, columns as attributes. Its columns are gathered from all mechanisms when the
#: model is loaded, so numba knows their types and mypy does not.
Rows: TypeAlias = Any
STORAGE_DTYPE: dict[Any, str] = {
    FloatArray: "float64",
    IntArray: "int32",
    Int8Array: "int8",
    UInt32Array: "uint32",
}  # where rows are many

#: Populations of the organisation and its market.
POPULATIONS = ("staff", "leaders", "customers", "cases", "departments", "segments", "firm")

CALLS = "fixed(...), stock(...) or flow(...)"


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    Attributes:
        kind: ``"fixed"``, ``"stock"`` or ``"flow"``.
        unit, meaning: in words.
        owners: the mechanisms that write a stock.
        name: its own name.
        dtype: what its numbers are kept as where rows are many.
        start: its value at the founding, where no mechanism sets another.
    """

    kind: str
    unit: str
    owners: tuple[str, ...]
    meaning: str
    name: str = ""
    dtype: str = "float64"
    start: float = 0.0

    @property
    def is_integer(self) -> bool:
        """Whether it holds whole numbers."""
        return self.dtype != "float64"

    def faults(self, known: Iterable[str]) -> Iterator[str | None]:
        """Say what is wrong with the declaration, the first fault first; ``known`` are the mechanisms there are."""
        yield name_fault(self.name)
        if hasattr(np.recarray, self.name):
            yield f"name must not be one that arrays have themselves, got {self.name!r}"
        yield words_fault(meaning=self.meaning)
        yield unit_fault(self.unit)
        if self.kind == "stock" and not self.owners:
            yield "stock must have an owner: the mechanism that writes it"
        for owner in self.owners:
            yield None if owner in known else f"unknown owner {owner!r}{did_you_mean(owner, known)}"
        if self.kind == "flow" and self.is_integer:
            yield "type of a flow must be Floats"


def fixed(unit: str, meaning: str) -> Any:
    """Declare a column that the founding sets and nothing changes."""
    return written(Column("fixed", unit, (), meaning))


def stock(unit: str, meaning: str, *also: str, start: float = 0.0) -> Any:
    """Declare a column that lasts; only the declaring mechanism and those named in ``also`` write it.

    Args:
        unit: what it is counted in.
        meaning: a few words.
        also: further mechanisms that write it.
        start: its value at the founding.

    Returns:
        The declaration, which :func:`columns` collects.
    """
    return written(Column("stock", unit, also, meaning, start=start))


def flow(unit: str, meaning: str) -> Any:
    """Declare a weekly sum, cleared at the start of each week; any mechanism may add to it."""
    return written(Column("flow", unit, (), meaning))


def columns(population: str) -> Callable[[type[T]], type[T]]:
    """Keep a class's ``name: type = stock(...)`` lines as the columns that its mechanism adds to a population.

    The class gains ``population`` and ``columns``; the module that it stands in owns its stocks.

    Returns:
        A decorator, which returns the class with its declared columns.

    Raises:
        DeclarationError: no such population, or a faulty line (see :func:`declared_columns`).
    """
    if population not in POPULATIONS:
        where = caller()
        raise DeclarationError(f"{where}: unknown population {population!r}{did_you_mean(population, POPULATIONS)}")

    def build(cls: type[T]) -> type[T]:
        made: Any = cls
        made.population, made.columns = population, declared_columns(cls, cls.__module__.rpartition(".")[2])
        return cls

    return build


def declared_columns(cls: type, owner: str = "") -> tuple[Column, ...]:
    """Return the columns that a class declares, in order.

    Args:
        cls: a class of ``name: type = fixed/stock/flow(...)`` lines.
        owner: the mechanism that owns the stocks, besides those that the lines name.

    Raises:
        DeclarationError: a line that declares no column, a name declared twice, or a name, type, unit, meaning or owner
            that is not accepted.
    """
    group = cls.__name__.lower()
    found, known = [], {*mechanism_names(), owner}
    for name, (column, kind, where) in rows_of(cls, Column, "column", group, CALLS).items():
        title = f"column {group}.{name}"
        if kind not in STORAGE_DTYPE:
            refuse(
                where,
                title,
                [f"type must be FloatArray, IntArray, Int8Array or UInt32Array, got {getattr(kind, '__name__', kind)}"],
            )
        owners = dict.fromkeys((owner, *column.owners)) if owner and column.kind == "stock" else column.owners
        found.append(replace(column, name=name, dtype=STORAGE_DTYPE[kind], owners=tuple(owners)))
        refuse(where, title, found[-1].faults(known))
    return tuple(found)
