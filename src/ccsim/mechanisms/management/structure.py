"""Coordination has five stages: networks, cross-functional teams, a coordinator, a matrix, segment managers. [003]

A higher stage reduces losses between departments, but takes meetings and posts. The capability for a stage can only be
learned by practising the previous one. A structure ahead of its capability causes conflict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip, clip01, half_saturation
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.mechanisms.management.implementation import closing_pace

if TYPE_CHECKING:
    from ccsim.mechanisms.management.implementation import Implementation


@parameters("structure", pack="structure")
class Structure:
    """The stages of coordination between departments."""

    stage: int = parameter(
        0,
        unit="step",
        range=(0, 5),
        legal=(0, 5),
        off=0,
        lever=True,
        meaning="target stage: 0 none, 1 networks, 2 cross-functional teams, 3 coordinator, 4 matrix, 5 segment managers",
        switches=("structure",),
    )
    weeks_per_stage: float = parameter(
        14.0,
        unit="weeks",
        range=(6.0, 30.0),
        legal=(1.0, 1000.0),
        meaning="time needed to reach the next stage",
        source="article 003: about 100 days",
    )
    learning_rate: float = parameter(
        0.05,
        unit="1/week",
        range=(0.02, 0.15),
        off=0.0,
        meaning="rate at which practising a stage builds the capability for the next",
    )
    integration: float = parameter(
        0.8,
        unit="share",
        range=(0.4, 1.0),
        off=0.0,
        meaning="share of hand-off losses that the highest stage avoids when fully mastered",
    )
    half_saturation: float = parameter(
        1.5,
        unit="step",
        range=(0.5, 4.0),
        legal=(0.01, 100.0),
        meaning="mastered stage at which half of the avoidable hand-off losses are avoided",
    )
    meeting_hours: float = parameter(
        0.25, unit="hours/week", range=(0.05, 0.6), off=0.0, meaning="coordination time of each person per stage"
    )
    conflict_hours: float = parameter(
        0.5,
        unit="hours/week",
        range=(0.1, 1.5),
        off=0.0,
        meaning="time that each person loses to conflict if the structure is one stage ahead of its capability; grows more than proportionally",
    )
    coordinator_cost: float = parameter(
        1200.0, unit="EUR/week", range=(300.0, 3000.0), off=0.0, meaning="pay of coordinators per stage"
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    integration: FloatArray = flow("share", "share of the losses between departments that the structure avoids")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    stage: FloatArray = stock("step", "coordination stage reached")
    capability: FloatArray = stock("step", "highest stage that people are capable of")
    coordinators: FloatArray = flow("EUR", "pay for coordination posts")
    coordination: FloatArray = flow("hours", "time for coordination between departments")
    conflict: FloatArray = flow("hours", "time lost to conflict from a structure ahead of its capability")


@rule
def effective_stage(step: int, capability: float) -> float:
    """Return the effective stage: the structure's stage, limited by the capability of people."""
    return min(step, capability)


@rule
def integration_share(step: int, capability: float, p: Structure) -> float:
    """Return the share of losses between departments that is avoided, with diminishing returns per stage.

    Source: assumed, after article 003.

    Args:
        step: coordination stage reached (step).
        capability: highest stage that people are capable of (step).
        p: parameters of the group ``structure``.

    Returns:
        Share of the losses, 0 to 1.
    """
    return clip01(
        p.integration
        * half_saturation(effective_stage(step, capability), p.half_saturation)
        * (1.0 + p.half_saturation / 5.0)
    )


@rule
def conflict_time(step: int, capability: float, p: Structure) -> float:
    """Return the hours lost to conflict if the structure is more than a stage ahead of its capability.

    Source: assumed, after article 003: quadratic, so that conflict grows more than proportionally.

    Args:
        step: coordination stage reached (step).
        capability: highest stage that people are capable of (step).
        p: parameters of the group ``structure``.

    Returns:
        Time that each person loses in the week (hours).
    """
    ahead = max(0.0, step - capability - 1.0)
    return p.conflict_hours * ahead * ahead


@kernel
def reserve_coordination(staff: Rows, departments: Rows, firm: Rows, p: Structure, week: int) -> None:
    """Link departments as far as the structure is mastered, and take time for meetings and conflict.

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
    """Advance the coordination stage and learn the capability for the next.

    Args:
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``structure``.
        implementation: parameters of the group ``implementation``.

    Writes:
        firm: ``capability``, ``coordinators``, ``stage``.
    """
    firm.stage[0] += clip(p.stage - firm.stage[0], -1.0 / p.weeks_per_stage, 1.0 / p.weeks_per_stage)
    # One stage after the other: practising a stage builds at most the capability for the next one.
    pace = 0.0
    for d in range(len(departments.support)):
        pace += closing_pace(departments.support[d], implementation)
    pace = p.learning_rate * (pace / len(departments.support))
    reachable = min(firm.stage[0], firm.capability[0] + 1.0)
    firm.capability[0] += pace * max(0.0, reachable - firm.capability[0])
    firm.coordinators[0] += p.coordinator_cost * firm.stage[0]
