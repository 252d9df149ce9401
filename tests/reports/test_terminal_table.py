"""Tables on narrow terminals."""

import io

import pytest
from rich.console import Console

from ccsim.reports.terminal_table import Table

ROWS = [("Customer satisfaction", "0.713 ±0.002", "0 to 1"), ("First-contact resolution", "61.2 ±0.1", "%")]


def written(width: int) -> list[str]:
    """Return the lines of a table on a terminal of this width."""
    table = Table(title="Combined: week 1", box=None, pad_edge=False)
    for number, heading in enumerate(("KPI", "mean", "unit")):
        table.add_column(heading, no_wrap=number == 0)
    for row in ROWS:
        table.add_row(*row)
    stream = io.StringIO()
    Console(file=stream, width=width, markup=False).print(table)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("width", [*range(5, 62), 200])
def test_every_name_figure_and_unit_is_there_at_any_width(width: int) -> None:
    letters = "".join("".join(written(width)).split())
    for name, figure, _ in ROWS:
        assert all(part in letters for part in (*figure.split(), *name.split()))
    assert "…" not in letters


@pytest.mark.parametrize("width", [*range(10, 62), 200])
def test_no_line_is_longer_than_the_terminal(width: int) -> None:
    assert max(map(len, written(width))) <= width


def test_a_wide_terminal_shows_one_line_per_row() -> None:
    assert [line.split()[0] for line in written(60)] == ["Combined:", "KPI", "Customer", "First-contact"]


def test_an_empty_cell_takes_no_line_in_a_list() -> None:
    table = Table("name", "figure", "")
    table.add_row("a" * 12, "1" * 12, "")
    stream = io.StringIO()
    Console(file=stream, width=14, markup=False).print(table)
    assert [line.strip() for line in stream.getvalue().splitlines()] == ["a" * 12, "figure:", "1" * 12]
