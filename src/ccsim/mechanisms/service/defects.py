"""Process defects make contacts fail regardless of who handles them; people who know the causes can remove them. [001, 002]

New defects arise as products, rules and systems change. They are removed if people take the time and know the causes.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("defects")
class Defects:
    """Defects of the process."""

    baseline: float = parameter(
        0.1,
        unit="share",
        range=(0.05, 0.2),
        meaning="share of contacts spoilt by the process in the ordinary organisation, for which the success probabilities of service hold",
    )
    arrival_rate: float = parameter(
        0.01,
        unit="1/week",
        range=(0.003, 0.03),
        off=0.0,
        meaning="rate at which defects return to the ordinary level as products, rules and systems change",
        source="assumed; order: Schneiderman's half-lives of 1 to 22 months",
        pack="defect-removal",
    )
    removal_rate: float = parameter(
        0.02,
        unit="1/week",
        range=(0.005, 0.06),
        off=0.0,
        meaning="share of defects that a week of much, well-informed improvement removes",
        source="assumed; order: Schneiderman's half-lives of 1 to 22 months",
        pack="defect-removal",
    )
    cross_department_share: float = parameter(
        0.4,
        unit="share",
        range=(0.0, 0.8),
        off=0.0,
        meaning="share of defects in work across departments that can only be removed with the knowledge of both departments",
        source="assumed; sign: Schneiderman 1988, processes across functions improve more slowly",
        pack="defect-removal",
    )
    half_saturation: float = parameter(
        0.4,
        unit="hours/week",
        range=(0.1, 1.0),
        legal=(0.01, 100.0),
        meaning="improvement time per head at which half of the full effect is reached",
        pack="defect-removal",
    )
    uninformed_share: float = parameter(
        0.25,
        unit="share",
        range=(0.0, 0.6),
        meaning="share of improvement that works without any insight",
        pack="defect-removal",
    )
    automation_lock_in: float = parameter(
        0.6,
        unit="share",
        range=(0.0, 0.9),
        off=0.0,
        meaning="share of the removal of defects that a full system prevents, because the process is built into it",
        pack="technology",
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    defects: FloatArray = stock("share", "share of contacts spoilt by the process")
    success_loss: FloatArray = flow("share", "share of success lost to the process, relative to the ordinary")


@rule
def share_of_causes_known(insight: float, p: Defects) -> float:
    """Return the share of its defects that a department can remove: some without insight, the rest with it."""
    return p.uninformed_share + (1.0 - p.uninformed_share) * insight


@rule
def repaired(defects: float, hours: float, known: float, system: float, p: Defects) -> float:
    """Return defects after a week: time and insight remove them, less so with a system; then some new ones arise.

    Source: assumed, after articles 001 and 002: a first-order delay (Sterman 2000) towards 0, and arrival of new
    defects.

    Args:
        defects: share of contacts spoilt by the process.
        hours: time available for cases (hours).
        known: insight of the team (share).
        system: part of a full system for service that exists (share).
        p: parameters of the group ``defects``.

    Returns:
        The defects after the week (share).
    """
    removed = p.removal_rate * half_saturation(hours, p.half_saturation) * known * (1.0 - p.automation_lock_in * system)
    return relax(defects * (1.0 - removed), p.baseline, p.arrival_rate)


@kernel
def apply_defects(departments: Rows, p: Defects) -> None:
    """Set the share of success lost to the process, relative to the ordinary.

    Args:
        departments: columns of the departments, one row each.
        p: parameters of the group ``defects``.

    Writes:
        departments: ``success_loss``.
    """
    for d in range(len(departments.defects)):
        departments.success_loss[d] += departments.defects[d] - p.baseline


@kernel
def repair_defects(staff: Rows, departments: Rows, firm: Rows, p: Defects, journeys: float) -> None:
    """Remove defects by improvement.

    Defects in work that crosses departments can only be removed with the knowledge of both departments and a
    structure that links them (Schneiderman 1988: processes across functions improve more slowly).

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``defects``.
        journeys: ``demand.journeys``, share of issues that need a second department, and share of those that need a third
            (share).

    Writes:
        departments: ``defects``.
    """
    count = len(departments.defects)
    all_known = 0.0
    for d in range(count):
        all_known += share_of_causes_known(departments.insight[d], p)
    for d in range(count):
        hours, people = departments.action_hours[d], 0.0
        for i in range(departments.first_staff[d], departments.last_staff[d]):
            hours += staff.improvement_hours[i]
            people += 1.0
        if people > 0.0:
            known = share_of_causes_known(departments.insight[d], p)
            if count > 1:
                others = (all_known - known) / (count - 1)
                crossing = p.cross_department_share * journeys
                known *= (1.0 - crossing) + crossing * others * departments.integration[d]
            departments.defects[d] = repaired(departments.defects[d], hours / people, known, firm.system[0], p)
