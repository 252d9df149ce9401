"""Good service is not enough if the offer no longer fits: needs drift, and the offer is redesigned to follow them. [001, 002]

Designers aim at the need as the decision-makers perceive it. The farther these are from customers and the less insight
they have, the less of the gap they see, and the more they guess. Customers who take part in the design show the true need, but take time.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import half_saturation
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniform

DESIGN = int(Stream.DESIGN)
DECIDERS = ("front", "head", "executive")


@parameters("offer")
class Offer:
    """How needs change and how the offer follows."""

    drift: float = parameter(
        0.0015,
        unit="need/week",
        range=(0.0, 0.01),
        off=0.0,
        legal=(0.0, 1.0),
        lever=True,
        meaning="weekly change of customers' needs; an offer one unit away from the need has half its value",
    )
    design_hours: float = parameter(
        20.0,
        unit="hours/week",
        range=(0.0, 100.0),
        off=0.0,
        legal=(0.0, 100000.0),
        lever=True,
        meaning="work on the design of the offer",
    )
    cocreation: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="share of the design work that is done with customers",
        switches=("cocreation",),
    )
    decided_by: int = parameter(
        2, unit="", range=(0, 2), choices=DECIDERS, lever=True, meaning="tier that decides about the offer"
    )
    design_rate: float = parameter(
        0.08, unit="1/week", range=(0.03, 0.15), meaning="rate at which much design work moves the offer to its target"
    )
    half_saturation: float = parameter(
        20.0,
        unit="hours/week",
        range=(5.0, 50.0),
        legal=(0.01, 100000.0),
        meaning="design work at which half of the full effect is reached",
    )
    perception_noise: float = parameter(
        0.08,
        unit="need",
        range=(0.0, 0.2),
        off=0.0,
        meaning="largest error about the need per tier between decision-maker and customer, without insight",
    )
    unseen_share: float = parameter(
        0.5,
        unit="share",
        range=(0.0, 0.8),
        off=0.0,
        meaning="share of the gap between offer and need that an executive without insight does not see",
    )
    cocreation_effort: float = parameter(
        0.3,
        unit="share",
        range=(0.0, 0.6),
        off=0.0,
        meaning="share of design work that working with customers takes",
        pack="cocreation",
    )
    cost_per_hour: float = parameter(
        60.0,
        unit="EUR/hour",
        range=(30.0, 120.0),
        meaning="cost of an hour of design",
        on_record=True,
    )


@columns("segments")
class Segments:
    """Columns of a customer segment."""

    need: FloatArray = stock("need", "need of the segment's customers, as a position on a line")
    position: FloatArray = stock("need", "position of the offer on the same line")
    offer_value: FloatArray = flow("share", "satisfaction with the offer itself")
    fit: FloatArray = flow("share", "fit of the offer")
    n_segments: FloatArray = flow("segments", "1, for means over segments")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    design: FloatArray = flow("EUR", "cost of designing the offer")
    needs_error: FloatArray = flow("need", "error of the decision-makers about customers' needs")


@rule
def perception_error(draw: float, insight: float, p: Offer) -> float:
    """Return the error about the need: larger with each tier from the customer, smaller with insight and with co-design.

    Source: assumed, after articles 001 and 002.

    Args:
        draw: random draw, 0 to 1.
        insight: insight of the decision-makers into what customers need (share).
        p: parameters of the group ``offer``.

    Returns:
        Error on the line of needs, of either sign (need).
    """
    return (2.0 * draw - 1.0) * p.perception_noise * (1.0 + p.decided_by) * (1.0 - insight) * (1.0 - p.cocreation)


@rule
def perceived_gap(gap: float, insight: float, p: Offer) -> float:
    """Return the gap as the decision-makers perceive it: smaller the farther away they are, complete with co-design.

    Source: assumed, after articles 001 and 002.

    Args:
        gap: need of the segment less the position of the offer (need).
        insight: insight of the decision-makers into what customers need (share).
        p: parameters of the group ``offer``.

    Returns:
        Gap as perceived (need).
    """
    return gap * (1.0 - p.unseen_share * (1.0 + p.decided_by) / 3.0 * (1.0 - insight) * (1.0 - p.cocreation))


@rule
def offer_update(offer: float, aim: float, p: Offer) -> float:
    """Return the position of the offer after a week: it moves towards the target, faster with more design work.

    Source: assumed, after articles 001 and 002: a first-order delay (Sterman 2000) with diminishing returns of work.

    Args:
        offer: position of the offer (need).
        aim: position towards which the offer is redesigned (need).
        p: parameters of the group ``offer``.

    Returns:
        Position after the week (need).
    """
    hours = p.design_hours * (1.0 - p.cocreation_effort * p.cocreation)
    return offer + p.design_rate * half_saturation(hours, p.half_saturation) * (aim - offer)


@rule
def offer_fit(gap: float) -> float:
    """Return the fit of the offer: 1 if it meets the need, one half at a distance of one unit."""
    return 1.0 / (1.0 + abs(gap))


@kernel
def move_offer(segments: Rows, departments: Rows, firm: Rows, p: Offer, seed: int, week: int) -> None:
    """Let needs drift, and let the offer follow.

    Args:
        segments: columns of the customer segments, one row each.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``offer``.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        segments: ``need``, ``position``.
        firm: ``design``, ``needs_error``.
    """
    insight = 0.0
    for d in range(len(departments.insight)):
        insight += departments.insight[d] / len(departments.insight)
    for s in range(len(segments.need)):
        segments.need[s] += p.drift
        # An error lasts a quarter, because designs are not made again every week.
        error = perception_error(uniform(seed, DESIGN, (week + 100_000) // 13, s), insight, p)
        gap = segments.need[s] - segments.position[s]
        perceived = perceived_gap(gap, insight, p) + error
        segments.position[s] = offer_update(segments.position[s], segments.position[s] + perceived, p)
        firm.needs_error[0] += abs(perceived - gap) / len(segments.need)
    firm.design[0] += p.design_hours * p.cost_per_hour


@kernel
def update_offer_value(segments: Rows, best: float) -> None:
    """Set the value of the offer to each segment.

    Args:
        segments: columns of the customer segments, one row each.
        best: ``experience.offer_satisfaction``, satisfaction with an offer that fits perfectly (share).

    Writes:
        segments: ``fit``, ``n_segments``, ``offer_value``.
    """
    for s in range(len(segments.need)):
        fit = offer_fit(segments.need[s] - segments.position[s])
        segments.fit[s] += fit
        segments.n_segments[s] += 1
        segments.offer_value[s] += best * fit
