"""Fit an organisation to the levels of its history: which values of everything uncertain agree with what was measured.

History matching: worlds of the prior are run, a linear emulator of each level says what lies between them and how sure
that is, and candidates that are more than three standard deviations off are ruled out. Draws of what is left are run
again: only if these agree with the levels does the fit count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.analysis import library
from ccsim.analysis.forecasting.ensemble import SEEN, SETTLING, Ensemble, scenario_of
from ccsim.analysis.forecasting.series import Series, noise_of
from ccsim.analysis.parameter_space import Dimension, values_of
from ccsim.analysis.study import AnalysisProblem, Runner
from ccsim.experiments.design import Design
from ccsim.organisations.folder import Folder

CANDIDATES, KEPT, RUN_AGAIN = 20_000, 200, 24
#: Standard deviations beyond which a candidate is ruled out (Pukelsheim 1994), and candidates that have to be left.
RULED_OUT, ENOUGH = 3.0, 50
#: Share of the prior variance that has to be gone for a value to count as identified.
IDENTIFIED = 0.5


@dataclass(frozen=True)
class Fit:
    """What came out.

    Attributes:
        space: what was uncertain.
        draws: draws of the posterior, shape (draws, dimensions); empty where the fit failed.
        levels: one row a KPI: ``kpi``, ``measured``, ``error``, ``prior``, ``fitted``, ``low``, ``high``, ``away``
            (standard deviations).
        left: share of candidates that were not ruled out.
    """

    space: tuple[Dimension, ...]
    draws: np.ndarray
    levels: pd.DataFrame
    left: float

    @property
    def met(self) -> bool:
        """Whether runs of the posterior agree with every level."""
        return len(self.draws) > 0 and bool((self.levels["away"].abs() <= RULED_OUT).all())

    def table(self) -> pd.DataFrame:
        """Return one row a value: ``parameter``, median, 90 % interval, contraction, whether it is identified.

        Nothing is identified where the fit failed.
        """
        keys = [one.key for one in self.space]
        if not self.met:
            return pd.DataFrame({"parameter": keys, "median": np.nan, "low": np.nan, "high": np.nan, "contraction": np.nan,
                                 "identified": False})  # fmt: skip
        low, middle, high = np.quantile(self.draws, [0.05, 0.5, 0.95], axis=0)
        whole = np.array([(one.high - one.low) ** 2 / 12 for one in self.space])
        gone = np.clip(1.0 - self.draws.var(axis=0) / whole, 0.0, 1.0)
        return pd.DataFrame({"parameter": keys, "median": middle, "low": low, "high": high, "contraction": gone,
                             "identified": gone >= IDENTIFIED})  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """Return the draws as values by key, as the folder keeps them."""
        return pd.DataFrame([values_of(self.space, row) for row in self.draws])


def levels_of(series: dict[str, Series]) -> dict[str, tuple[float, float]]:
    """Return the level of each KPI, the mean of the last four figures, with its standard deviation."""
    found = {}
    for kpi, one in series.items():
        noise = noise_of(one)
        spread = np.hypot(noise.figure / 2.0, noise.step)
        found[kpi] = float(one.values[-4:].mean()), max(float(spread), 0.005 * abs(float(one.values[-4:].mean())), 1e-6)
    return found


def fit(folder: Folder, series: dict[str, Series], ensemble: Ensemble, seed: int, runner: Runner) -> Fit:
    """Fit an organisation.

    Args:
        folder: the organisation.
        series: its history.
        ensemble: worlds of the prior.
        seed: of candidates and draws.
        runner: how draws are run again.

    Returns:
        The draws that reproduce the measurements; without any draw if no world reproduces them.
    """
    levels = {kpi: level for kpi, level in levels_of(series).items() if kpi in ensemble.figures}
    worlds = _levels_in(ensemble, levels)
    draws, left = posterior(levels, ensemble, seed)
    again = _again(folder, series, ensemble.space, draws[:RUN_AGAIN], seed, runner) if len(draws) else {}
    rows = [_row(kpi, level, worlds[kpi], again.get(kpi)) for kpi, level in levels.items()]
    names = ["kpi", "measured", "error", "prior", "fitted", "low", "high", "away"]
    found = Fit(ensemble.space, draws, pd.DataFrame(rows, columns=names), left)
    return found if found.met else Fit(found.space, draws[:0], found.levels, found.left)


def posterior(levels: dict[str, tuple[float, float]], ensemble: Ensemble, seed: int) -> tuple[np.ndarray, float]:
    """Return draws of what agrees with some levels, before they are run again, and the share of candidates left.

    Args:
        levels: of each KPI the level and its standard deviation.
        ensemble: worlds of the prior.
        seed: of candidates and draws.

    Returns:
        Draws of shape (draws, dimensions), none where fewer than :data:`ENOUGH` candidates are left; and the share.
    """
    worlds = _levels_in(ensemble, levels)
    rng = np.random.default_rng(seed)
    unit = rng.random((CANDIDATES, len(ensemble.space)))
    density, worst = _weighed(ensemble, worlds, levels, unit)
    left = worst <= RULED_OUT
    if left.sum() < ENOUGH:
        return np.empty((0, len(ensemble.space))), float(left.mean())
    weight = np.where(left, np.exp(density - density[left].max()), 0.0)
    chosen = unit[rng.choice(CANDIDATES, KEPT, p=weight / weight.sum())]
    return _numbers(ensemble.space, chosen), float(left.mean())


def _levels_in(ensemble: Ensemble, levels: dict[str, tuple[float, float]]) -> dict[str, np.ndarray]:
    """Return the level of each KPI in each world."""
    return {kpi: ensemble.figures[kpi][:, :SEEN].mean(axis=1) for kpi in levels}


def _unit(space: tuple[Dimension, ...], numbers: np.ndarray) -> np.ndarray:
    low, high = (np.array([getattr(one, end) for one in space]) for end in ("low", "high"))
    return np.asarray((numbers - low) / np.where(high > low, high - low, 1.0))


def _numbers(space: tuple[Dimension, ...], unit: np.ndarray) -> np.ndarray:
    low, high = (np.array([getattr(one, end) for one in space]) for end in ("low", "high"))
    stepped = np.array([one.stepped for one in space])
    numbers = low + (high - low) * unit
    return np.asarray(np.where(stepped, np.round(numbers), numbers))


def _weighed(
    ensemble: Ensemble, worlds: dict[str, np.ndarray], levels: dict[str, tuple[float, float]], unit: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return each candidate's log density, and its largest distance from a level in standard deviations."""
    density, worst = np.zeros(len(unit)), np.zeros(len(unit))
    design = _unit(ensemble.space, ensemble.numbers)
    linear, validation = library("sklearn.linear_model"), library("sklearn.model_selection")
    for kpi, (level, error) in levels.items():
        good = np.isfinite(worlds[kpi])
        model = linear.RidgeCV(alphas=np.logspace(-2, 3, 11))
        out = worlds[kpi][good] - validation.cross_val_predict(model, design[good], worlds[kpi][good], cv=5)
        model.fit(design[good], worlds[kpi][good])
        away = (model.predict(unit) - level) / np.hypot(out.std(), error)
        density -= away**2 / 2
        worst = np.maximum(worst, np.abs(away))
    return density, worst


def _again(
    folder: Folder,
    series: dict[str, Series],
    space: tuple[Dimension, ...],
    draws: np.ndarray,
    seed: int,
    runner: Runner,
) -> dict[str, np.ndarray]:
    """Run draws of the posterior on fresh draws of chance, and return their levels by KPI."""
    weeks = next(iter(series.values())).weeks
    at = [(SETTLING + step + 1) * weeks - 1 for step in range(SEEN)]
    rows = tuple(tuple(values_of(space, row).values()) for row in draws)
    design = Design("given", tuple(one.factor for one in space), len(rows), rows=rows)
    study = AnalysisProblem(scenario_of(folder), weeks=at[-1] + 1, replicates=1, seed=seed + 1)
    frame = runner.summaries(study, design, "again", at)
    return {kpi: frame.groupby("point")[kpi].mean().to_numpy(float) for kpi in series if kpi in frame}


def _row(kpi: str, level: tuple[float, float], worlds: np.ndarray, again: np.ndarray | None) -> tuple[object, ...]:
    measured, error = level
    if again is None:
        return kpi, measured, error, float(np.nanmedian(worlds)), np.nan, np.nan, np.nan, np.inf
    low, middle, high = np.nanquantile(again, [0.05, 0.5, 0.95])
    away = (np.nanmean(again) - measured) / np.hypot(np.nanstd(again), error)
    return kpi, measured, error, float(np.nanmedian(worlds)), middle, low, high, float(away)
