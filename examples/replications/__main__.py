"""The published models that ccsim rebuilds: published numbers beside ours, and a figure of each.

    python -m examples.replications --out build/replications --runs 1000

Prints the tables in Markdown (docs/replications.md shows them) and, with --out, draws the figures into that folder.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from examples.replications import lending_centre, mutual_learning, published, service_erosion
from examples.replications.tipping import contagion, conventions, naming_game, thresholds

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Row = Sequence[Any]
INK, FAINT = "#222222", "#8a8a8a"
#: Colours of Okabe & Ito (2008), told apart by colour-blind readers, each with a line style of its own.
STYLES: tuple[tuple[str, Any], ...] = (
    ("#4d4d4d", (0, (1, 1.2))),
    ("#d55e00", "-"),
    ("#0072b2", (0, (6, 1.5))),
    ("#009e73", (0, (5, 1.5, 1, 1.5))),
)
LOOK = {
    "font.size": 11, "axes.titlesize": 12.5, "axes.titleweight": "bold", "axes.edgecolor": FAINT, "text.color": INK,
    "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "grid.color": "#e6e6e6", "axes.axisbelow": True,
    "legend.title_fontsize": 11,
}  # fmt: skip
SHORT, LONG = 45, 100  #: rounds after which the conventions are looked at


def table(title: str, head: Row, rows: Sequence[Row]) -> str:
    """Return a Markdown table under a heading: the first column words, the others numbers."""
    lines = [f"## {title}", "", "| " + " | ".join(map(str, head)) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    lines += [
        "| " + " | ".join(cell if isinstance(cell, str) else f"{cell:.5g}" for cell in row) + " |" for row in rows
    ]
    return "\n".join(lines) + "\n\n"


def spread(values: np.ndarray) -> str:
    """Return a mean with its standard error."""
    return f"{values.mean():.4f} ± {values.std(ddof=1) / len(values) ** 0.5:.4f}"


def knowledge(runs: int, **changes: Any) -> np.ndarray:
    """Return knowledge at equilibrium by socialisation rate and run."""
    return np.array(
        [
            mutual_learning.equilibria({"socialisation": speed, **changes}, runs=runs, seed=1 + k, longest=1_000)
            for k, speed in enumerate(published.SOCIALISATION)
        ]
    )


def march_table(found: dict[float, np.ndarray]) -> str:
    """Return March's 27 equilibria: published and ours."""
    rows = []
    for rate, row in published.KNOWLEDGE.items():
        rows.append([f"p2 = {rate}, published", *(f"{one:.4f}" for one in row)])
        rows.append([f"p2 = {rate}, ours", *(f"{one.mean():.4f}" for one in found[rate])])
        rows.append(["standard error", *(f"{one.std() / len(one) ** 0.5:.4f}" for one in found[rate])])
    return table("March 1991: knowledge at equilibrium, by p1", ["p1", *map(str, published.SOCIALISATION)], rows)


def readings_table(runs: int) -> str:
    """Return what the wrong readings of the paper give."""
    rows = []
    for reading, expected in published.WRONG_READINGS.items():
        for speed, value in zip((0.1, 0.5, 0.9), expected, strict=True):
            ours = mutual_learning.equilibria({"socialisation": speed, "reading": reading}, runs=runs, longest=500)
            right = published.KNOWLEDGE[0.5][published.SOCIALISATION.index(speed)]
            rows.append([f"{reading}, p1 = {speed}", right, value, spread(ours)])
    return table("March 1991: readings that are wrong (p2 = 0.5)", ["reading", "published", "expected", "ours"], rows)


def erosion_rows() -> Iterator[Row]:
    """Yield the numbers of both forms of Oliva & Sterman 2001: expected and ours."""
    weeks = service_erosion.run(service_erosion.step(0.1))
    yield "reduced form, +10 % orders: hours given in week 10", published.TIME_GIVEN_IN_WEEK_10, weeks.given[10]
    for week, standard in published.STANDARD_IN_WEEK.items():
        yield f"reduced form, +10 % orders: standard in week {week}", standard, weeks.standard[week]
    steady, busy = lending_centre.run(), lending_centre.run(lending_centre.peak(0.1))
    symmetric = lending_centre.run(lending_centre.peak(0.1), changes={"rising": 18.7321})
    first = lending_centre.FIRST_WEEK
    yield "full model, steady: hours given in week 60", published.CENTRE_GIVEN_IN_WEEK_60, steady.given[60 - first]
    for week, (standard, staff) in published.CENTRE_STEADY.items():
        yield f"full model, steady: standard in week {week}", standard, steady.standard[week - first]
        yield f"full model, steady: staff in week {week}", staff, steady.staff[week - first]
    yield "full model, ten weeks of +10 %: standard in week 300", published.CENTRE_AFTER_PEAK[0], busy.standard[-1]
    yield "full model, ten weeks of +10 %: staff in week 300", published.CENTRE_AFTER_PEAK[1], busy.staff[-1]
    for week, standard in published.CENTRE_SYMMETRIC.items():
        yield f"the same, standards rise as they fall: week {week}", standard, symmetric.standard[week - first]


def tipping_rows(runs: int) -> Iterator[Row]:
    """Yield the numbers of the tipping models: expected and ours."""
    yield "naming game: committed share that tips all", published.CRITICAL_COMMITTED, naming_game.critical_share(1e-6)
    for committed, stays in published.OLD_OPINION.items():
        yield f"naming game, {committed:.2%} committed: old opinion stays", stays, naming_game.remaining(committed)
    for committed, (short, long) in published.CONVENTION_ADOPTED.items():
        adopted = conventions.histories({"committed": committed}, rounds=LONG, runs=runs)
        yield f"conventions, {committed} of 24 committed: {SHORT} rounds", short, spread(adopted[:, SHORT - 1])
        yield f"conventions, {committed} of 24 committed: {LONG} rounds", long, spread(adopted[:, LONG - 1])
    stopped = thresholds.ladder()
    stopped[1] = 2
    yield "thresholds 0 to 99: who joins", 100, float(thresholds.run(thresholds.ladder())[-1])
    yield "the 1 changed to a 2: who joins", 1, float(thresholds.run(stopped)[-1])
    for deviation, joined in published.JOINED.items():
        yield f"thresholds, deviation {deviation}: share that joins", joined, thresholds.resting_share(deviation)
    yield "thresholds: deviation at the jump", published.CRITICAL_DEVIATION, f"{thresholds.critical_deviation():.5f}"
    for alone, sign in ((0.0, "above 0"), (0.1, "below 0")):
        yield f"contagion, chance alone {alone}: lead of clustered ties after 20 weeks", sign, spread(lead(alone, runs))


def lead(alone: float, runs: int) -> np.ndarray:
    """Return, run by run, adoption after 20 weeks on the clustered network less that on the random one."""
    values = [contagion.histories({"alone": alone, "rewired": r}, runs=min(runs, 100))[:, -1] for r in (0.0, 1.0)]
    return values[0] - values[1]


def panel(axes: Axes, title: str, x: str, y: str) -> None:
    """Name a panel and its axes."""
    axes.set_title(title, loc="left", pad=10)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def line(axes: Axes, style: int, x: Any, y: Any, words: str, **options: Any) -> None:
    """Draw a line in one of the house's styles, told apart without colour."""
    colour, dashes = STYLES[style]
    axes.plot(x, y, color=colour, linestyle=dashes, linewidth=2.0, label=words, **options)


def draw_knowledge(axes: Axes, found: dict[float, np.ndarray]) -> None:
    """Draw March's figure 1, the published values as rings."""
    for style, (rate, known) in zip((2, 1, 3), found.items(), strict=True):
        line(axes, style, published.SOCIALISATION, known.mean(axis=1), f"p2 = {rate}")
        axes.plot(
            published.SOCIALISATION,
            published.KNOWLEDGE[rate],
            "o",
            markersize=7,
            fillstyle="none",
            color=STYLES[style][0],
        )
    panel(axes, "Slow socialisation knows most", "socialisation p1", "knowledge of the code at equilibrium")
    axes.plot([], [], "o", markersize=7, fillstyle="none", color=INK, label="published")
    axes.legend(title="code learning", frameon=False, alignment="left")


def draw_turnover(axes: Axes, runs: int) -> None:
    """Draw knowledge after 20 periods over turnover, for slow and fast socialisation."""
    rates = np.linspace(0.0, 0.5, 11)
    for style, speed in ((2, 0.1), (1, 0.9)):
        ends = [
            mutual_learning.histories({"socialisation": speed, "turnover": rate}, periods=20, runs=runs)[:, -1].mean()
            for rate in rates
        ]
        line(axes, style, rates, ends, f"p1 = {speed}")
    panel(axes, "Fast socialisation needs turnover", "turnover p3", "knowledge of the code after 20 periods")
    axes.legend(title="socialisation", frameon=False, alignment="left")


def draw_turbulence(axes: Axes, runs: int) -> None:
    """Draw knowledge over time in a world that turns, with and without turnover."""
    for style, rate in ((1, 0.1), (2, 0.02), (0, 0.0)):
        values = {"socialisation": 0.5, "turbulence": 0.02, "turnover": rate}
        known = mutual_learning.histories(values, periods=150, runs=runs).mean(axis=0)
        line(axes, style, np.arange(151), known, f"p3 = {rate:g}")
    panel(axes, "Turnover withstands turbulence", "period", "knowledge of the code")
    axes.legend(title="turnover", frameon=False, alignment="left")


def draw_reduced(axes: Axes) -> None:
    """Draw the standard under a busy spell, a quiet one, and ups and downs around the same mean."""
    capacity = 2000 * service_erosion.OLIVA_STERMAN_2001["standard"]
    for style, words, orders in (
        (0, "ten weeks of −10 %", service_erosion.pulse(-0.1)),
        (1, "ten weeks of +10 %", service_erosion.pulse(0.1)),
        (2, "+10 % and −10 % in turn", service_erosion.seesaw(0.1)),
    ):
        line(axes, style, np.arange(len(orders)), service_erosion.run(orders, capacity).standard, words)
    panel(axes, "Reduced form: down, and not up again", "week", "standard, hours per order")
    axes.legend(title="orders", frameon=False, alignment="left", loc="lower left")


def draw_centre(axes: Axes, measure: str, title: str, words: str) -> None:
    """Draw one measure of the full model: steady, after a peak, after a lull, and in noise."""
    for seed in range(8):
        weeks = lending_centre.run(*lending_centre.noise(seed))
        axes.plot(weeks.week, getattr(weeks, measure), color="#c8c8c8", linewidth=1.0, zorder=1)
    axes.plot([], [], color="#c8c8c8", linewidth=1.0, label="noise (8 runs)")
    for style, name, height in ((0, "steady", 0.0), (2, "ten weeks of −10 %", -0.1), (1, "ten weeks of +10 %", 0.1)):
        weeks = lending_centre.run(lending_centre.peak(height))
        line(axes, style, weeks.week, getattr(weeks, measure), name, zorder=2)
    panel(axes, title, "week", words)


def draw_naming(axes: Axes) -> None:
    """Draw what is left of the old opinion over the committed share: mean field, and people after 300 sweeps."""
    shares = np.concatenate([np.linspace(0.0, 0.0975, 40), [0.0979, 0.098, 0.15]])
    line(axes, 1, shares, [naming_game.remaining(share) for share in shares], "infinitely many people")
    for share in (0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14):
        for seed in range(5):
            left = naming_game.run({"committed": share}, sweeps=300, seed=seed)[0].old[-1]
            axes.plot(share, left, "o", color=STYLES[2][0], markersize=6, fillstyle="none")
    axes.plot([], [], "o", color=STYLES[2][0], markersize=6, fillstyle="none", label="300 people, 5 runs each")
    panel(axes, "Naming game: a tenth turns everybody", "share committed", "share left with the old opinion")
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.legend(frameon=False, alignment="left", loc="lower left")


def draw_conventions(axes: Axes) -> None:
    """Draw adoption over the number of committed people, for three lengths of memory."""
    for style, memory in ((2, 6), (1, 12), (3, 24)):
        ends = [
            conventions.histories({"committed": n, "memory": memory}, rounds=LONG, runs=100)[:, -1].mean()
            for n in range(13)
        ]
        line(axes, style, np.arange(13) / 24, ends, f"{memory} meetings")
    axes.axvline(0.25, color=FAINT, linewidth=1.2, zorder=0, label="published")
    panel(axes, "Conventions: long memories need more", "share committed", "share of the others who adopt")
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.legend(title="memory", frameon=False, alignment="left", loc="center right")


def draw_thresholds(axes: Axes) -> None:
    """Draw who joins over the spread of readiness: exactly, and in crowds of 2,000."""
    critical = thresholds.critical_deviation()
    deviations = np.concatenate([np.linspace(0.05, critical - 1e-6, 60), np.linspace(critical + 1e-6, 0.2, 30)])
    line(axes, 1, deviations, [thresholds.resting_share(one) for one in deviations], "infinitely many people")
    for deviation in np.linspace(0.06, 0.19, 14):
        for seed in range(5):
            joined = thresholds.run(thresholds.normal_crowd(2_000, deviation=deviation, seed=seed))[-1] / 2_000
            axes.plot(deviation, joined, "o", color=STYLES[2][0], markersize=6, fillstyle="none")
    axes.plot([], [], "o", color=STYLES[2][0], markersize=6, fillstyle="none", label="2,000 people, 5 runs each")
    panel(axes, "Thresholds: same mean, other spread", "standard deviation of readiness", "share that joins")
    axes.legend(frameon=False, alignment="left", loc="center left")


def draw_contagion(axes: Axes) -> None:
    """Draw adoption after 20 weeks over the chance to follow a single adopter, on both networks."""
    chances = np.linspace(0.0, 0.15, 16)
    for style, words, rewired in ((2, "clustered ties", 0.0), (1, "random ties", 1.0)):
        ends = [contagion.histories({"alone": one, "rewired": rewired}, runs=30)[:, -1].mean() for one in chances]
        line(axes, style, chances, ends, words)
    panel(
        axes, "Contagion: long ties need some noise", "weekly chance to follow one adopter", "adopters after 20 weeks"
    )
    axes.legend(frameon=False, alignment="left", loc="lower right")


def draw_all(folder: Path, found: dict[float, np.ndarray], runs: int) -> Iterator[Path]:
    """Draw a figure of each classic into the folder; yields the files."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(LOOK):
        march, erosion = (Figure(figsize=(13.33, 4.9), layout="constrained") for _ in range(2))
        left, middle, right = march.subplots(1, 3)
        draw_knowledge(left, found)
        draw_turnover(middle, runs)
        draw_turbulence(right, runs)
        left, middle, right = erosion.subplots(1, 3)
        draw_reduced(left)
        draw_centre(middle, "standard", "Full model: each surprise leaves a scar", "standard, hours per order")
        draw_centre(right, "staff", "Staff is cut to the eroded standard", "staff")
        middle.legend(title="orders, weeks 104 to 113", frameon=False, alignment="left", loc="lower left")
        tipping = Figure(figsize=(13.33, 9.2), layout="constrained")
        panels = tipping.subplots(2, 2).flat
        for draw, axes in zip((draw_naming, draw_conventions, draw_thresholds, draw_contagion), panels, strict=True):
            draw(axes)
            axes.yaxis.set_major_formatter("{x:.0%}")
            axes.set_ylim(-0.03, 1.03)
        for name, figure in (("mutual-learning", march), ("service-erosion", erosion), ("tipping", tipping)):
            figure.get_layout_engine().set(wspace=0.09, hspace=0.1)
            figure.savefig(folder / f"{name}.png", dpi=110)
            yield folder / f"{name}.png"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables and, if asked, draw the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for the figures (default: none are drawn)")
    parser.add_argument("--runs", type=int, default=1_000, help="runs of each cell (default 1,000: half a minute)")
    given = parser.parse_args(arguments)
    found = {rate: knowledge(given.runs, learning=rate) for rate in published.KNOWLEDGE}
    sys.stdout.write(march_table(found) + readings_table(given.runs))
    sys.stdout.write(table("Oliva & Sterman 2001", ["", "expected", "ours"], list(erosion_rows())))
    sys.stdout.write(table("Tipping", ["", "expected", "ours"], list(tipping_rows(min(given.runs, 300)))))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        for path in draw_all(given.out, found, given.runs):
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
