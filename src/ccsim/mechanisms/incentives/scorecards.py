"""People lean to what is counted and rewarded; organisations get the behaviour that they reward. [001]

What counts is what an act will *show* on the measure (see ``measures``), not what it does. Goodhart's law follows
from the difference, it is not put in.
"""

from __future__ import annotations

from typing import TypeAlias

from ccsim.engine.functions import clip, half_saturation
from ccsim.engine.jit import rule
from ccsim.engine.parameters import parameter, parameters


def _weight(default: float, what: str) -> float:
    return parameter(
        default, unit="weight", range=(0.0, 1.0), legal=(0.0, 1000.0), lever=True,
        meaning=f"weight of {what}; weights count relative to their sum")  # fmt: skip


@parameters("staff_scorecard")
class StaffScorecard:
    """What front-line and back-office staff are measured on."""

    handling_time: float = _weight(0.4, "short handling time")
    cost: float = _weight(0.2, "the own department's cost")
    csat: float = _weight(0.3, "satisfaction with the interaction, surveyed right after it")
    resolution: float = _weight(0.1, "first-contact resolution as recorded")
    journey: float = _weight(0.0, "the customer's journey done right from end to end")
    internal: float = _weight(0.0, "the satisfaction of colleagues with what is passed on to them")


@parameters("head_scorecard")
class HeadScorecard:
    """What team leads and heads of department are measured on."""

    handling_time: float = _weight(0.3, "short handling time")
    cost: float = _weight(0.4, "the own department's cost")
    csat: float = _weight(0.2, "satisfaction with the interaction, surveyed right after it")
    resolution: float = _weight(0.1, "first-contact resolution as recorded")
    journey: float = _weight(0.0, "the customer's journey done right from end to end")
    internal: float = _weight(0.0, "the engagement of the own people")


@parameters("executive_scorecard")
class ExecutiveScorecard:
    """What the executive is measured on."""

    handling_time: float = _weight(0.0, "short handling time")
    cost: float = _weight(0.6, "cost")
    csat: float = _weight(0.4, "satisfaction with the interaction, surveyed right after it")
    resolution: float = _weight(0.0, "first-contact resolution as recorded")
    journey: float = _weight(0.0, "the customer's journey done right from end to end")
    internal: float = _weight(0.0, "the engagement of staff")


@parameters("scorecards")
class Scorecards:
    """How strongly scorecards bind and how well they see."""

    strength: float = parameter(
        1.0,
        unit="factor",
        range=(0.0, 3.0),
        legal=(0.0, 10.0),
        off=0.0,
        lever=True,
        meaning="how much depends on the scorecard (pay, praise, career), 1 in the ordinary organisation",
    )
    utility_weight: float = parameter(
        3.0,
        unit="utility",
        range=(1.5, 6.0),
        off=0.0,
        meaning="weight of the reward in a choice when everything depends on it",
    )
    half_saturation: float = parameter(
        1.5,
        unit="factor",
        range=(0.5, 4.0),
        meaning="strength of the scorecard at which half of the largest weight of the reward is reached: rewards have diminishing weight",
        source="assumed; magnitude checked against Jenkins et al. 1998, r = .34 of pay with quantity",
    )
    pressure: float = parameter(
        4.0,
        unit="1/share",
        range=(0.0, 8.0),
        off=0.0,
        meaning="how much harder a leader presses for each unit by which reported results are behind the usual",
        source="assumed; sign: Repenning & Sterman 2002, pressure answers a gap in results",
    )
    traced_share: float = parameter(
        0.4,
        unit="share",
        range=(0.0, 0.9),
        lever=True,
        meaning="share of repeat contacts that records trace back to the contact that caused them",
    )
    line_of_sight: float = parameter(
        0.6,
        unit="share",
        range=(0.2, 1.0),
        meaning="how clearly a person sees the own part in an end-to-end result that several share",
    )
    courtesy_share: float = parameter(
        0.6,
        unit="share",
        range=(0.3, 0.9),
        meaning="part of a survey right after the contact that rests on courtesy, before the outcome is known",
    )


#: What rules of scorecards take: each card has a weight for each measure.
Scorecard: TypeAlias = StaffScorecard | HeadScorecard | ExecutiveScorecard


@rule
def total(card: Scorecard) -> float:
    """Sum of a scorecard's weights."""
    return card.handling_time + card.cost + card.csat + card.resolution + card.journey + card.internal


@rule
def customer_share(card: Scorecard) -> float:
    """Share of a scorecard that looks at customers; one half for a scorecard without weights."""
    weights = total(card)
    return (card.csat + card.resolution + card.journey) / weights if weights > 0.0 else 0.5


@rule
def staff_card_turned(card: StaffScorecard, share: float) -> StaffScorecard:
    """Return a card of staff with a share of the weights of handling time and cost moved to the customer's journey."""
    return StaffScorecard(  # type: ignore[call-arg]  # the decorator makes it a named tuple
        card.handling_time * (1.0 - share), card.cost * (1.0 - share), card.csat, card.resolution,
        card.journey + share * (card.handling_time + card.cost), card.internal,
    )  # fmt: skip


@rule
def head_card_turned(card: HeadScorecard, share: float) -> HeadScorecard:
    """Return a card of leaders with a share of the weights of handling time and cost moved to the customer's journey."""
    return HeadScorecard(  # type: ignore[call-arg]  # the decorator makes it a named tuple
        card.handling_time * (1.0 - share), card.cost * (1.0 - share), card.csat, card.resolution,
        card.journey + share * (card.handling_time + card.cost), card.internal,
    )  # fmt: skip


@rule
def staff_share(card: Scorecard) -> float:
    """Share of a scorecard that looks at the own people."""
    return card.internal / total(card) if card.internal > 0.0 else 0.0


@rule
def incentive_weight(taste: float, p: Scorecards) -> float:
    """How strongly rewards weigh for a person: more with strength, but less and less so."""
    return p.utility_weight * taste * half_saturation(p.strength, p.half_saturation)


@rule
def pressure_factor(behind: float, p: Scorecards) -> float:
    """Leaders press harder while results are behind the usual and ease off while ahead, between nothing and twice."""
    return clip(1.0 + p.pressure * behind, 0.0, 2.0)
