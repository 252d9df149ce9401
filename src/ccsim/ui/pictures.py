"""The moving parts of the page: people, customers, lines and tiles, drawn in the browser from a few numbers a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import solara

from ccsim.engine.columns import FloatArray
from ccsim.model.kpis import KPIS
from ccsim.reports.formatting import figure, times, unit_of
from ccsim.ui.course import COLOURS, TIPPED, People, RunSnapshot, Structure, latest
from ccsim.ui.sealed import RawPayload, opened

#: KPIs of the tiles and of the lines.
TILES = ("csat", "nps", "fcr", "adoption", "conviction", "engagement", "profit", "npv")
LINES = ("csat", "fcr", "conviction", "adoption", "fatigue", "npv")
#: From low to high, light to dark, so that it reads in grey, too.
SCALE = ("#eef3f8", "#c6d9ea", "#93bbdb", "#5493c4", "#1f68a4", "#083a69")


#: From early to late: other colours, so that a week is not read as a share.
WHEN = ("#3b0f70", "#8c2981", "#c83e73", "#ee6a50", "#fca06a", "#fddc9e")
NOTHING = RawPayload({})


@dataclass(frozen=True)
class Line:
    """A run on the charts: what it is called, its look, its values by KPI, and a band if there is one."""

    name: str
    colour: str
    dash: str
    values: dict[str, FloatArray]
    low: dict[str, FloatArray] | None = None
    high: dict[str, FloatArray] | None = None


#: Looks as in the figures: this run, doing nothing, and others in order.
MINE, BASELINE = ("#d55e00", ""), ("#4d4d4d", "2 3")
OTHERS = (("#0072b2", "8 3"), ("#007a5e", "7 3 2 3"), ("#a04478", "4 2"), ("#7a5c00", "9 3 2 3 2 3"))


@solara.component_vue("vue/people.vue", to_json=opened("structure", "now", "scale", "shades"))
def PeoplePicture(
    structure: RawPayload, now: RawPayload, scale: RawPayload, shades: RawPayload, label: str, unit: str, low: float, high: float, ties: str,
    chosen: int, event_pick: Any = None,
) -> None:  # fmt: skip
    """Draw all people in their departments; ``pick`` is called with the row of the chosen person."""


@solara.component_vue("vue/crowd.vue", to_json=opened("crowd"))
def CrowdPicture(crowd: RawPayload, won: int, lost: int, weeks: int) -> None:
    """Draw customers by segment and satisfaction."""


@solara.component_vue("vue/lines.vue", to_json=opened("charts", "moving", "marks"))
def LinesPicture(
    charts: RawPayload, marks: RawPayload, horizon: int, moving: RawPayload = NOTHING, smoothed: bool = True
) -> None:
    """Draw KPIs over weeks, with events, a reading under the pointer, and a table behind.

    Args:
        charts: from :func:`charts`.
        marks: (week, label) of every event.
        horizon: the week after the last one.
        moving: from :func:`series`, a line that is drawn over the others and changes while they do not.
        smoothed: whether values are means of the last quarter, as the table says.
    """


@solara.component_vue("vue/tiles.vue", to_json=opened("tiles"))
def TilesPicture(tiles: RawPayload, weeks: int) -> None:
    """Draw key figures."""


def people(structure: Structure, now: People, by: str, ties: str, chosen: int, pick: Any, horizon: int) -> Any:
    """Show the organisation; weeks are coloured on a scale from week 0 to the horizon."""
    label, unit, low, high = COLOURS[by]
    return PeoplePicture(
        structure=RawPayload(vars(structure)), now=RawPayload(vars(now)), scale=RawPayload(WHEN if by == TIPPED else SCALE),
        shades=RawPayload(SCALE), label=label, unit=unit, low=low, high=horizon if by == TIPPED else high, ties=ties,
        chosen=chosen, event_pick=pick,
    )  # fmt: skip


def charts(names: Sequence[str], lines: Sequence[Line]) -> RawPayload:
    """Return charts for the page: one for each KPI, with every line in it."""
    drawn = [series(line) for line in lines]
    return RawPayload(
        [{"name": name, "title": KPIS[name].title, "unit": unit_of(name), "meaning": KPIS[name].meaning,
          "series": [row[name] for row in drawn if name in row]} for name in names]
    )  # fmt: skip


def series(line: Line) -> dict[str, dict[str, Any]]:
    """Return a line as plain data, by KPI; of a run without a week, nothing."""
    return {
        name: {"name": line.name, "colour": line.colour, "dash": line.dash, "values": plain(values, name),
               "low": line.low and plain(line.low[name], name), "high": line.high and plain(line.high[name], name)}
        for name, values in line.values.items() if len(values)
    }  # fmt: skip


def line_of(course: RunSnapshot, name: str, look: tuple[str, str]) -> Line:
    """Return a run as a line."""
    return Line(name, *look, {kpi: course.drawn(kpi) for kpi in LINES})


def plain(values: FloatArray, name: str) -> list[float | None]:
    """Return values of a KPI with as many digits as a picture can show, shares in per cent, nan as None."""
    return [None if value != value else float(f"{times(name) * value:.5g}") for value in values.tolist()]


def tiles(course: RunSnapshot, baseline: RunSnapshot | None) -> RawPayload:
    """Return the key figures now, and by how much each differs from doing nothing in the same week."""
    found = []
    for name in TILES:
        kpi = KPIS[name]
        values = course.drawn(name)
        now = float(values[-1]) if len(values) else float("nan")
        lived = baseline is not None and 0 < len(values) <= baseline.weeks
        gap = now - latest(name, baseline.kpis[name][: len(values)]) if baseline and lived else float("nan")
        found.append(
            {"name": name, "title": kpi.title, "unit": unit_of(name), "meaning": f"{kpi.meaning}; {span_of(name)}",
             "shown": figure(name, now), "exact": repr(now), "spark": spark(values), "gap": gap_words(name, gap, now),
             "good": tone(name, gap, now)}
        )  # fmt: skip
    return RawPayload(found)


def span_of(name: str) -> str:
    """Say over which weeks a figure is taken."""
    return "to date" if KPIS[name].aggregation == "last" else "mean of the last 13 weeks"


def slight(gap: float, now: float) -> bool:
    """Whether a difference is too small to speak of."""
    return abs(gap) <= 0.002 * max(abs(now), 1e-9)


def gap_words(name: str, gap: float, now: float) -> str:
    """Say a difference to doing nothing."""
    if gap != gap:
        return "\u00a0"
    if slight(gap, now):
        return "as doing nothing"
    return f"{'▲' if gap > 0 else '▼'} {figure(name, abs(gap))} vs doing nothing"


def tone(name: str, gap: float, now: float) -> str:
    """Say whether a difference is good, bad or neither, for its colour."""
    better = KPIS[name].direction
    if gap != gap or slight(gap, now) or better == "neither":
        return ""
    return "good" if (gap > 0) == (better == "more") else "bad"


def spark(values: FloatArray) -> str:
    """Return a course as the path of a small line, 120 by 24, with no more points than that shows."""
    every = 1 + len(values) // 120
    last = max(1, len(values) - 1)
    known = [(k, v) for k, v in enumerate(values.tolist()) if v == v and (last - k) % every == 0]
    if len(known) < 2:
        return ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    room = (high - low) or 1.0
    return "M" + "L".join(f"{2 + 116 * k / last:.1f} {21 - 18 * (v - low) / room:.1f}" for k, v in known)
