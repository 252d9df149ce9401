"""Forecast a series directly from what was seen: ridge regression over worlds, with split conformal intervals.

Each world is given what no driver explains: a random walk, a drift and the noise of a figure, as large as the history
shows them. So the regression learns how much of what it sees will last, and intervals hold the model's ignorance too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.analysis import library
from ccsim.analysis.forecasting.ensemble import SEEN, Ensemble
from ccsim.analysis.forecasting.scores import NAIVE, covers, crps, verdict
from ccsim.analysis.forecasting.series import Noise, Series, noise_of
from ccsim.errors import InputError
from ccsim.model.kpis import KPIS

#: Copies of each world, each with noise of its own; and the share of worlds by which intervals are made.
COPIES, HELD_BACK = 40, 0.4


@dataclass(frozen=True)
class Forecast:
    """A forecast of a KPI.

    Attributes:
        kpi: its name.
        dates: last day of each step ahead.
        draws: draws of each step, shape (draws, steps).
    """

    kpi: str
    dates: pd.DatetimeIndex
    draws: np.ndarray

    def table(self) -> pd.DataFrame:
        """Return a row a step: ``date``, ``kpi``, median, and the ends of the 50 and the 90 % interval."""
        low, q1, middle, q3, high = np.quantile(self.draws, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
        return pd.DataFrame({"date": self.dates.strftime("%Y-%m-%d"), "kpi": self.kpi, "low_90": low, "low_50": q1,
                             "median": middle, "high_50": q3, "high_90": high})  # fmt: skip


def forecast(series: Series, ensemble: Ensemble, steps: int, seed: int) -> Forecast:
    """Forecast a series.

    Args:
        series: what was seen.
        ensemble: worlds of ``SEEN + steps`` steps at least, of the same step.
        steps: steps ahead.
        seed: of the noise.

    Returns:
        The dates ahead and the draws of the KPI, shape (draws, steps).

    Raises:
        InputError: the model does not give this KPI.
    """
    if series.kpi not in ensemble.figures:
        raise InputError(f"{series.kpi}: no such KPI in the worlds")
    seen = min(SEEN, len(series.values))
    worlds = ensemble.figures[series.kpi][:, SEEN - seen : SEEN + steps]
    worlds = worlds[np.isfinite(worlds).all(axis=1)]
    rng = np.random.default_rng(seed)
    given = _with_noise(np.repeat(worlds, COPIES, axis=0), noise_of(series), len(series.values), rng)
    world = np.repeat(np.arange(len(worlds)), COPIES)
    kept = world < len(worlds) * (1 - HELD_BACK)
    model = library("sklearn.linear_model").RidgeCV(alphas=np.logspace(-2, 4, 13))
    model.fit(_features(given[kept, :seen]), given[kept, seen:] - given[kept, seen - 1 : seen])
    left = given[~kept, seen:] - given[~kept, seen - 1 : seen] - model.predict(_features(given[~kept, :seen]))
    last = series.values[-seen:]
    ahead = np.asarray(model.predict(_features(last[None, :])))[0] + last[-1]
    # The quantiles of so few residuals are too narrow by about one part in their number of worlds.
    wide = 1.0 + 1.0 / max(1, round(len(worlds) * HELD_BACK))
    draws = ahead + wide * left
    if KPIS[series.kpi].unit.startswith(("share", "of 100")):
        draws = np.maximum(draws, 0.0)
    return Forecast(series.kpi, _dates(series, steps), draws)


def _features(seen: np.ndarray) -> np.ndarray:
    """Return what the regression sees: changes towards the last figure, so that an offset of a survey drops out."""
    return np.asarray(seen[:, :-1] - seen[:, -1:])


def _with_noise(worlds: np.ndarray, noise: Noise, figures: int, rng: np.random.Generator) -> np.ndarray:
    """Return worlds with the noise of figures, of steps and of a drift; how large it is is as unsure as the history is short."""
    count, steps = worlds.shape
    free = max(4, figures - 2)
    scale = np.sqrt(free / rng.chisquare(free, (count, 1)))
    walk = np.cumsum(rng.normal(0.0, 1.0, (count, steps)) * noise.step * scale, axis=1)
    drift = rng.normal(0.0, noise.drift, (count, 1)) * np.arange(steps)
    return np.asarray(worlds + walk + drift + rng.normal(0.0, 1.0, (count, steps)) * noise.figure * scale)


def _dates(series: Series, steps: int) -> pd.DatetimeIndex:
    gap = series.dates.to_series().diff().median()
    if 85 <= gap.days <= 95:
        return pd.DatetimeIndex([series.dates[-1] + pd.DateOffset(months=3 * (k + 1)) for k in range(steps)])
    return pd.DatetimeIndex([series.dates[-1] + (k + 1) * gap for k in range(steps)])


def backtest(series: Series, ensemble: Ensemble, steps: int, seed: int) -> pd.DataFrame:
    """Forecast the last steps of a series from those before, beside naive forecasts.

    Args:
        series: the whole series.
        ensemble: worlds of the earlier part.
        steps: steps that are kept back.
        seed: of the noise.

    Returns:
        One row a forecast and horizon (and ``all``): ``kpi``, ``forecast``, ``horizon``, ``error`` (mean absolute),
    ``covers_50``, ``covers_90``, ``crps``.
    """
    early = Series(series.kpi, series.dates[:-steps], series.values[:-steps], series.weeks, series.error)
    late = series.values[-steps:]
    draws = {"ccsim": forecast(early, ensemble, steps, seed).draws}
    draws |= {name: naive(early.values, steps, early.season) for name, naive in NAIVE.items()}
    rows = []
    for name, table in draws.items():
        each = [
            (abs(float(np.median(table[:, h])) - late[h]), covers(table[:, h], late[h], 0.5), covers(table[:, h], late[h], 0.9),
             crps(table[:, h], late[h]))
            for h in range(steps)
        ]  # fmt: skip
        rows += [(series.kpi, name, str(h + 1), *row) for h, row in enumerate(each)]
        rows.append((series.kpi, name, "all", *np.mean(np.array(each, float), axis=0)))
    found = pd.DataFrame(rows, columns=["kpi", "forecast", "horizon", "error", "covers_50", "covers_90", "crps"])
    return found.astype({"error": float, "covers_50": float, "covers_90": float, "crps": float})


def line_of(table: pd.DataFrame) -> str:
    """Say in one line how a back-test came out: the line without which no forecast is shown."""
    whole = table[table["horizon"] == "all"].set_index("forecast")
    own, naive = whole.loc["ccsim"], whole.drop("ccsim")["crps"]
    judged = verdict(float(whole["crps"].to_numpy()[whole.index == "ccsim"][0]), float(naive.min()))
    steps = table["horizon"].nunique() - 1
    return (
        f"Back-test of {own['kpi']}, the last {steps} figures: CRPS {own['crps']:.3g}, best naive {naive.min():.3g} "
        f"({naive.idxmin()}): {judged}; 50 % intervals cover {own['covers_50']:.2f}, 90 % {own['covers_90']:.2f}."
    )
