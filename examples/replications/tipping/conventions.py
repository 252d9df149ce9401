"""People who follow the majority of what they remember hold out against a few, and give way to a quarter. [Centola et al. 2018]

"When minority groups reached the critical mass [...] they were consistently able to overturn the established
behavior." D. Centola, J. Becker, D. Brackbill & A. Baronchelli (2018), Experimental evidence for tipping points in
social convention, Science 360, 1116-1119.

In each round people meet in random pairs; each plays what was played most among the last partners remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniform
from ccsim.errors import InputError
from examples.replications.values import chosen, run_seed

PAIR, COIN = int(Stream.CLASSIC), int(Stream.CLASSIC) + 1
PAPER = "Centola et al. 2018"


@parameters("conventions")
class Conventions:
    """A group with a convention, and some who always play another."""

    people: int = parameter(
        24, unit="people", range=(20, 30), legal=(2, 100_000), size=True, source=PAPER,
        meaning="people in the group, the committed among them; an even number",
    )  # fmt: skip
    committed: int = parameter(
        6, unit="people", range=(0, 12), off=0.0, lever=True, source=PAPER,
        meaning="people who always play the new convention",
    )  # fmt: skip
    memory: int = parameter(
        12, unit="meetings", range=(3, 25), legal=(1, 1_000), source=PAPER,
        meaning="last partners whose plays a person remembers",
    )  # fmt: skip


class Group(NamedTuple):
    """People who meet."""

    order: np.ndarray  #: people, as they are paired in this round
    plays: np.ndarray  #: by person: 1 for the new convention, 0 for the old one
    remembered: np.ndarray  #: by person and meeting: what the last partners played


@rule
def best_response(remembered, memory, luck):
    """Play the new convention (1) if more than half of what is remembered is new; a coin on a tie."""
    if 2 * remembered == memory:
        return 1 if luck < 0.5 else 0
    return 1 if 2 * remembered > memory else 0


@kernel
def shuffle(order, seed, week):
    """Bring people into a random order: those at places 0 and 1, 2 and 3, … meet."""
    for i in range(len(order) - 1, 0, -1):
        j = int(uniform(seed, PAIR, week, i) * (i + 1))
        order[i], order[j] = order[j], order[i]


@kernel
def play(plays, remembered, committed, seed, week):
    """Everybody chooses a play from memory; the first ``committed`` people always the new one."""
    people, memory = remembered.shape
    for i in range(people):
        count = 0
        for k in range(memory):
            count += remembered[i, k]
        plays[i] = 1 if i < committed else best_response(count, memory, uniform(seed, COIN, week, i))


@kernel
def meet(order, plays, remembered, week):
    """Partners remember each other's play in place of the oldest one."""
    memory = remembered.shape[1]
    for k in range(0, len(order) - 1, 2):
        one, other = order[k], order[k + 1]
        remembered[one, week % memory] = plays[other]
        remembered[other, week % memory] = plays[one]


@kernel
def live(adoption, group, committed, seed):
    """Fill, round by round, the share of the others who play the new convention."""
    people = len(group.plays)
    for week in range(len(adoption)):
        shuffle(group.order, seed, week)
        play(group.plays, group.remembered, committed, seed, week)
        meet(group.order, group.plays, group.remembered, week)
        new = 0
        for i in range(committed, people):
            new += group.plays[i]
        adoption[week] = new / (people - committed)


def old_habits(p: Any) -> Group:
    """Return a group in which everybody remembers nothing but the old convention."""
    return Group(np.arange(p.people), np.zeros(p.people, np.int64), np.zeros((p.people, p.memory), np.int64))


def histories(
    changes: Mapping[str, Any] | None = None, *, rounds: int = 45, runs: int = 100, seed: int = 1
) -> np.ndarray:
    """Return, by run and round, the share of the others who play the new convention."""
    p = chosen(Conventions, changes)
    if p.people % 2 or p.committed >= p.people:
        raise InputError("conventions.people takes an even number, with fewer committed than people")
    adoption = np.zeros((runs, rounds))
    for one in range(runs):
        live(adoption[one], old_habits(p), p.committed, np.uint64(run_seed(seed, one)))
    return adoption
