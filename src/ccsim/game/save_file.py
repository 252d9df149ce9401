"""Games as files: everything that makes a game again, and a fingerprint of what came out.

A file holds scenario, seed and choices, never values; reading it plays the game again. Two sums guard it: one over
its own text (a torn or edited file), one over every value of every week (another version of the model).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ccsim import __version__
from ccsim.errors import InputError, writing
from ccsim.game.class_rules import Terms
from ccsim.game.game import Choice, Game, play_through
from ccsim.game.names import clean_name
from ccsim.results.parquet import write_atomic
from ccsim.scenarios.toml_positions import read_bytes
from ccsim.simulation.simulation import LARGEST_SEED

FORMAT = "ccsim game"
#: A game of twelve quarters takes a few kilobytes.
LARGEST = 200_000
NAME = 40
NOTE = 2000

Name = Annotated[str, Field(max_length=80)]


class SavedChoice(BaseModel):
    """A quarter's choice in a file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    start: Annotated[list[Name], Field(max_length=50)] = []
    stop: Annotated[list[Name], Field(max_length=50)] = []
    expected: Annotated[dict[Name, float], Field(max_length=20)] = {}
    answers: Annotated[list[Annotated[str, Field(max_length=NOTE)]], Field(max_length=10)] = []


class SavedGame(BaseModel):
    """A game's file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Literal["ccsim game"]
    version: Literal[1]
    ccsim: Annotated[str, Field(max_length=40)]
    scenario: Name
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)]
    player: Annotated[str, Field(max_length=NAME)] = ""
    terms: Annotated[Terms, Field(strict=False)] = Terms()
    choices: Annotated[list[SavedChoice], Field(max_length=100)]
    digest: Annotated[str, Field(max_length=64)]
    check: Annotated[str, Field(max_length=64)]


@dataclass(frozen=True)
class Replay:
    """A game read from a file and played again.

    Attributes:
        game: the game.
        same: whether every value of every week is what it was, bit for bit.
        note: one sentence on that.
    """

    game: Game
    same: bool
    note: str


def text_of(game: Game) -> str:
    """Return a game as the text of a file."""
    terms = game.terms.model_dump(mode="json", exclude_defaults=True)
    data: dict[str, Any] = {
        "format": FORMAT, "version": 1, "ccsim": __version__, "scenario": game.scenario, "seed": int(game.seed),
        "player": clean_name(game.player, NAME), **({"terms": terms} if terms else {}), "choices": [_plain(choice) for choice in game.choices], "digest": game.digest(),
    }  # fmt: skip
    return json.dumps({**data, "check": _sum_of(data)}, indent=1, ensure_ascii=False) + "\n"


def save(game: Game, path: Path) -> None:
    """Write a game to a file.

    Raises:
        InputError: the file cannot be written.
    """
    with writing(path):
        write_atomic(path, text_of(game).encode())


def read_game(path: Path) -> Replay:
    """Return the game of a file, played again.

    Raises:
        InputError: the file cannot be read, is incomplete, is not a saved game, or names what this version of ccsim does not have.
    """
    return game_of(read_bytes(path, LARGEST), str(path))


def game_of(content: bytes, name: str = "the file") -> Replay:
    """Return the game that a file's content describes, played again; ``name`` is for messages."""
    saved = saved_of(content, name)
    choices = [
        Choice(tuple(row.start), tuple(row.stop), dict(row.expected), tuple(row.answers)) for row in saved.choices
    ]
    try:
        game = play_through(choices, saved.seed, saved.scenario, terms=saved.terms)
    except InputError as error:
        raise InputError(f"{name}: this game cannot be played with ccsim {__version__}: {error}") from None
    game.player = clean_name(saved.player, NAME)
    if game.digest() == saved.digest:
        return Replay(game, True, "Every value of every week is the same, bit for bit.")
    version = f"ccsim {saved.ccsim}" if saved.ccsim != __version__ else "another model or machine"
    return Replay(game, False, f"The choices are the same, the values are not: it was played with {version}.")


def saved_of(content: bytes, name: str) -> SavedGame:
    """Return the data of a saved game without playing it.

    Args:
        content: of the file.
        name: of the file, for messages.

    Raises:
        InputError: the file is incomplete, is not a saved game, is of another version, or was changed.
    """
    if len(content) > LARGEST:
        raise InputError(f"{name}: is not a saved game (it is larger than {LARGEST // 1000} kB)")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        torn = content.lstrip().startswith(b"{") and b'"ccsim game"' in content
        problem = "is incomplete: its end is missing or unreadable" if torn else "is not a saved game"
        raise InputError(f"{name}: {problem}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{name}: is not a saved game")
    if data.get("version") != 1:
        raise InputError(f"{name}: is a saved game of version {data.get('version')!r:.20}; this ccsim reads version 1")
    try:
        saved = SavedGame.model_validate(data)
    except ValidationError as error:
        key = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InputError(f"{name}: is damaged at {key}") from None
    if _sum_of({key: value for key, value in data.items() if key != "check"}) != saved.check:
        raise InputError(f"{name}: is damaged or was changed by hand: its checksum does not match its content")
    return saved


def _sum_of(data: dict[str, Any]) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(choice: Choice) -> dict[str, Any]:
    row: dict[str, Any] = {"start": list(choice.start), "stop": list(choice.stop)}
    row["expected"] = {name: float(value) for name, value in choice.expected.items()}
    row["answers"] = [answer[:NOTE] for answer in choice.answers] if any(choice.answers) else []
    return {key: value for key, value in row.items() if value}
