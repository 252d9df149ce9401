"""A terminal table that never truncates: if its columns do not fit the width, each row becomes a list."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Column
from rich.table import Table as RichTable
from rich.text import Text


class Table(RichTable):
    """A table of :mod:`rich` that never cuts a cell.

    Rich narrows the columns of a table that is too wide until cells are cut or empty. This table is then written row by
    row: the first cell, and below it every other non-empty cell with its heading.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Write columns if the longest word of each fits, otherwise a list of rows."""
        wide = options.update(width=100_000)
        needs = [_need(column) for column in self.columns]
        for column, (least, _) in zip(self.columns, needs, strict=True):
            column.min_width, column.width = least, None
        measured = Measurement.get(console, wide, self)
        spare = options.max_width - measured.minimum
        if spare >= 0:
            if measured.maximum > options.max_width:  # Rich's own division of the width cuts words
                for column, (least, most) in zip(self.columns, needs, strict=True):
                    column.width = least + min(spare, most - least)
                    spare -= column.width - least
            yield from super().__rich_console__(console, options)
            return
        if self.title:
            yield Text(str(self.title), style="bold")
        headings = [str(column.header) for column in self.columns]
        for cells in zip(*(column.cells for column in self.columns), strict=True):
            first, *rest = cells
            yield _text(first)
            for heading, cell in zip(headings[1:], rest, strict=True):
                if str(cell):
                    yield Padding(_text(f"{heading}: {cell}" if heading else cell), (0, 0, 0, 2))


def _need(column: Column) -> tuple[int, int]:
    """Return the least width at which no word of a column is cut, and the least at which no cell is wrapped."""
    texts = [str(cell) for cell in (column.header, *column.cells)]
    whole = max(cell_len(line) for text in texts for line in (text.splitlines() or [""]))
    words = max((cell_len(word) for text in texts for word in text.split()), default=0)
    return (whole if column.no_wrap else words), whole


def _text(cell: Any) -> Text:
    """Return a cell as text that is folded, not cut, where a word is wider than the terminal."""
    return cell if isinstance(cell, Text) else Text(str(cell), overflow="fold")
