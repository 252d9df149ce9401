"""A class: the lecturer's settings, the players, their progress, and the games handed in.

The only personal data kept is the name that a player chose to give, which may be empty.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from operator import itemgetter
from statistics import fmean
from typing import Any

from ccsim.errors import InputError
from ccsim.game.catalogue import Catalogue, catalogue
from ccsim.game.class_rules import Terms
from ccsim.game.debrief import score_of
from ccsim.game.game import events_of

#: Letters that cannot be confused when read from a screen.
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
CODE_LETTERS = 5
MOST_PLAYERS = 600
#: Number of devices on which a lecturer may have one class open.
MOST_KEYS = 8
#: Number of ranks shown to a player besides the player's own.
SHOWN_RANKS = 20
#: Seconds by which a prediction must arrive before that of the next quarter, so that the quarter cannot have been played before it.
APART = 1.0
#: States of a player's game.
PLAYING, WAITING, ACCEPTED, REFUSED = "playing", "waiting", "accepted", "refused"


def hash_of(secret: str) -> str:
    """Return the hash of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def new_code() -> str:
    """Return a random code."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))


@dataclass
class Player:
    """A player or team in a class.

    Attributes:
        id: names the player's file; no secret.
        mark: hash of the player's own secret.
        name: name as shown; may be empty.
        expected: predictions by quarter, from 0, and KPI; the first one received counts.
        came: results of the same KPIs as reported by the player's page; unchecked until the game is replayed.
        received: time at which the server received each quarter's prediction, seconds since 1970.
        state: PLAYING, WAITING (for the replay), ACCEPTED or REFUSED.
        reason: why the game was refused.
        game: the game handed in, as text.
        result: result of the replay; None before it.
        joined: seconds since 1970.
    """

    id: str
    mark: str
    name: str
    expected: dict[int, dict[str, float]] = field(default_factory=dict)
    came: dict[int, dict[str, float]] = field(default_factory=dict)
    received: dict[int, float] = field(default_factory=dict)
    state: str = PLAYING
    reason: str = ""
    game: str = ""
    result: dict[str, Any] | None = None
    joined: float = field(default_factory=time.time)

    @property
    def played(self) -> int:
        """Number of quarters that the server knows to be played."""
        return max(self.received, default=-1) + 1

    def in_time(self, quarter: int) -> bool:
        """Return whether the server received a quarter's prediction before those of later quarters.

        Predictions received together may have been written after the quarters were played.
        """
        if quarter not in self.received:
            return False
        latest = self.received[quarter] + APART
        return all(received >= latest for later, received in self.received.items() if later > quarter)

    def as_data(self) -> dict[str, Any]:
        """Return the player as plain data."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Player:
        """Return the player from plain data, in which quarters are text."""
        fixed = {
            name: {int(quarter): value for quarter, value in data[name].items()}
            for name in ("expected", "came", "received")
        }
        return cls(**{**data, **fixed})


@dataclass
class ClassRoom:
    """A class.

    Attributes:
        code: what players type.
        marks: hashes of the keys of the lecturer's devices.
        seed, scenario, terms: those of the game that all players play.
        upto: the last quarter, from 1, that is open.
        revealed: quarters, from 0, whose results the class sees.
        ranking: whether players who have handed in see the ranking.
        joining: whether more players may join.
        strict: whether a game counts only if every prediction was received before the game was handed in, and before
            that of the next quarter.
        opened: seconds since 1970.
        players: by their identifiers.
        version: increases with every change.
    """

    code: str
    marks: list[str]
    seed: int
    scenario: str
    terms: Terms
    upto: int
    revealed: list[int] = field(default_factory=list)
    ranking: bool = False
    joining: bool = True
    strict: bool = False
    opened: float = field(default_factory=time.time)
    players: dict[str, Player] = field(default_factory=dict)
    version: int = 0

    def as_data(self) -> dict[str, Any]:
        """Return the class as plain data, without its players, each of whom has a file."""
        names = ("code", "marks", "seed", "scenario", "upto", "revealed", "ranking", "joining", "strict", "opened")
        return {**{name: getattr(self, name) for name in names}, "terms": self.terms.model_dump(mode="json")}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ClassRoom:
        """Return the class from plain data."""
        return cls(**{**data, "terms": Terms.model_validate(data["terms"])})

    @property
    def rules(self) -> Catalogue:
        """The catalogue of the class's game, which may be shorter than the default."""
        return catalogue().shortened(self.terms.quarters)

    @property
    def quarters(self) -> int:
        """The number of quarters of the game."""
        return self.terms.quarters or catalogue().rules.quarters

    def event_quarters(self) -> dict[str, int]:
        """Return the events, with the quarter, from 0, in which each begins."""
        return event_quarters(self.seed, self.terms, self.quarters)

    def total(self, result: Mapping[str, Any]) -> float:
        """Return a game's points under the weights of the class."""
        return score_of(result["values"], self.terms.weights_under(self.rules), self.rules).total

    def proven(self, player: Player) -> int:
        """Return how many predictions the server received in time and unchanged."""
        if player.result is None:
            return sum(player.in_time(quarter) for quarter in player.received)
        return sum(
            player.expected.get(quarter) == expected and player.in_time(quarter)
            for quarter, expected in enumerate(player.result["expected"])
        )

    def ranked_players(self) -> list[Player]:
        """Return the players whose games count, in the order in which they joined."""
        return [
            row for row in self.players.values()
            if row.result is not None and not row.result["apart"] and (not self.strict or self.proven(row) == self.quarters)
        ]  # fmt: skip

    def ranks(self) -> list[dict[str, Any]]:
        """Return the ranking; games under one name form a team, which scores the mean of their points."""
        teams: dict[str, list[Player]] = {}
        for number, row in enumerate(self.ranked_players()):
            teams.setdefault(row.name.casefold() or f"\n{number}", []).append(row)
        ranks: list[dict[str, Any]] = [
            {"points": round(fmean(self.total(player.result or {}) for player in team), 1), "name": team[0].name,
             "games": len(team), "players": [player.id for player in team]}
            for team in teams.values()
        ]  # fmt: skip
        ranks.sort(key=itemgetter("points"), reverse=True)
        return [{"place": 1 + sum(row["points"] > rank["points"] for row in ranks), **rank} for rank in ranks]

    def set_terms(self, change: Mapping[str, Any]) -> None:
        """Change the weights, remove locks, or, before the first decision, add locks.

        Raises:
            InputError: the change cannot be made.
        """
        terms = Terms.model_validate({**self.terms.model_dump(), **change})
        terms.check(catalogue())
        before = {*self.terms.locked, *self.terms.hidden}
        begun = any(row.received for row in self.players.values())
        if begun and not {*terms.locked, *terms.hidden} <= before:
            raise InputError("a quarter has been played: moves can be unlocked now, but no more of them locked")
        self.terms = terms

    def trigger(self, event: str) -> int:
        """Schedule an event for all players in the same quarter: the first that no player can have begun.

        Returns:
            The quarter, from 1.

        Raises:
            InputError: the event is unknown, has already come, or no quarter is left for it.
        """
        unfinished = [row.played for row in self.players.values() if row.played < self.quarters]
        # Who has played n quarters may be in quarter n + 1, if that is open.
        begun = max((min(played + 1, self.upto) for played in unfinished), default=0)
        begins = max(begun, 1) + 1
        before = self.event_quarters()
        if event in before and before[event] < begins - 1:
            raise InputError(f"that event came already, in quarter {before[event] + 1}")
        if begins > self.quarters:
            raise InputError("no quarter is left that would be the same for all players")
        terms = self.terms.model_copy(update={"events": {**self.terms.events, event: begins}})
        terms.check(catalogue())
        self.terms = terms
        return begins


def event_quarters(seed: int, terms: Terms, quarters: int) -> dict[str, int]:
    """Return the events within a number of quarters, with the quarter, from 0, in which each begins.

    Args:
        seed: seed of the draws.
        terms: the lecturer's terms.
        quarters: number of quarters.
    """
    return {name: begins for name, begins in events_of(seed, catalogue(), terms).items() if begins < quarters}


def progress(players: Iterable[Player], quarters: int) -> list[int]:
    """Return the number of players by number of quarters played, from none to all; games handed in count as all."""
    counts = [0] * (quarters + 1)
    for row in players:
        counts[quarters if row.state == ACCEPTED else min(row.played, quarters)] += 1
    return counts
