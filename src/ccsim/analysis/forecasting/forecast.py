"""Forecast a series directly from its past: ridge regression over worlds, with conformal intervals.

Intervals come from the errors in held-out worlds. Forecasts are also made from each step of the series' own past. If
their errors are larger than those in worlds, the intervals are widened. Their mean error, shrunk towards 0, corrects the
forecast. If a series is rougher than nearly all worlds, noise is added to the worlds, so that the regression learns how
little of what it sees will last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ccsim.analysis import library
from ccsim.analysis.forecasting.drivers import Outside, effect_of
from ccsim.analysis.forecasting.ensemble import PAST_STEPS, Ensemble
from ccsim.analysis.forecasting.scores import covers, crps, naive_forecasts, verdict
from ccsim.analysis.forecasting.series import Series
from ccsim.errors import InputError
from ccsim.model.kpis import KPIS
from ccsim.results.formatting import number

#: Copies of each world, each with its own noise; and folds of the cross-validation over worlds.
COPIES, FOLDS = 20, 5
#: If a series is rougher than this share of worlds, noise is added to the worlds.
ROUGH = 0.95
#: Weight of the errors in worlds beside those of a series' own past, as a number of errors.
AS_IN_WORLDS = 2.0


@dataclass(frozen=True)
class Forecast:
    """A forecast of a KPI.

    Attributes:
        kpi: the KPI.
        dates: last day of each step ahead.
        draws: draws of the KPI at each step, shape (draws, steps).
    """

    kpi: str
    dates: pd.DatetimeIndex
    draws: np.ndarray

    def table(self) -> pd.DataFrame:
        """Return one row per step: ``date``, ``kpi``, the median, and the ends of the 50 % and 90 % intervals."""
        low, q1, middle, q3, high = np.quantile(self.draws, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
        return pd.DataFrame({"date": self.dates.strftime("%Y-%m-%d"), "kpi": self.kpi, "low_90": low, "low_50": q1,
                             "median": middle, "high_50": q3, "high_90": high})  # fmt: skip


def forecast(series: Series, ensemble: Ensemble, steps: int, seed: int, outside: Outside | None = None) -> Forecast:
    """Forecast a series.

    Args:
        series: the observed series.
        ensemble: worlds with the same step length and at least as many steps ahead.
        steps: number of steps ahead.
        seed: seed of the noise.
        outside: drivers that set no lever, in the past and ahead.

    Returns:
        The dates ahead and the draws of the KPI, shape (draws, steps).

    Raises:
        InputError: the worlds do not have this KPI.
    """
    if series.kpi not in ensemble.values:
        raise InputError(f"{series.kpi}: no such KPI in the worlds")
    past = min(PAST_STEPS, ensemble.past_steps, len(series.values))
    worlds = ensemble.values[series.kpi][:, ensemble.past_steps - past : ensemble.past_steps + steps]
    worlds = worlds[np.isfinite(worlds).all(axis=1)]
    n_worlds = len(worlds)
    rng = np.random.default_rng(seed)
    effect = effect_of(series, outside) if outside and outside.names else None
    own = effect.rest if effect else series
    noise, noise_of_worlds = moments(own.values[None, :], own.error), moments(worlds[:, :past])
    if _variances(noise, steps)[0, -1] > np.quantile(_variances(noise_of_worlds, steps)[:, -1], ROUGH):
        # Noise is added to the worlds only if the series is rougher than nearly all of them.
        worlds = np.repeat(worlds, COPIES, axis=0)
        worlds = _with_noise(worlds, noise - noise_of_worlds.mean(axis=0), len(own.values), rng)
    change, errors = _regression(worlds, own.values, past, n_worlds)
    bias, factor = _own_past(own.values, change, errors.var(axis=0), past)
    draws = own.values[-1] + change[-1] + bias + errors * np.sqrt(factor)
    if effect:
        draws = draws + effect.draws(len(draws), rng)
    if KPIS[series.kpi].unit.startswith(("share", "of 100")):
        draws = np.maximum(draws, 0.0)
    return Forecast(series.kpi, series.ahead(steps), draws)


def _regression(worlds: np.ndarray, values: np.ndarray, past: int, n_worlds: int) -> tuple[np.ndarray, np.ndarray]:
    """Learn from worlds how a series changes from each of its steps; return these changes and the errors in worlds.

    Args:
        worlds: shape (worlds, steps); copies of a world stand one after another.
        values: the series.
        past: number of steps from which a forecast is made.
        n_worlds: number of worlds without their copies.

    Returns:
        The predicted change up to each step ahead, from each step of the series that has enough steps before it, shape
        (origins, ahead), the last step last; and the errors in held-out worlds, shape (worlds, ahead).
    """
    model = library("sklearn.linear_model").RidgeCV(alphas=np.logspace(-2, 4, 13))
    world = np.arange(len(worlds)) * n_worlds // len(worlds)
    # Differences from the last value of the past, so that a constant offset cancels.
    change, features = worlds[:, past:] - worlds[:, past - 1 : past], worlds[:, : past - 1] - worlds[:, past - 1 : past]
    errors = np.empty_like(change)
    for fold in range(FOLDS):
        test = world % FOLDS == fold
        errors[test] = change[test] - model.fit(features[~test], change[~test]).predict(features[test])
    model.fit(features, change)
    windows = np.lib.stride_tricks.sliding_window_view(values, past)
    return np.asarray(model.predict(windows[:, :-1] - windows[:, -1:])), errors


def _own_past(values: np.ndarray, change: np.ndarray, spread: np.ndarray, past: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the errors of forecasts from each step of a series' own past, compared with those in worlds.

    No world matches an organisation exactly, and the errors in its past measure the difference. Errors that overlap count
    once. A few errors of the size found in worlds are added to them (:data:`AS_IN_WORLDS`).

    Args:
        values: the series.
        change: the change predicted from each step, as :func:`_regression` returns it.
        spread: variance of the errors in worlds, shape (ahead,).
        past: number of steps from which a forecast is made.

    Returns:
        The correction to add to a forecast, shape (ahead,); and the factor, at least 1, by which the variance of the errors
        exceeds that in worlds, shape (ahead,). A step that no forecast of the past reaches takes the values of the step
        before it.
    """
    bias, factor = np.zeros(len(spread)), np.ones(len(spread))
    for h in range(len(spread)):
        count = len(values) - past - h
        if count <= 0:
            bias[h], factor[h] = (bias[h - 1], factor[h - 1]) if h else (0.0, 1.0)
            continue
        start = np.arange(past - 1, past - 1 + count)
        errors = values[start + h + 1] - values[start] - change[:count, h]
        independent = count / (h + 1)
        bias[h] = errors.mean() * independent / (independent + AS_IN_WORLDS)
        # The correction is itself uncertain, because it is estimated from few errors.
        uncertainty = 1.0 + independent / (independent + AS_IN_WORLDS) ** 2
        excess = (1.0 + independent * float((errors**2).mean() / spread[h])) / (1.0 + independent)
        factor[h] = max(1.0, excess) * uncertainty
    return bias, np.maximum.accumulate(factor)


def moments(values: np.ndarray, error: float = float("nan")) -> np.ndarray:
    """Return the variances of a value's noise and of a step, and the squared drift, from differences at two lags.

    Args:
        values: shape (series, steps).
        error: standard deviation of a value; nan if it is not stated.

    Returns:
        Shape (series, 3). The estimates are unbiased, so that one may be negative for a single series.
    """
    steps = values.shape[1]
    lag = min(4, max(2, steps // 4))
    changes = np.diff(values, axis=1)
    variance = changes.var(axis=1, ddof=1)
    lagged = (values[:, lag:] - values[:, :-lag]).var(axis=1, ddof=1)
    walk = (lagged - variance) / (lag - 1)
    observation = (variance - walk) / 2
    if error == error:
        observation = np.full(len(values), error**2)
        walk = variance - 2 * observation
    drift = changes.mean(axis=1) ** 2 - walk / (steps - 1) - 2 * observation / (steps - 1) ** 2
    return np.column_stack([observation, walk, drift])


def _variances(noise: np.ndarray, steps: int) -> np.ndarray:
    """Return the variance that moments imply at each step ahead, shape (series, steps)."""
    ahead, positive = np.arange(1, steps + 1), np.maximum(noise, 0.0)
    return np.asarray(positive[:, :1] + positive[:, 1:2] * ahead + positive[:, 2:] * ahead**2)


def _with_noise(worlds: np.ndarray, more: np.ndarray, values: int, rng: np.random.Generator) -> np.ndarray:
    """Return worlds with added noise of values, steps and drift, by which a series exceeds theirs.

    The scale of the noise is drawn for each world, with a wider distribution for a shorter series.
    """
    count, steps = worlds.shape
    free = max(4, values - 2)
    scale = np.sqrt(free / rng.chisquare(free, (count, 1)))
    observation, step, drift = np.sqrt(np.maximum(more[0], 0.0))
    walk = np.cumsum(rng.normal(0.0, 1.0, (count, steps)) * step * scale, axis=1)
    drifts = rng.normal(0.0, drift, (count, 1)) * np.arange(steps)
    return np.asarray(worlds + walk + drifts + rng.normal(0.0, 1.0, (count, steps)) * observation * scale)


def backtest(series: Series, ensemble: Ensemble, steps: int, seed: int, outside: Outside | None = None) -> pd.DataFrame:
    """Forecast the last steps of a series from those before them, and compare the forecast with naive ones.

    Args:
        series: the whole series.
        ensemble: worlds of the earlier part.
        steps: number of steps that are held out; those without a value in the history are not scored.
        seed: seed of the noise.
        outside: drivers that set no lever, with their actual values up to the last step.

    Returns:
        One row per forecast and horizon (and ``all``): ``kpi``, ``forecast``, ``horizon``, ``error`` (mean absolute),
        ``covers_50``, ``covers_90``, ``crps``.
    """
    early, late = earlier(series, steps), series.values[-steps:]
    draws = {"ccsim": forecast(early, ensemble, steps, seed, outside).draws}
    draws |= naive_forecasts(early.values, steps, early.season)
    scored = [h for h in range(steps) if series.given is None or series.given[len(early.values) + h]]
    rows = []
    for name, table in draws.items():
        each = [
            (abs(float(np.median(table[:, h])) - late[h]), covers(table[:, h], late[h], 0.5), covers(table[:, h], late[h], 0.9),
             crps(table[:, h], late[h]))
            for h in scored
        ]  # fmt: skip
        rows += [(series.kpi, name, str(h + 1), *row) for h, row in zip(scored, each, strict=True)]
        rows.append((series.kpi, name, "all", *np.mean(np.array(each, float), axis=0)))
    scores = ["error", "covers_50", "covers_90", "crps"]
    return pd.DataFrame(rows, columns=["kpi", "forecast", "horizon", *scores]).astype(dict.fromkeys(scores, float))


def earlier(series: Series, steps: int) -> Series:
    """Return a series without its last steps."""
    given = None if series.given is None else series.given[:-steps]
    return replace(series, dates=series.dates[:-steps], values=series.values[:-steps], given=given)


def line_of(table: pd.DataFrame, drivers: str = "", gaps: int = 0) -> str:
    """Return a one-line summary of a back-test; no forecast is shown without it.

    Args:
        table: the back-test.
        drivers: description of the drivers that were used.
        gaps: number of steps that are interpolated.

    Returns:
        The CRPS and that of the best naive forecast, the verdict, and the coverage of the 50 % and 90 % intervals.
    """
    own, naive = overall(table)
    steps = table["horizon"].nunique() - 1
    beside = f" ({drivers}, as they came)" if drivers else ""
    missing = f" {gaps} steps without a value are interpolated." if gaps else ""
    return (
        f"Back-test of {own['kpi']}, the last {steps} values{beside}: CRPS {number(own['crps'], hyphen=True)}, best naive "
        f"{number(naive.min(), hyphen=True)} ({naive.idxmin()}): {verdict(own['crps'], naive.min())}; 50 % intervals cover "
        f"{own['covers_50']:.2f}, 90 % {own['covers_90']:.2f}.{missing}"
    )


def overall(table: pd.DataFrame) -> tuple[dict[Any, Any], pd.Series[Any]]:
    """Return the row of the forecast over all horizons in a back-test, and the CRPS of each naive forecast."""
    rows = table[table["horizon"] == "all"].set_index("forecast")
    rows = table[table["horizon"] == "all"].set_index("forecast")
    return rows.loc["ccsim"].to_dict(), rows["crps"].drop("ccsim")
