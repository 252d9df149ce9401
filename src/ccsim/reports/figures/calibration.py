"""The figure of a calibration: the posterior of each parameter, and the agreement of the model with the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ccsim.analysis.calibration import IDENTIFIED, Calibration
from ccsim.errors import count_noun
from ccsim.reports.figures.comparison import FAINT, INK, QUIET
from ccsim.reports.figures.layout import DOWN, UP, apply_layout, figure_frame, format_axis, of_study
from ccsim.results.formatting import money, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def agreement_figure(result: Calibration) -> Figure:
    """Return the figure: the posterior of each parameter in its span, and each target in its standard errors."""
    rows = max(len(result.space), len(result.targets), 4)
    message = f"{count_noun(len(result.points), 'point')} of {count_noun(result.problem.replicates, 'run')}; the posterior of a uniform prior"
    text = " ".join(result.faults()) or "The targets can be met."
    with figure_frame("What agrees with the targets", of_study(result.problem), f"{message}. {text}", height=3.6 + 0.6 * rows) as (
        figure, lines,
    ):  # fmt: skip
        panels = figure.subplots(1, 2, width_ratios=(1, 1))
        _parameters(panels[0], result)
        _targets(panels[1], result)
        apply_layout(figure, lines, left=0.17, head=0.8, foot=0.75)
        figure.subplots_adjust(wspace=0.42)
    return figure


def _parameters(axes: Axes, result: Calibration) -> None:
    """Draw each span with the 95 % and the middle half of the posterior, its median, and the scenario's own value."""
    places = np.arange(len(result.space))[::-1]
    axes.hlines(places, 0, 1, color=FAINT, linewidth=4, alpha=0.35)
    table = result.table()
    for k, (one, place) in enumerate(zip(result.space, places, strict=True)):
        inside = (result.posterior[:, k] - one.low) / (one.high - one.low)
        low, few, middle, many, high = np.quantile(inside, [0.025, 0.25, 0.5, 0.75, 0.975])
        clear = bool(table["identified"][k])
        axes.hlines(place, low, high, color=UP, linewidth=3, alpha=1.0 if clear else 0.45)
        axes.hlines(place, few, many, color=UP, linewidth=9, alpha=1.0 if clear else 0.45)
        axes.plot(middle, place, "o", color="white", mec=INK, markersize=8)
        start = (one.number(result.problem.own(one)) - one.low) / (one.high - one.low)
        if 0 <= start <= 1:
            axes.plot(start, place, "s", color=DOWN, mec=INK, markersize=7)
        left_open = result.variance_reduction[k] < IDENTIFIED
        text = one.written(float(table["median"][k])) + (", left open" if left_open else "")
        # Near an end of the range the text extends inwards, away from the names of the parameters.
        side = "left" if middle < 0.2 else "right" if middle > 0.8 else "center"
        axes.annotate(text, (middle, place), (0, 10), textcoords="offset points", ha=side, fontweight="bold",
                      fontsize=10)  # fmt: skip
        for end, side in ((one.low, "left"), (one.high, "right")):
            axes.annotate(one.written(end), (0.0 if side == "left" else 1.0, place), (0, -15), ha=side,
                          textcoords="offset points", color=QUIET, fontsize=9)  # fmt: skip
    axes.set_yticks(places, [f"{one.key}\n({money(one.unit)})" if one.unit else one.key for one in result.space])
    axes.set_xticks([])
    axes.set_ylim(-0.6, len(places) - 0.4)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
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
