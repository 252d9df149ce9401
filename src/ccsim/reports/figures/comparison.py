"""Figures of a comparison in the format of a slide: bands over time, and curves over a swept lever.

Colours are those of Okabe & Ito (2008), which colour-blind readers can distinguish; line styles distinguish the scenarios
without any colour. Figures are made without pyplot, so that no global state changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.errors import UnknownNameError
from ccsim.model.kpis import KPIS, QUARTER, Kpi
from ccsim.results.formatting import money, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ccsim.analysis.comparison import Comparison
    from ccsim.experiments.experiment import Experiment

INK, QUIET, FAINT = "#222222", "#4f4f4f", "#8a8a8a"
#: KPIs on which the week is marked from which a scenario stays ahead of the baseline.
MONEY = ("profit", "npv")
#: The baseline's colour and line style, and those of the other scenarios in order.
BASELINE: tuple[str, Any] = ("#4d4d4d", (0, (1, 1.2)))
COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
LINES: tuple[Any, ...] = (
    "-", (0, (6, 1.5)), (0, (5, 1.5, 1, 1.5)), (0, (2.5, 1.2)), (0, (8, 1.5, 1, 1.5, 1, 1.5)), (0, (3, 3)),
)  # fmt: skip
#: A 16:9 slide, in inches: at this size all text is at least 11 points high.
WIDTH, HEIGHT, SMALL = 13.33, 7.5, 11
#: Heights in inches: titles above the panels; the axis and one line of legend below them.
HEAD, FOOT, LINE = 1.62, 0.98, 0.25
#: Largest number of lines of event names in the first panel.
MOST_LINES = 3
STYLE = {
    "font.family": "DejaVu Sans", "font.size": SMALL, "axes.titlesize": 12.5, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.edgecolor": FAINT, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#e6e6e6", "grid.linewidth": 0.8,
    "svg.hashsalt": "ccsim", "svg.fonttype": "path",
}  # fmt: skip


def comparison_figure(comparison: Comparison, kpis: Sequence[str] | None = None) -> Figure:
    """Return KPIs over weeks, a panel each: means of the last quarter's weeks, with their 95 % interval.

    A KPI summed from week 0 is drawn as its paired difference to the baseline, because the sum itself
    would hide that difference. Scheduled events are vertical lines; a ring marks the week from which a scenario earns more than
    the baseline.

    Args:
        comparison: what to draw.
        kpis: which KPIs; by default those of the experiment.
    """
    shown = kpis_shown(kpis, comparison.experiment)
    names = [name for name in comparison.experiment.main if name in comparison._arrays]
    with slide(len(shown)) as (figure, panels):
        marks = [panel(axes, comparison, kpi, names) for axes, kpi in zip(panels, shown, strict=True)]
        sums = [kpi.title for kpi in shown if _as_difference(comparison, kpi)]
        note = f" ({', '.join(sums)}: to date)" if sums else ""
        _head(figure, comparison, names, f"Means of the last {QUARTER} weeks{note}")
        _label_weeks(panels, comparison.experiment.weeks)
        _mark_events(figure, panels, events_of(comparison, names))
        for axes, crossings in zip(panels, marks, strict=True):
            label_crossings(axes, crossings)
    return figure


def sweep_figure(comparison: Comparison, kpis: Sequence[str] | None = None) -> Figure | None:
    """Return KPIs at the horizon over a swept lever, a line for each scenario; None if there is no sweep."""
    from ccsim.model.settings import all_parameters

    sweep = comparison.experiment.sweep
    if sweep is None:
        return None
    shown = kpis_shown(kpis, comparison.experiment)
    names = list(dict.fromkeys(base for base, _ in sweep.points.values()))
    lever = all_parameters()[sweep.lever]
    with slide(len(shown)) as (figure, panels):
        for axes, kpi in zip(panels, shown, strict=True):
            for name in names:
                _curve(axes, comparison, kpi, name)
            _scale(axes, kpi)
            if lever.choices:
                axes.set_xticks(range(len(lever.choices)), lever.choices)
        _label_x(panels, f"{sweep.lever} ({money(lever.unit)})" if lever.unit else sweep.lever)
        _head(figure, comparison, names, f"At week {comparison.experiment.weeks - 1}, over {sweep.lever}")
    return figure


def save(figure: Figure, path: str | Path) -> tuple[Path, Path]:
    """Write a figure as PNG (200 dots per inch) and SVG into the same folder, and return both paths."""
    import matplotlib as mpl

    stem = str(path).removesuffix(".png").removesuffix(".svg")
    png, svg = Path(f"{stem}.png"), Path(f"{stem}.svg")
    png.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        figure.savefig(png, dpi=200, metadata={"Software": "ccsim"})
        figure.savefig(svg, metadata={"Date": None, "Creator": "ccsim"})
    return png, svg


def style_of(number: int) -> tuple[str, Any]:
    """Return colour and line style of the scenario with a number, 0 for the baseline; the first 36 others differ."""
    if number == 0:
        return BASELINE
    turn, place = divmod(number - 1, len(COLOURS))
    return COLOURS[place], LINES[(place + turn) % len(LINES)]


def scenario_style(comparison: Comparison, name: str) -> tuple[str, Any]:
    """Return the colour and line style of a scenario."""
    others = [other for other in comparison.experiment.main if other != comparison.experiment.baseline]
    return style_of(others.index(name) + 1 if name in others else 0)


def kpis_shown(names: Sequence[str] | None, experiment: Experiment) -> list[Kpi]:
    """Return the KPIs asked for, by default those of the experiment.

    Raises:
        UnknownNameError: the KPI does not exist.
    """
    for name in names or ():
        if name not in KPIS:
            raise UnknownNameError("KPI", name, KPIS)
    return [KPIS[name] for name in dict.fromkeys(names or experiment.kpis)]


@contextmanager
def slide(count: int) -> Iterator[tuple[Figure, list[Axes]]]:
    """Open a figure of 16:9, or taller if there are more than two rows of panels."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    columns = {1: 1, 2: 2, 4: 2}.get(count, 3)
    rows = -(-count // columns)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT + 2.6 * max(0, rows - 2)))
        panels = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes in panels[count:]:
            axes.set_visible(False)
        yield figure, panels[:count]


def _as_difference(comparison: Comparison, kpi: Kpi) -> bool:
    return kpi.aggregation == "last" and comparison.experiment.baseline in comparison._arrays


def drawn(comparison: Comparison, kpi: Kpi) -> Any:
    """Return the means and intervals of a panel, as from :meth:`Comparison.bands`; for a sum to date, of differences to the baseline."""
    import pandas as pd

    from ccsim.analysis.comparison import interval

    if not _as_difference(comparison, kpi):
        return comparison.bands(kpi.name, 1 if kpi.aggregation == "last" else QUARTER)
    others, baseline = comparison._arrays[comparison.experiment.baseline]
    parts = []
    for name, (replicates, values) in comparison._arrays.items():
        _, here, there = np.intersect1d(replicates, others, return_indices=True)
        gaps = values[kpi.name][here] - baseline[kpi.name][there]
        mean, low, high = interval(gaps)
        weeks = np.arange(len(mean))
        parts.append(pd.DataFrame({"scenario": name, "week": weeks, "mean": mean, "low": low, "high": high}))
    return pd.concat(parts, ignore_index=True)


def panel(axes: Axes, comparison: Comparison, kpi: Kpi, names: Sequence[str]) -> list[tuple[int, float, str]]:
    """Draw a KPI over weeks, and return (week, height, colour) of the crossings to be labelled.

    Args:
        axes: where it is drawn.
        comparison: what is compared.
        kpi: the KPI.
        names: the scenarios, in the order of their colours.

    Returns:
        Week, height (0 to 1, from the bottom of the panel) and colour of each crossing to be labelled.
    """
    bands, crossings = drawn(comparison, kpi), []
    for name in names:
        band = bands[bands["scenario"] == name]
        colour, line = scenario_style(comparison, name)
        axes.fill_between(band["week"], band["low"], band["high"], color=colour, alpha=0.2, linewidth=0)
        dot = "o" if len(band) == 1 else ""
        axes.plot(band["week"], band["mean"], color=colour, linestyle=line, linewidth=2.1, marker=dot)
        if kpi.name in MONEY and name != comparison.experiment.baseline:
            week = comparison.overtakes_week(name, kpi.name)
            # A scenario ahead from the start has not crossed; means in the first quarter cover few weeks.
            if week is not None and week > QUARTER:
                crossings.append((week, float(band["mean"].iloc[week]), colour))
    axes.set_xlim(0, max(1, int(bands["week"].max())))
    _scale(axes, kpi, " against the baseline" if _as_difference(comparison, kpi) else "")
    return crossings


def _curve(axes: Axes, comparison: Comparison, kpi: Kpi, name: str) -> None:
    """Draw a KPI at the horizon over the swept lever; the scenario's own value is one point of the curve."""
    from ccsim.analysis.comparison import interval
    from ccsim.model.settings import all_parameters

    sweep = comparison.experiment.sweep
    assert sweep is not None
    lever = all_parameters()[sweep.lever]
    points = {lever.encode(value): point for point, (base, value) in sweep.points.items() if base == name}
    if name in comparison.experiment.scenarios:
        own = comparison.experiment.scenarios[name].values().get(sweep.lever, lever.shown)
        points.setdefault(lever.encode(own), name)
    values = sorted(value for value, point in points.items() if point in comparison._arrays)
    if not values:
        return
    intervals = [interval(comparison.final_values(kpi.name, points[value])[1]) for value in values]
    mean, low, high = np.array(intervals).T
    colour, line = scenario_style(comparison, name)
    axes.fill_between(values, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(values, mean, color=colour, linestyle=line, linewidth=2.1, marker="o", markersize=5)


def scaled_unit(unit: str, largest: float) -> tuple[float, str]:
    """Return the divisor of numbers of a unit in a figure, given the largest number, and the unit after division."""
    if unit.startswith("share"):
        return 0.01, unit.replace("share/", "% a ").replace("share", "%")
    if "EUR" in unit and largest >= 2e6:
        return 1e6, money(unit.replace("EUR", "million EUR"))
    if "EUR" in unit and largest >= 2e3:
        return 1e3, money(unit.replace("EUR", "thousand EUR"))
    return 1.0, money(unit)


def _scale(axes: Axes, kpi: Kpi, against: str = "") -> None:
    """Write title, unit and ticks in readable units: per cent, thousands, millions."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    divide, unit = scaled_unit(kpi.unit, max(abs(end) for end in axes.get_ylim()))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value / divide, 4)))
    arrow = {"more": "↑ better", "less": "↓ better", "neither": ""}[kpi.direction]
    axes.set_title(kpi.title, pad=21)
    text = ", ".join(part for part in (unit.replace("/", " a ") + against, arrow) if part)
    axes.annotate(text, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", color=QUIET, va="bottom")


def _label_x(panels: Sequence[Axes], label: str) -> None:
    """Write the label, and the ticks, below the last panel of each column only."""
    spec = panels[0].get_subplotspec()
    assert spec is not None
    columns = spec.get_gridspec().ncols
    for place, axes in enumerate(panels):
        last = place + columns >= len(panels)
        axes.tick_params(labelbottom=last)
        axes.set_xlabel(label if last else "")


def _label_weeks(panels: Sequence[Axes], weeks: int) -> None:
    """Put ticks at whole half years or years, or at round weeks if there are few."""
    step = next((step for step in (1, 2, 4, 13, 26, 52, 104, 260, 520) if weeks / step <= 8), max(1, weeks // 6))
    for axes in panels:
        axes.set_xticks(range(0, weeks + 1, step))
        axes.set_xlim(0, max(1, weeks - 1 if weeks % step else weeks))
    _label_x(panels, "week")


def events_of(comparison: Comparison, names: Sequence[str]) -> list[tuple[float, str]]:
    """Return (week, label) of the events: the week of a dated move, or the median week of a move on a condition."""
    events = comparison.results.interventions
    events = events[events["scenario"].isin(names)]
    dated: set[tuple[float, str]] = set()
    moves = [move for name in names for move in comparison.experiment.scenarios[name].schedule]
    conditional = {move.label for move in moves if move.week is None}
    for label, weeks in events.groupby("label")["week"]:
        if label in conditional and weeks.nunique() > 1:
            dated.add((float(round(weeks.median())), str(label) + " (median)"))
        else:
            dated.update((float(week), str(label)) for week in weeks.unique())
    return sorted(dated)


def _mark_events(figure: Figure, panels: Sequence[Axes], events: list[tuple[float, str]]) -> None:
    """Draw a line for each event in every panel; label it in the first panel, or by number in a key if there are too many."""
    for axes in panels:
        for week, _ in events:
            axes.axvline(week, color=FAINT, linewidth=1.1, linestyle=(0, (2, 2)), zorder=0)
    flags = [_flag(panels[0], week, label) for week, label in events]
    lines = _without_overlap(flags)
    if lines > MOST_LINES:
        for number, flag in enumerate(flags, 1):
            flag.set(text=str(number), ha="center", x=0)
        lines = _without_overlap(flags)
        _write_key(figure, [f"{number} week {week:.0f}: {label}" for number, (week, label) in enumerate(events, 1)])
    if lines:
        _make_room(panels[0], lines)


def _write_key(figure: Figure, entries: Sequence[str]) -> None:
    """Write the key of the numbers below the titles, and move the panels down to make room."""
    from textwrap import wrap

    # A non-breaking character keeps each entry on one line.
    glued = "   ".join(entry.replace(" ", "\N{NO-BREAK SPACE}") for entry in entries)
    lines, height = wrap(glued, 150, break_on_hyphens=False), figure.get_figheight()
    figure.text(0.045, 1 - (HEAD - 0.56) / height, "\n".join(lines), va="top", color=QUIET)
    figure.subplots_adjust(top=1 - (HEAD + 0.21 * len(lines)) / height)


def _flag(axes: Axes, week: float, label: str) -> Any:
    """Write an event's name at the foot of its line: to the right of it, unless the panel ends there."""
    from matplotlib.patheffects import withStroke

    text = axes.annotate(
        label if len(label) <= 40 else f"{label[:38]}…", (week, 0), (4, 3), xycoords=("data", "axes fraction"),
        textcoords="offset points", color=QUIET, path_effects=[withStroke(linewidth=3, foreground="white")],
    )  # fmt: skip
    if text.get_window_extent().x1 > axes.get_window_extent().x1:
        text.set(ha="right", x=-4)
    return text


def _without_overlap(texts: Sequence[Any]) -> int:
    """Stack texts so that none overlap, and return the number of lines needed."""
    lines: list[list[Any]] = []
    for text in texts:
        box = text.get_window_extent()
        free = (n for n, line in enumerate(lines) if all(box.x0 > o.x1 + 4 or box.x1 < o.x0 - 4 for o in line))
        number = next(free, len(lines))
        if number == len(lines):
            lines.append([])
        lines[number].append(box)
        text.set_y(3 + 14 * number)
    return len(lines)


def _make_room(axes: Axes, lines: int) -> None:
    """Lower the bottom of a panel so that labels stand below all curves."""
    low, high = axes.get_ylim()
    share = (14 * lines + 4) / 72 * axes.get_figure().dpi / axes.get_window_extent().height  # type: ignore[union-attr]  # it is on a figure
    axes.set_ylim(low - (high - low) * share / (1 - share), high)


def label_crossings(axes: Axes, crossings: Sequence[tuple[int, float, str]]) -> None:
    """Ring each crossing and label its week where the label covers the fewest curves and no other label."""
    from matplotlib.patheffects import withStroke

    taken: list[Any] = []
    for week, height, colour in crossings:
        axes.plot([week], [height], "o", ms=9, mfc="white", mec=colour, mew=2, zorder=5)
        text = axes.annotate(f"ahead from\nweek {week}", (week, height), (0, 0), textcoords="offset points", zorder=6,
                             ha="center", va="center", color=colour, fontweight="bold",
                             arrowprops={"arrowstyle": "-", "color": colour, "shrinkA": 0, "shrinkB": 6},
                             path_effects=[withStroke(linewidth=3, foreground="white")])  # fmt: skip
        text.set_position(_clearest(axes, text, taken))
        taken.append(text.get_window_extent())


def _clearest(axes: Axes, text: Any, taken: Sequence[Any]) -> tuple[float, float]:
    """Return the offset around the point at which a label covers least; the nearest of equals."""
    curves = np.concatenate([axes.transData.transform(line.get_xydata()) for line in axes.lines])
    home, panel, scale = text.get_window_extent(), axes.get_window_extent(), text.get_figure().dpi / 72
    least, offset = np.inf, (0.0, 0.0)
    for distance in (1.0, 1.4, 1.9, 2.5):
        for x, y in ((-48, 26), (48, -26), (0, 30), (0, -30), (-56, 0), (56, 0), (-48, -26), (48, 26)):
            box = home.translated(x * distance * scale, y * distance * scale)
            covers = sum(box.contains(*point) for point in curves) + 200 * sum(box.overlaps(other) for other in taken)
            outside = not (panel.contains(box.x0, box.y0) and panel.contains(box.x1, box.y1))
            cost = covers + 500 * outside + 3 * distance
            if cost < least:
                least, offset = cost, (x * distance, y * distance)
    return offset


def _head(figure: Figure, comparison: Comparison, names: Sequence[str], what: str) -> None:
    """Write the title, a description and one legend, and give the panels the rest of the page."""
    from textwrap import shorten

    experiment, height = comparison.experiment, figure.get_figheight()
    title, question = (shorten(t, most) for t, most in ((experiment.title, 90), (experiment.question, 160)))
    write_title(figure, title)
    runs = max(len(replicates) for replicates, _ in comparison._arrays.values())
    band = f"mean of {runs} paired runs, its 95 % interval" if runs > 1 else "a single run of each scenario"
    for line, text in enumerate((question, f"{what}; {band}.")):
        figure.text(0.045, 1 - (0.56 + 0.23 * line) / height, text, va="top", color=QUIET)
    labels = [experiment.label(name) + (" (baseline)" if name == experiment.baseline else "") for name in names]
    columns, lines = _legend_shape(labels)
    write_legend(figure, list(zip(labels, (scenario_style(comparison, name) for name in names), strict=True)), columns)
    bottom = FOOT + LINE * (lines - 1)
    edges = {"left": 0.06, "right": 0.975, "top": 1 - HEAD / height, "bottom": bottom / height}
    figure.subplots_adjust(**edges, wspace=0.22, hspace=0.42)


def write_title(figure: Figure, title: str) -> None:
    """Write a title at the upper left."""
    top = 1 - 0.16 / figure.get_figheight()
    figure.suptitle(title, x=0.045, y=top, ha="left", va="top", fontsize=18, fontweight="bold")


def write_legend(figure: Figure, styles: Sequence[tuple[str, tuple[str, Any]]], columns: int) -> None:
    """Write one legend below the panels: pairs of a label and its colour and line.

    Args:
        figure: the figure.
        styles: pairs of a label and its (colour, line style).
        columns: number of columns of the legend.
    """
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour, linestyle=line, linewidth=2.6, label=label) for label, (colour, line) in styles
    ]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.035, 0.0), ncols=columns, frameon=False,
                  fontsize=11.5, handlelength=3.4, columnspacing=1.6)  # fmt: skip


def _legend_shape(labels: Sequence[str]) -> tuple[int, int]:
    """Return the numbers of columns and lines of a legend: as few lines as the width of the page allows."""
    for lines in range(1, len(labels) + 1):
        columns = -(-len(labels) // lines)
        widest = [max(map(len, labels[start : start + lines])) for start in range(0, len(labels), lines)]
        if sum(widest) + 9 * columns <= 140:
            return columns, lines
    return 1, len(labels)
