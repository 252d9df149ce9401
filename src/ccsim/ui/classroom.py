"""The lecturer's page: open a class, see who is how far, let events come, compare the games that were handed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape
from typing import Any

import solara
import solara.lab

from ccsim.errors import CcsimError, InputError, count_noun
from ccsim.game.catalogue import catalogue
from ccsim.game.class_rules import Terms
from ccsim.game.game import Game, events_of
from ccsim.game.save_file import LARGEST
from ccsim.game.tables import class_csv, named
from ccsim.scenarios.scenario import load
from ccsim.ui import gathered
from ccsim.ui.address import taken
from ccsim.ui.file_field import FileField
from ccsim.ui.fold import Details
from ccsim.ui.opening import Opening
from ccsim.ui.play import CSS
from ccsim.ui.ranking import Poller, ranking, ranking_table
from ccsim.ui.rooms import ROOMS, Room
from ccsim.ui.seen import criteria_table
from ccsim.ui.table import TURN

#: The most names with a button that removes them, at a time.
SHOWN = 60


@solara.component
def ClassPage() -> None:
    """Open a class, or come back to it with the address that was shown."""
    search = solara.use_router().search
    wanted = solara.use_memo(lambda: asked(search), [])
    place = solara.use_reactive(wanted[:2])
    solara.Style(CSS)
    with solara.Div(classes=["gm"]):
        problem = wanted[2]
        try:
            room = ROOMS.enter(*place.value) if place.value[0] else None
        except CcsimError as error:
            room, problem = None, "; ".join(part for part in (str(error), problem) if part)
        if room is None:
            Opening(problem, lambda new: place.set((new.code, new.key)))
        else:
            ClassRoom(room, problem if place.value == wanted[:2] else "")


def asked(search: str | None) -> tuple[str, str, str]:
    """Return the class code and the key that an address asks for, and in words what of it cannot be used."""
    found, problems = taken(search, {"class": lambda text: text[:40], "key": lambda text: text[:40]})
    if found.get("key") and not found.get("class"):
        problems.append("key: opens a class only together with its code, as in class=CODE&key=KEY")
    return found.get("class", ""), found.get("key", ""), "; ".join(problems)


@solara.component
def ClassRoom(room: Room, problem: str = "") -> None:
    """A class that is open: its code, progress, and the comparison."""
    version = solara.use_reactive(room.version)
    Poller(room, version)
    solara.HTML(tag="h1", unsafe_innerHTML="Your class")
    solara.Text(problem, classes=["gm-bad"])
    with solara.Div(classes=["gm-row", "gm-top"]):
        solara.HTML(tag="div", unsafe_innerHTML=f'Class code<div class="gm-code">{escape(room.code)}</div>')
        solara.HTML(
            tag="div",
            classes=["gm-how"],
            unsafe_innerHTML="Players open this server's address with "
            f"<code>/play?class={escape(room.code)}</code>, or type the code on the page Play."
            f"<br>Organisation: {escape(load(room.scenario).title)}. Seed {room.seed}. {escape(terms_words(room.terms))}",
        )
    last = catalogue().rules.quarters
    solara.Text(progress(dict(room.quarters), dict(room.games), last), classes=["gm-said"])
    with solara.Div(classes=["gm-tools"]):
        with Details("Who is how far"):
            solara.HTML(tag="div", classes=["gm-wide"], unsafe_innerHTML=who_table(room, last))
        # Closed, because this page is shown to the class and the key is the lecturer's.
        with Details("How to come back to this page (not for the projector)"):
            solara.Text(f"/class?class={room.code}&key={room.key}", classes=["gm-address"])
        with Details("Who counts: remove a game or a name, take only games played here"):
            Admission(room, version.value)
        with Details("Let an event come"):
            Triggers(room, version.value)
        with Details("Add kept games from a folder"):
            Folder(room)
    ClassResults(room, version.value)


@solara.component
def ClassResults(room: Room, version: int) -> None:
    """What was handed in: the ranking if the lecturer shows it, and all games side by side."""

    def levels_of() -> tuple[Game, gathered.Levels]:
        with TURN:
            like = room.new_game()
            return like, gathered.lines_of(like)

    work: Any = solara.lab.use_task(levels_of, dependencies=[room.code, repr(room.terms)], raise_error=False)
    solara.v.Switch(
        label="Show the ranking, here and to everybody who has handed in", v_model=room.ranking, hide_details=True,
        class_="gm-switch", on_v_model=lambda on: ROOMS.show_ranking(room, bool(on)),
    )  # fmt: skip
    rows = named(list(room.games.values()))
    # A place of its own for what comes and goes: without it, what stands below would be made anew, and folded up.
    with solara.Div():
        if room.ranking and rows:
            told = f"<h2>Ranking</h2>{ranking_table(ranking(room.games.values()))}"
            solara.HTML(tag="div", classes=["gm-wide", "gm-ranking"], unsafe_innerHTML=told)
    if not rows:
        solara.Text("No game is handed in yet. They appear here by themselves.")
        return
    # While it is worked out anew, as after an event, the page keeps what it shows.
    like, levels = work.latest or (None, ())
    marks = sorted((at, catalogue().events[name].title) for name, at in coming(room).items())
    solara.HTML(tag="div", unsafe_innerHTML=gathered.comparison(rows, levels, marks))
    with Details("Games, with names and points"):
        solara.HTML(tag="div", classes=["gm-wide"], unsafe_innerHTML=gathered.games_table(rows))
    if like is not None:
        solara.HTML(
            tag="div", unsafe_innerHTML=f"<h2>How points are made</h2>{criteria_table(like)}", classes=["gm-wide"]
        )
        solara.FileDownload(
            lambda: class_csv(list(room.games.values()), like),
            f"class-{room.code}.csv",
            label="Keep the class as a table (CSV)",
        )


def coming(room: Room) -> dict[str, int]:
    """Return which events come in a class, with the quarter, from 0, in which each begins."""
    return events_of(room.seed, catalogue(), room.terms)


def terms_words(terms: Terms) -> str:
    """Say in words what a lecturer has set."""
    parts = ["Predictions are asked for." if terms.predict else ""]
    for names, word in ((terms.locked, "locked"), (terms.hidden, "hidden")):
        parts += [f"{count_noun(len(names), 'move')} {word}."] if names else []
    parts += ["Own weights."] if terms.weights else []
    return " ".join(part for part in parts if part)


@solara.component
def Triggers(room: Room, version: int) -> None:
    """When each event comes, and a button to let it come next, for everybody in the same quarter."""
    said = solara.use_reactive("")

    def trigger(name: str) -> None:
        try:
            quarter = ROOMS.trigger(room, name)
            said.set(f"{catalogue().events[name].title}: comes to everybody in quarter {quarter}.")
        except InputError as error:
            said.set(str(error))

    solara.Text(
        "An event comes to everybody in the same quarter, the first that nobody can have begun, so that games stay "
        "comparable. Not for the projector: this tells what is to come."
    )
    when = coming(room)
    for name, row in catalogue().events.items():
        with solara.Div(classes=["gm-row"]):
            solara.Button(f"{row.title} next", on_click=lambda name=name: trigger(name), outlined=True)
            solara.Text(f"in quarter {when[name] + 1}" if name in when else "does not come")
    if said.value:
        solara.Text(said.value, classes=["gm-said"])


@solara.component
def Admission(room: Room, version: int) -> None:
    """Remove a game or a name, and decide whether games from files count."""
    solara.v.Switch(
        label="Count only games of which this server received every prediction before the quarter was seen",
        v_model=room.here_only, hide_details=True, on_v_model=lambda on: ROOMS.require_here(room, bool(on)),
    )  # fmt: skip
    solara.Text(
        "A file proves that a game gives these figures on these draws, not when its predictions were written. Only what "
        "this server received at the time does."
    )
    for visitor in list(room.quarters)[:SHOWN]:
        with solara.Div(classes=["gm-row"]):
            name = room.names.get(visitor, "") or "(no name)"
            solara.Button(f"Remove {name}", on_click=lambda visitor=visitor: ROOMS.remove(room, visitor), outlined=True)


@solara.component
def Folder(room: Room) -> None:
    """Add finished games from files, for players whose browser or server was lost."""
    said: solara.Reactive[tuple[str, ...]] = solara.use_reactive(())

    def add(name: str, content: bytes) -> None:
        line = f"{name}: added."
        try:
            with TURN:
                ROOMS.add_file(room, content, name)
        except CcsimError as error:
            line = str(error)
        said.set((*said.peek(), line)[-100:])

    # A frame that stays: the field would be made anew, and stop reading, when the first line comes.
    with solara.Div():
        FileField(add, "A folder of kept games", LARGEST, folder=True)
        for line in said.value:
            solara.Text(line, style={"display": "block"})


def progress(quarters: Mapping[str, int], games: Collection[str], last: int) -> str:
    """Say how many are how far; everybody is counted once.

    Args:
        quarters: quarters that each visitor has played.
        games: visitors whose games are handed in.
        last: quarters of a game.
    """
    playing = [played for visitor, played in quarters.items() if played < last and visitor not in games]
    again = sum(1 for visitor, played in quarters.items() if played < last and visitor in games)
    waiting = sum(1 for visitor, played in quarters.items() if played >= last and visitor not in games)
    more = f" {again} {'plays' if again == 1 else 'play'} once more." if again else ""
    if not (playing or waiting or games):
        return "Nobody has joined yet."
    if not playing and not waiting:
        return (f"All {len(games)} have handed in." if len(games) > 1 else "1 has handed in.") + more
    if not playing:
        handed = f"{len(games)} handed in, {waiting} not yet" if games else "nobody has handed in yet"
        return (
            f"All {waiting + len(games)} are at the end: {handed}.{more}"
            if waiting + len(games) > 1
            else "1 at the end, not handed in yet."
        )
    done = f", {waiting} at the end and not handed in yet" if waiting else ""
    return f"{len(playing)} playing (the slowest in quarter {min(playing) + 1}){done}, {len(games)} handed in.{more}"


def who_table(room: Room, last: int) -> str:
    """Return everybody who has joined, with how far, the slowest first."""
    rows = []
    for visitor, played in sorted(dict(room.quarters).items(), key=lambda row: (row[0] in room.games, row[1])):
        where = "at the end" if played >= last else f"in quarter {played + 1}"
        if visitor in room.games:
            where = "handed in" if played >= last else f"handed in; once more {where}"
        rows.append(f"<tr><td>{escape(room.names.get(visitor, '')) or '(no name)'}</td><td>{where}</td></tr>")
    return (
        f'<table class="gm-text"><tr><th>Team or player</th><th>How far</th></tr>{"".join(rows)}</table>'
        if rows
        else "Nobody yet."
    )
