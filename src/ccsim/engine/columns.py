"""Columns, declared once: kind, unit, meaning, and the mechanisms that write them.

A mechanism declares its columns in one class per population:

    @columns("staff")
    class Staff:
        '''Columns of a member of staff.'''

        habit: Floats = stock("share", "how far acting customer-first has become routine")

A column is *fixed* (set at founding), a *stock* (kept from week to week, written only by the mechanism that declares
it and by those that the declaration names) or a *flow* (cleared every week; any mechanism may add to it).
Flows are summed up first and stocks updated afterwards, so all people change simultaneously and their order does not matter.
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
#: A population as passed to rules and kernels, with columns as attributes. The columns are collected from all mechanisms when
#: the model is loaded, so numba knows their types and mypy does not.
Rows: TypeAlias = Any
STORAGE_DTYPE: dict[Any, str] = {
    FloatArray: "float64",
    IntArray: "int32",
    Int8Array: "int8",
    UInt32Array: "uint32",
}  # for populations with many rows

#: Populations of the organisation and its market.
POPULATIONS = ("staff", "leaders", "customers", "cases", "departments", "segments", "firm")

CALLS = "fixed(...), stock(...) or flow(...)"


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    Attributes:
        kind: ``"fixed"``, ``"stock"`` or ``"flow"``.
        unit, meaning: text.
        owners: the mechanisms that write a stock.
        name: its own name.
        dtype: storage type for populations with many rows.
        start: its value at founding, unless a mechanism sets another.
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
        """Whether the column holds whole numbers."""
        return self.dtype != "float64"

    def faults(self, known: Iterable[str]) -> Iterator[str | None]:
        """Yield what is wrong with the declaration, the first fault first; ``known`` are the existing mechanisms."""
        yield name_fault(self.name)
        if hasattr(np.recarray, self.name):
            yield f"name must not be an attribute of arrays, got {self.name!r}"
        yield words_fault(meaning=self.meaning)
        yield unit_fault(self.unit)
        if self.kind == "stock" and not self.owners:
            yield "stock must have an owner: the mechanism that writes it"
        for owner in self.owners:
            yield None if owner in known else f"unknown owner {owner!r}{did_you_mean(owner, known)}"
        if self.kind == "flow" and self.is_integer:
            yield "type of a flow must be Floats"


def fixed(unit: str, meaning: str) -> Any:
    """Declare a column that is set at founding and never changes."""
    return written(Column("fixed", unit, (), meaning))


def stock(unit: str, meaning: str, *also: str, start: float = 0.0) -> Any:
    """Declare a column that keeps its value; only the declaring mechanism and those named in ``also`` write it.

    Args:
        unit: the unit of its values.
        meaning: a short description.
        also: further mechanisms that write it.
        start: its value at the founding.

    Returns:
        The declaration, which :func:`columns` collects.
    """
    return written(Column("stock", unit, also, meaning, start=start))


def flow(unit: str, meaning: str) -> Any:
    """Declare a weekly sum that is cleared at the start of each week; any mechanism may add to it."""
    return written(Column("flow", unit, (), meaning))


def columns(population: str) -> Callable[[type[T]], type[T]]:
    """Register a class's ``name: type = stock(...)`` lines as columns that its mechanism adds to a population.

    The class gains ``population`` and ``columns``. The module in which it is defined owns its stocks.

    Returns:
        A decorator that returns the class with its declared columns.

    Raises:
        DeclarationError: the population does not exist, or a line is faulty (see :func:`declared_columns`).
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
        owner: the mechanism that owns the stocks, in addition to those that the lines name.

    Raises:
        DeclarationError: a line that declares no column, a name declared twice, or a name, type, unit, meaning or owner
            that is not accepted.
    """
    group = cls.__name__.lower()
    declared, known = [], {*mechanism_names(), owner}
    for name, (column, kind, where) in rows_of(cls, Column, "column", group, CALLS).items():
        title = f"column {group}.{name}"
        if kind not in STORAGE_DTYPE:
            refuse(
                where,
                title,
                [f"type must be FloatArray, IntArray, Int8Array or UInt32Array, got {getattr(kind, '__name__', kind)}"],
            )
        owners = dict.fromkeys((owner, *column.owners)) if owner and column.kind == "stock" else column.owners
        declared.append(replace(column, name=name, dtype=STORAGE_DTYPE[kind], owners=tuple(owners)))
        refuse(where, title, declared[-1].faults(known))
    return tuple(declared)
