"""Who needs two friends to follow is reached through clustered ties; who sometimes follows one, through long ones. [Centola 2010]

"The behavior spread farther and faster across clustered-lattice networks than across corresponding random networks."
D. Centola (2010), The spread of behavior in an online social network experiment, Science 329, 1194-1197. Against it:
D. Eckles, E. Mossel, M. A. Rahimian & S. Sen (2018), Long ties accelerate noisy threshold-based contagions,
arXiv 1810.03579: a little adoption below the threshold reverses the result.

People have six ties each, on a hexagonal lattice that closes on itself; ties are rewired without changing how many
anybody has. One parameter, ``alone``, decides which network wins. A model of ours in the papers' terms: it reproduces
their signs, not their percentages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniform, uniforms4
from ccsim.errors import InputError
from examples.replications.values import chosen, run_seed

FIRST, REWIRE, ADOPT = (int(Stream.CLASSIC) + k for k in range(3))
TIES = 6


@parameters("contagion")
class Contagion:
    """A population on a network, and what makes people adopt."""

    rows: int = parameter(
        36, unit="people", range=(10, 50), legal=(6, 1_000), size=True, meaning="rows of the lattice; an even number",
        source="about 1,500 people in Centola 2010",
    )  # fmt: skip
    columns: int = parameter(
        42, unit="people", range=(10, 50), legal=(6, 1_000), size=True, meaning="people in a row",
        source="about 1,500 people in Centola 2010",
    )  # fmt: skip
    rewired: float = parameter(
        0.0, unit="share", range=(0.0, 1.0), off=0.0, lever=True, source="Watts & Strogatz 1998; degrees are kept",
        meaning="how much of the network is rewired: 0 clustered, 1 random",
    )  # fmt: skip
    needed: int = parameter(
        2, unit="people", range=(1, 3), legal=(1, TIES), source="Centola & Macy 2007",
        meaning="adopters among the own ties that make a person adopt at once",
    )  # fmt: skip
    alone: float = parameter(
        0.0, unit="probability", range=(0.0, 0.3), off=0.0, source="Eckles et al. 2018, form",
        meaning="chance a week to adopt with fewer adopters around than needed",
    )  # fmt: skip


@rule
def adopts(around, luck, p):
    """Enough adopters around persuade at once; fewer persuade now and then; none, never."""
    return around >= p.needed or (around > 0 and luck < p.alone)


@kernel
def lattice(ties, rows, columns):
    """Tie everybody to the six nearest on a hexagonal lattice: even rows lie half a place to the left."""
    for row in range(rows):
        lean = row % 2
        for column in range(columns):
            up, down = (row - 1) % rows * columns, (row + 1) % rows * columns
            left, right = (column - 1 + lean) % columns, (column + lean) % columns
            i = row * columns + column
            ties[i, 0], ties[i, 1] = row * columns + (column - 1) % columns, row * columns + (column + 1) % columns
            ties[i, 2], ties[i, 3] = up + left, up + right
            ties[i, 4], ties[i, 5] = down + left, down + right


@rule
def tied(ties, i, j):
    """Whether two people are tied."""
    found = False
    for k in range(ties.shape[1]):
        found = found or ties[i, k] == j
    return found


@rule
def place_of(ties, i, j):
    """Where in the list of i's ties j stands."""
    place = 0
    for k in range(ties.shape[1]):
        if ties[i, k] == j:
            place = k
    return place


@kernel
def rewire(ties, swaps, seed):
    """Swap the far ends of pairs of ties drawn at random, unless a swap would tie somebody twice or to themselves."""
    people, degree = ties.shape
    for swap in range(swaps):
        a, b, c, d = uniforms4(seed, REWIRE, 0, swap)
        one, other = int(a * people), int(b * people)
        here, there = int(c * degree), int(d * degree)
        left, right = ties[one, here], ties[other, there]
        if one == other or left == right or one == right or other == left:
            continue
        if tied(ties, one, right) or tied(ties, other, left):
            continue
        ties[left, place_of(ties, left, one)] = other
        ties[right, place_of(ties, right, other)] = one
        ties[one, here], ties[other, there] = right, left


@kernel
def adopt(since, ties, p, seed, week):
    """Everybody looks around at last week's adopters and decides; owns ``since``, the week of adoption or -1."""
    adopted = 0
    for i in range(len(since)):
        if since[i] < 0:
            around = 0
            for k in range(ties.shape[1]):
                other = since[ties[i, k]]
                if 0 <= other < week:
                    around += 1
            if adopts(around, uniform(seed, ADOPT, week, i), p):
                since[i] = week
        if since[i] >= 0:
            adopted += 1
    return adopted


@kernel
def live(adoption, since, ties, p, seed):
    """One person and all ties of that person start; fill the share of adopters week by week."""
    people = len(ties)
    first = int(uniform(seed, FIRST, 0, 0) * people)
    since[first] = 0
    for k in range(ties.shape[1]):
        since[ties[first, k]] = 0
    adoption[0] = (1.0 + ties.shape[1]) / people
    for week in range(1, len(adoption)):
        adoption[week] = adopt(since, ties, p, seed, week) / people


def network(changes: Mapping[str, Any] | None = None, *, seed: int = 1) -> np.ndarray:
    """Return the ties: for each person the six others, rewired as far as chosen."""
    p = chosen(Contagion, changes)
    if p.rows % 2:
        raise InputError("contagion.rows takes an even number: a hexagonal lattice closes on itself only then")
    ties = np.zeros((p.rows * p.columns, TIES), dtype=np.int64)
    lattice(ties, p.rows, p.columns)
    rewire(ties, swaps_for(p.rewired, ties.size // 2), np.uint64(seed))
    return ties


def swaps_for(share: float, edges: int) -> int:
    """Return how many swaps of two ties touch about this share of them; ten for each tie leave nothing of a lattice."""
    each = 10.0 if share >= 1.0 else min(10.0, -0.5 * math.log1p(-share))
    return int(each * edges)


def histories(
    changes: Mapping[str, Any] | None = None, *, weeks: int = 20, runs: int = 100, seed: int = 1
) -> np.ndarray:
    """Return the share of adopters by run and week (0 to ``weeks``); each run has a network of its own."""
    p = chosen(Contagion, changes)
    adoption = np.zeros((runs, weeks + 1))
    for one in range(runs):
        own = run_seed(seed, one)
        since = np.full(p.rows * p.columns, -1, dtype=np.int64)
        live(adoption[one], since, network(changes, seed=own), p, np.uint64(own))
    return adoption


def clustering(ties: np.ndarray) -> float:
    """Return the share of pairs of a person's ties that are tied to each other, on average."""
    around = [set(row) for row in ties.tolist()]
    degree = ties.shape[1]
    closed = sum(len(around[i] & around[j]) for i, row in enumerate(ties.tolist()) for j in row)
    return closed / (len(ties) * degree * (degree - 1))
