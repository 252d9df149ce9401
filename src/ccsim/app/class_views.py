"""The views of a class: the lecturer's desk, the projector, and a player.

The projector shows the results of a quarter only after the lecturer has revealed them.
"""

from __future__ import annotations

from typing import Any

from ccsim.app.class_room import (
    ACCEPTED,
    SHOWN_RANKS,
    ClassRoom,
    Player,
    progress,
    weights_of,
)
from ccsim.game.catalogue import catalogue


def _head(room: ClassRoom) -> dict[str, Any]:
    return {
        "code": room.code, "seed": room.seed, "scenario": room.scenario, "upto": room.upto, "joining": room.joining,
        "quarters": room.quarters, "revealed": room.revealed, "ranking": room.ranking,
        "players": len(room.players), "handed": sum(row.state == ACCEPTED for row in room.players.values()),
        "progress": progress(room.players.values(), room.quarters),
    }  # fmt: skip


def current(room: ClassRoom) -> int:
    """Return the current quarter of the class, from 0: the open one, or the first that fewer than half have predicted."""
    quarters = room.quarters
    if room.upto < quarters:
        return room.upto - 1
    rows = room.players.values()
    for quarter in range(quarters):
        if sum(quarter in row.received for row in rows) * 2 < len(rows) or not rows:
            return quarter
    return quarters - 1


def screen(room: ClassRoom, quarter: int | None) -> dict[str, Any]:
    """Return the view for the projector.

    Args:
        room: the class.
        quarter: the quarter whose predictions are shown, from 0; by default the current one.
    """
    at = current(room) if quarter is None else min(quarter, room.quarters - 1)
    rows = room.players.values()
    shown = at in room.revealed
    return {
        **_head(room), "quarter": at, "current": current(room),
        "predicted": sum(at in row.received for row in rows),
        "expected": _predictions(room, at, "expected"),
        "came": _predictions(room, at, "came") if shown else None,
        "ranks": _ranks(room) if room.ranking else None,
    }  # fmt: skip


def _predictions(room: ClassRoom, quarter: int, kind: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in catalogue().predicted}
    for row in room.players.values():
        for name, value in getattr(row, kind).get(quarter, {}).items():
            found[name].append(value)
    return found


def _ranks(room: ClassRoom) -> list[dict[str, Any]]:
    return [{key: row[key] for key in ("place", "name", "games", "points")} for row in room.ranks()]


def desk(room: ClassRoom) -> dict[str, Any]:
    """Return the view for the lecturer's desk."""
    return {
        **_head(room), "strict": room.strict, "terms": room.terms.model_dump(mode="json", exclude_defaults=True),
        "weights": weights_of(room.terms), "coming": {name: at + 1 for name, at in room.coming().items()},
        "current": current(room), "ranks": room.ranks(),
        "rows": [
            [row.id, row.name, row.played, row.state, row.reason, room.proven(row),
             None if row.result is None else round(room.total(row.result), 4),
             [] if row.result is None else row.result["apart"]]
            for row in room.players.values()
        ],
    }  # fmt: skip


def results(room: ClassRoom) -> dict[str, Any]:
    """Return every game that was accepted, for the comparison and the table."""
    return {
        "rows": [
            {"id": row.id, "name": row.name, "proven": room.proven(row), **row.result}
            for row in room.players.values() if row.result is not None
        ]
    }  # fmt: skip


def player_view(room: ClassRoom, player: Player, ranks: list[dict[str, Any]] | None, waiting: int) -> dict[str, Any]:
    """Return a player's view of the class and of the player's own game.

    Args:
        room: the class.
        player: the player.
        ranks: the ranking, if shown.
        waiting: games whose replay comes before the player's.
    """
    found: dict[str, Any] = {
        "upto": room.upto, "terms": room.terms.model_dump(mode="json", exclude_defaults=True), "known": sorted(player.received),
        "state": player.state, "reason": player.reason, "name": player.name, "waiting": waiting, "points": None,
        "apart": [], "ranks": None, "place": None, "of": None,
    }  # fmt: skip
    if player.result is not None:
        found |= {"points": round(room.total(player.result), 4), "apart": player.result["apart"]}
    if ranks is not None and player.state == ACCEPTED:
        mine = next((row for row in ranks if player.id in row["players"]), None)
        names = ("place", "name", "games", "points")
        found["ranks"] = [{key: row[key] for key in names} for row in ranks[:SHOWN_RANKS]]
        found |= {"place": mine["place"] if mine else None, "of": len(ranks)}
    return found
