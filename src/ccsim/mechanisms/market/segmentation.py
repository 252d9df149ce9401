"""Serve the customers who pay, but valuable customers change. [003]

Customers with a high estimated value are served first and with more care. Their value drifts, while the estimate is
as old as the last study.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniform

VALUE = int(Stream.VALUE_DRIFT)


@parameters("segmentation")
class Segmentation:
    """Priority by customer value."""

    priority: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="priority of customers with a high estimated value over others",
        switches=("segmentation",),
    )
    interval_weeks: int = parameter(
        0,
        unit="weeks",
        range=(0, 104),
        legal=(0, 10000),
        off=0,
        lever=True,
        meaning="weeks between estimates of customers' value; 0 for a single estimate at the start",
        switches=("segmentation",),
    )
    utility_weight: float = parameter(
        1.0,
        unit="utility",
        range=(0.2, 2.0),
        off=0.0,
        meaning="weight in a choice of a customer with twice the mean value, at full priority",
        pack="segmentation",
    )
    priority_threshold: float = parameter(
        1.5,
        unit="ratio",
        range=(1.0, 3.0),
        meaning="value relative to the mean above which a case goes to the front of the queue",
        pack="segmentation",
    )
    drift: float = parameter(
        0.0,
        unit="1/week",
        range=(0.0, 0.03),
        off=0.0,
        legal=(0.0, 0.5),
        meaning="weekly change of a customer's value: at random, and back towards the mean of all customers",
        pack="segmentation",
        switches=("segmentation",),
    )
    estimation_cost: float = parameter(
        3.0,
        unit="EUR",
        range=(0.5, 10.0),
        off=0.0,
        meaning="cost of estimating a customer's value",
        pack="segmentation",
    )


@columns("customers")
class Customers:
    """Columns of a person in the market."""

    value: FloatArray = stock("EUR/week", "spending of the customer at ordinary satisfaction")
    estimate: FloatArray = stock("EUR/week", "value of the customer as estimated by the organisation")
    care: FloatArray = stock("utility", "extra care that the customer is to get")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    prioritised: FloatArray = stock("share", "priority by value that was in force last week")
    estimation_cost: FloatArray = flow("EUR", "cost of estimating customers' value")


@rule
def value_update(value: float, mean: float, draw: float, p: Segmentation) -> float:
    """Return a customer's value after a week: it changes at random, reverts slowly to the mean, and stays above a tenth of it.

    Source: assumed, after article 003: a random walk that reverts to the mean.

    Args:
        value: spending of the customer at ordinary satisfaction (EUR/week).
        mean: mean value of all customers (EUR/week).
        draw: random draw, 0 to 1.
        p: parameters of the group ``segmentation``.

    Returns:
        The customer's value after the week, in the unit of ``value``.
    """
    return max(0.1 * mean, value + p.drift * ((2.0 * draw - 1.0) * 3.0 * value + 0.2 * (mean - value)))


@rule
def care_weight(estimate: float, mean: float, p: Segmentation) -> float:
    """Return the extra care (or, if negative, the reduced care) that a customer is to get.

    Source: assumed, after article 003: linear in relative value, within limits.

    Args:
        estimate: value of the customer as estimated by the organisation (EUR/week).
        mean: mean value of all customers (EUR/week).
        p: parameters of the group ``segmentation``.

    Returns:
        Extra care (utility).
    """
    return p.priority * p.utility_weight * clip(estimate / mean - 1.0, -1.0, 1.0) if mean > 0.0 else 0.0


@kernel
def estimate_values(customers: Rows, firm: Rows, mean: float, p: Segmentation, seed: int, week: int) -> None:
    """Let customers' values drift, and estimate them again when it is due.

    Args:
        customers: columns of the market, one row per person.
        firm: columns of the organisation, each of length 1.
        mean: ``accounts.revenue``, spending of a customer of mean value at ordinary satisfaction (EUR/week).
        p: parameters of the group ``segmentation``.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        customers: ``care``, ``estimate``, ``value``.
        firm: ``prioritised``, ``estimation_cost``.
    """
    if p.drift > 0.0:
        for i in range(len(customers.value)):
            customers.value[i] = value_update(customers.value[i], mean, uniform(seed, VALUE, week, i), p)
    due = p.interval_weeks > 0 and week >= 0 and week % max(1, p.interval_weeks) == 0
    if due or (p.priority > 0.0 and week == 0) or week < -1:
        for i in range(len(customers.value)):
            customers.estimate[i] = customers.value[i]
            if due and customers.active[i] == 1:
                firm.estimation_cost[0] += p.estimation_cost
    if p.priority > 0.0 or firm.prioritised[0] > 0.0:
        firm.prioritised[0] = p.priority
        for i in range(len(customers.care)):
            customers.care[i] = care_weight(customers.estimate[i], mean, p)


@rule
def has_priority(estimate: float, mean: float, draw: float, p: Segmentation) -> bool:
    """Return whether a case goes to the front of the queue because of the customer's estimated value.

    Source: assumed, after article 003.

    Args:
        estimate: value of the customer as estimated by the organisation (EUR/week).
        mean: mean value of all customers (EUR/week).
        draw: random draw, 0 to 1.
        p: parameters of the group ``segmentation``.

    Returns:
        Whether the case goes to the front of the queue.
    """
    return p.priority > 0.0 and estimate > p.priority_threshold * mean and draw < p.priority
