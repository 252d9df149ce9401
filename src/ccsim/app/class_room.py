"""A class: what its lecturer has set, who has joined, how far each is, and what has been handed in.

Nothing of a person is kept but the name that a player chose to give, which may be empty.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any

from ccsim.errors import InputError
from ccsim.game.catalogue import Catalogue, catalogue
from ccsim.game.class_rules import Terms, check_weights
from ccsim.game.game import events_of

#: Letters that cannot be mistaken for one another when they are read from a screen.
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
CODE_LETTERS = 5
MOST_PLAYERS = 600
#: Devices on which a lecturer may have one class open.
MOST_KEYS = 8
#: Ranks that a player is told besides the own one.
SHOWN_RANKS = 20
#: Seconds by which a prediction must have come before that of the next quarter, so that nobody can have played it before.
APART = 1.0
#: What can be said of a player's game.
PLAYING, WAITING, ACCEPTED, REFUSED = "playing", "waiting", "accepted", "refused"


def mark_of(secret: str) -> str:
    """Return what is kept of a secret: enough to know it again, not to tell it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def new_code() -> str:
    """Return a code at random."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))


@dataclass
class Player:
    """A player or team in a class.

    Attributes:
        id: names the player's file; no secret.
        mark: of the player's own secret.
        name: as it is shown; may be empty.
        expected: predictions by quarter, from 0, and KPI; the first that came counts.
        came: what the player's page says came of the same KPIs; not checked before the game is replayed.
        received: when the server had each quarter's prediction, seconds since 1970.
        state: PLAYING, WAITING (for the replay), ACCEPTED or REFUSED.
        reason: why the game was refused.
        game: the game that was handed in, as text.
        result: what the replay gave; None before.
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
        """Quarters that the server knows to be played."""
        return max(self.received, default=-1) + 1

    def in_time(self, quarter: int) -> bool:
        """Return whether the server had a quarter's prediction before those of later quarters.

        Predictions that come together may have been written when the quarters had been played.
        """
        if quarter not in self.received:
            return False
        latest = self.received[quarter] + APART
        return all(when >= latest for other, when in self.received.items() if other > quarter)

    def as_data(self) -> dict[str, Any]:
        """Return the player as plain data."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Player:
        """Return the player of plain data, whose quarters a file holds as text."""
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
        marks: of the keys with which the lecturer's devices come back.
        seed, scenario, terms: what everybody plays, and how.
        upto: the last quarter, from 1, that may be played now.
        revealed: quarters, from 0, of which the class sees what came.
        ranking: whether players who have handed in see the ranking.
        joining: whether more players may join.
        strict: whether only games count of which every prediction was received before the game was handed in, and before
            that of the next quarter.
        opened: seconds since 1970.
        players: by their identifiers.
        version: grows with every change.
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
        """Return the class of plain data."""
        return cls(**{**data, "terms": Terms.model_validate(data["terms"])})

    @property
    def rules(self) -> Catalogue:
        """The catalogue of the class's game, which may be a shorter one."""
        return catalogue().shortened(self.terms.quarters)

    @property
    def quarters(self) -> int:
        """How many quarters are played."""
        return self.terms.quarters or catalogue().rules.quarters

    def coming(self) -> dict[str, int]:
        """Return which events come, with the quarter, from 0, in which each begins."""
        return coming(self.seed, self.terms, self.quarters)

    def total(self, result: Mapping[str, Any]) -> float:
        """Return a game's points under the weights of the class."""
        return points(result["values"], weights_of(self.terms), self.rules)

    def proven(self, player: Player) -> int:
        """Return how many predictions the server received in time, and as the game has them."""
        if player.result is None:
            return sum(player.in_time(quarter) for quarter in player.received)
        return sum(
            player.expected.get(quarter) == expected and player.in_time(quarter)
            for quarter, expected in enumerate(player.result["expected"])
        )

    def counted(self) -> list[Player]:
        """Return the players whose games count, in the order in which they joined."""
        return [
            row for row in self.players.values()
            if row.result is not None and not row.result["apart"] and (not self.strict or self.proven(row) == self.quarters)
        ]  # fmt: skip

    def ranks(self) -> list[dict[str, Any]]:
        """Return who is where, best first; games of one name are a team's, which has the mean of their points."""
        teams: dict[str, list[Player]] = {}
        for number, row in enumerate(self.counted()):
            teams.setdefault(row.name.casefold() or f"\n{number}", []).append(row)
        means = [(round(fmean(self.total(one.result or {}) for one in team), 1), team) for team in teams.values()]
        return [
            {"place": 1 + sum(other > mean for other, _ in means), "name": team[0].name, "games": len(team),
             "points": mean, "players": [one.id for one in team]}
            for mean, team in sorted(means, key=lambda row: -row[0])
        ]  # fmt: skip

    def set_terms(self, change: Mapping[str, Any]) -> None:
        """Take other weights, fewer locks, or, before the first decision, more of them.

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
        """Let an event come, for all players in the same quarter: the first that no player can have begun.

        Returns:
            The quarter, from 1.

        Raises:
            InputError: an unknown event, one that came already, or no quarter is left for it.
        """
        going = [row.played for row in self.players.values() if row.played < self.quarters]
        # Who has played n quarters may be in quarter n + 1, if that is open.
        begun = max((min(played + 1, self.upto) for played in going), default=0)
        begins = max(begun, 1) + 1
        before = self.coming()
        if event in before and before[event] < begins - 1:
            raise InputError(f"that event came already, in quarter {before[event] + 1}")
        if begins > self.quarters:
            raise InputError("no quarter is left that would be the same for all players")
        terms = self.terms.model_copy(update={"events": {**self.terms.events, event: begins}})
        terms.check(catalogue())
        self.terms = terms
        return begins


def coming(seed: int, terms: Terms, quarters: int) -> dict[str, int]:
    """Return the events that come within so many quarters, with the quarter, from 0, in which each begins."""
    return {name: at for name, at in events_of(seed, catalogue(), terms).items() if at < quarters}


def weights_of(terms: Terms) -> dict[str, float]:
    """Return what each criterion weighs under a class's terms."""
    return dict(terms.weights or {row.kpi: row.weight for row in catalogue().rules.criterion})


def points(values: Mapping[str, float], weights: Mapping[str, float], rules: Catalogue) -> float:
    """Return points out of the values of the criteria.

    Args:
        values: by KPI.
        weights: by KPI, summing to 100.
        rules: the catalogue that says what is worth nothing and a hundred.

    Raises:
        InputError: weights that cannot be used.
    """
    rows = {row.kpi: row for row in rules.rules.criterion}
    check_weights(weights, rows)
    return sum(
        weight * (values[kpi] - rows[kpi].zero) / (rows[kpi].hundred - rows[kpi].zero)
        for kpi, weight in weights.items()
    )


def progress(players: Iterable[Player], quarters: int) -> list[int]:
    """Return how many players have played how many quarters, from none to all; those handed in are counted as all."""
    counts = [0] * (quarters + 1)
    for row in players:
        counts[quarters if row.state == ACCEPTED else min(row.played, quarters)] += 1
    return counts
