"""The figure of a scenario discovery: where the outcome occurs, and its course over time there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ccsim.analysis.discovery import Discovery
from ccsim.analysis.parameter_space import Dimension
from ccsim.analysis.problem import DIFFERENCE
from ccsim.model.kpis import KPIS
from ccsim.reports.figures.comparison import FAINT, INK, QUIET
from ccsim.reports.figures.layout import DOWN, UP, figure_frame, format_axis, of_study, position, scale_of
from ccsim.results.formatting import money, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Cells of the response surface along each side, and the bandwidth of its smoothing as a share of the range.
CELLS, REACH = 40, 0.1


def regions_figure(result: Discovery) -> Figure:
    """Return the figure: points and box, response surface, trajectories by region, coverage against density."""
    first = result.regions[0] if result.regions else None
    message = " and ".join(first.describe(result.space)) if first else "No region differs significantly from chance."
    text = (
        f"Region 1 holds {share(first.coverage.share)} of the points with the outcome (coverage), and "
        f"{share(first.density.share)} of its points have it (density); of all points, {share(result.base)} have it."
        if first else f"Of all points, {share(result.base)} have the outcome."
    )  # fmt: skip
    with figure_frame(
        f"Where {result.where}", of_study(result.problem), message, text, height=10.6, left=0.11, head=0.75, wspace=0.3, hspace=0.5
    ) as figure:  # fmt: skip
        panels = figure.subplots(2, 2).flat
        across, up = _leading(result)
        _points(panels[0], result, across, up)
        _surface(panels[1], result, across, up)
        _trajectories(panels[2], result)
        _trade(panels[3], result)
    return figure


def _leading(result: Discovery) -> tuple[int, int]:
    """Return the two dimensions to draw: those that the first region restricts most, otherwise those most correlated with the outcome."""
    known = np.isfinite(result.share)
    weights = []
    for number, one in enumerate(result.space):
        column = result.points[known, number]
        with np.errstate(all="ignore"):
            goes = abs(np.corrcoef(column, result.share[known])[0, 1])
        weights.append(float(np.nan_to_num(goes)) + _cut(result, one))
    order = np.argsort(-np.array(weights), kind="stable")
    first, second = int(order[0]), int(order[min(1, len(order) - 1)])
    # Names of choices fit at the side only.
    return (second, first) if result.space[first].choices else (first, second)


def _cut(result: Discovery, one: Dimension) -> float:
    """Return the share of a range that the first region cuts off, plus 1 if it cuts at all."""
    limits = result.regions[0].limits.get(one.key) if result.regions else None
    if limits is None:
        return 0.0
    if one.choices:
        return 2.0 - len(limits) / len(one.choices)
    return 2.0 - (limits[1] - limits[0]) / (one.high - one.low)


def _points(axes: Axes, result: Discovery, across: int, up: int) -> None:
    """Draw the points, filled where they have the outcome, and the regions as boxes."""
    from matplotlib.patches import Rectangle

    jitter = np.random.default_rng(0).uniform(-0.25, 0.25, result.points.shape)
    drawn = result.points + jitter * [one.stepped for one in result.space]
    yes = result.outcome
    for here, colour, mark, label in ((~yes, FAINT, "x", "without the outcome"), (yes, UP, "o", "with the outcome")):
        axes.scatter(drawn[here, across], drawn[here, up], c=colour, marker=mark, s=22, linewidths=1.0, label=label)
    for number, region in enumerate(result.regions, 1):
        box = [_side(result.space[place], region.limits.get(result.space[place].key)) for place in (across, up)]
        (left, right), (foot, head) = box
        edge = "-" if number == 1 else (0, (4, 2))
        axes.add_patch(Rectangle((left, foot), right - left, head - foot, fill=False, edgecolor=INK, linewidth=2.2,
                                 linestyle=edge))  # fmt: skip
        axes.annotate(f"region {number}", (left, head), (5, -5), textcoords="offset points", va="top",
                      fontweight="bold", bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1.5})  # fmt: skip
    _sides(axes, result, across, up)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, frameon=False, borderpad=0, handletextpad=0.2)
    axes.set_title("Points that were run", pad=24)


def _side(one: Dimension, limits: tuple[float, ...] | None) -> tuple[float, float]:
    """Return where a box ends along a dimension."""
    low, high = (one.low, one.high) if limits is None else (min(limits), max(limits))
    return (low - 0.4, high + 0.4) if one.stepped else (low, high)


def _surface(axes: Axes, result: Discovery, across: int, up: int) -> None:
    """Draw the share of runs with the outcome over two dimensions, all others averaged over."""
    known = np.isfinite(result.share)
    place = np.column_stack([position(result.space[k], result.points[known, k]) for k in (across, up)])
    side = np.linspace(0, 1, CELLS)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    reach = np.array([_reach(result.space[k]) for k in (across, up)])
    weights = np.exp(-(((grid[:, :, None, :] - place) / reach) ** 2).sum(axis=-1) / 2)
    heights = (weights * result.share[known]).sum(axis=-1) / np.maximum(weights.sum(axis=-1), 1e-300)
    ends = [_side(result.space[k], None) for k in (across, up)]
    x, y = (np.linspace(*end, CELLS) for end in ends)
    drawn = axes.pcolormesh(x, y, 100 * heights, cmap="Blues", vmin=0, vmax=100, shading="nearest", rasterized=True)
    if heights.min() < result.min_share < heights.max():
        lines = axes.contour(x, y, 100 * heights, levels=[100 * result.min_share], colors=[INK], linewidths=1.6)
        axes.clabel(lines, fmt=lambda value: f"{value:.0f} %")
    bar = axes.figure.colorbar(drawn, ax=axes, pad=0.02)
    bar.set_label("% of runs")
    bar.outline.set_visible(False)
    _sides(axes, result, across, up)
    axes.grid(visible=False)
    axes.set_title("How often the outcome comes about")


def _reach(one: Dimension) -> float:
    """Return the bandwidth of smoothing as a share of the range; 0 between different choices."""
    return 0.25 / max(1, len(one.choices) - 1) if one.choices else REACH


def _sides(axes: Axes, result: Discovery, across: int, up: int) -> None:
    """Label both sides with the parameters, choices by their names."""
    for axis, number in ((axes.xaxis, across), (axes.yaxis, up)):
        one = result.space[number]
        format_axis(axis, axes)
        if one.choices:
            places = range(len(one.choices))
            axis.set_ticks(list(places), [one.written(place) for place in places])
        unit = f" ({money(one.unit)})" if one.unit else ""
        if one.choices and axis is axes.yaxis:  # the names need the space beside them
            axes.annotate(one.key, (0, 1), (-6, 4), xycoords="axes fraction", textcoords="offset points", ha="right")
        else:
            axis.set_label_text(f"{one.key}{unit}")
    axes.set_xlim(*_side(result.space[across], None))
    axes.set_ylim(*_side(result.space[up], None))


def _trajectories(axes: Axes, result: Discovery) -> None:
    """Draw the first KPI that the outcome is about over time: inside the first region, and elsewhere."""
    names = sorted(result.problem.condition(result.where).names, key=result.where.find)
    inside = result.regions[0].holds(result.space, result.points) if result.regions else result.outcome
    where = ("in region 1", "elsewhere") if result.regions else ("with the outcome", "without it")
    wide = result.summaries.pivot_table(index="point", columns="week", values=names[0], aggfunc="mean")
    wide = wide.reindex(range(len(result.points)))
    divide, unit, _ = scale_of(names[0], float(np.nanmax(np.abs(wide.to_numpy()))))
    against = ", difference to the baseline" if names[0].endswith(DIFFERENCE) else ""
    for here, colour, line, label in ((~inside, DOWN, (0, (5, 2)), where[1]), (inside, UP, "-", where[0])):
        if here.any():
            few, middle, many = np.nanquantile(wide[here].to_numpy() / divide, [0.25, 0.5, 0.75], axis=0)
            axes.fill_between(wide.columns, few, many, color=colour, alpha=0.25, linewidth=0)
            axes.plot(wide.columns, middle, color=colour, linestyle=line, linewidth=2.2, label=label)
    format_axis(axes.yaxis, axes)
    axes.set_xlabel("week")
    axes.set_ylabel(unit + against)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, frameon=False, borderpad=0)
    axes.set_title(f"{KPIS[names[0].removesuffix(DIFFERENCE)].title}: median, middle half", pad=24)


def _trade(axes: Axes, result: Discovery) -> None:
    """Draw coverage against density of the successive boxes, and of each region as measured on other points."""
    if len(result.trade):
        axes.plot(100 * result.trade["coverage"], 100 * result.trade["density"], "o-", color=FAINT, markersize=4,
                  label="successive boxes, on the points that made them")  # fmt: skip
    for number, region in enumerate(result.regions, 1):
        x, y = 100 * region.coverage.share, 100 * region.density.share
        reach = [[100 * (here.share - here.low)] for here in (region.coverage, region.density)]
        beyond = [[100 * (here.high - here.share)] for here in (region.coverage, region.density)]
        axes.errorbar(x, y, xerr=[reach[0], beyond[0]], yerr=[reach[1], beyond[1]], fmt="s", color=INK, capsize=3,
                      label="regions, on other points, 95 % intervals" if number == 1 else None)  # fmt: skip
        axes.annotate(
            f"region {number}", (x, y), (-8, -8), ha="right", va="top", textcoords="offset points", fontweight="bold"
        )
    axes.axhline(100 * result.base, color=QUIET, linestyle=(0, (2, 2)), linewidth=1)
    axes.annotate("all points", (0, 100 * result.base), (4, 4), textcoords="offset points", color=QUIET)
    axes.set_xlim(0, 103)
    axes.set_ylim(0, 103)
    axes.grid(axis="both")
    axes.set_xlabel("coverage (% of the points with the outcome)")
    axes.set_ylabel("density (% of the box)")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=1, frameon=False, borderpad=0, labelspacing=0.2)
    axes.set_title("What a larger box costs in density", pad=24 if not result.regions else 42)
