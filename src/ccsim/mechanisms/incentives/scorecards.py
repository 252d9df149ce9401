"""People tend to do what is counted and rewarded; organisations get the behaviour that they reward. [001]

What counts is how an act *scores* on the measure (see ``measures``), not what it achieves. Goodhart's law follows
from this difference; it is not built in.
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
    """Scorecard of front-line and back-office staff."""

    handling_time: float = _weight(0.4, "short handling time")
    cost: float = _weight(0.2, "the department's own cost")
    csat: float = _weight(0.3, "satisfaction with the interaction, surveyed right after it")
    resolution: float = _weight(0.1, "first-contact resolution as recorded")
    journey: float = _weight(0.0, "the customer's journey done right from end to end")
    internal: float = _weight(0.0, "the satisfaction of colleagues with the work passed on to them")


@parameters("head_scorecard")
class HeadScorecard:
    """Scorecard of team leads and heads of department."""

    handling_time: float = _weight(0.3, "short handling time")
    cost: float = _weight(0.4, "the department's own cost")
    csat: float = _weight(0.2, "satisfaction with the interaction, surveyed right after it")
    resolution: float = _weight(0.1, "first-contact resolution as recorded")
    journey: float = _weight(0.0, "the customer's journey done right from end to end")
    internal: float = _weight(0.0, "the engagement of the leader's own people")


@parameters("executive_scorecard")
class ExecutiveScorecard:
    """Scorecard of the executive."""

    handling_time: float = _weight(0.0, "short handling time")
    cost: float = _weight(0.6, "cost")
    csat: float = _weight(0.4, "satisfaction with the interaction, surveyed right after it")
    resolution: float = _weight(0.0, "first-contact resolution as recorded")
    journey: float = _weight(0.0, "the customer's journey done right from end to end")
    internal: float = _weight(0.0, "the engagement of staff")


@parameters("scorecards")
class Scorecards:
    """How strongly scorecards bind and how accurately they measure."""

    strength: float = parameter(
        1.0,
        unit="factor",
        range=(0.0, 3.0),
        legal=(0.0, 10.0),
        off=0.0,
        lever=True,
        meaning="strength of the scorecard: how much pay, praise and career depend on it, 1 in the ordinary organisation",
    )
    utility_weight: float = parameter(
        3.0,
        unit="utility",
        range=(1.5, 6.0),
        off=0.0,
        meaning="weight of the reward in a choice when everything depends on the scorecard",
    )
    half_saturation: float = parameter(
        1.5,
        unit="factor",
        range=(0.5, 4.0),
        meaning="strength of the scorecard at which half of the largest weight of the reward is reached: rewards have diminishing returns",
        source="assumed; magnitude checked against Jenkins et al. 1998, r = .34 of pay with quantity",
    )
    pressure: float = parameter(
        4.0,
        unit="1/share",
        range=(0.0, 8.0),
        off=0.0,
        meaning="increase of a leader's pressure per unit by which reported results are below the usual",
        source="assumed; sign: Repenning & Sterman 2002, pressure answers a gap in results",
    )
    traced_share: float = parameter(
        0.4,
        unit="share",
        range=(0.0, 0.9),
        lever=True,
        meaning="share of repeat contacts that the records trace back to the contact that caused them",
    )
    line_of_sight: float = parameter(
        0.6,
        unit="share",
        range=(0.2, 1.0),
        meaning="how clearly people see their own contribution to an end-to-end result",
    )
    courtesy_share: float = parameter(
        0.6,
        unit="share",
        range=(0.3, 0.9),
        meaning="weight of courtesy in a survey right after the contact, before the outcome is known",
    )


#: Any of the scorecards; each has a weight for each measure.
Scorecard: TypeAlias = StaffScorecard | HeadScorecard | ExecutiveScorecard


@rule
def total(card: Scorecard) -> float:
    """Return the sum of a scorecard's weights."""
    return card.handling_time + card.cost + card.csat + card.resolution + card.journey + card.internal


@rule
def customer_share(card: Scorecard) -> float:
    """Return the share of a scorecard that concerns customers; one half for a scorecard without weights."""
    weights = total(card)
    return (card.csat + card.resolution + card.journey) / weights if weights > 0.0 else 0.5


@rule
def turned_card(card: Scorecard, share: float) -> StaffScorecard:
    """Return a scorecard with a share of the weights of handling time and cost moved to the customer's journey."""
    return StaffScorecard(  # type: ignore[call-arg]  # the decorator makes it a named tuple
        card.handling_time * (1.0 - share), card.cost * (1.0 - share), card.csat, card.resolution,
        card.journey + share * (card.handling_time + card.cost), card.internal,
    )  # fmt: skip


@rule
def staff_share(card: Scorecard) -> float:
    """Return the share of a scorecard that concerns the leader's own people."""
    return card.internal / total(card) if card.internal > 0.0 else 0.0


@rule
def incentive_weight(taste: float, p: Scorecards) -> float:
    """Return the weight of rewards for a person: it rises with strength, with diminishing returns."""
    return p.utility_weight * taste * half_saturation(p.strength, p.half_saturation)


@rule
def pressure_factor(behind: float, p: Scorecards) -> float:
    """Return a leader's pressure: above 1 while results are below the usual and below 1 while above, from 0 to 2."""
    return clip(1.0 + p.pressure * behind, 0.0, 2.0)
