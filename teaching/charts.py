"""Charts of the course, drawn from numbers.json with Matplotlib."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, GREY, PURPLE = "#0072b2", "#d55e00", "#00735c", "#7a7a7a", "#b8509a"
TITLES = {
    "nothing": "Doing nothing", "announce": "Announce, and nothing else", "top": "All from the top at once",
    "everything": "Everything in quarter 1", "hero": "Free one hero", "bottom": "From the bottom, then rights",
    "surveys": "Reward survey scores", "rights": "Rights, no blame, fewer checks", "best": "Best plan found",
}  # fmt: skip
SIZE = (11.0, 4.9)


def _axes(columns: int = 1) -> tuple[Figure, Any]:
    plt.rcParams.update({"font.size": 16, "axes.spines.top": False, "axes.spines.right": False, "figure.dpi": 160})
    fig, axes = plt.subplots(1, columns, figsize=SIZE, layout="constrained")
    return fig, axes


def points(numbers: dict[str, Any]) -> Figure:
    """Points of each line of play: the mean as a bar, each seed as a dot."""
    fig, ax = _axes()
    rows = sorted(TITLES, key=lambda name: numbers["points"][name]["mean"])
    for place, name in enumerate(rows):
        one = numbers["points"][name]
        ax.barh(place, one["mean"], color=GREY if name == "nothing" else BLUE, alpha=0.85, height=0.62)
        seeds = [value for key, value in one.items() if key.startswith("seed")]
        ax.plot(seeds, [place] * len(seeds), "o", color=ORANGE, markersize=6)
        ax.text(max([one["mean"], *seeds]) + 2, place, f"{one['mean']:.0f}", va="center")
    ax.set_yticks(range(len(rows)), [TITLES[name] for name in rows])
    ax.set_xlabel("points (bar: mean of three seeds; dots: single seeds)")
    return fig


def gap(numbers: dict[str, Any]) -> Figure:
    """Reported and true figures at the end, for satisfaction and for first-contact resolution."""
    fig, axes = _axes(2)
    names = ("nothing", "announce", "surveys", "rights", "best")
    for ax, kpi, title in zip(
        axes, ("csat", "fcr"), ("Satisfaction (of 100)", "First-contact resolution (%)"), strict=True
    ):
        for place, name in enumerate(reversed(names)):
            true, text = numbers["true"][kpi][name], numbers["reported"][kpi][name]
            ax.plot([true, text], [place, place], color=GREY, linewidth=2, zorder=1)
            ax.plot(true, place, "o", color=BLUE, markersize=11, label="true" if place == 0 else None)
            ax.plot(text, place, "D", color=ORANGE, markersize=9, label="reported" if place == 0 else None)
        ax.set_title(title, loc="left", fontsize=17)
        ax.set_yticks(range(len(names)), [TITLES[name] for name in reversed(names)] if ax is axes[0] else [])
        ax.set_ylim(-0.6, len(names) - 0.4)
    fig.legend(*axes[1].get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=2)
    return fig


def _lines(ax: Axes, rows: dict[str, list[float]], label: str) -> None:
    styles = zip(rows.items(), (GREY, BLUE, ORANGE, GREEN), (":", "-", "--", "-."), strict=False)
    for (name, values), colour, dash in styles:
        ax.plot(range(1, len(values) + 1), values, dash, color=colour, linewidth=2.6, label=TITLES[name])
    ax.set(xlabel="quarter", ylabel=label)
    ax.set_xticks(range(1, 13))
    ax.legend(frameon=False, loc="best")


def profit(numbers: dict[str, Any]) -> Figure:
    """Weekly profit by quarter."""
    fig, ax = _axes()
    _lines(
        ax,
        {name: numbers["profit"][name]["quarters"] for name in ("nothing", "rights", "everything", "top")},
        "profit, thousand EUR a week",
    )
    return fig


def habit(numbers: dict[str, Any]) -> Figure:
    """Habit of acting customer-first, by quarter."""
    fig, ax = _axes()
    _lines(
        ax,
        {name: numbers["habit"][name] for name in ("nothing", "rights", "announce", "hero")},
        "habit of acting customer-first (%)",
    )
    return fig


def luck(numbers: dict[str, Any]) -> Figure:
    """Points of one plan and of doing nothing, over twenty other draws."""
    fig, ax = _axes()
    one = numbers["luck"]
    for place, (title, low, high, colour) in enumerate(
        (
            ("Doing nothing", one["nothing-low"], one["nothing-high"], GREY),
            (TITLES["rights"], one["low"], one["high"], BLUE),
        )
    ):
        ax.plot([low, high], [place, place], color=colour, linewidth=16, solid_capstyle="butt")
        ax.text(low - 1, place, f"{low:.0f}", ha="right", va="center")
        ax.text(high + 1, place, f"{high:.0f}", ha="left", va="center")
        ax.text((low + high) / 2, place + 0.22, title, ha="center")
    ax.set(yticks=[], ylim=(-0.5, 1.6), xlabel=f"points on {one['of']} other draws, lowest to highest")
    ax.margins(x=0.12)
    ax.spines["left"].set_visible(False)
    return fig


def direction(numbers: dict[str, Any]) -> Figure:
    """Satisfaction and net present value of the four directions of change."""
    fig, axes = _axes(2)
    names = {"nothing": "Doing nothing", "top-down": "Top-down", "combined": "Combined", "bottom-up": "Bottom-up"}
    for ax, kpi, title in zip(
        axes, ("csat", "npv"), ("Satisfaction (of 100)", "Net present value (thousand EUR)"), strict=True
    ):
        values = [numbers["direction"][name][kpi] for name in names]
        # Dots, not bars: the axis of satisfaction does not begin at zero.
        for place, (value, colour) in enumerate(zip(values, (GREY, ORANGE, GREEN, BLUE), strict=True)):
            ax.plot(value, place, "o", color=colour, markersize=15)
        ax.set_title(title, loc="left", fontsize=17)
        ax.set_yticks(range(4), list(names.values()) if ax is axes[0] else [])
        for place, value in enumerate(values):
            ax.annotate(
                f"{value:,.1f}" if kpi == "csat" else f"{value:,.0f}",
                (value, place),
                xytext=(13, -5),
                textcoords="offset points",
            )
        ax.locator_params(axis="x", nbins=4)
        ax.margins(x=0.3, y=0.18)
        ax.grid(axis="y", color="#e3e8ec")
    return fig


def metrics(numbers: dict[str, Any]) -> Figure:
    """Reported and true first-contact resolution under five scorecards."""
    fig, ax = _axes()
    names = {
        "scorecard-handling-time": "Handling time", "scorecard-silo-cost": "Cost of their own unit",
        "scorecard-resolution": "First-contact resolution", "scorecard-journey": "End-to-end journey",
        "scorecard-interaction-csat": "Survey after the contact",
    }  # fmt: skip
    for place, name in enumerate(reversed(names)):
        true, text = numbers["metrics"][name]["fcr"], numbers["metrics"][name]["reported_fcr"]
        ax.plot([true, text], [place, place], color=GREY, linewidth=2, zorder=1)
        ax.plot(true, place, "o", color=BLUE, markersize=11, label="true" if place == 0 else None)
        ax.plot(text, place, "D", color=ORANGE, markersize=9, label="reported" if place == 0 else None)
    ax.set_yticks(range(len(names)), [names[name] for name in reversed(names)])
    ax.set_xlabel("first-contact resolution (%), by what staff are measured by")
    fig.legend(frameon=False, loc="outside upper right", ncols=2)
    return fig


def bets(numbers: dict[str, Any]) -> Figure:
    """Share of worlds in which each claim of the bet holds, and is reversed."""
    fig, ax = _axes()
    rows = list(reversed(numbers["claims"].items()))
    for place, (_, one) in enumerate(rows):
        ax.barh(place, one["holds"], color=BLUE, height=0.62, label="holds" if place == 0 else None)
        ax.barh(place, -one["reversed"], color=ORANGE, height=0.62, label="reversed" if place == 0 else None)
    ax.axvline(0, color="#333333", linewidth=1)
    ax.set_yticks(
        range(len(rows)),
        [f"{textwrap.fill(one['says'].split(':')[0], 56)}  {name}" for name, one in rows],
        fontsize=11,
        linespacing=0.9,
    )
    ax.set_xlim(-100, 100)
    ax.set_xticks(range(-100, 101, 50), ["100", "50", "0", "50", "100"])
    ax.set_xlabel("share of admitted worlds (%)")
    fig.legend(frameon=False, loc="outside upper right", ncols=2)
    return fig


CHARTS: dict[str, Callable[[dict[str, Any]], Figure]] = {
    "points": points, "gap": gap, "profit": profit, "habit": habit, "luck": luck, "direction": direction,
    "metrics": metrics, "bets": bets,
}  # fmt: skip


def png(figure: Figure) -> bytes:
    """Return a figure as PNG, and close it."""
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor="white")
    plt.close(figure)
    return out.getvalue()
