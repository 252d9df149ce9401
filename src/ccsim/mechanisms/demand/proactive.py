"""Anticipating a need beats reacting to it, if one anticipates right. [001]

A coming issue that is seen is settled before it is raised, in less time. For each one seen rightly, some calls
reach customers who needed nothing: the less accurate, the more of them, and each takes time and annoys.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.jit import rule
from ccsim.engine.parameters import parameter, parameters


@parameters("proactive", pack="proactive")
class Proactive:
    """Contact before the customer asks."""

    share: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.6),
        off=0.0,
        lever=True,
        meaning="share of coming issues that one tries to see",
        switches=("proactive",),
    )
    accuracy: float = parameter(
        0.6,
        unit="share",
        range=(0.2, 0.95),
        legal=(0.01, 1.0),
        lever=True,
        meaning="share of proactive contacts that meet a need",
    )
    time_factor: float = parameter(
        0.35, unit="factor", range=(0.15, 0.7), meaning="time of a proactive contact, relative to the standard contact"
    )
    prevention_quality: float = parameter(
        0.9, unit="share", range=(0.7, 1.0), meaning="quality of a contact that settles an issue before it arises"
    )
    false_alarm_quality: float = parameter(
        0.45, unit="share", range=(0.2, 0.7), meaning="quality of a proactive contact that was not needed"
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    outreach: FloatArray = flow("contacts", "contacts before the customer asked")
    outreach_hours: FloatArray = flow("hours", "staff time for them")


@rule
def false_alarms(p: Proactive) -> float:
    """Return the number of contacts that were not needed, for each coming issue."""
    return p.share * (1.0 - p.accuracy)


@rule
def contact_ahead(i: int, quality: float, department: int, customers: Rows, departments: Rows, time: float) -> None:
    """Contact a customer who has not asked.

    Args:
        i: row of the customer.
        quality: quality of the contact, 0 to 1.
        department: row of the department.
        customers: columns of the market, one row per person.
        departments: columns of the departments, one row each.
        time: hours of the contact.

    Writes:
        customers: ``events``, ``quality``.
        departments: ``outreach``, ``outreach_hours``.
    """
    customers.events[i] += 1
    customers.quality[i] += quality
    departments.outreach[department] += 1
    departments.outreach_hours[department] += time
