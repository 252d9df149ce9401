"""Refuse replicates of Mesa's ``batch_run`` that would all be the same run."""

from __future__ import annotations

import sys
from typing import Any

from ccsim.errors import InputError

HOW = (
    "every draw depends on rng, so give each replicate its own: "
    "batch_run(..., parameters={..., 'rng': range(10)}, iterations=1) with Mesa 3.3, "
    "batch_run(..., rng=range(10)) with Mesa 3.5 and later"
)


def refuse_equal_replicates(rng: Any) -> None:
    """Refuse a second replicate of ``batch_run`` with the same seed as the first.

    Args:
        rng: the seed of the model.

    Raises:
        InputError: every replicate would be the same.
    """
    run: Any = None
    iterations: Any = 1
    frame = sys._getframe(1)
    # Mesa does not tell a model which replicate it is, so its stack frames are read.
    while frame is not None:
        if frame.f_globals.get("__name__") == "mesa.batchrunner":
            if frame.f_code.co_name == "_model_run_func":
                run = frame.f_locals.get("run")
            elif frame.f_code.co_name == "batch_run":
                iterations = frame.f_locals.get("iterations") or 1
        frame = frame.f_back  # type: ignore[assignment]  # ends at None
    if run is None:
        return
    _, iteration, kwargs = run
    if rng is None:
        raise InputError(f"rng: None is not accepted in batch_run; {HOW}")
    from mesa.batchrunner import batch_run

    seeds_vary = "rng" in batch_run.__code__.co_varnames[: batch_run.__code__.co_argcount + 1]
    given = kwargs.get("rng", kwargs.get("seed", 0))
    if not seeds_vary and (iteration > 0 or iterations > 1) and rng == given:
        raise InputError(f"batch_run: all replicates would be the same run; {HOW}")
