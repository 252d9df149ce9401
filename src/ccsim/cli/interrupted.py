"""The message after Ctrl-C: what is kept, and the command that continues."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

#: The folder in which the running command keeps its results.
_FOLDERS: list[Path] = []
#: Commands that continue with their own option --resume, not with ``ccsim resume``.
OWN_RESUME = ("validate",)


def working_in(folder: Path) -> Path:
    """Note the folder in which a command keeps its results, and return it."""
    _FOLDERS[:] = [folder]
    return folder


def forget() -> None:
    """Forget the folder of the previous command."""
    _FOLDERS.clear()


def how_to_go_on(text: str = "") -> str:
    """Return the message after Ctrl-C.

    Args:
        text: the message of the part of the command that was stopped.
    """
    folder = _FOLDERS[0] if _FOLDERS else None
    if folder is None or not any(folder.rglob("manifest.json")):
        return text or "stopped; run the same command to start again"
    if text and (folder / "manifest.json").is_file():
        return text
    words = ["ccsim", "resume", str(folder)]
    if sys.argv[1:2] and sys.argv[1] in OWN_RESUME:
        from ccsim.cli.run_options import strip_options

        words = ["ccsim", *strip_options(sys.argv[1:], {"--out"}), "--out", str(folder), "--resume"]
    return f"stopped; finished runs are kept in {folder}. To continue: {shlex.join(words)}"
