"""Recognition sustains good behaviour: people whose good work is seen repeat it. [001]

Leaders who take the time notice and praise customer-first acts that worked. People come to expect praise, enjoy it, and
form the habit faster. Recognition takes leaders' time, which is then missing for escalated cases.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("recognition", pack="recognition")
class Recognition:
    """Parameters of recognition by leaders."""

    level: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="how far leaders make recognising customer-first acts their task",
        switches=("recognition",),
    )
    utility_weight: float = parameter(
        0.4, unit="utility", range=(0.1, 1.0), off=0.0, meaning="weight of certain recognition in a choice"
    )
    expectation_rate: float = parameter(
        0.1,
        unit="1/week",
        range=(0.03, 0.3),
        off=0.0,
        meaning="rate at which people come to expect the recognition that they get",
    )
    engagement_gain: float = parameter(
        0.08, unit="share", range=(0.0, 0.2), off=0.0, meaning="engagement gained with full recognition"
    )
    habit_reinforcement: float = parameter(
        0.3,
        unit="factor",
        range=(0.0, 1.0),
        off=0.0,
        meaning="increase of the speed of habit formation with full recognition",
    )
    displaced_cases: float = parameter(
        0.15,
        unit="cases/week",
        range=(0.05, 0.5),
        off=0.0,
        meaning="escalated cases for which a leader has no time, per person recognised at full level",
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    expected_recognition: FloatArray = stock("utility", "recognition that the person expects")
    recognised: FloatArray = flow("share", "recognition by the leader")


@rule
def recognised(successes: float, p: Recognition) -> float:
    """Return the recognition for a week's good acts; the first acts weigh most."""
    return p.level * half_saturation(successes, 1.0)


@kernel
def reserve_time(staff: Rows, leaders: Rows, p: Recognition, week: int) -> None:
    """Take time for recognition from leaders, before escalated cases.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        p: parameters of the group ``recognition``.
        week: number of the week.

    Writes:
        leaders: ``escalation_capacity``.
    """
    for i in range(len(staff.leader)):
        if staff.leader[i] >= 0 and week >= staff.vacant_until[i]:
            lead = staff.leader[i]
            leaders.escalation_capacity[lead] = max(
                0.0, leaders.escalation_capacity[lead] - p.level * p.displaced_cases
            )


@kernel
def update_recognition(staff: Rows, p: Recognition) -> None:
    """Let leaders recognise what they saw, and update what people expect.

    Args:
        staff: columns of the staff, one row per post.
        p: parameters of the group ``recognition``.

    Writes:
        staff: ``engagement_bonus``, ``expected_recognition``, ``recognised``.
    """
    for i in range(len(staff.expected_recognition)):
        if staff.arrived[i] > 0.0:
            staff.expected_recognition[i] = 0.0
            continue
        if staff.leader[i] >= 0:
            staff.recognised[i] += recognised(staff.visible_successes[i], p)
        staff.expected_recognition[i] = relax(
            staff.expected_recognition[i], p.utility_weight * staff.recognised[i], p.expectation_rate
        )
        staff.engagement_bonus[i] += p.engagement_gain * staff.recognised[i]
