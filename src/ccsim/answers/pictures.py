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
        for parting, label in ((found.cause, "they part"), (found.decision, "first other decision")):
            if parting is not None:
                axes.axvline(parting.week, color=FAINT, linewidth=1.1, linestyle=(0, (2, 2)), zorder=0)
                axes.annotate(f"{label}: week {parting.week}", (parting.week, 0.03 if label == "they part" else 0.1),
                              (5, 0), xycoords=("data", "axes fraction"), textcoords="offset points", color=QUIET)  # fmt: skip
        axes.set_ylim(0, 103)
        axes.set_xlabel("week")
        axes.set_ylabel("% in whom anything that lasts differs")
        axes.legend(frameon=False, loc="center right", handlelength=3.4)
        figure.suptitle(f"How {a} and {b} part", x=0.045, y=0.975, ha="left", va="top", fontsize=18, fontweight="bold")
        figure.text(0.045, 0.915, f"Both on the draws of seed {found.seed}, compared bit by bit.", va="top", color=QUIET)
        figure.subplots_adjust(left=0.07, right=0.975, top=0.85, bottom=0.09)
    return figure
