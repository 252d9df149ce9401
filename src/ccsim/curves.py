"""The few curves that rules need, made of sums, products and quotients only.

The C library's ``exp`` may differ in its last bit between processors. These do not, compiled or plain: a run's
result is the same everywhere, bit for bit.
"""

from __future__ import annotations

import math

import numpy as np

from ccsim.compiled import rule

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOG2_E = 1.4426950408889634
#: Powers of two, exact, from 2**-_LEAST to 2**_LEAST: more than exp of 500 needs.
_LEAST = 722
_POWERS = np.array([math.ldexp(1.0, n) for n in range(-_LEAST, _LEAST + 1)])


@rule
def clip(x, low, high):
    """Return ``x`` held between ``low`` and ``high``."""
    return low if x < low else high if x > high else x


@rule
def share(x):
    """Return ``x`` held between 0 and 1."""
    return 0.0 if x < 0.0 else 1.0 if x > 1.0 else x


@rule
def exp(x):
    """Return e to the power ``x``, for |x| up to 500 (beyond, held there); relative error below 1e-14.

    Range reduction x = n ln 2 + r, a Taylor polynomial of degree 12 in r, and n doublings, which are exact.
    """
    x = clip(x, -500.0, 500.0)
    n = math.floor(x * _LOG2_E + 0.5)
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    series = 1.0 + r * (
        1.0
        + r * (0.5 + r * (0.16666666666666666 + r * (0.041666666666666664 + r * (0.008333333333333333
        + r * (0.001388888888888889 + r * (0.0001984126984126984 + r * (2.48015873015873e-05
        + r * (2.7557319223985893e-06 + r * (2.755731922398589e-07 + r * (2.505210838544172e-08
        + r * 2.08767569878681e-09))))))))))
    )  # fmt: skip
    return series * _POWERS[int(n) + _LEAST]


@rule
def saturating(x, half):
    """Return ``x / (x + half)``: none at 0, half at ``half``, never more than 1. Diminishing returns."""
    return x / (x + half) if x > 0.0 else 0.0


@rule
def logistic(x):
    """Return 1 / (1 + e^-x)."""
    return 1.0 / (1.0 + exp(-x))


@rule
def toward(x, goal, rate):
    """Return ``x`` moved towards ``goal`` by the share ``rate`` of the distance."""
    return x + rate * (goal - x)
