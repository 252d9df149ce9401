"""Customers stay, leave and join. Dissatisfied customers leave more easily; a good reputation attracts new ones. [003]

The hazard of leaving grows by a constant factor per unit of lost satisfaction. Dissatisfied customers therefore
leave at many times the rate of satisfied ones, and some customers leave for unrelated reasons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Int8Array, IntArray, Rows, UInt32Array, columns, flow, stock
from ccsim.engine.functions import exp, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, philox_words, to_unit_interval
from ccsim.mechanisms.market.customer_differences import most_mobile_person
from ccsim.mechanisms.market.promise import attraction
from ccsim.mechanisms.service.queues import NO_CASE, RETURNING, WAITING, leave_queue

if TYPE_CHECKING:
    from ccsim.mechanisms.market.customer_differences import CustomerDifferences
    from ccsim.mechanisms.market.promise import Promise

MARKET = int(Stream.MARKET)


@parameters("market")
class Market:
    """Who stays, who leaves and who joins."""

    churn: float = parameter(
        0.0037,
        unit="probability",
        range=(0.001, 0.008),
        off=0.0,
        meaning="weekly probability that a customer of reference satisfaction leaves",
        source="calibrated: 15 to 20 % a year",
    )
    churn_sensitivity: float = parameter(
        5.0,
        unit="1/share",
        range=(2.0, 8.0),
        off=0.0,
        meaning="how steeply leaving rises as satisfaction falls",
        source="assumed; form: exponential hazard",
    )
    churn_reference: float = parameter(
        0.7, unit="share", range=(0.6, 0.8), meaning="satisfaction at which the reference churn probability holds"
    )
    word_of_mouth_churn: float = parameter(
        1.0,
        unit="1/share",
        range=(0.0, 3.0),
        off=0.0,
        meaning="how strongly bad word of mouth makes customers leave, and good word of mouth makes them stay",
    )
    joining_probability: float = parameter(
        0.0033,
        unit="probability",
        range=(0.001, 0.008),
        off=0.0,
        meaning="weekly probability that a prospect who has heard nothing becomes a customer",
        source="calibrated: as many customers join as leave",
    )
    challenger: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.15),
        off=0.0,
        lever=True,
        meaning="improvement of the best alternative that challengers move towards",
        switches=("challenger",),
    )
    challenger_rate: float = parameter(
        0.03,
        unit="1/week",
        range=(0.01, 0.1),
        meaning="rate at which the best alternative improves",
        pack="challenger",
    )
    word_of_mouth_joining: float = parameter(
        4.0,
        unit="1/share",
        range=(0.0, 8.0),
        off=0.0,
        meaning="how steeply joining rises with the opinion that a prospect has heard",
    )


@columns("customers")
class Customers:
    """Columns of a person in the market."""

    active: Int8Array = stock("0/1", "1 while a customer of the organisation")
    person: IntArray = stock("count", "number of times that this person has become a customer")
    joined_week: IntArray = stock("week", "week in which the person became a customer")
    u_join: UInt32Array = stock("1/2^32", "the week's random draw for joining")
    u_request: UInt32Array = stock(
        "1/2^32", "the week's random draw for raising an issue, or for giving up while waiting"
    )
    u_talk: UInt32Array = stock("1/2^32", "the week's random draw for telling others")
    u_churn: UInt32Array = stock("1/2^32", "the week's random draw for leaving")


@columns("departments")
class Departments:
    """Columns of a department."""

    withdrawn: FloatArray = flow("issues", "open issues of customers who left")


@columns("segments")
class Segments:
    """Columns of a customer segment."""

    joined: FloatArray = flow("people", "customers won")
    left: FloatArray = flow("people", "customers lost")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    challenger: FloatArray = stock("share", "improvement of the best alternative so far")
    challenger_lead: FloatArray = flow("share", "advantage of the best alternative")


@rule
def churn_probability(satisfaction: float, opinion: float, alternative: float, p: Market) -> float:
    """Return the probability that a customer leaves: it rises with dissatisfaction, bad word of mouth and a better alternative.

    Source: assumed, after article 003: proportional hazards (Cox 1972).

    Args:
        satisfaction: satisfaction with the organisation (share).
        opinion: opinion heard from others, 0.5 neutral (share).
        alternative: advantage of the best alternative (share).
        p: parameters of the group ``market``.

    Returns:
        Probability of leaving in this week (1/week).
    """
    ease = p.churn_sensitivity * (p.churn_reference + alternative - satisfaction) - p.word_of_mouth_churn * (
        opinion - 0.5
    )
    return p.churn * exp(ease)


@rule
def joining_probability(opinion: float, lure: float, p: Market) -> float:
    """Return the probability that a prospect joins: it rises with good word of mouth and an attractive promise.

    Source: assumed, after article 003: proportional hazards (Cox 1972).

    Args:
        opinion: opinion heard from others, 0.5 neutral (share).
        lure: how strongly the promise attracts, less the pull of a challenger (added to the exponent).
        p: parameters of the group ``market``.

    Returns:
        Probability of joining in this week (1/week).
    """
    return p.joining_probability * exp(p.word_of_mouth_joining * (opinion - 0.5) + lure)


@rule
def within_churn_bound(satisfaction: float, draw: float, at_worst: float, at_best: float) -> bool:
    """Return whether a draw is below the chord between the probabilities at the worst and the best satisfaction.

    The probability of leaving is a convex function of satisfaction, so above the chord every customer stays.

    Source: arithmetic: a chord lies above a convex curve.

    Args:
        satisfaction: satisfaction with the organisation (share).
        draw: random draw, 0 to 1.
        at_worst: probability at the lowest satisfaction.
        at_best: probability at the highest satisfaction.
    """
    return draw <= at_worst + (at_best - at_worst) * satisfaction


@rule
def most_mobile(segments: Rows) -> float:
    """Return the mobility of the most mobile segment."""
    most = segments.mobility[0]
    for s in range(1, len(segments.mobility)):
        most = max(most, segments.mobility[s])
    return most


@rule
def mobility_of(i: int, customers: Rows, segments: Rows) -> float:
    """Return how readily a person joins and leaves, relative to the ordinary.

    Source: arithmetic: a product of two factors.

    Args:
        i: row of the person.
        customers: columns of the market, one row per person.
        segments: columns of the customer segments, one row each.

    Returns:
        Mobility, 1 for the ordinary (factor).
    """
    return segments.mobility[customers.segment[i]] * customers.mobility[i]


@rule
def leaves(satisfaction: float, opinion: float, alternative: float, draw: float, p: Market) -> bool:
    """Return whether this customer leaves this week.

    Source: arithmetic: a random draw compared with :func:`churn_probability`.

    Args:
        satisfaction: satisfaction with the organisation (share).
        opinion: opinion heard from others, 0.5 neutral (share).
        alternative: advantage of the best alternative (share).
        draw: random draw, 0 to 1.
        p: parameters of the group ``market``.
    """
    return draw < churn_probability(satisfaction, opinion, alternative, p)


@rule
def joins(opinion: float, lure: float, draw: float, p: Market) -> bool:
    """Return whether this prospect joins this week.

    Source: arithmetic: a random draw compared with :func:`joining_probability`.

    Args:
        opinion: opinion heard from others, 0.5 neutral (share).
        lure: how strongly the promise attracts, less the pull of a challenger (added to the exponent).
        draw: random draw, 0 to 1.
        p: parameters of the group ``market``.
    """
    return draw < joining_probability(opinion, lure, p)


@kernel
def draw_random_words(customers: Rows, seed: int, week: int) -> None:
    """Draw the week's four random words for each person in the market, one for each decision.

    Words take half the memory of draws.

    Args:
        customers: columns of the market, one row per person.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        customers: ``u_churn``, ``u_join``, ``u_request``, ``u_talk``.
    """
    for i in range(len(customers.u_join)):
        customers.u_join[i], customers.u_request[i], customers.u_talk[i], customers.u_churn[i] = philox_words(
            seed, MARKET, week, i
        )


@kernel
def acquire_customers(
    customers: Rows, segments: Rows, firm: Rows, p: Market, differ: CustomerDifferences, promise: Promise, week: int
) -> None:
    """Let prospects become customers.

    Args:
        customers: columns of the market, one row per person.
        segments: columns of the customer segments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``market``.
        differ: parameters of the group ``customer_differences``.
        promise: parameters of the group ``promise``.
        week: number of the week.

    Writes:
        customers: ``active``, ``joined_week``, ``person``.
        segments: ``joined``.
        firm: ``challenger``, ``challenger_lead``.
    """
    firm.challenger[0] = relax(firm.challenger[0], p.challenger, p.challenger_rate)
    firm.challenger_lead[0] = firm.challenger[0]
    lure = attraction(firm.mean_trust[0], promise) - p.churn_sensitivity * firm.challenger[0]
    # With the best possible word of mouth.
    most = joining_probability(1.0, lure, p) * most_mobile(segments) * most_mobile_person(differ)
    for i in range(len(customers.active)):
        draw = to_unit_interval(customers.u_join[i])
        if (
            draw < most
            and customers.active[i] == 0
            and joins(customers.opinion[i], lure, draw / mobility_of(i, customers, segments), p)
        ):
            customers.active[i] = 1
            customers.person[i] += 1
            customers.joined_week[i] = week
            segments.joined[customers.segment[i]] += 1


@kernel
def lose_customers(
    customers: Rows, cases: Rows, departments: Rows, segments: Rows, firm: Rows, p: Market, differ: CustomerDifferences
) -> None:
    """Let customers leave, and withdraw their open cases.

    Args:
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        segments: columns of the customer segments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``market``.
        differ: parameters of the group ``customer_differences``.

    Writes:
        customers: ``active``.
        cases: ``state``.
        departments: ``queue``, ``withdrawn``.
        segments: ``left``.
    """
    alternative = firm.challenger[0]
    # Of the least and the most satisfied customers, with the worst possible word of mouth.
    most = most_mobile(segments) * most_mobile_person(differ)
    at_worst, at_best = (
        churn_probability(0.0, 0.0, alternative, p) * most,
        churn_probability(1.0, 0.0, alternative, p) * most,
    )
    for i in range(len(customers.active)):
        draw, satisfaction = to_unit_interval(customers.u_churn[i]), customers.satisfaction[i]
        # The chord is cheap and rules out nearly all customers, so that few exponentials have to be computed.
        if within_churn_bound(satisfaction, draw, at_worst, at_best) and customers.active[i] == 1 and leaves(
            satisfaction, customers.opinion[i], alternative, draw / mobility_of(i, customers, segments), p
        ):  # fmt: skip
            customers.active[i] = 0
            segments.left[customers.segment[i]] += 1
            if cases.state[i] == WAITING or cases.state[i] == RETURNING:
                departments.withdrawn[cases.department[i]] += 1
                if cases.state[i] == WAITING:
                    leave_queue(i, cases, departments)
                else:
                    cases.state[i] = NO_CASE
