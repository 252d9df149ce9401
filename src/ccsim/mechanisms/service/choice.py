"""For each case a member of staff chooses: close fast, follow the script, solve, hand over, or escalate.

The choice is a sum of named terms, reward + belief + norm + habit - effort - blame, and a draw; each term is the
rule of another idea. Goodhart effects, cost shifting and policy cops come out of it and show in the mix of choices.
"""

from __future__ import annotations

from ccsim.engine.functions import clip01, exp
from ccsim.engine.jit import rule
from ccsim.mechanisms.incentives.measures import among_colleagues, record
from ccsim.mechanisms.incentives.scorecards import bite, pressed
from ccsim.mechanisms.management.empowerment import beyond, checked, felt
from ccsim.mechanisms.service.handling_options import (
    ESCALATE,
    FAST,
    HAND_OVER,
    SCRIPT,
    SOLVE,
    success_of,
    time_of,
    way_of_passing,
)
from ccsim.mechanisms.service.handoffs import loses
from ccsim.mechanisms.service.service_quality import courtesy_of


@rule
def appeal(option, case, person, card, cards, p, handoffs, empowerment):
    """Sum the terms that make an option attractive to a person: reward + belief + norm + habit - effort - blame.

    Args:
        option: one of the five.
        case: (complexity, stages, lost, routine and workload of the department, what the process spoils, how far
            departments are linked).
        person: (skill, authority, taste for rewards, felt latitude, belief, norm, habit, fatigue, slower), where belief,
            norm and habit are already weighted.
        card: the person's scorecard.
        cards: parameters of scorecards.
        p: parameters of the choice.
        handoffs: parameters of hand-offs.
        empowerment: parameters of empowerment.
    """
    complexity, stages, lost, routine, workload, spoilt, linked = case
    skill, authority, taste, latitude_felt, belief, norm, habit, fatigue, slower = person
    # The same for every case, so that it is divided by once a week and not for each way to handle each case.
    of_longest = 1.0 / (p.handling_hours * (p.judgement_time + p.complexity_time))
    hours = time_of(option, complexity, routine, lost, slower, p, handoffs.repeat_time)
    success = success_of(option, complexity, skill, authority, lost, spoilt, p, handoffs.handoff_error)
    onward = loses(way_of_passing(option), linked, handoffs) if stages > 1 or option == HAND_OVER else 0.0
    # Whoever hands a case over expects the next department to work by the script.
    journey = (success if option != HAND_OVER else p.script_success * 0.8) * (1.0 - onward)
    closes = 1.0 if option < HAND_OVER else 0.0
    rework = cards.traced_share * (1.0 - success) * p.handling_hours if option < HAND_OVER else 0.0

    shown = record(card, 1.0 - hours * of_longest, 1.0 - (hours + rework) * of_longest, courtesy_of(option, p),
                   success, closes, journey, cards)  # fmt: skip
    shown += among_colleagues(card, 1.0 - onward if option != HAND_OVER else 0.0)
    good = p.courtesy_weight * courtesy_of(option, p) + (1.0 - p.courtesy_weight) * journey
    value = bite(taste, cards) * shown + belief * good
    value -= p.effort_weight * (0.5 + 0.5 * workload) * (1.0 + fatigue) * hours * of_longest
    if option == SOLVE:
        value += norm + habit - beyond(complexity, latitude_felt, success, empowerment)
    if option == FAST or option == SOLVE:
        value -= checked(empowerment)
    if option >= HAND_OVER:
        value -= p.transfer_reluctance
    return value


@rule
def choose(fast, script, solve, hand_over, escalate, luck):
    """Pick an option with chances in proportion to e^appeal (multinomial logit, McFadden 1974)."""
    top = max(fast, script, solve, hand_over, escalate)
    a = exp(fast - top)
    b = a + exp(script - top)
    c = b + exp(solve - top)
    d = c + exp(hand_over - top)
    mark = luck * (d + exp(escalate - top))
    return FAST if mark < a else SCRIPT if mark < b else SOLVE if mark < c else HAND_OVER if mark < d else ESCALATE


@rule
def as_person(i, lead, care, staff, leaders, cards, conviction, habit):
    """What a person brings to a choice, as :func:`appeal` takes it."""
    cover, taste = staff.cover[i], staff.taste[i]
    if lead >= 0:
        taste *= pressed(leaders.usual[lead] - leaders.seen[lead], cards)
    norm = conviction.norm_weight * (staff.peer_practice[i] - 0.25) + staff.praise[i] + care
    return (clip01(staff.skill[i] + staff.knows[i]), clip01(staff.latitude[i] + cover), taste,
            felt(staff.latitude[i], staff.safety[i], cover), conviction.utility_weight * staff.conviction[i], norm,
            habit.utility_weight * staff.habit[i], staff.fatigue[i], staff.slower[i])  # fmt: skip


@rule
def decide(i, case, department, luck, care, staff, leaders, cases, departments, card, all_p):
    """Let person ``i`` choose how to handle a case, and return the option with its time and success chance."""
    p, cards, handoffs, empowerment, conviction, habit = all_p
    complexity, lost, lead = cases.complexity[case], cases.lost[case], staff.leader[i]
    routine, spoilt = departments.routine[department], departments.spoilt[department]
    facts = (complexity, cases.stages[case], lost, routine, departments.workload[department], spoilt,
             departments.linked[department])  # fmt: skip
    person = as_person(i, lead, care, staff, leaders, cards, conviction, habit)
    hand_over = escalate = -1.0e9
    if len(departments.queue) > 1:
        hand_over = appeal(HAND_OVER, facts, person, card, cards, p, handoffs, empowerment)
    if lead >= 0 and leaders.attention[lead] >= p.leader_hours:
        escalate = appeal(ESCALATE, facts, person, card, cards, p, handoffs, empowerment)
    option = choose(
        appeal(FAST, facts, person, card, cards, p, handoffs, empowerment),
        appeal(SCRIPT, facts, person, card, cards, p, handoffs, empowerment),
        appeal(SOLVE, facts, person, card, cards, p, handoffs, empowerment),
        hand_over,
        escalate,
        luck,
    )
    hours = time_of(option, complexity, routine, lost, staff.slower[i], p, handoffs.repeat_time)
    return option, hours, success_of(option, complexity, person[0], person[1], lost, spoilt, p, handoffs.handoff_error)
