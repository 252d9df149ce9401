"""Scores of forecasts (coverage and CRPS), and the naive forecasts with which they are compared."""

from __future__ import annotations

import numpy as np

#: Number of draws that represent the distribution of a naive forecast.
DRAWS = 400
#: Relative distance in CRPS within which two forecasts count as equally good.
MARGIN = 0.05


def crps(draws: np.ndarray, value: float) -> float:
    """Return the continuous ranked probability score of draws, shape (draws,).

    It is the mean distance from the value minus half the mean distance between draws.
    """
    ordered = np.sort(draws)
    count = len(ordered)
    own = float((2 * np.arange(1, count + 1) - count - 1) @ ordered) / count**2
    return float(np.abs(ordered - value).mean() - own)


def covers(draws: np.ndarray, value: float, share: float) -> bool:
    """Return whether the central interval of a share of draws holds a value.

    Args:
        draws: draws of the forecast, shape (draws,).
        value: the observed value.
        share: share of the draws in the interval, from 0 to 1.
    """
    low, high = np.quantile(draws, [(1 - share) / 2, (1 + share) / 2])
    return bool(low <= value <= high)


def _normal(mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return the quantiles of normal distributions as draws, shape (draws, horizons)."""
    from scipy.special import ndtri

    return np.asarray(mean + np.outer(ndtri((np.arange(DRAWS) + 0.5) / DRAWS), spread))


def naive_forecasts(values: np.ndarray, horizons: int, season: int) -> dict[str, np.ndarray]:
    """Return the draws of each naive forecast, by its name.

    The last value has the standard deviation of the changes over a step; the values of the year before that of the changes
    over a year. The drift of the random walk is itself uncertain.

    Args:
        values: the observed values, shape (steps,).
        horizons: number of steps ahead.
        season: steps in a year.

    Returns:
        By name, shape (draws, horizons).
    """
    changes, ahead = np.diff(values), np.arange(1, horizons + 1)
    spread = changes.std(ddof=1)
    lag = min(season, len(values) - 2)
    year_before = np.array([values[len(values) - lag + h % lag] for h in range(horizons)])
    over_year = (values[lag:] - values[:-lag]).std(ddof=1) if len(values) > lag + 1 else values.std()
    growing = spread * np.sqrt(ahead * (1.0 + ahead / len(changes)))
    return {
        "last value": _normal(np.full(horizons, values[-1]), np.full(horizons, spread)),
        "same quarter last year": _normal(year_before, np.full(horizons, over_year)),
        "random walk with drift": _normal(values[-1] + changes.mean() * ahead, growing),
    }


def verdict(own: float, naive: float) -> str:
    """Return how a forecast compares with the best naive one, both by their CRPS."""
    if own < naive * (1.0 - MARGIN):
        return "better"
    return "worse" if own > naive * (1.0 + MARGIN) else "no better"
