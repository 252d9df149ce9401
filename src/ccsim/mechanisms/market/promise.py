"""A promise moves expectations, not practice, and people who heard it judge by it. [001]

Marketing promises more than is practised. The promise attracts people while most customers trust it, and repels them
otherwise. It raises expectations. Trust depends on whether promises were kept.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip01, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("promise")
class Promise:
    """Promises beyond practice."""

    level: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.4),
        off=0.0,
        lever=True,
        meaning="quality promised beyond practice",
        switches=("promise",),
    )
    expectation_rate: float = parameter(
        0.08,
        unit="1/week",
        range=(0.02, 0.2),
        off=0.0,
        meaning="rate at which a trusting customer's expectation follows the promise",
        pack="promise",
    )
    attraction: float = parameter(
        3.0,
        unit="1/share",
        range=(0.0, 6.0),
        off=0.0,
        meaning="how steeply joining rises with a trusted promise",
        pack="promise",
    )
    cost: float = parameter(
        4.0,
        unit="EUR/week",
        range=(0.0, 10.0),
        meaning="marketing cost per customer at a promise of 1 beyond practice",
        pack="promise",
    )
    trust_rate: float = parameter(
        0.05,
        unit="share",
        range=(0.01, 0.2),
        off=0.0,
        meaning="share of the gap that trust closes after a contact, while there is a promise",
        pack="promise",
    )
    lip_service: float = parameter(
        1.0,
        unit="factor",
        range=(0.0, 3.0),
        off=0.0,
        meaning="how hollow a promise of 1 beyond practice sounds to the staff who have to keep it",
        pack="promise",
    )


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    mean_trust: FloatArray = stock("share", "mean trust of customers, while there is a promise")
    marketing_cost: FloatArray = flow("EUR", "promising")
    promise_excess: FloatArray = flow("share", "quality promised beyond practice")


@rule
def promised_quality(practice: float, p: Promise) -> float:
    """Return the quality of a contact that advertising states."""
    return clip01(practice + p.level)


@rule
def attraction(trusted: float, p: Promise) -> float:
    """Return how strongly a promise attracts prospects: positive if most customers trust it, negative otherwise."""
    return p.attraction * p.level * (2.0 * trusted - 1.0)


@rule
def trust_update(trust: float, quality: float, expectation: float, p: Promise) -> float:
    """Return trust after a contact: it follows whether the contact was as good as expected; without a promise it stays.

    Source: assumed, after article 001: a first-order delay (Sterman 2000) towards 1 (kept) or 0 (broken).

    Args:
        trust: how far promises are believed (share).
        quality: quality of the contact, 0 to 1.
        expectation: quality that the customer expects of a contact (share).
        p: parameters of the group ``promise``.

    Returns:
        The trust after the contact (share).
    """
    if p.level <= 0.0:
        return trust
    return relax(trust, 1.0 if quality >= expectation else 0.0, p.trust_rate)


@kernel
def set_promise(customers: Rows, firm: Rows, p: Promise) -> None:
    """Let customers hear the promise, and expect it as far as they trust it.

    Args:
        customers: columns of the market, one row per person.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``promise``.

    Writes:
        customers: ``expectation``.
        firm: ``marketing_cost``, ``mean_trust``, ``promise_excess``.
    """
    if p.level <= 0.0:
        return
    firm.promise_excess[0] = p.level
    advertised = promised_quality(firm.recent_quality[0], p)
    trust, count = 0.0, 0
    for i in range(len(customers.active)):
        if customers.active[i] == 1:
            trust += customers.trust[i]
            count += 1
            firm.marketing_cost[0] += p.cost * p.level
            customers.expectation[i] = relax(
                customers.expectation[i], advertised, p.expectation_rate * customers.trust[i]
            )
    if count > 0:
        firm.mean_trust[0] = trust / count
