"""Think big, start small: test, see what works, then spread it. Planning helps, but changes nothing by itself. [004]

The organisation's knowledge of what works here grows with planning (up to a limit), with doing, and most
with testing. Without this knowledge improvements fail more often, and the failures are visible.
"""

from __future__ import annotations

import math

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import clip01, half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("rollout", pack="programme")
class Rollout:
    """How a programme spreads and learns."""

    reach: float = parameter(
        1.0,
        unit="share",
        range=(0.2, 1.0),
        off=1.0,
        lever=True,
        meaning="share of the departments in which the programme runs; the same money is spent on fewer people",
    )
    testing_share: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.6),
        off=0.0,
        lever=True,
        meaning="share of improvement time for testing what works and communicating it",
    )
    planning_share: float = parameter(
        0.0, unit="share", range=(0.0, 1.0), off=0.0, lever=True, meaning="share of the budget spent on planning"
    )
    learning_rate: float = parameter(
        0.06, unit="1/week", range=(0.02, 0.15), off=0.0, meaning="rate at which much testing teaches what works here"
    )
    untested_learning: float = parameter(
        0.3, unit="factor", range=(0.0, 0.6), off=0.0, meaning="how much untested doing teaches, relative to testing"
    )
    plannable_share: float = parameter(
        0.5,
        unit="share",
        range=(0.2, 0.8),
        off=0.0,
        meaning="share of the knowledge of what works that planning alone can give",
    )
    half_saturation: float = parameter(
        0.3,
        unit="hours/week",
        range=(0.1, 1.0),
        legal=(0.001, 100.0),
        meaning="testing per head at which half of the full effect is reached",
    )


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    know_how: FloatArray = stock("share", "knowledge of what works here")


@rule
def reaches(department: int, department_count: int, p: Rollout) -> bool:
    """Return whether the programme runs in a department; departments are reached in order.

    Source: arithmetic: the reach, rounded up to whole departments.

    Args:
        department: row of the department.
        department_count: number of departments.
        p: parameters of the group ``rollout``.
    """
    return department < math.ceil(p.reach * department_count - 1e-9)


@rule
def know_how_update(know_how: float, planned: float, tested: float, done: float, p: Rollout) -> float:
    """Return the know-how after a week: it grows with planning up to a limit, and with testing and doing without limit.

    Source: assumed, after article 004: a first-order delay (Sterman 2000) towards full knowledge.

    Args:
        know_how: knowledge of what works here (share).
        planned: hours of planning per head.
        tested: hours of testing per head.
        done: hours of untested improvement per head.
        p: parameters of the group ``rollout``.

    Returns:
        The know-how after the week (share).
    """
    if know_how < p.plannable_share:
        know_how = relax(know_how, p.plannable_share, p.learning_rate * half_saturation(planned, p.half_saturation))
    practice = half_saturation(tested, p.half_saturation) + p.untested_learning * half_saturation(
        done, p.half_saturation
    )
    return relax(know_how, 1.0, clip01(p.learning_rate * practice / 2.0))


@kernel
def update_know_how(staff: Rows, firm: Rows, p: Rollout) -> None:
    """Update the organisation's knowledge of what works here.

    Args:
        staff: columns of the staff, one row per post.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``rollout``.

    Writes:
        firm: ``know_how``.
    """
    done = 0.0
    people = max(1, len(staff.improvement_hours))
    for i in range(len(staff.improvement_hours)):
        done += staff.improvement_hours[i]
    firm.know_how[0] = know_how_update(
        firm.know_how[0],
        firm.planning_hours[0] / people,
        p.testing_share * done / people,
        (1.0 - p.testing_share) * done / people,
        p,
    )
