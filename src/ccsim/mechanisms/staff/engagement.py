"""Engagement rises with latitude and success, and falls with fatigue and cynicism.

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
    """What raises and lowers engagement."""

    adjustment_rate: float = parameter(
        0.08,
        unit="1/week",
        range=(0.03, 0.2),
        off=0.0,
        meaning="rate at which engagement follows circumstances",
    )
    autonomy_effect: float = parameter(
        0.35, unit="share", range=(0.1, 0.6), off=0.0, meaning="engagement gained with full latitude felt"
    )
    success_effect: float = parameter(
        0.12,
        unit="share",
        range=(0.0, 0.3),
        off=0.0,
        meaning="engagement gained with many solved cases per week",
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

    engagement: FloatArray = stock("share", "engagement: energy and commitment at work")
    engagement_bonus: FloatArray = flow(
        "share", "engagement gained from recognition and good tools, or lost through bad ones"
    )


@rule
def engagement_target(
    vigour: float, latitude_felt: float, successes: float, fatigue: float, cynicism: float, p: Engagement
) -> float:
    """Return the engagement towards which a person's circumstances move.

    Source: assumed: additive effects.

    Args:
        vigour: engagement of the person without influences (share).
        latitude_felt: latitude as felt by the person (share).
        successes: solved contacts that visibly worked, and visible improvements (cases).
        fatigue: fatigue from announced change and overload (share).
        cynicism: expectation that announcements of change are only talk (share).
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
        latitude_felt = clip01(staff.latitude[i] * staff.safety[i] + staff.borrowed_rights[i])
        goal = engagement_target(
            staff.baseline_engagement[i],
            latitude_felt,
            staff.visible_successes[i],
            staff.fatigue[i],
            staff.cynicism[i],
            p,
        )
        goal = clip01(goal + staff.engagement_bonus[i])
        if staff.arrived[i] > 0.0:
            staff.engagement[i] = goal
        else:
            staff.engagement[i] = relax(staff.engagement[i], goal, p.adjustment_rate)
