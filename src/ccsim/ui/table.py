"""State of one game session, the game and the choice that is being made, independent of the page.

Whatever comes from outside (an address, a file, a ticked box) ends as a change of the table or as a message on it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any

import solara

from ccsim.errors import CcsimError, InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.game import Choice, Game
from ccsim.game.save_file import game_of
from ccsim.simulation.simulation import LARGEST_SEED
from ccsim.ui.address import taken, whole
from ccsim.ui.rooms import ROOMS, called

#: Founding an organisation and revealing a game take a second of a processor: one at a time, so that others play on.
TURN = threading.Semaphore(1)


@dataclass(frozen=True)
class Table:
    """State of one game session: the game, and the choice that is being made.

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


def asked(search: str | None) -> tuple[int | None, str, str]:
    """Return the seed and the class code that an address asks for, and in words what of it cannot be used."""
    found, problems = taken(search, {"seed": _seed_or_one, "class": lambda text: text[:20]})
    seed, code = found.get("seed"), found.get("class", "")
    if "class" in found:
        try:
            # A code that opens nothing stays in its field: without it, a game outside of any class would begin.
            ROOMS.find(code)
        except InputError as error:
            problems.append(str(error))
    if seed is not None and code:
        problems.append(f"seed: {seed} is left aside, because the class decides on it")
    return seed, code, "; ".join(problems)


def seed_of(text: str) -> int:
    """Return the seed that a text writes.

    Raises:
        InputError: it writes none.
    """
    return whole(text, 0, LARGEST_SEED)


def _seed_or_one(text: str) -> int:
    try:
        return seed_of(text)
    except InputError as error:
        raise InputError(f"{error}; it is 1 instead") from None


def started(seed: str, code: str, name: str = "") -> dict[str, Any]:
    """Return what changes on the table when a game begins, or what stands in its way; the name is for the class."""
    try:
        if code.strip():
            room = ROOMS.find(code)
            with TURN:
                game = room.new_game()
            game.player = called(name)
            ROOMS.progress(room.code, visitor(), 0, game.player)
            return {"game": game, "code": room.code, "problem": ""}
        number = seed_of(seed)
    except CcsimError as error:
        return {"problem": str(error) if code.strip() else f"seed: {error}"}
    with TURN:
        return {"game": Game(number), "code": "", "problem": ""}


def loaded(name: str, content: bytes, code: str = "", player: str = "") -> dict[str, Any]:
    """Return what changes on the table when a file is chosen, or what is wrong with it.

    A code joins a class with it, under the name of ``player`` or else under that of the file.
    """
    try:
        room = ROOMS.find(code) if code.strip() else None
        with TURN:
            found = game_of(content, name)
        if room is not None:
            room.admit(found.game)
            found.game.player = called(player) or found.game.player
            ROOMS.progress(room.code, visitor(), found.game.quarter, found.game.player)
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
        ROOMS.progress(code, visitor(), table.game.quarter, table.game.player, played=True)
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
