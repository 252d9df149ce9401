"""Classes: a code under which finished games are collected. All of it lives in the server's memory, nowhere else.

Players hand in with the code. Only who holds the class's key, its lecturer, sees the comparison. Of a player nothing
is kept but the game and the name that the player chose to give, which may be empty.
"""

from __future__ import annotations

import secrets
import threading
import time
import unicodedata
from dataclasses import dataclass, field, replace

from ccsim.errors import InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.class_rules import Terms
from ccsim.game.debrief import score
from ccsim.game.game import Game, events_of
from ccsim.game.save_file import NAME, game_of
from ccsim.game.tables import Result, result

#: Letters that cannot be mistaken for one another when they are read from a screen.
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
MOST_ROOMS, MOST_GAMES, LONGEST_NAME = 40, 300, NAME
#: Characters that are counted as letters and show nothing; and those with which a spreadsheet begins a formula.
INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
FORMULA_SIGNS = ("=", "+", "-", "@", "|", "\u2212")
#: Seconds between two looks of a page at a class.
PAUSE = 2.0


@dataclass
class Room:
    """A class.

    Attributes:
        code: what players type.
        key: what the lecturer's page needs.
        seed, scenario, terms: what everybody plays, and how.
        games: finished games by visitor; the latest one counts.
        quarters: how far each visitor is.
        names: what each visitor chose to be called at joining; may be empty.
        received: when this server was told of each quarter, by visitor and quarter: seconds since 1970.
        here_only: whether only games count of which this server received every quarter while it was played.
        ranking: whether the ranking is shown, on the lecturer's page and to those who have handed in.
        version: grows with every change.
    """

    code: str
    key: str
    seed: int
    scenario: str
    terms: Terms = field(default_factory=Terms)
    games: dict[str, Result] = field(default_factory=dict)
    quarters: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    received: dict[str, dict[int, float]] = field(default_factory=dict)
    here_only: bool = False
    ranking: bool = False
    version: int = 0

    def new_game(self) -> Game:
        """Return a game as everybody in the class begins it."""
        return Game(self.seed, self.scenario, terms=self.terms)

    def admit(self, game: Game) -> None:
        """Refuse a game that cannot be compared with the others of the class; bring it the class's events.

        Raises:
            InputError: another organisation, other draws, a locked move, or events that came otherwise.
        """
        if (game.seed, game.scenario) != (self.seed, self.scenario):
            raise InputError("this game was played on other draws than the class's, so it cannot be compared")
        for name in (name for choice in game.choices for name in choice.start):
            if self.terms.forbids(name):
                raise InputError(f"this game made the move {name!r}, which the class's lecturer has locked")
        if self.terms.predict and any(set(choice.expected) != set(game.catalogue.predicted) for choice in game.choices):
            raise InputError("this game was played without predictions, which the class's lecturer asks for")
        wanted = events_of(self.seed, game.catalogue, self.terms)
        if {name: at for name, at in game.coming.items() if at < game.quarter} != {
            name: at for name, at in wanted.items() if at < game.quarter
        }:
            raise InputError("this game was played with other events than the class's, so it cannot be compared")
        game.terms, game.coming = self.terms, wanted


class Rooms:
    """All classes of a server; safe to use from many sessions at once."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._lock = threading.Lock()

    def open(self, seed: int = 1, scenario: str = "nothing", terms: Terms | None = None) -> Room:
        """Open a class; with too many open, the oldest one that nobody has joined is closed.

        Raises:
            InputError: a seed, scenario or terms that cannot be played; or all classes that may be open have players.
        """
        terms = terms or Terms()
        Game(seed, scenario, terms=terms)
        with self._lock:
            if len(self._rooms) >= MOST_ROOMS:
                empty = next((code for code, room in self._rooms.items() if not (room.quarters or room.games)), None)
                if empty is None:
                    raise InputError(
                        f"this server is full: {MOST_ROOMS} classes are open, and all of them have players"
                    )
                del self._rooms[empty]
            code = _code()
            while code in self._rooms:
                code = _code()
            self._rooms[code] = Room(code, secrets.token_urlsafe(12), seed, scenario, terms)
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

    def progress(self, code: str, visitor: str, quarter: int, name: str = "", played: bool = False) -> None:
        """Note how far a visitor is, and what he, she or the team is called.

        Args:
            code: of the class.
            visitor: mark of the visitor's session.
            quarter: quarters played.
            name: as typed.
            played: whether the last of them was played here just now, its prediction made before it was seen.
        """
        room = self.find(code)
        with self._lock:
            if visitor in room.quarters or len(room.quarters) < MOST_GAMES:
                if quarter == 0:
                    room.received[visitor] = {}
                elif played:
                    room.received.setdefault(visitor, {})[quarter] = time.time()
                else:
                    # A game that was loaded from a file: what was predicted in it before is not proven.
                    room.received[visitor] = {}
                room.quarters[visitor] = quarter
                room.names[visitor] = called(name)
                room.version += 1

    def show_ranking(self, room: Room, on: bool) -> None:
        """Show the ranking, or hide it."""
        with self._lock:
            room.ranking = on
            room.version += 1

    def trigger(self, room: Room, event: str) -> int:
        """Let an event come, for everybody in the same quarter: the first that nobody can have begun.

        Returns:
            The quarter, from 1.

        Raises:
            InputError: an unknown event, one that came already, or no quarter is left for it.
        """
        rules = catalogue()
        with self._lock:
            # Games that are over bind nobody: one that was loaded from a file would block all events of the class.
            going = (quarter for quarter in room.quarters.values() if quarter < rules.rules.quarters)
            begun = max([1, *(quarter + 1 for quarter in going)])
            coming = events_of(room.seed, rules, room.terms)
            if coming.get(event, begun) < begun:
                raise InputError(f"that event came already, in quarter {coming[event] + 1}")
            if begun >= rules.rules.quarters:
                raise InputError("somebody is in the last quarter: no quarter is left that would be the same for all")
            terms = room.terms.model_copy(update={"events": {**room.terms.events, event: begun + 1}})
            terms.check(rules)
            room.terms = terms
            room.version += 1
        return begun + 1

    def hand_in(self, code: str, visitor: str, game: Game, name: str = "") -> None:
        """Hand in a finished game; a second one of the same visitor takes the place of the first.

        Raises:
            InputError: the game is not over, is not the one that the class plays, or the class is full.
        """
        room = self.find(code)
        row = result(game, called(name))
        room.admit(game)
        if room.here_only and set(room.received.get(visitor, ())) != set(range(1, game.quarter + 1)):
            raise InputError(
                "this class counts only games of which this server received every quarter while it was played; this one "
                "was played elsewhere, at least in part"
            )
        row = replace(row, score=score(game))
        with self._lock:
            if visitor not in room.games and len(room.games) >= MOST_GAMES:
                raise InputError(f"the class is full: {MOST_GAMES} games are handed in; your lecturer can remove some")
            room.games[visitor] = row
            room.quarters[visitor], room.names[visitor] = game.quarter, row.name
            room.version += 1

    def remove(self, room: Room, visitor: str) -> None:
        """Take a visitor out of a class, with name and game; whoever plays on comes back with the next quarter."""
        with self._lock:
            for kept in (room.quarters, room.names, room.games, room.received):
                kept.pop(visitor, None)
            room.version += 1

    def require_here(self, room: Room, on: bool) -> None:
        """Count only games that were played on this server, or take files as well."""
        with self._lock:
            room.here_only = on
            room.version += 1

    def add_file(self, room: Room, content: bytes, file: str) -> None:
        """Add a finished game from a file that a player has kept; the same file again takes its own place.

        Raises:
            InputError: the file is no finished game of the class.
        """
        game = game_of(content, file).game
        try:
            self.hand_in(room.code, f"file {file}", game, game.player or file.removesuffix(".json"))
        except InputError as error:
            raise InputError(f"{file}: {error}") from None


#: The classes of this server.
ROOMS = Rooms()


def called(name: str) -> str:
    """Return a name as it is kept: letters, marks, digits, signs and spaces, and no sign that begins a formula.

    Control characters, signs that turn the direction of writing, invisible signs and code points that are no character
    are dropped: they would change how a table reads, or what a spreadsheet does with it.
    """
    plain = unicodedata.normalize("NFC", name[: 40 * LONGEST_NAME].encode("utf-8", "ignore").decode("utf-8"))
    plain = "".join(
        " " if unicodedata.category(sign).startswith("Z") or sign in "\t\n\r" else sign for sign in plain
        if (unicodedata.category(sign)[0] != "C" or sign in "\t\n\r") and sign not in INVISIBLE
    )  # fmt: skip
    # At most two marks on a letter: a pile of them covers the lines above and below.
    kept: list[str] = []
    for sign in plain:
        if unicodedata.combining(sign) and (not kept or all(unicodedata.combining(one) for one in kept[-2:])):
            continue
        kept.append(sign)
    shown = " ".join("".join(kept).split())
    while shown and unicodedata.normalize("NFKC", shown[0])[:1] in FORMULA_SIGNS:
        shown = shown[1:].lstrip()
    return shown[:LONGEST_NAME].strip()


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(5))
