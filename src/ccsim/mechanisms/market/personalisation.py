"""Too much personalisation is ruinous; none forgoes value. [001]

A personalised offer is worth more to a customer, as far as the organisation knows the customer. The value has
diminishing returns, while the cost of variety grows more than proportionally.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.functions import clip01, half_saturation
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("personalisation", pack="personalisation")
class Personalisation:
    """How much is personalised."""

    level: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="share of offer and service that is personalised",
        switches=("personalisation",),
    )
    delight: float = parameter(
        0.08,
        unit="share",
        range=(0.02, 0.15),
        off=0.0,
        meaning="value of a fully personalised offer, with full insight",
    )
    half_saturation: float = parameter(
        0.3,
        unit="share",
        range=(0.1, 0.6),
        legal=(0.001, 10.0),
        meaning="share of personalisation at which half of its largest value is reached",
    )
    insight_share: float = parameter(
        0.7,
        unit="share",
        range=(0.3, 1.0),
        off=0.0,
        meaning="share of the value of personalisation that needs insight",
    )
    extra_time: float = parameter(
        0.35,
        unit="share",
        range=(0.1, 0.8),
        off=0.0,
        meaning="extra time of contacts if everything is personalised",
    )
    cost: float = parameter(
        8.0,
        unit="EUR/week",
        range=(2.0, 20.0),
        off=0.0,
        meaning="cost per customer if everything is personalised",
    )


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    cost_per_customer: FloatArray = flow("EUR", "cost of personalisation per customer")


@rule
def personalisation_value(insight: float, p: Personalisation) -> float:
    """Return the value of personalisation to a customer: diminishing returns, and limited by insight."""
    return (
        p.delight
        * half_saturation(p.level, p.half_saturation)
        * (1.0 + p.half_saturation)
        * (1.0 - p.insight_share + p.insight_share * insight)
    )


@kernel
def personalise(staff: Rows, departments: Rows, segments: Rows, firm: Rows, p: Personalisation) -> None:
    """Apply personalisation: value, time and cost.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        segments: columns of the customer segments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``personalisation``.

    Writes:
        staff: ``time_penalty``.
        segments: ``offer_value``.
        firm: ``cost_per_customer``.
    """
    if p.level <= 0.0:
        return
    insight = 0.0
    for d in range(len(departments.insight)):
        insight += departments.insight[d] / len(departments.insight)
    for s in range(len(segments.offer_value)):
        segments.offer_value[s] = clip01(segments.offer_value[s] + personalisation_value(insight, p))
    # The cost of variety rises with its square.
    for i in range(len(staff.time_penalty)):
        staff.time_penalty[i] += p.extra_time * p.level * p.level
    firm.cost_per_customer[0] += p.cost * p.level * p.level
