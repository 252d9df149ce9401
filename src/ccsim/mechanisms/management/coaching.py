"""Champions' time goes to colleagues, and to routines. [004, 003]

Authority lends decision rights to the people coached and opens the own department; without it a champion reaches
those who listen to him or her, wherever they sit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, IntArray, Rows, columns, flow
from ccsim.engine.functions import clip01, half_saturation
from ccsim.engine.jit import kernel, rule

if TYPE_CHECKING:
    from ccsim.mechanisms.management.champions import Champions


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    borrowed_rights: FloatArray = flow("share", "decision rights lent by a champion with authority")
    coaching_hours: FloatArray = flow("hours", "a champion's time")


@columns("departments")
class Departments:
    """Columns of a department."""

    champion_hours: FloatArray = flow("hours", "hours of champions")


@rule
def lent_rights(hours: float, authority: float, p: Champions) -> float:
    """Decision rights lent to a colleague who gets some of a champion's time."""
    return authority * half_saturation(hours, p.half_saturation)


@rule
def people_reached(i: int, champion: float, staff: Rows, colleagues: IntArray, p: Champions) -> bool:
    """A champion reaches those who listen to him or her, and with authority the own department.

    Source: assumed, after articles 003 and 004.

    Args:
        i: row of the person.
        champion: time freed for carrying the change, 0 for most people (hours/week).
        staff: columns of the staff, one row per post.
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        p: parameters of the mechanism.

    Returns:
        Whether the champion reaches the person.
    """
    if i == champion:
        return False
    if p.authority > 0.0 and staff.department[i] == staff.department[champion]:
        return True
    for k in range(colleagues.shape[1]):
        if colleagues[i, k] == champion:
            return True
    return False


@kernel
def coach(staff: Rows, colleagues: IntArray, departments: Rows, p: Champions) -> None:
    """Champions spend their hours on colleagues and on routines.

    Args:
        staff: columns of the staff, one row per post.
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        departments: columns of the departments, one row each.
        p: parameters of the group ``champions``.

    Writes:
        staff: ``borrowed_rights``, ``coaching_hours``, ``influence``, ``sources``.
        departments: ``champion_hours``, ``embedding``.
    """
    if p.count <= 0:
        return
    for champion in range(len(staff.champion)):
        hours = staff.champion_hours[champion]
        if hours <= 0.0:
            continue
        department = staff.department[champion]
        departments.champion_hours[department] += hours
        departments.embedding[department] += hours * clip01(p.embedding)
        listening = 0
        for i in range(len(staff.champion)):
            listening += people_reached(i, champion, staff, colleagues, p)
        if listening == 0:
            continue
        whole = hours * (1.0 - clip01(p.embedding))
        each = whole / listening
        # Hours are divided among those who are coached; an example may be seen in full by each colleague who looks.
        seen = each + p.example_share * (whole - each)
        for i in range(len(staff.champion)):
            if people_reached(i, champion, staff, colleagues, p):
                staff.coaching_hours[i] += each
                staff.borrowed_rights[i] += lent_rights(each, p.authority, p)
                speaks = 2.0 * half_saturation(seen, p.half_saturation)
                staff.sources[i] += speaks
                staff.influence[champion] += speaks
