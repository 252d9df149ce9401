"""Explore and Compare: move levers, watch the organisation, and see on the same draws what another way brings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import solara
import solara.lab

from ccsim.app import controls, panels, pictures
from ccsim.app.about import About, Briefing
from ccsim.app.address import settings_of, whole
from ccsim.app.compare import Compare
from ccsim.app.course import COLOURS, Course
from ccsim.app.frame import TABS, Nav
from ccsim.app.laboratory import FEWEST_WEEKS, MOST_SEED, MOST_WEEKS
from ccsim.app.sitting import Sitting
from ccsim.errors import CcsimError, InputError
from ccsim.scenario import load, shipped

#: What is said while the first visitor waits.
FOUNDING = "Founding an organisation, with two years of past … The very first time on a machine, the model is compiled: a minute or more."
#: Frames a second, and the weeks that each frame lives; a busy server draws fewer frames and lives as many weeks.
SPEEDS: dict[str, tuple[float, int]] = {
    "slow": (2.0, 1), "normal": (5.0, 1), "fast": (12.0, 1), "5 weeks a frame": (5.0, 5), "a quarter a frame": (4.0, 13),
}  # fmt: skip
#: Weeks that one frame may catch up at most; seconds for which a frame is waited for, and after which nobody is there.
CATCH_UP, PATIENCE, ABSENCE = 13, 2.0, 10.0


@solara.component_vue("vue/bar.vue")
def Bar(
    when: str, weeks: int, horizon: int, playing: bool, over: bool, founding: bool, pending: int, pinned: bool,
    speed: str, speeds: list[str], scenario: str, scenarios: list[dict[str, str]], seed: str, about: str, problem: str,
    done: str, link: str, event_act: Any = None,
) -> None:  # fmt: skip
    """Show where the run is, and what can be done with it; ``act`` is told ``{"what": …, "value": …}``."""


@solara.component
def ExplorePage() -> None:
    """The page: one sitting, three tabs."""
    search = solara.use_router().search
    wanted = solara.use_memo(lambda: settings_of(search), [])
    sitting: solara.Reactive[Sitting | None] = solara.use_reactive(None)
    problem = solara.use_reactive("; ".join(wanted.problems))
    tab = solara.use_reactive("explore")

    def found(_cancelled: threading.Event) -> None:
        # Founding takes seconds on a busy machine: the page is there at once, and says so.
        try:
            sitting.set(Sitting(wanted))
        except InputError as error:
            problem.set(f"{error}. The page begins with the usual organisation instead.")
            sitting.set(Sitting(settings_of("")))

    solara.use_thread(found, dependencies=[])
    solara.Title("ccsim")
    Nav(tab=tab.value, tabs=[list(row) for row in TABS.items()],
        event_go=lambda name: tab.set(name) if name in TABS else None)  # fmt: skip
    with solara.Div(classes=["ex"]):
        if sitting.value is None:
            solara.HTML(
                tag="p",
                classes=["ex-founding"],
                unsafe_innerHTML="Founding an organisation, with two years of past. The very first time on a machine this takes a minute or more …",
            )
            solara.HTML(tag="p", classes=["ex-bad"], unsafe_innerHTML="")
        else:
            Desk(sitting.value, tab.value, problem)


@solara.component
def Desk(sitting: Sitting, tab: str, problem: solara.Reactive[str]) -> None:
    """Everything that a sitting shows; the run goes on whatever tab is looked at."""
    turn, playing = solara.use_reactive(0), solara.use_reactive(False)
    speed, busy, done = solara.use_reactive("normal"), solara.use_reactive(False), solara.use_reactive("")
    seen = solara.use_memo(threading.Event, [])

    def show() -> None:
        turn.set(turn.peek() + 1)

    def play(cancelled: threading.Event) -> None:
        if playing.value:
            play_on(sitting, playing, speed, show, seen, cancelled)

    solara.use_thread(play, dependencies=[playing.value])

    def trying(deed: Callable[[], None]) -> None:
        try:
            deed()
            problem.set("")
        except CcsimError as error:
            problem.set(str(error))
        show()

    def restart(**other: Any) -> None:
        playing.set(False)
        done.set("")
        busy.set(True)
        try:
            trying(lambda: sitting.again(**other))
        finally:
            busy.set(False)

    def act(message: Any) -> None:
        what, value = _message(message)
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
    _bar(sitting, course, playing.value, speed.value, busy.value, problem.value, act)
    with solara.Div(style={} if tab == "explore" else {"display": "none"}):
        Workplace(
            sitting, course, turn.value, playing.value, lambda key, value: trying(lambda: sitting.put(key, value))
        )
    if tab == "compare":
        Compare(sitting, turn.value, restart, problem)
    elif tab == "about":
        About()


def play_on(
    sitting: Sitting, playing: solara.Reactive[bool], speed: solara.Reactive[str], show: Callable[[], None],
    seen: threading.Event, cancelled: threading.Event,
) -> None:  # fmt: skip
    """Live weeks and draw them, until somebody pauses, starts again, goes away, or the horizon is reached.

    The next frame is lived when the browser says that it has drawn the last one, so that frames never queue before what
    a person does. Where drawing is slow, a frame lives several weeks: what is shed is drawing, not weeks.
    """
    laboratory, owed, last = sitting.laboratory, 0.0, time.perf_counter()

    def going() -> bool:
        return playing.peek() and not cancelled.is_set() and sitting.laboratory is laboratory

    answered = last
    while going():
        frames, weeks = SPEEDS[speed.peek()]
        now = time.perf_counter()
        owed = min(CATCH_UP / weeks, owed + (now - last) * frames)
        last = now
        if owed >= 1.0:
            seen.clear()
            if laboratory.step(int(owed) * weeks, going) >= laboratory.horizon:
                playing.set(False)
            owed -= int(owed)
            show()
            if seen.wait(PATIENCE):
                answered = time.perf_counter()
            elif time.perf_counter() - answered > ABSENCE:
                playing.set(False)
        time.sleep(max(0.005, (1.0 - owed) / frames - (time.perf_counter() - last)))


def _message(message: Any) -> tuple[str, Any]:
    """Take apart what a browser sent; it may be anything."""
    if not isinstance(message, dict):
        return "", None
    return str(message.get("what", ""))[:40], message.get("value")


def _advance(sitting: Sitting, weeks: int, show: Callable[[], None]) -> None:
    sitting.laboratory.step(weeks)
    show()


def _known(name: Any) -> str:
    if name not in shipped("scenarios"):
        raise InputError(f"no scenario is called {str(name)[:60]!r}")
    return str(name)


def _bar(
    sitting: Sitting, course: Course, playing: bool, speed: str, busy: bool, problem: str, act: Callable[[Any], None]
) -> None:
    names = sorted(shipped("scenarios"), key=lambda name: name != "nothing")
    scenarios = [{"name": name, "title": load(name).title} for name in names]
    if sitting.base.name not in names:
        scenarios.append({"name": sitting.base.name, "title": sitting.base.title})
    over = course.weeks >= course.horizon
    Bar(when=when(course.weeks, course.horizon), weeks=course.weeks, horizon=course.horizon, playing=playing, over=over,
        founding=busy, pending=len(sitting.pending()), pinned=sitting.pinned is not None, speed=speed, speeds=list(SPEEDS),
        scenario=sitting.base.name, scenarios=scenarios, seed=str(sitting.seed), about=sitting.base.about,
        problem=problem, done=summary(course, sitting) if over else "",
        link=sitting.link(), event_act=act)  # fmt: skip


def when(weeks: int, horizon: int) -> str:
    """Say how far a run has come."""
    if weeks == 0:
        return f"Before week 1 of {horizon}"
    return f"Week {weeks} of {horizon} · Q{(weeks - 1) // 13 + 1}"


def summary(course: Course, sitting: Sitting) -> str:
    """Say how a run has ended, beside doing nothing."""
    base = sitting.baseline()
    parts = []
    for name in ("csat", "adoption", "npv"):
        mine, theirs = (float(run.drawn(name)[-1]) for run in (course, base))
        parts.append(
            f"{pictures.KPIS[name].title} {pictures.figure(name, mine)} (doing nothing: {pictures.figure(name, theirs)})"
        )
    return f"The run is over. {'; '.join(parts)}. Start again, or compare it with another."


@solara.component
def Workplace(sitting: Sitting, course: Course, turn: int, playing: bool, put: Callable[[str, Any], None]) -> None:
    """Levers, figures, people, lines, and what is told of them."""
    by, ties, chosen = solara.use_reactive("conviction"), solara.use_reactive("of the person"), solara.use_reactive(-1)
    laboratory, baseline = sitting.laboratory, sitting.baseline()
    now = laboratory.people(by.value)

    def take(message: Any) -> None:
        if isinstance(message, dict):
            put(message.get("key"), message.get("value"))  # type: ignore[arg-type]

    def pick(row: Any) -> None:
        if isinstance(row, int) and 0 <= row < len(laboratory.structure.department):
            chosen.set(row)

    Briefing()
    with solara.Div(classes=["ex-main"]):
        with solara.Div(classes=["a-levers"], attributes={"role": "region", "aria-label": "Levers", "tabindex": "0"}):
            controls.Levers(groups=controls.groups(), values=sitting.values(), changed=sitting.changed(),
                            pending=sitting.pending(), turn=turn, event_put=take)  # fmt: skip
        with solara.Div(classes=["a-tiles"]):
            pictures.TilesPicture(tiles=pictures.tiles(course, baseline), weeks=course.weeks)
        with solara.Div(classes=["a-people"]):
            Choice(by, ties)
            pictures.people(laboratory.structure, now, by.value, {"of the person": "one"}.get(ties.value, ties.value),
                            chosen.value, pick)  # fmt: skip
            pictures.CrowdPicture(crowd=now.crowd, won=now.won, lost=now.lost, weeks=course.weeks)
        with solara.Div(classes=["a-lines"]):
            lines = [pictures.line_of(baseline, "doing nothing", pictures.BASELINE)]
            if sitting.pinned:
                lines.append(
                    pictures.line_of(
                        sitting.pinned.course, f"pinned ({sitting.pinned.course.title})", pictures.OTHERS[0]
                    )
                )
            lines.append(pictures.line_of(course, "this run", pictures.MINE))
            pictures.LinesPicture(charts=pictures.charts(pictures.LINES, lines), marks=[list(one) for one in marks(sitting, course)],
                                  horizon=course.horizon)  # fmt: skip
        with solara.Div(classes=["a-more"]):
            with solara.Div():
                panels.Feed(laboratory, turn)
                panels.Log(laboratory, turn)
            panels.Person(laboratory, chosen.value, turn, playing)


def marks(sitting: Sitting, course: Course) -> list[tuple[int, str]]:
    """Return the events of a run as charts mark them."""
    levers = sitting.laboratory.scenario().levers
    return [*([(0, panels.setting(levers))] if levers else []), *course.events]


@solara.component_vue("vue/choice.vue")
def ChoicePicture(by: str, colours: list[dict[str, str]], ties: str, event_choose: Any = None) -> None:
    """Offer by what people are coloured, and whose ties are drawn."""


def Choice(by: solara.Reactive[str], ties: solara.Reactive[str]) -> Any:
    """Show the choice of colours and ties."""

    def choose(message: Any) -> None:
        what, value = _message(message)
        if what == "by" and value in COLOURS:
            by.set(value)
        elif what == "ties" and value in ("none", "of the person", "all"):
            ties.set(value)

    return ChoicePicture(by=by.value, colours=[{"name": name, "label": row[0]} for name, row in COLOURS.items()],
                         ties=ties.value, event_choose=choose)  # fmt: skip
