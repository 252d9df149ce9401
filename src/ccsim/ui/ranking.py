"""Who is where in a class: games in the order of their points, those of one name together as a team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from statistics import fmean
from typing import Any

import solara

from ccsim.errors import InputError
from ccsim.game.tables import Result, named
from ccsim.reports.formatting import minus
from ccsim.ui.rooms import LONGEST_NAME, PAUSE, ROOMS, Room


@dataclass(frozen=True)
class Rank:
    """A team or a player.

    Attributes:
        place: from 1; who has the same points, as written, has the same place.
        name: as first written.
        games: how many games were handed in under the name.
        points: their mean.
    """

    place: int
    name: str
    games: int
    points: float


def ranking(rows: Iterable[Result]) -> list[Rank]:
    """Return who is where, best first; a game without a name stands for itself."""
    teams: dict[str, list[tuple[str, float]]] = {}
    for shown, row in named(list(rows)):
        teams.setdefault(team_of(row.name) or f"\n{shown}", []).append((shown, row.score.total))
    means = [(round(fmean(points for _, points in team), 1), team) for team in teams.values()]
    return [
        Rank(1 + sum(other > mean for other, _ in means), team[0][0], len(team), mean)
        for mean, team in sorted(means, key=lambda row: -row[0])
    ]


def team_of(name: str) -> str:
    """Return what makes two names the same."""
    return " ".join(name.split()).casefold()


def ranking_table(ranks: list[Rank], mine: str = "") -> str:
    """Return the ranking as a table; the row of ``mine`` is marked."""
    teams = any(row.games > 1 for row in ranks)
    body = ""
    for row in ranks:
        mark = ' class="mine"' if mine and team_of(row.name) == team_of(mine) else ""
        games = f"<td>{row.games}</td>" if teams else ""
        points = minus(f"{row.points:.1f}")
        body += f"<tr{mark}><td>{row.place}</td><td>{escape(row.name)}</td><td>{points}</td>{games}</tr>"
    note = "<p>Games of one name are a team's: it has the mean of their points.</p>" if teams else ""
    head = f"<th>Place</th><th>Team or player</th><th>Points</th>{'<th>Games</th>' if teams else ''}"
    return f'<table class="gm-ranks"><tr>{head}</tr>{body}</table>{note}'


@solara.component
def NameField(name: solara.Reactive[str]) -> None:
    """A field for the name of a player or a team."""
    solara.v.TextField(
        label="Team or player (may be empty)", v_model=name.value, attributes={"maxlength": str(LONGEST_NAME)},
        hide_details="auto", on_v_model=lambda text: name.set(str(text or "")),
    )  # fmt: skip


@solara.component
def Poller(room: Room, version: solara.Reactive[int]) -> None:
    """Poll the class as long as the page is open. The component shows nothing."""

    def watch(cancelled: Any) -> None:
        while not cancelled.wait(PAUSE):
            version.set(room.version)

    solara.use_thread(watch, dependencies=[room.code], intrusive_cancel=False)


@solara.component
def Ranking(code: str, visitor: str, times: int = 0) -> None:
    """The ranking for a player who has handed in (so many ``times``), while the lecturer shows it."""
    try:
        room = ROOMS.find(code)
    except InputError:
        room = None
    with solara.Div():
        if room is not None:
            Shown(room, visitor, times)


@solara.component
def Shown(room: Room, visitor: str, times: int) -> None:
    """Look at the class, and draw the ranking anew when something has changed."""
    version = solara.use_reactive(room.version)
    Poller(room, version)
    RankingTable(room, visitor, version.value, times)


@solara.component
def RankingTable(room: Room, visitor: str, version: int, times: int) -> None:
    """The ranking as it stands, with the player's own place in it."""
    mine = room.games.get(visitor)
    with solara.Div():
        if room.ranking and mine is not None:
            rows = room.games.values()
            name = next(shown for shown, row in named(list(rows)) if row is mine)
            table = ranking_table(ranking(rows), name)
            solara.HTML(tag="div", classes=["gm-wide"], unsafe_innerHTML=f"<h2>Ranking of the class</h2>{table}")
