"""What there is at a path that a user names, which may be one that no file can have, such as one that is too long."""

from __future__ import annotations

import os
from pathlib import Path


def resolved(path: Path) -> Path:
    """Return the place of a path without links, as far as they lead anywhere; links in a circle stay."""
    return Path(os.path.realpath(path))


def is_file(path: Path) -> bool:
    """Say whether there is such a file."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Say whether there is such a folder."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def toml_files(folder: Path) -> list[Path]:
    """Return the files of a folder that end in .toml, in order; none where there is no such folder."""
    return sorted(folder.glob("*.toml")) if is_folder(folder) else []
