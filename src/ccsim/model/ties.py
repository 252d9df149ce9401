"""Draw ties for an organisation whose posts are known but whose ties are not, as uneven as in real organisations.

People differ in how many colleagues they name, and far more in how many people name them (lognormal). They first name
colleagues in their own department. One pair of spreads holds for all sizes: in a small group all people are near the limit,
so the same spread of popularity makes a network of 20 far more even than one of 1,000. Checked against the networks of
21 managers (Krackhardt 1987) and of a research institute of 1,005 (Leskovec, Kleinberg & Faloutsos 2007).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ccsim.engine.rng import Stream, fill_uniforms
from ccsim.mechanisms.staff.ties import draw_uneven_ties, most_named
from ccsim.model.layout import Layout, Rows

#: Standard deviations of the logarithms of how many colleagues a person names, and of how readily a person is named.
NAMES, NAMED = 1.0, 1.3


def ties_of(layout: Layout, mean: float, cross: float, p: Any, seed: int) -> Rows:
    """Return the ties of a layout if they are known, or else draw them.

    Args:
        layout: what files state of the organisation.
        mean: mean number of colleagues that a person names.
        cross: share of ties to other departments.
        p: parameters of the group ``ties``.
        seed: seed of all draws of the run.

    Returns:
        Rows of colleagues, shape (posts, ties), -1 for none.
    """
    if layout.ties is not None:
        return layout.ties
    if p.named > 0.0:
        return uneven_ties(layout.department, mean, cross, p, seed)
    return drawn_ties(layout.department, mean, cross, seed)


def uneven_ties(department: Rows, mean: float, cross: float, p: Any, seed: int) -> Rows:
    """Return whom each person listens to, padded with -1, shape (people, most); some people are named by many.

    Args:
        department: department of each person, ascending, shape (people,).
        mean: ties of a person, on average.
        cross: share of ties to other departments, as far as the person's own is large enough.
        p: parameters of :class:`ccsim.mechanisms.staff.ties.Ties`.
        seed: the seed of all draws.
    """
    people = len(department)
    if people < 2 or mean <= 0.0:
        return np.full((people, 0), -1, np.int64)
    most = min(most_named(math.ceil(mean), p), people - 1)
    ties = np.empty((people, most), np.int32)
    draw_uneven_ties(ties, department, mean, cross, p, np.uint64(seed))  # type: ignore[arg-type]  # numba takes these types
    return ties[:, : int((ties >= 0).sum(axis=1).max())].astype(np.int64)


def drawn_ties(department: Rows, mean: float, cross: float, seed: int) -> Rows:
    """Return whom each person listens to, padded with -1, shape (people, most).

    Args:
        department: department of each person, shape (people,).
        mean: ties of a person, on average.
        cross: share of ties to other departments, as far as the person's own is large enough.
        seed: the seed of all draws.
    """
    people = len(department)
    most = people - 1
    if most < 1 or mean <= 0.0:
        return np.full((people, 0), -1, np.int64)
    wanted = _counts(people, min(mean, most), most, seed)
    popular = NAMED * _normal(people, seed, 1)
    ties = np.full((people, int(wanted.max())), -1, np.int64)
    for i in range(people):
        own = department == department[i]
        own[i] = False
        inside = min(int(own.sum()), round(wanted[i] * (1.0 - cross)) if cross < 1.0 else 0)
        outside = min(wanted[i] - inside, most - int(own.sum()))
        inside = min(int(own.sum()), wanted[i] - outside)
        # The largest sums of log popularity and a Gumbel draw: a sample without replacement, in proportion to popularity.
        race = popular - np.log(-np.log(_uniform(people, seed, 10 + i)))
        chosen = [_first(race, own, inside), _first(race, (department != department[i]), outside)]
        named = np.concatenate(chosen)
        ties[i, : len(named)] = named
    return ties


def _counts(people: int, mean: float, most: int, seed: int) -> Rows:
    """Return how many colleagues each person names: lognormal, limited by the size of the group, with the wanted mean."""
    spread = np.exp(NAMES * _normal(people, seed, 0))
    scale = mean / spread.mean()
    for _ in range(50):
        scale *= mean / np.minimum(spread * scale, most).mean()
    exact = np.minimum(spread * scale, most)
    ends = np.floor(np.cumsum(exact) + 0.5)
    return np.diff(ends, prepend=0.0).astype(np.int64).clip(0, most)


def _first(race: np.ndarray, among: np.ndarray, count: int) -> Rows:
    rows = np.flatnonzero(among)
    if count <= 0:
        return np.empty(0, np.int64)
    return rows[np.argpartition(-race[rows], count - 1)[:count]]


def _uniform(count: int, seed: int, stream: int) -> np.ndarray:
    out = np.empty(count)
    fill_uniforms(out, np.uint64(seed), int(Stream.INITIAL_STAFF_TIE), stream)
    return out


def _normal(count: int, seed: int, stream: int) -> np.ndarray:
    """Return the quantiles of the normal distribution, one per person, in random order."""
    from scipy.special import ndtri

    order = np.argsort(np.argsort(_uniform(count, seed, stream)))
    return np.asarray(ndtri((order + 0.5) / count))
