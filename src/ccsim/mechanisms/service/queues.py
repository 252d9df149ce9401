"""Queues: first come, first served, as a chain from case to case."""

from __future__ import annotations

from enum import IntEnum

from ccsim.engine.columns import Int8Array, IntArray, Rows, columns, stock
from ccsim.engine.jit import rule
from ccsim.engine.prefetch import prefetch


class CaseState(IntEnum):
    """States of the case of a customer."""

    NO_CASE = 0
    WAITING = 1  # in the queue of a department
    RETURNING = 2  # closed without a resolution; the customer asks again next week
    WITHDRAWN = 3  # given up by the customer, but still a link in the chain of the queue


NO_CASE, WAITING = int(CaseState.NO_CASE), int(CaseState.WAITING)
RETURNING, WITHDRAWN = int(CaseState.RETURNING), int(CaseState.WITHDRAWN)


@columns("cases")
class Cases:
    """Columns of a case."""

    state: Int8Array = stock("state", "0 none, 1 waiting, 2 returning, 3 withdrawn", "demand", "service", "market")
    department: IntArray = stock("row", "department in whose queue the case is", "demand", "service")
    queued_week: IntArray = stock("week", "week in which the case joined the present queue", "demand", "service")
    next_case: IntArray = stock("row", "next case in the queue, -1 at the end", "demand", "service")


@columns("departments")
class Departments:
    """Columns of a department."""

    queue_first: IntArray = stock("row", "first case waiting, -1 if none", "demand", "service")
    queue_last: IntArray = stock("row", "last case waiting, -1 if none", "demand", "service")
    queue: IntArray = stock("cases", "length of the chain of waiting cases", "demand", "service", "market")


@rule
def join_queue(case: int, department: int, week: int, first: bool, cases: Rows, departments: Rows) -> None:
    """Put a case at the end of a department's queue, or at its front.

    Args:
        case: row of the case.
        department: row of the department.
        week: number of the week.
        first: whether it goes to the front.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.

    Writes:
        cases: ``department``, ``next_case``, ``queued_week``, ``state``.
        departments: ``queue``, ``queue_first``, ``queue_last``.
    """
    cases.state[case] = WAITING
    cases.department[case] = department
    cases.queued_week[case] = week
    last = departments.queue_last[department]
    cases.next_case[case] = departments.queue_first[department] if first else -1
    if first or last < 0:
        departments.queue_first[department] = case
    else:
        cases.next_case[last] = case
    if not first or last < 0:
        departments.queue_last[department] = case
    departments.queue[department] += 1


@rule
def take_next(department: int, cases: Rows, departments: Rows) -> int:
    """Take the first case out of a department's queue.

    Source: arithmetic: a list.

    Args:
        department: row of the department.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.

    Writes:
        departments: ``queue``, ``queue_first``, ``queue_last``.

    Returns:
        Row of the case.
    """
    case = departments.queue_first[department]
    departments.queue_first[department] = cases.next_case[case]
    if cases.next_case[case] < 0:
        departments.queue_last[department] = -1
    if cases.state[case] == WAITING:
        departments.queue[department] -= 1
    return case


@rule
def leave_queue(case: int, cases: Rows, departments: Rows) -> None:
    """Withdraw a waiting case whose customer gives up: it stays in the chain but no longer counts.

    Args:
        case: row of the case.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.

    Writes:
        cases: ``state``.
        departments: ``queue``.
    """
    cases.state[case] = WITHDRAWN
    departments.queue[cases.department[case]] -= 1


@rule
def fetch_case(case: int, customers: Rows, cases: Rows) -> int:
    """Return the case that waits behind a case (-1 for none), and prefetch the data of the case itself.

    Source: arithmetic: a list.

    Args:
        case: row of the case; -1 for none.
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.

    Returns:
        Row of the case that waits behind it; -1 for none.
    """
    if case < 0:
        return -1
    prefetch(cases.state, case)
    prefetch(cases.queued_week, case)
    prefetch(cases.complexity, case)
    prefetch(customers.events, case)
    prefetch(customers.care, case)
    behind = cases.next_case[case]
    prefetch(cases.next_case, behind)
    # A queue is nearly in the order of rows, so the links of the next few cases are a few cache lines further.
    prefetch(cases.next_case, behind + 64)
    prefetch(cases.next_case, behind + 80)
    return behind


@rule
def next_in_turn(i: int, department: int, departments: Rows) -> int:
    """Return the person who takes the next case: the people of a department take turns.

    Source: arithmetic: a list.

    Args:
        i: row of the person.
        department: row of the person's department.
        departments: columns of the departments, one row each.

    Returns:
        Row of the person whose turn is next.
    """
    return i + 1 if i + 1 < departments.last_staff[department] else departments.first_staff[department]


@rule
def fetch_person(i: int, staff: Rows) -> None:
    """Prefetch the data of a person that a contact reads and writes, one cache line after the other."""
    prefetch(staff.leader, i)
    prefetch(staff.skill, i)
    prefetch(staff.engagement, i)
    prefetch(staff.visible_successes, i)
