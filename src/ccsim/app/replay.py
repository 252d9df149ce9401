"""Games handed in are lists of choices: they are replayed here, and count only if they give the same values."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from math import isfinite
from typing import Any

from ccsim import __version__
from ccsim.app.class_room import ClassRoom, event_quarters
from ccsim.errors import CcsimError, InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.class_rules import Terms
from ccsim.game.debrief import score
from ccsim.game.game import Choice, Game, play_through
from ccsim.game.save_file import SavedGame, saved_of
from ccsim.game.tables import result

#: Name of the game in messages on a player's page.
GAME = "this game"
#: Largest number of waiting games.
MOST_WAITING = 2000


def replayed(content: bytes, room: ClassRoom) -> dict[str, Any]:
    """Replay a game that was handed in, and return its results.

    Args:
        content: the game's file.
        room: the class.

    Returns:
        ``values`` of the criteria, ``kpis`` by quarter, ``choices``, ``surprise``, ``digest``, and ``apart``: the events
        that came at other times than in the class, so that the game cannot be ranked.

    Raises:
        InputError: the game is incomplete, is not the class's, is not finished, cannot be played, or gives different figures.
    """
    saved = saved_of(content, GAME)
    _check(saved, room)
    begun, scheduled = event_quarters(room.seed, saved.terms, room.quarters), room.event_quarters()
    events = {name: begun.get(name, -1) + 1 for name in catalogue().events}
    terms = Terms(events=events, predict=room.terms.predict, quarters=room.terms.quarters)
    choices = [Choice(tuple(row.start), tuple(row.stop), dict(row.expected)) for row in saved.choices]
    game = play_through(choices, room.seed, room.scenario, terms=terms)
    if game.digest() != saved.digest:
        why = (
            f"it was played with ccsim {saved.ccsim}, and this server has {__version__}" if saved.ccsim != __version__
            else "its choices do not give the values that were handed in"
        )  # fmt: skip
        raise InputError(f"{GAME} does not replay: {why}")
    return {
        **_described(game),
        "apart": [name for name in catalogue().events if begun.get(name) != scheduled.get(name)],
    }


def _check(saved: SavedGame, room: ClassRoom) -> None:
    """Raise an error for a game that is not the class's, before it is replayed.

    Raises:
        InputError: the game has another seed, another organisation, or moves that the class may not make.
    """
    if (saved.seed, saved.scenario) != (room.seed, room.scenario):
        raise InputError(f"{GAME} was played with a different organisation or seed from the class's")
    if len(saved.choices) != room.quarters:
        raise InputError(f"{GAME} has {len(saved.choices)} quarters; a finished one has {room.quarters}")
    for number, choice in enumerate(saved.choices, 1):
        for name in choice.start:
            if why := room.terms.forbids(name):
                raise InputError(f"quarter {number}: {why}")
    saved.terms.check(catalogue())


def _described(game: Game) -> dict[str, Any]:
    played = result(game)
    kpis = {**played.kpis, **{row.kpi: game.by_quarter(row.kpi) for row in game.rules.report if row.predict}}
    return {
        "values": score(game, Terms().weights_under(game.catalogue)).values,
        # What is not known is null: JSON has no other word for it.
        "kpis": {name: [value if isfinite(value) else None for value in values] for name, values in kpis.items()},
        "choices": [{"start": list(row.start), "stop": list(row.stop)} for row in played.choices],
        "expected": [{name: round(float(value), 6) for name, value in row.expected.items()} for row in played.choices],
        "surprise": played.surprise,
        "digest": game.digest(),
    }


class ReplayQueue:
    """Replays games one after another in the background.

    Args:
        done: called with the class, the player's identifier, and the result or the reason for refusal.
    """

    def __init__(self, done: Callable[[ClassRoom, str, dict[str, Any] | None, str], None]) -> None:
        self._done = done
        self._waiting: queue.Queue[tuple[ClassRoom, str, bytes] | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def add(self, room: ClassRoom, player: str, content: bytes) -> None:
        """Queue a game for its replay.

        Args:
            room: the class.
            player: identifier of the player.
            content: the file of the game.

        Raises:
            InputError: too many games wait.
        """
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="replay", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait((room, player, content))
        except queue.Full:
            raise InputError(f"{MOST_WAITING} games wait for their replay; hand in again in a minute") from None

    def warm(self, room: ClassRoom) -> None:
        """Compile the model beforehand, so that the first game that is handed in does not wait for it."""

        def play() -> None:
            Game(room.seed, room.scenario).play(Choice())

        threading.Thread(target=play, name="warm", daemon=True).start()

    def join(self) -> None:
        """Wait until every game has been replayed."""
        self._waiting.join()

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            room, player, content = item
            try:
                self._done(room, player, replayed(content, room), "")
            except CcsimError as error:
                self._done(room, player, None, str(error))
            except Exception as error:  # noqa: BLE001 - a fault of one game must not end the queue for all others
                self._done(room, player, None, f"{GAME} cannot be replayed ({type(error).__name__})")
            finally:
                self._waiting.task_done()
