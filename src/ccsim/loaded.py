"""The model, loaded and at first compiled: to import this takes seconds, and processes forked afterwards have it at once."""

import contextlib

from ccsim.run import do_task
from ccsim.scenario import load
from ccsim.simulation import simulate

__all__ = ["do_task"]

_SMALL = {"organisation.staff": 20, "organisation.customers": 40, "organisation.warm_up": 1}

# What cannot be done here fails again, with its own message, where runs are done.
with contextlib.suppress(Exception):
    simulate(load("nothing").changed(_SMALL), weeks=1)
