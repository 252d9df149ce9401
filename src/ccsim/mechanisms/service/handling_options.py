"""What the five ways to handle a case take and give: time, chance of success, courtesy. Physical, not chosen here.

The most complex cases are beyond the script; judgement needs skill and the right to decide; closing fast saves
time and does less; passing on is quick and does nothing.
"""

from __future__ import annotations

from ccsim.engine.functions import clip01
from ccsim.engine.jit import rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.mechanisms.service.handoffs import BY_FORM, IN_PERSON, UNDONE

FAST, SCRIPT, SOLVE, HAND_OVER, ESCALATE = range(5)


@parameters("service")
class Service:
    """What the five ways to handle a case take and give."""

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
        0.97, unit="probability", range=(0.9, 1.0), meaning="chance that the script solves the simplest case"
    )
    script_complexity_penalty: float = parameter(
        0.45,
        unit="share",
        range=(0.4, 0.8),
        meaning="how much of the script's chance of a solution the most complex case takes away",
    )
    fast_success: float = parameter(
        0.7, unit="factor", range=(0.4, 0.8), meaning="success of closing fast, relative to the script"
    )
    judgement_success: float = parameter(
        0.775, unit="probability", range=(0.65, 0.9), meaning="chance that judgement solves a case without any skill"
    )
    skill_effect: float = parameter(
        0.22,
        unit="probability",
        range=(0.1, 0.35),
        meaning="what full skill adds to the chance that judgement solves a case",
    )
    unauthorised_success: float = parameter(
        0.6, unit="factor", range=(0.2, 0.8), meaning="success left when one may decide nothing that the case needs"
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
        meaning="chance that an unresolved customer comes back, again after each failure",
        source="assumed; SQM: 1.5 contacts an issue at 67 % FCR needs nearly all of them to come back",
    )
    courtesy_weight: float = parameter(
        0.35,
        unit="share",
        range=(0.15, 0.5),
        meaning="part of a contact's quality that rests on how the customer was treated",
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
    option: int, complexity: float, routine: float, lost: float, slower: float, p: Service, again: float
) -> float:
    """Hours that a way to handle the case takes; routines save half of the extra time of a thorough solution.

    Source: assumed: multiples of the time of a standard contact.

    Args:
        option: how the case is handled, one of ``OPTIONS``.
        complexity: how far the case is from the standard one (share).
        routine: customer-first practice written into routines and tools (share).
        lost: 1 if what the customer said was lost.
        slower: factor of time by which the person is slower.
        p: parameters of the group ``service``.
        again: extra time of a contact that asks again (share).

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
    return p.handling_hours * needed * (1.0 + again * lost) * (1.0 + slower)


@rule
def success_probability(
    option: int,
    complexity: float,
    skill: float,
    authority: float,
    lost: float,
    spoilt: float,
    p: Service,
    blunder: float,
) -> float:
    """Return the chance that the stage is done right.

    Source: assumed: a chance that falls with what the case asks beyond skill and authority.

    Args:
        option: how the case is handled, one of ``OPTIONS``.
        complexity: how far the case is from the standard one (share).
        skill: ability to solve a case by judgement (share).
        authority: decision rights for the case (share).
        lost: 1 if what the customer said was lost.
        spoilt: chance that the process spoils the contact.
        p: parameters of the group ``service``.
        blunder: ``handoffs.handoff_error``, part of the success chance that is lost when a case is passed on (share).
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
        # Who decides is far from the customer: passing a case up loses as much as losing what the customer said.
        chance = 1.0 - blunder
    else:
        return 0.0
    return clip01(chance * (1.0 - blunder * lost) * (1.0 - spoilt))


@rule
def handoff_mode(option: int) -> int:
    """Return the mode of a hand-off: in person after solving the stage, undone when handed over, else by form."""
    return IN_PERSON if option == SOLVE else UNDONE if option == HAND_OVER else BY_FORM
