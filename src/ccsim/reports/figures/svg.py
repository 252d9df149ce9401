"""Figures of answers."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ccsim.model.kpis import KPIS
from ccsim.reports.figures.comparison import (
    COLOURS,
    FAINT,
    LINES,
    QUIET,
    SMALL,
    STYLE,
    events_of,
    label_crossings,
    panel,
    scenario_style,
    slide,
    sweep_figure,
    write_title,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from ccsim.analysis.comparison import Comparison
    from ccsim.reports.divergence import Divergence


def spread_figure(result: Divergence) -> Figure:
    """Return how a difference spreads: shares of staff, leaders and customers who differ, over weeks."""
    a, b = result.names
    with slide(1) as (figure, (axes,)):
        for number, name in enumerate(("staff", "leaders", "customers")):
            axes.plot(
                result.spread["week"], 100 * result.spread[name], color=COLOURS[number], linestyle=LINES[number],
                linewidth=2.6, label=name,
            )  # fmt: skip
        lines = [f"Both on the draws of seed {result.seed}, compared bit by bit"]
        for first, label in ((result.cause, "they differ from"), (result.decision, "first decision that differs in")):
            if first is not None:
                axes.axvline(first.week, color=FAINT, linewidth=1.1, linestyle=(0, (2, 2)), zorder=0)
                lines.append(f"{label} week {first.week} ({first.phase})")
        axes.set_xlim(*(result.spread["week"].iloc[[0, -1]] if len(result.spread) > 1 else (0, 1)))
        axes.set_ylim(0, 103)
        axes.set_xlabel("week")
        axes.set_ylabel("% in whom anything that lasts differs")
        axes.legend(frameon=False, loc="center right", handlelength=3.4)
        write_title(figure, f"How the difference between {a} and {b} spreads")
        figure.text(0.045, 0.915, f"{'; '.join(lines)}.", va="top", color=QUIET)
        figure.subplots_adjust(left=0.07, right=0.975, top=0.85, bottom=0.09)
    return figure


def panel_picture(comparison: Comparison, kpi: str) -> bytes:
    """Return one KPI over weeks as SVG, small enough for a phone, without a title and with letters as text."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    names = [name for name in comparison.experiment.main if name in comparison.scenarios]
    with mpl.rc_context({**STYLE, "svg.fonttype": "none"}):
        figure = Figure(figsize=(5.4, 3.3))
        axes = figure.subplots()
        crossings = panel(axes, comparison, KPIS[kpi], names)
        axes.set_title("")
        for week, _ in events_of(comparison, names):
            axes.axvline(week, color=FAINT, linewidth=1.1, linestyle=(0, (2, 2)), zorder=0)
        step = next((step for step in (1, 2, 4, 13, 26, 52, 104, 260) if comparison.experiment.weeks / step <= 7), 520)
        axes.set_xticks(range(0, comparison.experiment.weeks + 1, step))
        axes.set_xlim(0, max(1, comparison.experiment.weeks - 1))
        axes.set_xlabel("week")
        figure.subplots_adjust(left=0.13, right=0.97, top=0.9, bottom=0.16)
        label_crossings(axes, crossings)
        return as_svg(figure)


def swept_picture(comparison: Comparison, kpi: str) -> bytes:
    """Return one KPI at the horizon over the swept lever as SVG, as small as a panel over weeks."""
    import matplotlib as mpl

    figure = sweep_figure(comparison, [kpi])
    assert figure is not None
    with mpl.rc_context({**STYLE, "svg.fonttype": "none"}):
        for text in (*figure.texts, *figure.legends):
            text.remove()
        figure.suptitle("")
        figure.set_size_inches(5.4, 3.3)
        figure.axes[0].set_title("")
        figure.subplots_adjust(left=0.13, right=0.97, top=0.9, bottom=0.16)
        return as_svg(figure)


def response_picture(responses: pd.DataFrame, kpi: str, factors: Sequence[str], names: Mapping[str, str]) -> bytes:
    """Return a KPI at the points of a design over each of some factors as SVG: one dot per point, lines of binned means.

    Args:
        responses: a row per scenario and replicate, with the columns of the design's points.
        kpi: the KPI.
        factors: columns with numbers.
        names: the varied scenarios and their labels.
    """
    import matplotlib as mpl
    import numpy as np
    import pandas as pd
    from matplotlib.figure import Figure

    row = KPIS[kpi]
    means = responses[responses["point"] > 0].groupby(["base", "point"], sort=False)[[kpi, *factors]].mean()
    columns = min(3, len(factors))
    rows = -(-len(factors) // columns)
    with mpl.rc_context({**STYLE, "svg.fonttype": "none"}):
        figure = Figure(figsize=(4.2 * columns, 2.9 * rows + 0.4), layout="constrained")
        panels = list(figure.subplots(rows, columns, squeeze=False, sharey=True).flat)
        for axes, factor in zip(panels, factors, strict=False):
            for number, (name, title) in enumerate(names.items()):
                here = pd.DataFrame(means.loc[name]).sort_values(factor)
                axes.plot(here[factor], here[kpi], ".", color=COLOURS[number % len(COLOURS)], alpha=0.35, markersize=5)
                bins = np.array_split(here[[factor, kpi]].to_numpy(), min(8, max(1, len(here) // 6)))
                middle = np.array([part.mean(axis=0) for part in bins])
                axes.plot(*middle.T, color=COLOURS[number % len(COLOURS)], linewidth=2.1,
                          linestyle=LINES[number % len(LINES)], label=title)  # fmt: skip
            axes.set_xlabel(factor)
        panels[0].set_title(f"{row.title} ({row.unit})")
        for axes in panels[len(factors) :]:
            axes.set_visible(False)
        if len(names) > 1:
            panels[0].legend(frameon=False, fontsize=SMALL)
        return as_svg(figure)


def as_svg(figure: Figure, *, transparent: bool = True) -> bytes:
    """Return a figure as SVG that is the same every time."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "ccsim"}, transparent=transparent)
    return buffer.getvalue()


def as_png(figure: Figure, dpi: float = 130) -> bytes:
    """Return a figure as PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


def swatch(comparison: Comparison, name: str) -> str:
    """Return a short piece of a scenario's line as SVG for a legend."""
    colour, line = scenario_style(comparison, name)
    dashes = "" if line == "-" else f' stroke-dasharray="{" ".join(f"{2.4 * part:.1f}" for part in line[1])}"'
    return (
        '<svg width="42" height="10" viewBox="0 0 42 10" aria-hidden="true" focusable="false">'
        f'<line x1="0" y1="5" x2="42" y2="5" stroke="{colour}" stroke-width="2.6"{dashes}/></svg>'
    )
