"""A study of people: everyone in post over a period of weeks, in organisations under one rule or two.

Meta-analyses of incentives and of empowerment are about persons, not firms: their behaviour, output and attitudes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ccsim.simulation.simulation import Simulation

#: Weeks over which a person is observed: half a year.
WATCHED = 26
#: Quantities summed over these weeks, and quantities taken at their end.
SUMMED = ("handled", "worked", "solved", "visible_successes", "setbacks")
ANSWERS = ("engagement", "fatigue", "cynicism", "conviction", "skill", "habit", "safety", "latitude")
#: Columns of the frame, for expressions: sums, answers, ``felt`` (empowerment felt) and ``arm`` (number of the scenario).
COLUMNS = (*SUMMED, *ANSWERS, "felt", "arm")


def watch(simulation: Simulation, weeks: int) -> dict[str, Any]:
    """Return columns with one row for each person in post throughout the last weeks."""
    staff: Any = simulation.state.populations.staff
    sums = {name: np.zeros(len(staff.person)) for name in SUMMED}
    for week in range(weeks):
        simulation.step()
        if week >= weeks - WATCHED:
            for name in SUMMED:
                sums[name] += getattr(staff, name)
    stayed = (staff.hired_week < weeks - WATCHED) & (staff.vacant_until < weeks) & (sums["worked"] > 0.0)
    columns = {name: total[stayed] for name, total in sums.items()}
    columns |= {name: getattr(staff, name)[stayed].astype(np.float64) for name in ANSWERS}
    return columns | {"felt": np.clip(columns["latitude"] * columns["safety"], 0.0, 1.0)}
