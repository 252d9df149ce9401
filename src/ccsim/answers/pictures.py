"""Figures of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.plots import COLOURS, FAINT, LINES, QUIET, slide

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ccsim.answers.divergence import Divergence


def spread_figure(found: Divergence) -> Figure:
    """Return how a difference spreads: shares of staff, leaders and customers who differ, over weeks."""
    a, b = found.names
    with slide(1) as (figure, (axes,)):
        for number, name in enumerate(("staff", "leaders", "customers")):
            axes.plot(
                found.spread["week"], 100 * found.spread[name], color=COLOURS[number], linestyle=LINES[number],
                linewidth=2.6, label=name,
            )  # fmt: skip
        told = [f"Both on the draws of seed {found.seed}, compared bit by bit"]
        for parting, label in ((found.cause, "they part"), (found.decision, "the first other decision is made")):
            if parting is not None:
                axes.axvline(parting.week, color=FAINT, linewidth=1.1, linestyle=(0, (2, 2)), zorder=0)
                told.append(f"{label} in week {parting.week} ({parting.phase})")
        axes.set_xlim(*(found.spread["week"].iloc[[0, -1]] if len(found.spread) > 1 else (0, 1)))
        axes.set_ylim(0, 103)
        axes.set_xlabel("week")
        axes.set_ylabel("% in whom anything that lasts differs")
        axes.legend(frameon=False, loc="center right", handlelength=3.4)
        figure.suptitle(f"How {a} and {b} part", x=0.045, y=0.975, ha="left", va="top", fontsize=18, fontweight="bold")
        figure.text(0.045, 0.915, f"{'; '.join(told)}.", va="top", color=QUIET)
        figure.subplots_adjust(left=0.07, right=0.975, top=0.85, bottom=0.09)
    return figure
