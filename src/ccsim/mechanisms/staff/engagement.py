"""People give more where they may decide, where work succeeds, and where it does not wear them out.

Signs and rough sizes: Seibert et al. 2011 (empowerment with satisfaction, strain and leaving); Bernerth et al. 2011
(change fatigue acts on leaving through exhaustion).
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip01, half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("engagement")
class Engagement:
    """What lifts and lowers engagement."""

    adjustment_rate: float = parameter(
        0.08,
        unit="1/week",
        range=(0.03, 0.2),
        off=0.0,
        meaning="pace at which engagement follows circumstances",
    )
    autonomy_effect: float = parameter(
        0.35, unit="share", range=(0.1, 0.6), off=0.0, meaning="engagement gained with full latitude felt"
    )
    success_effect: float = parameter(
        0.12,
        unit="share",
        range=(0.0, 0.3),
        off=0.0,
        meaning="engagement gained with many solved cases a week",
    )
    fatigue_effect: float = parameter(
        0.6, unit="share", range=(0.2, 1.0), off=0.0, meaning="engagement lost with full fatigue"
    )
    cynicism_effect: float = parameter(
        0.25, unit="share", range=(0.0, 0.5), off=0.0, meaning="engagement lost with full cynicism"
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    engagement: FloatArray = stock("share", "energy and commitment at work")
    engagement_bonus: FloatArray = flow("share", "engagement lent by recognition and by good tools, taken by bad ones")


@rule
def engagement_target(
    vigour: float, latitude_felt: float, successes: float, fatigue: float, cynicism: float, p: Engagement
) -> float:
    """The engagement that a person's circumstances call for.

    Source: assumed: additive effects.

    Args:
        vigour: engagement of the person without any influence (share).
        latitude_felt: latitude as it is felt (share).
        successes: solved contacts that were seen to work, and improvements that showed (cases).
        fatigue: tiredness from announced change and overload (share).
        cynicism: expectation that talk of change is only talk (share).
        p: parameters of the group ``engagement``.

    Returns:
        The engagement towards which the person moves (share).
    """
    lift = p.autonomy_effect * latitude_felt + p.success_effect * half_saturation(successes, 2.0)
    return clip01(vigour + lift - p.fatigue_effect * fatigue - p.cynicism_effect * cynicism)


@kernel
def update_engagement(staff: Rows, p: Engagement) -> None:
    """Move each person's engagement towards its target.

    Args:
        staff: columns of the staff, one row per post.
        p: parameters of the group ``engagement``.

    Writes:
        staff: ``engagement``.
    """
    for i in range(len(staff.engagement)):
        felt = clip01(staff.latitude[i] * staff.safety[i] + staff.borrowed_rights[i])
        goal = engagement_target(
            staff.baseline_engagement[i], felt, staff.visible_successes[i], staff.fatigue[i], staff.cynicism[i], p
        )
        goal = clip01(goal + staff.engagement_bonus[i])
        if staff.arrived[i] > 0.0:
            staff.engagement[i] = goal
        else:
            staff.engagement[i] = relax(staff.engagement[i], goal, p.adjustment_rate)
