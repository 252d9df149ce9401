"""For each case a member of staff chooses: close fast, follow the script, solve, hand over, or escalate.

The utility of an option is a sum of named terms, reward + belief + norm + habit - effort - blame, and a random draw
decides. Each term is a rule of another mechanism. Goodhart effects, cost shifting and rigid enforcement of policy emerge
from these choices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ccsim.engine.columns import Rows
from ccsim.engine.functions import clip01, exp
from ccsim.engine.jit import rule
from ccsim.mechanisms.incentives.measures import act_score, peer_rating
from ccsim.mechanisms.incentives.scorecards import incentive_weight, pressure_factor
from ccsim.mechanisms.management.empowerment import felt_latitude, monitoring_cost, risk_cost
from ccsim.mechanisms.service.handling_options import (
    ESCALATE,
    FAST,
    HAND_OVER,
    SCRIPT,
    SOLVE,
    handling_time,
    handoff_mode,
    success_probability,
)
from ccsim.mechanisms.service.handoffs import loss_of_context
from ccsim.mechanisms.service.service_quality import option_courtesy

if TYPE_CHECKING:
    from ccsim.mechanisms.incentives.scorecards import Scorecards, StaffScorecard
    from ccsim.mechanisms.management.empowerment import Empowerment
    from ccsim.mechanisms.service.handling_options import Service
    from ccsim.mechanisms.service.handoffs import Handoffs
    from ccsim.mechanisms.staff.conviction import Conviction
    from ccsim.mechanisms.staff.habit import Habit


class HandlingParameters(NamedTuple):
    """Groups of parameters on which the handling of a case depends."""

    service: Service
    scorecards: Scorecards
    handoffs: Handoffs
    empowerment: Empowerment
    conviction: Conviction
    habit: Habit


class CaseFeatures(NamedTuple):
    """What a person sees of a case and of its department."""

    complexity: float  # complexity of the case, 0 for the standard case (share)
    stages: float  # remaining stages
    context_lost: float  # 1 if the last hand-off lost the customer's information
    routine: float  # customer-first practice written into routines and tools of the department (share)
    workload: float  # recent ratio of waiting work to available time
    success_loss: float  # share of success lost to the process
    integration: float  # share of the losses between departments that the structure avoids


class PersonFeatures(NamedTuple):
    """Properties of a person on which a choice depends."""

    skill: float  # ability to solve a case by judgement, including the effects of insight and the system (share)
    authority: float  # decision rights, including those lent by a champion (share)
    reward_weight: float  # weight of rewards for the person, including the leader's pressure (factor)
    felt_latitude: float  # latitude as felt by the person (share)
    belief: float  # weighted conviction (utility)
    norm: float  # weighted practice, recognition and demands of others (utility)
    habit: float  # weighted habit (utility)
    fatigue: float  # fatigue (share)
    time_penalty: float  # time lost in each contact through the system and through variety (share)


@rule
def utility(
    option: int,
    case: CaseFeatures,
    person: PersonFeatures,
    card: StaffScorecard,
    cards: Scorecards,
    p: Service,
    handoffs: Handoffs,
    empowerment: Empowerment,
) -> float:
    """Return the utility of an option for a person: reward + belief + norm + habit - effort - blame.

    Source: additive terms as in random utility (McFadden 1974); the set of terms is assumed.

    Args:
        option: one of the five.
        case: what the person sees of the case and of its department.
        person: properties of the person.
        card: the person's scorecard.
        cards: parameters of scorecards.
        p: parameters of the choice.
        handoffs: parameters of hand-offs.
        empowerment: parameters of empowerment.

    Returns:
        The utility of the option (utility).
    """
    # The same for every case, so the division is done once per week and not for each option of each case.
    of_longest = 1.0 / (p.handling_hours * (p.judgement_time + p.complexity_time))
    hours = handling_time(option, case.complexity, case.routine, case.context_lost, person.time_penalty, p,
                          handoffs.repeat_time)  # fmt: skip
    success = success_probability(option, case.complexity, person.skill, person.authority, case.context_lost,
                                  case.success_loss, p, handoffs.handoff_error)  # fmt: skip
    passed_on = case.stages > 1 or option == HAND_OVER
    onward = loss_of_context(handoff_mode(option), case.integration, handoffs) if passed_on else 0.0
    # A person who hands a case over expects the next department to work by the script.
    journey = (success if option != HAND_OVER else p.script_success * 0.8) * (1.0 - onward)
    closes = 1.0 if option < HAND_OVER else 0.0
    rework = cards.traced_share * (1.0 - success) * p.handling_hours if option < HAND_OVER else 0.0

    score = act_score(card, 1.0 - hours * of_longest, 1.0 - (hours + rework) * of_longest, option_courtesy(option, p),
                   success, closes, journey, cards)  # fmt: skip
    score += peer_rating(card, 1.0 - onward if option != HAND_OVER else 0.0)
    customer_benefit = p.courtesy_weight * option_courtesy(option, p) + (1.0 - p.courtesy_weight) * journey
    value = incentive_weight(person.reward_weight, cards) * score + person.belief * customer_benefit
    value -= p.effort_weight * (0.5 + 0.5 * case.workload) * (1.0 + person.fatigue) * hours * of_longest
    if option == SOLVE:
        value += person.norm + person.habit - risk_cost(case.complexity, person.felt_latitude, success, empowerment)
    if option == FAST or option == SOLVE:
        value -= monitoring_cost(empowerment)
    if option >= HAND_OVER:
        value -= p.transfer_reluctance
    return value


@rule
def sample_choice(fast: float, script: float, solve: float, hand_over: float, escalate: float, draw: float) -> int:
    """Return an option, drawn with probabilities proportional to e^utility (multinomial logit, McFadden 1974).

    Args:
        fast: utility of closing fast.
        script: utility of following the script.
        solve: utility of solving.
        hand_over: utility of handing over.
        escalate: utility of escalating.
        draw: random draw, 0 to 1.

    Returns:
        ``FAST``, ``SCRIPT``, ``SOLVE``, ``HAND_OVER`` or ``ESCALATE``.
    """
    top = max(fast, script, solve, hand_over, escalate)
    a = exp(fast - top)
    b = a + exp(script - top)
    c = b + exp(solve - top)
    d = c + exp(hand_over - top)
    mark = draw * (d + exp(escalate - top))
    return FAST if mark < a else SCRIPT if mark < b else SOLVE if mark < c else HAND_OVER if mark < d else ESCALATE


@rule
def person_features(
    i: int, lead: int, care: float, staff: Rows, leaders: Rows, cards: Scorecards, conviction: Conviction, habit: Habit
) -> PersonFeatures:
    """Return the properties of a person on which a choice depends.

    Source: arithmetic: what other rules give, side by side.

    Args:
        i: row of the person.
        lead: row of the person's leader; -1 for none.
        care: extra care that the customer is to get (utility).
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        cards: parameters of the group ``scorecards``.
        conviction: belief that acting customer-first is right and works here (share).
        habit: how far acting customer-first has become a habit of the person (share).
    """
    cover, reward_sensitivity = staff.borrowed_rights[i], staff.reward_sensitivity[i]
    if lead >= 0:
        reward_sensitivity *= pressure_factor(leaders.reference_score[lead] - leaders.reported_score[lead], cards)
    norm = conviction.norm_weight * (staff.peer_practice[i] - 0.25) + staff.expected_recognition[i] + care
    return PersonFeatures(
        clip01(staff.skill[i] + staff.knowledge_bonus[i]), clip01(staff.latitude[i] + cover), reward_sensitivity,
        felt_latitude(staff.latitude[i], staff.safety[i], cover), conviction.utility_weight * staff.conviction[i], norm,
        habit.utility_weight * staff.habit[i], staff.fatigue[i], staff.time_penalty[i],
    )  # fmt: skip


@rule
def choose_handling(
    i: int,
    case: int,
    department: int,
    draw: float,
    care: float,
    staff: Rows,
    leaders: Rows,
    cases: Rows,
    departments: Rows,
    card: StaffScorecard,
    parameters: HandlingParameters,
) -> tuple[int, float, float]:
    """Let person ``i`` choose how to handle a case, and return the option with its time and success probability.

    Source: see :func:`utility` and :func:`sample_choice` (McFadden 1974).

    Args:
        i: row of the person.
        case: row of the case.
        department: row of the department.
        draw: random draw, 0 to 1.
        care: extra care that the customer is to get (utility).
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        card: the scorecard in use, a weight for each measure.
        parameters: groups of parameters of the handling of a case.

    Returns:
        The option, its handling time (hours), and its probability of success (share).
    """
    p, cards, handoffs, empowerment, conviction, habit = parameters
    complexity, context_lost, lead = cases.complexity[case], cases.context_lost[case], staff.leader[i]
    routine, success_loss = departments.routine[department], departments.success_loss[department]
    features = CaseFeatures(complexity, cases.stages[case], context_lost, routine, departments.workload[department], success_loss,
                         departments.integration[department])  # fmt: skip
    person = person_features(i, lead, care, staff, leaders, cards, conviction, habit)
    hand_over = escalate = -1.0e9
    if len(departments.queue) > 1:
        hand_over = utility(HAND_OVER, features, person, card, cards, p, handoffs, empowerment)
    if lead >= 0 and leaders.escalation_capacity[lead] >= 1.0:
        escalate = utility(ESCALATE, features, person, card, cards, p, handoffs, empowerment)
    option = sample_choice(
        utility(FAST, features, person, card, cards, p, handoffs, empowerment),
        utility(SCRIPT, features, person, card, cards, p, handoffs, empowerment),
        utility(SOLVE, features, person, card, cards, p, handoffs, empowerment),
        hand_over,
        escalate,
        draw,
    )
    hours = handling_time(option, complexity, routine, context_lost, staff.time_penalty[i], p, handoffs.repeat_time)
    success = success_probability(option, complexity, person.skill, person.authority, context_lost, success_loss, p,
                                  handoffs.handoff_error)  # fmt: skip
    return option, hours, success
