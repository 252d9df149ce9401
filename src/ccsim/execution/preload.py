"""Load the model, and compile it the first time. Importing this takes seconds; processes forked afterwards have it at once."""

import os
import pathlib
from contextlib import suppress

try:
    pathlib.Path.cwd()
except OSError:
    # The folder in which the command was started has been deleted. The compiler needs a working folder while it
    # is loaded, and its traceback would appear in the terminal. Nothing here reads or writes a relative path.
    with suppress(OSError):
        os.chdir(os.sep)

from ccsim.execution.runner import load_model, run_task  # needs a working folder

__all__ = ["run_task"]

load_model()
