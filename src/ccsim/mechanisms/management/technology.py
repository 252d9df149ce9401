"""People, process, then technology: a system helps people who use it and hinders people who do not. [001, 002]

Spending builds a system, which becomes outdated with time. People adopt it as far as it is usable, as they are trained,
and as they believe in its purpose. Until then they do their work twice. The system fixes the present process.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip01, half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("technology", pack="technology")
class Technology:
    """A system for service, and its adoption."""

    spending: float = parameter(
        0.0,
        unit="EUR/week",
        range=(0.0, 20000.0),
        off=0.0,
        lever=True,
        meaning="spending on building a system for service",
        switches=("technology",),
    )
    usability: float = parameter(0.5, unit="share", range=(0.1, 1.0), lever=True, meaning="how usable the system is")
    training: float = parameter(
        0.0,
        unit="hours/week",
        range=(0.0, 2.0),
        off=0.0,
        legal=(0.0, 80.0),
        lever=True,
        meaning="time of each person for learning the system",
    )
    half_saturation: float = parameter(
        40.0,
        unit="EUR/week",
        range=(15.0, 100.0),
        legal=(0.01, 1e6),
        meaning="spending per post at which a system for service is built at half of the full rate",
    )
    build_rate: float = parameter(
        0.06,
        unit="1/week",
        range=(0.02, 0.12),
        off=0.0,
        meaning="share of the missing part of the system that is built in a week at the full rate",
    )
    depreciation_rate: float = parameter(
        0.005,
        unit="1/week",
        range=(0.001, 0.02),
        off=0.0,
        meaning="share of the system that becomes outdated in a week",
    )
    adoption_rate: float = parameter(
        0.06, unit="1/week", range=(0.02, 0.15), off=0.0, meaning="rate at which people adopt a new system"
    )
    training_effect: float = parameter(
        0.4,
        unit="share",
        range=(0.1, 0.6),
        off=0.0,
        meaning="readiness for the system from an hour or more of training per week",
    )
    conviction_effect: float = parameter(
        0.4, unit="share", range=(0.1, 0.6), off=0.0, meaning="readiness for the system from full conviction"
    )
    time_saving: float = parameter(
        0.2,
        unit="share",
        range=(0.05, 0.35),
        off=0.0,
        meaning="time that a full system saves for a person who uses it fully",
    )
    non_use_time: float = parameter(
        0.2,
        unit="share",
        range=(0.05, 0.35),
        off=0.0,
        meaning="time that a full system costs a person who does not use it at all",
    )
    skill_gain: float = parameter(
        0.3, unit="share", range=(0.0, 0.6), off=0.0, meaning="increase in skill from full use of a full system"
    )
    engagement_effect: float = parameter(
        0.2,
        unit="share",
        range=(0.0, 0.4),
        off=0.0,
        meaning="difference in engagement between the most awkward and the most usable full system",
        source="assumed; sign: article 002",
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    system_use: FloatArray = stock("share", "use of the system for service by the person")
    time_penalty: FloatArray = flow(
        "share", "time lost (or saved) in each contact through the system and through variety"
    )


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    system: FloatArray = stock("share", "part of a full system for service that exists")
    technology_cost: FloatArray = flow("EUR", "cost of building a system for service")
    system_use: FloatArray = flow("people", "sum of staff's use of the system")


@rule
def readiness(conviction: float, taught: float, p: Technology) -> float:
    """Return a person's readiness to use the system: it depends on usability, training and conviction.

    Source: assumed, after articles 001 and 002: a weighted mean.

    Args:
        conviction: belief that acting customer-first is right and works here (share).
        taught: time of the person for training and for learning the system in the week (hours).
        p: parameters of the group ``technology``.

    Returns:
        Readiness to use the system (share).
    """
    return clip01(p.usability * (1.0 - p.training_effect - p.conviction_effect) + p.training_effect * half_saturation(taught, 0.5) * 1.5
                 + p.conviction_effect * conviction)  # fmt: skip


@rule
def time_effect(system: float, use: float, p: Technology) -> float:
    """Return the change in handling time: lower for people who use the system, higher for people who work around it.

    Source: assumed, after articles 001 and 002: linear in the use of the system.

    Args:
        system: part of a full system for service that exists (share).
        use: use of the system for service by the person (share).
        p: parameters of the group ``technology``.

    Returns:
        Change relative to the ordinary handling time (share).
    """
    return system * (p.non_use_time * (1.0 - use) - p.time_saving * use)


@kernel
def apply_system(staff: Rows, firm: Rows, p: Technology, week: int) -> None:
    """Apply the system's effects to each person, including the time for learning it.

    Args:
        staff: columns of the staff, one row per post.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``technology``.
        week: number of the week.

    Writes:
        staff: ``engagement_bonus``, ``knowledge_bonus``, ``overhead_hours``, ``time_penalty``.
    """
    system = firm.system[0]
    if system <= 0.0 and p.training <= 0.0:
        return
    for i in range(len(staff.time_penalty)):
        if week >= staff.vacant_until[i]:
            staff.time_penalty[i] += time_effect(system, staff.system_use[i], p)
            staff.knowledge_bonus[i] += p.skill_gain * system * staff.system_use[i]
            staff.overhead_hours[i] += p.training
            staff.engagement_bonus[i] += p.engagement_effect * system * (p.usability - 0.5)


@kernel
def build_system(staff: Rows, firm: Rows, p: Technology, week: int) -> None:
    """Build the system with the money spent, and update its adoption.

    Args:
        staff: columns of the staff, one row per post.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``technology``.
        week: number of the week.

    Writes:
        staff: ``system_use``.
        firm: ``system``, ``system_use``, ``technology_cost``.
    """
    posts = len(staff.system_use)
    pace = p.build_rate * half_saturation(p.spending / max(1, posts), p.half_saturation)
    firm.system[0] = relax(firm.system[0], 1.0, pace) * (1.0 - p.depreciation_rate)
    firm.technology_cost[0] += p.spending
    for i in range(posts):
        if staff.arrived[i] > 0.0:
            staff.system_use[i] = 0.0
        elif firm.system[0] > 0.0 and week >= staff.vacant_until[i]:
            goal = readiness(staff.conviction[i], staff.training_hours[i] + p.training, p)
            staff.system_use[i] = relax(staff.system_use[i], goal, p.adoption_rate)
            firm.system_use[0] += staff.system_use[i]
