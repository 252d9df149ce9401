"""Scores of forecasts (coverage and CRPS), and the naive forecasts with which they are compared."""

from __future__ import annotations

from collections.abc import Callable

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


def last_value(seen: np.ndarray, horizons: int, season: int) -> np.ndarray:
    """Return draws around the last value, with the standard deviation of the changes over a step.

    Args:
        seen: the values seen, shape (steps,).
        horizons: number of steps ahead.
        season: steps in a year; not used.

    Returns:
        Shape (draws, horizons).
    """
    spread = np.diff(seen).std(ddof=1)
    return _normal(np.full(horizons, seen[-1]), np.full(horizons, spread))


def same_quarter(seen: np.ndarray, horizons: int, season: int) -> np.ndarray:
    """Return draws around the values of a year before, with the standard deviation of the changes over a year.

    Args:
        seen: the values seen, shape (steps,).
        horizons: number of steps ahead.
        season: steps in a year.

    Returns:
        Shape (draws, horizons).
    """
    lag = min(season, len(seen) - 2)
    mean = np.array([seen[len(seen) - lag + h % lag] for h in range(horizons)])
    return _normal(
        mean, np.full(horizons, (seen[lag:] - seen[:-lag]).std(ddof=1) if len(seen) > lag + 1 else seen.std())
    )


def drift(seen: np.ndarray, horizons: int, season: int) -> np.ndarray:
    """Return draws of a random walk with drift.

    Args:
        seen: the values seen, shape (steps,).
        horizons: number of steps ahead.
        season: steps in a year; not used.

    Returns:
        Shape (draws, horizons).
    """
    steps, ahead = np.diff(seen), np.arange(1, horizons + 1)
    spread = steps.std(ddof=1) * np.sqrt(ahead * (1.0 + ahead / len(steps)))
    return _normal(seen[-1] + steps.mean() * ahead, spread)


#: Naive forecasts by name: from values seen, shape (seen,), horizons and values a year, to draws (draws, horizons).
NAIVE: dict[str, Callable[[np.ndarray, int, int], np.ndarray]] = {
    "last value": last_value, "same quarter last year": same_quarter, "random walk with drift": drift,
}  # fmt: skip


def verdict(own: float, naive: float) -> str:
    """Return how a forecast compares with the best naive one, both by their CRPS."""
    if own < naive * (1.0 - MARGIN):
        return "better"
    return "worse" if own > naive * (1.0 + MARGIN) else "no better"
