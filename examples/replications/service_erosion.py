"""Busy weeks cut the time per customer, and what was cut becomes the standard; quiet weeks do not raise it again. [Oliva & Sterman 2001]

"Temporary imbalances between service capacity and demand interact with decision rules [...] to yield permanent erosion
of the service standards and loss of revenue." R. Oliva & J. D. Sterman (2001), Cutting corners and working overtime:
quality erosion in the service industry, Management Science 47(7), 894-914.

This is the reduced form, one equation of motion, with two published sets of estimates for a lending centre in the UK.
The full model, with backlog, hiring, training and fatigue, is :mod:`examples.replications.lending_centre`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ccsim.engine.functions import exp, log, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.errors import InputError
from examples.replications.values import chosen

PAPER = "Oliva & Sterman 2001"

#: Estimates as published, with 95 % intervals in the comments.
OLIVA_STERMAN_2001: dict[str, float] = {
    "elasticity": -0.64,  # -0.70 to -0.59
    "falling": 18.83,  # 13 to 29
    "rising": 8.14e6,  # 33,000 to infinity; 8.14e5 in the first author's thesis and in the full model
    "standard": 1.08,  # 1.06 to 1.09
}
DOGAN_2007: dict[str, float] = {
    "elasticity": -0.60,  # -0.68 to -0.49
    "falling": 12.48,  # 4.7 to 50,000
    "rising": 8.56e4,  # 25 to 250 million
    "standard": 1.07,  # 1.03 to 1.14
}


@parameters("service_erosion")
class ServiceErosion:
    """How time per order answers to load, and the standard to the time per order."""

    elasticity: float = parameter(
        -0.64, unit="per cent per cent", range=(-0.7, -0.59), legal=(-5.0, 0.0), off=0.0, source=PAPER + ", alpha",
        meaning="change of the time per order for one per cent more load",
    )  # fmt: skip
    falling: float = parameter(
        18.83, unit="weeks", range=(13.0, 29.0), legal=(1e-3, 1e12), source=PAPER,
        meaning="time that the standard takes to follow a shorter time per order",
    )  # fmt: skip
    rising: float = parameter(
        8.14e6, unit="weeks", range=(3.3e4, 1e9), legal=(1e-3, 1e12), source=PAPER + "; in effect never",
        meaning="time that the standard takes to follow a longer time per order",
    )  # fmt: skip
    standard: float = parameter(
        1.08, unit="hours/order", range=(1.06, 1.09), legal=(1e-3, 1e3), source=PAPER,
        meaning="time per order that people hold to be right, at the start",
    )  # fmt: skip
    least: float = parameter(
        0.1, unit="hours/order", range=(0.05, 0.2), legal=(1e-6, 1e3), source=PAPER,
        meaning="time below which no order can be done",
    )  # fmt: skip


class Standards(NamedTuple):
    """Week by week: what was given to an order and what people held to be right, both in hours."""

    given: np.ndarray
    standard: np.ndarray


@rule
def given_under(standard, load, p):
    """The standard, cut short by load above one and stretched by load below one."""
    return max(standard * exp(p.elasticity * log(load)), p.least)


@rule
def learned(standard, given, p):
    """The standard follows what is given: down in weeks, up hardly ever."""
    lag = p.rising if given > standard else p.falling
    return relax(standard, given, 1.0 - exp(-1.0 / lag))


@kernel
def erode(given, standard, orders, capacity, p):
    """Go through the weeks: load from this week's orders at this week's standard."""
    held = p.standard
    for week in range(len(orders)):
        standard[week] = held
        given[week] = given_under(held, orders[week] * held / capacity[week], p)
        held = learned(held, given[week], p)


def run(orders: Any, capacity: float | np.ndarray | None = None, changes: Mapping[str, Any] | None = None) -> Standards:
    """Return what orders get, week by week.

    Args:
        orders: orders of each week.
        capacity: hours of each week, or one number for all; default, what the first week's orders need.
        changes: parameters to change, such as ``DOGAN_2007``.

    Raises:
        InputError: orders or capacity are not one number above 0 for each week, or a parameter is not accepted.
    """
    p = chosen(ServiceErosion, changes)
    demand = np.array(orders, dtype=np.float64)
    hours = demand[0] * p.standard if capacity is None else capacity
    supply = np.array(np.broadcast_to(np.asarray(hours, dtype=np.float64), demand.shape))
    if demand.ndim != 1 or not (demand > 0).all() or not (supply > 0).all():
        raise InputError("orders and capacity take one number above 0 for each week")
    weeks = Standards(np.zeros(len(demand)), np.zeros(len(demand)))
    erode(weeks.given, weeks.standard, demand, supply, p)
    return weeks


def step(height: float, *, at: int = 10, weeks: int = 104, base: float = 2000.0) -> np.ndarray:
    """Return orders that rise by the share ``height`` in week ``at`` and stay there."""
    return base * (1.0 + height * (np.arange(weeks) >= at))


def pulse(height: float, *, at: int = 10, lasts: int = 10, weeks: int = 104, base: float = 2000.0) -> np.ndarray:
    """Return orders that change by the share ``height`` for some weeks and return."""
    week = np.arange(weeks)
    return base * (1.0 + height * ((week >= at) & (week < at + lasts)))


def seesaw(height: float, *, at: int = 10, half: int = 5, weeks: int = 104, base: float = 2000.0) -> np.ndarray:
    """Return orders that change by ``height`` up and down in turn from week ``at`` on, ``half`` weeks each.

    The weeks before have the mean of the ups and downs, so that a capacity that fits the first week fits the mean.

    Raises:
        InputError: the first week would be one of the ups.
    """
    if at < 1:
        raise InputError(f"at must be 1 or more, so that the first week has the mean of the ups and downs, got {at}")
    week = np.arange(weeks) - at
    turns = np.where((week // half) % 2 == 0, 1.0, -1.0)
    return base * (1.0 + height * np.where(week >= 0, turns, 0.0))
