"""Shared code of the figures of all analyses: the page, its titles, and tick labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis.parameter_space import Dimension
from ccsim.analysis.problem import DIFFERENCE, AnalysisProblem
from ccsim.model.kpis import KPIS
from ccsim.reports.figures.comparison import FAINT, QUIET, STYLE, WIDTH, scaled_unit
from ccsim.results.formatting import money, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Colours of increase and decrease, which differ in hue and in lightness.
UP, DOWN = "#0072b2", "#e69f00"


@contextmanager
def figure_frame(
    title: str, *texts: str, height: float, left: float, foot: float = 0.7, head: float = 0.4,
    wspace: float | None = None, hspace: float | None = None,
) -> Iterator[Figure]:  # fmt: skip
    """Open a figure with a title and descriptive texts below it; its panels get the space below these.

    Args:
        title: the title.
        texts: the texts, each on lines of its own.
        height: height of the figure, inches.
        left: left margin, share of the width.
        foot: bottom margin, inches.
        head: height of a panel's own title, inches.
        wspace: space between columns of panels, as a share of a panel's width.
        hspace: space between rows of panels, as a share of a panel's height.

    Yields:
        The figure, to which panels are to be added.
    """
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
        yield figure
        top = 1 - (0.58 + head + 0.24 * len(lines)) / height
        figure.subplots_adjust(left=left, right=0.97, top=top, bottom=foot / height, wspace=wspace, hspace=hspace)


def draw_spans(axes: Axes, space: Sequence[Dimension]) -> np.ndarray:
    """Draw the span of each parameter as a grey line from 0 to 1 with its ends below it, and return the heights of the lines."""
    heights = np.arange(len(space))[::-1]
    axes.hlines(heights, 0, 1, color=FAINT, linewidth=4, alpha=0.35)
    for dimension, height in zip(space, heights, strict=True):
        for x, end, side in ((0, dimension.low, "left"), (1, dimension.high, "right")):
            axes.annotate(dimension.written(end), (x, height), (0, -14), textcoords="offset points", color=QUIET,
                          fontsize=9, ha=side)  # fmt: skip
    axes.set_yticks(heights, [f"{one.key}\n({money(one.unit)})" if one.unit else one.key for one in space])
    axes.set_xticks([])
    axes.set_xlim(-0.04, 1.04)
    axes.set_ylim(-0.7, len(space) - 0.3)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    return heights


def position(dimension: Dimension, number: Any) -> Any:
    """Return where a number, or each of an array, lies in the span of a parameter, from 0 to 1."""
    return (number - dimension.low) / (dimension.high - dimension.low)


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
