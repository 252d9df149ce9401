"""Calibration: find values of assumptions that agree with measurements, and what the measurements leave open.

Targets are measured values with a stated error: one standard deviation of everything by which the model's mean may differ
from the value. The assumptions have a uniform prior over their ranges. The model is run in waves. A Gaussian process
per target (scikit-learn) predicts the model between the points, with uncertainty, and the
next wave covers the region where the targets can still be met (history matching: Craig et al. 1997). The posterior is then sampled by
importance sampling over a Sobol' sequence, with the emulator's uncertainty in the likelihood. Posterior draws are
run on fresh random draws at the end, so the reported fit to targets and held-out targets comes from the model itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from ccsim.analysis import library
from ccsim.analysis.calibration import Calibration, Target
from ccsim.analysis.parameter_space import Dimension, between, drawn, values_of
from ccsim.analysis.problem import AnalysisProblem, Runner, TimeLimitReached, table_of
from ccsim.analysis.time_budget import Allotment
from ccsim.errors import InputError, count_noun
from ccsim.execution.estimate import Work
from ccsim.experiments.design import Design
from ccsim.scenarios.renamed import renamed_arguments

#: Points of the Sobol' sequence at which the posterior is weighted, and the wanted effective number at the end.
CANDIDATES, ENOUGH = 2**12, 400
#: How often the weighted box may shrink towards the posterior.
MOST_ZOOMS = 12
#: Numbers of posterior draws that are kept, and that are run again.
KEPT, RUN_AGAIN = 1000, 24
#: Maximum number of assumptions that are fitted together.
MOST_DIMENSIONS = 10

#: From a name for the runs, whether draws are to be fresh, and numbers of shape (points, dimensions), to outcomes of
#: shape (points, runs, outcomes).
Evaluate = Callable[[str, bool, np.ndarray], np.ndarray]


@renamed_arguments(points="samples")
def calibrate(
    problem: AnalysisProblem, space: Sequence[Dimension], targets: Sequence[Target], *, samples: int = 0, waves: int = 3,
    runner: Runner | None = None,
) -> Calibration:  # fmt: skip
    """Fit assumptions to targets.

    Args:
        problem: the scenario, its baseline, and the runs at each point.
        space: the fitted assumptions and their prior ranges.
        targets: the measured values; held-out ones are not fitted.
        samples: points per wave; by default 10 per parameter, at least 30.
        waves: number of waves.
        runner: where and how to run; when its time limit is reached, the fit ends with the completed waves.

    Returns:
        The posterior draws, how far each parameter is narrowed, and the fit to each target.

    Raises:
        InputError: an outcome does not exist or does not vary, there is nothing to fit, or there are too few points.
        TimeLimitReached: the time limit was reached before the first wave.
    """
    for target in targets:
        problem.check(target.outcome)

    runner, samples = runner or Runner(), samples or max(30, 10 * len(space))
    if samples > 0 and waves > 0:
        wave = Work.of(problem.experiment(drawn(space, "latin-hypercube", samples, problem.seed)))
        runner.expect([wave.times(waves + (RUN_AGAIN + 1) / samples)])
    allotment = Allotment(runner, last=RUN_AGAIN + 1)

    def evaluate(part: str, fresh: bool, numbers: np.ndarray) -> np.ndarray:
        seed = int(np.random.SeedSequence([problem.seed, 9]).generate_state(1)[0])
        here = replace(problem, seed=seed) if fresh else problem
        with allotment.end() if fresh else allotment.step(len(numbers)) as running:
            summaries = running.summaries(here, Design.given([values_of(space, row) for row in numbers]), part)
        return np.stack([table_of(summaries, target.outcome, len(numbers)) for target in targets], axis=-1)

    return fitted(problem, space, targets, evaluate, samples, waves)


def fitted(
    problem: AnalysisProblem,
    space: Sequence[Dimension],
    targets: Sequence[Target],
    evaluate: Evaluate,
    points: int,
    waves: int,
) -> Calibration:
    """Fit assumptions with a given way to run points; see :func:`calibrate`.

    Args:
        problem: the scenario, its baseline, and the runs at each point.
        space: the fitted assumptions and their prior ranges.
        targets: the measured values.
        evaluate: runs points; returns the outcomes at each.
        points: points of a wave; 0 for the default.
        waves: number of waves.

    Returns:
        The fit of the waves that were run.

    Raises:
        InputError: nothing to fit, or too few points.
        TimeLimitReached: the time limit was reached before the first wave.
    """
    _check(space, targets, points, waves)
    # One thread: sums in another order differ in the last bits, and processes already use all processors.
    with library("threadpoolctl").threadpool_limits(1):
        rng = np.random.default_rng(problem.seed)
        unit, means, inside = np.empty((0, len(space))), np.empty((0, len(targets))), []
        noise = np.zeros(len(targets))
        prior = qmc.Sobol(len(space), rng=rng).random(CANDIDATES)
        sample = _WeightedSample(prior, np.full(CANDIDATES, 1.0 / CANDIDATES))
        emulators: dict[int, Any] = {}
        for done in range(waves):
            before = rng.bit_generator.state
            new = _snapped(
                space, sample.spread(points, rng) if done else qmc.LatinHypercube(len(space), rng=rng).random(points)
            )
            try:
                values = evaluate(f"wave-{done + 1}", False, between(space, new))
            except TimeLimitReached:
                rng.bit_generator.state = before
                if done:
                    break
                raise
            kept = np.isfinite(values).all(axis=(1, 2))
            inside += _in_intervals(emulators, new[kept], values[kept].mean(axis=1), noise)
            unit, means = np.vstack([unit, new[kept]]), np.vstack([means, values[kept].mean(axis=1)])
            _refuse_constant(targets, means)
            if values.shape[1] > 1 and kept.any():
                noise = values[kept].var(axis=1, ddof=1).mean(axis=0) / values.shape[1]
            emulators = _emulators(unit, means, noise, targets, problem.seed)
            sample = _refocus(space, emulators, targets, rng)
        else:
            done = waves
        posterior = sample.unit[rng.choice(CANDIDATES, KEPT, p=sample.weight)]
        best = sample.unit[np.argmax(sample.weight)][None]
        rerun = posterior[rng.choice(KEPT, RUN_AGAIN, replace=False)]
        start = np.array([[dimension.number(problem.own(dimension)) for dimension in space]])
        part = "posterior" if done == waves else f"posterior-of-{done}"  # a resumed fit has another
        values = evaluate(part, True, np.vstack([start, between(space, rerun)])).mean(axis=1)
        values = values[np.r_[True, np.isfinite(values[1:]).all(axis=1)]]
        columns = [*(dimension.key for dimension in space), *(target.outcome for target in targets)]
        return Calibration(
            problem, tuple(space), tuple(targets), between(space, posterior), between(space, best)[0],
            _misfit(emulators, best, targets), float(np.mean(np.concatenate(inside))) if inside else np.nan,
            values[1:], values[0], pd.DataFrame(np.hstack([between(space, unit), means]), columns=columns), done, waves,
        )  # fmt: skip


def _check(space: Sequence[Dimension], targets: Sequence[Target], points: int, waves: int) -> None:
    for name, count in Counter(target.outcome for target in targets).items():
        if count > 1:
            raise InputError(f"{name}: is a target twice")
    if all(target.held_out for target in targets):
        raise InputError("nothing to fit to: name at least one target that is not held out")
    for dimension in space:
        if dimension.choices:
            raise InputError(f"{dimension.key}: is a choice, not a number; compare its values as scenarios instead")
    if len(space) > MOST_DIMENSIONS:
        raise InputError(
            f"{len(space)} parameters are too many to fit together; at most {MOST_DIMENSIONS} are accepted: "
            "ccsim sensitivity finds those on which the targets depend"
        )
    if points < 5 * len(space):
        raise InputError(
            f"samples: must be at least {5 * len(space)} for {count_noun(len(space), 'parameter')}, got {points}"
        )
    if waves < 1:
        raise InputError(f"waves: must be 1 or more, got {waves}")


def _refuse_constant(targets: Sequence[Target], means: np.ndarray) -> None:
    if len(means) < 5:
        raise InputError(f"only {count_noun(len(means), 'point')} with values; too few for a fit")
    for target, column in zip(targets, means.T, strict=True):
        if np.ptp(column) == 0.0 and not target.held_out:
            raise InputError(f"{target.outcome}: is {column[0]:g} at every point; these parameters do not affect it")


def _snapped(space: Sequence[Dimension], unit: np.ndarray) -> np.ndarray:
    """Return points of the unit cube, moved to the whole numbers that will be run."""
    for k, dimension in enumerate(space):
        if dimension.stepped:
            numbers = dimension.factor.from_unit(unit[:, k]).astype(float)
            unit[:, k] = (numbers - dimension.low + 0.5) / (dimension.high - dimension.low + 1)
    return unit


def _emulators(
    unit: np.ndarray, means: np.ndarray, noise: np.ndarray, targets: Sequence[Target], seed: int
) -> dict[int, Any]:
    """Return an emulator for each fitted target, by the target's index."""
    import warnings

    process, kernels = library("sklearn.gaussian_process"), library("sklearn.gaussian_process.kernels")
    emulators = {}
    for k in (k for k, target in enumerate(targets) if not target.held_out):
        centre, scale = means[:, k].mean(), max(float(means[:, k].std()), 1e-12)
        kernel = kernels.ConstantKernel(1.0, (1e-2, 1e3)) * kernels.Matern(
            np.ones(unit.shape[1]), (0.05, 50.0), nu=2.5
        ) + kernels.WhiteKernel(1e-3, (1e-8, 1.0))  # fmt: skip
        fit = process.GaussianProcessRegressor(
            kernel, alpha=noise[k] / scale**2 + 1e-9, n_restarts_optimizer=1, random_state=seed
        )
        with warnings.catch_warnings():
            # About length scales at a bound: the target does not depend on the parameter.
            warnings.simplefilter("ignore")
            emulators[k] = fit.fit(unit, (means[:, k] - centre) / scale), centre, scale
    return emulators


def _predicted(emulator: Any, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation at points of the unit cube."""
    fit, centre, scale = emulator
    mean, spread = fit.predict(unit, return_std=True)
    return centre + scale * mean, scale * spread


def _density(emulators: Mapping[int, Any], unit: np.ndarray, targets: Sequence[Target]) -> np.ndarray:
    """Return the log-likelihood at points of the unit cube; the prior is uniform."""
    total = np.zeros(len(unit))
    for k, emulator in emulators.items():
        mean, spread = _predicted(emulator, unit)
        variance = targets[k].error ** 2 + spread**2
        total -= (mean - targets[k].value) ** 2 / variance / 2 + np.log(variance) / 2
    return total


def _misfit(emulators: Mapping[int, Any], point: np.ndarray, targets: Sequence[Target]) -> float:
    """Return the largest distance from a target, in standard deviations, at a point of the unit cube, shape (1, dimensions)."""
    distances = []
    for k, emulator in emulators.items():
        mean, spread = _predicted(emulator, point)
        distances.append(float(np.abs(mean - targets[k].value)[0] / np.hypot(targets[k].error, spread)[0]))
    return max(distances)


def _in_intervals(
    emulators: Mapping[int, Any], unit: np.ndarray, means: np.ndarray, noise: np.ndarray
) -> list[np.ndarray]:
    """Return, for each emulator, which values that it was not fitted to lie in its 95 % intervals."""
    inside = []
    for k, emulator in emulators.items():
        mean, spread = _predicted(emulator, unit)
        inside.append(np.abs(means[:, k] - mean) <= 1.96 * np.sqrt(spread**2 + noise[k]))
    return inside


@dataclass(frozen=True)
class _WeightedSample:
    """Weighted points of the unit cube: the current posterior."""

    unit: np.ndarray
    weight: np.ndarray

    def spread(self, points: int, rng: np.random.Generator) -> np.ndarray:
        """Return points to run next, sampled by the square root of the weights, so that neighbouring regions are also covered."""
        wide = np.sqrt(self.weight)
        count = min(points, int((wide > 0).sum()))
        return self.unit[rng.choice(len(wide), count, replace=False, p=wide / wide.sum())].copy()


def _refocus(
    space: Sequence[Dimension], emulators: Mapping[int, Any], targets: Sequence[Target], rng: np.random.Generator
) -> _WeightedSample:
    """Weight the unit cube, then smaller and smaller boxes around the relevant points, until enough points count."""
    low, high = np.zeros(len(space)), np.ones(len(space))
    for _ in range(MOST_ZOOMS):
        unit = _snapped(space, low + (high - low) * qmc.Sobol(len(space), rng=rng).random(CANDIDATES))
        density = _density(emulators, unit, targets)
        weight = np.exp(density - density.max())
        weight /= weight.sum()
        if 1.0 / (weight**2).sum() >= ENOUGH:
            break
        # What lies 12 below the top in log density has a weight of less than 1e-5 of it.
        near = unit[density >= min(density.max() - 12.0, np.sort(density)[-20])]
        reach = 0.1 * np.ptp(near, axis=0) + 0.02 * (high - low)
        low, high = np.maximum(low, near.min(axis=0) - reach), np.minimum(high, near.max(axis=0) + reach)
    return _WeightedSample(unit, weight)
