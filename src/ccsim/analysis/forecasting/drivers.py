"""What moved from outside, as a regressor: how a series follows drivers that set no lever.

A driver with a lever moves the worlds themselves. One without, such as a value of the service, is not in the model:
its weight is estimated from the history by generalised least squares under the noise of the series (a random walk with
drift, and the noise of a value), shrunk towards 0 as far as the history is short.
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
    """Drivers beside a series.

    Attributes:
        names: of the drivers.
        seen: shape (steps of the series, drivers).
        ahead: shape (steps ahead, drivers).
        held: drivers whose last value is held where none is given ahead.
        short: drivers that are left out, because they begin too late.
    """

    names: tuple[str, ...]
    seen: np.ndarray
    ahead: np.ndarray
    held: tuple[str, ...] = ()
    short: tuple[str, ...] = ()

    def described(self) -> str:
        """Say which drivers counted, and how."""
        parts = [f"with {', '.join(self.names)} as drivers"] if self.names else []
        parts += [f"{', '.join(self.held)}: the last figure is held ahead"] if self.held else []
        parts += [f"{', '.join(self.short)}: left out, fewer than {LEAST} steps of it are seen"] if self.short else []
        return "; ".join(parts)


@dataclass(frozen=True)
class Effect:
    """What drivers do to a series.

    Attributes:
        rest: the series without it.
        mean: expected effect of each step ahead, shape (steps,).
        root: from standard normal numbers, shape (draws, drivers), to deviations of that, shape (drivers, steps).
    """

    rest: Series
    mean: np.ndarray
    root: np.ndarray

    def draws(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Return draws of the effect of each step ahead, shape (count, steps)."""
        return np.asarray(self.mean + rng.normal(0.0, 1.0, (count, len(self.root))) @ self.root)


def outside_of(folder: Folder, series: Series, steps: int) -> Outside | None:
    """Return the drivers without a lever beside a series; None where there are none.

    Where a step has no value of a driver, the last one before it holds; before the first, the first.

    Args:
        folder: the organisation.
        series: the series, up to the last step that is seen.
        steps: steps ahead.
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
    """Return what drivers do to a series.

    Args:
        series: what was seen.
        outside: the drivers.
    """
    mean, spread = outside.seen.mean(axis=0), outside.seen.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    seen, ahead = (outside.seen - mean) / spread, (outside.ahead - mean) / spread
    count = len(series.values)
    time = np.arange(count)
    # A driver one standard deviation off moves the series by about a step's change, before anything is seen of it.
    prior = np.diff(series.values).var() or 1.0
    weights, covariance, rest = np.zeros(seen.shape[1]), np.eye(seen.shape[1]) * prior, series
    for _ in range(ROUNDS):
        noise = noise_of(rest)
        whole = (
            (noise.observation**2 + 1e-9 * prior) * np.eye(count) + noise.step**2 * np.minimum.outer(time, time)
            + noise.drift**2 * np.outer(time, time) + 1e4 * (series.values.var() + prior)
        )  # fmt: skip
        inverse = np.linalg.inv(whole)
        covariance = np.linalg.inv(seen.T @ inverse @ seen + np.eye(seen.shape[1]) / prior)
        weights = covariance @ (seen.T @ inverse @ (series.values - series.values.mean()))
        rest = replace(series, values=series.values - seen @ weights)
    return Effect(rest, ahead @ weights, np.linalg.cholesky(covariance).T @ ahead.T)
