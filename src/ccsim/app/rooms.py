"""Classes: a code under which finished games are collected. All of it lives in the server's memory, nowhere else.

Players hand in with the code. Only who holds the class's key, its lecturer, sees the comparison. Of a player nothing
is kept but the game and the name that the player chose to give, which may be empty.
"""

from __future__ import annotations

import csv
import io
import secrets
import threading
from dataclasses import dataclass, field, replace

from ccsim.errors import InputError
from ccsim.game.debrief import Score, score
from ccsim.game.playing import Choice, Game

#: Letters that cannot be mistaken for one another when they are read from a screen.
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
MOST_ROOMS, MOST_GAMES, LONGEST_NAME = 40, 300, 40
#: What is kept of a game by quarter.
KEPT = ("csat", "reported_csat", "profit", "habit", "engagement", "fatigue")


@dataclass(frozen=True)
class HandedIn:
    """A finished game in a class.

    Attributes:
        name: what the player chose to be called; may be empty.
        score: what the game is worth.
        kpis: some KPIs by quarter.
        choices: the choices without what the player wrote.
        surprise: mean distance of the predictions of satisfaction from what was reported; None without predictions.
    """

    name: str
    score: Score
    kpis: dict[str, list[float]]
    choices: tuple[Choice, ...]
    surprise: float | None


@dataclass
class Room:
    """A class.

    Attributes:
        code: what players type.
        key: what the lecturer's page needs.
        seed, scenario: what everybody plays.
        games: finished games by visitor; the latest one counts.
        quarters: how far each visitor is.
        version: grows with every change.
    """

    code: str
    key: str
    seed: int
    scenario: str
    games: dict[str, HandedIn] = field(default_factory=dict)
    quarters: dict[str, int] = field(default_factory=dict)
    version: int = 0

    def named(self) -> list[tuple[str, HandedIn]]:
        """Return the games, best first, each with a name to show."""
        rows = [(row.name or f"Player {number}", row) for number, row in enumerate(list(self.games.values()), 1)]
        return sorted(rows, key=lambda row: -row[1].score.total)


class Rooms:
    """All classes of a server; safe to use from many sessions at once."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._lock = threading.Lock()

    def open(self, seed: int = 1, scenario: str = "nothing") -> Room:
        """Open a class; with too many open, the oldest one is closed.

        Raises:
            InputError: a seed or scenario that cannot be played.
        """
        Game(seed, scenario)
        with self._lock:
            while len(self._rooms) >= MOST_ROOMS:
                del self._rooms[next(iter(self._rooms))]
            code = _code()
            while code in self._rooms:
                code = _code()
            self._rooms[code] = Room(code, secrets.token_urlsafe(12), seed, scenario)
            return self._rooms[code]

    def find(self, code: str) -> Room:
        """Return the class of a code, however it is typed.

        Raises:
            InputError: there is none; it may have been closed, or the server restarted.
        """
        wanted = "".join(letter for letter in code[:20].upper() if letter.isalpha())
        room = self._rooms.get(wanted)
        if room is None:
            raise InputError(
                f"no class has the code {code[:20]!r} here; check the letters, or ask for a new code if the server "
                "was restarted"
            )
        return room

    def enter(self, code: str, key: str) -> Room:
        """Return a class to its lecturer.

        Raises:
            InputError: no such class, or the wrong key.
        """
        room = self.find(code)
        if not secrets.compare_digest(room.key.encode(), key.encode()):
            raise InputError("this is not the key of that class; use the address that was shown when it was opened")
        return room

    def progress(self, code: str, visitor: str, quarter: int) -> None:
        """Note how far a visitor is."""
        room = self.find(code)
        with self._lock:
            if visitor in room.quarters or len(room.quarters) < MOST_GAMES:
                room.quarters[visitor] = quarter
                room.version += 1

    def hand_in(self, code: str, visitor: str, game: Game, name: str = "") -> None:
        """Hand in a finished game; a second one of the same visitor takes the place of the first.

        Raises:
            InputError: the game is not over, is not the one that the class plays, or the class is full.
        """
        room = self.find(code)
        if not game.over:
            raise InputError(f"the game goes on: {game.quarter} of {game.rules.quarters} quarters are played")
        if (game.seed, game.scenario) != (room.seed, room.scenario):
            raise InputError("this game was played on other draws than the class's, so it cannot be compared")
        row = _handed_in(game, " ".join(name.split())[:LONGEST_NAME])
        with self._lock:
            if visitor not in room.games and len(room.games) >= MOST_GAMES:
                raise InputError(f"the class is full: {MOST_GAMES} games are handed in")
            room.games[visitor] = row
            room.quarters[visitor] = game.quarter
            room.version += 1


#: The classes of this server.
ROOMS = Rooms()


def as_csv(room: Room) -> str:
    """Return a class's games as a table for a spreadsheet."""
    rows = room.named()
    text = io.StringIO()
    table = csv.writer(text)
    criteria = list(rows[0][1].score.values) if rows else []
    quarters = [f"quarter {number + 1}" for number in range(len(rows[0][1].choices))] if rows else []
    table.writerow(["seed", "scenario", "player", "points", *criteria, "mean error of predictions", *quarters])
    for name, row in rows:
        moves = [" ".join([*choice.start, *(f"-{stop}" for stop in choice.stop)]) for choice in row.choices]
        values = [round(row.score.values[kpi], 4) for kpi in criteria]
        # A leading apostrophe keeps a spreadsheet from taking a name for a formula.
        shown = f"'{name}" if name[:1] in "=+-@\t" else name
        error = "" if row.surprise is None else round(row.surprise, 2)
        table.writerow([room.seed, room.scenario, shown, round(row.score.total, 2), *values, error, *moves])
    return text.getvalue()


def _handed_in(game: Game, name: str) -> HandedIn:
    errors = [
        abs(choice.expected["reported_csat"] - game.by_quarter("reported_csat")[number])
        for number, choice in enumerate(game.choices) if "reported_csat" in choice.expected
    ]  # fmt: skip
    kept = {kpi: game.by_quarter(kpi) for kpi in KEPT}
    choices = tuple(replace(choice, note="") for choice in game.choices)
    return HandedIn(name, score(game), kept, choices, sum(errors) / len(errors) if errors else None)


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(5))
