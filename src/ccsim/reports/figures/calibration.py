"""The figure of a calibration: the posterior of each parameter, and the agreement of the model with the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ccsim.analysis.calibration import IDENTIFIED, Calibration
from ccsim.errors import count_noun
from ccsim.reports.figures.comparison import FAINT, INK
from ccsim.reports.figures.layout import DOWN, UP, draw_spans, figure_frame, format_axis, of_study, position
from ccsim.results.formatting import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def agreement_figure(result: Calibration) -> Figure:
    """Return the figure: the posterior of each parameter in its span, and each target in its standard errors."""
    rows = max(len(result.space), len(result.targets), 4)
    message = f"{count_noun(len(result.points), 'point')} of {count_noun(result.problem.replicates, 'run')}; the posterior of a uniform prior"
    text = " ".join(result.faults()) or "The targets can be met."
    with figure_frame(
        "What agrees with the targets", of_study(result.problem), f"{message}. {text}",
        height=3.6 + 0.6 * rows, left=0.17, head=0.8, foot=0.75, wspace=0.42,
    ) as figure:  # fmt: skip
        panels = figure.subplots(1, 2, width_ratios=(1, 1))
        _parameters(panels[0], result)
        _targets(panels[1], result)
    return figure


def _parameters(axes: Axes, result: Calibration) -> None:
    """Draw each span with the 95 % and the middle half of the posterior, its median, and the scenario's own value."""
    table = result.table()
    for k, (one, place) in enumerate(zip(result.space, draw_spans(axes, result.space), strict=True)):
        inside = position(one, result.posterior[:, k])
        low, few, middle, many, high = np.quantile(inside, [0.025, 0.25, 0.5, 0.75, 0.975])
        clear = bool(table["identified"][k])
        axes.hlines(place, low, high, color=UP, linewidth=3, alpha=1.0 if clear else 0.45)
        axes.hlines(place, few, many, color=UP, linewidth=9, alpha=1.0 if clear else 0.45)
        axes.plot(middle, place, "o", color="white", mec=INK, markersize=8)
        start = position(one, one.number(result.problem.own(one)))
        if 0 <= start <= 1:
            axes.plot(start, place, "s", color=DOWN, mec=INK, markersize=7)
        left_open = result.variance_reduction[k] < IDENTIFIED
        text = one.written(float(table["median"][k])) + (", left open" if left_open else "")
        # Near an end of the range the text extends inwards, away from the names of the parameters.
        side = "left" if middle < 0.2 else "right" if middle > 0.8 else "center"
        axes.annotate(text, (middle, place), (0, 10), textcoords="offset points", ha=side, fontweight="bold",
                      fontsize=10)  # fmt: skip
    axes.set_title("Parameters in their spans:\n○ median, middle half and 95 %; □ as it is")


def _targets(axes: Axes, result: Calibration) -> None:
    """Draw the model before and after calibration, in standard errors from the measured values."""
    table = result.targets_table()
    places = np.arange(len(table))[::-1]
    axes.axvspan(-1.96, 1.96, color=FAINT, alpha=0.2, linewidth=0)
    axes.axvline(0, color=INK, linewidth=1)
    farthest = 4.0
    for row, place in zip(table.to_dict("records"), places, strict=True):
        before, middle, low, high = (
            (value - row["measured"]) / row["error"]
            for value in (row["unfitted"], row["fitted"], row["low"], row["high"])
        )
        farthest = max(farthest, abs(low), abs(high), min(abs(before), 12.0))
        axes.errorbar(middle, place, xerr=[[max(0.0, middle - low)], [max(0.0, high - middle)]], fmt="o", capsize=3,
                      color=UP, mec=INK, mfc="white" if row['held_out'] else UP, markersize=8)  # fmt: skip
        axes.plot(np.clip(before, -12, 12), place, "s", color=DOWN, mec=INK, markersize=7)
    names = [
        f"{row['outcome']}\n{number(row['measured'])} ± {number(row['error'])}" for row in table.to_dict("records")
    ]
    axes.set_yticks(places, names)
    axes.set_ylim(-0.6, len(places) - 0.4)
    axes.set_xlim(-1.08 * farthest, 1.08 * farthest)
    axes.set_xlabel("standard errors from what was measured (grey: 95 %)")
    axes.grid(visible=False)
    axes.grid(axis="x")
    format_axis(axes.xaxis, axes)
    held = ", ○ held out" if any(target.held_out for target in result.targets) else ""
    axes.set_title(f"Targets: ● after{held}, on fresh draws;\n□ as it is")
