"""What a claim depends on: the parameters correlated with its effect, and the cut that best separates where it holds.

Both are reported only if they are significant after correction for all parameters tested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ccsim.analysis.comparison import LEVEL, holm, share_interval
from ccsim.engine.columns import FloatArray
from ccsim.validation.facts.measures import correlated, residuals

#: Fewest points for an analysis of dependence: with so many parameters, one always fits a handful of points.
ENOUGH = 20
#: Power at which the detectable size of a dependence is stated.
POWER = 0.8


@dataclass(frozen=True)
class Driver:
    """A parameter on which a claim depends: its key and its rank correlation with the effect over other worlds."""

    key: str
    rho: float
    significant: bool


class HeldCount(NamedTuple):
    """How many points the claim holds at, of how many."""

    holds: int
    points: int


@dataclass(frozen=True)
class BestSplit:
    """The cut through the other worlds that best separates points where a claim holds from the others.

    Attributes:
        key, cut: the parameter, and the value at which the points are divided.
        above, below: the points on that side.
        significant: beyond chance, with so many cuts tried.
    """

    key: str
    cut: float
    above: HeldCount
    below: HeldCount
    significant: bool


def detectable(points: int, varied: int) -> float:
    """Return the rank correlation that would be detected with power :data:`POWER`.

    By the normal approximation to Fisher's z of a rank correlation (Fieller, Hartley & Pearson 1957), at the level that
    Holm's correction sets to the first of all parameters.

    Args:
        points: worlds.
        varied: number of parameters tested.

    Returns:
        The correlation; nan if there are too few points.
    """
    from scipy.stats import norm

    if points < ENOUGH:
        return float("nan")
    beyond = norm.isf((1.0 - LEVEL) / 2.0 / max(1, varied)) + norm.isf(1.0 - POWER)
    return float(np.tanh(beyond * np.sqrt(1.06 / (points - 3))))


def deciders_of(effects: Sequence[float], space: Sequence[Mapping[str, Any]], most: int = 3) -> tuple[Driver, ...]:
    """Return the parameters most strongly correlated with the effect (Spearman's rank correlation).

    ``significant`` states whether the correlation is significant after correction for the number of parameters (Holm).

    Args:
        effects: the effect at each point; nan where it is unknown.
        space: the parameter values of each point, by key.
        most: how many parameters to return at most.

    Returns:
        The parameters, the strongest correlation first; empty if too few effects are known or all are equal.
    """
    from scipy.stats import spearmanr

    known = [k for k, effect in enumerate(effects) if np.isfinite(effect)]
    if len(known) < ENOUGH or np.ptp([effects[k] for k in known]) == 0.0:
        return ()
    correlations = {}
    for key in space[0]:
        values = [space[k][key] for k in known]
        if np.ptp(values) > 0.0:
            correlations[key] = spearmanr(values, [effects[k] for k in known])
    ps = holm(np.array([float(one.pvalue) for one in correlations.values()]))
    drivers = [
        Driver(key, float(one.statistic), bool(p < 1.0 - LEVEL))
        for (key, one), p in zip(correlations.items(), ps, strict=True)
    ]
    return tuple(sorted(drivers, key=lambda driver: -abs(driver.rho))[:most])


def where_holds(signs: Sequence[int], effects: Sequence[float], space: Sequence[Mapping[str, Any]]) -> BestSplit | None:
    """Return the best single cut: among the most strongly correlated parameters, the value that best separates points where the claim holds.

    Each side has at least a fifth of the points. ``clear`` is Fisher's exact test, corrected for all cuts of
    all parameters (Bonferroni).

    Args:
        signs: at each point 1 if the claim holds, -1 if it is reversed, 0 if neither, shape (points,).
        effects: its effect at each point, shape (points,).
        space: the values of all parameters at each point, by key.

    Returns:
        The cut; None if no value divides the points.
    """
    from scipy.stats import fisher_exact

    holds = np.array([sign > 0 for sign in signs])
    edge = max(2, int(0.2 * len(holds)))
    if len(holds) < ENOUGH or holds.all() or not holds.any():
        return None
    cuts = max(1, len(holds) - 2 * edge + 1) * len(space[0])
    best: tuple[float, BestSplit] | None = None
    for decider in deciders_of(effects, space, most=10):
        values = np.array([point[decider.key] for point in space], float)
        order = np.sort(values)
        for k in range(edge, len(order) - edge + 1):
            cut = (order[k - 1] + order[k]) / 2.0
            above = values > cut
            table = [[int(holds[side].sum()), int((~holds[side]).sum())] for side in (above, ~above)]
            p = float(fisher_exact(np.array(table)).pvalue)
            if best is None or p < best[0]:
                counts = [HeldCount(row[0], sum(row)) for row in table]
                best = p, BestSplit(decider.key, float(cut), counts[0], counts[1], p * cuts < 1.0 - LEVEL)
    return best[1] if best else None


@dataclass(frozen=True)
class FlipMap:
    """Shares of worlds in which a claim holds and is reversed, by thirds of the two parameters on which it depends most.

    Attributes:
        keys: the two parameters, the stronger first.
        rhos: rank correlation of each with the effect, that of the second with the first held fixed.
        cuts: the two values of each parameter between which its thirds lie.
        holds, reverses, worlds: counts in each cell; rows are thirds of the first parameter, columns of the second.
        flips: whether the difference between the cells with the most and the fewest worlds where it holds is significant.
    """

    keys: tuple[str, str]
    rhos: tuple[float, float]
    cuts: tuple[tuple[float, float], tuple[float, float]]
    holds: tuple[tuple[int, ...], ...]
    reverses: tuple[tuple[int, ...], ...]
    worlds: tuple[tuple[int, ...], ...]
    flips: bool


def flip_map(signs: Sequence[int], effects: Sequence[float], space: Sequence[Mapping[str, Any]]) -> FlipMap | None:
    """Return the map of a claim over two parameters; None if fewer than two are significant.

    The first parameter is the one whose rank correlation with the effect is largest, the second the one that adds most
    to it (partial rank correlation). Both have to be beyond chance after correction for all parameters (Holm).
    ``flips`` compares the intervals of all nine cells, each at a ninth of the level (Bonferroni).

    Args:
        signs: 1, 0, -1 in each world.
        effects: the effect in each world.
        space: the worlds' values.
    """
    from scipy.stats import rankdata

    known = [k for k, effect in enumerate(effects) if np.isfinite(effect)]
    if len(known) < ENOUGH or np.ptp([effects[k] for k in known]) == 0.0:
        return None
    first = next((one for one in deciders_of(effects, space, most=1) if one.significant), None)
    if first is None:
        return None
    keys = [key for key in space[0] if key != first.key and np.ptp([space[k][key] for k in known]) > 0.0]
    ranks = {key: rankdata([space[k][key] for k in known]) for key in (first.key, *keys)}
    given = ranks[first.key][:, None]
    rest = residuals(rankdata([effects[k] for k in known]), given)
    if not keys or float(rest @ rest) < 1e-9 * len(rest) ** 3:  # the first parameter explains all of it
        return None
    partial = np.nan_to_num([correlated(rest, residuals(ranks[key], given)) for key in keys])
    ps = holm(rank_p_values(partial, len(known) - 1))
    best = int(np.argmax(np.abs(partial)))
    if not ps[best] < 1.0 - LEVEL:
        return None
    both = (first.key, keys[best])
    return _mapped(both, (first.rho, float(partial[best])), [signs[k] for k in known], [space[k] for k in known])


def _mapped(
    keys: tuple[str, str], rhos: tuple[float, float], signs: Sequence[int], space: Sequence[Mapping[str, Any]]
) -> FlipMap:
    """Count worlds by thirds of two parameters."""
    cuts, places = [], []
    for key in keys:
        values = np.array([point[key] for point in space], float)
        low, high = np.quantile(values, [1.0 / 3.0, 2.0 / 3.0])
        cuts.append((float(low), float(high)))
        places.append((values > low).astype(int) + (values > high).astype(int))
    counts = np.zeros((3, 3, 3), dtype=int)
    for sign, row, column in zip(signs, *places, strict=True):
        counts[0 if sign > 0 else 1 if sign < 0 else 2, row, column] += 1
    worlds, level = counts.sum(axis=0), 1.0 - (1.0 - LEVEL) / 9.0
    ends = [share_interval(held, of, level) for held, of in zip(counts[0].ravel(), worlds.ravel(), strict=True) if of]
    flips = max(one.low for one in ends) > 0.5 > min(one.high for one in ends)
    table = [tuple(tuple(int(x) for x in row) for row in one) for one in (counts[0], counts[1], worlds)]
    return FlipMap(keys, rhos, (cuts[0], cuts[1]), table[0], table[1], table[2], bool(flips))


def rank_p_values(rhos: FloatArray, worlds: int) -> FloatArray:
    """Return two-sided p values of rank correlations over a number of worlds (Student's t)."""
    from scipy.stats import t

    inside = np.clip(rhos, -0.999999, 0.999999)
    return np.asarray(2.0 * t.sf(np.abs(inside) * np.sqrt((worlds - 2.0) / (1.0 - inside**2)), worlds - 2))
