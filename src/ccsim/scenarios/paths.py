"""Check paths given by users, including paths that no file can have, such as paths that are too long."""

from __future__ import annotations

import os
from pathlib import Path


def resolved(path: Path) -> Path:
    """Return a path with its links resolved as far as possible; circular links remain."""
    return Path(os.path.realpath(path))


def is_file(path: Path) -> bool:
    """Return whether the file exists."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Return whether the folder exists."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def toml_files(folder: Path) -> list[Path]:
    """Return the .toml files of a folder in order; none if the folder does not exist."""
    return sorted(folder.glob("*.toml")) if is_folder(folder) else []
