"""The few curves that rules need, built only from sums, products and quotients.

The C library's ``exp`` may differ in its last bit between processors. These functions do not, compiled or plain: a run's
result is the same everywhere, bit for bit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ccsim.engine.jit import rule

#: ln 2 / 32, as a number with few enough binary digits that its multiples are exact, and the remainder.
_PART_HIGH = 6.93147180369123816490e-01 / 32
_PART_LOW = 1.90821492927058770002e-10 / 32
_PARTS = 1.4426950408889634 * 32
#: Adding and subtracting it rounds a number to the nearest whole one, because there are no fractions above 2**52.
_ROUNDING = 1.5 * 2.0**52
#: Powers of two, exact, from 2**-_LEAST to 2**_LEAST: more than exp of 500 needs.
_LEAST = 722
_POWERS = np.array([math.ldexp(1.0, n) for n in range(-_LEAST, _LEAST + 1)])


def _root(part: int) -> float:
    """Return 2 to the power ``part / 32``, rounded once, independent of the C library: five square roots of whole numbers."""
    number = 1 << (part + 32 * 128)
    for _ in range(5):
        number = math.isqrt(number)
    return number / (1 << 128)


_ROOTS = np.array([_root(part) for part in range(32)])


@rule
def fill(out: Any, value: Any) -> None:
    """Fill a one-dimensional array. ``out[:] = value`` would compile numba's messages on shapes into each kernel.

    Args:
        out: shape (n,).
        value: a number.

    Writes:
        out.
    """
    for i in range(len(out)):
        out[i] = value


@rule
def clip(x: float, low: float, high: float) -> float:
    """Return ``x``, limited to the interval from ``low`` to ``high``.

    Args:
        x: a number.
        low: lower end of the interval.
        high: upper end of the interval.
    """
    return low if x < low else high if x > high else x


@rule
def clip01(x: float) -> float:
    """Return ``x``, limited to the interval from 0 to 1."""
    return 0.0 if x < 0.0 else 1.0 if x > 1.0 else x


@rule
def exp(x: float) -> float:
    """Return e to the power ``x``, with |x| limited to 500; the relative error is below 1e-14.

    Range reduction x = n ln 2 / 32 + r with a table of the 32 roots (Tang 1989), a Taylor polynomial of degree 5 in r,
    and doublings, which are exact. A nan stays nan and is never used as an index into the table.
    """
    limited = 500.0 if x > 500.0 else x if x >= -500.0 else -500.0
    parts = (limited * _PARTS + _ROUNDING) - _ROUNDING
    n = int(parts)
    r = (limited - parts * _PART_HIGH) - parts * _PART_LOW
    low = 0.5 + r * 0.16666666666666666
    high = 0.041666666666666664 + r * 0.008333333333333333
    series = (1.0 + r) + r * r * (low + r * r * high)
    power = series * (_ROOTS[n & 31] * _POWERS[(n >> 5) + _LEAST])
    return power if x == x else x


@rule
def log(x: float) -> float:
    """Return the natural logarithm of x > 0, the same on every machine.

    Range reduction x = m 2^n, and the series of the area tangent in (m - 1) / (m + 1).
    """
    mantissa, power = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa *= 2.0
        power -= 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    total = 0.0
    for k in range(25, 0, -2):
        total = total * s * s + 1.0 / k
    return 2.0 * s * total + power * 0.6931471805599453


@rule
def half_saturation(x: float, half: float) -> float:
    """Return ``x / (x + half)``: 0 at 0, one half at ``half``, never more than 1 (diminishing returns)."""
    return x / (x + half) if x > 0.0 else 0.0


@rule
def logistic(x: float) -> float:
    """Return 1 / (1 + e^-x)."""
    return 1.0 / (1.0 + exp(-x))


@rule
def relax(x: float, goal: float, rate: float) -> float:
    """Return ``x`` moved towards ``goal`` by the share ``rate`` of the distance.

    Args:
        x: a number.
        goal: the number towards which it moves, in the unit of ``x``.
        rate: share of the distance that is covered, 0 to 1.
    """
    return x + rate * (goal - x)
