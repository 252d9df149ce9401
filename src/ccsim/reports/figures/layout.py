"""Shared code of the figures of all analyses: the page, its titles, and tick labels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any

from ccsim.analysis.problem import DIFFERENCE, AnalysisProblem
from ccsim.model.kpis import KPIS
from ccsim.reports.figures.comparison import FAINT, QUIET, STYLE, WIDTH, scaled_unit
from ccsim.results.formatting import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Colours of increase and decrease, which differ in hue and in lightness.
UP, DOWN = "#0072b2", "#e69f00"


@contextmanager
def figure_frame(title: str, *texts: str, height: float) -> Iterator[tuple[Figure, int]]:
    """Open a figure with a title and descriptive texts below it; yield it and the number of lines of text."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    lines = [line for text in texts for line in wrap(text, 150, break_on_hyphens=False)]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height))
        figure.suptitle(
            shorten(title, 95), x=0.03, y=1 - 0.16 / height, ha="left", va="top", fontsize=18, fontweight="bold"
        )
        for number, line in enumerate(lines):
            figure.text(0.03, 1 - (0.58 + 0.24 * number) / height, line, va="top", color=QUIET)
        yield figure, len(lines)


def apply_layout(figure: Figure, lines: int, *, left: float, foot: float = 0.7, head: float = 0.4) -> None:
    """Give the panels the space below the titles of the page.

    Args:
        figure: the figure.
        lines: lines of text below its title.
        left: left margin, share of the width.
        foot: bottom margin, inches.
        head: height of a panel's own title, inches.
    """
    height = figure.get_figheight()
    figure.subplots_adjust(left=left, right=0.97, top=1 - (0.58 + head + 0.24 * lines) / height, bottom=foot / height)


def of_study(problem: AnalysisProblem) -> str:
    """Return the name of a study: its scenario against its baseline."""
    against = f", against {problem.baseline.title or problem.baseline.name}" if problem.baseline else ""
    return f"{problem.scenario.title or problem.scenario.name}{against}"


def scale_of(outcome: str, largest: float) -> tuple[float, str, str]:
    """Return the divisor for drawing an outcome, its unit after division, and its title."""
    kpi = KPIS[outcome.removesuffix(DIFFERENCE)]
    title = kpi.title + (", difference to the baseline" if outcome.endswith(DIFFERENCE) else "")
    unit = kpi.unit.replace("/week", "") if kpi.aggregation == "sum" else kpi.unit
    return (*scaled_unit(unit, largest), title)


def format_axis(axis: Any, panel: Axes) -> None:
    """Write ticks with real minus signs and thousands."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 4)))
    panel.tick_params(color=FAINT)
