"""Calibration: find values of assumptions that agree with measurements, and what the measurements leave open.

Targets are measured values with a stated error: one standard deviation of everything by which the model's mean may differ
from the value. The assumptions have a uniform prior over their ranges. The model is run in waves. A Gaussian process
per target (scikit-learn) predicts the model between the points, with uncertainty, and the
next wave covers the region where the targets can still be met (history matching: Craig et al. 1997). The posterior is then sampled by
importance sampling over a Sobol' sequence, with the emulator's uncertainty in the likelihood. Posterior draws are
run on fresh random draws at the end, so the reported fit to targets and held-out targets comes from the model itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis import library
from ccsim.analysis.calibration import Calibration, Target
from ccsim.analysis.parameter_space import Dimension, between, drawn, values_of
from ccsim.analysis.problem import AnalysisProblem, Runner, TimeLimitReached, table_of
from ccsim.analysis.time_budget import Allotment
from ccsim.errors import InputError, count_noun
from ccsim.execution.estimate import Work
from ccsim.experiments.design import Design
from ccsim.scenarios.renamed import renamed_arguments

if TYPE_CHECKING:
    import pandas as pd

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
    """
    _check(space, targets, points, waves)
    # One thread: sums in another order differ in the last bits, and processes already use all processors.
    with library("threadpoolctl").threadpool_limits(1):
        return _in_waves(problem, space, targets, evaluate, points, waves)


def _in_waves(
    problem: AnalysisProblem,
    space: Sequence[Dimension],
    targets: Sequence[Target],
    evaluate: Evaluate,
    points: int,
    waves: int,
) -> Calibration:
    """Run wave after wave, and weight the plausible points after each."""
    rng = np.random.default_rng(problem.seed)
    unit, means, held = np.empty((0, len(space))), np.empty((0, len(targets))), []
    noise = np.zeros(len(targets))
    cloud = _WeightedSample.whole(len(space), rng)
    emulators: list[Any] = []
    for done in range(waves):
        before = rng.bit_generator.state
        new = _snapped(space, cloud.spread(points, rng) if done else cloud.cube(points, rng))
        try:
            values = evaluate(f"wave-{done + 1}", False, between(space, new))
        except TimeLimitReached:
            rng.bit_generator.state = before
            if done:
                break
            raise
        kept = np.isfinite(values).all(axis=(1, 2))
        if emulators:
            held.append(_held(emulators, new[kept], values[kept].mean(axis=1), noise, targets))
        unit, means = np.vstack([unit, new[kept]]), np.vstack([means, values[kept].mean(axis=1)])
        _refuse_constant(targets, means)
        if values.shape[1] > 1 and kept.any():
            noise = values[kept].var(axis=1, ddof=1).mean(axis=0) / values.shape[1]
        emulators = _emulators(unit, means, noise, targets, problem.seed)
        cloud = _refocus(space, emulators, targets, rng)
    else:
        done = waves
    posterior, best = cloud.draws(KEPT, rng), cloud.unit[np.argmax(cloud.weight)]
    again = posterior[rng.choice(KEPT, RUN_AGAIN, replace=False)]
    start = np.array([[one.number(problem.own(one)) for one in space]])
    part = "posterior" if done == waves else f"posterior-of-{done}"  # a resumed fit has another
    values = evaluate(part, True, np.vstack([start, between(space, again)])).mean(axis=1)
    values = values[np.r_[True, np.isfinite(values[1:]).all(axis=1)]]
    return Calibration(
        problem, tuple(space), tuple(targets), between(space, posterior), between(space, best[None])[0],
        float(_misfits(emulators, best[None], targets)[0]), float(np.mean(np.concatenate(held))) if held else np.nan,
        values[1:], values[0], _points_table(space, unit, means, targets), done, waves,
    )  # fmt: skip


def _check(space: Sequence[Dimension], targets: Sequence[Target], points: int, waves: int) -> None:
    names = [target.outcome for target in targets]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{name}: is a target twice")
    if all(target.held_out for target in targets):
        raise InputError("nothing to fit to: name at least one target that is not held out")
    for one in space:
        if one.choices:
            raise InputError(f"{one.key}: is a choice, not a number; compare its values as scenarios instead")
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
    for k, one in enumerate(space):
        if one.stepped:
            numbers = one.factor.at(unit[:, k]).astype(float)
            unit[:, k] = (numbers - one.low + 0.5) / (one.high - one.low + 1)
    return unit


def _emulators(
    unit: np.ndarray, means: np.ndarray, noise: np.ndarray, targets: Sequence[Target], seed: int
) -> list[Any]:
    """Return an emulator for each fitted target."""
    import warnings

    process, kernels = library("sklearn.gaussian_process"), library("sklearn.gaussian_process.kernels")
    found: list[Any] = []
    for k, target in enumerate(targets):
        if target.held_out:
            found.append(None)
            continue
        centre, scale = means[:, k].mean(), max(float(means[:, k].std()), 1e-12)
        kernel = kernels.ConstantKernel(1.0, (1e-2, 1e3)) * kernels.Matern(
            np.ones(unit.shape[1]), (0.05, 50.0), nu=2.5
        ) + kernels.WhiteKernel(1e-3, (1e-8, 1.0))  # fmt: skip
        fit = process.GaussianProcessRegressor(
            kernel, alpha=noise[k] / scale**2 + 1e-9, n_restarts_optimizer=1, random_state=seed
        )
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # about length scales at a bound: the target does not depend on the parameter
            found.append((fit.fit(unit, (means[:, k] - centre) / scale), centre, scale))
    return found


def _predicted(emulator: Any, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation at points of the unit cube."""
    fit, centre, scale = emulator
    mean, spread = fit.predict(unit, return_std=True)
    return centre + scale * mean, scale * spread


def _density(emulators: Sequence[Any], unit: np.ndarray, targets: Sequence[Target]) -> np.ndarray:
    """Return the log-likelihood at points of the unit cube; the prior is uniform."""
    total = np.zeros(len(unit))
    for emulator, target in zip(emulators, targets, strict=True):
        if emulator is not None:
            mean, spread = _predicted(emulator, unit)
            variance = target.error**2 + spread**2
            total -= (mean - target.value) ** 2 / variance / 2 + np.log(variance) / 2
    return total


def _misfits(emulators: Sequence[Any], unit: np.ndarray, targets: Sequence[Target]) -> np.ndarray:
    """Return the largest distance from a target, in standard deviations, at points of the unit cube."""
    worst = np.zeros(len(unit))
    for emulator, target in zip(emulators, targets, strict=True):
        if emulator is not None:
            mean, spread = _predicted(emulator, unit)
            worst = np.maximum(worst, np.abs(mean - target.value) / np.hypot(target.error, spread))
    return worst


def _held(
    emulators: Sequence[Any], unit: np.ndarray, means: np.ndarray, noise: np.ndarray, targets: Sequence[Target]
) -> np.ndarray:
    """Return which values that the emulators have not seen lie in their 95 % intervals."""
    inside = []
    for k, emulator in enumerate(emulators):
        if emulator is not None:
            mean, spread = _predicted(emulator, unit)
            inside.append(np.abs(means[:, k] - mean) <= 1.96 * np.sqrt(spread**2 + noise[k]))
    return np.concatenate(inside)


@dataclass(frozen=True)
class _WeightedSample:
    """Weighted points of the unit cube: the current posterior."""

    unit: np.ndarray
    weight: np.ndarray

    @classmethod
    def whole(cls, count: int, rng: np.random.Generator) -> _WeightedSample:
        """Return the prior."""
        return cls(_sequence(count, rng), np.full(CANDIDATES, 1.0 / CANDIDATES))

    def cube(self, points: int, rng: np.random.Generator) -> np.ndarray:
        """Return a Latin hypercube."""
        from scipy.stats import qmc

        return qmc.LatinHypercube(self.unit.shape[1], rng=rng).random(points)

    def spread(self, points: int, rng: np.random.Generator) -> np.ndarray:
        """Return points to run next, sampled by the square root of the weights, so that neighbouring regions are also covered."""
        wide = np.sqrt(self.weight)
        some = min(points, int((wide > 0).sum()))
        return self.unit[rng.choice(len(wide), some, replace=False, p=wide / wide.sum())].copy()

    def draws(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Return draws."""
        return self.unit[rng.choice(len(self.weight), count, p=self.weight)]


def _refocus(
    space: Sequence[Dimension], emulators: Sequence[Any], targets: Sequence[Target], rng: np.random.Generator
) -> _WeightedSample:
    """Weight the unit cube, then smaller and smaller boxes around the relevant points, until enough points count."""
    low, high = np.zeros(len(space)), np.ones(len(space))
    for _ in range(MOST_ZOOMS):
        unit = _snapped(space, low + (high - low) * _sequence(len(space), rng))
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


def _sequence(count: int, rng: np.random.Generator) -> np.ndarray:
    from scipy.stats import qmc

    return qmc.Sobol(count, rng=rng).random(CANDIDATES)


def _points_table(
    space: Sequence[Dimension], unit: np.ndarray, means: np.ndarray, targets: Sequence[Target]
) -> pd.DataFrame:
    import pandas as pd

    values = pd.DataFrame(between(space, unit), columns=[one.key for one in space])
    return pd.concat([values, pd.DataFrame(means, columns=[target.outcome for target in targets])], axis=1)
