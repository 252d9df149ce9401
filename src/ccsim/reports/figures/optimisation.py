"""The figures of an optimisation: the search, the plans found, and their results on fresh draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ccsim.analysis.optimise import OptimisationResult
from ccsim.reports.figures.comparison import FAINT, INK, QUIET
from ccsim.reports.figures.layout import DOWN, UP, draw_spans, figure_frame, format_axis, of_study, position, scale_of
from ccsim.results.formatting import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def optimum_figure(result: OptimisationResult) -> Figure:
    """Return the figure: the search or the front on the left; the levers of the best plan, or of the front, on the right."""
    aim, height = result.aim, 3.7 + 0.42 * max(9, len(result.space))
    words = " and ".join(f"{'more' if goal.more else 'less'} {goal.outcome}" for goal in aim.objectives)
    worlds = len(result.start.values)
    counts = "the mean" if aim.quantile is None else f"the {aim.quantile:.0%} quantile on the bad side"
    text = f"{len(result.trials)} plans; what counts is {counts}"
    text += f" over worlds; fresh: {worlds} other worlds." if worlds > 1 else " over runs; fresh: other draws."
    money = "" if aim.max_cost is None else f" Within {number(aim.max_cost)} of {aim.measure}, on average."
    with figure_frame(
        f"The search for {words}",
        of_study(result.problem),
        text + money,
        height=height,
        left=0.07,
        head=0.98,
        wspace=0.55,
    ) as figure:
        panels = figure.subplots(1, 2, width_ratios=(1.15, 1))
        (_front if len(aim.objectives) > 1 else _search)(panels[0], result)
        _levers(panels[1], result)
    return figure


def _search(axes: Axes, result: OptimisationResult) -> None:
    """Draw the result of every plan, the best so far, and the best plan on fresh draws."""
    goal = result.aim.objectives[0]
    values, fits = result.trials[goal.outcome].to_numpy(), result.trials["fits"].to_numpy(dtype=bool)
    divide, unit, title = scale_of(goal.outcome, float(np.nanmax(np.abs(values))))
    order = np.arange(1, len(values) + 1)
    inside = np.where(fits, values, np.nan) / divide
    if not fits.all():
        axes.scatter(order[~fits], values[~fits] / divide, marker="x", color=FAINT, s=24, label="over the money")
    axes.scatter(order[fits], inside[fits], color=UP, s=20, label="plan")
    with np.errstate(all="ignore"):
        best = (np.fmax if goal.more else np.fmin).accumulate(inside)
    axes.plot(order, best, color=INK, drawstyle="steps-post", linewidth=1.6, label="best so far")
    place = len(values) * 1.06
    for one, colour, label in (
        (result.plans[0], INK, "best, fresh draws"),
        (result.start, DOWN, "as it is, fresh draws"),
    ):
        middle, low, high = (row[0] / divide for row in (one.mean, one.low, one.high))
        axes.errorbar(place, middle, yerr=[[middle - low], [high - middle]], fmt="D" if colour == INK else "s",
                      color=colour, mec=INK, capsize=4, label=label)  # fmt: skip
    axes.set_xlim(0, len(values) * 1.1)
    axes.set_xlabel("plan tried")
    axes.set_ylabel(unit)
    format_axis(axes.yaxis, axes)
    axes.set_title(title, pad=46)
    _legend(axes, 3)


def _front(axes: Axes, result: OptimisationResult) -> None:
    """Draw all plans by two goals, and the front, both in the search and on fresh draws."""
    first, second = result.aim.objectives[:2]
    fits = result.trials["fits"].to_numpy(dtype=bool)
    scales = [scale_of(goal.outcome, float(np.nanmax(np.abs(result.trials[goal.outcome])))) for goal in (first, second)]
    x, y = (result.trials[goal.outcome].to_numpy() / scale[0]
            for goal, scale in zip((first, second), scales, strict=True))  # fmt: skip
    if not fits.all():
        axes.scatter(x[~fits], y[~fits], marker="x", color=FAINT, s=24, label="over the money")
    axes.scatter(x[fits], y[fits], color=FAINT, s=16, alpha=0.6, label="plan, in the search")
    for k, one in enumerate((*result.plans, result.start)):
        last = k == len(result.plans)
        place, low, high = (row[:2] / [scale[0] for scale in scales] for row in (one.mean, one.low, one.high))
        if not last:
            promised = one.search_values[:2] / [scale[0] for scale in scales]
            axes.plot([promised[0], place[0]], [promised[1], place[1]], color=FAINT, linewidth=1, zorder=1)
        label = "as it is, fresh draws (95 %)" if last else "front, fresh draws (95 %)" if k == 0 else None
        axes.errorbar(place[0], place[1], xerr=[[place[0] - low[0]], [high[0] - place[0]]],
                      yerr=[[place[1] - low[1]], [high[1] - place[1]]], fmt="s" if last else "o",
                      color=DOWN if last else UP, mec=INK, capsize=2, label=label)  # fmt: skip
        if not last:
            axes.annotate(str(k + 1), (place[0], place[1]), (6, 4), textcoords="offset points", color=QUIET)
    for axis, scale in ((axes.xaxis, scales[0]), (axes.yaxis, scales[1])):
        axis.set_label_text(f"{scale[2]} ({scale[1]})")
        format_axis(axis, axes)
    axes.grid(axis="both")
    axes.set_title("What one goal costs in the other", pad=46)
    _legend(axes, 2)


def _levers(axes: Axes, result: OptimisationResult) -> None:
    """Draw the position of each lever in its range, at present and in the plans found."""
    many = len(result.plans) > 1
    for one, place in zip(result.space, draw_spans(axes, result.space), strict=True):
        start = result.start.plan[one.key]
        if start is not None and (start in one.choices if one.choices else one.low <= start <= one.high):
            axes.plot(position(one, one.number(start)), place, "s", color=DOWN, mec=INK, markersize=8)
        for k, plan in enumerate(result.plans, 1):
            number = one.number(plan.plan[one.key])
            axes.plot(position(one, number), place, "o", color=UP, mec=INK, markersize=9)
            axes.annotate(str(k) if many else one.written(number), (position(one, number), place), (0, 8), ha="center",
                          textcoords="offset points", fontweight="normal" if many else "bold", fontsize=10)  # fmt: skip
    axes.set_title(f"Levers: ○ {'the front, by number' if many else 'the best plan'}, □ as it is", pad=46)


def _legend(axes: Axes, columns: int) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=columns, frameon=False, borderpad=0.1,
                columnspacing=1.2, handletextpad=0.5)  # fmt: skip
