"""Outcomes of a contact: the case is closed, returns or is passed on, and the person learns from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.jit import rule
from ccsim.mechanisms.service.handling_options import ESCALATE, FAST, HAND_OVER, SCRIPT, SOLVE, handoff_mode
from ccsim.mechanisms.service.handoffs import loss_of_context
from ccsim.mechanisms.service.queues import NO_CASE, RETURNING, join_queue
from ccsim.mechanisms.service.service_quality import contact_quality

if TYPE_CHECKING:
    from ccsim.mechanisms.management.empowerment import Empowerment
    from ccsim.mechanisms.service.handling_options import Service
    from ccsim.mechanisms.service.handoffs import Handoffs


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    solved: FloatArray = flow("cases", "contacts handled with judgement: the customer-first act")
    visible_successes: FloatArray = flow("cases", "solved contacts that visibly worked, and visible improvements")
    setbacks: FloatArray = flow("cases", "solved contacts that visibly failed")
    blamed: FloatArray = flow("cases", "setbacks in cases beyond the person's decision rights")


@columns("departments")
class Departments:
    """Columns of a department."""

    closed_fast: FloatArray = flow("contacts", "contacts closed fast")
    followed_script: FloatArray = flow("contacts", "contacts handled by the script")
    solved: FloatArray = flow("contacts", "contacts solved with judgement")
    arriving: FloatArray = flow("cases", "cases that arrived from other departments this week, to be handled next week")
    handed_over: FloatArray = flow("contacts", "contacts handed over to another department without work on them")
    escalated: FloatArray = flow("contacts", "contacts escalated to a leader")
    closed: FloatArray = flow("issues", "closings, resolved or not")
    closed_first: FloatArray = flow("issues", "closings at the first contact, resolved or not")
    resolved: FloatArray = flow("issues", "issues resolved")
    resolved_first: FloatArray = flow("issues", "issues resolved at the first contact")
    resolution_weeks: FloatArray = flow("weeks", "sum of the resolved issues' ages")
    handoffs: FloatArray = flow("hand-offs", "cases passed between departments")
    handoffs_lost: FloatArray = flow("hand-offs", "hand-offs that lost the customer's information")
    sound_journeys: FloatArray = flow("issues", "closings with every stage handled without an error")
    goodwill: FloatArray = flow("EUR", "compensation given to customers")
    visible_successes: FloatArray = flow("cases", "visible successes")


@rule
def count_choice(option: int, department: int, departments: Rows) -> None:
    """Update the mix of choices.

    Args:
        option: how the case is handled, one of ``OPTIONS``.
        department: row of the department.
        departments: columns of the departments, one row each.

    Writes:
        departments: ``closed_fast``, ``escalated``, ``followed_script``, ``handed_over``, ``solved``.
    """
    if option == FAST:
        departments.closed_fast[department] += 1
    elif option == SCRIPT:
        departments.followed_script[department] += 1
    elif option == SOLVE:
        departments.solved[department] += 1
    elif option == HAND_OVER:
        departments.handed_over[department] += 1
    else:
        departments.escalated[department] += 1


@rule
def close_case(
    case: int,
    courtesy: float,
    department: int,
    returns: float,
    customers: Rows,
    cases: Rows,
    departments: Rows,
    p: Service,
    week: int,
) -> None:
    """Close a case after its last stage: the issue is resolved, returns, or is given up.

    Args:
        case: row of the case.
        courtesy: how the customer was treated, 0 to 1.
        department: row of the department.
        returns: random draw for whether the customer asks again, 0 to 1.
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        p: parameters of the mechanism.
        week: number of the week.

    Writes:
        customers: ``events``, ``quality``.
        cases: ``defect``, ``repetitions``, ``stages``, ``state``.
        departments: ``abandoned``, ``closed``, ``closed_first``, ``sound_journeys``, ``resolution_weeks``,
            ``resolved``, ``resolved_first``.
    """
    resolved = cases.defect[case] == 0
    first = cases.contacts[case] == 1
    age = week - cases.opened_week[case]
    customers.events[case] += 1
    customers.quality[case] += contact_quality(courtesy, 1.0 if resolved else 0.0, age, cases.repetitions[case], p)
    departments.closed[department] += 1
    departments.closed_first[department] += first
    if resolved:
        departments.resolved[department] += 1
        departments.resolved_first[department] += first
        departments.resolution_weeks[department] += age
        departments.sound_journeys[department] += 1
        cases.state[case] = NO_CASE
    elif returns < p.recontact_probability:
        cases.state[case] = RETURNING
        cases.stages[case] = 1
        cases.defect[case] = 0
        cases.repetitions[case] += 1
    else:
        departments.abandoned[department] += 1
        cases.state[case] = NO_CASE


@rule
def next_department(department: int, where: float, departments: Rows) -> int:
    """Return the department that gets a case: the front line passes on to the back office, the back office to any other.

    Source: assumed: departments are equally likely if hand-offs between them are not known.

    If the share of each department in hand-offs is known, cases are passed on in these shares.

    Args:
        department: row of the department that passes the case on.
        where: random draw for the department, 0 to 1.
        departments: columns of the departments, one row each.

    Returns:
        Row of the department that gets the case.
    """
    count = len(departments.queue)
    if departments.transfer_share[count - 1] > 0.0:
        goal = 0
        while goal < count - 1 and where >= departments.transfer_share[goal]:
            goal += 1
        return goal if goal != department else (goal + 1) % count
    fronts = 0
    for d in range(count):
        fronts += departments.front[d]
    if departments.front[department] == 1 and fronts < count:
        return fronts + int(where * (count - fronts))
    return (department + 1 + int(where * (count - 1))) % count


@rule
def pass_case(
    case: int,
    option: int,
    department: int,
    draw: float,
    where: float,
    week: int,
    cases: Rows,
    departments: Rows,
    handoffs: Handoffs,
) -> None:
    """Pass a case to another department, where it may arrive without the customer's information.

    Args:
        case: row of the case.
        option: how the case is handled, one of ``OPTIONS``.
        department: row of the department.
        draw: random draw, 0 to 1.
        where: random draw for the department, 0 to 1.
        week: number of the week.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        handoffs: cases passed between departments (hand-offs).

    Writes:
        cases: ``context_lost``, ``department``, ``next_case``, ``queued_week``, ``repetitions``, ``state``.
        departments: ``arriving``, ``handoffs``, ``handoffs_lost``, ``queue``, ``queue_first``, ``queue_last``.
    """
    goal = next_department(department, where, departments)
    departments.handoffs[department] += 1
    cases.context_lost[case] = 0
    cases.repetitions[case] += option == HAND_OVER
    if draw < loss_of_context(handoff_mode(option), departments.integration[department], handoffs):
        departments.handoffs_lost[department] += 1
        cases.context_lost[case] = 1
        cases.repetitions[case] += 1
    departments.arriving[goal] += 1
    join_queue(case, goal, week, False, cases, departments)


@rule
def record_judgement(
    i: int,
    case: int,
    department: int,
    right: float,
    staff: Rows,
    cases: Rows,
    departments: Rows,
    empowerment: Empowerment,
    goodwill: float,
) -> None:
    """Record whether a person's judgement worked, and any blame for an error beyond the person's rights.

    Args:
        i: row of the person.
        case: row of the case.
        department: row of the person's department.
        right: whether the stage was handled without an error.
        staff: columns of the staff, one row per post.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        empowerment: sum of latitude felt (share).
        goodwill: compensation given to customers (EUR).

    Writes:
        staff: ``blamed``, ``setbacks``, ``solved``, ``visible_successes``.
        departments: ``goodwill``, ``visible_successes``.
    """
    staff.solved[i] += 1
    departments.goodwill[department] += goodwill * cases.complexity[case]
    if right:
        staff.visible_successes[i] += 1
        departments.visible_successes[department] += 1
    else:
        staff.setbacks[i] += 1
        if cases.complexity[case] > staff.latitude[i]:
            staff.blamed[i] += empowerment.blame


@rule
def complete_stage(option: int, case: int, right: float, cases: Rows) -> None:
    """Complete a stage of the case, with or without an error, unless the case is handed over.

    Args:
        option: how the case is handled, one of ``OPTIONS``.
        case: row of the case.
        right: whether the stage was handled without an error.
        cases: columns of the cases, one row per person in the market.

    Writes:
        cases: ``defect``, ``stages``.
    """
    if option == HAND_OVER:
        return
    cases.stages[case] -= 1
    # Judgement, by the person or a leader, also repairs errors of earlier stages.
    if not right:
        cases.defect[case] = 1
    elif option == SOLVE or option == ESCALATE:
        cases.defect[case] = 0
