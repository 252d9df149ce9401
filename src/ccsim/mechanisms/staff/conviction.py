"""People are convinced one by one, by what they see for themselves and not by decree. [004]

Conviction moves with own evidence, with several sources nearby (complex contagion: one is not enough), and with
leaders as far as they are believed; without any of these it returns to what the person is like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ccsim.engine.columns import FloatArray, IntArray, Rows, columns, flow, stock
from ccsim.engine.functions import half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniform
from ccsim.mechanisms.management.mandate import hours_received

if TYPE_CHECKING:
    from ccsim.mechanisms.management.mandate import Mandate

TIPPING_STREAM = int(Stream.TIPPING)

#: Conviction from which a person counts as tipped (share). It only defines the count and changes no behaviour.
TIPPING_THRESHOLD = 0.65

#: Values of ``tipped_week`` that are not a week: not yet tipped, or tipped before week 0.
NOT_YET, BEFORE = -1, -2
#: Columns of what is visible of a person to colleagues.
SOLVED, HANDLED, SPEAKS, INFLUENCE = range(4)


@parameters("conviction")
class Conviction:
    """How people come to believe that acting customer-first is right and works here."""

    utility_weight: float = parameter(
        4.5,
        unit="utility",
        range=(1.0, 5.0),
        off=0.0,
        meaning="weight of the customer's benefit in the choice of a fully convinced person",
    )
    evidence_rate: float = parameter(
        0.02,
        unit="1/week",
        range=(0.01, 0.08),
        off=0.0,
        meaning="rate at which conviction follows a person's own success rate, with much evidence",
    )
    half_saturation: float = parameter(
        4.0,
        unit="cases/week",
        range=(1.0, 10.0),
        meaning="solved cases per week at which half of the full effect of evidence is reached",
    )
    min_sources: float = parameter(
        2.0,
        unit="sources/week",
        range=(1.0, 4.0),
        legal=(0.0, 50.0),
        meaning="sources that must speak for the change in one week before a person can tip",
        source="assumed; form: Centola & Macy 2007, complex contagion",
    )
    tipping_probability: float = parameter(
        0.1, unit="probability", range=(0.02, 0.3), off=0.0,
        meaning="weekly probability of tipping if enough sources speak for the change")  # fmt: skip
    tipping_gain: float = parameter(
        0.2, unit="share", range=(0.1, 0.5), off=0.0,
        meaning="share of the gap to full conviction that tipping closes")  # fmt: skip
    leader_rate: float = parameter(
        0.02,
        unit="1/week",
        range=(0.005, 0.06),
        off=0.0,
        meaning="rate at which conviction follows a fully credible leader who communicates much",
    )
    reversion_rate: float = parameter(
        0.03,
        unit="1/week",
        range=(0.005, 0.05),
        off=0.0,
        meaning="rate at which the conviction of people and leaders returns to their disposition",
    )
    norm_weight: float = parameter(
        1.0, unit="utility", range=(0.0, 4.0), off=0.0, meaning="weight of colleagues' visible behaviour in a choice"
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    tipped_week: IntArray = stock("week", "week in which the person tipped, -1 not yet, -2 before week 0")
    conviction: FloatArray = stock("share", "belief that acting customer-first is right and works here")
    peer_practice: FloatArray = stock("share", "share of colleagues' cases that were visibly solved with judgement")
    sources: FloatArray = flow("people", "independent people and encounters that speak for the change")
    influence: FloatArray = flow("people", "influence of this person on others for the change")


@columns("departments")
class Departments:
    """Columns of a department."""

    new_tipped: FloatArray = flow("people", "people who tipped this week")


@rule
def evidence_update(conviction: float, successes: float, setbacks: float, p: Conviction) -> float:
    """Return conviction after a person's own evidence: it follows the success rate, faster with more cases.

    Source: assumed, after article 004: a first-order delay (Sterman 2000) towards the person's success rate.

    Args:
        conviction: belief that acting customer-first is right and works here (share).
        successes: solved contacts that were seen to work, and improvements that showed (cases).
        setbacks: solved contacts that visibly failed (cases).
        p: parameters of the group ``conviction``.

    Returns:
        The conviction after the week (share).
    """
    cases = successes + setbacks
    if cases <= 0.0:
        return conviction
    return relax(conviction, successes / cases, p.evidence_rate * half_saturation(cases, p.half_saturation))


@rule
def leader_influence(
    conviction: float, hours: float, stance: float, credibility: float, cynicism: float, p: Conviction
) -> float:
    """Return conviction after a leader's influence: it follows a credible leader, as far as the person still listens.

    Source: assumed, after article 004: a first-order delay (Sterman 2000) towards the leader's conviction.

    Args:
        conviction: belief that acting customer-first is right and works here (share).
        hours: time available for cases (hours).
        stance: conviction that the leader shows (share).
        credibility: how far deeds followed words (share).
        cynicism: expectation that announcements of change are only talk (share).
        p: parameters of the group ``conviction``.

    Returns:
        The conviction after the week (share).
    """
    return relax(conviction, stance, p.leader_rate * half_saturation(hours, 1.0) * credibility * (1.0 - cynicism))


@rule
def tips(sources: float, draw: float, cynicism: float, p: Conviction) -> bool:
    """Return whether a person tips: there are enough sources, and the draw is below the probability.

    Source: complex contagion (Centola & Macy 2007); the numbers are assumed.

    Args:
        sources: independent people and encounters that speak for the change (people).
        draw: random draw, 0 to 1.
        cynicism: expectation that announcements of change are only talk (share).
        p: parameters of the group ``conviction``.

    Returns:
        Whether the person becomes convinced at once.
    """
    return sources >= p.min_sources and draw < p.tipping_probability * (1.0 - cynicism)


@kernel(allocates=True)
def observe_colleagues(staff: Rows, colleagues: IntArray, adopter_threshold: float) -> None:
    """Let people observe their colleagues: their practice, and their successes and setbacks.

    Args:
        staff: columns of the staff, one row per post.
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        adopter_threshold: ``habit.adopter_threshold``, habit above which a person's successes speak for the change (share).

    Writes:
        staff: ``influence``, ``peer_practice``, ``sources``.
    """
    ties = colleagues.shape[1]
    # What is visible of each person is gathered first, because colleagues are far apart in memory and each is observed
    # by several people.
    count = len(staff.sources)
    visible = np.empty((count, 4))
    for i in range(count):
        visible[i, SOLVED], visible[i, HANDLED] = staff.solved[i], staff.handled[i]
        visible[i, INFLUENCE] = staff.influence[i]
        visible[i, SPEAKS] = (staff.habit[i] > adopter_threshold) & (staff.visible_successes[i] > staff.setbacks[i])
    for i in range(count):
        solved, handled, sources = 0.0, 0.0, staff.sources[i]
        for k in range(ties):
            colleague = colleagues[i, k]
            if colleague < 0:  # people differ in how many colleagues they listen to
                break
            solved += visible[colleague, SOLVED]
            handled += visible[colleague, HANDLED]
            sources += visible[colleague, SPEAKS]
            visible[colleague, INFLUENCE] += visible[colleague, SPEAKS]
        staff.sources[i] = sources
        if handled > 0.0:
            staff.peer_practice[i] = relax(staff.peer_practice[i], solved / handled, 0.25)
    for i in range(count):
        staff.influence[i] = visible[i, INFLUENCE]


@kernel
def update_conviction(
    staff: Rows, leaders: Rows, departments: Rows, p: Conviction, mandate: Mandate, seed: int, week: int
) -> None:
    """Update each person's conviction.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        p: parameters of the group ``conviction``.
        mandate: parameters of the group ``mandate``.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        staff: ``conviction``, ``tipped_week``.
        departments: ``new_tipped``.
    """
    for i in range(len(staff.conviction)):
        if staff.arrived[i] > 0.0:
            staff.conviction[i] = staff.disposition[i]
            staff.tipped_week[i] = NOT_YET
            continue
        if week < staff.vacant_until[i]:
            continue
        believed = evidence_update(staff.conviction[i], staff.visible_successes[i], staff.setbacks[i], p)
        lead = staff.leader[i]
        if lead >= 0:
            # Half an hour a week of everyday talk with the leader, in addition to the programme's announcements.
            believed = leader_influence(
                believed, 0.5 + hours_received(staff.announced_hours[i], mandate), leaders.conviction[lead], leaders.credibility[lead],
                staff.cynicism[i], p,
            )  # fmt: skip
        if tips(staff.sources[i], uniform(seed, TIPPING_STREAM, week, i), staff.cynicism[i], p):
            believed = relax(believed, 1.0, p.tipping_gain)
        staff.conviction[i] = relax(believed, staff.disposition[i], p.reversion_rate)
        if week < 0:
            staff.tipped_week[i] = BEFORE if staff.conviction[i] >= TIPPING_THRESHOLD else NOT_YET
        elif staff.tipped_week[i] == NOT_YET and staff.conviction[i] >= TIPPING_THRESHOLD:
            staff.tipped_week[i] = week
            departments.new_tipped[staff.department[i]] += 1
