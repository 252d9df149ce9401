"""The entry point of the command ``ccsim``; it handles Ctrl-C while the rest is loaded."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from ccsim.errors import deleted_folder

#: Commands of ``ccsim org`` that simulate nothing. Compiled modules are not loaded for them, so that they answer at once.
READING = ("new", "check", "read", "assess")


def main() -> NoReturn:
    """Load the command line and run it."""
    if (
        gone := deleted_folder()
    ):  # checked here, because numba fails to load without a working folder and names no reason
        sys.stderr.write(f"ccsim: {gone}\n")
        sys.exit(2)
    if sys.argv[1:2] == ["org"] and sys.argv[2:3] and sys.argv[2] in READING:
        os.environ.setdefault("CCSIM_PLAIN", "1")
    try:
        from ccsim.cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("ccsim: stopped; run the same command to start again\n")
        sys.exit(130)
    try:
        run()
    except RecursionError:
        sys.stderr.write("ccsim: the input is nested too deeply\n")
        sys.exit(2)
    except MemoryError:
        sys.stderr.write("ccsim: out of memory; use fewer workers (--workers), customers or replicates\n")
        sys.exit(1)
