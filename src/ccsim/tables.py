"""Tables of a comparison as people read them: on the terminal, as CSV, JSON or Markdown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ccsim.kpis import KPIS, Kpi

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from ccsim.comparison import Comparison


def figure_of(kpi: Kpi, value: float, *, sign: bool = False) -> str:
    """Write a figure of a KPI with its unit's usual precision: per cent, thousands of EUR."""
    if not math.isfinite(value):
        return "–"
    plus = "+" if sign else ""
    if kpi.unit.startswith("share"):
        return f"{100 * value:{plus}.1f}"
    if "EUR" in kpi.unit and kpi.total in ("sum", "last"):
        return f"{value / 1000:{plus},.0f}"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2
    return f"{value:{plus},.{digits}f}"


def unit_of(kpi: Kpi) -> str:
    """Return the unit that :func:`figure_of` writes in."""
    if kpi.unit.startswith("share"):
        return kpi.unit.replace("share", "%").replace("%/", "% a ")
    if kpi.unit == "EUR/week" and kpi.total == "sum":
        return "k EUR, total"
    return "k EUR" if "EUR" in kpi.unit and kpi.total == "last" else kpi.unit


def with_interval(kpi: Kpi, value: float, low: float, high: float, *, sign: bool = False) -> str:
    """Write a figure with half the width of its 95 % interval."""
    text = figure_of(kpi, value, sign=sign)
    return text if math.isnan(low) else f"{text} ±{figure_of(kpi, (high - low) / 2)}"


def comparison_tables(comparison: Comparison, week: int | None = None) -> list[Table]:
    """Return one terminal table per KPI: each scenario's figure, its difference to the baseline, and what to make of it."""
    from rich.table import Table

    frame = comparison.table(week=week)
    main = comparison.experiment.main
    tables = []
    for kpi_name in dict.fromkeys(frame["kpi"]):
        kpi = KPIS[kpi_name]
        table = Table(
            title=f"{kpi.title} ({unit_of(kpi)})", title_justify="left", title_style="bold", box=None,
            header_style="dim", pad_edge=False, padding=(0, 2, 0, 0),
        )  # fmt: skip
        for column, justify in (("scenario", "left"), ("figure", "right"), ("difference", "right"),
                                ("effect", "right"), ("p adj.", "right"), ("", "left")):  # fmt: skip
            table.add_column(column, justify=justify, no_wrap=column != "scenario")  # type: ignore[arg-type]
        for row in frame[(frame["kpi"] == kpi_name) & frame["scenario"].isin(main)].to_dict("records"):
            table.add_row(*_cells(comparison, kpi, row))
        tables.append(table)
    return tables


def _cells(comparison: Comparison, kpi: Kpi, row: dict[Any, Any]) -> tuple[str, ...]:
    scenario = comparison.experiment.scenarios[row["scenario"]]
    figure = with_interval(kpi, row["mean"], row["low"], row["high"])
    if row["scenario"] == comparison.experiment.baseline or "difference" not in row:
        return scenario.title, figure, "baseline", "", "", ""
    difference = with_interval(kpi, row["difference"], row["difference_low"], row["difference_high"], sign=True)
    p = row["p_adjusted"]
    if math.isnan(p):
        verdict = "?"
    elif not row["distinguishable"]:
        verdict = "–"
    else:
        better = (row["difference"] > 0) == (kpi.better == "more")
        verdict = "different" if kpi.better == "neither" else "better" if better else "worse"
    small = "" if math.isnan(p) else "<0.001" if p < 0.001 else f"{p:.3f}"
    return scenario.title, figure, difference, f"{row['effect']:+.2f}" if small else "", small, verdict


def as_text(frame: pd.DataFrame, form: str) -> str:
    """Return a table as ``csv``, ``json`` or ``markdown``."""
    if form == "csv":
        return frame.to_csv(index=False)
    if form == "json":
        return frame.to_json(orient="records", indent=1)
    header = "| " + " | ".join(map(str, frame.columns)) + " |"
    rule = "|" + "|".join(" --- " for _ in frame.columns) + "|"
    rows = ["| " + " | ".join(_plain(value) for value in row) + " |" for row in frame.itertuples(index=False)]
    return "\n".join([header, rule, *rows]) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.6g}"
    return str(value).replace("|", "\\|")
