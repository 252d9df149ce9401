"""Responses of KPIs to the factors of a sweep, as a table and as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.errors import count_noun
from ccsim.experiments.factors import WEEK_OF
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.reports.figures.comparison import (
    HEIGHT,
    QUIET,
    STYLE,
    WIDTH,
    _scale,
    kpis_shown,
    style_of,
    write_legend,
    write_title,
)
from ccsim.results.formatting import money, number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ccsim.results.results import Results

#: Parts of equal size into which a factor's values are cut for a curve of means.
PARTS = 8
#: Largest numbers of rows (KPIs) and columns (factors) of a figure.
MOST_KPIS, MOST_FACTORS = 4, 4


def means(results: Results) -> pd.DataFrame:
    """Return the last week kept of each scenario at each point, averaged over replicates; no row for scenarios run once."""
    rows = results.responses
    rows = rows[(rows["week"] == rows["week"].max()) & (rows["point"] > 0)]
    kept = ["scenario", "base", "point", *results.design_points.columns[3:]]
    kpis = [kpi for kpi in KPIS if kpi in rows]
    # By scenario alone: points of admitted worlds have too many factors for pandas to group by.
    found = rows.groupby("scenario", sort=False)[kpis].mean().reset_index()
    table: pd.DataFrame = found.merge(results.design_points, on="scenario", how="left", sort=False)[[*kept, *kpis]]
    return table


def response_table(results: Results, kpis: Sequence[str] | None = None) -> pd.DataFrame:
    """Return how strongly each KPI is correlated with each factor.

    Returns:
        One row per scenario, KPI and factor that varies, the strongest first: ``low`` and ``high`` (means of the KPI
        over the points of the lowest and the highest third of the factor), ``change`` (high - low), ``rho``
        (Spearman's rank correlation over points), ``points``.
    """
    import pandas as pd
    from scipy import stats

    rows = []
    for base, frame in means(results).groupby("base", sort=False):
        for kpi in (row.name for row in kpis_shown(kpis, results.experiment)):
            for key in results.design_points.columns[3:]:
                x, y = numbers(key, frame[key]), frame[kpi].to_numpy()
                sound = ~np.isnan(y)
                x, y = x[sound], y[sound]
                if len(np.unique(x)) < 2:
                    continue
                low, high = np.quantile(x, [1 / 3, 2 / 3], method="nearest")
                first, last = float(y[x <= low].mean()), float(y[x >= high].mean())
                rho = float(stats.spearmanr(x, y).statistic) if np.ptp(y) > 0 else 0.0
                rows.append({"scenario": base, "kpi": kpi, "factor": key, "low": first, "high": last,
                             "change": last - first, "rho": rho, "points": len(y)})  # fmt: skip
    frame = pd.DataFrame(rows, columns=["scenario", "kpi", "factor", "low", "high", "change", "rho", "points"])
    order = frame["rho"].abs().to_numpy()
    place = {kpi: number for number, kpi in enumerate(dict.fromkeys(frame["kpi"]))}
    turn = {base: number for number, base in enumerate(results.experiment.base_scenarios)}
    keyed = frame.assign(turn=frame["scenario"].map(turn), place=frame["kpi"].map(place), size=-order)
    by = ["turn", "place", "size"]
    return keyed.sort_values(by, kind="stable").drop(columns=by).reset_index(drop=True)


def numbers(key: str, values: Any) -> np.ndarray:
    """Return the values of a factor as numbers: a choice by its index."""
    row = all_parameters().get(key)
    return np.array([float(row.encode(value) if row else value) for value in values])


def response_figure(results: Results, kpis: Sequence[str] | None = None) -> Figure:
    """Return KPIs over the factors that move them most: one dot per point, and a curve of means for each scenario."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    table, frame = response_table(results, kpis), means(results)
    shown = [row.name for row in kpis_shown(kpis, results.experiment)][:MOST_KPIS]
    strongest = table[table["kpi"].isin(shown)].groupby("factor")["rho"].apply(lambda rho: rho.abs().max())
    factors = list(strongest.sort_values(ascending=False, kind="stable").index[:MOST_FACTORS])
    bases = list(dict.fromkeys(frame["base"]))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT + 1.9 * max(0, len(shown) - 3)))
        grid = figure.subplots(len(shown), len(factors), squeeze=False, sharey="row", sharex="col")
        for line, kpi in zip(grid, shown, strict=True):
            for axes, key in zip(line, factors, strict=True):
                _response(axes, frame, bases, kpi, key)
            _scale(line[0], KPIS[kpi])
        for axes, key in zip(grid[-1], factors, strict=True):
            _label_factor(axes, key)
        _head(figure, results, int(frame["point"].nunique()), len(strongest) - len(factors))
        labels = [results.experiment.label(base) for base in bases]
        write_legend(figure, [(label, style_of(place)) for place, label in enumerate(labels, 1)], 4)
    return figure


def _head(figure: Figure, results: Results, points: int, more: int) -> None:
    """Write the title and a description, and give the panels the rest of the page."""
    height, week = figure.get_figheight(), int(results.responses["week"].max())
    write_title(figure, results.experiment.title)
    text = f"At week {week}, {count_noun(points, 'point')}; a dot is the mean of a point's runs, a line the mean of a part of them."
    text += f" Not shown: {count_noun(more, 'factor')} that matter less." if more else ""
    figure.text(0.045, 1 - 0.6 / height, text, va="top", color=QUIET)
    edges = {"left": 0.08, "right": 0.975, "top": 1 - 1.35 / height, "bottom": 1.25 / height}
    figure.subplots_adjust(**edges, wspace=0.08, hspace=0.5)


def _response(axes: Axes, frame: pd.DataFrame, bases: Sequence[str], kpi: str, key: str) -> None:
    for place, base in enumerate(bases):
        rows = frame[frame["base"] == base].dropna(subset=[kpi])
        x, y = numbers(key, rows[key]), rows[kpi].to_numpy()
        if len(np.unique(x)) < 2:
            continue
        colour, line = style_of(place + 1)
        size = 18 if len(x) <= 100 else 6
        axes.scatter(x, y, s=size, color=colour, alpha=0.35, linewidths=0)
        axes.plot(*curve(x, y), color=colour, linestyle=line, linewidth=2.1)


def curve(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return means of y over x: at each value if there are few, otherwise over bins of equal size."""
    values = np.unique(x)
    if len(values) <= PARTS:
        return values, np.array([y[x == value].mean() for value in values])
    parts = np.array_split(np.argsort(x, kind="stable"), min(PARTS, max(2, len(x) // 4)))
    return np.array([x[part].mean() for part in parts]), np.array([y[part].mean() for part in parts])


def _label_factor(axes: Axes, key: str) -> None:
    from matplotlib.ticker import MaxNLocator

    row = all_parameters().get(key)
    unit = "week" if key.startswith(WEEK_OF) else money(row.unit) if row else ""
    axes.set_xlabel(f"{key}\n({unit})" if unit else key)
    if row is not None and (row.choices or row.kind is bool):
        names = row.choices or ("off", "on")
        axes.set_xticks(range(len(names)), names)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(lambda value, _: number(value, 4))
