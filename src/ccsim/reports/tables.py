"""Tables of a comparison: on the terminal, as CSV, JSON or Markdown."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ccsim.errors import count_noun
from ccsim.model.kpis import KPIS, Kpi
from ccsim.results.formatting import exact, money, p_value, signed, table_unit, table_value, with_interval

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from ccsim.analysis.comparison import Comparison
    from ccsim.engine.parameters import Parameter
    from ccsim.reports.terminal_table import Table
    from ccsim.results.results import Results
    from ccsim.scenarios.scenario import Scenario


#: Number of factors of a KPI in the table of a sweep.
MOST_FACTORS = 8


def console(*, stderr: bool = False) -> Console:
    """Return a console without markup, wide unless the terminal has a known width."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    wide = columns() or (None if stream.isatty() else 120)
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=wide)


def columns() -> int | None:
    """Return the width set in the environment; None if it is not set or impossible."""
    text = os.environ.get("COLUMNS", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and 20 <= int(text) <= 2000 else None


def _plain_table(*columns: str, title: str | None = None) -> Table:
    """Return a table without lines; its first column is never cut or broken."""
    from ccsim.reports.terminal_table import Table

    table = Table(
        *columns, title=title, title_justify="left", title_style="bold", box=None, header_style="dim", pad_edge=False
    )
    for column in table.columns[:1]:  # an empty table has none
        column.no_wrap = True
    return table


def headed_table(columns: Mapping[str, str], **options: Any) -> Table:
    """Return a table for the terminal without lines, ready to be filled.

    Args:
        columns: for each heading ``"left"`` or ``"right"``, the alignment of its cells.
        options: further options of the table.
    """
    from ccsim.reports.terminal_table import Table

    table = Table(box=None, pad_edge=False, **options)
    for heading, justify in columns.items():
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]  # one of its words
    return table


def levers_table(rows: Iterable[Parameter], *, sources: bool) -> Table:
    """Return declared parameters with unit, default, plausible range and meaning, and on request with packs and sources.

    Args:
        rows: the parameters.
        sources: whether to show the source of each, and the pack of each assumption that belongs to one.
    """
    rows = list(rows)
    packs = sources and any(row.pack for row in rows)
    more = [*(["pack"] if packs else []), *(["source"] if sources else [])]
    table = _plain_table("lever", "default", "unit", "plausible", "meaning", *more)
    for row in rows:
        span = " / ".join(row.choices) if row.choices else f"{row.range[0]:g}…{row.range[1]:g}"
        last = [*([row.pack] if packs else []), *([row.source] if sources else [])]
        table.add_row(row.key, f"{row.shown}", money(row.unit), span, row.meaning, *last)
    return table


def scenario_table(scenario: Scenario) -> Table:
    """Return the differences from the ordinary organisation at week 0, and the packs that the scenario switches on."""
    from ccsim.model.packs import switched_on
    from ccsim.model.settings import all_parameters
    from ccsim.scenarios.scenario import Scenario

    packs = dict.fromkeys(name for values in scenario.in_force() for name in switched_on(values))
    title = f"Packs switched on: {', '.join(packs)}" if packs else None
    table = _plain_table("at week 0", "here", "ordinary", "unit", "meaning", title=title)
    for key, here, ordinary in scenario.diff(Scenario("ordinary")):
        table.add_row(key, f"{here}", f"{ordinary}", money(all_parameters()[key].unit), all_parameters()[key].meaning)
    return table


def schedule_table(scenario: Scenario) -> Table:
    """Return a scenario's moves: when they happen, their names, what they set."""
    table = _plain_table("moves", "called", "set")
    for move in scenario.schedule:
        from_week = f", from week {move.earliest_week}" if move.earliest_week else ""
        when = f"week {move.week}" if move.when is None else f"once {move.when.text}{from_week}"
        sets = ", ".join(f"{key} = {value}" for key, value in move.set.items())
        table.add_row(when, "" if move.label == sets else move.label, sets)
    return table


def run_table(comparison: Comparison) -> Table:
    """Return every KPI of an experiment of one scenario."""
    frame = comparison.table()
    runs, experiment = int(frame["runs"].max()), comparison.experiment
    title = f"{experiment.title}: week {experiment.weeks - 1}, {count_noun(runs, 'run')}"
    table = _plain_table("KPI", "value" if runs == 1 else "mean ±95 %", "unit", title=title)
    table.columns[1].justify = "right"
    for row in frame.to_dict("records"):
        kpi = KPIS[row["kpi"]]
        table.add_row(kpi.title, with_interval(kpi, row["mean"], row["low"], row["high"]), table_unit(kpi))
    return table


def print_comparison(comparison: Comparison) -> None:
    """Write a comparison's tables to the terminal, with an explanation of their columns."""
    experiment, page = comparison.experiment, console()
    runs = int(comparison.table()["runs"].max())
    page.print(f"\n{experiment.title}", style="bold")
    page.print(experiment.question)
    page.print(
        f"{count_noun(runs, 'paired run')} per scenario, {count_noun(experiment.weeks, 'week')}. Mean: over the last quarter. ±: half "
        "of the 95 % interval. Effect: mean difference divided by its standard deviation. p adj.: adjusted (Holm) over the "
        f"whole table. –: not significant.{' ?: cannot be tested with one run.' * (runs == 1)}\n"
    )
    for table in comparison_tables(comparison):
        page.print(table)
        page.print()


def comparison_tables(comparison: Comparison) -> list[Table]:
    """Return one terminal table per KPI: each scenario's mean, difference to the baseline, and verdict."""
    frame = comparison.table()
    main = comparison.experiment.main
    tables = []
    for kpi_name in dict.fromkeys(frame["kpi"]):
        kpi = KPIS[kpi_name]
        table = headed_table(
            {"scenario": "left", **dict.fromkeys(("mean", "difference", "effect", "p adj."), "right"), "": "left"},
            title=f"{kpi.title} ({table_unit(kpi)})", title_justify="left", title_style="bold", header_style="dim",
            padding=(0, 2, 0, 0),
        )  # fmt: skip
        for column in table.columns[1:]:
            column.no_wrap = True
        for row in frame[(frame["kpi"] == kpi_name) & frame["scenario"].isin(main)].to_dict("records"):
            table.add_row(*_cells(comparison, kpi, row))
        tables.append(table)
    return tables


def _cells(comparison: Comparison, kpi: Kpi, row: dict[Any, Any]) -> tuple[str, ...]:
    label = comparison.experiment.label(row["scenario"])
    level = with_interval(kpi, row["mean"], row["low"], row["high"])
    if row["scenario"] == comparison.experiment.baseline or "difference" not in row:
        return label, level, "baseline", "", "", ""
    difference = with_interval(kpi, row["difference"], row["difference_low"], row["difference_high"], sign=True)
    p, word = p_value(row["p_adjusted"]), verdict(kpi, row)
    shown = {"unknown": "?", "same": "–"}.get(word, word)
    return label, level, difference, signed(row["effect"], hyphen=True) if p else "", p, shown


def verdict(kpi: Kpi, row: Mapping[Any, Any]) -> str:
    """Return the verdict on a difference: better, worse, different, same (not distinguishable) or unknown.

    Args:
        kpi: the KPI.
        row: a row of :meth:`ccsim.analysis.comparison.Comparison.table`.
    """
    if math.isnan(row["p_adjusted"]):
        return "unknown"
    if not row["significant"]:
        return "same"
    if kpi.direction == "neither":
        return "different"
    return "better" if (row["difference"] > 0) == (kpi.direction == "more") else "worse"


def frame_table(frame: pd.DataFrame, written: Callable[[Any], str] | None = None) -> Table:
    """Return any table for the terminal, numbers aligned right; ``written`` formats a cell, by default with six digits."""
    table = _plain_table(*map(str, frame.columns))
    for column, (_, values) in zip(table.columns, frame.items(), strict=True):
        column.justify = "right" if values.dtype.kind in "iuf" else "left"
    for row in frame.itertuples(index=False):
        table.add_row(*map(written or _plain, row))
    return table


def as_text(frame: pd.DataFrame, form: str) -> str:
    """Return a table as ``csv``, ``json`` or ``markdown``."""
    if form == "csv":
        return frame.to_csv(index=False)
    if form == "json":
        return frame.to_json(orient="records", indent=1)
    return markdown_table(frame.columns, frame.itertuples(index=False))


def markdown_table(head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> str:
    """Return a table in Markdown, numbers with six digits."""
    lines = [[str(heading) for heading in head], *([_plain(value) for value in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _plain(value: Any) -> str:
    return exact(value) if isinstance(value, float) else str(value).replace("|", "\\|")


def responses_table(frame: Any, results: Results) -> Table:
    """Return the responses of a sweep: for each scenario and KPI, the factors most strongly correlated with it."""
    experiment = results.experiment
    several = len(experiment.base_scenarios) > 1
    heads = dict.fromkeys(("scenario", "KPI", "factor") if several else ("KPI", "factor"), "left")
    table = headed_table({**heads, **dict.fromkeys(("lowest third", "highest third", "change", "rho"), "right")},
                         title=f"{experiment.title}: what goes with what", title_justify="left")  # fmt: skip
    for (base, name), rows in frame.groupby(["scenario", "kpi"], sort=False):
        kpi = KPIS[name]
        names = [*([experiment.label(base)] if several else []), f"{kpi.title} ({table_unit(kpi)})"]
        for row in rows.head(MOST_FACTORS).to_dict("records"):
            table.add_row(*names, *_response(kpi, row))
            names = [""] * len(names)
    return table


def _response(kpi: Kpi, row: dict[str, Any]) -> tuple[str, ...]:
    """Write a response: the factor, the KPI over its lowest and highest third, the change, the correlation."""
    low, high = table_value(kpi, row["low"]), table_value(kpi, row["high"])
    return row["factor"], low, high, table_value(kpi, row["change"], sign=True), signed(row["rho"], hyphen=True)
