"""Embedding: practice that is written into routines and tools no longer depends on the person who introduced it. [004]

Only existing practice can be written down, and routines that are not maintained become outdated.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("embedding", pack="embedding")
class Embedding:
    """How practice becomes routine."""

    writing_rate: float = parameter(
        0.12,
        unit="1/week",
        range=(0.03, 0.3),
        off=0.0,
        meaning="share of the gap between routine and practice that a week of much embedding work closes",
    )
    half_saturation: float = parameter(
        0.3,
        unit="hours/week",
        range=(0.1, 1.0),
        meaning="embedding work per head at which half of the full effect is reached",
    )
    decay_rate: float = parameter(
        0.004,
        unit="1/week",
        range=(0.001, 0.02),
        off=0.0,
        meaning="share of routine that becomes outdated in a week",
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    routine: FloatArray = stock("share", "customer-first practice written into routines and tools")
    embedding: FloatArray = flow("hours", "time spent on writing practice into routines and tools")


@rule
def routine_update(routine: float, practised: float, hours: float, p: Embedding) -> float:
    """Return a department's routine after a week: it follows habits, as far as time is spent on writing them down.

    Source: assumed, after article 004: a first-order delay (Sterman 2000) towards habit, and decay.

    Args:
        routine: customer-first practice written into routines and tools (share).
        practised: share of contacts handled in the new way.
        hours: time available for cases (hours).
        p: parameters of the group ``embedding``.

    Returns:
        The routine after the week (share).
    """
    if practised > routine:
        routine = relax(routine, practised, p.writing_rate * half_saturation(hours, p.half_saturation))
    return routine * (1.0 - p.decay_rate)


@kernel
def update_routine(staff: Rows, departments: Rows, p: Embedding) -> None:
    """Update each department's routine.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        p: parameters of the group ``embedding``.

    Writes:
        departments: ``routine``.
    """
    for d in range(len(departments.routine)):
        practised, people = 0.0, 0.0
        for i in range(departments.first_staff[d], departments.last_staff[d]):
            practised += staff.habit[i]
            people += 1.0
        if people > 0.0:
            hours = departments.embedding[d] / people
            departments.routine[d] = routine_update(departments.routine[d], practised / people, hours, p)
