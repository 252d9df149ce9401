"""Five steps: networks, cross-functional teams, a coordinator, a matrix, segment managers; practice before each. [003]

A step joins departments: less is lost between them. It also takes meetings and posts. What a step asks for can only be
learned by practising the one before; a structure ahead of its capabilities makes conflict instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip01, half_saturation
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.mechanisms.management.implementation import closing_pace

if TYPE_CHECKING:
    from ccsim.mechanisms.management.implementation import Implementation


@parameters("structure", pack="structure")
class Structure:
    """The ladder of coordination between departments."""

    stage: int = parameter(
        0,
        unit="step",
        range=(0, 5),
        legal=(0, 5),
        off=0,
        lever=True,
        meaning="step aimed at: 0 none, 1 networks, 2 cross-functional teams, 3 coordinator, 4 matrix, 5 segment managers",
        switches=("structure",),
    )
    weeks_per_stage: float = parameter(
        14.0,
        unit="weeks",
        range=(6.0, 30.0),
        legal=(1.0, 1000.0),
        meaning="time that taking a step takes",
        source="article 003: about 100 days",
    )
    learning_rate: float = parameter(
        0.05,
        unit="1/week",
        range=(0.02, 0.15),
        off=0.0,
        meaning="pace at which practising a step teaches what the next needs",
    )
    integration: float = parameter(
        0.8,
        unit="share",
        range=(0.4, 1.0),
        off=0.0,
        meaning="part of hand-off losses that the fully mastered ladder avoids",
    )
    half_saturation: float = parameter(
        1.5,
        unit="step",
        range=(0.5, 4.0),
        legal=(0.01, 100.0),
        meaning="mastered step at which half of the hand-off losses that the ladder avoids could be avoided",
    )
    meeting_hours: float = parameter(
        0.25, unit="hours/week", range=(0.05, 0.6), off=0.0, meaning="coordination that each person has for each step"
    )
    conflict_hours: float = parameter(
        0.5,
        unit="hours/week",
        range=(0.1, 1.5),
        off=0.0,
        meaning="time that each person loses to conflict where the structure is one step ahead of its capability; more than in proportion",
    )
    coordinator_cost: float = parameter(
        1200.0, unit="EUR/week", range=(300.0, 3000.0), off=0.0, meaning="pay of coordinators for each step"
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    integration: FloatArray = flow("share", "part of the losses between departments that their structure avoids")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    stage: FloatArray = stock("step", "step of the ladder of coordination reached")
    capability: FloatArray = stock("step", "step whose demands people can meet")
    coordinators: FloatArray = flow("EUR", "posts for coordination")
    coordination: FloatArray = flow("hours", "coordination between departments")
    conflict: FloatArray = flow("hours", "conflict from a structure ahead of its capability")


@rule
def effective_stage(step: int, capability: float) -> float:
    """What a structure achieves is limited by what people can."""
    return min(step, capability)


@rule
def integration_share(step: int, capability: float, p: Structure) -> float:
    """Part of the losses between departments that is avoided; less comes with each step."""
    return clip01(
        p.integration
        * half_saturation(effective_stage(step, capability), p.half_saturation)
        * (1.0 + p.half_saturation / 5.0)
    )


@rule
def conflict_time(step: int, capability: float, p: Structure) -> float:
    """Hours lost where the structure is more than a step ahead of its capability."""
    ahead = max(0.0, step - capability - 1.0)
    return p.conflict_hours * ahead * ahead


@kernel
def reserve_coordination(staff: Rows, departments: Rows, firm: Rows, p: Structure, week: int) -> None:
    """Departments are linked, as far as mastered; meetings and conflict take time.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``structure``.
        week: number of the week.

    Writes:
        staff: ``overhead_hours``.
        departments: ``integration``.
        firm: ``conflict``, ``coordination``.
    """
    step, capability = firm.stage[0], firm.capability[0]
    if step <= 0.0:
        return
    for d in range(len(departments.integration)):
        departments.integration[d] += integration_share(step, capability, p)
    for i in range(len(staff.overhead_hours)):
        if week >= staff.vacant_until[i]:
            staff.overhead_hours[i] += p.meeting_hours * step + conflict_time(step, capability, p)
            firm.coordination[0] += p.meeting_hours * step
            firm.conflict[0] += conflict_time(step, capability, p)


@kernel
def advance_stage(departments: Rows, firm: Rows, p: Structure, implementation: Implementation) -> None:
    """Take steps and learn what they need.

    Args:
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``structure``.
        implementation: parameters of the group ``implementation``.

    Writes:
        firm: ``capability``, ``coordinators``, ``stage``.
    """
    ahead = p.stage - firm.stage[0]
    firm.stage[0] += (
        ahead if abs(ahead) <= 1.0 / p.weeks_per_stage else (1.0 if ahead > 0.0 else -1.0) / p.weeks_per_stage
    )
    # One rung after the other: practising a step teaches at most what the next one needs.
    pace = 0.0
    for d in range(len(departments.support)):
        pace += closing_pace(departments.support[d], implementation)
    pace = p.learning_rate * (pace / len(departments.support))
    reachable = min(firm.stage[0], firm.capability[0] + 1.0)
    firm.capability[0] += pace * max(0.0, reachable - firm.capability[0])
    firm.coordinators[0] += p.coordinator_cost * firm.stage[0]
