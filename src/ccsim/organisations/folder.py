"""Read the folder of an organisation: ``organisation.toml`` and its data files; all faults are reported together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from ccsim.errors import InputError, InputErrors, InputIssue, did_you_mean, shown
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.organisations.checks import across
from ccsim.organisations.columns import KINDS, PERIODS, TEXTS
from ccsim.organisations.privacy import Keys
from ccsim.organisations.tables import Dialect, Table, read_table
from ccsim.scenarios.io import Parser, Schema
from ccsim.scenarios.paths import is_file, is_folder
from ccsim.scenarios.scenario import check
from ccsim.scenarios.toml_positions import line_of, read_toml

FILE = "organisation.toml"
LEAST_GROUP = 10
WORDS = {
    "yes": ("yes", "y", "true", "1"), "no": ("no", "n", "false", "0"),
    "vacant": ("vacant",), "closed": ("closed", "eliminated"), "outside": (),
}  # fmt: skip
#: Columns whose values need a period.
PERIOD_OF = {"pay": "pay", "churn": "churn", "revenue": "revenue", "left": "left"}


class FolderShape(Schema):
    """The file ``organisation.toml``."""

    name: str = ""
    currency: str = "EUR"
    start_date: date | None = None
    smallest_group: int = Field(default=LEAST_GROUP, ge=LEAST_GROUP)
    files: dict[str, Any] = Field(default_factory=dict)
    columns: dict[str, Any] = Field(default_factory=dict)
    words: dict[str, Any] = Field(default_factory=dict)
    periods: dict[str, Any] = Field(default_factory=dict)
    constants: dict[str, Any] = Field(default_factory=dict)
    kpis: dict[str, Any] = Field(default_factory=dict)
    drivers: dict[str, Any] = Field(default_factory=dict)
    sizes: dict[str, Any] = Field(default_factory=dict)
    assumptions: dict[str, Any] = Field(default_factory=dict)
    levers: dict[str, Any] = Field(default_factory=dict)


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

    def frame(self, kind: str) -> pd.DataFrame | None:
        """Return all rows of a kind of file; None if there is no such file."""
        tables = self.tables.get(kind)
        if not tables:
            return None
        whole = pd.concat([table.frame for table in tables], ignore_index=True)
        texts = [name for name in map(str, whole) if KINDS[kind].column(name).cells in TEXTS]
        return whole.fillna(dict.fromkeys(texts, ""))

    def place(self, kind: str, row: int) -> tuple[Table, int]:
        """Return the table of a row of :meth:`frame`, and the row's number in it."""
        for table in self.tables[kind]:
            if row < len(table.frame):
                return table, row
            row -= len(table.frame)
        raise IndexError(row)

    def fault(self, kind: str, row: int, column: str, problem: str) -> InputIssue:
        """Return a fault in a cell of :meth:`frame`.

        Args:
            kind: kind of file.
            row: number of the row of the frame, from 0.
            column: the column.
            problem: what is wrong, and what is accepted.

        Returns:
            The fault with file and line.
        """
        table, place = self.place(kind, row)
        return table.fault(place, column, problem)

    def weeks(self, what: str) -> float | None:
        """Return the number of weeks of the period of a column; None if it is not given."""
        return PERIODS[self.periods[what]] if what in self.periods else None


def read_folder(path: str | Path) -> Folder:
    """Read and check a folder.

    Args:
        path: the folder.

    Returns:
        The organisation, its measurements and its tables, all checked.

    Raises:
        InputError: the folder does not exist, or contains no ``organisation.toml``.
        InputErrors: its files have faults; all are listed.
    """
    folder = Path(path)
    if not is_folder(folder):
        raise InputError(f"{folder}: there is no such folder; ccsim org new {folder} makes one")
    if not is_file(folder / FILE):
        raise InputError(f"{folder}: contains no {FILE}; ccsim org new writes one to start from")
    data, places = read_toml(folder / FILE)
    reader = Parser(folder / FILE, places)
    shape = reader.validate(FolderShape, data)
    found = Folder(folder, shape.name or folder.name, shape.currency, shape.start_date, shape.smallest_group)
    dialect = _dialect(reader, shape, found)
    for name, problem in _unknown(shape.files, KINDS, "kind of file"):
        reader.add_error(("files", name), problem)
    for kind in KINDS.values():
        for number, file in enumerate(_files_of(reader, shape, folder, kind.name)):
            table, faults = read_table(file, str(file), kind, dialect)
            reader.issues += faults
            if table is not None:
                found.tables.setdefault(kind.name, []).append(table)
            elif not faults:
                reader.add_error(("files", kind.name, number), "cannot be read")
    _count_relative(found)
    reader.issues += across(found)
    reader.finish()
    return found


def _count_relative(parsed: Folder) -> None:
    """Use a driver relative to its mean if its lever is a factor and most values are outside the range of factors."""
    frame = parsed.frame("drivers")
    for name, lever in parsed.drivers.items() if frame is not None else ():
        row = all_parameters()[lever]
        values = frame["value"][frame["name"] == name] if frame is not None else pd.Series(dtype=float)
        if row.unit == "factor" and values.median() > row.legal[1]:
            parsed.relative.add(name)


def _files_of(reader: Parser, shape: FolderShape, folder: Path, kind: str) -> list[Path]:
    """Return the files of a kind: the named ones, or the one with the default name if it exists."""
    if kind not in shape.files:
        usual = folder / f"{kind}.csv"
        return [usual] if usual.is_file() else []
    named = shape.files[kind]
    names = named if isinstance(named, list) else [named]
    found = []
    for number, name in enumerate(names):
        place = ("files", kind, number) if isinstance(named, list) else ("files", kind)
        if not isinstance(name, str) or not name:
            reader.add_error(place, f"{name!r} must be the name of a file")
        elif not is_file(folder / name):
            reader.add_error(place, f"{name!r}: there is no such file in {folder}")
        else:
            found.append(folder / name)
    return found


def _dialect(reader: Parser, shape: FolderShape, parsed: Folder) -> Dialect:
    """Return the format of files, and store the other settings of ``organisation.toml``."""
    columns = {}
    for kind, table in _tables(reader, shape.columns, "columns", KINDS):
        known = [column.name for column in KINDS[kind].columns]
        for name, problem in _unknown(table, known, f"column of {kind}"):
            reader.add_error(("columns", kind, name), problem)
        columns[kind] = {name: _texts(reader, ("columns", kind, name), text) for name, text in table.items()}
    constants = {}
    for kind, table in _tables(reader, shape.constants, "constants", KINDS):
        known = [column.name for column in KINDS[kind].columns]
        for name, problem in _unknown(table, known, f"column of {kind}"):
            reader.add_error(("constants", kind, name), problem)
        constants[kind] = {name: str(value) for name, value in table.items()}
    for name, problem in _unknown(shape.words, WORDS, "list of words"):
        reader.add_error(("words", name), problem)
    words = {
        name: frozenset((*usual, *_texts(reader, ("words", name), shape.words.get(name, [])))) for name, usual in WORDS.items()
    }  # fmt: skip
    for name, problem in _unknown(shape.periods, PERIOD_OF, "amount with a period"):
        reader.add_error(("periods", name), problem)
    for name, value in shape.periods.items():
        if not isinstance(value, str) or value not in PERIODS:
            reader.add_error(("periods", name), f"must be one of {', '.join(PERIODS)}, got {value!r}")
        else:
            parsed.periods[name] = value
    _names(reader, shape, parsed)
    return Dialect(columns, words, constants, Keys.of_folder(parsed.path))


def _names(reader: Parser, shape: FolderShape, parsed: Folder) -> None:
    """Store the KPIs, drivers, sizes and values that ``organisation.toml`` states."""
    for word, kpi in shape.kpis.items():
        if not isinstance(kpi, str) or kpi not in KPIS:
            reader.add_error(("kpis", word), f"there is no KPI {shown(kpi)}{did_you_mean(str(kpi), KPIS)}")
        else:
            parsed.kpis[word] = kpi
    for word, said in shape.drivers.items():
        _driver(reader, parsed, word, said)
    for name, value in shape.sizes.items():
        try:
            parsed.sizes[name] = check(f"organisation.{name}", value, ("size",))
            parsed.lines[name] = line_of(reader.places, ("sizes", name))
        except InputError as error:
            reader.add_error(("sizes", name), str(error).removeprefix(f"organisation.{name}: "))
    parsed.values = {
        **reader.values("assumptions", shape.assumptions, ("assumption",)),
        **reader.values("levers", shape.levers, ("lever",)),
    }


def _driver(reader: Parser, parsed: Folder, word: str, said: Any) -> None:
    """Store the lever that a driver sets: a name, or a table with the name and whether values are relative."""
    levers = {key for key, row in all_parameters().items() if row.role == "lever"}
    table = said if isinstance(said, dict) else {"lever": said}
    for name, problem in _unknown(table, ("lever", "relative"), "key of a driver"):
        reader.add_error(("drivers", word, name), problem)
    lever, relative = table.get("lever"), table.get("relative", False)
    if not isinstance(lever, str) or lever not in levers:
        reader.add_error(("drivers", word), f"there is no lever {shown(lever)}{did_you_mean(str(lever), levers)}")
        return
    if not isinstance(relative, bool):
        reader.add_error(("drivers", word, "relative"), f"must be true or false, got {relative!r}")
    elif relative:
        parsed.relative.add(word)
    parsed.drivers[word] = lever


def _tables(reader: Parser, data: Mapping[str, Any], name: str, known: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the nested tables for known kinds of files."""
    for kind, problem in _unknown(data, known, "kind of file"):
        reader.add_error((name, kind), problem)
    for kind, table in data.items():
        if kind in known and not isinstance(table, dict):
            reader.add_error((name, kind), f"must be a table, got {table!r}")
    return [(kind, table) for kind, table in data.items() if kind in known and isinstance(table, dict)]


def _unknown(data: Mapping[str, Any], known: Any, what: str) -> list[tuple[str, str]]:
    return [(name, f"there is no such {what}{did_you_mean(name, known)}") for name in data if name not in known]


def _texts(reader: Parser, place: tuple[str | int, ...], value: Any) -> tuple[str, ...]:
    """Return a text or a list of texts as a list of texts."""
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        reader.add_error(place, f"must be a text or a list of texts, got {value!r}")
        return ()
    return tuple(texts)


__all__ = ["Folder", "InputErrors", "read_folder"]
