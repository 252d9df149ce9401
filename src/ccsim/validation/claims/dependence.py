"""What a claim depends on: the parameters that go with its effect, and the cut that best says where it holds.

Both are said only where they are beyond chance after correction for everything that was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccsim.analysis.comparison import LEVEL, holm

#: Points below which nothing is said of what decides a claim: with so many parameters some one always fits a few points.
ENOUGH = 20
#: With what chance a real dependence is to be found, where its size is told.
POWER = 0.8


@dataclass(frozen=True)
class Driver:
    """A parameter that decides a claim: its key and rank correlation with the effect in other worlds."""

    key: str
    rho: float
    clear: bool


@dataclass(frozen=True)
class BestSplit:
    """One cut through the other worlds that best tells points where a claim holds from the others.

    Attributes:
        key, cut: the parameter, and the value that divides the points.
        above, below: points on that side where the claim holds, and all of them.
        clear: beyond chance, with so many cuts tried.
    """

    key: str
    cut: float
    above: tuple[int, int]
    below: tuple[int, int]
    clear: bool


def detectable(points: int, varied: int) -> float:
    """Return the size of a rank correlation that would be found with the chance :data:`POWER`.

    By the normal approximation to Fisher's z of a rank correlation (Fieller, Hartley & Pearson 1957), at the level that
    Holm's correction sets to the first of all parameters.

    Args:
        points: worlds.
        varied: parameters looked at.

    Returns:
        The correlation; nan where the points are too few to look.
    """
    from scipy.stats import norm

    if points < ENOUGH:
        return float("nan")
    beyond = norm.isf((1.0 - LEVEL) / 2.0 / max(1, varied)) + norm.isf(1.0 - POWER)
    return float(np.tanh(beyond * np.sqrt(1.06 / (points - 3))))


def deciders_of(effects: Sequence[float], space: Sequence[Mapping[str, Any]], most: int = 3) -> tuple[Driver, ...]:
    """Return the parameters whose values go most with the effect (Spearman's rank correlation).

    ``clear`` says whether a correlation this large is beyond chance, with so many parameters looked at (Holm).
    """
    from scipy.stats import spearmanr

    known = [k for k, effect in enumerate(effects) if np.isfinite(effect)]
    if len(known) < ENOUGH or np.ptp([effects[k] for k in known]) == 0.0:
        return ()
    told = {}
    for key in space[0]:
        values = [space[k][key] for k in known]
        if np.ptp(values) > 0.0:
            told[key] = spearmanr(values, [effects[k] for k in known])
    ps = holm(np.array([float(one.pvalue) for one in told.values()]))
    found = [
        Driver(key, float(one.statistic), bool(p < 1.0 - LEVEL)) for (key, one), p in zip(told.items(), ps, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.rho))[:most])


def where_holds(
    signs: Sequence[int], effects: Sequence[float], space: Sequence[Mapping[str, Any]], least: float = 0.2
) -> BestSplit | None:
    """Return the best single cut: of the parameters that decide most, the one value that divides holding from not.

    Each side has at least a share ``least`` of the points. ``clear`` is Fisher's exact test, corrected for all cuts of
    all parameters (Bonferroni).

    Args:
        signs: at each point 1 if the claim holds, -1 if it is reversed, 0 if neither, shape (points,).
        effects: its effect at each point, shape (points,).
        space: the values of all parameters at each point, by key.
        least: smallest share of the points on each side.

    Returns:
        The cut; None if no value divides the points.
    """
    from scipy.stats import fisher_exact

    holds = np.array([sign > 0 for sign in signs])
    edge = max(2, int(least * len(holds)))
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
                counts = [(row[0], sum(row)) for row in table]
                best = p, BestSplit(decider.key, float(cut), counts[0], counts[1], p * cuts < 1.0 - LEVEL)
    return best[1] if best else None
