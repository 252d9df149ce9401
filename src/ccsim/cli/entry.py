"""The entry of the command ``ccsim``: it takes Ctrl-C while everything else is being loaded."""

from __future__ import annotations

import os
import pathlib
import sys
from typing import NoReturn

#: Commands of ``ccsim org`` that simulate nothing: they answer at once, because nothing that compiles is loaded for them.
READING = ("new", "check", "read", "assess")


def main() -> NoReturn:
    """Load the command line and run it."""
    try:
        pathlib.Path.cwd()
    except OSError:
        # Said here, because numba fails without a working folder while it is loaded, and names no reason.
        sys.stderr.write("ccsim: the working folder has been deleted: change to another one\n")
        sys.exit(2)
    if sys.argv[1:2] == ["org"] and sys.argv[2:3] and sys.argv[2] in READING:
        os.environ.setdefault("CCSIM_PLAIN", "1")
    try:
        from ccsim.cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("ccsim: stopped; the same command starts again\n")
        sys.exit(130)
    try:
        run()
    except RecursionError:
        sys.stderr.write("ccsim: what the command names is nested too deeply\n")
        sys.exit(2)
    except MemoryError:
        sys.stderr.write("ccsim: memory is used up; fewer workers (--workers), customers or replicates need less\n")
        sys.exit(1)
