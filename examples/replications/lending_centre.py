"""A lending centre that works harder, cuts corners, learns the shorter time, and hires to it. [Oliva & Sterman 2001]

The full model of R. Oliva & J. D. Sterman (2001), Management Science 47(7), 894-914, with the parameters estimated for
a lending centre of a bank in the UK, after the public Vensim file of the authors (879_ServiceQuality.mdl in
github.com/Data4DM/BayesSD). Nine stocks, Euler steps of an eighth of a week, weeks 53 to 300. What the estimates switch
off there (answers to quality pressure) is left out here. The bank's own records of orders and absence up to week 104
are not public: constants or noise around the published means stand in for them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ccsim.engine.functions import exp
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniform
from ccsim.errors import InputError
from examples.replications.values import chosen

ORDERS_NOISE, ABSENCE_NOISE = int(Stream.CLASSIC) + 0, int(Stream.CLASSIC) + 1

FIRST_WEEK, LAST_WEEK, STEPS = 53, 300, 8
#: Means and standard deviations of the authors' noise, and its correlation time in weeks.
ORDERS, ORDERS_SD, ORDERS_MEMORY = 2071.07, 77.48, 1.0
ABSENCE, ABSENCE_SD, ABSENCE_MEMORY = 0.1654, 0.032, 2.0
NOISE_FROM = 104

FILE = "authors' model file"
ESTIMATED = FILE + ", estimated"
SET = FILE + ", set from interviews"
LAG = (1e-3, 1e12)

# Curves as the authors give them: straight lines between these points, level outside.
TIRED_AT = np.array([0.8, 1.0, 1.1429, 1.2857, 1.428, 1.5714, 1.7143, 1.8571, 2.0])
TIRED_OUTPUT = np.array([1.0, 1.0, 1.0, 0.92, 0.785, 0.695, 0.64, 0.6, 0.57])
WORN_AT = np.array([0.8, 1.0, 2.0])
WORN_TENURE = np.array([1.0, 1.0, 0.593])
GAP_AT = np.array([-0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
GAP_QUALITY = np.array([0.2, 0.45, 0.65, 0.8, 0.95, 1.0, 1.05, 1.2, 1.35, 1.55, 1.8])


@parameters("lending_centre")
class LendingCentre:
    """The centre's parameters, under the names that say what they do."""

    effort: float = parameter(
        0.370546,
        unit="1",
        range=(0.2, 0.5),
        legal=(0.0, 100.0),
        off=0.0,
        source=ESTIMATED,
        meaning="how work pressure lengthens the hours",
    )
    haste: float = parameter(
        -0.63934, unit="1", range=(-0.7, -0.59), legal=(-5.0, 0.0), off=0.0, source=ESTIMATED,
        meaning="how work pressure shortens the time per order",
    )  # fmt: skip
    falling: float = parameter(
        18.7321, unit="weeks", range=(13.0, 29.0), legal=LAG, source=ESTIMATED,
        meaning="time that the standard takes to follow a shorter time per order",
    )  # fmt: skip
    rising: float = parameter(
        813564.0, unit="weeks", range=(3.3e4, 1e9), legal=LAG, source=ESTIMATED,
        meaning="time that the standard takes to follow a longer time per order",
    )  # fmt: skip
    standard: float = parameter(
        1.0758, unit="hours/order", range=(1.0, 1.2), legal=LAG, source=ESTIMATED,
        meaning="time per order that people hold to be right, at the start",
    )  # fmt: skip
    least: float = parameter(
        0.1, unit="hours/order", range=(0.05, 0.2), legal=LAG, source=SET, meaning="least time per order"
    )
    delay: float = parameter(
        0.1, unit="weeks", range=(0.05, 0.2), legal=LAG, source=SET,
        meaning="delivery delay that management wants; also the shortest possible",
    )  # fmt: skip
    week: float = parameter(35.0, unit="hours/week", range=(30.0, 40.0), legal=LAG, source=FILE, meaning="paid hours")
    rookies: float = parameter(14.06, unit="people", range=(5.0, 25.0), source=FILE, meaning="rookies at the start")
    experienced: float = parameter(
        64.099, unit="people", range=(50.0, 80.0), legal=LAG, source=FILE, meaning="experienced staff at the start"
    )
    vacancies: float = parameter(0.0008, unit="people", range=(0.0, 5.0), source=FILE, meaning="vacancies at the start")
    skill: float = parameter(
        0.35, unit="share", range=(0.2, 0.6), source=SET, meaning="what a rookie does of an experienced person's work"
    )
    training: float = parameter(
        0.05, unit="share", range=(0.0, 0.2), off=0.0, source=SET,
        meaning="share of an experienced person's time that a rookie takes",
    )  # fmt: skip
    maturing: float = parameter(
        12.0, unit="weeks", range=(8.0, 26.0), legal=LAG, source=SET, meaning="time until a rookie is experienced"
    )
    tenure: float = parameter(
        400.784, unit="weeks", range=(200.0, 600.0), legal=LAG, source=ESTIMATED,
        meaning="time that experienced people stay when they are fresh",
    )  # fmt: skip
    tiring: float = parameter(
        3.0, unit="weeks", range=(2.0, 6.0), legal=LAG, source=FILE + ", previous studies",
        meaning="time in which long hours tire people at work",
    )  # fmt: skip
    wearing: float = parameter(
        52.0, unit="weeks", range=(26.0, 78.0), legal=LAG, source=FILE + ", previous studies",
        meaning="time in which long hours make people leave",
    )  # fmt: skip
    hiring: float = parameter(
        29.9836, unit="weeks", range=(15.0, 45.0), legal=LAG, source=ESTIMATED, meaning="time to fill a vacancy"
    )
    correcting: float = parameter(
        11.5442, unit="weeks", range=(5.0, 20.0), legal=LAG, source=ESTIMATED,
        meaning="time in which management corrects numbers of staff and vacancies",
    )  # fmt: skip
    planning: float = parameter(
        18.762, unit="weeks", range=(10.0, 30.0), legal=LAG, source=ESTIMATED,
        meaning="time in which the staff wanted follows what the work would need",
    )  # fmt: skip
    noticing: float = parameter(
        6.70261, unit="weeks", range=(3.0, 12.0), legal=LAG, source=ESTIMATED,
        meaning="time in which management notices how much a person gets done",
    )  # fmt: skip
    productivity: float = parameter(
        0.77907, unit="share", range=(0.6, 0.9), legal=LAG, source=ESTIMATED,
        meaning="effective hours per paid hour that management believes in at the start",
    )  # fmt: skip
    expected: float = parameter(
        1.16519, unit="hours/order", range=(1.0, 1.3), legal=LAG, source=ESTIMATED,
        meaning="time per order that customers expect",
    )  # fmt: skip


class Centre(NamedTuple):
    """The nine stocks."""

    backlog: float  #: orders
    standard: float  #: hours per order held to be right
    rookies: float
    experienced: float
    vacancies: float
    productivity: float  #: as management sees it
    wanted: float  #: staff
    tired: float  #: recent hours, 1 is normal
    worn: float  #: a year's hours, 1 is normal


class Weeks(NamedTuple):
    """What is recorded at the beginning of each week, from the first to the last."""

    week: np.ndarray
    given: np.ndarray  #: hours per order
    standard: np.ndarray  #: hours per order
    staff: np.ndarray
    pressure: np.ndarray
    hours: np.ndarray  #: work intensity, 1 is normal
    quality: np.ndarray  #: as customers see it, 1 is what they expect
    backlog: np.ndarray


@rule
def curve(x, at, value):
    """Read a curve given by points: straight between them, level outside."""
    if x <= at[0]:
        return value[0]
    for k in range(1, len(at)):
        if x <= at[k]:
            return value[k - 1] + (value[k] - value[k - 1]) * (x - at[k - 1]) / (at[k] - at[k - 1])
    return value[-1]


@rule
def capacity(c, absent, p):
    """Effective hours: of those who are there, less what rookies lack and take, less what tiredness costs."""
    staff = c.rookies + c.experienced
    effective = max(0.0, (c.experienced + c.rookies * (p.skill - p.training)) / staff)
    return staff * p.week * (1.0 - absent) * effective * curve(c.tired, TIRED_AT, TIRED_OUTPUT)


@rule
def pressure(c, supply, p):
    """The share of the hours needed for the standard at the wanted delay that is not there."""
    need = c.backlog / p.delay * c.standard
    return (need - supply) / need


@rule
def given_under(c, strain, p):
    """People cut the time per order under pressure."""
    return max(c.standard * exp(p.haste * strain), p.least)


@rule
def vacancies_opened(c, quits, p):
    """Management replaces who leaves unless it has too many, and closes gaps of staff and of vacancies."""
    gap = c.wanted - (c.rookies + c.experienced)
    hires = (quits if gap >= 0.0 else 0.0) + gap / p.correcting
    return max(-c.vacancies, hires + (p.hiring * hires - c.vacancies) / p.correcting)


@rule
def advance(c, orders, absent, p, dt):
    """Move all stocks by one step of ``dt`` weeks, all from the same moment."""
    supply = capacity(c, absent, p)
    strain = pressure(c, supply, p)
    hours = exp(p.effort * strain)
    given = given_under(c, strain, p)
    done = min(supply * hours / given, c.backlog / p.delay)
    quits = c.experienced / (p.tenure * curve(c.worn, WORN_AT, WORN_TENURE))
    filled = c.vacancies / p.hiring
    grown = c.rookies / p.maturing
    paid = p.week * (c.rookies + c.experienced)
    need = c.backlog / p.delay * c.standard
    return Centre(
        c.backlog + dt * (orders - done),
        c.standard + dt * (given - c.standard) / (p.rising if given > c.standard else p.falling),
        c.rookies + dt * (filled - grown),
        c.experienced + dt * (grown - quits),
        c.vacancies + dt * (vacancies_opened(c, quits, p) - filled),
        c.productivity + dt * (supply / paid - c.productivity) / p.noticing,
        c.wanted + dt * (need / (p.week * c.productivity) - c.wanted) / p.planning,
        c.tired + dt * (hours - c.tired) / p.tiring,
        c.worn + dt * (hours - c.worn) / p.wearing,
    )


@rule
def opened(orders, p):
    """The centre at the start: a backlog at the wanted delay, and the staff wanted that it calls for."""
    wanted = orders * p.standard / (p.week * p.productivity)
    return Centre(p.delay * orders, p.standard, p.rookies, p.experienced, p.vacancies, p.productivity, wanted, 1.0, 1.0)


@kernel
def operate(weeks, orders, absent, p, per_week):
    """Go through all steps; record at the beginning of each week."""
    c = opened(orders[0], p)
    for now in range(len(orders)):
        if now % per_week == 0:
            k = now // per_week
            strain = pressure(c, capacity(c, absent[now], p), p)
            weeks.given[k] = given_under(c, strain, p)
            weeks.standard[k] = c.standard
            weeks.staff[k] = c.rookies + c.experienced
            weeks.pressure[k] = strain
            weeks.hours[k] = exp(p.effort * strain)
            weeks.quality[k] = curve((weeks.given[k] - p.expected) / p.expected, GAP_AT, GAP_QUALITY)
            weeks.backlog[k] = c.backlog
        c = advance(c, orders[now], absent[now], p, 1.0 / per_week)


@kernel
def fill_noise(out, mean, spread, memory, seed, stream, per_week):
    """Fill with noise that remembers itself (the authors' pink noise), one value a step."""
    x = mean
    size = spread * math.sqrt(24.0 * memory * per_week)
    for now in range(len(out)):
        out[now] = x
        x += (mean + size * (uniform(seed, stream, now, 0) - 0.5) - x) / (memory * per_week)


def steps() -> np.ndarray:
    """Return the week, in eighths, of each step from the first week to the last."""
    return FIRST_WEEK + np.arange((LAST_WEEK - FIRST_WEEK) * STEPS + 1) / STEPS


def peak(height: float, *, at: int = 104, lasts: int = 10) -> np.ndarray:
    """Return steady orders that change by the share ``height`` for some weeks."""
    week = steps()
    return ORDERS * (1.0 + height * ((week >= at) & (week < at + lasts)))


def noise(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return orders and absence as the authors draw them: steady up to week 104, then noise around the same means."""
    late = steps() > NOISE_FROM
    orders, absence = np.full(len(late), ORDERS), np.full(len(late), ABSENCE)
    drawn = np.zeros(int(late.sum()))
    fill_noise(drawn, ORDERS, ORDERS_SD, ORDERS_MEMORY, np.uint64(seed), ORDERS_NOISE, STEPS)
    orders[late] = drawn
    fill_noise(drawn, ABSENCE, ABSENCE_SD, ABSENCE_MEMORY, np.uint64(seed), ABSENCE_NOISE, STEPS)
    absence[late] = drawn
    return orders, absence


def run(
    orders: float | np.ndarray = ORDERS, absence: float | np.ndarray = ABSENCE, changes: Mapping[str, Any] | None = None
) -> Weeks:
    """Return the centre's weeks 53 to 300.

    Args:
        orders: orders a week, one number or one for each of :func:`steps`.
        absence: share of the staff absent, likewise.
        changes: parameters to change, such as ``{"rising": 18.7321}``.

    Raises:
        InputError: orders or absence do not fit the weeks, or a parameter is not accepted.
    """
    p = chosen(LendingCentre, changes)
    when = steps()
    try:
        demand = np.array(np.broadcast_to(np.asarray(orders, dtype=np.float64), when.shape))
        away = np.array(np.broadcast_to(np.asarray(absence, dtype=np.float64), when.shape))
    except ValueError:
        raise InputError(f"orders and absence take one number, or one for each of {len(when)} steps") from None
    if not (demand > 0).all() or not ((away >= 0) & (away < 1)).all():
        raise InputError("orders must be above 0, and absence from 0 to below 1")
    number = LAST_WEEK - FIRST_WEEK + 1
    weeks = Weeks(np.arange(FIRST_WEEK, LAST_WEEK + 1, dtype=np.float64), *(np.zeros(number) for _ in range(7)))
    operate(weeks, demand, away, p, STEPS)
    return weeks
