"""External drivers as regressors: how a series follows drivers that set no lever.

A driver that sets a lever changes the worlds themselves. A driver that sets none is not part of the model. Its weight is
estimated from the history by generalised least squares under the noise of the series (a random walk with drift, plus the
noise of a value). The weight is shrunk towards 0, more so if the history is short.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ccsim.analysis.forecasting.series import LEAST, Series, noise_of
from ccsim.organisations.folder import Folder
from ccsim.organisations.timeline import outside_drivers, values_between

#: Rounds in which noise and weights are estimated in turn.
ROUNDS = 4


@dataclass(frozen=True)
class Outside:
    """Drivers that accompany a series.

    Attributes:
        names: names of the drivers.
        past: values in the past, shape (steps of the series, drivers).
        ahead: values in the future, shape (steps ahead, drivers).
        held: drivers whose last value is held, because later ones are missing.
        short: drivers that are left out, because their values begin too late.
    """

    names: tuple[str, ...]
    past: np.ndarray
    ahead: np.ndarray
    held: tuple[str, ...] = ()
    short: tuple[str, ...] = ()

    def described(self) -> str:
        """Describe which drivers were used, and how."""
        parts = [f"with {', '.join(self.names)} as drivers"] if self.names else []
        parts += [f"{', '.join(self.held)}: the last value is held ahead"] if self.held else []
        parts += [f"{', '.join(self.short)}: left out, fewer than {LEAST} steps of it are seen"] if self.short else []
        return "; ".join(parts)


@dataclass(frozen=True)
class Effect:
    """The effect of drivers on a series.

    Attributes:
        rest: the series without the effect.
        mean: expected effect at each step ahead, shape (steps,).
        root: matrix that turns standard normal numbers into deviations from the mean, shape (drivers, steps).
    """

    rest: Series
    mean: np.ndarray
    root: np.ndarray

    def draws(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Return draws of the effect at each step ahead, shape (count, steps)."""
        return np.asarray(self.mean + rng.normal(0.0, 1.0, (count, len(self.root))) @ self.root)


def outside_of(folder: Folder, series: Series, steps: int) -> Outside | None:
    """Return the drivers of a series that set no lever; None if there are none.

    A step without a value takes the driver's previous value. Steps before the first value take the first.

    Args:
        folder: the organisation.
        series: the observed series.
        steps: number of steps ahead.
    """
    ends = pd.DatetimeIndex(series.dates.append(series.ahead(steps)))
    names, columns, held, short = [], [], [], []
    for name in outside_drivers(folder):
        given = values_between(folder, name, ends)
        values = pd.Series(given).ffill()
        if values.isna()[len(series.values) - LEAST]:
            short.append(name)
            continue
        held += [name] if np.isnan(given[len(series.values) :]).any() else []
        names.append(name)
        columns.append(values.bfill().to_numpy())
    if not names and not short:
        return None
    table = np.column_stack(columns) if columns else np.empty((len(ends), 0))
    return Outside(tuple(names), table[: len(series.values)], table[len(series.values) :], tuple(held), tuple(short))


def effect_of(series: Series, outside: Outside) -> Effect:
    """Return the effect of drivers on a series.

    Args:
        series: the observed series.
        outside: the drivers.
    """
    mean, spread = outside.past.mean(axis=0), outside.past.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    past, ahead = (outside.past - mean) / spread, (outside.ahead - mean) / spread
    count = len(series.values)
    time = np.arange(count)
    # Prior: a driver one standard deviation from its mean moves the series by about as much as one step does.
    prior = np.diff(series.values).var() or 1.0
    weights, covariance, rest = np.zeros(past.shape[1]), np.eye(past.shape[1]) * prior, series
    for _ in range(ROUNDS):
        noise = noise_of(rest)
        noise_covariance = (
            (noise.observation**2 + 1e-9 * prior) * np.eye(count) + noise.step**2 * np.minimum.outer(time, time)
            + noise.drift**2 * np.outer(time, time) + 1e4 * (series.values.var() + prior)
        )  # fmt: skip
        inverse = np.linalg.inv(noise_covariance)
        covariance = np.linalg.inv(past.T @ inverse @ past + np.eye(past.shape[1]) / prior)
        weights = covariance @ (past.T @ inverse @ (series.values - series.values.mean()))
        rest = replace(series, values=series.values - past @ weights)
    return Effect(rest, ahead @ weights, np.linalg.cholesky(covariance).T @ ahead.T)
