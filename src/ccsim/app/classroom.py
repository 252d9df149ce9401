"""The lecturer's page: open a class, see who is how far, let events come, compare the games that were handed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs

import solara
import solara.lab

from ccsim.app import gathered
from ccsim.app.file_field import FileField
from ccsim.app.fold import Fold
from ccsim.app.opening import Opening
from ccsim.app.play import CSS
from ccsim.app.rooms import ROOMS, Room
from ccsim.app.seen import criteria_table
from ccsim.app.table import TURN
from ccsim.errors import CcsimError, InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.playing import Game, events_of
from ccsim.game.saved import LARGEST
from ccsim.game.tables import class_csv, named
from ccsim.game.terms import Terms
from ccsim.scenario import load

#: Seconds between two looks at a class.
PAUSE = 2.0


@solara.component
def ClassPage() -> None:
    """Open a class, or come back to it with the address that was shown."""
    place = solara.use_reactive(asked(solara.use_router().search))
    solara.Style(CSS)
    with solara.Div(classes=["gm"]):
        try:
            room = ROOMS.enter(*place.value) if place.value[0] else None
            problem = ""
        except CcsimError as error:
            room, problem = None, str(error)
        if room is None:
            Opening(problem, lambda new: place.set((new.code, new.key)))
        else:
            Lesson(room)


def asked(search: str | None) -> tuple[str, str]:
    """Return the class code and the key that an address asks for; whatever else stands there is left out."""
    found = parse_qs((search or "")[:300].lstrip("?"))
    code, key = (found.get(name, [""])[0][:40] for name in ("class", "key"))
    return code, key


@solara.component
def Lesson(room: Room) -> None:
    """A class that is open: its code, progress, and the comparison."""
    version = solara.use_reactive(room.version)

    def levels_of() -> tuple[Game, gathered.Levels]:
        with TURN:
            like = room.new_game()
            return like, gathered.lines_of(like)

    work: Any = solara.lab.use_task(levels_of, dependencies=[room.code, repr(room.terms)], raise_error=False)
    Watch(room, version)
    solara.HTML(tag="h1", unsafe_innerHTML="Your class")
    with solara.Div(classes=["gm-row"]):
        solara.HTML(tag="div", unsafe_innerHTML=f'Class code<div class="gm-code">{escape(room.code)}</div>')
        solara.HTML(
            tag="div",
            unsafe_innerHTML="Players open this server's address with "
            f"<code>/play?class={escape(room.code)}</code>, or type the code on the page Play."
            f"<br>{escape(load(room.scenario).title)}, seed {room.seed}. {escape(terms_words(room.terms))}",
        )
    # Closed, because this page is shown to the class and the key is the lecturer's.
    with Fold("How to come back to this page (not for the projector)"):
        solara.Text(f"/class?class={room.code}&key={room.key}")
    with Fold("Let an event come"):
        Triggers(room, version.value)
    with Fold("Add kept games from a folder"):
        Folder(room)
    Progress(room, version.value)
    rows = named(list(room.games.values()))
    if not rows:
        solara.Text("No game is handed in yet. They appear here by themselves.")
        return
    like, levels = work.value if work.finished and work.value else (None, ())
    marks = sorted((at, catalogue().events[name].title) for name, at in coming(room).items())
    solara.HTML(tag="div", unsafe_innerHTML=gathered.comparison(rows, levels, marks))
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
        parts += [f"{len(names)} move{'s' if len(names) > 1 else ''} {word}."] if names else []
    parts += ["Own weights."] if terms.weights else []
    return " ".join(part for part in parts if part)


@solara.component
def Watch(room: Room, version: solara.Reactive[int]) -> None:
    """Look at the class again and again, as long as the page is open."""

    def watch(cancelled: Any) -> None:
        while not cancelled.wait(PAUSE):
            version.set(room.version)

    solara.use_thread(watch, dependencies=[room.code])


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


@solara.component
def Progress(room: Room, version: int) -> None:
    """How many are how far."""
    said = progress(room.quarters, room.games, catalogue().rules.quarters)
    solara.Text(said, style={"font-weight": "600"})


def progress(quarters: Mapping[str, int], games: Collection[str], last: int) -> str:
    """Say how many are how far.

    Args:
        quarters: quarters that each visitor has played.
        games: visitors whose games are handed in; who plays once more is counted as playing, too.
        last: quarters of a game.
    """
    playing = [played for played in quarters.values() if played < last]
    waiting = sum(1 for visitor, played in quarters.items() if played >= last and visitor not in games)
    if games and not playing and not waiting:
        return f"All {len(games)} handed in." if len(games) > 1 else "1 handed in."
    slow = f" (the slowest is in quarter {min(playing) + 1})" if playing else ""
    done = f", {waiting} at the end but not handed in" if waiting else ""
    return f"{len(playing)} playing{slow}{done}, {len(games)} handed in."
