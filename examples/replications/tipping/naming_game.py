"""A committed minority of a tenth turns everybody; a little less turns nobody in any time that counts. [Xie et al. 2011]

"We show how the prevailing majority opinion in a population can be rapidly reversed by a small fraction p of randomly
distributed committed agents." J. Xie, S. Sreenivasan, G. Korniss, W. Zhang, C. Lim & B. K. Szymanski (2011), Social
consensus through the influence of committed minorities, Physical Review E 84, 011130 (arXiv 1102.3931).

Everybody may meet everybody. A speaker voices one of the opinions that the speaker holds; a listener who holds it too
drops the other, as does the speaker; another listener adds it. The committed say A and nothing else, always.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniforms4
from examples.replications.values import chosen

TALK = int(Stream.CLASSIC)
OLD, NEW, BOTH = 0, 1, 2  #: what a person holds: opinion B, opinion A, or both
PAPER = "Xie et al. 2011"


@parameters("naming_game")
class NamingGame:
    """A population with one opinion, and some who are committed to another."""

    people: int = parameter(
        300, unit="people", range=(100, 1000), legal=(2, 1_000_000), size=True, source=PAPER,
        meaning="people, the committed among them",
    )  # fmt: skip
    committed: float = parameter(
        0.1, unit="share", range=(0.0, 0.2), off=0.0, lever=True, source=PAPER,
        meaning="share of people, in whole persons, who say the new opinion and never change",
    )  # fmt: skip


class Shares(NamedTuple):
    """Shares of all people over time; the committed are in none of the three."""

    time: np.ndarray  #: in sweeps: everybody speaks once a sweep, on average
    new: np.ndarray
    old: np.ndarray
    both: np.ndarray


@rule
def voiced(holds, luck):
    """A person says what the person holds; of two opinions either, by a coin."""
    if holds == BOTH:
        return NEW if luck < 0.5 else OLD
    return holds


@rule
def understands(holds, word):
    """Whether a listener has the word already."""
    return holds == BOTH or holds == word


@kernel
def sweep(holds, committed, seed, week):
    """Let as many pairs talk as there are people; the first ``committed`` people never change."""
    people = len(holds)
    for turn in range(people):
        a, b, c, _ = uniforms4(seed, TALK, week, turn)
        speaker = int(a * people)
        listener = int(b * (people - 1))
        if listener >= speaker:
            listener += 1
        word = voiced(holds[speaker], c)
        agree = understands(holds[listener], word)
        if listener >= committed:
            holds[listener] = word if agree else BOTH
        if agree and speaker >= committed:
            holds[speaker] = word


@kernel
def write_down(holds, committed, shares, week):
    """Record the shares of those who are not committed, for this sweep and, so far, all later ones."""
    people = len(holds)
    old, new = 0, 0
    for i in range(committed, people):
        old += holds[i] == OLD
        new += holds[i] == NEW
    for later in range(week, len(shares.new)):
        shares.new[later] = new / people
        shares.old[later] = old / people
        shares.both[later] = (people - committed - old - new) / people
    return committed + new == people


@kernel
def talk(holds, committed, seed, shares):
    """Go through the sweeps; stop when all hold the new opinion only. Returns the sweep of that, or -1."""
    if write_down(holds, committed, shares, 0):
        return 0
    for week in range(1, len(shares.new)):
        sweep(holds, committed, seed, week)
        if write_down(holds, committed, shares, week):
            return week
    return -1


@rule
def flow(new, old, p):
    """Rates of change of the shares in a large population, per sweep."""
    both = 1.0 - p - new - old
    return (
        -new * old + both * both + new * both + 1.5 * p * both,
        -new * old + both * both + old * both - p * old,
    )


@rule
def runge_kutta(new, old, p, dt):
    """One step of the classical fourth-order method."""
    a1, b1 = flow(new, old, p)
    a2, b2 = flow(new + 0.5 * dt * a1, old + 0.5 * dt * b1, p)
    a3, b3 = flow(new + 0.5 * dt * a2, old + 0.5 * dt * b2, p)
    a4, b4 = flow(new + dt * a3, old + dt * b3, p)
    return new + dt * (a1 + 2.0 * (a2 + a3) + a4) / 6.0, old + dt * (b1 + 2.0 * (b2 + b3) + b4) / 6.0


@kernel
def flow_on(new, old, p, dt):
    """Fill the shares of a large population, one entry each ``dt`` sweeps; all others start with the old opinion."""
    new[0], old[0] = 0.0, 1.0 - p
    for k in range(1, len(new)):
        new[k], old[k] = runge_kutta(new[k - 1], old[k - 1], p, dt)


@kernel
def resting_share(p, dt, longest):
    """Return the share with the old opinion once it rests, or 0 as soon as hardly anybody holds it."""
    new, old = 0.0, 1.0 - p
    for _ in range(int(longest / dt)):
        before = old
        new, old = runge_kutta(new, old, p, dt)
        if old < 0.01:
            return 0.0
        if abs(before - old) < 1e-11 * dt:
            return old
    return old


def run(changes: Mapping[str, Any] | None = None, *, sweeps: int = 100, seed: int = 1) -> tuple[Shares, int]:
    """Return shares by sweep, and the sweep in which the last person came over (-1: not within ``sweeps``)."""
    p = chosen(NamingGame, changes)
    committed = round(p.committed * p.people)
    holds = np.full(p.people, OLD, dtype=np.int64)
    holds[:committed] = NEW
    shares = Shares(np.arange(sweeps + 1, dtype=np.float64), *(np.zeros(sweeps + 1) for _ in range(3)))
    tipped = talk(holds, committed, np.uint64(seed), shares)
    return shares, int(tipped)


def large(committed: float, *, sweeps: float = 100.0, dt: float = 0.05) -> Shares:
    """Return the shares of a population without end (the mean field)."""
    time = dt * np.arange(round(sweeps / dt) + 1)
    new, old = np.zeros(len(time)), np.zeros(len(time))
    flow_on(new, old, float(committed), dt)
    return Shares(time, new, old, 1.0 - committed - new - old)


def remaining(committed: float, *, dt: float = 0.1, longest: float = 50_000.0) -> float:
    """Return the share of a large population that stays with the old opinion for good."""
    return float(resting_share(float(committed), dt, longest))


def critical_share(tolerance: float = 1e-5) -> float:
    """Return the committed share above which a large population turns: between the halves of an interval."""
    low, high = 0.0, 0.5
    while high - low > tolerance:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if remaining(middle) > 0.0 else (low, middle)
    return 0.5 * (low + high)
