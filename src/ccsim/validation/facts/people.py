"""A study of people: all in post over a stretch of weeks, in organisations under the same or under two rules.

Meta-analyses of incentives and of empowerment are about persons, not firms: what one does, gives and feels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.execution.runner import replicate_seed
from ccsim.scenarios.scenario import Scenario
from ccsim.simulation.simulation import Simulation

if TYPE_CHECKING:
    import pandas as pd

    from ccsim.execution.executor import Progress

#: Weeks over which a person is watched: half a year.
WATCHED = 26
#: What is summed over these weeks, and what is asked at their end.
SUMMED = ("handled", "worked", "solved", "wins", "setbacks")
ASKED = ("engagement", "fatigue", "cynicism", "conviction", "skill", "habit", "safety", "latitude")
#: Columns of the frame, for expressions: sums, answers, ``felt`` (empowerment felt) and ``arm`` (number of the scenario).
COLUMNS = (*SUMMED, *ASKED, "felt", "arm")


def observe(
    scenarios: dict[str, Scenario], replicates: int, weeks: int, seed: int, progress: Progress | None = None
) -> pd.DataFrame:  # fmt: skip
    """Return one row per person who was in post all the time.

    Args:
        scenarios: the arms; organisations of one replicate share their draws.
        replicates: organisations in each arm; they are what is independent.
        weeks: when the watch ends.
        seed: where the seeds begin.
        progress: called with (done, planned, failed).
    """
    import pandas as pd

    frames: list[Any] = []
    planned = len(scenarios) * replicates
    for replicate in range(replicates):
        for arm, (name, scenario) in enumerate(scenarios.items()):
            rows = _watch(Simulation(scenario, replicate_seed(seed, replicate), weeks), weeks)
            frames.append(pd.DataFrame(rows).assign(unit=replicate, scenario=name, replicate=replicate, arm=float(arm)))
            if progress:
                progress(len(frames), planned, 0)
    found: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return found


def _watch(simulation: Simulation, weeks: int) -> dict[str, Any]:
    staff: Any = simulation.world.populations.staff
    sums = {name: np.zeros(len(staff.person)) for name in SUMMED}
    for week in range(weeks):
        simulation.step()
        if week >= weeks - WATCHED:
            for name in SUMMED:
                sums[name] += getattr(staff, name)
    stayed = (staff.hired_week < weeks - WATCHED) & (staff.vacant_until < weeks) & (sums["worked"] > 0.0)
    found = {name: total[stayed] for name, total in sums.items()}
    found |= {name: getattr(staff, name)[stayed].astype(np.float64) for name in ASKED}
    return found | {"felt": np.clip(found["latitude"] * found["safety"], 0.0, 1.0)}
