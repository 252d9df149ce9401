"""People use judgement if they are allowed to and if it is safe. Strict monitoring of policy prevents this. [001, 002]

Leaders pass decision rights down. Each withholds a part, according to the need for control; conviction reduces this.
Safety is learned: blame for a misstep lowers it; successes, and missteps without blame, raise it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip01, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.mechanisms.incentives.scorecards import staff_share
from ccsim.mechanisms.management.implementation import closing_pace
from ccsim.mechanisms.management.leadership import EXECUTIVE

if TYPE_CHECKING:
    from ccsim.mechanisms.incentives.scorecards import ExecutiveScorecard, HeadScorecard
    from ccsim.mechanisms.management.implementation import Implementation


@parameters("empowerment")
class Empowerment:
    """Decision rights and the safety to use them."""

    rights: float = parameter(
        0.8,
        unit="share",
        range=(0.2, 1.0),
        lever=True,
        meaning="complexity up to which the rules let the front line decide, before leaders withhold their part",
    )
    strictness: float = parameter(
        0.3,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="how strictly departures from the script are checked",
    )
    blame: float = parameter(
        0.5,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="probability that a person is blamed for a misstep beyond his or her rights",
    )
    blame_weight: float = parameter(
        5.0, unit="utility", range=(1.0, 10.0), off=0.0, meaning="weight of the risk of blame in a choice"
    )
    monitoring_weight: float = parameter(
        1.5, unit="utility", range=(0.5, 3.0), off=0.0, meaning="weight of full monitoring in a choice"
    )
    adjustment_rate: float = parameter(
        0.05,
        unit="1/week",
        range=(0.01, 0.2),
        off=0.0,
        meaning="rate at which the rights passed on by leaders follow their decisions, and felt safety follows experience",
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    latitude: FloatArray = stock("share", "complexity of the cases that the person may decide alone")
    safety: FloatArray = stock("share", "how safe it feels to use judgement")


@columns("leaders")
class Leaders:
    """Columns of a leader."""

    delegated_rights: FloatArray = stock("share", "decision rights that the leader passes down")
    expected_rights: FloatArray = stock("share", "decision rights that people expect of the leader")


@columns("departments")
class Departments:
    """Columns of a department."""

    blamed: FloatArray = flow("cases", "setbacks for which staff were blamed")


@rule
def delegated_share(received: float, control: float, conviction: float) -> float:
    """Return the rights that a leader passes on: those received, less a part that grows with the need for control.

    Source: assumed, after articles 001 and 002: conviction reduces what the need for control withholds.

    Args:
        received: decision rights that the leader has from the level above (share).
        control: need for control (share).
        conviction: belief that customer-first is right and pays here (share).

    Returns:
        Decision rights that the leader passes on (share).
    """
    return received * (1.0 - control * (1.0 - conviction))


@rule
def widened(rights: float, realigned: float) -> float:
    """Return the rights that the rules give, plus those that a convinced executive adds."""
    return relax(rights, 1.0, realigned)


@rule
def expectation_update(rights: float, expected: float, above: float, pace: float, p: Empowerment) -> float:
    """Return the rights that people expect: new rights at once, while cut rights are remembered longer than practised.

    Source: assumed, after articles 001 and 002: a first-order delay (Sterman 2000), from above only.

    Args:
        rights: decision rights that the rules give (share).
        expected: rights that were expected so far (share).
        above: rights of the level above (share).
        pace: share of the remaining gap that is closed in a week (share).
        p: parameters of the group ``empowerment``.

    Returns:
        The rights that the person expects after the week (share).
    """
    # A cut that is enacted slowly is also forgotten slowly. Otherwise a leader who delays it would seem to keep more.
    forgetting = pace if above < expected else 1.0
    return max(rights, relax(expected, above, 0.5 * p.adjustment_rate * forgetting))


@rule
def felt_latitude(latitude: float, safety: float, cover: float) -> float:
    """Return latitude as felt: it counts as far as it is safe to use, and a champion's authority gives cover.

    Source: assumed, after articles 001 and 002: a product, so that rights without safety are not felt.

    Args:
        latitude: complexity of the cases that the person may decide alone (share).
        safety: how safe it feels to use judgement (share).
        cover: decision rights lent by a champion with authority (share).

    Returns:
        Latitude as felt by the person (share).
    """
    return clip01(latitude * safety + cover)


@rule
def risk_cost(complexity: float, latitude_felt: float, success: float, p: Empowerment) -> float:
    """Return the risk of using judgement: to exceed one's rights, to fail, and to be blamed.

    Source: assumed, after articles 001 and 002: an expected loss, blame times the probability of being blamed.

    Args:
        complexity: complexity of the case, 0 for the standard case (share).
        latitude_felt: latitude as felt by the person (share).
        success: probability that the contact succeeds.
        p: parameters of the group ``empowerment``.

    Returns:
        The cost in the utility of a choice (utility).
    """
    return p.blame_weight * p.blame * max(0.0, complexity - latitude_felt) * (1.0 - success)


@rule
def monitoring_cost(p: Empowerment) -> float:
    """Return the discomfort of departing from a monitored script."""
    return p.monitoring_weight * p.strictness


@kernel
def delegate_rights(
    staff: Rows,
    leaders: Rows,
    departments: Rows,
    p: Empowerment,
    implementation: Implementation,
    head_card: HeadScorecard,
    executive_card: ExecutiveScorecard,
) -> None:
    """Pass decision rights down to the front line.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        p: parameters of the group ``empowerment``.
        implementation: parameters of the group ``implementation``.
        head_card: parameters of the group ``head_scorecard``.
        executive_card: parameters of the group ``executive_scorecard``.

    Writes:
        staff: ``latitude``.
        leaders: ``delegated_rights``, ``expected_rights``.
    """
    for k in range(len(leaders.delegated_rights)):
        above = leaders.superior[k]
        rules = widened(p.rights, leaders.realigned[k])
        received = rules if above < 0 else leaders.delegated_rights[above]
        due = rules if above < 0 else leaders.expected_rights[above]
        d = leaders.department[k]
        pace = closing_pace(departments.support[d] if d >= 0 else 1.0, implementation)
        leaders.expected_rights[k] = expectation_update(p.rights, leaders.expected_rights[k], due, pace, p)
        # A leader who is measured on the people's engagement withholds less.
        spared = staff_share(executive_card) if leaders.tier[k] == EXECUTIVE else staff_share(head_card)
        goal = delegated_share(received, leaders.control[k] * (1.0 - spared), leaders.conviction[k])
        leaders.delegated_rights[k] = relax(leaders.delegated_rights[k], goal, p.adjustment_rate * pace)
    for i in range(len(staff.latitude)):
        lead = staff.leader[i]
        staff.latitude[i] = p.rights if lead < 0 else leaders.delegated_rights[lead]


@kernel
def update_safety(staff: Rows, departments: Rows, p: Empowerment) -> None:
    """Update each person's felt safety from the week's experience.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        p: parameters of the group ``empowerment``.

    Writes:
        staff: ``safety``.
        departments: ``blamed``.
    """
    for i in range(len(staff.safety)):
        if staff.arrived[i] > 0.0:
            staff.safety[i] = 1.0 - 0.5 * p.blame
            continue
        departments.blamed[staff.department[i]] += staff.blamed[i]
        goal = 1.0 - 0.5 * p.blame + 0.3 * min(1.0, staff.visible_successes[i] / 3.0) - 0.7 * min(1.0, staff.blamed[i])
        staff.safety[i] = relax(staff.safety[i], clip01(goal), p.adjustment_rate)
