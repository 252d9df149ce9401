"""Figures of a comparison, for a slide: bands over time, and curves over a swept lever.

Colours are those of Okabe & Ito (2008), told apart by colour-blind readers; line styles and direct labels tell the
scenarios apart without any colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.kpis import KPIS, QUARTER, Kpi

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ccsim.comparison import Comparison

INK, FAINT = "#222222", "#8a8a8a"
#: KPIs on which the crossing with the baseline is marked.
MONEY = ("profit", "npv")
#: (colour, line style) of scenarios in order; the first is the baseline's.
STYLES: tuple[tuple[str, Any], ...] = (
    ("#4d4d4d", (0, (1, 1.2))),
    ("#d55e00", "-"),
    ("#0072b2", (0, (6, 1.5))),
    ("#009e73", (0, (5, 1.5, 1, 1.5))),
    ("#cc79a7", (0, (2.5, 1.2))),
    ("#e69f00", (0, (8, 1.5, 1, 1.5, 1, 1.5))),
    ("#56b4e9", (0, (3, 3))),
    ("#000000", "-"),
)
_RC = {
    "font.family": "DejaVu Sans", "font.size": 11, "axes.titlesize": 12.5, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.edgecolor": FAINT, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#e6e6e6", "grid.linewidth": 0.8,
    "svg.hashsalt": "ccsim", "svg.fonttype": "path",
}  # fmt: skip


def comparison_figure(comparison: Comparison, kpis: Sequence[str] | None = None) -> Figure:
    """Return KPIs over weeks, a panel each: mean of the last quarter's weeks, with its 95 % interval.

    Scheduled events are marked by vertical lines, and the week from which a scenario's net present value stays above
    the baseline's by a ring and its number.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    shown = list(kpis or comparison.experiment.kpis)
    names = [name for name in comparison.experiment.main if name in comparison._arrays]
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    with mpl.rc_context(_RC):
        figure = Figure(figsize=(13.33, 1.9 + 2.8 * rows))
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
        panels = [axes for row in grid for axes in row]
        for axes, kpi in zip(panels, shown, strict=False):
            _panel(axes, comparison, KPIS[kpi], names)
        for axes in panels[len(shown) :]:
            axes.set_visible(False)
        for axes in grid[-1]:
            axes.set_xlabel("week")
        _mark_events(panels[: len(shown)], comparison, names)
        _head(figure, comparison, names, panels[0])
    return figure


def sweep_figure(comparison: Comparison, kpis: Sequence[str] | None = None) -> Figure | None:
    """Return KPIs at the horizon over a swept lever, a line for each scenario; None if there is no sweep."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    sweep = comparison.experiment.sweep
    if sweep is None:
        return None
    shown = list(kpis or comparison.experiment.kpis)
    names = list(dict.fromkeys(base for base, _ in sweep.points.values()))
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    with mpl.rc_context(_RC):
        figure = Figure(figsize=(13.33, 1.9 + 2.8 * rows))
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
        panels = [axes for row in grid for axes in row]
        for axes, kpi in zip(panels, shown, strict=False):
            for number, name in enumerate(names):
                _curve(axes, comparison, KPIS[kpi], name, number)
            _scale(axes, KPIS[kpi])
        for axes in panels[len(shown) :]:
            axes.set_visible(False)
        for axes in grid[-1]:
            axes.set_xlabel(sweep.lever)
        _head(figure, comparison, names, panels[0], f"At the horizon, over {sweep.lever}")
    return figure


def save(figure: Figure, path: str | Path) -> tuple[Path, Path]:
    """Write a figure as PNG (200 dots an inch) and SVG, beside each other, and return both paths."""
    import matplotlib as mpl

    stem = Path(path)
    stem = stem.with_suffix("") if stem.suffix in (".png", ".svg") else stem
    stem.parent.mkdir(parents=True, exist_ok=True)
    png, svg = stem.with_name(f"{stem.name}.png"), stem.with_name(f"{stem.name}.svg")
    with mpl.rc_context(_RC):
        figure.savefig(png, dpi=200, metadata={"Software": "ccsim"})
        figure.savefig(svg, metadata={"Date": None, "Creator": "ccsim"})
    return png, svg


def style_of(number: int) -> tuple[str, Any]:
    """Return colour and line style of the scenario with a number."""
    return STYLES[number % len(STYLES)]


def _panel(axes: Axes, comparison: Comparison, kpi: Kpi, names: Sequence[str]) -> None:
    smooth = 1 if kpi.total == "last" else QUARTER
    bands = comparison.bands(kpi.name, smooth)
    for number, name in enumerate(names):
        band = bands[bands["scenario"] == name]
        colour, line = style_of(number)
        axes.fill_between(band["week"], band["low"], band["high"], color=colour, alpha=0.16, linewidth=0)
        axes.plot(band["week"], band["mean"], color=colour, linestyle=line, linewidth=2.1)
        if kpi.name in MONEY and name != comparison.experiment.baseline:
            _mark_crossing(axes, comparison.crossing(name, kpi.name), band["mean"].to_numpy(), number)
    axes.set_xlim(0, max(1, int(bands["week"].max())))
    _scale(axes, kpi)


def _mark_crossing(axes: Axes, week: int | None, mean: np.ndarray, number: int) -> None:
    """Ring the week from which a scenario earns more than the baseline, and say it; not if it does from the start."""
    if week is None or week <= QUARTER:
        return
    colour = style_of(number)[0]
    axes.plot([week], [mean[week]], "o", markersize=9, markerfacecolor="white", markeredgecolor=colour,
              markeredgewidth=2, zorder=5)  # fmt: skip
    above = number % 2 == 0
    axes.annotate(f"ahead from\nweek {week}", (week, mean[week]), (-10 if above else 10, 12 if above else -12),
                  textcoords="offset points", ha="right" if above else "left", va="bottom" if above else "top",
                  fontsize=9.5, color=colour, zorder=6)  # fmt: skip


def _curve(axes: Axes, comparison: Comparison, kpi: Kpi, name: str, number: int) -> None:
    from ccsim.comparison import interval
    from ccsim.settings import declared

    sweep = comparison.experiment.sweep
    assert sweep is not None
    points = {value: point for point, (base, value) in sweep.points.items() if base == name}
    usual = {**declared()}[sweep.lever].shown if sweep.lever in declared() else None
    own = comparison.experiment.scenarios[name].values().get(sweep.lever, usual)
    points.setdefault(own, name)
    values = sorted(points)
    found = [interval(comparison.at_horizon(kpi.name, points[value])[1]) for value in values]
    mean, low, high = (np.array(column) for column in zip(*found, strict=True))
    colour, line = style_of(number)
    axes.fill_between(values, low, high, color=colour, alpha=0.16, linewidth=0)
    axes.plot(values, mean, color=colour, linestyle=line, linewidth=2.1, marker="o", markersize=4)


def _scale(axes: Axes, kpi: Kpi) -> None:
    """Write title, unit and ticks as people read them: per cent, thousands, millions."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    low, high = axes.get_ylim()
    largest = max(abs(low), abs(high))
    unit, divide = kpi.unit, 1.0
    if unit.startswith("share"):
        unit, divide = unit.replace("share", "%").replace("%/", "% a "), 0.01
    elif "EUR" in unit and largest >= 2e6:
        unit, divide = unit.replace("EUR", "million EUR"), 1e6
    elif "EUR" in unit and largest >= 2e3:
        unit, divide = unit.replace("EUR", "thousand EUR"), 1e3
    unit = unit.replace("EUR/week", "EUR a week")
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / divide:,.4g}"))
    arrow = {"more": "↑ better", "less": "↓ better", "neither": ""}[kpi.better]
    axes.set_title(kpi.title)
    axes.annotate(", ".join(part for part in (unit, arrow) if part), (0, 1), (0, 4), xycoords="axes fraction",
                  textcoords="offset points", fontsize=9.5, color="#555555", va="bottom")  # fmt: skip
    axes.title.set_position((0, 1))
    axes.set_title(kpi.title, pad=19)


def _mark_events(panels: Sequence[Axes], comparison: Comparison, names: Sequence[str]) -> None:
    """Draw a line at each week in which some run makes a move; the label stands in the first panel."""
    events = comparison.results.events
    events = events[events["scenario"].isin(names)]
    if not len(events):
        return
    labels = events.groupby("week")["label"].agg(lambda column: " / ".join(sorted(set(column))))
    if len(labels) > 8:
        return
    for number, (week, label) in enumerate(zip(labels.index.to_numpy(dtype=float), labels, strict=True)):
        for axes in panels:
            axes.axvline(week, color=FAINT, linewidth=1.1, linestyle=(0, (2, 2)), zorder=0)
        text = label if len(label) <= 34 else f"{label[:32]}…"
        late = week > 0.6 * panels[0].get_xlim()[1]
        panels[0].annotate(
            text, (week, 0.02 + 0.09 * (number % 3)), (-4 if late else 4, 0), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="right" if late else "left", fontsize=9.5, color="#555555",
        )  # fmt: skip


def _head(figure: Figure, comparison: Comparison, names: Sequence[str], panel: Axes, what: str = "") -> None:
    """Write title, what is shown, and one legend."""
    from matplotlib.lines import Line2D

    experiment = comparison.experiment
    height = figure.get_figheight()
    figure.suptitle(experiment.title, x=0.045, y=1 - 0.16 / height, ha="left", va="top", fontsize=18, fontweight="bold")
    runs = max(len(replicates) for replicates, _ in comparison._arrays.values())
    how = what or f"Means of the last {QUARTER} weeks (NPV: to date)"
    band = f"means of {runs} paired runs a scenario with their 95 % interval" if runs > 1 else "a single run a scenario"
    for line, text in enumerate((experiment.question, f"{how}; {band}.")):
        figure.text(0.045, 1 - (0.56 + 0.23 * line) / height, text, fontsize=11, va="top", color="#555555")
    handles = [
        Line2D([], [], color=style_of(n)[0], linestyle=style_of(n)[1], linewidth=2.6,
               label=experiment.scenarios[name].title + (" (baseline)" if name == experiment.baseline else ""))
        for n, name in enumerate(names)
    ]  # fmt: skip
    wide = len(names) <= 4 or sum(len(experiment.scenarios[name].title) for name in names) <= 80
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.035, 0.0), ncols=len(names) if wide else 3,
                  frameon=False, fontsize=11.5, handlelength=3.2, columnspacing=1.6)  # fmt: skip
    bottom = 0.98 if wide else 0.98 + 0.25 * ((len(names) - 1) // 3)
    figure.subplots_adjust(
        left=0.06, right=0.985, top=1 - 1.6 / height, bottom=bottom / height, wspace=0.24, hspace=0.42
    )
