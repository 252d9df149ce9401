"""The folder of an organisation: its tables, and what ``organisation.toml`` says about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ccsim.errors import InputIssue
from ccsim.organisations.columns import KINDS, PERIODS, TEXTS
from ccsim.organisations.tables import Table

#: The smallest number of people or answers that ``smallest_group`` accepts.
LEAST_GROUP = 10


@dataclass
class Folder:
    """The folder of an organisation, read and checked.

    Attributes:
        path: the folder.
        name, currency: as given by the user.
        start_date: date of week 0; None if it is not given.
        smallest_group: number of people or answers below which a group is not shown.
        tables: the existing files, by kind; several files of a kind give several tables.
        periods: the period of pay, churn, revenue and leaving, if given.
        kpis, drivers: KPIs and levers by the user's words.
        relative: drivers whose values are used relative to their mean, as multiples of the lever's ordinary value.
        sizes, values: sizes, and assumptions and levers of the warm-up, stated in the file, by key.
        lines: the line of each of these sizes.
    """

    path: Path
    name: str
    currency: str
    start_date: date | None
    smallest_group: int
    tables: dict[str, list[Table]] = field(default_factory=dict)
    periods: dict[str, str] = field(default_factory=dict)
    kpis: dict[str, str] = field(default_factory=dict)
    drivers: dict[str, str] = field(default_factory=dict)
    relative: set[str] = field(default_factory=set)
    sizes: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int | None] = field(default_factory=dict)

    @property
    def posts_kind(self) -> str:
        """The kind of file that states posts and reporting lines: people or posts, which exclude each other."""
        return "people" if "people" in self.tables else "posts"

    def frame(self, kind: str) -> pd.DataFrame:
        """Return all rows of a kind of file; if there is no such file, no rows, and only the required columns."""
        columns = KINDS[kind].columns
        if kind not in self.tables:
            return pd.DataFrame(columns=[column.name for column in columns if column.needed])
        rows = pd.concat([table.frame for table in self.tables[kind]], ignore_index=True)
        return rows.fillna({column.name: "" for column in columns if column.cells in TEXTS and column.name in rows})

    def fault(self, kind: str, row: int, column: str, problem: str) -> InputIssue:
        """Return a fault in a cell of :meth:`frame`.

        Args:
            kind: kind of file.
            row: number of the row of the frame, from 0.
            column: the column.
            problem: what is wrong, and what is accepted.

        Returns:
            The fault with file and line.

        Raises:
            IndexError: there is no such row.
        """
        for table in self.tables[kind]:
            if row < len(table.frame):
                return table.fault(row, column, problem)
            row -= len(table.frame)
        raise IndexError(row)

    def weeks(self, what: str) -> float | None:
        """Return the number of weeks of the period of a column; None if it is not given."""
        return PERIODS[self.periods[what]] if what in self.periods else None
