"""The last choice of a person in the latest week, with its terms."""

from __future__ import annotations

import numpy as np

from ccsim.model.phases import start_step
from ccsim.model.state import ModelState
from ccsim.reports.choice_trace import Choice, choices, plain

SERVE = "service.serve"


def last_choice(before: ModelState | None, person: int) -> Choice | None:
    """Return what a person chose for the last case of the coming week of a world; None without a case.

    The week is lived again up to its service, and then the choices of the person's own department one by one.

    Args:
        before: the world as it was before the week; it is used up.
        person: row of the member of staff.
    """
    if before is None:
        return None
    for phase in start_step(before):
        if phase.name == SERVE:
            departments = before.populations.departments
            for other in range(len(departments.queue_first)):
                if other != before.populations.staff.department[person]:
                    departments.queue_first[other] = -1
            made = [choice for choice in choices(phase.arguments) if choice.person == person]
            return made[-1] if made else None
        # As plain Python: to compile every phase by itself would take minutes, and this takes a moment.
        with np.errstate(over="ignore"):
            plain(phase.kernel)(*phase.arguments)
    return None
