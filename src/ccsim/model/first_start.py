"""The first start on a machine: compile the week here and the founding of an organisation in a second process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from ccsim.engine.jit import AHEAD, PLAIN, cache_folder
from ccsim.model.week import step_kernel

if TYPE_CHECKING:
    from ccsim.model.state import ModelState

#: Approximate number of functions that a week translates, to show progress.
FUNCTIONS = 230

#: Set in the second process.
_SECOND = "CCSIM_SECOND_COMPILER"

#: Code that the second process runs.
_INITIALISE = (
    "from ccsim.model import initial_state, settings; initial_state.sample_initial(settings.default_settings(), 0)"
)


def compile_week(state: ModelState) -> None:
    """Compile the week, unless this has been done on this machine.

    Args:
        state: a state; only its types matter.
    """
    if _is_compiled():
        return
    import numba

    kinds = tuple(map(numba.typeof, (state.populations, state.settings, state.seed, state.week)))
    compiled: Any = step_kernel
    second = _start_second()
    with _progress_shown():
        compiled.compile(kinds)
    if second is not None:
        second.wait()
    _is_compiled.cache_clear()


@cache
def _is_compiled() -> bool:
    """Return whether there is nothing to compile ahead, or no place to store it."""
    folder = None if PLAIN or AHEAD or os.environ.get(_SECOND) else cache_folder()
    return folder is None or any(folder.rglob("week.step_kernel*.nbi"))


def _start_second() -> subprocess.Popen[bytes] | None:
    """Start the process that compiles the founding of an organisation; None if no process can be started."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), _SECOND: "1"}
    command, null = [sys.executable, "-c", _INITIALISE], subprocess.DEVNULL
    with suppress(OSError):
        return subprocess.Popen(command, env=environment, stdin=null, stdout=null, stderr=null)
    return None


@contextmanager
def _progress_shown() -> Iterator[None]:
    """Show the progress of compiling on the terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    from ccsim.engine import parts

    done = 0

    def report_progress() -> None:
        nonlocal done
        done += 1
        share = min(95, 100 * done // FUNCTIONS)
        sys.stderr.write(f"\rccsim: compiling the model, once on this machine: {share} %")
        sys.stderr.flush()

    parts.LISTENERS.append(report_progress)
    try:
        yield
    finally:
        parts.LISTENERS.remove(report_progress)
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()
