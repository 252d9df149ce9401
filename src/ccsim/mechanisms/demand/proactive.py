"""Anticipating a need is better than reacting to it, if the anticipation is accurate. [001]

An issue that is foreseen is settled before the customer raises it, in less time. Some calls reach customers who
needed nothing. The lower the accuracy, the more such calls there are, and each takes time and annoys the customer.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.jit import rule
from ccsim.engine.parameters import parameter, parameters


@parameters("proactive", pack="proactive")
class Proactive:
    """Parameters of proactive contact."""

    share: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.6),
        off=0.0,
        lever=True,
        meaning="share of future issues that the organisation tries to foresee",
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
        0.9, unit="share", range=(0.7, 1.0), meaning="quality of a contact that settles an issue before it is raised"
    )
    false_alarm_quality: float = parameter(
        0.45, unit="share", range=(0.2, 0.7), meaning="quality of a proactive contact that was not needed"
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    outreach: FloatArray = flow("contacts", "proactive contacts")
    outreach_hours: FloatArray = flow("hours", "staff time for proactive contacts")


@rule
def false_alarms(p: Proactive) -> float:
    """Return the number of unneeded contacts per issue foreseen."""
    return p.share * (1.0 - p.accuracy)


@rule
def contact_ahead(i: int, quality: float, department: int, customers: Rows, departments: Rows, time: float) -> None:
    """Contact a customer proactively.

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
