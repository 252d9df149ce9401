"""Departments put a decree into practice only as far as their leadership supports it. [001, 004]

New measures, rights and structures are enacted at a rate that rises with clear and realistic aims and with
a credible and convinced leader, and falls with cynicism. Signs: Klein & Sorra 1996, tested by Dong et al. 2008;
Repenning 2002, implementation as commitment that has to be built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import clip01, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.mechanisms.incentives.scorecards import StaffScorecard, turned_card

if TYPE_CHECKING:
    from ccsim.mechanisms.management.mandate import Mandate


@parameters("implementation")
class Implementation:
    """The gap between decree and practice."""

    gap: bool = parameter(
        1,
        unit="on/off",
        range=(0, 1),
        off=0,
        meaning="whether decrees are enacted gradually, as departments support them; if not, they take effect at once",
        source="assumed; sign: Klein & Sorra 1996, Repenning 2002, Beer, Eisenstat & Spector 1990",
        pack="decrees-at-once",
        switches=("decrees-at-once",),
    )
    closing_rate: float = parameter(
        0.6,
        unit="1/week",
        range=(0.2, 1.0),
        meaning="share of the gap that closes in a week with full support",
        source="assumed; order: Repenning 2002, months to years",
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    support: FloatArray = stock("share", "support in the department for what is decreed")
    by_handling_time: FloatArray = stock("weight", "weight of handling time in the scorecard in use")
    by_cost: FloatArray = stock("weight", "weight of cost in the scorecard in use")
    by_csat: FloatArray = stock("weight", "weight of surveys in the scorecard in use")
    by_resolution: FloatArray = stock("weight", "weight of recorded resolution in the scorecard in use")
    by_journey: FloatArray = stock("weight", "weight of sound journeys in the scorecard in use")
    by_internal: FloatArray = stock("weight", "weight of colleagues' satisfaction in the scorecard in use")


@rule
def enactment_support(clarity: float, realism: float, credibility: float, conviction: float, cynicism: float) -> float:
    """Return the support for a decree in a department: a product, so that one missing factor blocks everything.

    Source: assumed, after articles 001 and 004: a product, so that the weakest factor limits the result.

    Args:
        clarity: clarity of the mandate (share).
        realism: realism of the mandate (share).
        credibility: how far deeds followed words (share).
        conviction: belief that customer-first is right and pays here (share).
        cynicism: expectation that announcements of change are only talk (share).
    """
    return clip01(clarity * realism * credibility * conviction * (1.0 - cynicism))


@rule
def closing_pace(support: float, p: Implementation) -> float:
    """Return the share of the remaining gap that is closed in a week."""
    return clip01(p.closing_rate * support) if p.gap else 1.0


@rule
def card_in_use(d: int, departments: Rows) -> StaffScorecard:
    """Return the scorecard in use in department ``d``."""
    return StaffScorecard(  # type: ignore[call-arg]  # the decorator makes it a named tuple
        departments.by_handling_time[d], departments.by_cost[d], departments.by_csat[d], departments.by_resolution[d],
        departments.by_journey[d], departments.by_internal[d],
    )  # fmt: skip


@rule
def card_update(used: float, decreed: float, pace: float) -> float:
    """Return a weight in use after a week. At full pace it is exactly the decreed weight.

    Source: assumed, after articles 001 and 004: a first-order delay (Sterman 2000) towards the decree.

    Args:
        used: weight of the measure in the scorecard in use (weight).
        decreed: weight of the measure in the decreed scorecard (weight).
        pace: share of the gap that is closed in the week.

    Returns:
        Weight of the measure in the scorecard in use after the week (weight).
    """
    return decreed if pace >= 1.0 else relax(used, decreed, pace)


@rule
def store_card(d: int, card: StaffScorecard, pace: float, departments: Rows) -> None:
    """Move the scorecard in use in department ``d`` towards a decreed one.

    Args:
        d: row of the department.
        card: the decreed scorecard, with a weight for each measure.
        pace: share of the gap that is closed in the week.
        departments: columns of the departments, one row each.

    Writes:
        departments: ``by_cost``, ``by_csat``, ``by_handling_time``, ``by_internal``, ``by_journey``,
            ``by_resolution``.
    """
    departments.by_handling_time[d] = card_update(departments.by_handling_time[d], card.handling_time, pace)
    departments.by_cost[d] = card_update(departments.by_cost[d], card.cost, pace)
    departments.by_csat[d] = card_update(departments.by_csat[d], card.csat, pace)
    departments.by_resolution[d] = card_update(departments.by_resolution[d], card.resolution, pace)
    departments.by_journey[d] = card_update(departments.by_journey[d], card.journey, pace)
    departments.by_internal[d] = card_update(departments.by_internal[d], card.internal, pace)


@kernel
def store_first_cards(card: StaffScorecard, departments: Rows) -> None:
    """Give every department the decreed scorecard at founding.

    Args:
        card: the decreed scorecard, with a weight for each measure.
        departments: columns of the departments, one row each.

    Writes:
        departments: ``by_cost``, ``by_csat``, ``by_handling_time``, ``by_internal``, ``by_journey``,
            ``by_resolution``.
    """
    for d in range(len(departments.support)):
        store_card(d, card, 1.0, departments)


@kernel
def enact_decree(
    staff: Rows, leaders: Rows, departments: Rows, card: StaffScorecard, p: Implementation, mandate: Mandate
) -> None:
    """Move each department towards the decreed scorecard, as modified by its leaders.

    In a department without leaders, the decree counts as accepted.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        card: parameters of the group ``staff_scorecard``.
        p: parameters of the group ``implementation``.
        mandate: parameters of the group ``mandate``.

    Writes:
        departments: ``by_cost``, ``by_csat``, ``by_handling_time``, ``by_internal``, ``by_journey``,
            ``by_resolution``, ``support``.
    """
    for d in range(len(departments.support)):
        sum_cynicism, people, realigned = 0.0, 0.0, 0.0
        credibility, conviction = 0.0, 0.0
        for i in range(departments.first_staff[d], departments.last_staff[d]):
            lead = staff.leader[i]
            sum_cynicism += staff.cynicism[i]
            credibility += leaders.credibility[lead] if lead >= 0 else 1.0
            conviction += leaders.conviction[lead] if lead >= 0 else 1.0
            realigned += leaders.realigned[lead] if lead >= 0 else 0.0
            people += 1.0
        departments.support[d] = enactment_support(
            mandate.clarity, mandate.realism, credibility / people, conviction / people, sum_cynicism / people
        )
        store_card(d, turned_card(card, realigned / people), closing_pace(departments.support[d], p), departments)
