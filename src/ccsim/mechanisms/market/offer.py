"""Good service is not enough when the offer no longer fits: needs drift, and the offer is designed after them. [001, 002]

What the designers aim at is the need as the people who decide perceive it: the farther from customers and the less
insight, the less of the gap is seen, and the more is guessed. Customers who take part in the design show it as it is, and take time.
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
    """How needs move and the offer follows."""

    drift: float = parameter(
        0.0015,
        unit="need/week",
        range=(0.0, 0.01),
        off=0.0,
        legal=(0.0, 1.0),
        lever=True,
        meaning="how far customers' needs move in a week; an offer one unit off is worth half",
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
        meaning="part of the design that is done with customers",
        switches=("cocreation",),
    )
    decided_by: int = parameter(
        2, unit="", range=(0, 2), choices=DECIDERS, lever=True, meaning="who decides what the offer is to be"
    )
    design_rate: float = parameter(
        0.08, unit="1/week", range=(0.03, 0.15), meaning="pace at which much design moves the offer to what is aimed at"
    )
    half_saturation: float = parameter(
        20.0, unit="hours/week", range=(5.0, 50.0), legal=(0.01, 100000.0), meaning="design work that is half of much"
    )
    perception_noise: float = parameter(
        0.08,
        unit="need",
        range=(0.0, 0.2),
        off=0.0,
        meaning="largest error about the need for each tier between decider and customer, without insight",
    )
    unseen_share: float = parameter(
        0.5,
        unit="share",
        range=(0.0, 0.8),
        off=0.0,
        meaning="part of the gap between offer and need that an executive without insight does not see",
    )
    cocreation_effort: float = parameter(
        0.3,
        unit="share",
        range=(0.0, 0.6),
        off=0.0,
        meaning="design work that goes into working with customers",
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

    need: FloatArray = stock("need", "what customers of the segment need, as a place on a line")
    position: FloatArray = stock("need", "where on that line the offer is")
    offer_value: FloatArray = flow("share", "satisfaction with the offer itself")
    fit: FloatArray = flow("share", "how well the offer fits")
    n_segments: FloatArray = flow("segments", "1, to take means over segments")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    design: FloatArray = flow("EUR", "designing the offer")
    needs_error: FloatArray = flow("need", "error of those who decide about what customers need")


@rule
def perception_error(luck: float, insight: float, p: Offer) -> float:
    """Error about the need: larger with each tier from the customer, smaller with insight and with customers there."""
    return (2.0 * luck - 1.0) * p.perception_noise * (1.0 + p.decided_by) * (1.0 - insight) * (1.0 - p.cocreation)


@rule
def perceived_gap(gap: float, insight: float, p: Offer) -> float:
    """The gap as it looks from where the decision is made: smaller the farther away, whole with customers there."""
    return gap * (1.0 - p.unseen_share * (1.0 + p.decided_by) / 3.0 * (1.0 - insight) * (1.0 - p.cocreation))


@rule
def offer_update(offer: float, aim: float, p: Offer) -> float:
    """The offer moves towards what is aimed at, the faster the more work is done."""
    hours = p.design_hours * (1.0 - p.cocreation_effort * p.cocreation)
    return offer + p.design_rate * half_saturation(hours, p.half_saturation) * (aim - offer)


@rule
def offer_fit(gap: float) -> float:
    """An offer on the need is worth all it can be, one unit off it half."""
    return 1.0 / (1.0 + abs(gap))


@kernel
def move_offer(segments: Rows, departments: Rows, firm: Rows, p: Offer, seed: int, week: int) -> None:
    """Needs move on and the offer follows.

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
        # An error lasts a quarter: designs are reviewed, not redrawn every week.
        error = perception_error(uniform(seed, DESIGN, (week + 100_000) // 13, s), insight, p)
        gap = segments.need[s] - segments.position[s]
        seen = perceived_gap(gap, insight, p) + error
        segments.position[s] = offer_update(segments.position[s], segments.position[s] + seen, p)
        firm.needs_error[0] += abs(seen - gap) / len(segments.need)
    firm.design[0] += p.design_hours * p.cost_per_hour


@kernel
def update_offer_value(segments: Rows, best: float) -> None:
    """Say what the offer is worth to each segment.

    Args:
        segments: columns of the customer segments, one row each.
        best: ``experience.offer_satisfaction``, satisfaction with an offer that fits perfectly; to what it is worth
            customers return (share).

    Writes:
        segments: ``fit``, ``n_segments``, ``offer_value``.
    """
    for s in range(len(segments.need)):
        fit = offer_fit(segments.need[s] - segments.position[s])
        segments.fit[s] += fit
        segments.n_segments[s] += 1
        segments.offer_value[s] += best * fit
