"""Read CSV files: detect separator, decimal sign and encoding, or refuse the file; every fault names its line."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
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
SEPARATORS = ",;\t"
#: Words that are understood without ``[words]`` in ``organisation.toml``.
WORDS: dict[str, Set[str]] = {
    "yes": {"yes", "y", "true", "1"}, "no": {"no", "n", "false", "0"},
    "vacant": {"vacant"}, "closed": {"closed", "eliminated"}, "outside": set(),
}  # fmt: skip
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

    def fault(self, row: int, column: str, problem: str) -> InputIssue:
        """Return a fault in a cell.

        Args:
            row: number of the row of the frame, from 0.
            column: the column, by its name in ccsim.
            problem: what is wrong, and what is accepted.
        """
        return InputIssue(self.file, self.lines[row], self.own_names.get(column, column), problem)


def first_faults(
    rows: Sequence[int] | np.ndarray | pd.Index, fault_of: Callable[[int], InputIssue]
) -> list[InputIssue]:
    """Return the faults of the first faulty rows; the last one states how many more rows there are.

    Args:
        rows: numbers of the faulty rows.
        fault_of: returns the fault of a row.
    """
    faults = [fault_of(int(row)) for row in rows[:MAX_REPORTED]]
    if (more := len(rows) - len(faults)) > 0:
        faults[-1] = replace(faults[-1], problem=f"{faults[-1].problem} (so do {more} more rows)")
    return faults


@dataclass(frozen=True)
class Dialect:
    """The format of data files, as stated in ``organisation.toml``.

    Attributes:
        columns: by kind of file and name in ccsim, the possible names in the file; the first that exists is used.
        words: words for ``yes`` and ``no``, in lower case, and for ``vacant``, ``closed`` and ``outside``.
        constants: by kind of file and name in ccsim, a value for all rows.
        keys: replaces identifiers by keys.
    """

    columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    words: Mapping[str, Set[str]]
    constants: Mapping[str, Mapping[str, str]]
    keys: Keys


def read_table(path: Path, file: str, kind: Kind, dialect: Dialect) -> tuple[Table | None, list[InputIssue]]:
    """Read a file of a kind.

    Args:
        path: the file.
        file: its name in messages.
        kind: kind of file.
        dialect: format of the file.

    Returns:
        The table (None if the file cannot be read at all) and all faults.
    """
    text, problem = text_of(path)
    if problem:
        return None, [InputIssue(file, None, "", problem)]
    above = 0
    if _SAYS_SEPARATOR.match(text):  # some spreadsheet programs write this line
        text, above = text.split("\n", 1)[1] if "\n" in text else "", 1
    names, separator = header_of(text)
    table = Table(file, kind, pd.DataFrame(), separator=separator)
    faults = _match_columns(table, names, dialect)
    constants = dialect.constants.get(kind.name, {})
    if any(fault.line is None for fault in faults):
        return None, faults
    try:
        raw, too_long = read_cells(text, separator, set(table.own_names.values()), above)
    except (csv.Error, ValueError):  # as pandas' errors are
        return None, [*faults, InputIssue(file, None, "", "cannot be read as a table: a quotation mark is not closed")]
    for line, count in list(too_long.items())[:MAX_REPORTED]:
        faults.append(InputIssue(file, line, "", f"has {count} cells; the header {len(names)}"))
    if not len(raw):
        return None, faults or [InputIssue(file, 2, "", "there are no rows below the header")]
    table.lines = raw.index.tolist()
    raw = raw.reset_index(drop=True)
    frame = {}
    private = cache(lambda: _private_cells(table, names, text))  # read when the first fault quotes a cell
    for column in kind.columns:
        if column.name in table.own_names:
            cells = raw[table.own_names[column.name]]
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


def header_of(text: str) -> tuple[list[str], str]:
    """Return the names of the columns, and the separator: the one that occurs most often outside quotation marks."""
    header = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key="".join(header.split('"')[::2]).count)
    return [name.strip() for name in next(csv.reader([header], delimiter=separator), [])], separator


def _match_columns(table: Table, names: list[str], dialect: Dialect) -> list[InputIssue]:
    """Match the columns of the file; fill ``own_names`` and ``unread``."""
    faults = []
    mapped = dialect.columns.get(table.kind.name, {})
    constants = dialect.constants.get(table.kind.name, {})
    for column in table.kind.columns:
        wanted = mapped.get(column.name, (column.name,))
        own_name = next((name for name in wanted if name in names), None)
        if own_name is not None:
            table.own_names[column.name] = own_name
            if names.count(own_name) > 1:
                faults.append(InputIssue(table.file, None, own_name, "two columns of the header have this name"))
        elif column.needed and column.name not in constants:
            near = did_you_mean(wanted[0], names)
            say = f"[columns.{table.kind.name}] of organisation.toml can map it to a column"
            faults.append(InputIssue(table.file, None, wanted[0], f"the column is missing{near}; {say}"))
    table.unread = tuple(name for name in names if name not in table.own_names.values())
    return faults


def read_cells(
    text: str, separator: str, wanted: Collection[str], above: int = 0
) -> tuple[pd.DataFrame, dict[int, int]]:
    """Return the cells of some columns as text, by the line on which each row begins, and the rows that are too long.

    Rows without any text are left out: some spreadsheet programs write rows of separators below a table.

    Args:
        text: the file from its header on.
        separator: character between cells.
        wanted: names of the columns; of two columns with the same name, the first is read.
        above: number of lines of the file above the header.

    Returns:
        The cells, stripped, and by line the number of cells of each row that has more than the header. If there are
        such rows, no cells are read.
    """
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    names = [name.strip() for name in next(reader)]
    lines, filled, too_long, end = [], [], {}, reader.line_num
    for cells in reader:
        lines.append(above + end + 1)
        filled.append(any(cell.strip() for cell in cells))
        if any(cell.strip() for cell in cells[len(names) :]):
            too_long[lines[-1]] = len(cells)
        end = reader.line_num
    if too_long:
        return pd.DataFrame(), too_long
    positions = sorted({names.index(name) for name in wanted})
    raw = pd.read_csv(
        io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, index_col=False, skip_blank_lines=False,
        header=0, names=range(len(names)), usecols=positions,
    )  # fmt: skip
    rows = raw.set_axis(lines)[np.array(filled, bool)].fillna("")
    return pd.DataFrame({names[position]: rows[position].str.strip() for position in positions}), {}


def _private_cells(table: Table, names: list[str], text: str) -> set[str]:
    """Return the cells that no message quotes: those of columns that identify people or posts, or that are not read.

    Args:
        table: the table that is read.
        names: the header.
        text: the file from its header on.
    """
    kinds = {own_name: table.kind.column(name).cells for name, own_name in table.own_names.items()}
    private = [kinds.get(name, KEY) in (KEY, STATUS) for name in names]
    _, *rows = csv.reader(io.StringIO(text), delimiter=table.separator)
    return {cell.strip() for row in rows for cell in itertools.compress(row, private)} - {""}


def _checked(
    table: Table, column: Column, cells: pd.Series, dialect: Dialect, private: Callable[[], set[str]]
) -> tuple[pd.Series, list[InputIssue]]:
    """Return the parsed cells of a column, and the faults of cells that cannot be parsed."""
    filled = cells[cells != ""]
    if column.name == "churn" and len(filled) and _yes(table, column, filled, dialect).notna().all():
        column = replace(column, cells=YES)
    faults = []
    if column.needed:
        problem = f"is empty; must be {ACCEPTS[column.cells]}"
        faults = first_faults(np.flatnonzero(cells == ""), lambda row: table.fault(row, column.name, problem))
    values = _READERS.get(column.cells, _numbers)(table, column, cells, dialect)
    return values, faults + _wrong_cells(table, column, filled[values[filled.index].isna()], len(filled), private)


def _wrong_cells(
    table: Table, column: Column, wrong: pd.Series, filled: int, private: Callable[[], set[str]]
) -> list[InputIssue]:
    """Return the faults of the cells that cannot be parsed.

    Args:
        table: the table that is read.
        column: the column.
        wrong: these cells, by number of the row.
        filled: number of cells of the column that are not empty.
        private: returns the cells that no message quotes.
    """
    if ALL_WRONG <= len(wrong) == filled and column.cells != NAME:
        # A wrong column may contain names, so only a cell without letters is quoted, such as a date in another format.
        first = str(wrong.iloc[0])
        example = quoted(first, {first} if any(sign.isalpha() for sign in first) else private())
        problem = (
            f"none of {filled:,} cells, such as {example}, is accepted; {column.name} must be {ACCEPTS[column.cells]}"
            f"{_hint(table, column, first)}; otherwise [columns.{table.kind.name}] of organisation.toml must name "
            "another column"
        )
        return [table.fault(int(wrong.index[0]), column.name, problem)]
    return first_faults(
        wrong.index, lambda row: table.fault(row, column.name, _problem(table, column, wrong[row], private()))
    )


def _problem(table: Table, column: Column, cell: str, private: set[str]) -> str:
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
        integer = cell.replace(".", "")
        return f" (this one could mean {integer} or {cell.replace('.', ',')}: write thousands without a point, or decimals with a comma)"
    return ""


# Each reader returns the values of a column; the value of a cell that cannot be parsed is missing.


def _keys(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> pd.Series:
    outside = dialect.words["outside"]
    return cells.map({cell: "" if cell in outside else dialect.keys.of(cell) for cell in cells.unique()})


def _names(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> pd.Series:
    return cells.where((cells.str.len() <= LONGEST_NAME) & ~cells.str.contains("\n", regex=False))


def _numbers(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> pd.Series:
    given = pd.Series(cells.unique(), dtype=str)
    text = given
    dotted = given.str.contains(".", regex=False)
    if table.separator == ";" and given.str.fullmatch(_COMMA).any():
        # In a column with decimal commas, a point could only be a thousands separator, which is not guessed.
        text = given.where(~dotted, "?").str.replace(",", ".", regex=False)
    elif table.separator != "," and dotted.any() and given[dotted].str.fullmatch(_THOUSANDS).all():
        text = given.where(~dotted, "?")  # all points are followed by three digits, so they may separate thousands
    values = pd.to_numeric(text.where(text.str.fullmatch(_POINT)), errors="coerce")
    if column.cells in (AMOUNT, COUNT, SHARE):
        values = values.where(values >= 0)
    if column.cells == COUNT:
        values = values.where(values == np.floor(values))
    if column.cells == SHARE:
        values = values.where(values <= 1)
    return cells.map(dict(zip(given, values, strict=True))).astype(float)


def _dates(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> pd.Series:
    day = cells.str.slice(0, 10)
    valid = cells.str.fullmatch(r"\d{4}-\d{2}-\d{2}([T ][0-9:.]+Z?)?") & day.str.slice(0, 4).between("1900", "2199")
    return pd.to_datetime(day.where(valid), format="%Y-%m-%d", errors="coerce")


def _yes(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> pd.Series:
    numbers = {**dict.fromkeys(dialect.words["no"], 0.0), **dict.fromkeys(dialect.words["yes"], 1.0)}
    return cells.str.lower().map(numbers).astype(float)


def _periods(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> pd.Series:
    return cells.where(cells.isin(PERIODS))


def _statuses(table: Table, column: Column, cells: pd.Series, dialect: Dialect) -> pd.Series:
    # The column may contain names of people, so only whether the post is empty is stored.
    empty = {word: status for status in ("closed", "vacant") for word in dialect.words[status]}
    return cells.map(lambda word: empty.get(word, ""))


_READERS = {KEY: _keys, NAME: _names, DATE: _dates, YES: _yes, PERIOD: _periods, STATUS: _statuses}
