"""Random numbers: one keyed draw for each (seed, stream, week, row).

Agent *i* in week *t* gets the same draw for the same stream, no matter what else differs between two scenarios and in
the order or process in which they run. Scenarios are therefore compared on common random numbers. Adding an agent leaves
everyone else's draws unchanged.

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"):
a keyed bijection of a 128-bit counter. The key is the seed, the counter is (row, week, stream). One call gives
four independent draws.
"""

from __future__ import annotations

import zlib
from enum import IntEnum
from typing import Any

import numpy as np

from ccsim.engine.jit import kernel, rule


class Stream(IntEnum):
    """Streams of draws, one per decision. A number is never reused for another decision (2, 3, 5, 10, 13, 14, 15 and 25 were used in the past)."""

    INITIAL_STAFF = 1
    INITIAL_CUSTOMER = 4
    INITIAL_TIE = 6
    INITIAL_STAFF_TIE = 7
    MARKET = 9
    RAISE_CASE = 11
    SERVICE = 12
    TIPPING = 20
    VOLUNTEER = 21
    QUIT = 22
    HIRE = 23
    HIRE_TRAITS = 24
    LEADER_QUITS = 26
    LEADER_HIRED = 27
    APPOINT = 28
    DESIGN = 30
    SELF_SERVICE = 31
    PROACTIVE = 32
    VALUE_DRIFT = 33
    PRIORITY = 34
    SPONSOR = 35
    WORK_PACE = 36
    INITIAL_STANDING = 37
    INITIAL_NAMES = 38
    INITIAL_CUSTOMER_TRAITS = 39
    TRIAL = 40
    CLASSIC = 100
    GAME_EVENT = 110


def stream(name: str) -> int:
    """Return the number of a user's own stream, derived from its name, such as ``"mood.contagion"``.

    The number is above all numbers of :class:`Stream`, and the same on every machine.
    """
    return 1000 + zlib.crc32(name.encode()) % 2_000_000_000


_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@rule
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:
    """Return the four 32-bit words of Philox4x32-10 for a counter and a key, all as ``uint64``.

    Source: Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3.

    Args:
        c0: first word of the counter, below 2^32.
        c1: second word of the counter.
        c2: third word of the counter.
        c3: fourth word of the counter.
        k0: first word of the key.
        k1: second word of the key.

    Returns:
        Four numbers below 2^32.
    """
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _HALF) ^ c1 ^ k0, p1 & _LOW, (p0 >> _HALF) ^ c3 ^ k1, p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@rule
def to_unit_interval(word: Any) -> float:
    """Map a 32-bit word to the open interval (0, 1)."""
    return (np.float64(word) + 0.5) * 2.3283064365386963e-10  # 2**-32


@rule
def philox_words(seed: Any, stream: int, week: int, row: int) -> tuple[Any, Any, Any, Any]:
    """Return the generator's four 32-bit words for one stream, week and row.

    Args:
        seed: seed of the run.
        stream: number of the decision; each decision has its own.
        week: number of the week.
        row: number of the person or other row.

    Returns:
        Four numbers below 2^32; the same arguments always give the same four.
    """
    return philox(
        np.uint64(row) & _LOW,
        np.uint64(row) >> _HALF,
        np.uint64(week + 1_000_000),
        np.uint64(stream),
        np.uint64(seed) & _LOW,
        np.uint64(seed) >> _HALF,
    )


@rule
def uniforms4(seed: Any, stream: int, week: int, row: int) -> tuple[float, float, float, float]:
    """Return four independent uniform draws for one stream, week and row.

    Args:
        seed: seed of the run.
        stream: number of the decision; each decision has its own.
        week: number of the week.
        row: number of the person or other row.

    Returns:
        Four numbers in (0, 1).
    """
    a, b, c, d = philox_words(seed, stream, week, row)
    return to_unit_interval(a), to_unit_interval(b), to_unit_interval(c), to_unit_interval(d)


@rule
def uniform(seed: Any, stream: int, week: int, row: int) -> float:
    """Return one uniform draw.

    Args:
        seed: seed of the run.
        stream: number of the decision; each decision has its own.
        week: number of the week.
        row: number of the person or other row.

    Returns:
        A number in (0, 1).
    """
    return uniforms4(seed, stream, week, row)[0]


@rule
def irwin_hall_normal(a: float, b: float, c: float, d: float) -> float:
    """Return a draw of mean 0 and variance 1: the centred sum of four uniform draws, within about ±3.5.

    A sum has no long tails that would have to be clipped, and needs no logarithm, whose last bit differs
    between processors.

    Args:
        a: a uniform draw in (0, 1).
        b: another, independent of it.
        c: a third.
        d: a fourth.

    Returns:
        A number in (-3.5, 3.5).
    """
    return (a + b + c + d - 2.0) * 1.7320508075688772


@kernel
def fill_uniforms(out: Any, seed: Any, stream: Any, week: Any) -> None:
    """Fill a column with the uniform draws of its rows, in a separate loop that can be vectorised.

    Args:
        out: shape (rows,).
        seed: seed of the run.
        stream: number of the decision; each decision has its own.
        week: number of the week.

    Writes:
        out.
    """
    for row in range(len(out)):
        out[row] = uniform(seed, stream, week, row)
