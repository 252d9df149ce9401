"""Shared code of studies inside organisations: each organisation is simulated, observed, and gives rows of a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.execution.runner import replicate_seed
from ccsim.scenarios.scenario import Scenario
from ccsim.simulation.simulation import Simulation

if TYPE_CHECKING:
    import pandas as pd

    from ccsim.execution.executor import Progress


def observe(
    watch: Callable[[Simulation, int], dict[str, Any]], scenarios: dict[str, Scenario], replicates: int, weeks: int, seed: int,
    progress: Progress | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the observations from each organisation.

    Args:
        watch: function from an organisation and a number of weeks to columns, each a number or an array with one row per person.
        scenarios: what is compared; organisations of one replicate share their draws.
        replicates: organisations of each scenario, the independent units.
        weeks: number of weeks observed.
        seed: the first seed.
        progress: called with (done, planned, failed).

    Returns:
        The columns, with ``unit`` and ``replicate``, the ``scenario`` and its number, the ``arm``.
    """
    import pandas as pd

    frames: list[Any] = []
    for replicate in range(replicates):
        for arm, (name, scenario) in enumerate(scenarios.items()):
            observed = watch(Simulation(scenario, replicate_seed(seed, replicate), weeks), weeks)
            frame = pd.DataFrame({column: np.atleast_1d(values) for column, values in observed.items()})
            frames.append(frame.assign(unit=replicate, scenario=name, replicate=replicate, arm=float(arm)))
            if progress:
                progress(len(frames), len(scenarios) * replicates, 0)
    table: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return table
