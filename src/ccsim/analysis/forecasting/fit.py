"""Fit an organisation to the levels of its history: find the parameter values that agree with the measurements.

The method is history matching. Worlds of the prior are run. A linear emulator predicts each level between them, with a
standard error. Candidates that are more than three standard deviations from a level are ruled out. Draws from the others
are run again, and the fit counts only if these runs agree with the levels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ccsim.analysis import library
from ccsim.analysis.forecasting.ensemble import PAST_STEPS, Ensemble, Past, run_design
from ccsim.analysis.forecasting.series import Series, noise_of
from ccsim.analysis.parameter_space import Dimension, values_of
from ccsim.analysis.problem import Runner
from ccsim.experiments.design import Design
from ccsim.organisations.folder import Folder
from ccsim.organisations.timeline import AROUND, events_of, moves_levers

CANDIDATES, KEPT, RUN_AGAIN = 20_000, 200, 24
#: Standard deviations beyond which a candidate is ruled out (Pukelsheim 1994), and number of candidates that must remain.
RULED_OUT, ENOUGH = 3.0, 50
#: The longest past, in steps, over which a change around an event is compared.
LONGEST = 16
#: Share of the prior variance that the fit must remove for a parameter to count as identified.
IDENTIFIED = 0.5


@dataclass(frozen=True)
class Fit:
    """The result of a fit.

    Attributes:
        space: the uncertain parameters.
        draws: draws of the posterior, shape (draws, dimensions); empty if the fit failed.
        levels: one row per KPI: ``kpi``, ``measured``, ``error``, ``prior``, ``fitted``, ``low``, ``high``, ``away``
            (standard deviations).
        left: share of candidates that were not ruled out.
    """

    space: tuple[Dimension, ...]
    draws: np.ndarray
    levels: pd.DataFrame
    left: float

    @property
    def targets_met(self) -> bool:
        """Whether runs of the posterior agree with every level."""
        return len(self.draws) > 0 and bool((self.levels["away"].abs() <= RULED_OUT).all())

    def table(self) -> pd.DataFrame:
        """Return one row per parameter: its median, 90 % interval, contraction, and whether it is identified.

        No parameter is identified if the fit failed.
        """
        keys = [dimension.key for dimension in self.space]
        if not self.targets_met:
            return pd.DataFrame({"parameter": keys, "median": np.nan, "low": np.nan, "high": np.nan, "contraction": np.nan,
                                 "identified": False})  # fmt: skip
        low, middle, high = np.quantile(self.draws, [0.05, 0.5, 0.95], axis=0)
        variance = np.array([(dimension.high - dimension.low) ** 2 / 12 for dimension in self.space])
        reduction = np.clip(1.0 - self.draws.var(axis=0) / variance, 0.0, 1.0)
        return pd.DataFrame({"parameter": keys, "median": middle, "low": low, "high": high, "contraction": reduction,
                             "identified": reduction >= IDENTIFIED})  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """Return the draws of the assumptions by key, as the folder stores them.

        Levers of the past are left out: they keep the intervals of the questionnaire, so that an option can move them.
        """
        levers = [
            dimension.key
            for dimension in self.space
            if dimension.factor.parameter and dimension.factor.parameter.role == "lever"
        ]
        return pd.DataFrame([values_of(self.space, row) for row in self.draws]).drop(columns=levers)


def levels_of(series: dict[str, Series]) -> dict[str, tuple[float, float]]:
    """Return the level of each KPI, the mean of the last four values, with its standard deviation."""
    levels = {}
    for kpi, one in series.items():
        noise, level = noise_of(one), float(one.values[-4:].mean())
        spread = np.hypot(noise.observation / 2.0, noise.step)
        levels[kpi] = level, max(float(spread), 0.005 * abs(level), 1e-6)
    return levels


@dataclass(frozen=True)
class Change:
    """How a KPI changed over an event of the past.

    Attributes:
        name: its name in tables.
        kpi: the KPI.
        level, error: mean after the event minus mean before it, and the standard deviation of the difference.
        cut: number of steps from the first one after the event to the end of the past.
        before, after: number of steps in each mean.
    """

    name: str
    kpi: str
    level: float
    error: float
    cut: int
    before: int
    after: int

    def of(self, values: np.ndarray) -> np.ndarray:
        """Return the change in each world, shape (worlds,).

        Args:
            values: the KPI in the past, shape (worlds, steps).
        """
        place = values.shape[1] - self.cut
        late, early = values[:, place : place + self.after], values[:, place - self.before : place]
        return np.asarray(late.mean(axis=1) - early.mean(axis=1))


def changes_of(folder: Folder, series: dict[str, Series]) -> list[Change]:
    """Return the changes over those events that have enough values before and after them.

    Args:
        folder: the organisation.
        series: its history; series with another step length or last day than the first one are skipped.
    """
    changes = []
    first = next(iter(series.values()))
    aligned = {kpi: one for kpi, one in series.items() if one.weeks == first.weeks and one.dates[-1] == first.dates[-1]}
    for event in events_of(folder):
        for kpi, one in aligned.items():
            place = int((one.dates < event.day).sum())
            cut = len(one.values) - place
            before, after = min(4, place), min(4, cut)
            if before < AROUND or after < AROUND or cut + before > LONGEST:
                continue
            noise = noise_of(one)
            level = one.values[place : place + after].mean() - one.values[place - before : place].mean()
            error = np.sqrt(noise.observation**2 * (1 / before + 1 / after) + noise.step**2 * (before + after) / 2)
            changes.append(
                Change(f"{kpi} over {event.label}", kpi, float(level), max(float(error), 1e-6), cut, before, after)
            )
    return changes


def past_of(folder: Folder, series: dict[str, Series]) -> Past | None:
    """Return the past of the worlds of a fit; None if nothing in the past moved a lever.

    It reaches back to the earliest event whose change is compared.

    Args:
        folder: the organisation.
        series: its history.
    """
    if not moves_levers(folder):
        return None
    changes = changes_of(folder, series)
    return Past(next(iter(series.values())).dates[-1], max([PAST_STEPS, *(one.cut + one.before for one in changes)]))


def fit(
    folder: Folder, series: dict[str, Series], ensemble: Ensemble, seed: int, runner: Runner, past: Past | None = None
) -> Fit:
    """Fit an organisation to its history.

    Args:
        folder: the organisation.
        series: its history.
        ensemble: worlds of the prior.
        seed: seed of candidates and draws.
        runner: how worlds are run.
        past: the past of the worlds (:func:`past_of`).

    Returns:
        The fit; it has no draws if no world reproduces the measurements.
    """
    levels = {kpi: level for kpi, level in levels_of(series).items() if kpi in ensemble.values}
    changes = changes_of(folder, series) if past else []
    draws, left = posterior(levels, ensemble, seed, changes)
    space, worlds, rerun = ensemble.space, levels_in(ensemble, levels, changes), {}
    if len(draws):
        design = Design.given([values_of(space, row) for row in draws[:RUN_AGAIN]])
        runs = run_design(
            folder, space, design, ensemble.past_steps, ensemble.weeks, seed + 1, runner, part="again", past=past
        )
        rerun = levels_in(runs, levels, changes)
    rows = []
    for name, (measured, error) in _targets(levels, changes).items():
        low = middle = high = np.nan
        away = np.inf
        if name in rerun:
            low, middle, high = np.nanquantile(rerun[name], [0.05, 0.5, 0.95])
            away = float((np.nanmean(rerun[name]) - measured) / np.hypot(np.nanstd(rerun[name]), error))
        rows.append((name, measured, error, float(np.nanmedian(worlds[name])), middle, low, high, away))
    names = ["kpi", "measured", "error", "prior", "fitted", "low", "high", "away"]
    result = Fit(space, draws, pd.DataFrame(rows, columns=names), left)
    return result if result.targets_met else replace(result, draws=draws[:0])


def posterior(
    levels: dict[str, tuple[float, float]], ensemble: Ensemble, seed: int, changes: Sequence[Change] = (),
    learnt: Mapping[str, tuple[Any, float]] | None = None,
) -> tuple[np.ndarray, float]:  # fmt: skip
    """Return draws of candidates that agree with the levels, and the share of candidates that are not ruled out.

    Args:
        levels: the level of each KPI and its standard deviation.
        ensemble: worlds of the prior.
        seed: seed of candidates and draws.
        changes: changes over events, with which the draws must agree too.
        learnt: emulators of the ensemble (:func:`emulators`); None to fit them here.

    Returns:
        Draws, shape (draws, dimensions), none if fewer than :data:`ENOUGH` candidates remain; and the share.
    """
    learnt = learnt or emulators(ensemble, levels_in(ensemble, levels, changes))
    rng = np.random.default_rng(seed)
    unit = rng.random((CANDIDATES, len(ensemble.space)))
    density, worst = _weighed(learnt, _targets(levels, changes), unit)
    left = worst <= RULED_OUT
    if left.sum() < ENOUGH:
        return np.empty((0, len(ensemble.space))), float(left.mean())
    weight = np.where(left, np.exp(density - density[left].max()), 0.0)
    chosen = unit[rng.choice(CANDIDATES, KEPT, p=weight / weight.sum())]
    return _numbers(ensemble.space, chosen), float(left.mean())


def _targets(levels: dict[str, tuple[float, float]], changes: Sequence[Change]) -> dict[str, tuple[float, float]]:
    """Return levels and changes by name, each with its standard deviation."""
    return {**levels, **{change.name: (change.level, change.error) for change in changes}}


def levels_in(
    ensemble: Ensemble, levels: dict[str, tuple[float, float]], changes: Sequence[Change]
) -> dict[str, np.ndarray]:
    """Return levels and changes in each world, by name.

    Args:
        ensemble: the worlds.
        levels: the level of each KPI and its standard deviation; only the names count.
        changes: changes over events.

    Returns:
        By name, shape (worlds,).
    """
    means = {kpi: ensemble.past(kpi, min(PAST_STEPS, ensemble.past_steps)).mean(axis=1) for kpi in levels}
    return means | {change.name: change.of(ensemble.past(change.kpi, ensemble.past_steps)) for change in changes}


def _unit(space: tuple[Dimension, ...], numbers: np.ndarray) -> np.ndarray:
    low, high = np.array([(dimension.low, dimension.high) for dimension in space]).T
    return np.asarray((numbers - low) / np.where(high > low, high - low, 1.0))


def _numbers(space: tuple[Dimension, ...], unit: np.ndarray) -> np.ndarray:
    low, high = np.array([(dimension.low, dimension.high) for dimension in space]).T
    numbers = low + (high - low) * unit
    return np.asarray(np.where([dimension.stepped for dimension in space], np.round(numbers), numbers))


def emulators(ensemble: Ensemble, worlds: dict[str, np.ndarray]) -> dict[str, tuple[Any, float]]:
    """Return a linear emulator of each level over the unit cube of parameters, and the standard deviation of its errors.

    Args:
        ensemble: worlds of the prior.
        worlds: the level in each world, by name.
    """
    design = _unit(ensemble.space, ensemble.numbers)
    linear, validation = library("sklearn.linear_model"), library("sklearn.model_selection")
    fitted = {}
    for name, level in worlds.items():
        known = np.isfinite(level)
        model = linear.RidgeCV(alphas=np.logspace(-2, 3, 11))
        errors = level[known] - validation.cross_val_predict(model, design[known], level[known], cv=5)
        fitted[name] = (model.fit(design[known], level[known]), float(errors.std()))
    return fitted


def _weighed(
    learnt: Mapping[str, tuple[Any, float]], levels: dict[str, tuple[float, float]], unit: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return each candidate's log density, and its largest distance from a level in standard deviations."""
    density, worst = np.zeros(len(unit)), np.zeros(len(unit))
    for name, (level, error) in levels.items():
        model, spread = learnt[name]
        away = (model.predict(unit) - level) / np.hypot(spread, error)
        density -= away**2 / 2
        worst = np.maximum(worst, np.abs(away))
    return density, worst
