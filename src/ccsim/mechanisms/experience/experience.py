"""Satisfaction moves by disconfirmed expectations; losses weigh more than gains (Oliver 1980; Kahneman & Tversky 1979).

Between contacts it returns to the satisfaction with the offer itself. Expectations follow experience.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip01, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.prefetch import A_LINE, CUSTOMERS_AHEAD, prefetch
from ccsim.engine.rng import to_unit_interval
from ccsim.mechanisms.market.promise import trust_update

if TYPE_CHECKING:
    from ccsim.mechanisms.market.promise import Promise

#: How many tellers ahead the data of an acquaintance is prefetched.
TELLERS_AHEAD = 16


@parameters("experience")
class Experience:
    """How contacts affect satisfaction and word of mouth."""

    adaptation_rate: float = parameter(
        0.1,
        unit="share",
        range=(0.03, 0.4),
        off=0.0,
        meaning="share of the gap to a contact's quality that satisfaction and expectation close",
    )
    loss_aversion: float = parameter(
        1.6,
        unit="factor",
        range=(1.0, 2.5),
        off=1.0,
        legal=(1.0, 10.0),
        meaning="weight of a disappointment relative to an equally large positive surprise",
        source="assumed; Tversky & Kahneman 1992: 2.25 for money",
    )
    offer_satisfaction: float = parameter(
        0.924,
        unit="share",
        range=(0.65, 0.98),
        meaning="satisfaction with an offer that fits perfectly; without contacts, satisfaction returns to the value of the offer",
        source="calibrated: a fit of 0.95",
    )
    forgetting_rate: float = parameter(
        0.05,
        unit="1/week",
        range=(0.01, 0.15),
        off=0.0,
        meaning="rate at which satisfaction returns to the value of the offer between contacts, and at which opinions heard fade",
    )
    noticing_rate: float = parameter(
        0.1,
        unit="1/week",
        range=(0.05, 0.3),
        off=0.0,
        meaning="rate at which the quality of contacts becomes known",
    )
    talk_probability: float = parameter(
        0.7,
        unit="probability",
        range=(0.2, 1.0),
        off=0.0,
        meaning="probability of telling others about a contact of the best or worst quality",
    )


@columns("customers")
class Customers:
    """Columns of a person in the market."""

    satisfaction: FloatArray = stock("share", "satisfaction with the organisation")
    expectation: FloatArray = stock("share", "expected quality of a contact", "promise")
    trust: FloatArray = stock("share", "trust in promises")
    events: FloatArray = flow("contacts", "contacts closed or given up")
    quality: FloatArray = flow("share", "sum of the quality of those contacts")
    heard_opinion: FloatArray = flow("share", "weighted sum of opinions heard from others")
    voices: FloatArray = flow("people", "sum of the weights of those who told")


@columns("segments")
class Segments:
    """Columns of a customer segment."""

    positive_mentions: FloatArray = flow("people", "customers who spoke well this week")
    negative_mentions: FloatArray = flow("people", "customers who spoke ill this week")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    recent_quality: FloatArray = stock("share", "recent quality of contacts")


@rule
def felt_quality(quality: float, expectation: float, p: Experience) -> float:
    """Return the quality of a contact as felt: the expectation plus the difference to it, with disappointments enlarged.

    Source: disconfirmed expectations (Oliver 1980) with loss aversion (Kahneman & Tversky 1979).

    Args:
        quality: quality of the contact, 0 to 1.
        expectation: quality that the customer expects of a contact (share).
        p: parameters of the group ``experience``.

    Returns:
        Quality of the contact as felt (share).
    """
    surprise = quality - expectation
    return clip01(expectation + (surprise * p.loss_aversion if surprise < 0.0 else surprise))


@rule
def judged_quality(quality: float, leniency: float) -> float:
    """Return a quality or value as judged by a person who is more lenient or harsher than others."""
    return clip01(quality + leniency)


@rule
def weekly_value(i: int, customers: Rows, segments: Rows) -> float:
    """Return the value of the offer to a person.

    Source: arithmetic: the value of the segment's offer, see :func:`judged_quality`.

    Args:
        i: row of the customer.
        customers: columns of the market, one row per person.
        segments: columns of the customer segments, one row each.

    Returns:
        Value of the offer as judged by the customer (share).
    """
    return judged_quality(segments.offer_value[customers.segment[i]], customers.leniency[i])


@rule
def shares_experience(felt: float, draw: float, p: Experience) -> bool:
    """Return whether a contact is told to others; the probability is higher the further it is from neutral.

    Source: assumed: a probability in proportion to the distance from neutral.

    Args:
        felt: quality of the contact as felt (share).
        draw: random draw, 0 to 1.
        p: parameters of the group ``experience``.
    """
    return draw < p.talk_probability * abs(2.0 * felt - 1.0)


@kernel(allocates=True)
def update_satisfaction(
    customers: Rows, segments: Rows, firm: Rows, p: Experience, promise: Promise, reach: int, week: int
) -> None:
    """Update every customer's satisfaction, and let some of them tell others.

    Args:
        customers: columns of the market, one row per person.
        segments: columns of the customer segments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``experience``.
        promise: parameters of the group ``promise``.
        reach: ``word_of_mouth.reach``, neighbours on either side in the market who hear a customer's story, besides one
            acquaintance far away too (people each side).
        week: number of the week.

    Writes:
        customers: ``expectation``, ``heard_opinion``, ``satisfaction``, ``trust``, ``voices``.
        segments: ``negative_mentions``, ``positive_mentions``.
        firm: ``recent_quality``.
    """
    count = len(customers.active)
    quality_sum, contacts = 0.0, 0.0
    tellers, opinions, talking = np.empty(count, np.int32), np.empty(count), 0
    for i in range(count):
        if i % A_LINE == 0:
            fetch_line(i + CUSTOMERS_AHEAD, customers)
        if customers.joined_week[i] == week and customers.active[i] == 1:
            # Newcomers start with the value of the offer and with what they have heard.
            customers.satisfaction[i] = weekly_value(i, customers, segments)
            customers.trust[i] = 0.5
            customers.expectation[i] = 0.4 + 0.5 * customers.opinion[i]
        if customers.events[i] > 0.0:
            quality = customers.quality[i] / customers.events[i]
            felt = felt_quality(quality, customers.expectation[i], p)
            quality_sum += customers.quality[i]
            contacts += customers.events[i]
            customers.trust[i] = trust_update(customers.trust[i], quality, customers.expectation[i], promise)
            customers.satisfaction[i] = relax(
                customers.satisfaction[i], judged_quality(felt, customers.leniency[i]), p.adaptation_rate
            )
            customers.expectation[i] = relax(customers.expectation[i], quality, p.adaptation_rate)
            if shares_experience(felt, to_unit_interval(customers.u_talk[i]), p):
                segment = customers.segment[i]
                segments.positive_mentions[segment] += felt >= 0.5
                segments.negative_mentions[segment] += felt < 0.5
                tellers[talking], opinions[talking] = i, felt
                talking += 1
        else:
            # Customers only. A product replaces a branch, because who is a customer is random and a misprediction costs more.
            pace = p.forgetting_rate * customers.active[i]
            customers.satisfaction[i] = relax(customers.satisfaction[i], weekly_value(i, customers, segments), pace)
    # Told after all have judged. Acquaintances may be anywhere in memory, so those of later tellers are prefetched.
    for k in range(talking):
        listener = customers.far_tie[tellers[min(k + TELLERS_AHEAD, talking - 1)]]
        prefetch(customers.heard_opinion, listener)
        prefetch(customers.voices, listener)
        spread(tellers[k], opinions[k], customers, reach)
    if contacts > 0.0:
        firm.recent_quality[0] = relax(firm.recent_quality[0], quality_sum / contacts, p.noticing_rate)


@rule
def fetch_line(i: int, customers: Rows) -> None:
    """Prefetch columns that are read for some customers only, one cache line of each; the processor does not predict this."""
    prefetch(customers.events, i)
    prefetch(customers.events, i + A_LINE // 2)
    prefetch(customers.expectation, i)
    prefetch(customers.trust, i)
    prefetch(customers.u_talk, i)
    prefetch(customers.satisfaction, i)
    prefetch(customers.leniency, i)


@rule
def spread(teller: int, felt: float, customers: Rows, reach: int) -> None:
    """Spread a story to the neighbours in the market and to one distant person; bad stories weigh 1.5 times as much.

    Args:
        teller: row of the customer who talks.
        felt: satisfaction that is told (share).
        customers: columns of the market, one row per person.
        reach: people who hear what a customer tells (people).

    Writes:
        customers: ``heard_opinion``, ``voices``.
    """
    weight = 1.5 if felt < 0.5 else 1.0
    count = len(customers.heard_opinion)
    left = right = teller
    for _ in range(reach):
        left = left - 1 if left > 0 else count - 1
        right = right + 1 if right < count - 1 else 0
        for listener in (right, left):
            customers.heard_opinion[listener] += weight * felt
            customers.voices[listener] += weight
    if reach > 0:
        listener = customers.far_tie[teller]
        customers.heard_opinion[listener] += weight * felt
        customers.voices[listener] += weight
