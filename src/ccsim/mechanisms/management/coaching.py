"""Champions spend their time on colleagues and on routines. [004, 003]

A champion with authority lends decision rights to the people coached and reaches the whole department. A champion
without authority reaches the people who listen to him or her, in any department.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccsim.engine.columns import FloatArray, IntArray, Rows, columns, flow
from ccsim.engine.functions import clip01, half_saturation
from ccsim.engine.jit import kernel, rule

if TYPE_CHECKING:
    from ccsim.mechanisms.management.champions import Champions


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    borrowed_rights: FloatArray = flow("share", "decision rights lent by a champion with authority")
    coaching_hours: FloatArray = flow("hours", "champion's time spent on the person")


@columns("departments")
class Departments:
    """Columns of a department."""

    champion_hours: FloatArray = flow("hours", "hours of all champions")


@rule
def lent_rights(hours: float, authority: float, p: Champions) -> float:
    """Return the decision rights lent to a colleague who gets some of a champion's time.

    Source: assumed, after articles 003 and 004: diminishing returns of time.

    Args:
        hours: champion's time spent on the person (hours).
        authority: decision rights that a champion can lend (share).
        p: parameters of the group ``champions``.

    Returns:
        Decision rights lent (share).
    """
    return authority * half_saturation(hours, p.half_saturation)


@rule
def people_reached(i: int, champion: int, first: int, last: int, colleagues: IntArray) -> bool:
    """Return whether a champion reaches a person: as a listener or, with authority, as a member of the same department.

    Source: assumed, after articles 003 and 004.

    Args:
        i: row of the person.
        champion: row of the champion.
        first: row of the first person whom the champion reaches by authority.
        last: row after the last one.
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.

    Returns:
        Whether the champion reaches the person.
    """
    if i == champion:
        return False
    if first <= i < last:
        return True
    for k in range(colleagues.shape[1]):
        if colleagues[i, k] == champion:
            return True
        if colleagues[i, k] < 0:  # people differ in how many colleagues they listen to
            return False
    return False


@rule
def commanded(department: int, departments: Rows, p: Champions) -> tuple[int, int]:
    """Return the row of the first person whom a champion reaches by authority, and the row after the last one.

    Source: arithmetic: the rows of the department.

    Args:
        department: row of the department.
        departments: columns of the departments, one row each.
        p: parameters of the group ``champions``.

    Returns:
        The two rows; twice 0 if champions have no authority.
    """
    return (departments.first_staff[department], departments.last_staff[department]) if p.authority > 0.0 else (0, 0)


@rule
def list_reached(reached: npt.NDArray[np.int32], champion: int, first: int, last: int, colleagues: IntArray) -> int:
    """List the people whom a champion reaches, and return their number.

    The list avoids reading the rows of all people, which are far apart in memory.

    Source: arithmetic: a list.

    Args:
        reached: shape (posts,), room for the list.
        champion: row of the champion.
        first: row of the first person whom the champion reaches by authority.
        last: row after the last one.
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.

    Returns:
        Number of people reached.

    Writes:
        reached.
    """
    count = 0
    for i in range(len(reached)):
        reached[count] = i
        count += people_reached(i, champion, first, last, colleagues)
    return count


@kernel(allocates=True)
def coach(staff: Rows, colleagues: IntArray, departments: Rows, p: Champions) -> None:
    """Spend champions' hours on colleagues and on routines.

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
    reached = np.empty(len(staff.champion), np.int32)
    for champion in range(len(staff.champion)):
        hours = staff.champion_hours[champion]
        if hours <= 0.0:
            continue
        department = staff.department[champion]
        departments.champion_hours[department] += hours
        departments.embedding[department] += hours * clip01(p.embedding)
        first, last = commanded(department, departments, p)
        listening = list_reached(reached, champion, first, last, colleagues)
        if listening == 0:
            continue
        coaching = hours * (1.0 - clip01(p.embedding))
        per_person = coaching / listening
        # Hours are divided among the people coached, while every colleague may see an example in full.
        observed = per_person + p.example_share * (coaching - per_person)
        for k in range(listening):
            i = reached[k]
            staff.coaching_hours[i] += per_person
            staff.borrowed_rights[i] += lent_rights(per_person, p.authority, p)
            influence = 2.0 * half_saturation(observed, p.half_saturation)
            staff.sources[i] += influence
            staff.influence[champion] += influence
