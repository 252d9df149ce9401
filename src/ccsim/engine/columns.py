"""Columns, declared once: kind, unit, meaning, and who writes them.

A mechanism declares the columns that it keeps, for each population in a class of its own:

    @columns("staff")
    class Staff:
        '''Columns of a member of staff.'''

        habit: Floats = stock("share", "how far acting customer-first has become routine")

A column is *fixed* (set at founding), a *stock* (kept from week to week, written only by the mechanism that declares
it and by those that the declaration names besides) or a *flow* (cleared every week; any mechanism may add to it).
Flows are gathered first and stocks moved after, so everybody changes at once and no order among people matters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_type_hints

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Few = npt.NDArray[np.int8]
Words = npt.NDArray[np.uint32]
NARROW: dict[Any, str] = {Floats: "float64", Whole: "int32", Few: "int8", Words: "uint32"}  # where rows are many

#: Populations of the organisation and its market.
POPULATIONS = ("staff", "leaders", "customers", "cases", "departments", "segments", "firm")


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column; ``kind`` is fixed, stock or flow, ``narrow`` what its numbers are kept as in many rows."""

    kind: str
    unit: str
    owners: tuple[str, ...]
    meaning: str
    name: str = ""
    narrow: str = "float64"

    @property
    def whole(self) -> bool:
        """Whether it holds whole numbers."""
        return self.narrow != "float64"


def fixed(unit: str, meaning: str) -> Any:
    """Declare a column that the founding sets and nothing changes."""
    return Column("fixed", unit, (), meaning)


def stock(unit: str, meaning: str, *also: str) -> Any:
    """Declare a column that lasts; only the declaring mechanism and those named in ``also`` write it."""
    return Column("stock", unit, also, meaning)


def flow(unit: str, meaning: str) -> Any:
    """Declare a weekly sum, cleared at the start of each week; any mechanism may add to it."""
    return Column("flow", unit, (), meaning)


def columns(population: str) -> Callable[[type[T]], type[T]]:
    """Keep a class's ``name: type = stock(...)`` lines as the columns that its mechanism adds to a population.

    The class gains ``population`` and ``columns``; the module that it stands in owns its stocks.

    Raises:
        TypeError: no such population, or a line that declares no column.
    """
    if population not in POPULATIONS:
        raise TypeError(f"columns({population!r}): the populations are {', '.join(POPULATIONS)}")

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
        TypeError: a line that declares no column, or a type that no column has.
    """
    found = []
    for name, kind in get_type_hints(cls).items():
        column = vars(cls).get(name)
        if not isinstance(column, Column):
            raise TypeError(f"{cls.__name__}.{name}: it takes fixed(...), stock(...) or flow(...), not {column!r}")
        if kind not in NARROW:
            raise TypeError(f"{cls.__name__}.{name}: the type is one of Floats, Whole, Few and Words, not {kind!r}")
        owners = dict.fromkeys((owner, *column.owners)) if owner and column.kind == "stock" else column.owners
        found.append(replace(column, name=name, narrow=NARROW[kind], owners=tuple(owners)))
    return tuple(found)
