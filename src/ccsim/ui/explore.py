"""Explore and Compare: move levers, watch the organisation, and see on the same draws what another way brings."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import solara

from ccsim.errors import CcsimError, InputError
from ccsim.scenarios.scenario import list_scenarios, load
from ccsim.ui.about import About
from ccsim.ui.address import settings_of, whole
from ccsim.ui.commands_bar import Commands
from ccsim.ui.compare import Compare
from ccsim.ui.frame import TABS, Nav
from ccsim.ui.laboratory import FEWEST_WEEKS, MOST_SEED, MOST_WEEKS
from ccsim.ui.messages import parts
from ccsim.ui.playing import SPEEDS, Player, play_on
from ccsim.ui.sitting import Session
from ccsim.ui.workplace import Workspace

#: What is said while the first visitor waits.
FOUNDING = "Founding an organisation, with two years of past … The very first time on a machine, the model is compiled: a minute or more."


@solara.component
def ExplorePage() -> None:
    """The page: one sitting, three tabs."""
    search = solara.use_router().search
    wanted = solara.use_memo(lambda: settings_of(search), [])
    sitting: solara.Reactive[Session | None] = solara.use_reactive(None)
    problem = solara.use_reactive("; ".join(wanted.problems))
    tab = solara.use_reactive("explore")

    def found(_cancelled: threading.Event) -> None:
        # Founding takes seconds on a busy machine: the page is there at once, and says so.
        try:
            sitting.set(Session(wanted))
        except InputError as error:
            problem.set(f"{error}. The page begins with the usual organisation instead.")
            sitting.set(Session(settings_of("")))

    solara.use_thread(found, dependencies=[], intrusive_cancel=False)
    solara.Title("ccsim")
    Nav(tab=tab.value, tabs=[list(row) for row in TABS.items()],
        event_go=lambda name: tab.set(name) if name in TABS else None)  # fmt: skip
    with solara.Div(classes=["ex"]):
        if sitting.value is None:
            solara.HTML(tag="p", classes=["ex-founding"], unsafe_innerHTML=FOUNDING)
            solara.HTML(tag="p", classes=["ex-bad"], unsafe_innerHTML="")
        else:
            ExploreView(sitting.value, tab.value, problem)


@solara.component
def ExploreView(sitting: Session, tab: str, problem: solara.Reactive[str]) -> None:
    """Everything that a sitting shows; the run goes on whatever tab is looked at."""
    turn, playing = solara.use_reactive(0), solara.use_reactive(False)
    speed, busy = solara.use_reactive("normal"), solara.use_reactive(False)
    seen = solara.use_memo(threading.Event, [])

    def show() -> None:
        turn.set(turn.peek() + 1)

    def play(cancelled: threading.Event) -> None:
        play_on(sitting, playing, speed, show, seen, cancelled)

    def trying(deed: Callable[[], None]) -> None:
        try:
            deed()
            problem.set("")
        except CcsimError as error:
            problem.set(str(error))
        show()

    def restart(**other: Any) -> None:
        playing.set(False)
        busy.set(True)
        try:
            trying(lambda: sitting.again(**other))
        finally:
            busy.set(False)

    def act(message: Any) -> None:
        what, value = parts(message)
        if what == "seen":
            if value == sitting.laboratory.weeks:
                seen.set()
            return
        deeds: dict[str, Callable[[], None]] = {
            "play": lambda: playing.set(True), "pause": lambda: playing.set(False),
            "step": lambda: _advance(sitting, 13 if value == 13 else 1, show),
            "end": lambda: (playing.set(False), _advance(sitting, MOST_WEEKS, show)),  # type: ignore[dict-item, func-returns-value]
            "again": restart, "defaults": lambda: restart(wanted={}), "pin": lambda: (sitting.pin(), show()),  # type: ignore[dict-item, func-returns-value]
            "speed": lambda: speed.set(value) if value in SPEEDS else None,
            "scenario": lambda: restart(base=load(_known(value)), wanted={}),
            "seed": lambda: restart(seed=whole(str(value), 0, MOST_SEED)),
            "new seed": lambda: restart(seed=sitting.new_seed()),
            "weeks": lambda: restart(weeks=whole(str(value), FEWEST_WEEKS, MOST_WEEKS)),
        }  # fmt: skip
        try:
            deeds.get(what, lambda: None)()
        except CcsimError as error:
            problem.set(str(error))
            show()

    course = sitting.course()
    Commands(sitting, course, turn.value, playing, speed, busy, problem, act)
    Player(playing, play)
    with solara.Div(style={} if tab == "explore" else {"display": "none"}):
        Workspace(sitting, course, turn.value, playing, lambda key, value: trying(lambda: sitting.put(key, value)))
    if tab == "compare":
        Compare(sitting, turn.value, restart, problem)
    elif tab == "about":
        About()


def _advance(sitting: Session, weeks: int, show: Callable[[], None]) -> None:
    sitting.laboratory.step(weeks)
    show()


def _known(name: Any) -> str:
    if name not in list_scenarios("scenarios"):
        raise InputError(f"no scenario is called {str(name)[:60]!r}")
    return str(name)
