"""The score of an act or a unit on a scorecard depends on what is counted, not on what was done. [001]

A call cut short has a short handling time. A case passed on has no cost here. A closed case counts as resolved
until the customer calls again, and only some of these calls are traced back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.functions import clip01
from ccsim.engine.jit import rule
from ccsim.mechanisms.incentives.scorecards import total

if TYPE_CHECKING:
    from ccsim.mechanisms.incentives.scorecards import Scorecard, Scorecards


@rule
def peer_rating(card: Scorecard, pleased: float) -> float:
    """What colleagues see of an act or a unit, as far as the scorecard counts it."""
    return card.internal * pleased / total(card) if card.internal > 0.0 else 0.0


@rule
def survey_score(courtesy: float, success: float, p: Scorecards) -> float:
    """Return the result of a survey right after the contact: mostly courtesy, partly the outcome.

    Source: assumed, after article 001: a weighted mean.

    Args:
        courtesy: how the customer was treated, 0 to 1.
        success: probability that the contact succeeds; 1 or 0 once its outcome is known.
        p: parameters of the group ``scorecards``.

    Returns:
        Result of the survey (share).
    """
    return p.courtesy_share * courtesy + (1.0 - p.courtesy_share) * success


@rule
def act_score(
    card: Scorecard,
    quickness: float,
    thrift: float,
    courtesy: float,
    success: float,
    closes: float,
    journey: float,
    p: Scorecards,
) -> float:
    """Return the expected score of an act on the scorecard, between 0 and 1.

    Source: assumed, after article 001: a mean of the measures, weighted as the scorecard is.

    Args:
        card: the scorecard.
        quickness: 1 for no time spent, 0 for the time of a thorough solution (share).
        thrift: 1 for no cost in the department, 0 for that of a thorough solution (share).
        courtesy: courtesy of the act.
        success: probability that the stage is handled without an error.
        closes: 1 if the records can count the issue as resolved here, else 0.
        journey: probability that the journey is still sound after the act.
        p: parameters.
    """
    weights = total(card)
    if weights <= 0.0:
        return 0.0
    claimed = closes * (1.0 - p.traced_share * (1.0 - success))
    shown = (
        card.handling_time * quickness
        + card.cost * thrift
        + card.csat * survey_score(courtesy, success, p)
        + card.resolution * claimed
        + card.journey * p.line_of_sight * journey
    )
    return shown * (1.0 / weights)  # one division per week instead of one per choice


@rule
def unit_score(
    card: Scorecard, quickness: float, thrift: float, surveyed: float, claimed: float, journey: float
) -> float:
    """Return a unit's reported result on a scorecard, between 0 and 1; one half for a card without weights.

    Source: assumed, after article 001: a mean of the measures, weighted as the scorecard is.

    Args:
        card: the scorecard in use, a weight for each measure.
        quickness: score of handling time, 0 to 1.
        thrift: score of cost, 0 to 1.
        surveyed: score of surveys after contacts, 0 to 1.
        claimed: closings at the first contact that the records count as resolved (issues).
        journey: score of whole journeys, 0 to 1.
    """
    weights = total(card)
    if weights <= 0.0:
        return 0.5
    shown = (
        card.handling_time * clip01(quickness)
        + card.cost * clip01(thrift)
        + card.csat * surveyed
        + card.resolution * claimed
        + card.journey * journey
    )
    return shown / weights
