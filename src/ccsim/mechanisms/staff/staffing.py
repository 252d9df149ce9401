"""Cutting cost is the easiest place to begin: posts are closed, and what is left is shared out. [003]

Posts can be cut by decision, or follow the work: where time is saved posts go, where work piles up they return.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, IntArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters

#: A week that never comes: a closed post waits for it.
NEVER = 1 << 30


@parameters("staffing", pack="staffing")
class Staffing:
    """How many posts there are."""

    cut: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.3),
        off=0.0,
        legal=(0.0, 0.9),
        lever=True,
        meaning="share of posts cut by decision",
        switches=("staffing",),
    )
    workload_response: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="how far posts follow the work that there is",
        switches=("staffing",),
    )
    target_workload: float = parameter(
        0.9,
        unit="ratio",
        range=(0.8, 1.0),
        meaning="work over time available at which a post is neither cut nor restored",
    )
    adjustment_rate: float = parameter(
        0.02, unit="1/week", range=(0.005, 0.05), meaning="share of posts that can be closed or opened in a week"
    )
    min_share: float = parameter(
        0.5, unit="share", range=(0.3, 0.8), meaning="share of posts that following the work leaves at least"
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

    dismissed: FloatArray = flow("people", "people whose post was closed")


@rule
def target_posts(posts: float, open_now: float, workload: float, p: Staffing) -> float:
    """Posts wanted: what was not cut by decision, and of that what the work asks for.

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
    asked = open_now * (1.0 + p.workload_response * clip(workload - p.target_workload, -0.3, 0.3))
    return clip(asked, min(most, p.min_share * posts), most)


@kernel
def adjust_posts(staff: Rows, departments: Rows, p: Staffing, week: int) -> None:
    """Close and open posts, last ones first.

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
