"""What a command says when Ctrl-C stops it: what is kept, and the command that goes on with it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

#: The folder in which the command that runs now keeps its results.
_FOLDERS: list[Path] = []
#: Commands that go on by themselves, with --resume, and not by ``ccsim resume``.
OWN_RESUME = ("validate",)


def working_in(folder: Path) -> Path:
    """Note the folder in which a command keeps its results, and return it."""
    _FOLDERS[:] = [folder]
    return folder


def forget() -> None:
    """Forget the folder of the command before."""
    _FOLDERS.clear()


def how_to_go_on(text: str = "") -> str:
    """Return what to say after Ctrl-C.

    Args:
        text: what the part of the command that was stopped says of itself.
    """
    folder = _FOLDERS[0] if _FOLDERS else None
    if folder is None or not any(folder.rglob("manifest.json")):
        return text or "stopped; the same command starts again"
    if text and (folder / "manifest.json").is_file():
        return text
    words = ["ccsim", "resume", str(folder)]
    if sys.argv[1:2] and sys.argv[1] in OWN_RESUME:
        from ccsim.cli.run_options import strip_options

        words = ["ccsim", *strip_options(sys.argv[1:], {"--out"}), "--out", str(folder), "--resume"]
    return f"stopped; what has finished is kept in {folder}. To go on: {shlex.join(words)}"
