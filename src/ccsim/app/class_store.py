"""Classes on disk, so that they survive a restart: one folder per class, with a file for its terms and one for each player.

Each file is written next to its final path and then moved: an interruption leaves either the old file or the new one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ccsim.app.class_room import CODE_LETTERS, LETTERS, ClassRoom, Player
from ccsim.errors import InputError, writing
from ccsim.results.parquet import write_atomic

#: Days after which a class is forgotten.
FORGOTTEN = 60
VERSION = 1

T = TypeVar("T")


def default_folder() -> Path:
    """Return where classes are kept: a folder of this user, or the one that ``CCSIM_CLASSES`` names."""
    import platformdirs

    return Path(os.environ.get("CCSIM_CLASSES") or platformdirs.user_data_path("ccsim") / "classes")


class ClassStore:
    """The folder in which classes are kept.

    Args:
        folder: the folder; created if necessary, for this user only.

    Attributes:
        faults: files that could not be read, one sentence each.

    Raises:
        InputError: the folder cannot be made or written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = folder / f".{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise InputError(
                f"{folder}: classes cannot be kept there ({error.strerror}); CCSIM_CLASSES names another folder"
            ) from None

    def load(self) -> dict[str, ClassRoom]:
        """Return the stored classes by code; those unchanged for a long time are deleted."""
        rooms: dict[str, ClassRoom] = {}
        for path in sorted(self.folder.iterdir()):
            if not re.fullmatch(rf"[{LETTERS}]{{{CODE_LETTERS}}}", path.name) or not path.is_dir():
                continue
            newest = max((file.stat().st_mtime for file in path.iterdir()), default=0.0)
            if time.time() - newest > FORGOTTEN * 86_400:
                shutil.rmtree(path, ignore_errors=True)
                continue
            room = self._read(path / "class.json", "class", ClassRoom.from_data)
            if room is None:
                continue
            players = [self._read(file, "player", Player.from_data) for file in sorted(path.glob("player-*.json"))]
            for player in sorted(filter(None, players), key=lambda row: row.joined):
                room.players[player.id] = player
            rooms[room.code] = room
        return rooms

    def _read(self, file: Path, kind: str, from_data: Callable[[Mapping[str, Any]], T]) -> T | None:
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            self.faults.append(f"{file}: is missing or incomplete; it is left out")
            return None
        if not isinstance(data, dict) or data.pop("version", None) != VERSION:
            self.faults.append(f"{file}: is of another version of ccsim; it is left out")
            return None
        try:
            return from_data(data)
        except (TypeError, KeyError, ValueError, AttributeError):
            self.faults.append(f"{file}: is not a {kind} of this version of ccsim; the {kind} is left out")
            return None

    def _write(self, file: Path, data: dict[str, Any]) -> None:
        content = json.dumps({"version": VERSION, **data}, ensure_ascii=False, separators=(",", ":"))
        with writing(file):
            file.parent.mkdir(exist_ok=True, mode=0o700)
            write_atomic(file, content.encode())

    def save_room(self, room: ClassRoom) -> None:
        """Write the lecturer's settings.

        Raises:
            InputError: it cannot be written.
        """
        self._write(self.folder / room.code / "class.json", room.as_data())

    def save_player(self, room: ClassRoom, player: Player) -> None:
        """Write a player.

        Raises:
            InputError: it cannot be written.
        """
        self._write(self.folder / room.code / f"player-{player.id}.json", player.as_data())

    def remove_player(self, room: ClassRoom, player: str) -> None:
        """Delete a player's file."""
        (self.folder / room.code / f"player-{player}.json").unlink(missing_ok=True)

    def remove_room(self, room: ClassRoom) -> None:
        """Delete a class with all that was handed in."""
        shutil.rmtree(self.folder / room.code, ignore_errors=True)
