"""Practice becomes habit. Habits that are not practised fade, more slowly with routines and tools that support them. [004]"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import clip01, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("habit")
class Habit:
    """How practice becomes habit and how habits fade."""

    formation_rate: float = parameter(
        0.06,
        unit="1/week",
        range=(0.02, 0.12),
        off=0.0,
        meaning="share of the gap to practice that a growing habit closes in a week",
        source="Lally et al. 2010: about 66 days to near the plateau",
    )
    decay_rate: float = parameter(
        0.03,
        unit="1/week",
        range=(0.005, 0.08),
        off=0.0,
        meaning="share of the gap to practice that a fading habit closes in a week",
    )
    utility_weight: float = parameter(
        1.5, unit="utility", range=(0.5, 4.0), off=0.0, meaning="weight of a full habit in a choice"
    )
    routine_protection: float = parameter(
        0.8,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        meaning="share of the decay of habits that full routines prevent",
        pack="embedding",
    )
    adopter_threshold: float = parameter(
        0.475,
        unit="share",
        range=(0.35, 0.65),
        meaning="habit above which a person visibly acts customer-first by habit: the person counts as an adopter, whose "
        "successes speak for the change to colleagues",
        source="assumed; one level for both, because colleagues see what is counted",
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    habit: FloatArray = stock("share", "how far acting customer-first has become a habit of the person")


@rule
def habit_update(habit: float, practice: float, routine: float, p: Habit) -> float:
    """Return habit after a week: it follows practice, and fades more slowly if the practice is written into routines.

    Source: growth towards a plateau (Lally et al. 2010); fading is assumed, after article 004.

    Args:
        habit: how far acting customer-first has become a habit of the person (share).
        practice: share of contacts handled in the new way.
        routine: customer-first practice written into routines and tools (share).
        p: parameters of the group ``habit``.

    Returns:
        The habit after the week (share).
    """
    if practice > habit:
        return relax(habit, practice, p.formation_rate)
    return relax(habit, practice, p.decay_rate * (1.0 - p.routine_protection * routine))


@kernel
def update_habit(staff: Rows, departments: Rows, p: Habit, reinforcement: float) -> None:
    """Update each person's habit from the week's practice.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        p: parameters of the group ``habit``.
        reinforcement: ``recognition.habit_reinforcement``, how much faster habit forms with full recognition (factor).

    Writes:
        staff: ``habit``.
    """
    for i in range(len(staff.habit)):
        routine = departments.routine[staff.department[i]]
        if staff.arrived[i] > 0.0:
            staff.habit[i] = 0.5 * routine
        elif staff.handled[i] + staff.improvement_hours[i] > 0.0:
            # An hour of paid improvement counts as practice, like a case.
            contacts = staff.handled[i] + staff.improvement_hours[i]
            practice = (staff.solved[i] + staff.improvement_hours[i]) / contacts
            before = staff.habit[i]
            staff.habit[i] = habit_update(before, practice, routine, p)
            if staff.habit[i] > before:
                # Recognition makes the habit form faster.
                speed = min(1.0 / max(p.formation_rate, 1e-9), 1.0 + reinforcement * staff.recognised[i])
                staff.habit[i] = clip01(relax(before, staff.habit[i], speed))
