"""Charts of games as SVG in the style of the experiments' figures: lines over quarters, and points of games on one scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ccsim.reports.figures.comparison import FAINT, INK, QUIET, STYLE
from ccsim.reports.figures.svg import as_svg
from ccsim.reports.pages import inline
from ccsim.results.formatting import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Style(NamedTuple):
    """How a line is drawn."""

    colour: str
    dashes: str


#: Styles: the player, doing nothing, the best plan, reported values, predictions.
YOU, NOTHING, BEST = Style("#d55e00", "-"), Style("#4d4d4d", ":"), Style("#0072b2", "--")
REPORTED, EXPECTED = Style("#b8509a", "-."), Style("#00735c", "-")
#: Size of a chart in inches; letters have 9 points.
SIZE = (3.6, 2.6)


@dataclass(frozen=True)
class Series:
    """A line of a chart, or only its points; None and nan are gaps."""

    name: str
    style: Style
    values: Sequence[float | None]
    faint: bool = False
    points: bool = False


def chart(title: str, series: Sequence[Series], marks: Sequence[tuple[int, str]] = ()) -> str:
    """Return lines over quarters.

    Args:
        title: with its unit.
        series: the lines; the last one is drawn on top.
        marks: (quarter from 0, what happened); marked below the axis.

    Returns:
        A picture as HTML.
    """
    from matplotlib.ticker import MaxNLocator

    with _frame(SIZE) as (figure, axes):
        for row in series:
            values = [math.nan if value is None else value for value in row.values]
            alone = sum(map(math.isfinite, values)) == 1  # a line needs two points
            axes.plot(
                range(1, len(values) + 1), values, color=row.style.colour, label="_" if row.faint else row.name,
                linewidth=0.8 if row.faint else 2.0, alpha=0.35 if row.faint else 1.0,
                linestyle="none" if row.points else row.style.dashes, marker="o" if row.points or alone else "none",
                markerfacecolor="none" if row.points else row.style.colour, markersize=6 if row.points else 4,
            )  # fmt: skip
        for quarter, _ in marks:
            axes.axvline(quarter + 1, color=FAINT, linewidth=1.1, linestyle=(0, (2, 2)), zorder=0)
            axes.annotate("▾", (quarter + 1, 1), xycoords=("data", "axes fraction"), ha="center", color=QUIET)
        axes.set_title(title, fontsize=10, pad=10)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: number(value))
        if axes.get_legend_handles_labels()[0]:
            figure.legend(loc="lower left", ncols=2, frameon=False, fontsize=8, handlelength=2.4)
        figure.subplots_adjust(left=0.17, right=0.97, top=0.88, bottom=0.36)
        return _picture(figure, title)


def dots(title: str, values: Sequence[tuple[str, float]], levels: Sequence[tuple[str, float, Style]]) -> str:
    """Return a dot for each value on a common scale, with marked levels; dots that would touch are stacked.

    Args:
        title: what the values are.
        values: by name.
        levels: (name, value, style) of what is marked.

    Returns:
        A picture as HTML.
    """
    with _frame((9.6, 2.4)) as (figure, axes):
        positions = sorted(value for _, value in values)
        drawn = [*positions, *(value for _, value, _ in levels)]
        span = max(max(drawn, default=1.0) - min(drawn, default=0.0), 1e-9)
        heights = stacked(positions, span / 60)
        axes.plot(positions, heights, "o", color=YOU.colour, markersize=7)
        for name, value, style in levels:
            axes.axvline(value, color=style.colour, linestyle=style.dashes, linewidth=2.0, label=f"{name} {value:.0f}")
        axes.set_ylim(-0.6, max([6, *heights]) + 0.6)
        axes.set_yticks([])
        axes.set_xlabel("points")
        axes.set_title(title, fontsize=11)
        if levels:
            axes.legend(loc="upper left", frameon=False, fontsize=9, handlelength=3.0)
        figure.subplots_adjust(left=0.02, right=0.98, top=0.88, bottom=0.2)
        return _picture(figure, title)


def stacked(positions: Sequence[float], apart: float) -> list[int]:
    """Return for each of the sorted positions the lowest level without another one closer than ``apart``."""
    ends: list[float] = []
    levels = []
    for x in positions:
        level = next((number for number, end in enumerate(ends) if x - end >= apart), len(ends))
        ends[level : level + 1] = [x]
        levels.append(level)
    return levels


@contextmanager
def _frame(size: tuple[float, float]) -> Iterator[tuple[Figure, Axes]]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({**STYLE, "svg.fonttype": "none", "font.size": 9, "text.color": INK}):
        figure = Figure(figsize=size)
        yield figure, figure.subplots()


def _picture(figure: Figure, title: str) -> str:
    from html import escape

    return f'<img src="{inline(as_svg(figure))}" alt="{escape(title)}; the numbers are in the tables.">'
