"""Forecast a series directly from its past: ridge regression over worlds, with conformal intervals.

Intervals come from the errors in held-out worlds. Forecasts are also made from each step of the series' own past. If
their errors are larger than those in worlds, the intervals are widened. Their mean error, shrunk towards 0, corrects the
forecast. If a series is rougher than nearly all worlds, noise is added to the worlds, so that the regression learns how
little of what it sees will last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ccsim.analysis import library
from ccsim.analysis.forecasting.drivers import Outside, effect_of
from ccsim.analysis.forecasting.ensemble import SEEN, Ensemble
from ccsim.analysis.forecasting.scores import NAIVE, covers, crps, verdict
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
    seen = min(SEEN, ensemble.seen, len(series.values))
    worlds = ensemble.values[series.kpi][:, ensemble.seen - seen : ensemble.seen + steps]
    worlds = worlds[np.isfinite(worlds).all(axis=1)]
    different = len(worlds)
    rng = np.random.default_rng(seed)
    effect = effect_of(series, outside) if outside and outside.names else None
    own = effect.rest if effect else series
    noise, theirs = moments(own.values[None, :], own.error), moments(worlds[:, :seen])
    if _room(noise, steps)[0, -1] > np.quantile(_room(theirs, steps)[:, -1], ROUGH):
        # Noise is added to the worlds only if the series is rougher than nearly all of them.
        worlds = np.repeat(worlds, COPIES, axis=0)
        worlds = _with_noise(worlds, noise - theirs.mean(axis=0), len(own.values), rng)
    change, left = _learnt(worlds, own.values, seen, different)
    off, worse = _own_past(own.values, change, left.var(axis=0), seen)
    draws = own.values[-1] + change[-1] + off + left * np.sqrt(worse)
    if effect:
        draws = draws + effect.draws(len(draws), rng)
    if KPIS[series.kpi].unit.startswith(("share", "of 100")):
        draws = np.maximum(draws, 0.0)
    return Forecast(series.kpi, series.ahead(steps), draws)


def _features(seen: np.ndarray) -> np.ndarray:
    """Return the features of the regression: differences from the last value, so that a constant offset cancels."""
    return np.asarray(seen[:, :-1] - seen[:, -1:])


def _learnt(worlds: np.ndarray, values: np.ndarray, seen: int, different: int) -> tuple[np.ndarray, np.ndarray]:
    """Learn from worlds how a series changes from each of its steps; return these changes and the errors in worlds.

    Args:
        worlds: shape (worlds, steps); copies of a world stand one after another.
        values: the series.
        seen: number of steps from which a forecast is made.
        different: number of worlds without their copies.

    Returns:
        The predicted change up to each step ahead, from each step of the series that has enough steps before it, shape
        (origins, ahead), the last step last; and the errors in held-out worlds, shape (worlds, ahead).
    """
    model = library("sklearn.linear_model").RidgeCV(alphas=np.logspace(-2, 4, 13))
    world = np.arange(len(worlds)) * different // len(worlds)
    change, features = worlds[:, seen:] - worlds[:, seen - 1 : seen], _features(worlds[:, :seen])
    left = np.empty_like(change)
    for fold in range(FOLDS):
        test = world % FOLDS == fold
        left[test] = change[test] - model.fit(features[~test], change[~test]).predict(features[test])
    model.fit(features, change)
    return np.asarray(model.predict(_features(np.lib.stride_tricks.sliding_window_view(values, seen)))), left


def _own_past(values: np.ndarray, change: np.ndarray, spread: np.ndarray, seen: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the errors of forecasts from each step of a series' own past, compared with those in worlds.

    No world matches an organisation exactly, and the errors in its past measure the difference. Errors that overlap count
    once. A few errors of the size found in worlds are added to them (:data:`AS_IN_WORLDS`).

    Args:
        values: the series.
        change: the change predicted from each step, as :func:`_learnt` returns it.
        spread: variance of the errors in worlds, shape (ahead,).
        seen: number of steps from which a forecast is made.

    Returns:
        The correction to add to a forecast, shape (ahead,); and the factor, at least 1, by which the variance of the errors
        exceeds that in worlds, shape (ahead,). A step that no forecast of the past reaches takes the values of the step
        before it.
    """
    off, worse = np.zeros(len(spread)), np.ones(len(spread))
    for h in range(len(spread)):
        count = len(values) - seen - h
        if count <= 0:
            off[h], worse[h] = (off[h - 1], worse[h - 1]) if h else (0.0, 1.0)
            continue
        start = np.arange(seen - 1, seen - 1 + count)
        errors = values[start + h + 1] - values[start] - change[:count, h]
        alone = count / (h + 1)
        off[h] = errors.mean() * alone / (alone + AS_IN_WORLDS)
        # The correction is itself uncertain, because it is estimated from few errors.
        unsure = 1.0 + alone / (alone + AS_IN_WORLDS) ** 2
        worse[h] = max(1.0, (1.0 + alone * float((errors**2).mean() / spread[h])) / (1.0 + alone)) * unsure
    return off, np.maximum.accumulate(worse)


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
    one = changes.var(axis=1, ddof=1)
    several = (values[:, lag:] - values[:, :-lag]).var(axis=1, ddof=1)
    walk = (several - one) / (lag - 1)
    observation = (one - walk) / 2
    if error == error:
        observation = np.full(len(values), error**2)
        walk = one - 2 * observation
    drift = changes.mean(axis=1) ** 2 - walk / (steps - 1) - 2 * observation / (steps - 1) ** 2
    return np.column_stack([observation, walk, drift])


def _room(noise: np.ndarray, steps: int) -> np.ndarray:
    """Return the variance that moments imply at each step ahead, shape (series, steps)."""
    ahead, known = np.arange(1, steps + 1), np.maximum(noise, 0.0)
    return np.asarray(known[:, :1] + known[:, 1:2] * ahead + known[:, 2:] * ahead**2)


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
    draws |= {name: naive(early.values, steps, early.season) for name, naive in NAIVE.items()}
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
    found = pd.DataFrame(rows, columns=["kpi", "forecast", "horizon", "error", "covers_50", "covers_90", "crps"])
    return found.astype({"error": float, "covers_50": float, "covers_90": float, "crps": float})


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
    whole = table[table["horizon"] == "all"].set_index("forecast")
    own, naive = whole.loc["ccsim"], whole.drop("ccsim")["crps"]
    scores = float(whole["crps"].to_numpy()[whole.index == "ccsim"][0]), float(naive.min())
    judged = verdict(*scores)
    steps = table["horizon"].nunique() - 1
    beside = f" ({drivers}, as they came)" if drivers else ""
    missing = f" {gaps} steps without a value are interpolated." if gaps else ""
    ours, best = (number(score, hyphen=True) for score in scores)
    return (
        f"Back-test of {own['kpi']}, the last {steps} values{beside}: CRPS {ours}, best naive {best} "
        f"({naive.idxmin()}): {judged}; 50 % intervals cover {own['covers_50']:.2f}, 90 % {own['covers_90']:.2f}.{missing}"
    )
