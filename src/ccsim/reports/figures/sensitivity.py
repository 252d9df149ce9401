"""The figure of a sensitivity analysis: the effect and the importance of each parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ccsim.analysis.sensitivity import Sensitivity, noise_floor
from ccsim.errors import count_noun
from ccsim.reports.figures.comparison import FAINT, INK, QUIET
from ccsim.reports.figures.layout import DOWN, UP, figure_frame, format_axis, of_study, scale_of
from ccsim.results.formatting import number, share

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Parameters shown: those that matter most.
MOST = 14


def tornado_figure(result: Sensitivity, outcome: str) -> Figure:
    """Return the figure for an outcome: bars of effects on the left, importance with intervals on the right."""
    rows = result.table[result.table["outcome"] == outcome].head(MOST).iloc[::-1]
    divide, unit, title = scale_of(outcome, float(np.abs(result.means[outcome]).max()))
    spans = {one.key: f"{one.written(one.low)}…{one.written(one.high)}" for one in result.space}
    noise, hidden = result.noise[outcome], len(result.space) - len(rows)
    methods = {"morris": "Morris: paths that change one parameter at a time", "sobol": "Sobol': shares of the variance"}
    points = f"{count_noun(len(result.points), 'point')} of {count_noun(result.problem.replicates, 'run')}, week {result.problem.weeks - 1}"
    chance = "" if np.isnan(noise.share) else f"Of the variance of single runs, {share(noise.share)} is chance."
    less = f" Left out: {count_noun(hidden, 'parameter')} that matter less." if hidden else ""
    with figure_frame(
        f"{title}: what it depends on", of_study(result.problem), f"{methods[result.method]}; {points}.",
        f"{chance}{less} Pale: could be chance.".strip(), height=2.9 + 0.36 * max(6, len(rows)), left=0.27, foot=0.95, wspace=0.06,
    ) as figure:  # fmt: skip
        panels = figure.subplots(1, 2, sharey=True, width_ratios=(1.25, 1))
        _effects(panels[0], rows, [f"{key} ({spans[key]})" for key in rows["parameter"]], divide, unit)
        _importance(panels[1], rows, result, outcome, divide, unit)
    return figure


def _effects(axes: Axes, rows: pd.DataFrame, labels: Sequence[str], divide: float, unit: str) -> None:
    """Draw the change of the outcome as each parameter crosses its range."""
    effects, places = rows["effect"].to_numpy() / divide, np.arange(len(rows))
    colours = [UP if effect >= 0 else DOWN for effect in effects]
    for bar, clear in zip(
        axes.barh(places, effects, color=colours, height=0.62, edgecolor=INK, linewidth=0.6),
        rows["significant"],
        strict=True,
    ):
        bar.set_alpha(1.0 if clear else 0.35)
    widest = max(float(np.abs(effects).max()), 1e-12)
    for place, effect in zip(places, effects, strict=True):
        text = number(effect) if effect < 0 else f"+{number(effect)}"
        axes.annotate(text, (effect, place), (4 if effect >= 0 else -4, 0), textcoords="offset points", va="center",
                      ha="left" if effect >= 0 else "right", color=QUIET)  # fmt: skip
    low, high = min(0.0, float(effects.min())), max(0.0, float(effects.max()))
    axes.set_xlim(low - 0.2 * widest * (low < 0) - 0.02 * widest, high + 0.2 * widest * (high > 0) + 0.02 * widest)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(places, labels)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.set_title("Change from the low to the high end of the range")
    axes.set_xlabel(unit)
    format_axis(axes.xaxis, axes)


def _importance(axes: Axes, rows: pd.DataFrame, result: Sensitivity, outcome: str, divide: float, unit: str) -> None:
    """Draw the importance of each parameter, with 95 % intervals and the size that chance alone could produce."""
    by = 1.0 if result.method == "sobol" else divide
    middle, places = rows["importance"].to_numpy() / by, np.arange(len(rows))
    reach = np.abs([rows["low"] / by - middle, rows["high"] / by - middle])
    apart = 0.14 if result.method == "sobol" else 0.0
    axes.errorbar(middle, places - apart, xerr=reach, fmt="o", color=INK, capsize=3, markersize=6, linewidth=1.4,
                  label="with all interactions" if result.method == "sobol" else None)  # fmt: skip
    if result.method == "sobol":
        axes.plot(rows["first_order"].clip(lower=0), places + apart, "D", mfc="white", mec=INK, markersize=6,
                  label="alone")  # fmt: skip
    floor = noise_floor(result.noise[outcome], result.method) / by
    if np.isfinite(floor):
        axes.axvline(floor, color=FAINT, linestyle=(0, (4, 2)), label="could be chance", zorder=0)
    axes.set_xlim(left=0)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")
    axes.tick_params(labelleft=False)
    title = {"sobol": "Share of the variance", "morris": "Size of the change"}[result.method]
    axes.set_title(f"{title}, 95 % interval")
    axes.set_xlabel("share" if result.method == "sobol" else unit)
    format_axis(axes.xaxis, axes)
    handles, labels = axes.get_legend_handles_labels()
    if labels:
        axes.legend(handles, labels, loc="lower right", framealpha=0.9, edgecolor="none")
