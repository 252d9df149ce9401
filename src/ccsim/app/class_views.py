"""The views of a class: the lecturer's desk, the projector, and a player.

The projector shows the results of a quarter only after the lecturer has revealed them.
"""

from __future__ import annotations

from typing import Any

from ccsim.app.class_room import ACCEPTED, SHOWN_RANKS, ClassRoom, Player, progress
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
    quarter = current(room) if quarter is None else min(quarter, room.quarters - 1)
    return {
        **_head(room), "quarter": quarter, "current": current(room),
        "predicted": sum(quarter in row.received for row in room.players.values()),
        "expected": _predictions(room, quarter, "expected"),
        "came": _predictions(room, quarter, "came") if quarter in room.revealed else None,
        "ranks": _public(room.ranks()) if room.ranking else None,
    }  # fmt: skip


def _predictions(room: ClassRoom, quarter: int, kind: str) -> dict[str, list[float]]:
    rows = [getattr(player, kind).get(quarter, {}) for player in room.players.values()]
    return {name: [row[name] for row in rows if name in row] for name in catalogue().predicted}


def _public(ranks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return ranks without the identifiers of players."""
    return [{key: rank[key] for key in ("place", "name", "games", "points")} for rank in ranks]


def desk(room: ClassRoom) -> dict[str, Any]:
    """Return the view for the lecturer's desk."""
    return {
        **_head(room), "strict": room.strict, "terms": room.terms.model_dump(mode="json", exclude_defaults=True),
        "weights": room.terms.weights_under(room.rules), "coming": {name: begins + 1 for name, begins in room.event_quarters().items()},
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
    view: dict[str, Any] = {
        "upto": room.upto, "terms": room.terms.model_dump(mode="json", exclude_defaults=True), "known": sorted(player.received),
        "state": player.state, "reason": player.reason, "name": player.name, "waiting": waiting, "points": None,
        "apart": [], "ranks": None, "place": None, "of": None,
    }  # fmt: skip
    if player.result is not None:
        view |= {"points": round(room.total(player.result), 4), "apart": player.result["apart"]}
    if ranks is not None and player.state == ACCEPTED:
        place = next((rank["place"] for rank in ranks if player.id in rank["players"]), None)
        view |= {"ranks": _public(ranks[:SHOWN_RANKS]), "place": place, "of": len(ranks)}
    return view
