"""Announcements without visible action cause fatigue and cynicism; visible action lets people recover. [001]"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import clip01, half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.prefetch import PEOPLE_AHEAD, prefetch
from ccsim.mechanisms.management.mandate import sources_counted

if TYPE_CHECKING:
    from ccsim.mechanisms.management.mandate import Mandate
    from ccsim.mechanisms.market.promise import Promise


@parameters("fatigue")
class Fatigue:
    """Effects of announced change and overload on people."""

    strain: float = parameter(
        0.04,
        unit="1/week",
        range=(0.01, 0.1),
        off=0.0,
        meaning="fatigue from a week full of announcements without visible action",
        pack="programme",
    )
    overload: float = parameter(
        0.06,
        unit="1/week",
        range=(0.02, 0.15),
        off=0.0,
        meaning="fatigue from a week with twice the work that fits into it",
    )
    demand_control: float = parameter(
        0.02,
        unit="1/week",
        range=(0.005, 0.05),
        legal=(0.0, 1.0),
        off=0.0,
        meaning="fatigue from a week full of work without any latitude",
        source="assumed; sign: Karasek 1979; Bakker, Demerouti & Schaufeli 2003, a call centre",
    )
    recovery: float = parameter(
        0.06, unit="1/week", range=(0.02, 0.15), meaning="share of fatigue from which people recover in a week"
    )
    disillusion: float = parameter(
        0.03,
        unit="1/week",
        range=(0.01, 0.08),
        off=0.0,
        meaning="cynicism from a week full of announcements by leaders without credibility and without visible action",
    )
    ignored_weight: float = parameter(
        0.1,
        unit="factor",
        range=(0.0, 0.5),
        off=0.0,
        meaning="how hollow it sounds to read many customer signals without any action",
    )
    baseline_cynicism: float = parameter(
        0.22, unit="share", range=(0.1, 0.4), meaning="cynicism to which people return"
    )
    cynicism_recovery: float = parameter(
        0.01,
        unit="1/week",
        range=(0.003, 0.03),
        meaning="rate at which cynicism returns to the ordinary level",
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    cynicism: FloatArray = stock("share", "expectation that announcements of change are only talk")
    fatigue: FloatArray = stock("share", "fatigue from announced change and overload")


@rule
def unfulfilled(announced: float, sources: float) -> float:
    """Return how much of what was announced is not visibly done."""
    return half_saturation(announced, 1.0) * (1.0 - half_saturation(sources, 2.0))


@rule
def fatigue_update(
    fatigue: float, hollow: float, workload: float, latitude_felt: float, vigour: float, p: Fatigue
) -> float:
    """Return fatigue after a week: it grows with hollow announcements, overload and work without latitude, and wears off.

    Work without latitude strains people with little energy most (Karasek 1979).

    Args:
        fatigue: fatigue from announced change and overload (share).
        hollow: how hollow the announcements sound (share).
        workload: hours of work waiting for each hour of staff.
        latitude_felt: latitude as felt by the person (share).
        vigour: engagement of the person without influences (share).
        p: parameters of the group ``fatigue``.

    Returns:
        The fatigue after the week (share).
    """
    load = p.strain * hollow + p.overload * max(0.0, workload - 1.0)
    load += p.demand_control * workload * (1.0 - latitude_felt) * 2.0 * (1.0 - vigour)
    return clip01(fatigue + load - p.recovery * fatigue)


@rule
def cynicism_update(cynicism: float, hollow: float, credibility: float, p: Fatigue) -> float:
    """Return cynicism after a week: it grows if leaders without credibility announce what is not done, and declines slowly.

    Source: assumed, after article 001: a first-order delay (Sterman 2000) back to the baseline.

    Args:
        cynicism: expectation that announcements of change are only talk (share).
        hollow: how hollow the announcements sound (share).
        credibility: how far deeds followed words (share).
        p: parameters of the group ``fatigue``.

    Returns:
        The cynicism after the week (share).
    """
    gain = p.disillusion * hollow * (1.0 - credibility) * (1.0 - cynicism)
    return relax(clip01(cynicism + gain), p.baseline_cynicism, p.cynicism_recovery)


@kernel
def update_fatigue(
    staff: Rows, leaders: Rows, departments: Rows, p: Fatigue, mandate: Mandate, promise: Promise
) -> None:
    """Update each person's fatigue and cynicism.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        p: parameters of the group ``fatigue``.
        mandate: parameters of the group ``mandate``.
        promise: parameters of the group ``promise``.

    Writes:
        staff: ``cynicism``, ``fatigue``.
    """
    for i in range(len(staff.fatigue)):
        prefetch(staff.cynicism, i + PEOPLE_AHEAD)
        prefetch(staff.fatigue, i + PEOPLE_AHEAD)
        prefetch(staff.borrowed_rights, i + PEOPLE_AHEAD)
        prefetch(staff.sources, i + PEOPLE_AHEAD)
        if staff.arrived[i] > 0.0:
            staff.fatigue[i] = 0.0
            # Newcomers start with half of the fatigue and cynicism of the people around them.
            staff.cynicism[i] = 0.5 * p.baseline_cynicism
            continue
        sources = sources_counted(staff.sources[i], mandate)
        hollow = unfulfilled(staff.announced_hours[i], sources)
        lead = staff.leader[i]
        credibility = leaders.credibility[lead] if lead >= 0 else 0.5
        empty_talk = promise.lip_service * promise.level * (1.0 - half_saturation(sources, 2.0))
        empty_talk += p.ignored_weight * departments.ignored_signals[staff.department[i]]
        department = staff.department[i]
        # People who do the same work in less time work harder, not less.
        intensity = departments.workload[department] / departments.pace[department]
        latitude_felt = clip01(staff.latitude[i] * staff.safety[i] + staff.borrowed_rights[i])
        staff.fatigue[i] = fatigue_update(
            staff.fatigue[i], hollow, intensity, latitude_felt, staff.baseline_engagement[i], p
        )
        staff.cynicism[i] = cynicism_update(staff.cynicism[i], clip01(hollow + empty_talk), credibility, p)
