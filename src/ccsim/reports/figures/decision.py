"""The figure of a decision: the effect of each option, on average and over the worlds."""

from __future__ import annotations

from collections.abc import Sequence

from ccsim.model.kpis import Kpi
from ccsim.reports.figures.comparison import COLOURS, FAINT, INK, STYLE
from ccsim.reports.figures.svg import as_svg
from ccsim.results.formatting import table_value


def options_picture(rows: Sequence[tuple[str, Sequence[float]]], kpi: Kpi, unit: str) -> bytes:
    """Return the options' differences to the organisation left alone, as SVG.

    Args:
        rows: for each option its title, its mean difference, the ends of the mean's 95 % interval, and the ends of the
            range of 90 % of the worlds.
        kpi: the KPI that ranks the options.
        unit: unit of the KPI in the figure.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    with mpl.rc_context({**STYLE, "axes.grid.axis": "x", "svg.fonttype": "none"}):
        figure = Figure(figsize=(7.2, 0.8 + 0.45 * len(rows)), layout="constrained")
        axes = figure.subplots()
        for place, (_, (mean, low, high, bad, good)) in enumerate(rows):
            axes.plot([bad, good], [place, place], color=COLOURS[1], linewidth=2, solid_capstyle="round")
            axes.plot([low, high], [place, place], color=COLOURS[1], linewidth=7, alpha=0.5, solid_capstyle="butt")
            axes.plot(mean, place, "o", color=INK, markersize=6)
        axes.axvline(0.0, color=FAINT, linewidth=1, zorder=0)
        axes.set_yticks(range(len(rows)), [row[0] for row in rows])
        axes.invert_yaxis()
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: table_value(kpi, value)))
        axes.set_xlabel(f"{kpi.title}, difference to leaving it alone ({unit})")
        return as_svg(figure, transparent=False)
