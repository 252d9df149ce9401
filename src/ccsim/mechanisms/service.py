"""Departments work through their queues: each case is chosen for, done, closed or passed on."""

from __future__ import annotations

from ccsim.compiled import kernel, rule
from ccsim.draws import Purpose, four
from ccsim.mechanisms.choice import decide
from ccsim.mechanisms.contact import (
    ESCALATE,
    FAST,
    HAND_OVER,
    SCRIPT,
    SOLVE,
    courtesy_of,
    quality_of,
    way_of_passing,
)
from ccsim.mechanisms.handoffs import loses
from ccsim.mechanisms.queues import join_queue, take_next
from ccsim.mechanisms.scorecards import survey

SERVE = int(Purpose.SERVE)


@rule
def count_choice(option, department, departments):
    """Keep the mix of choices."""
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
def close(case, option, department, returns, customers, cases, departments, p, week):
    """The last stage is done: the issue is resolved, comes back, or is given up."""
    resolved = cases.defect[case] == 0
    first = cases.contacts[case] == 1
    age = week - cases.opened_in[case]
    customers.events[case] += 1
    customers.quality[case] += quality_of(option, 1.0 if resolved else 0.0, age, cases.hassle[case], p)
    departments.closed[department] += 1
    departments.closed_first[department] += first
    if resolved:
        departments.resolved[department] += 1
        departments.resolved_first[department] += first
        departments.resolution_weeks[department] += age
        departments.journeys_sound[department] += 1
        cases.state[case] = 0
    elif returns < p.persistence:
        cases.state[case] = 2
        cases.stages[case] = 1
        cases.defect[case] = 0
        cases.hassle[case] += 1
    else:
        departments.abandoned[department] += 1
        cases.state[case] = 0


@rule
def next_department(department, where, departments):
    """The front line passes on to the back office, if there is one; the back office to any other department."""
    count = len(departments.queue)
    fronts = 0
    for d in range(count):
        fronts += departments.front[d]
    if departments.front[department] == 1 and fronts < count:
        return fronts + int(where * (count - fronts))
    return (department + 1 + int(where * (count - 1))) % count


@rule
def pass_on(case, option, department, luck, where, week, cases, departments, handoffs):
    """The case goes to another department, and may arrive without what the customer has said."""
    goal = next_department(department, where, departments)
    departments.handoffs[department] += 1
    cases.lost[case] = 0
    cases.hassle[case] += option == HAND_OVER
    if luck < loses(way_of_passing(option), departments.linked[department], handoffs):
        departments.handoffs_lost[department] += 1
        cases.lost[case] = 1
        cases.hassle[case] += 1
    departments.arriving[goal] += 1
    join_queue(case, goal, week, cases, departments)


@rule
def note_judgement(i, case, right, staff, cases, departments, empowerment, goodwill):
    """Whoever used judgement sees whether it worked, and may be blamed for a misstep beyond the own rights."""
    department = staff.department[i]
    staff.solved[i] += 1
    departments.goodwill[department] += goodwill * cases.complexity[case]
    if right:
        staff.wins[i] += 1
        departments.wins[department] += 1
    else:
        staff.setbacks[i] += 1
        if cases.complexity[case] > staff.latitude[i]:
            staff.blamed[i] += empowerment.blame


@kernel
def serve(staff, leaders, customers, cases, departments, card, all_p, goodwill, seed, week):
    """Each department works through its queue, first come first served, until its hours are used.

    A case moves at most once a week: what arrives from another department during the week waits for the next.
    """
    p, cards, handoffs, empowerment = all_p[0], all_p[1], all_p[2], all_p[3]
    for department in range(len(departments.queue)):
        due_first = departments.queue_first[department]
        if due_first < 0:
            continue
        i = departments.next_staff[department]
        idle = 0
        posts = departments.last_staff[department] - departments.first_staff[department]
        while departments.queue_first[department] >= 0 and idle < posts:
            case = departments.queue_first[department]
            if cases.state[case] == 3:
                cases.state[take_next(department, cases, departments)] = 0
                continue
            if cases.queued_in[case] > week:
                break
            if staff.hours[i] - staff.worked[i] <= 0.0:
                idle += 1
                i = i + 1 if i + 1 < departments.last_staff[department] else departments.first_staff[department]
                continue
            idle = 0
            take_next(department, cases, departments)
            luck, outcome, later, where = four(seed, SERVE, week, case)
            option, hours, success = decide(
                i, case, department, luck, customers.care[case], staff, leaders, cases, departments, card, all_p
            )
            right = outcome < success
            staff.worked[i] += hours
            staff.handled[i] += 1
            departments.handled[department] += 1
            departments.worked[department] += hours
            departments.survey[department] += survey(courtesy_of(option, p), 1.0 if right else 0.0, cards)
            count_choice(option, department, departments)
            if option == SOLVE:
                note_judgement(i, case, right, staff, cases, departments, empowerment, goodwill)
            if option == ESCALATE:
                leaders.attention[staff.leader[i]] -= p.leader_hours
                departments.leader_hours[department] += p.leader_hours
            if option != HAND_OVER:
                cases.stages[case] -= 1
                # Judgement, one's own or a leader's, looks back and repairs what earlier stages did wrong.
                if not right:
                    cases.defect[case] = 1
                elif option == SOLVE or option == ESCALATE:
                    cases.defect[case] = 0
            if cases.contacts[case] == 1 and option < HAND_OVER and cases.stages[case] == 0:
                departments.claimed[department] += 1.0 if right else 1.0 - cards.traced
            if cases.stages[case] == 0:
                close(case, option, department, later, customers, cases, departments, p, week)
            else:
                pass_on(case, option, department, later, where, week + 1, cases, departments, handoffs)
            i = i + 1 if i + 1 < departments.last_staff[department] else departments.first_staff[department]
        departments.next_staff[department] = i


@kernel
def end_week(staff, departments, p):
    """Carry over what runs late, and see how much work waits; owns ``overrun`` and ``workload``."""
    for i in range(len(staff.overrun)):
        # An hour is spent once: what a case takes beyond the week is taken from the next.
        late = max(0.0, staff.worked[i] - staff.hours[i])
        departments.overrun[staff.department[i]] += late - staff.overrun[i]
        staff.overrun[i] = late
    for d in range(len(departments.queue)):
        available = departments.hours[d]
        load = 3.0
        if available > 0.0:
            waiting = departments.queue[d] - departments.arriving[d]
            load = min(3.0, (departments.worked[d] + p.hours * waiting) / available)
        departments.workload[d] += 0.25 * (load - departments.workload[d])
