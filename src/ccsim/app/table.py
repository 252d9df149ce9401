"""What lies on the table in one session: the game, and the choice that is being made. No page, no widget.

Whatever comes from outside (an address, a file, a ticked box) ends as a change of the table or as a message on it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

import solara

from ccsim.app.rooms import ROOMS
from ccsim.errors import CcsimError, InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.playing import Choice, Game
from ccsim.game.saved import game_of
from ccsim.simulation import LARGEST_SEED

#: Founding an organisation and revealing a game take a second of a processor: one at a time, so that others play on.
TURN = threading.Semaphore(1)


@dataclass(frozen=True)
class Table:
    """What lies on the table in one session: the game, and the choice that is being made.

    Attributes:
        game: None before the start.
        starts, stops: moves ticked and running moves unticked.
        expected: predictions that the player has changed.
        answers: to the questions asked, as far as they are typed.
        code: the class played in; may be empty.
        problem: what went wrong last, in words.
        turn: grows with each quarter; handed to components, which are drawn anew only for new arguments, while the game
            itself stays the same object.
    """

    game: Game | None = None
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    expected: dict[str, float] = field(default_factory=dict)
    answers: dict[int, str] = field(default_factory=dict)
    code: str = ""
    problem: str = ""
    turn: int = 0

    def choice(self) -> Choice:
        """Return the choice as it stands; where predictions are asked for, only those that the player has made."""
        guesses = dict(self.expected)
        if self.game is not None and not self.game.terms.predict:
            guesses = {kpi: self.expected.get(kpi, usual(self.game, kpi)) for kpi in catalogue().predicted}
        asks = self.game.catalogue.asks(self.game.quarter) if self.game else ()
        answers = tuple(self.answers.get(place, "").strip() for place in range(len(asks)))
        return Choice(self.starts, self.stops, guesses, answers if any(answers) else ())


def usual(game: Game | None, kpi: str) -> float:
    """Return the last known value of a predicted KPI, inside the range of its control."""
    row = next(row for row in catalogue().rules.report if row.kpi == kpi)
    low, high, step = row.predict or (0.0, 1.0, 0.01)
    known = [seen.figures[kpi] for seen in (game.seen if game else []) if seen.figures[kpi] is not None]
    value = known[-1] if known else (game.before[kpi] if game else low)
    return min(high, max(low, round(float(value or 0.0) / step) * step))


def visitor() -> str:
    """Return a mark of this browser's session, without meaning outside this server."""
    try:
        return solara.get_session_id()
    except Exception:  # noqa: BLE001 - outside a server there is no session, and no common error for it
        return "here"


def asked(search: str | None) -> tuple[int | None, str]:
    """Return the seed and class code that an address asks for; what cannot be used is left out."""
    found = parse_qs((search or "")[:500].lstrip("?"))
    seed = found.get("seed", [""])[0]
    number = int(seed) if seed.isascii() and seed.isdigit() and len(seed) < 20 and int(seed) <= LARGEST_SEED else None
    return number, found.get("class", [""])[0][:20]


def started(seed: str, code: str) -> dict[str, Any]:
    """Return what changes on the table when a game begins, or what stands in its way."""
    try:
        if code.strip():
            room = ROOMS.find(code)
            with TURN:
                game = room.new_game()
            ROOMS.progress(room.code, visitor(), 0)
            return {"game": game, "code": room.code, "problem": ""}
        if not (seed.strip().isascii() and seed.strip().isdigit() and len(seed.strip()) < 20):
            raise InputError(f"the seed {seed[:20]!r} is not accepted; it takes a whole number from 0")
        with TURN:
            return {"game": Game(int(seed)), "code": "", "problem": ""}
    except CcsimError as error:
        return {"problem": str(error)}


def loaded(name: str, content: bytes, code: str = "") -> dict[str, Any]:
    """Return what changes on the table when a file is chosen, or what is wrong with it; a code joins a class with it."""
    try:
        room = ROOMS.find(code) if code.strip() else None
        with TURN:
            found = game_of(content, name)
        if room is not None:
            room.admit(found.game)
            ROOMS.progress(room.code, visitor(), found.game.quarter)
        problem, code = "" if found.same else found.note, room.code if room else ""
        return {"game": found.game, "problem": problem, "turn": found.game.quarter, "code": code}
    except CcsimError as error:
        return {"problem": str(error)}


def after_quarter(table: Table) -> Table:
    """Play the quarter that lies on the table; a choice that cannot be made changes nothing but the message."""
    if table.game is None or table.game.over:
        return table
    code, problem = table.code, ""
    try:
        if code:
            table.game.bring(ROOMS.find(code).terms.events)
    except CcsimError:
        code, problem = "", "Your class is not open any more. Play on; keep your game in a file to hand it in later."
    try:
        table.game.play(table.choice())
    except CcsimError as error:
        return replace(table, problem=str(error), turn=table.game.quarter)
    if code:
        ROOMS.progress(code, visitor(), table.game.quarter)
    return Table(table.game, code=code, turn=table.game.quarter, problem=problem)


def ticking(table: Table, name: str, on: bool) -> Table:
    """Return the table after a box was ticked or cleared."""
    if table.game is None or name not in catalogue().moves:
        return table
    if name in table.game.running:
        stops = tuple(row for row in table.stops if row != name) + (() if on else (name,))
        return replace(table, stops=stops, problem="")
    starts = tuple(row for row in table.starts if row != name) + ((name,) if on else ())
    return replace(table, starts=starts, problem="")
