"""People, process, then technology: a system helps who uses it, and hinders who does not. [001, 002]

Money builds a system and time wears it. People take it up as far as it is usable, as they were taught, and as they
believe in what it is for. Until then they do their work twice. It has today's process built in.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip01, half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("technology", pack="technology")
class Technology:
    """A system for service, and whether people use it."""

    spending: float = parameter(
        0.0,
        unit="EUR/week",
        range=(0.0, 20000.0),
        off=0.0,
        lever=True,
        meaning="what is spent on building a system for service",
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
        meaning="spending a post at which a system for service is built at half of the full pace",
    )
    build_rate: float = parameter(
        0.06,
        unit="1/week",
        range=(0.02, 0.12),
        off=0.0,
        meaning="share of what the system lacks that full pace builds in a week",
    )
    depreciation_rate: float = parameter(
        0.005, unit="1/week", range=(0.001, 0.02), off=0.0, meaning="share of the system that ages in a week"
    )
    adoption_rate: float = parameter(
        0.06, unit="1/week", range=(0.02, 0.15), off=0.0, meaning="pace at which people take up a new system"
    )
    training_effect: float = parameter(
        0.4,
        unit="share",
        range=(0.1, 0.6),
        off=0.0,
        meaning="readiness for the system from an hour a week or more of being taught",
    )
    conviction_effect: float = parameter(
        0.4, unit="share", range=(0.1, 0.6), off=0.0, meaning="readiness for the system from full conviction"
    )
    time_saving: float = parameter(
        0.2, unit="share", range=(0.05, 0.35), off=0.0, meaning="time that a full system saves who uses it fully"
    )
    non_use_time: float = parameter(
        0.2,
        unit="share",
        range=(0.05, 0.35),
        off=0.0,
        meaning="time that a full system costs who does not use it at all",
    )
    skill_gain: float = parameter(
        0.3, unit="share", range=(0.0, 0.6), off=0.0, meaning="skill that the full system is worth to who uses it"
    )
    engagement_effect: float = parameter(
        0.2,
        unit="share",
        range=(0.0, 0.4),
        off=0.0,
        meaning="engagement between the most awkward full system and the most usable",
        source="assumed; sign: article 002",
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    system_use: FloatArray = stock("share", "how far the person uses the system for service")
    time_penalty: FloatArray = flow("share", "time lost (or saved) in each contact by the system and by variety")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    system: FloatArray = stock("share", "how much of a system for service is there")
    technology_cost: FloatArray = flow("EUR", "building a system for service")
    system_use: FloatArray = flow("people", "sum of staff's use of the system")


@rule
def readiness(conviction: float, taught: float, p: Technology) -> float:
    """Return how far a person is ready to use the system: usable, taught, and worth it to him or her."""
    return clip01(p.usability * (1.0 - p.training_effect - p.conviction_effect) + p.training_effect * half_saturation(taught, 0.5) * 1.5
                 + p.conviction_effect * conviction)  # fmt: skip


@rule
def time_effect(system: float, use: float, p: Technology) -> float:
    """Time gained by who uses the system and lost by who works around it."""
    return system * (p.non_use_time * (1.0 - use) - p.time_saving * use)


@kernel
def apply_system(staff: Rows, firm: Rows, p: Technology, week: int) -> None:
    """The system helps or hinders each person; learning it takes time.

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
    """Money builds the system, people take it up.

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
