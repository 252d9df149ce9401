"""Sensitivity: find the parameters on which an outcome depends over their ranges, and how much is chance.

Two designs, both by SALib. *Morris* (1991, with the mean of absolute effects of Campolongo et al. 2007) changes one
parameter at a time along random paths: a few runs per parameter show which of many matter. *Sobol'* (Saltelli et al.
2010) takes many more runs and splits the variance: first-order index (the parameter alone) and total index (with all
its interactions). Intervals are 95 %, by resampling the paths or the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from ccsim.analysis import library
from ccsim.analysis.parameter_space import Dimension, drawn, numbers_of, values_of
from ccsim.analysis.problem import AnalysisProblem, Runner, table_of
from ccsim.errors import InputError, count_noun
from ccsim.experiments.design import Design
from ccsim.scenarios.renamed import RenamedAttributes, renamed_arguments

METHODS = ("morris", "sobol")
#: Levels of a Morris path, and the fewest paths and rows that an interval can be made from.
LEVELS, FEWEST_PATHS, FEWEST_ROWS = 4, 4, 16
#: Number of resamplings for an interval.
RESAMPLES = 500


@dataclass(frozen=True)
class Noise:
    """How much of an outcome's variance is chance.

    Attributes:
        share: of the variance of single runs over the space, the share that the draws make.
        left: of the variance of the points' means, the share that the draws still make.
        spread: standard deviation that the draws leave in a point's mean, in the outcome's unit.
    """

    share: float
    left: float
    spread: float


@dataclass(frozen=True)
class Sensitivity(RenamedAttributes):
    """The result.

    Attributes:
        problem, space, method: the arguments of the analysis.
        points: numbers, shape (points, dimensions).
        means: for each outcome its mean at each point, shape (points,).
        table: one row per outcome and parameter, the most important first: ``outcome``, ``parameter``,
            ``importance`` with ``low`` and ``high`` (Morris: mean absolute effect of crossing the span, in the
            outcome's unit; Sobol': total index), ``effect`` (mean change across the span, in the outcome's unit;
            Sobol': by a straight line), ``spread`` (Morris: standard deviation of the effects), ``first_order`` with
            ``first_order_low`` and ``first_order_high`` (Sobol': first-order index), ``significant`` (the importance is beyond what
            chance could make).
        noise: for each outcome, how much is chance.
        left_out: number of points that could not be used, because a run had no value.
        unanswered: why an outcome is not in the table: it does not vary, or too few points have values.
    """

    _former: ClassVar[Mapping[str, str]] = {"study": "problem"}

    problem: AnalysisProblem
    space: tuple[Dimension, ...]
    method: str
    points: np.ndarray
    means: dict[str, np.ndarray]
    table: pd.DataFrame
    noise: dict[str, Noise]
    left_out: int
    unanswered: dict[str, str] = field(default_factory=dict)

    def points_table(self) -> pd.DataFrame:
        """Return one row per point: the values of what varies, and the mean of every outcome."""
        values = [values_of(self.space, row) for row in self.points]
        return pd.concat([pd.DataFrame(values), pd.DataFrame(self.means)], axis=1)


@renamed_arguments(points="samples")
def sensitivity(
    problem: AnalysisProblem, space: Sequence[Dimension], outcomes: Sequence[str], method: str = "morris",
    samples: int = 500, runner: Runner | None = None,
) -> Sensitivity:  # fmt: skip
    """Find the parameters on which outcomes depend.

    Args:
        problem: the scenario, its baseline, and the runs at each point.
        space: what varies, and over which span.
        outcomes: KPIs, or differences to the baseline (``csat_difference``).
        method: ``"morris"`` or ``"sobol"``.
        samples: how many points may be run; the design takes the largest number that fits.
        runner: where and how to run.

    Returns:
        The indices of each factor with their confidence limits, and the share of the variance that is noise.

    Raises:
        InputError: an outcome that does not exist, too few points, or no outcome that varies.
    """
    for outcome in outcomes:
        problem.check(outcome)
    design = designed(space, method, samples, problem.seed)
    summaries = (runner or Runner()).summaries(problem, design, "points")
    values = {outcome: table_of(summaries, outcome, len(design)) for outcome in outcomes}
    return analysed(problem, space, method, design, values)


def designed(space: Sequence[Dimension], method: str, points: int, seed: int) -> Design:
    """Return the points of a method; the same seed gives the same points.

    Args:
        space: what varies, and over which span.
        method: one of :data:`METHODS`.
        points: upper limit of their number; whole blocks of the method are taken.
        seed: of the points.

    Returns:
        The design, not yet run.

    Raises:
        InputError: no such method, or too few points for it.
    """
    if method not in METHODS:
        raise InputError(f"method: must be one of {', '.join(METHODS)}, got {method!r}")
    block, fewest = _block(space, method)
    if points < fewest:
        over = count_noun(len(space), "parameter")
        raise InputError(f"samples: must be at least {fewest} for {method} over {over}, got {points}")
    library("SALib")
    if method == "morris":
        return drawn(space, "morris", points // block, seed, levels=LEVELS)
    # Sobol' sequences are balanced at powers of 2.
    return drawn(space, "saltelli", 2 ** int(np.log2(points // block)), seed)


def _block(space: Sequence[Dimension], method: str) -> tuple[int, int]:
    """Return how many points belong together (a path of Morris, a row of Saltelli), and the fewest for an interval."""
    block, fewest = (len(space) + 1, FEWEST_PATHS) if method == "morris" else (len(space) + 2, FEWEST_ROWS)
    return block, block * fewest


def analysed(
    problem: AnalysisProblem, space: Sequence[Dimension], method: str, design: Design, values: dict[str, np.ndarray]
) -> Sensitivity:
    """Return the indices from the values of outcomes at a method's points.

    Args:
        problem: the scenario, its baseline, and the runs at each point.
        space: what varied, and over which span.
        method: one of :data:`METHODS`.
        design: the points that were run.
        values: for each outcome an array of shape (points, replicates).

    Raises:
        InputError: no outcome varies and has values at enough points.
    """
    parts, means, noise, left_out, unanswered = [], {}, {}, 0, {}
    unit, (block, fewest) = design.unit(), _block(space, method)
    for outcome, runs in values.items():
        # Paths and rows count only if every point of theirs has a value.
        kept = np.repeat(np.isfinite(runs).all(axis=1).reshape(-1, block).all(axis=1), block)
        mean = runs.mean(axis=1)
        if kept.sum() < fewest:
            unanswered[outcome] = f"only {kept.sum()} of {len(kept)} points have values, which is too few"
            continue
        if np.ptp(mean[kept]) == 0.0:
            unanswered[outcome] = f"is {mean[kept][0]:g} at every point; no factor affects it"
            continue
        left_out = max(left_out, int(len(kept) - kept.sum()))
        means[outcome], noise[outcome] = mean, _noise(runs[kept])
        part = _indices(space, method, unit[kept], mean[kept], problem.seed)
        floor = noise_floor(noise[outcome], method)
        frame = pd.DataFrame({"outcome": outcome, "parameter": [dimension.key for dimension in space], **part})
        frame["significant"] = frame["low"] > floor
        parts.append(frame.sort_values("importance", ascending=False, kind="stable"))
    if not parts:
        raise InputError("\n".join(f"{outcome}: {cause}" for outcome, cause in unanswered.items()))
    table = pd.concat(parts, ignore_index=True)
    return Sensitivity(
        problem, tuple(space), method, numbers_of(space, design), means, table, noise, left_out, unanswered
    )


def noise_floor(noise: Noise, method: str) -> float:
    """Return the importance that a parameter without any effect could seem to have, because draws differ.

    Morris: an effect is a difference of two means, over the step of two thirds of the span; the mean absolute value
    of normal noise is its standard deviation times the root of 2/pi. Sobol': the noise counts as variance.
    """
    if method == "sobol":
        return noise.left
    return float(noise.spread * np.sqrt(2.0) / (LEVELS / (2.0 * (LEVELS - 1.0))) * np.sqrt(2.0 / np.pi))


def _indices(
    space: Sequence[Dimension], method: str, cube: np.ndarray, mean: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """Return the indices of every parameter."""
    salib_problem = {
        "num_vars": len(space),
        "names": [dimension.key for dimension in space],
        "bounds": [[0.0, 1.0]] * len(space),
    }
    options = {"num_resamples": RESAMPLES, "conf_level": 0.95, "seed": seed}
    if method == "morris":
        indices = library("SALib.analyze.morris").analyze(salib_problem, cube, mean, num_levels=LEVELS, **options)
        star, half = np.array(indices["mu_star"]), np.nan_to_num(np.array(indices["mu_star_conf"]))
        effects = {"effect": np.array(indices["mu"]), "spread": np.array(indices["sigma"])}
        return {"importance": star, "low": np.maximum(0.0, star - half), "high": star + half, **effects}
    indices = library("SALib.analyze.sobol").analyze(salib_problem, mean, calc_second_order=False, **options)
    total, first = np.array(indices["ST"]), np.array(indices["S1"])
    half, width = np.nan_to_num(np.array(indices["ST_conf"])), np.nan_to_num(np.array(indices["S1_conf"]))
    centred = cube - cube.mean(axis=0)  # the effect is the slope of a straight line through all points
    return {
        "importance": total, "low": np.maximum(0.0, total - half), "high": total + half,
        "effect": centred.T @ (mean - mean.mean()) / (centred**2).sum(axis=0),
        "first_order": first, "first_order_low": first - width, "first_order_high": first + width,
    }  # fmt: skip


def _noise(values: np.ndarray) -> Noise:
    """Split the variance of an array of shape (points, replicates): points, draws, and both together.

    A two-way analysis of variance without repetition. The draws are shared by all points, so what they move at all
    points alike does not disturb an index; what they move at one point only does.

    Returns:
        How much of the variance is chance; nan where the array has no variance.
    """
    points, replicates = values.shape
    if replicates < 2:
        return Noise(np.nan, np.nan, np.nan)
    by_point, by_draw = values.mean(axis=1), values.mean(axis=0)
    rest = values - by_point[:, None] - by_draw[None, :] + values.mean()
    interaction = float((rest**2).sum() / ((points - 1) * (replicates - 1)))
    between = float(by_point.var(ddof=1))
    own = max(0.0, between - interaction / replicates)
    shared = max(0.0, float(by_draw.var(ddof=1)) - interaction / points)
    return Noise((shared + interaction) / (own + shared + interaction), min(1.0, interaction / replicates / between),
                 float(np.sqrt(interaction / replicates)))  # fmt: skip
