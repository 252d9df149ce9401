"""Output of the worlds: a page and a figure of what the known facts constrain and what they do not.

Everything is read from the file of worlds, so the page can be written without a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.comparison import LEVEL, holm
from ccsim.analysis.parameter_space import Dimension
from ccsim.experiments.factors import Factor
from ccsim.model.settings import all_parameters
from ccsim.reports.figures.svg import as_png
from ccsim.reports.pages import render_page
from ccsim.results.formatting import interval, number, share
from ccsim.validation.claims.dependence import rank_p_values
from ccsim.validation.worlds.emulators import SOUGHT
from ccsim.validation.worlds.patterns import ADMITTED, IMPLAUSIBLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Colours: the declared range; where nearly all admitted worlds lie; the same where nothing is constrained.
RANGE, CONSTRAINED, OPEN, MEDIAN = "#d5dde5", "#0b5394", "#8fa3b5", "#a61c00"
#: Columns of the picture, and the correlated pairs that are named.
COLUMNS, MOST_PAIRS = 4, 15


def constrained(worlds: AdmittedWorlds) -> list[dict[str, Any]]:
    """Return how strongly admission constrains each parameter, the most constrained first.

    Returns:
        Rows of ``key``, ``meaning``, ``unit``, ``low`` and ``high`` (declared), ``from``, ``median`` and ``to`` (of 95 % of
    the worlds), ``gone`` (share by which the declared variance is reduced), and ``clear`` (whether the distribution differs significantly from
        a uniform one over the range: Kolmogorov-Smirnov test, adjusted by Holm).
    """
    from scipy.stats import kstest

    rows: list[dict[str, Any]] = []
    chances = []
    for key, values in zip(worlds.keys, worlds.values.T, strict=True):
        one, row = Dimension(Factor(key)), all_parameters()[key]
        low, middle, high = np.quantile(values, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
        count = one.high - one.low + 1.0
        prior = (count**2 - 1.0) / 12.0 if one.stepped else (one.high - one.low) ** 2 / 12.0
        # Whole numbers are spread over their steps with fixed draws, because the test is for continuous values.
        jitter = np.random.default_rng(1).random(len(values)) if one.stepped else 0.0
        even = (values - one.low + jitter) / (count if one.stepped else one.high - one.low)
        chances.append(float(kstest(even, "uniform").pvalue))
        rows.append({
            "key": one.key, "meaning": row.meaning, "unit": "" if row.unit == "on/off" else row.unit, "low": one.low,
            "high": one.high, "from": float(low), "median": float(middle), "to": float(high), "default": float(row.default),
            "gone": 1.0 - float(values.var()) / prior,
        })  # fmt: skip
    for entry, chance in zip(rows, holm(np.array(chances)), strict=True):
        entry["clear"] = bool(chance < 1.0 - LEVEL)
    return sorted(rows, key=lambda entry: (not entry["clear"], -entry["gone"]))


def pairs(worlds: AdmittedWorlds) -> list[tuple[str, str, float]]:
    """Return pairs of parameters that are significantly correlated over the worlds (Holm), the strongest first."""
    from scipy.stats import rankdata

    count, size = worlds.values.shape
    if count < 10:
        return []
    rho = np.corrcoef(np.apply_along_axis(rankdata, 0, worlds.values).T)
    first, second = np.triu_indices(size, 1)
    rhos = np.nan_to_num(rho[first, second])
    significant = np.flatnonzero(holm(rank_p_values(rhos, count)) < 1.0 - LEVEL)
    order = significant[np.argsort(-np.abs(rhos[significant]))][:MOST_PAIRS]
    return [(worlds.keys[first[k]], worlds.keys[second[k]], float(rhos[k])) for k in order]


def ranges_figure(worlds: AdmittedWorlds, rows: Sequence[dict[str, Any]]) -> Figure:
    """Draw each parameter's declared range with the range of 95 % of the admitted worlds on it."""
    from matplotlib.figure import Figure

    deep = -(-len(rows) // COLUMNS)
    figure = Figure(figsize=(15.0, 1.3 + 0.2 * deep))
    panels = figure.subplots(1, COLUMNS, squeeze=False)[0]
    for column, axis in enumerate(panels):
        _column(axis, rows[column * deep : (column + 1) * deep], deep)
    constrained_count = sum(row["clear"] for row in rows)
    figure.suptitle(
        f"Declared range (grey) and 95 % of {len(worlds)} admitted worlds (bar, with the median in red): "
        f"{constrained_count} of {len(rows)} parameters are constrained (dark), the others are not (pale)",
        fontsize=10, x=0.01, ha="left",
    )  # fmt: skip
    figure.subplots_adjust(left=0.155, right=0.99, top=1 - 0.45 / figure.get_figheight(), bottom=0.01, wspace=1.15)
    return figure


def _column(axis: Axes, rows: Sequence[dict[str, Any]], deep: int) -> None:
    places = np.arange(deep)[::-1][: len(rows)]
    axis.hlines(places, 0.0, 1.0, color=RANGE, linewidth=6)
    for row, place in zip(rows, places, strict=True):
        low, middle, high = ((row[name] - row["low"]) / (row["high"] - row["low"]) for name in ("from", "median", "to"))
        axis.hlines(place, low, high, color=CONSTRAINED if row["clear"] else OPEN, linewidth=2.6)
        axis.plot([middle], [place], "|", color=MEDIAN, markersize=6, markeredgewidth=1.4)
    axis.set_yticks(places, [row["key"] for row in rows], fontsize=6.5)
    axis.set_xticks([])
    axis.set_ylim(-0.8, deep - 0.2)
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)


def write_page(worlds: AdmittedWorlds, folder: Path) -> list[Path]:
    """Write ``worlds.md`` with its picture.

    Args:
        worlds: the worlds.
        folder: where to.

    Returns:
        The page and its picture.
    """
    rows = constrained(worlds)
    all_met = float((np.column_stack(list(worlds.misfits.values())) <= ADMITTED).all(axis=1).mean())
    figures = folder / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    drawing, page = figures / "worlds.png", folder / "worlds.md"
    drawing.write_bytes(as_png(ranges_figure(worlds, rows), 110))
    data = {
        "worlds": worlds, "made": worlds.made, "rows": [_written(row) for row in rows], "pairs": pairs(worlds),
        "patterns": [_pattern(worlds, one) for one in worlds.made["patterns"]], "admitted": ADMITTED,
        "implausible": IMPLAUSIBLE, "sought": SOUGHT, "told": sum(row["clear"] for row in rows), "count": len(worlds),
        "rate": len(worlds) / max(1, worlds.made["tried"]), "all_met": all_met,
    }  # fmt: skip
    page.write_text(render_page("worlds.md", data, "ccsim.validation.worlds"), encoding="utf-8")
    return [page, drawing]


def _written(row: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's row as text."""
    return {
        **row, "declared": interval(row["low"], row["high"]), "admitted": interval(row["from"], row["to"]),
        "median": number(row["median"], hyphen=True), "gone": share(max(0.0, row['gone'])),
    }  # fmt: skip


def _pattern(worlds: AdmittedWorlds, one: dict[str, Any]) -> dict[str, Any]:
    low, high = np.nanquantile(worlds.pattern_values[one["id"]], [0.05, 0.95])
    explained = [wave["explained"].get(one["id"]) for wave in worlds.made["waves"]]
    return {
        **one, "interval": interval(one["low"], one["high"]), "worlds": interval(float(low), float(high)),
        "inside": float(((worlds.pattern_values[one["id"]] >= one["low"]) & (worlds.pattern_values[one["id"]] <= one["high"])).mean()),
        "needed": one["stage"] == "organisation", "met": float((worlds.misfits[one["id"]] <= ADMITTED).mean()),
        "explained": ", ".join(f"{share:.2f}" for share in explained if share is not None),
    }  # fmt: skip
