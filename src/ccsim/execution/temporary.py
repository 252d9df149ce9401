"""Temporary folders: removed at the end, and after a kill at the next start."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

PREFIX = "ccsim-"
#: Name of the file that the owner of a folder locks.
OWNER = ".owner"
#: Seconds after which a folder without an owner's file counts as abandoned.
LEFT = 3600.0


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder that is removed at the end, and remove folders of killed processes."""
    _sweep(Path(tempfile.gettempdir()))
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name,
        contextlib.ExitStack() as stack,
    ):
        owner = stack.enter_context((Path(name) / OWNER).open("w"))
        _lock(owner)
        yield Path(name)


def _lock(file: IO[Any]) -> bool:
    """Lock a file; return whether this succeeded, or whether the system supports locks at all."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sweep(parent: Path) -> None:
    """Remove the folders of ended processes, as far as possible."""
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or not folder.is_dir():
                continue
            owner = folder / OWNER
            if owner.is_file():
                with owner.open("r+") as file:
                    abandoned = _lock(file)
            else:
                inside = {path.name for path in folder.iterdir()}
                ours = inside <= {"results", ".results.lock"}
                abandoned = ours and time.time() - folder.stat().st_mtime > LEFT
            if abandoned:
                shutil.rmtree(folder, ignore_errors=True)
