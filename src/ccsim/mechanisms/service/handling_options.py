"""Time, probability of success and courtesy of the five ways to handle a case, without the choice itself.

The script cannot solve the most complex cases. Judgement needs skill and the right to decide. Closing fast saves
time but achieves less. Passing a case on is quick but solves nothing.
"""

from __future__ import annotations

from ccsim.engine.functions import clip01
from ccsim.engine.jit import rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.mechanisms.service.handoffs import BY_FORM, IN_PERSON, UNDONE

FAST, SCRIPT, SOLVE, HAND_OVER, ESCALATE = range(5)


@parameters("service")
class Service:
    """Time, success and courtesy of the five ways to handle a case."""

    handling_hours: float = parameter(
        5.0,
        unit="hours",
        range=(3.0, 6.0),
        legal=(0.01, 1000.0),
        meaning="staff time of a standard contact by the script",
        source="calibrated: staff are busy 85 to 90 % of their time",
    )
    fast_time: float = parameter(
        0.55, unit="factor", range=(0.4, 0.8), meaning="time of closing fast, relative to the standard contact"
    )
    judgement_time: float = parameter(
        1.15,
        unit="factor",
        range=(1.0, 1.4),
        legal=(0.05, 100.0),
        meaning="time of solving a simple case with judgement",
    )
    complexity_time: float = parameter(
        0.8, unit="factor", range=(0.4, 1.2), meaning="further time of solving the most complex case"
    )
    transfer_time: float = parameter(0.3, unit="factor", range=(0.2, 0.5), meaning="time of handing over or escalating")
    script_success: float = parameter(
        0.97, unit="probability", range=(0.9, 1.0), meaning="probability that the script solves the simplest case"
    )
    script_complexity_penalty: float = parameter(
        0.45,
        unit="share",
        range=(0.4, 0.8),
        meaning="reduction of the script's probability of a solution for the most complex case",
    )
    fast_success: float = parameter(
        0.7, unit="factor", range=(0.4, 0.8), meaning="success of closing fast, relative to the script"
    )
    judgement_success: float = parameter(
        0.775,
        unit="probability",
        range=(0.65, 0.9),
        meaning="probability that judgement solves a case without any skill",
    )
    skill_effect: float = parameter(
        0.22,
        unit="probability",
        range=(0.1, 0.35),
        meaning="increase in the probability that judgement solves a case with full skill",
    )
    unauthorised_success: float = parameter(
        0.6,
        unit="factor",
        range=(0.2, 0.8),
        meaning="share of success left if a person has none of the decision rights that the case needs",
    )
    effort_weight: float = parameter(
        1.2,
        unit="utility",
        range=(0.5, 3.0),
        off=0.0,
        meaning="weight of the time of a thorough contact in a choice at ordinary workload",
    )
    transfer_reluctance: float = parameter(
        2.2, unit="utility", range=(0.5, 3.0), meaning="reluctance to pass a case to another person"
    )
    recontact_probability: float = parameter(
        0.85,
        unit="probability",
        range=(0.6, 0.95),
        off=0.0,
        meaning="probability that a customer returns after each failure to resolve the issue",
        source="assumed; SQM: 1.5 contacts per issue at 67 % FCR requires that nearly all of them return",
    )
    courtesy_weight: float = parameter(
        0.35,
        unit="share",
        range=(0.15, 0.5),
        meaning="share of a contact's quality that depends on how the customer was treated",
    )
    base_courtesy: float = parameter(
        0.5, unit="share", range=(0.3, 0.6), meaning="how well a customer feels treated when closed fast or passed on"
    )
    courtesy_step: float = parameter(
        0.2,
        unit="share",
        range=(0.1, 0.3),
        off=0.0,
        meaning="how much better a customer feels treated by the script, and again when a person solves the case",
    )
    engagement_courtesy: float = parameter(
        0.5,
        unit="share",
        range=(0.1, 1.0),
        legal=(0.0, 3.0),
        off=0.0,
        meaning="how much better a customer feels treated by a fully engaged person than by one without engagement",
        source="assumed; sign: Hong et al. 2013; Simon et al. 2009",
    )
    waiting_loss: float = parameter(
        0.04, unit="share/week", range=(0.01, 0.1), off=0.0, meaning="quality lost with each week of waiting"
    )
    repetition_loss: float = parameter(
        0.08,
        unit="share",
        range=(0.03, 0.2),
        off=0.0,
        meaning="quality lost with each repetition or transfer",
        source="assumed; sign: Dixon et al. 2010, effort breeds disloyalty",
    )


@rule
def handling_time(
    option: int, complexity: float, routine: float, lost: float, time_penalty: float, p: Service, repeat_time: float
) -> float:
    """Return the hours that an option takes; routines save half of the extra time of a thorough solution.

    Source: assumed: multiples of the time of a standard contact.

    Args:
        option: how the case is handled, one of ``OPTIONS``.
        complexity: complexity of the case, 0 for the standard case (share).
        routine: customer-first practice written into routines and tools (share).
        lost: 1 if the customer's information was lost.
        time_penalty: factor of time by which the person is slower.
        p: parameters of the group ``service``.
        repeat_time: extra time of a contact that has to ask for the information again (share).

    Returns:
        Hours.
    """
    if option == FAST:
        needed = p.fast_time
    elif option == SCRIPT:
        needed = 1.0
    elif option == SOLVE:
        needed = 1.0 + (p.judgement_time - 1.0 + p.complexity_time * complexity) * (1.0 - 0.5 * routine)
    else:
        return p.handling_hours * p.transfer_time
    return p.handling_hours * needed * (1.0 + repeat_time * lost) * (1.0 + time_penalty)


@rule
def success_probability(
    option: int,
    complexity: float,
    skill: float,
    authority: float,
    lost: float,
    spoilt: float,
    p: Service,
    handoff_error: float,
) -> float:
    """Return the probability that the stage is handled without an error.

    Source: assumed: a probability that falls with the demands of the case beyond skill and authority.

    Args:
        option: how the case is handled, one of ``OPTIONS``.
        complexity: complexity of the case, 0 for the standard case (share).
        skill: ability to solve a case by judgement (share).
        authority: decision rights for the case (share).
        lost: 1 if the customer's information was lost.
        spoilt: probability that the process spoils the contact.
        p: parameters of the group ``service``.
        handoff_error: ``handoffs.handoff_error``, share of the success probability that is lost when a case is passed on.
    """
    by_script = p.script_success * (1.0 - p.script_complexity_penalty * complexity)
    if option == FAST:
        chance = by_script * p.fast_success
    elif option == SCRIPT:
        chance = by_script
    elif option == SOLVE:
        may = 1.0 if authority >= complexity else authority / complexity
        chance = (p.judgement_success + p.skill_effect * skill) * (
            p.unauthorised_success + (1.0 - p.unauthorised_success) * may
        )
    elif option == ESCALATE:
        # The leader who decides is far from the customer: escalating loses as much as losing the customer's information.
        chance = 1.0 - handoff_error
    else:
        return 0.0
    return clip01(chance * (1.0 - handoff_error * lost) * (1.0 - spoilt))


@rule
def handoff_mode(option: int) -> int:
    """Return the mode of a hand-off: in person after solving the stage, undone when handed over, else by form."""
    return IN_PERSON if option == SOLVE else UNDONE if option == HAND_OVER else BY_FORM
