"""How good a forecast was: error, coverage and CRPS, beside naive forecasts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

#: Draws by which a naive forecast's distribution is written.
DRAWS = 400
#: Relative distance in CRPS within which two forecasts count as equally good.
MARGIN = 0.05


def crps(draws: np.ndarray, value: float) -> float:
    """Return the continuous ranked probability score of draws, shape (draws,): mean distance, less half their own."""
    ordered = np.sort(draws)
    count = len(ordered)
    own = float((2 * np.arange(1, count + 1) - count - 1) @ ordered) / count**2
    return float(np.abs(ordered - value).mean() - own)


def covers(draws: np.ndarray, value: float, share: float) -> bool:
    """Return whether the central interval of a share of draws holds a value."""
    low, high = np.quantile(draws, [(1 - share) / 2, (1 + share) / 2])
    return bool(low <= value <= high)


def _normal(mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return the quantiles of normal distributions as draws, shape (draws, horizons)."""
    from scipy.special import ndtri

    return np.asarray(mean + np.outer(ndtri((np.arange(DRAWS) + 0.5) / DRAWS), spread))


def last_value(seen: np.ndarray, horizons: int, season: int) -> np.ndarray:
    """Return draws that say: as the last value, give or take what a step usually changes."""
    spread = np.diff(seen).std(ddof=1)
    return _normal(np.full(horizons, seen[-1]), np.full(horizons, spread))


def same_quarter(seen: np.ndarray, horizons: int, season: int) -> np.ndarray:
    """Return draws that say: as a year before, give or take what a year usually changes."""
    lag = min(season, len(seen) - 2)
    mean = np.array([seen[len(seen) - lag + h % lag] for h in range(horizons)])
    return _normal(
        mean, np.full(horizons, (seen[lag:] - seen[:-lag]).std(ddof=1) if len(seen) > lag + 1 else seen.std())
    )


def drift(seen: np.ndarray, horizons: int, season: int) -> np.ndarray:
    """Return draws of a random walk with drift."""
    steps, ahead = np.diff(seen), np.arange(1, horizons + 1)
    spread = steps.std(ddof=1) * np.sqrt(ahead * (1.0 + ahead / len(steps)))
    return _normal(seen[-1] + steps.mean() * ahead, spread)


#: Naive forecasts by name: from values seen, shape (seen,), horizons and values a year, to draws (draws, horizons).
NAIVE: dict[str, Callable[[np.ndarray, int, int], np.ndarray]] = {
    "last value": last_value, "same quarter last year": same_quarter, "random walk with drift": drift,
}  # fmt: skip


def verdict(own: float, naive: float) -> str:
    """Say how a forecast compares with the best naive one, both by their CRPS."""
    if own < naive * (1.0 - MARGIN):
        return "better"
    return "worse" if own > naive * (1.0 + MARGIN) else "no better"
