"""Customers stay, leave, and come. A dissatisfied customer leaves more easily; a good name brings new ones. [003]

Leaving is a hazard that grows by a constant factor for each step of lost satisfaction, so dissatisfied customers
leave at many times the rate of satisfied ones, and some leave for reasons of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Int8Array, IntArray, Rows, UInt32Array, columns, flow, stock
from ccsim.engine.functions import exp, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, fill_random_words, to_unit_interval
from ccsim.mechanisms.market.customer_differences import most_mobile_person
from ccsim.mechanisms.market.promise import attraction
from ccsim.mechanisms.service.queues import NO_CASE, RETURNING, WAITING, leave_queue

if TYPE_CHECKING:
    from ccsim.mechanisms.market.customer_differences import CustomerDifferences
    from ccsim.mechanisms.market.promise import Promise

MARKET = int(Stream.MARKET)


@parameters("market")
class Market:
    """Who stays, who leaves, who comes."""

    churn: float = parameter(
        0.0037,
        unit="probability",
        range=(0.001, 0.008),
        off=0.0,
        meaning="chance a week that a customer of reference satisfaction leaves",
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
        0.7, unit="share", range=(0.6, 0.8), meaning="satisfaction at which the plain churn rate holds"
    )
    word_of_mouth_churn: float = parameter(
        1.0,
        unit="1/share",
        range=(0.0, 3.0),
        off=0.0,
        meaning="how much ill talk heard makes a customer leave, and good talk makes one stay",
    )
    joining_probability: float = parameter(
        0.0033,
        unit="probability",
        range=(0.001, 0.008),
        off=0.0,
        meaning="chance a week that a prospect who has heard nothing becomes a customer",
        source="calibrated: as many come as go",
    )
    challenger: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.15),
        off=0.0,
        lever=True,
        meaning="how much better than today the best alternative is on its way to become",
        switches=("challenger",),
    )
    challenger_rate: float = parameter(
        0.03,
        unit="1/week",
        range=(0.01, 0.1),
        meaning="pace at which the best alternative becomes better",
        pack="challenger",
    )
    word_of_mouth_joining: float = parameter(
        4.0,
        unit="1/share",
        range=(0.0, 8.0),
        off=0.0,
        meaning="how steeply joining rises with what a prospect has heard",
    )


@columns("customers")
class Customers:
    """Columns of a person in the market."""

    active: Int8Array = stock("0/1", "1 while a customer of the organisation")
    person: IntArray = stock("count", "how many times this person has become a customer")
    joined_week: IntArray = stock("week", "week of becoming a customer")
    u_join: UInt32Array = stock("1/2^32", "the week's draw for whether to become a customer")
    u_request: UInt32Array = stock("1/2^32", "the week's draw for whether to ask, or to give up waiting")
    u_talk: UInt32Array = stock("1/2^32", "the week's draw for whether to tell others")
    u_churn: UInt32Array = stock("1/2^32", "the week's draw for whether to leave")


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

    challenger: FloatArray = stock("share", "how much better the best alternative has become")
    challenger_lead: FloatArray = flow("share", "how much better the best alternative is")


@rule
def churn_probability(satisfaction: float, opinion: float, outside: float, p: Market) -> float:
    """A customer leaves, the sooner the less satisfied, the worse the talk, and the better the alternative.

    Source: assumed, after article 003: proportional hazards (Cox 1972).

    Args:
        satisfaction: satisfaction with the organisation (share).
        opinion: what the person has heard others say, 0.5 neutral (share).
        outside: how much better the best alternative is (share).
        p: parameters of the group ``market``.

    Returns:
        Chance to leave in this week (1/week).
    """
    ease = p.churn_sensitivity * (p.churn_reference + outside - satisfaction) - p.word_of_mouth_churn * (opinion - 0.5)
    return p.churn * exp(ease)


@rule
def joining_probability(opinion: float, lure: float, p: Market) -> float:
    """A prospect comes, the sooner the better the talk, and the more the promise lures beyond the alternative."""
    return p.joining_probability * exp(p.word_of_mouth_joining * (opinion - 0.5) + lure)


@rule
def within_churn_bound(satisfaction: float, luck: float, at_worst: float, at_best: float) -> bool:
    """Return whether a draw lies below the line from the worst to the best chance. Above it all stay: the chance is convex.

    Source: arithmetic: a chord lies above a convex curve.

    Args:
        satisfaction: satisfaction with the organisation (share).
        luck: draw, 0 to 1.
        at_worst: chance at the lowest satisfaction.
        at_best: chance at the highest satisfaction.
    """
    return luck <= at_worst + (at_best - at_worst) * satisfaction


@rule
def most_mobile(segments: Rows) -> float:
    """The mobility of the segment that comes and goes most readily."""
    most = segments.mobility[0]
    for s in range(1, len(segments.mobility)):
        most = max(most, segments.mobility[s])
    return most


@rule
def mobility_of(i: int, customers: Rows, segments: Rows) -> float:
    """How readily a person comes and goes, relative to the ordinary."""
    return segments.mobility[customers.segment[i]] * customers.mobility[i]


@rule
def leaves(satisfaction: float, opinion: float, outside: float, luck: float, p: Market) -> bool:
    """Return whether this customer leaves this week.

    Source: arithmetic: a draw against :func:`churn_probability`.

    Args:
        satisfaction: satisfaction with the organisation (share).
        opinion: what the person has heard others say, 0.5 neutral (share).
        outside: how much better the best alternative is (share).
        luck: draw, 0 to 1.
        p: parameters of the group ``market``.
    """
    return luck < churn_probability(satisfaction, opinion, outside, p)


@rule
def joins(opinion: float, lure: float, luck: float, p: Market) -> bool:
    """Return whether this prospect comes this week.

    Source: arithmetic: a draw against :func:`joining_probability`.

    Args:
        opinion: what the person has heard others say, 0.5 neutral (share).
        lure: factor by which the promise attracts.
        luck: draw, 0 to 1.
        p: parameters of the group ``market``.
    """
    return luck < joining_probability(opinion, lure, p)


@kernel
def draw_random_words(customers: Rows, seed: int, week: int) -> None:
    """Draw four numbers a week for each person in the market, one for each decision.

    Args:
        customers: columns of the market, one row per person.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        customers: ``u_churn``, ``u_join``, ``u_request``, ``u_talk``.
    """
    fill_random_words(customers.u_join, customers.u_request, customers.u_talk, customers.u_churn,
              seed, MARKET, week)  # fmt: skip


@kernel
def acquire_customers(
    customers: Rows, segments: Rows, firm: Rows, p: Market, differ: CustomerDifferences, promise: Promise, week: int
) -> None:
    """Prospects become customers.

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
    most = (
        joining_probability(1.0, lure, p) * most_mobile(segments) * most_mobile_person(differ)
    )  # when talk is at its best
    for i in range(len(customers.active)):
        luck = to_unit_interval(customers.u_join[i])
        if (
            luck < most
            and customers.active[i] == 0
            and joins(customers.opinion[i], lure, luck / mobility_of(i, customers, segments), p)
        ):
            customers.active[i] = 1
            customers.person[i] += 1
            customers.joined_week[i] = week
            segments.joined[customers.segment[i]] += 1


@kernel
def lose_customers(
    customers: Rows, cases: Rows, departments: Rows, segments: Rows, firm: Rows, p: Market, differ: CustomerDifferences
) -> None:
    """Customers leave, and their open cases with them.

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
    outside = firm.challenger[0]
    # Of the least and the most satisfied, when talk is at its worst.
    most = most_mobile(segments) * most_mobile_person(differ)
    at_worst, at_best = churn_probability(0.0, 0.0, outside, p) * most, churn_probability(1.0, 0.0, outside, p) * most
    for i in range(len(customers.active)):
        luck, satisfaction = to_unit_interval(customers.u_churn[i]), customers.satisfaction[i]
        # The line is cheap and rules out nearly all customers, so that few chances have to be computed.
        if within_churn_bound(satisfaction, luck, at_worst, at_best) and customers.active[i] == 1 and leaves(
            satisfaction, customers.opinion[i], outside, luck / mobility_of(i, customers, segments), p
        ):  # fmt: skip
            customers.active[i] = 0
            segments.left[customers.segment[i]] += 1
            if cases.state[i] == WAITING or cases.state[i] == RETURNING:
                departments.withdrawn[cases.department[i]] += 1
                if cases.state[i] == WAITING:
                    leave_queue(i, cases, departments)
                else:
                    cases.state[i] = NO_CASE
