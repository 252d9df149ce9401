"""What Explore shows of a run: levers, figures, people, lines, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from ccsim.ui import controls, panels, pictures
from ccsim.ui.about import Briefing
from ccsim.ui.course import COLOURS, RunSnapshot
from ccsim.ui.laboratory import InteractiveRun
from ccsim.ui.messages import parts
from ccsim.ui.sealed import RawPayload
from ccsim.ui.sitting import Session


@solara.component
def Workspace(
    sitting: Session, course: RunSnapshot, turn: int, playing: solara.Reactive[bool], put: Callable[[str, Any], None]
) -> None:
    """Levers, figures, people, lines, and what is told of them: drawn anew at each frame, and its parts when they ask."""
    chosen, answered = solara.use_reactive(-1), solara.use_ref(0)
    laboratory = sitting.laboratory
    still = solara.use_memo(lambda: beside(sitting), [laboratory, sitting.pinned])

    def take(message: Any) -> None:
        answered.current += 1
        if isinstance(message, dict):
            put(message.get("key"), message.get("value"))  # type: ignore[arg-type]

    Briefing()
    with solara.Div(classes=["ex-main"]):
        with solara.Div(classes=["a-levers"], attributes={"role": "region", "aria-label": "Levers", "tabindex": "0"}):
            controls.Levers(groups=RawPayload(controls.groups()), values=RawPayload(sitting.values()), changed=sitting.changed(),
                            pending=sitting.pending(), turn=answered.current, event_put=take)  # fmt: skip
        with solara.Div(classes=["a-tiles"]):
            pictures.TilesPicture(tiles=pictures.tiles(course, sitting.baseline()), weeks=course.weeks)
        with solara.Div(classes=["a-people"]):
            PopulationView(laboratory, turn, chosen)
        with solara.Div(classes=["a-lines"]):
            mine = pictures.series(pictures.line_of(course, "this run", pictures.MINE))
            pictures.LinesPicture(charts=still, moving=RawPayload(mine), marks=RawPayload(marks(sitting, course)),
                                  horizon=course.horizon)  # fmt: skip
        with solara.Div(classes=["a-more"]):
            with solara.Div():
                panels.EffectFeed(laboratory, turn, playing)
                panels.DecisionLog(laboratory, course)
            panels.Person(laboratory, chosen, turn, playing)


@solara.component
def PopulationView(laboratory: InteractiveRun, turn: int, chosen: solara.Reactive[int]) -> None:
    """The organisation and its customers, and by what they are coloured."""
    by, ties = solara.use_reactive("conviction"), solara.use_reactive("of the person")
    now = laboratory.people(by.value)

    def pick(row: Any) -> None:
        if isinstance(row, int) and 0 <= row < len(laboratory.structure.department):
            chosen.set(row)

    Choice(by, ties)
    pictures.people(laboratory.structure, now, by.value, {"of the person": "one"}.get(ties.value, ties.value),
                    chosen.value, pick, laboratory.horizon)  # fmt: skip
    pictures.CrowdPicture(crowd=RawPayload(now.crowd), won=now.won, lost=now.lost, weeks=laboratory.weeks)


def beside(sitting: Session) -> RawPayload:
    """Return the charts with what a run is drawn over: doing nothing, and the pinned run."""
    lines = [pictures.line_of(sitting.baseline(), "doing nothing", pictures.BASELINE)]
    if sitting.pinned:
        pinned = sitting.pinned.course
        lines.append(pictures.line_of(pinned, f"pinned ({pinned.title})", pictures.OTHERS[0]))
    return pictures.charts(pictures.LINES, lines)


def marks(sitting: Session, course: RunSnapshot) -> list[tuple[int, str]]:
    """Return the events of a run as charts mark them."""
    levers = sitting.laboratory.scenario().levers
    return [*([(0, panels.setting(levers))] if levers else []), *course.events]


@solara.component_vue("vue/choice.vue")
def ChoicePicture(by: str, colours: list[dict[str, str]], ties: str, event_choose: Any = None) -> None:
    """Offer by what people are coloured, and whose ties are drawn."""


def Choice(by: solara.Reactive[str], ties: solara.Reactive[str]) -> Any:
    """Show the choice of colours and ties."""

    def choose(message: Any) -> None:
        what, value = parts(message)
        if what == "by" and value in COLOURS:
            by.set(value)
        elif what == "ties" and value in ("none", "of the person", "all"):
            ties.set(value)

    return ChoicePicture(by=by.value, colours=[{"name": name, "label": row[0]} for name, row in COLOURS.items()],
                         ties=ties.value, event_choose=choose)  # fmt: skip
