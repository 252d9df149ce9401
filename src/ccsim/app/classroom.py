"""The lecturer's page: open a class, see who is how far, compare the games that were handed in."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from statistics import fmean
from typing import Any
from urllib.parse import parse_qs

import solara
import solara.lab

from ccsim.app import sketch
from ccsim.app.play import CSS, TURN
from ccsim.app.rooms import ROOMS, HandedIn, Room, as_csv
from ccsim.errors import CcsimError, InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.debrief import best_plan, feasible, nothing, score
from ccsim.game.playing import Game

#: Seconds between two looks at a class.
PAUSE = 2.0
Levels = tuple[tuple[str, float, tuple[str, str]], ...]


@solara.component
def ClassPage() -> None:
    """Open a class, or come back to it with the address that was shown."""
    found = parse_qs((solara.use_router().search or "")[:300].lstrip("?"), max_num_fields=10)
    code, key = (found.get(name, [""])[0][:40] for name in ("class", "key"))
    place = solara.use_reactive((code, key))
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


@solara.component
def Opening(problem: str, opened: Callable[[Room], None]) -> None:
    """Choose what everybody plays, and open the class."""
    seed, said = solara.use_reactive("1"), solara.use_reactive(problem)

    def begin() -> None:
        try:
            if not (seed.value.strip().isascii() and seed.value.strip().isdigit() and len(seed.value.strip()) < 20):
                raise InputError(f"the seed {seed.value[:20]!r} is not accepted; it takes a whole number from 0")
            with TURN:
                opened(ROOMS.open(int(seed.value)))
        except CcsimError as error:
            said.set(str(error))

    solara.HTML(tag="h1", unsafe_innerHTML="Play with a class")
    solara.Text(
        "Everybody plays the same organisation on the same draws, each in an own browser. Finished games that are handed "
        "in appear here side by side. All of it stays in the memory of this computer and is gone when the server stops; "
        "of a player nothing is kept but the game and the name that the player chooses to give.",
        style={"max-width": "75ch", "display": "block"},
    )
    with solara.Div(classes=["gm-row"]):
        solara.InputText("Seed: decides draws and events", value=seed, continuous_update=True)
        solara.Button("Open a class", on_click=begin, color="primary")
    if said.value:
        solara.Text(said.value, classes=["gm-bad"])


@solara.component
def Lesson(room: Room) -> None:
    """A class that is open: its code, progress, and the comparison."""
    version = solara.use_reactive(room.version)
    levels: Any = solara.lab.use_task(lambda: lines_of(room), dependencies=[room.code], raise_error=False)

    Watch(room, version)
    with solara.Div(classes=["gm-row"]):
        solara.HTML(tag="div", unsafe_innerHTML=f'Class code<div class="gm-code">{escape(room.code)}</div>')
        solara.HTML(
            tag="div",
            unsafe_innerHTML="Players open this server's address with "
            f"<code>/play?class={escape(room.code)}</code>, or type the code on the page Play.",
        )
    # Closed, because this page is shown to the class and the key is the lecturer's.
    with solara.Details("How to come back to this page (not for the projector)"):
        solara.Text(f"/class?class={room.code}&key={room.key}")
    Progress(room, version.value)
    rows = room.named()
    if rows:
        Comparison(room, rows, levels.value if levels.finished and levels.value else ())
    else:
        solara.Text("No game is handed in yet. They appear here by themselves.")


@solara.component
def Watch(room: Room, version: solara.Reactive[int]) -> None:
    """Look at the class again and again, as long as the page is open."""

    def watch(cancelled: Any) -> None:
        while not cancelled.wait(PAUSE):
            version.set(room.version)

    solara.use_thread(watch, dependencies=[room.code])


def lines_of(room: Room) -> Levels:
    """Return what doing nothing and the best plan are worth on the class's draws."""
    with TURN:
        like = Game(room.seed, room.scenario)
        none, best = (score(feasible(plan, like)).total for plan in (nothing(like.catalogue), best_plan()))
    return ("Doing nothing", none, sketch.NOTHING), ("Best plan found", best, sketch.BEST)


@solara.component
def Progress(room: Room, version: int) -> None:
    """How many are how far."""
    count, done = len(room.quarters), len(room.games)
    where = list(room.quarters.values())
    slow = f"; the slowest is in quarter {min(where) + 1}" if where and min(where) < catalogue().rules.quarters else ""
    solara.Text(f"{count} playing, {done} handed in{slow}.", style={"font-weight": "600"})


@solara.component
def Comparison(room: Room, rows: list[tuple[str, HandedIn]], levels: Levels) -> None:
    """All games of a class side by side."""
    solara.HTML(
        tag="div", style={"max-width": "980px"},
        unsafe_innerHTML=sketch.dots(
            "Points of all games, on the same draws", [(name, row.score.total) for name, row in rows], levels
        ),
    )  # fmt: skip
    charts = [
        fan("Satisfaction, true", "csat", rows), fan("Satisfaction, reported", "reported_csat", rows),
        fan("Profit (EUR/week)", "profit", rows), fan("Habit (share)", "habit", rows),
    ]  # fmt: skip
    solara.HTML(
        tag="div", classes=["gm-charts", "gm-four"], unsafe_innerHTML="".join(f"<div>{one}</div>" for one in charts)
    )
    solara.HTML(tag="div", classes=["gm-wide"], unsafe_innerHTML=f"<h2>Moves</h2>{moves_table(rows)}")
    solara.HTML(tag="div", classes=["gm-wide"], unsafe_innerHTML=f"<h2>Games</h2>{games_table(rows)}")
    solara.FileDownload(lambda: as_csv(room), f"class-{room.code}.csv", label="Keep the class as a table (CSV)")


def fan(title: str, kpi: str, rows: list[tuple[str, HandedIn]]) -> str:
    """Draw a KPI of all games, with the class's mean."""
    lines = [sketch.Series(name, sketch.YOU, row.kpis[kpi], faint=True) for name, row in rows]
    mean = [fmean(values) for values in zip(*(row.kpis[kpi] for _, row in rows), strict=True)]
    return sketch.chart(title, [*lines, sketch.Series("Mean of the class", sketch.BEST, mean)], (), 420, 210)


def moves_table(rows: list[tuple[str, HandedIn]]) -> str:
    """Return how often each move was made, when first, and the points of games with and without it.

    With and without is no effect: who makes one move makes others too. Each player's debrief tells effects.
    """
    body = []
    for move in catalogue().moves.values():
        first = [
            next((number for number, choice in enumerate(row.choices) if move.name in choice.start), None)
            for _, row in rows
        ]
        made = [row.score.total for (_, row), quarter in zip(rows, first, strict=True) if quarter is not None]
        left = [row.score.total for (_, row), quarter in zip(rows, first, strict=True) if quarter is None]
        if made:
            when = fmean(quarter + 1 for quarter in first if quarter is not None)
            body.append(
                (len(made), f"<tr><td>{escape(move.title)}</td><td>{len(made)} of {len(rows)}</td><td>{when:.1f}</td>"
                 f"<td>{fmean(made):.0f}</td><td>{f'{fmean(left):.0f}' if left else '–'}</td></tr>")
            )  # fmt: skip
    cells = "".join(text for _, text in sorted(body, key=lambda pair: -pair[0]))
    return (
        "<table><tr><th>Move</th><th>Made by</th><th>Mean first quarter</th><th>Mean points with</th>"
        f"<th>without</th></tr>{cells}</table><p>With and without is no effect: who makes one move makes others too. Each "
        "player's own debrief tells what a move was worth.</p>"
    )


def games_table(rows: list[tuple[str, HandedIn]]) -> str:
    """Return the games, best first."""
    criteria = list(rows[0][1].score.values)
    titles = {"profit": "Profit", "csat": "True satisfaction", "active": "Customers", "engagement": "Engagement"}
    head = "".join(f"<th>{escape(titles.get(kpi, kpi.capitalize()))}</th>" for kpi in criteria)
    body = "".join(
        f"<tr><td>{escape(name)}</td><td>{row.score.total:.1f}</td>"
        + "".join(f"<td>{sketch.short(row.score.values[kpi])}</td>" for kpi in criteria)
        + f"<td>{sketch.short(row.surprise)}</td></tr>"
        for name, row in rows
    )
    return f"<table><tr><th>Player</th><th>Points</th>{head}<th>Error of predictions</th></tr>{body}</table>"
