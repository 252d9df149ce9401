"""Compare: runs side by side on the same draws, what was changed between them, and whether it is more than luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np
import solara

from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.reports.formatting import change, figure, title_of
from ccsim.ui import pictures
from ccsim.ui.exports import Exports
from ccsim.ui.panels import one_setting, setting
from ccsim.ui.replicates import Replicates
from ccsim.ui.sealed import RawPayload
from ccsim.ui.sitting import Session, StoredRun

#: KPIs of the table of runs, of the table of differences, and most runs side by side.
SHORT, FIGURES, MOST = ("csat", "adoption", "npv"), (*pictures.TILES, "churn", "fatigue"), 4


@solara.component_vue("vue/runs.vue")
def RunsPicture(rows: list[dict[str, Any]], kpis: list[str], event_choose: Any = None) -> None:
    """List runs; ``choose`` is told ``{"what": "tick" or "load", "value": number, "on": …}``."""


@solara.component
def Compare(sitting: Session, turn: int, restart: Callable[..., None], problem: solara.Reactive[str]) -> None:
    """The tab."""
    runs = [*sitting.kept, sitting.present()]
    ticked: solara.Reactive[tuple[str, ...]] = solara.use_reactive(())
    titles = [run.course.title for run in runs]
    # Until somebody ticks, the two latest runs.
    wanted = [title for title in titles if title in ticked.value] or titles[-2:]
    chosen = [run for run in runs if run.course.title in wanted and run.course.weeks]

    def choose(message: Any) -> None:
        if not isinstance(message, dict) or message.get("value") not in range(len(runs)):
            return
        run = runs[message["value"]]
        if message.get("what") == "load":
            restart(base=run.base, wanted=dict(run.course.changed), decisions=run.course.decisions,
                    seed=run.course.seed, weeks=run.course.horizon)  # fmt: skip
        elif message.get("on"):
            ticked.set((*wanted, run.course.title)[-MOST:])
        else:
            ticked.set(tuple(title for title in wanted if title != run.course.title))

    solara.HTML(tag="h2", unsafe_innerHTML="Runs of this session")
    RunsPicture(rows=[_row(k, run, wanted, run is runs[-1]) for k, run in enumerate(runs)],
                kpis=[KPIS[name].title for name in SHORT], event_choose=choose)  # fmt: skip
    if chosen:
        OverlayChart(chosen, turn)
        Replicates(chosen)
    else:
        solara.HTML(
            tag="p", unsafe_innerHTML="None of the ticked runs has lived a week yet. Press Play, or To the end."
        )
    Exports(sitting, turn, restart, problem)


def _row(number: int, run: StoredRun, wanted: Sequence[str], present: bool) -> dict[str, Any]:
    course = run.course
    figures = [figure(name, float(course.drawn(name)[-1])) if course.weeks else "–" for name in SHORT]
    return {"number": number, "title": course.title, "chosen": course.title in wanted, "set": said(run), "seed": str(course.seed),
            "weeks": course.weeks, "horizon": course.horizon, "figures": figures, "present": present}  # fmt: skip


def said(run: StoredRun) -> str:
    """Say what was changed in a run, against the scenario that it began with."""
    parts = [setting(run.course.changed)] if run.course.changed else []
    parts += [f"week {one.week}: {setting(one.set)}" for one in run.course.decisions]
    return "; ".join(parts) or "as the scenario"


@solara.component
def OverlayChart(runs: list[StoredRun], turn: int) -> None:
    """Draw runs over each other, their differences, and list what was changed."""
    looks = [pictures.MINE, *pictures.OTHERS]
    lines = [pictures.line_of(run.course, run.course.title, look) for run, look in zip(runs, looks, strict=False)]
    horizon = max(run.course.horizon for run in runs)
    solara.HTML(tag="h2", unsafe_innerHTML="Side by side")
    if len({run.course.seed for run in runs}) > 1:
        solara.HTML(
            tag="p", classes=["ex-bad"], unsafe_innerHTML="The seeds differ: part of what differs below is luck."
        )
    pictures.LinesPicture(charts=pictures.charts(pictures.LINES, lines), marks=RawPayload([]), horizon=horizon)
    if len(runs) > 1:
        first = runs[0]
        gaps = [gap_line(first, run, look) for run, look in zip(runs[1:], looks[1:], strict=False)]
        solara.HTML(tag="section", unsafe_innerHTML=f"<h2>What was changed</h2>{changes_table(runs)}")
        solara.HTML(tag="h2", unsafe_innerHTML=f"Differences to {escape(first.course.title)}")
        solara.HTML(tag="div", unsafe_innerHTML=figures_table(runs))
        pictures.LinesPicture(charts=pictures.charts(pictures.LINES, gaps), marks=RawPayload([]), horizon=horizon)


def gap_line(first: StoredRun, other: StoredRun, look: tuple[str, str]) -> pictures.Line:
    """Return the difference of a run to the first one, over the weeks that both have lived."""
    weeks = min(first.course.weeks, other.course.weeks)
    values = {name: other.course.drawn(name)[:weeks] - first.course.drawn(name)[:weeks] for name in pictures.LINES}
    return pictures.Line(f"{other.course.title} less the first", *look, values)


def changes(first: StoredRun, other: StoredRun) -> list[tuple[str, str, str]]:
    """Return exactly what differs between two runs, as (when and what, in the first, in the other)."""
    rows = [
        (f"from the start: {key}", _value(key, here), _value(key, there))
        for key, here, there in first.scenario.diff(other.scenario)
    ]
    mine, theirs = (
        {(move.week, move.label if move.when else key): value for move in run.scenario.schedule for key, value in move.set.items()}
        for run in (first, other)
    )  # fmt: skip
    for place in sorted({*mine, *theirs}, key=str):
        if mine.get(place) != theirs.get(place):
            week, key = place
            rows.append((f"in week {week}: {key}", _value(key, mine.get(place)), _value(key, theirs.get(place))))
    if first.course.seed != other.course.seed:
        rows.append(("seed", str(first.course.seed), str(other.course.seed)))
    return rows


def _value(key: str, value: Any) -> str:
    if value is None:
        return "not moved"
    return one_setting(key, value).split(" = ")[1] if key in all_parameters() else str(value)


def changes_table(runs: Sequence[StoredRun]) -> str:
    """Return what differs between the first run and each other one, as a table."""
    parts = []
    for other in runs[1:]:
        rows = "".join(
            f"<tr><th scope='row'>{escape(what)}</th><td>{escape(here)}</td><td>{escape(there)}</td></tr>"
            for what, here, there in changes(runs[0], other)
        ) or "<tr><td colspan='3'>nothing</td></tr>"  # fmt: skip
        parts.append(
            f"<div class='ex-wide'><table class='words changes'><thead><tr><td></td><th scope='col'>{escape(runs[0].course.title)}</th>"
            f"<th scope='col'>{escape(other.course.title)}</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )
    return "".join(parts)


def figures_table(runs: Sequence[StoredRun]) -> str:
    """Return KPIs of runs in the last week that all have lived, with differences to the first."""
    week = min(run.course.weeks for run in runs) - 1
    head = "".join(f"<th scope='col'>{escape(run.course.title)}</th>" for run in runs)
    head += "".join(f"<th scope='col'>difference, {escape(run.course.title)}</th>" for run in runs[1:])
    rows = ""
    for name in FIGURES:
        values = np.array([run.course.drawn(name)[week] for run in runs])
        cells = "".join(f"<td>{figure(name, float(value))}</td>" for value in values)
        for value in values[1:]:
            gap = float(value - values[0])
            cells += f"<td class='{pictures.tone(name, gap, float(values[0]))}'>{change(name, gap)}</td>"
        rows += f"<tr><th scope='row'>{title_of(name)}</th>{cells}</tr>"
    return (
        f"<div class='ex-wide'><table class='figures'><caption>In week {week}; means of the last 13 weeks, or sums to date"
        f"</caption><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
