"""The bar over a run: how far it has come, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import solara

from ccsim.reports.formatting import figure
from ccsim.scenarios.scenario import list_scenarios, load
from ccsim.ui import pictures
from ccsim.ui.course import RunSnapshot
from ccsim.ui.playing import SPEEDS
from ccsim.ui.sealed import RawPayload, opened
from ccsim.ui.sitting import Session


@solara.component_vue("vue/bar.vue", to_json=opened("scenarios"))
def Toolbar(
    when: str, weeks: int, horizon: int, playing: bool, over: bool, founding: bool, pending: int, pinned: bool,
    speed: str, speeds: list[str], scenario: str, scenarios: RawPayload, seed: str, about: str, problem: str,
    done: str, link: str, event_act: Any = None,
) -> None:  # fmt: skip
    """Show where the run is, and what can be done with it; ``act`` is told ``{"what": …, "value": …}``."""


@cache
def titles() -> dict[str, str]:
    """Return the titles of the scenarios that are shipped, doing nothing first."""
    return {name: load(name).title for name in sorted(list_scenarios("scenarios"), key=lambda name: name != "nothing")}


@solara.component
def Commands(
    sitting: Session, course: RunSnapshot, turn: int, playing: solara.Reactive[bool], speed: solara.Reactive[str],
    busy: solara.Reactive[bool], problem: solara.Reactive[str], act: Callable[[Any], None],
) -> None:  # fmt: skip
    """The bar over a run; a pause draws this anew, and not the page."""
    scenarios = [
        {"name": name, "title": title} for name, title in (titles() | {sitting.base.name: sitting.base.title}).items()
    ]
    over = course.weeks >= course.horizon
    Toolbar(when=when(course.weeks, course.horizon), weeks=course.weeks, horizon=course.horizon, playing=playing.value, over=over,
        founding=busy.value, pending=len(sitting.pending()), pinned=sitting.pinned is not None, speed=speed.value, speeds=list(SPEEDS),
        scenario=sitting.base.name, scenarios=RawPayload(scenarios), seed=str(sitting.seed), about=sitting.base.about,
        problem=problem.value, done=summary(course, sitting) if over else "",
        link=sitting.link(), event_act=act)  # fmt: skip


def when(weeks: int, horizon: int) -> str:
    """Say how far a run has come."""
    if weeks == 0:
        return f"Before week 1 of {horizon}"
    return f"Week {weeks} of {horizon} · Q{(weeks - 1) // 13 + 1}"


def summary(course: RunSnapshot, sitting: Session) -> str:
    """Say how a run has ended, beside doing nothing."""
    base, told = sitting.baseline(), []
    for name in ("csat", "adoption", "npv"):
        mine, theirs = (figure(name, float(run.drawn(name)[-1])) for run in (course, base))
        told.append(f"{pictures.KPIS[name].title.lower()} {mine} ({theirs})")
    return f"The run is over; in brackets, doing nothing: {', '.join(told)}."
