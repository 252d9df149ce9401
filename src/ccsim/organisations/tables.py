"""Read CSV files: detect separator, decimal sign and encoding, or refuse the file; every fault names its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ccsim.errors import InputIssue, did_you_mean
from ccsim.organisations.columns import (
    ACCEPTS,
    AMOUNT,
    COUNT,
    DATE,
    KEY,
    NAME,
    PERIOD,
    PERIODS,
    SHARE,
    STATUS,
    YES,
    Column,
    Kind,
)
from ccsim.organisations.privacy import Keys, quoted

#: Maximum number of faults of one kind per column that are listed singly; of the others only the number is reported.
MAX_REPORTED = 20
LONGEST_NAME = 80
#: Number of cells of a column from which one message is reported if none is accepted.
ALL_WRONG = 5
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SAYS_SEPARATOR = re.compile(r"""\s*"?sep=.?"?\s*(\n|$)""", re.IGNORECASE)
_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}((\.\d{3})+,\d*|(\.\d{3}){2,}|(,\d{3})+\.\d*|(,\d{3}){2,})")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")


@dataclass
class Table:
    """A file of an organisation after reading.

    Attributes:
        file: its path, as messages name it.
        kind: kind of file.
        frame: checked columns by their names in ccsim; faulty cells are missing.
        own_names: the name of each column in the file.
        unread: columns of the file that are not read.
        separator: character between cells.
        lines: the line of the file on which each row begins. The text itself is not stored, because it may name people.
    """

    file: str
    kind: Kind
    frame: pd.DataFrame
    own_names: dict[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    separator: str = ","
    lines: list[int] = field(default_factory=list, repr=False)

    def line(self, row: int) -> int:
        """Return the line of the file on which a row begins."""
        return self.lines[row] if row < len(self.lines) else len(self.lines) + 2

    def fault(self, row: int, column: str, problem: str) -> InputIssue:
        """Return a fault in a cell.

        Args:
            row: number of the row of the frame, from 0.
            column: the column, by its name in ccsim.
            problem: what is wrong, and what is accepted.
        """
        return InputIssue(self.file, self.line(row), self.own_names.get(column, column), problem)

    def faults(self, column: str, rows: Iterable[int], problem: str) -> list[InputIssue]:
        """Return the faults of cells of a column: the first ones singly, the others as a number.

        Args:
            column: the column, by its name in ccsim.
            rows: numbers of the rows of the frame, from 0.
            problem: what is wrong, and what is accepted.
        """
        found = list(rows)
        told = [self.fault(int(row), column, problem) for row in found[:MAX_REPORTED]]
        if len(found) > MAX_REPORTED:
            more = f"{problem} (so do {len(found) - MAX_REPORTED} more rows)"
            told[-1] = self.fault(int(found[MAX_REPORTED - 1]), column, more)
        return told


@dataclass(frozen=True)
class Dialect:
    """The format of data files, as stated in ``organisation.toml``.

    Attributes:
        columns: by kind of file and name in ccsim, the possible names in the file; the first that exists is used.
        words: words for ``yes``, ``no``, ``vacant``, ``closed`` and ``outside``.
        constants: by kind of file and name in ccsim, a value for all rows.
        keys: replaces identifiers by keys.
    """

    columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    words: Mapping[str, frozenset[str]]
    constants: Mapping[str, Mapping[str, str]]
    keys: Keys


def read_table(path: Path, name: str, kind: Kind, dialect: Dialect) -> tuple[Table | None, list[InputIssue]]:
    """Read a file of a kind.

    Args:
        path: the file.
        name: its name in messages.
        kind: kind of file.
        dialect: format of the file.

    Returns:
        The table (None if the file cannot be read at all) and all faults.
    """
    text, problem = text_of(path)
    if problem:
        return None, [InputIssue(name, None, "", problem)]
    above = 0
    if _SAYS_SEPARATOR.match(text):  # some spreadsheet programs write this line
        text, above = text.split("\n", 1)[1] if "\n" in text else "", 1
    header = text.split("\n", 1)[0]
    separator = separator_of(header)
    names = next(csv.reader([header], delimiter=separator), [])
    table = Table(name, kind, pd.DataFrame(), separator=separator)
    faults = _match_columns(table, [cell.strip() for cell in names], dialect)
    constants = dialect.constants.get(kind.name, {})
    if any(fault.line is None for fault in faults):
        return None, faults
    try:
        raw, more = _cells(table, names, text, above)
    except (csv.Error, pd.errors.ParserError):
        return None, [*faults, InputIssue(name, None, "", "cannot be read as a table: a quotation mark is not closed")]
    faults += more
    if not len(raw):
        return None, faults or [InputIssue(name, 2, "", "there are no rows below the header")]
    frame = {}
    private = _Private(table, [cell.strip() for cell in names], text)
    for column in kind.columns:
        if column.name in table.own_names:
            cells = raw[table.own_names[column.name]].str.strip()
        elif column.name in constants:
            cells = pd.Series([constants[column.name]] * len(raw), dtype=str)
        else:
            continue
        frame[column.name], wrong = _checked(table, column, cells, dialect, private)
        faults += wrong
    table.frame = pd.DataFrame(frame)
    return table, faults


def text_of(path: Path) -> tuple[str, str]:
    """Return the text of a file, and what is wrong with it."""
    try:
        if path.is_fifo():
            return "", "is a pipe, not a file"  # which would be waited for without end
        data = path.read_bytes()
    except OSError as error:
        return "", f"cannot be read ({error.strerror})"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:1000]:
        return "", "is not UTF-8 text; save it as CSV UTF-8 (workbooks and UTF-16 are not supported)"
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return "", f"is not UTF-8 text (line {line}); save it as CSV UTF-8"
    return (text, "") if text.strip() else ("", "is empty; it must have a header and rows")


def separator_of(header: str) -> str:
    """Return the separator between the names of a header."""
    return max(SEPARATORS, key=lambda sign: _outside_quotes(header, sign))


def _outside_quotes(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


def _match_columns(table: Table, names: list[str], dialect: Dialect) -> list[InputIssue]:
    """Match the columns of the file; fill ``theirs`` and ``unread``."""
    faults = []
    mapped = dialect.columns.get(table.kind.name, {})
    constants = dialect.constants.get(table.kind.name, {})
    for column in table.kind.columns:
        wanted = mapped.get(column.name, (column.name,))
        there = [name for name in wanted if name in names]
        if there:
            table.own_names[column.name] = there[0]
            if names.count(there[0]) > 1:
                faults.append(InputIssue(table.file, None, there[0], "two columns of the header have this name"))
        elif column.needed and column.name not in constants:
            near = did_you_mean(wanted[0], names)
            say = f"[columns.{table.kind.name}] of organisation.toml can map it to a column"
            faults.append(InputIssue(table.file, None, wanted[0], f"the column is missing{near}; {say}"))
    table.unread = tuple(name for name in names if name not in table.own_names.values())
    return faults


def _cells(table: Table, names: list[str], text: str, above: int) -> tuple[pd.DataFrame, list[InputIssue]]:
    """Return the cells of the columns that are read, as text, and faults for rows with too many cells.

    Args:
        table: the table that is read; the lines of its rows are filled in.
        names: the header.
        text: the file from its header on.
        above: number of lines of the file above the header.
    """
    faults = []
    wanted = [name for name in dict.fromkeys(names) if name.strip() in table.own_names.values()]
    reader = csv.reader(io.StringIO(text), delimiter=table.separator)
    sizes, starts, before = [], [], 0
    for cells in reader:
        if cells:
            sizes.append((len(cells), _filled(cells)))
            if sizes[-1][1]:
                starts.append(above + before + 1)
        before = reader.line_num
    table.lines = starts[1:]
    # Some spreadsheet programs write rows of separators below a table.
    filled = np.array([each for _, each in sizes[1:]], bool)
    longer = [(number, size) for number, (size, each) in enumerate(row for row in sizes if row[1]) if size > len(names)]
    for number, count in longer[:MAX_REPORTED]:
        faults.append(InputIssue(table.file, table.line(number - 1), "", f"has {count} cells; the header {len(names)}"))
    raw = pd.read_csv(
        io.StringIO(text), sep=table.separator, dtype=str, keep_default_na=False, usecols=wanted, index_col=False,
        on_bad_lines="skip",
    ) if not longer else pd.DataFrame(columns=wanted, dtype=str)  # fmt: skip
    raw.columns = [str(name).strip() for name in raw.columns]
    if len(raw) == len(filled):
        raw = raw[filled].reset_index(drop=True)
    return raw.fillna(""), faults


def _filled(cells: list[str]) -> bool:
    """Return whether any cell of a row is not empty."""
    return any(cell.strip() for cell in cells)


class _Private:
    """Cells that no message quotes: those of columns that identify people or posts, and those of columns that are not read."""

    def __init__(self, table: Table, names: list[str], text: str) -> None:
        """Store a table, the names of its header, and the file from its header on."""
        self._table, self._names, self._text = table, names, text
        self._cells: set[str] | None = None

    def __contains__(self, cell: object) -> bool:
        """Return whether a cell is in one of these columns, which are read when the first fault is reported."""
        if self._cells is None:
            read = {theirs: ours for ours, theirs in self._table.own_names.items()}
            kinds = [self._table.kind.column(read[name]).cells if name in read else KEY for name in self._names]
            places = [place for place, kind in enumerate(kinds) if kind in (KEY, STATUS)]
            rows = list(csv.reader(io.StringIO(self._text), delimiter=self._table.separator))[1:]
            self._cells = {row[place].strip() for row in rows for place in places if place < len(row)} - {""}
        return cell in self._cells


def _checked(
    table: Table, column: Column, cells: pd.Series, dialect: Dialect, private: _Private
) -> tuple[pd.Series, list[InputIssue]]:
    """Return the parsed cells of a column, and the faults of cells that cannot be parsed."""
    empty = (cells == "").to_numpy()
    if column.name == "churn" and not empty.all() and cells[~empty].str.lower().isin(_yes_no(dialect)).all():
        column = Column(column.name, YES, column.needed, column.gives)
    faults = table.faults(column.name, np.flatnonzero(empty), f"is empty; must be {ACCEPTS[column.cells]}") if (
        column.needed
    ) else []  # fmt: skip
    values, good = _READERS.get(column.cells, _numbers)(table, column, cells, dialect)
    wrong = np.flatnonzero(~good & ~empty)
    if column.cells in (KEY, STATUS):
        return values, faults
    if len(wrong) >= ALL_WRONG and len(wrong) == (~empty).sum() and column.cells != NAME:
        # A wrong column may contain names, so only a cell without letters is quoted, such as a date in another format.
        first = str(cells.iloc[wrong[0]])
        example = quoted(first, {first} if any(sign.isalpha() for sign in first) else private)
        problem = (
            f"none of {len(wrong):,} cells, such as {example}, is accepted; {column.name} must be {ACCEPTS[column.cells]}"
            f"{_hint(table, column, cells.iloc[wrong[0]])}; otherwise [columns.{table.kind.name}] of organisation.toml must name "
            "another column"
        )
        return values, [*faults, table.fault(int(wrong[0]), column.name, problem)]
    for row in wrong[:MAX_REPORTED]:
        last = len(wrong) > MAX_REPORTED and row == wrong[MAX_REPORTED - 1]
        more = f" (so do {len(wrong) - MAX_REPORTED} more rows)" if last else ""
        problem = _problem(table, column, cells.iloc[row], private)
        faults.append(table.fault(int(row), column.name, problem + more))
    return values, faults


def _problem(table: Table, column: Column, cell: str, private: _Private) -> str:
    """Return what is wrong with a cell; a text that may name a person is not quoted."""
    if column.cells == NAME:
        return f"must be {ACCEPTS[NAME]}, got {len(cell)} characters; free text is not read"
    return f"must be {ACCEPTS[column.cells]}{_hint(table, column, cell)}, got {quoted(cell, private)}"


def _hint(table: Table, column: Column, cell: str) -> str:
    """Return a hint for a cell that is not a number or date: how commas and points are read, or the range of years."""
    if column.cells == DATE:
        return (
            ", from 1900 to 2199" if re.match(r"\d{4}-\d{2}-\d{2}", cell) and not "1900" <= cell[:4] <= "2199" else ""
        )
    if column.cells in (YES, PERIOD):
        return ""
    if _COMMA.fullmatch(cell) and table.separator != ";":
        return " with a decimal point (decimal commas are only recognised in files separated by semicolons)"
    if _GROUPED.fullmatch(cell):
        return " without thousands separators"
    if _THOUSANDS.fullmatch(cell) and table.separator != ",":
        whole = cell.replace(".", "")
        return f" (this one could mean {whole} or {cell.replace('.', ',')}: write thousands without a point, or decimals with a comma)"
    return ""


def _keys(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> tuple[pd.Series, np.ndarray]:
    outside = dialect.words["outside"]
    found = {cell: "" if cell in outside else dialect.keys.of(cell) for cell in cells.unique()}
    return cells.map(found), np.ones(len(cells), bool)


def _names(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> tuple[pd.Series, np.ndarray]:
    good = (cells.str.len() <= LONGEST_NAME) & ~cells.str.contains("\n", regex=False)
    return cells.where(good, ""), good.to_numpy()


def _numbers(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> tuple[pd.Series, np.ndarray]:
    given = pd.Series(cells.unique(), dtype=str)
    text = given
    if table.separator == ";" and given.map(lambda cell: bool(_COMMA.fullmatch(cell))).any():
        # In a column with decimal commas, a point could only be a thousands separator, which is not guessed.
        text = given.where(~given.str.contains(".", regex=False), "?").str.replace(",", ".", regex=False)
    elif table.separator != "," and _parts_thousands(given):
        text = given.where(~given.str.contains(".", regex=False), "?")
    good = text.map(lambda cell: bool(_POINT.fullmatch(cell)))
    values = pd.to_numeric(text.where(good), errors="coerce")
    if column.cells in (AMOUNT, COUNT, SHARE):
        good &= values >= 0
    if column.cells == COUNT:
        good &= values == np.floor(values.fillna(0))
    if column.cells == SHARE:
        good &= values <= 1
    mapping = dict(zip(given, values.where(good), strict=True))
    return cells.map(mapping).astype(float), cells.map(dict(zip(given, good, strict=True))).to_numpy(bool)


def _parts_thousands(cells: pd.Series) -> bool:
    """Return whether the points of a column may be thousands separators: each is followed by three digits, and no cell has decimals."""
    dotted = cells[cells.str.contains(".", regex=False)]
    return len(dotted) > 0 and bool(dotted.map(lambda cell: bool(_THOUSANDS.fullmatch(cell))).all())


def _dates(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> tuple[pd.Series, np.ndarray]:
    day = cells.str.slice(0, 10)
    shaped = day.str.fullmatch(r"\d{4}-\d{2}-\d{2}") & cells.str.fullmatch(r"\d{4}-\d{2}-\d{2}([T ][0-9:.]+Z?)?")
    shaped &= day.str.slice(0, 4).between("1900", "2199")
    values = pd.to_datetime(day.where(shaped), format="%Y-%m-%d", errors="coerce")
    return values, values.notna().to_numpy()


def _yes_no(dialect: Dialect) -> set[str]:
    return {word.lower() for word in dialect.words["yes"] | dialect.words["no"]}


def _yes(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> tuple[pd.Series, np.ndarray]:
    lower = cells.str.lower()
    yes, no = ({word.lower() for word in dialect.words[name]} for name in ("yes", "no"))
    values = lower.map(lambda cell: 1.0 if cell in yes else 0.0 if cell in no else np.nan).astype(float)
    return values, values.notna().to_numpy()


def _periods(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> tuple[pd.Series, np.ndarray]:
    good = cells.isin(PERIODS)
    return cells.where(good, ""), good.to_numpy()


def _statuses(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> tuple[pd.Series, np.ndarray]:
    # The column may contain names of people, so only whether the post is empty is stored.
    words = dialect.words
    return cells.map(lambda c: "vacant" if c in words["vacant"] else "closed" if c in words["closed"] else ""), np.ones(
        len(cells), bool
    )


_READERS = {KEY: _keys, NAME: _names, DATE: _dates, YES: _yes, PERIOD: _periods, STATUS: _statuses}
