"""Cutting cost by closing posts is the easiest start; the remaining people share the work. [003]

Posts can be cut by decision, or follow the work: posts are closed if time is saved, and opened again if work piles up.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, IntArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters

#: A week that is never reached, until which a closed post stays vacant.
NEVER = 1 << 30


@parameters("staffing", pack="staffing")
class Staffing:
    """The number of posts."""

    cut: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.3),
        off=0.0,
        legal=(0.0, 0.9),
        lever=True,
        meaning="share of posts that are cut by decision",
        switches=("staffing",),
    )
    workload_response: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="how far the number of posts follows the work",
        switches=("staffing",),
    )
    target_workload: float = parameter(
        0.9,
        unit="ratio",
        range=(0.8, 1.0),
        meaning="ratio of work to available time at which posts are neither cut nor restored",
    )
    adjustment_rate: float = parameter(
        0.02, unit="1/week", range=(0.005, 0.05), meaning="share of posts that can be closed or opened in a week"
    )
    min_share: float = parameter(
        0.5, unit="share", range=(0.3, 0.8), meaning="minimum share of posts that remain when posts follow the work"
    )
    severance: float = parameter(
        12.0, unit="weeks' pay", range=(4.0, 26.0), off=0.0, meaning="pay for each person whose post is closed"
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    closed: IntArray = stock("0/1", "1 while the post is cut")


@columns("departments")
class Departments:
    """Columns of a department."""

    dismissed: FloatArray = flow("people", "pay for people whose post was closed")


@rule
def target_posts(posts: float, open_now: float, workload: float, p: Staffing) -> float:
    """Return the number of posts wanted: those not cut by decision, as far as the work needs them.

    Source: assumed, after article 003: posts in proportion to work, within limits.

    Args:
        posts: posts, filled or not (posts).
        open_now: posts that are open (posts).
        workload: hours of work waiting for each hour of staff.
        p: parameters of the group ``staffing``.

    Returns:
        Number of posts wanted.
    """
    most = (1.0 - p.cut) * posts
    if p.workload_response <= 0.0:
        return most
    needed = open_now * (1.0 + p.workload_response * clip(workload - p.target_workload, -0.3, 0.3))
    return clip(needed, min(most, p.min_share * posts), most)


@kernel
def adjust_posts(staff: Rows, departments: Rows, p: Staffing, week: int) -> None:
    """Close and open posts, beginning with the last ones.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        p: parameters of the group ``staffing``.
        week: number of the week.

    Writes:
        staff: ``closed``, ``vacant_until``.
        departments: ``dismissed``.
    """
    for d in range(len(departments.queue)):
        first, last = departments.first_staff[d], departments.last_staff[d]
        open_now = 0
        for i in range(first, last):
            open_now += staff.closed[i] == 0
        posts = last - first
        goal = max(1.0, target_posts(posts, open_now, departments.workload[d], p))
        step = max(1.0, p.adjustment_rate * posts)
        for i in range(last - 1, first - 1, -1):
            if step < 1.0 or open_now <= goal + 0.5:
                break
            if staff.closed[i] == 0:
                departments.dismissed[d] += staff.vacant_until[i] <= week
                staff.closed[i] = 1
                staff.vacant_until[i] = NEVER
                open_now -= 1
                step -= 1.0
        for i in range(first, last):
            if step < 1.0 or open_now >= goal - 0.5:
                break
            if staff.closed[i] == 1:
                staff.closed[i] = 0
                staff.vacant_until[i] = week + 2
                open_now += 1
                step -= 1.0
