"""Departments work through their queues: staff choose how to handle each case and close it or pass it on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, IntArray, Rows, columns, flow, stock
from ccsim.engine.jit import kernel, rule
from ccsim.engine.rng import Stream, uniforms4
from ccsim.mechanisms.incentives.measures import survey_score
from ccsim.mechanisms.management.implementation import card_in_use
from ccsim.mechanisms.service.case_outcomes import close_case, complete_stage, count_choice, pass_case, record_judgement
from ccsim.mechanisms.service.choice import HandlingParameters, choose_handling
from ccsim.mechanisms.service.handling_options import ESCALATE, HAND_OVER, SOLVE
from ccsim.mechanisms.service.queues import NO_CASE, WITHDRAWN, fetch_case, fetch_person, next_in_turn, take_next
from ccsim.mechanisms.service.service_quality import courtesy_from

if TYPE_CHECKING:
    from ccsim.mechanisms.incentives.scorecards import StaffScorecard
    from ccsim.mechanisms.service.handling_options import Service

SERVICE_STREAM = int(Stream.SERVICE)

#: How many contacts ahead the data of cases and people is prefetched.
CASES_AHEAD, COLLEAGUES_AHEAD = 8, 4


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    overrun: FloatArray = stock("hours", "part of the time of the last case that falls into the next week")
    worked: FloatArray = flow("hours", "time spent on cases")
    handled: FloatArray = flow("cases", "contacts handled")


@columns("departments")
class Departments:
    """Columns of a department."""

    next_staff: IntArray = stock("row", "person who takes the next case")
    workload: FloatArray = stock("ratio", "recent ratio of waiting work to available time")
    handled: FloatArray = flow("contacts", "contacts handled, with each stage counted")
    worked: FloatArray = flow("hours", "staff time spent on cases")
    survey: FloatArray = flow("share", "sum of the results of surveys right after a contact")
    claimed: FloatArray = flow("issues", "closings at the first contact that the records count as resolved")
    overrun: FloatArray = flow("hours", "time of this week's cases that falls into the next week, minus last week's")


@rule
def handle(
    i: int,
    case: int,
    department: int,
    staff: Rows,
    leaders: Rows,
    customers: Rows,
    cases: Rows,
    departments: Rows,
    card: StaffScorecard,
    parameters: HandlingParameters,
    goodwill: float,
    seed: int,
    week: int,
) -> None:
    """Let a person handle a case: choose an option, carry it out, and close the case or pass it on.

    Args:
        i: row of the person.
        case: row of the case.
        department: row of the department.
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        card: the scorecard in use, a weight for each measure.
        parameters: groups of parameters of the handling of a case.
        goodwill: compensation given to customers (EUR).
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        staff: ``blamed``, ``handled``, ``setbacks``, ``solved``, ``visible_successes``, ``worked``.
        leaders: ``escalation_capacity``.
        customers: ``events``, ``quality``.
        cases: ``context_lost``, ``defect``, ``department``, ``next_case``, ``queued_week``, ``repetitions``,
            ``stages``, ``state``.
        departments: ``abandoned``, ``arriving``, ``claimed``, ``closed``, ``closed_fast``, ``closed_first``,
            ``escalated``, ``followed_script``, ``goodwill``, ``handed_over``, ``handled``, ``handoffs``,
            ``handoffs_lost``, ``sound_journeys``, ``queue``, ``queue_first``, ``queue_last``,
            ``resolution_weeks``, ``resolved``, ``resolved_first``, ``solved``, ``survey``, ``visible_successes``, ``worked``.
    """
    p, cards, handoffs, empowerment, _, _ = parameters
    draw, outcome, later, where = uniforms4(seed, SERVICE_STREAM, week, case)
    option, hours, success = choose_handling(
        i, case, department, draw, customers.care[case], staff, leaders, cases, departments, card, parameters
    )
    hours *= departments.time_factor[department]
    right = outcome < success
    courtesy = courtesy_from(option, staff.engagement[i], p)
    staff.worked[i] += hours
    staff.handled[i] += 1
    departments.handled[department] += 1
    departments.worked[department] += hours
    departments.survey[department] += survey_score(courtesy, 1.0 if right else 0.0, cards)
    count_choice(option, department, departments)
    if option == ESCALATE:
        leaders.escalation_capacity[staff.leader[i]] -= 1.0
    if option == SOLVE:
        record_judgement(i, case, department, right, staff, cases, departments, empowerment, goodwill)
    complete_stage(option, case, right, cases)
    if cases.contacts[case] == 1 and option < HAND_OVER and cases.stages[case] == 0:
        departments.claimed[department] += 1.0 if right else 1.0 - cards.traced_share
    if cases.stages[case] == 0:
        close_case(case, courtesy, department, later, customers, cases, departments, p, week)
    else:
        pass_case(case, option, department, later, where, week + 1, cases, departments, handoffs)


@kernel
def serve(
    staff: Rows,
    leaders: Rows,
    customers: Rows,
    cases: Rows,
    departments: Rows,
    parameters: HandlingParameters,
    goodwill: float,
    seed: int,
    week: int,
) -> None:
    """Let each department work through its queue, first come, first served, until its hours are used.

    A case moves at most once a week: cases that arrive from another department wait for the next week.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        parameters: groups of parameters of the handling of a case.
        goodwill: ``accounts.goodwill``, compensation given in the most complex cases that are solved with judgement
            (EUR).
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        staff: ``blamed``, ``handled``, ``setbacks``, ``solved``, ``visible_successes``, ``worked``.
        leaders: ``escalation_capacity``.
        customers: ``events``, ``quality``.
        cases: ``context_lost``, ``defect``, ``department``, ``next_case``, ``queued_week``, ``repetitions``,
            ``stages``, ``state``.
        departments: ``abandoned``, ``arriving``, ``claimed``, ``closed``, ``closed_fast``, ``closed_first``,
            ``escalated``, ``followed_script``, ``goodwill``, ``handed_over``, ``handled``, ``handoffs``,
            ``handoffs_lost``, ``sound_journeys``, ``next_staff``, ``queue``, ``queue_first``,
            ``queue_last``, ``resolution_weeks``, ``resolved``, ``resolved_first``, ``solved``, ``survey``,
            ``visible_successes``, ``worked``.
    """
    for department in range(len(departments.queue)):
        i, idle = departments.next_staff[department], 0
        card = card_in_use(department, departments)
        posts = departments.last_staff[department] - departments.first_staff[department]
        # Cases in a queue are far apart in memory, so they are prefetched some contacts ahead.
        ahead = departments.queue_first[department]
        for _ in range(CASES_AHEAD):
            ahead = fetch_case(ahead, customers, cases)
        while departments.queue_first[department] >= 0 and idle < posts:
            case = departments.queue_first[department]
            if cases.state[case] == WITHDRAWN:
                ahead = fetch_case(ahead, customers, cases)
                cases.state[take_next(department, cases, departments)] = NO_CASE
                continue
            if cases.queued_week[case] > week:
                break
            idle += 1
            fetch_person(i + COLLEAGUES_AHEAD, staff)
            if staff.hours[i] - staff.worked[i] > 0.0:
                idle = 0
                ahead = fetch_case(ahead, customers, cases)
                take_next(department, cases, departments)
                handle(i, case, department, staff, leaders, customers, cases, departments, card, parameters, goodwill,
                       seed, week)  # fmt: skip
            i = next_in_turn(i, department, departments)
        departments.next_staff[department] = i


@kernel
def carry_over(staff: Rows, departments: Rows, p: Service) -> None:
    """Carry over the time of cases that run into the next week, and update the workload.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        p: parameters of the group ``service``.

    Writes:
        staff: ``overrun``.
        departments: ``overrun``, ``workload``.
    """
    for i in range(len(staff.overrun)):
        # An hour is spent once: time of a case beyond the week is taken from the next week.
        late = max(0.0, staff.worked[i] - staff.hours[i])
        departments.overrun[staff.department[i]] += late - staff.overrun[i]
        staff.overrun[i] = late
    for d in range(len(departments.queue)):
        available = departments.hours[d]
        load = 3.0
        if available > 0.0:
            waiting = departments.queue[d] - departments.arriving[d]
            load = min(3.0, (departments.worked[d] + p.handling_hours * waiting) / available)
        departments.workload[d] += 0.25 * (load - departments.workload[d])
