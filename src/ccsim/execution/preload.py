"""The model, loaded and at first compiled: to import this takes seconds, and processes forked afterwards have it at once."""

import os
import pathlib
from contextlib import suppress

try:
    pathlib.Path.cwd()
except OSError:
    # The folder that the command was started in has been deleted since. What compiles asks for a working folder while it
    # is loaded, and its traceback would end up in the terminal; nothing here reads or writes a relative path.
    with suppress(OSError):
        os.chdir(os.sep)

from ccsim.execution.runner import load_model, run_task  # needs a working folder

__all__ = ["run_task"]

load_model()
