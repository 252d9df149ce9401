"""The entry of the command ``ccsim``: it takes Ctrl-C while everything else is being loaded."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Load the command line and run it."""
    try:
        from ccsim.cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("ccsim: stopped; the same command starts again\n")
        sys.exit(130)
    run()
