"""Fit a handful of assumed values to the facts set aside for it; the others are only looked at, before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ccsim.model.settings import all_parameters
from ccsim.validation.facts.schema import Study
from ccsim.validation.facts.scorecard import Score, score

#: Half-width taken for a fact whose interval is open, relative to its bound: a tenth.
OPEN = 0.1


@dataclass(frozen=True)
class Fit:
    """What a calibration came to: values before and after, losses, and how many points were tried."""

    before: dict[str, float]
    after: dict[str, float]
    loss_before: float
    loss_after: float
    tried: int


def under(study: Study, values: Mapping[str, Any]) -> Study:
    """Return a study in another plausible world; what its scenarios set themselves stays."""
    scenarios = {
        name: one.with_values({key: value for key, value in values.items() if key not in one.values()})
        for name, one in study.scenarios.items()
    }
    return replace(study, scenarios=scenarios)


def part(studies: Sequence[Study], role: str) -> list[Study]:
    """Return the studies with their facts of a role only."""
    chosen = [replace(one, facts=tuple(fact for fact in one.facts if fact.role == role)) for one in studies]
    return [one for one in chosen if one.facts]


def loss(scores: Sequence[Score]) -> float:
    """Return the sum of squared distances from the middle of the published intervals, in half-widths."""
    total = 0.0
    for one in scores:
        low, high = one.fact.low, one.fact.high
        if np.isfinite(low) and np.isfinite(high):
            total += ((one.estimate.value - (low + high) / 2.0) / ((high - low) / 2.0)) ** 2
        else:
            bound = low if np.isfinite(low) else high
            short = max(0.0, low - one.estimate.value, one.estimate.value - high)
            total += (short / (OPEN * abs(bound) or OPEN)) ** 2
    return total


def fit(
    studies: Sequence[Study], keys: Sequence[str], *, seed: int = 1, workers: int | None = None, most: int = 60,
    say: Callable[[int, float], Any] | None = None,
) -> Fit:  # fmt: skip
    """Fit assumptions to the facts of the role ``calibration`` (Nelder & Mead, within the plausible ranges).

    All points share their draws, so that the loss is a smooth enough function of the values.

    Args:
        studies: with facts of both roles; only those for calibration are read.
        keys: which assumptions; the search starts at their defaults.
        seed: of all draws and samples.
        workers: number of processes; by default one for each processor.
        most: evaluations.
        say: called with (number of the evaluation, loss).

    Returns:
        The values before and after, the loss of both, and the number of tries.
    """
    from scipy.optimize import minimize

    chosen = part(studies, "calibration")
    rows = [all_parameters()[key] for key in keys]
    low, high = (np.array([row.range[k] for row in rows], dtype=np.float64) for k in (0, 1))
    start = (np.array([row.default for row in rows], dtype=np.float64) - low) / (high - low)
    tried: list[float] = []

    def values(place: Any) -> dict[str, float]:
        return dict(zip(keys, (low + np.clip(place, 0.0, 1.0) * (high - low)).tolist(), strict=True))

    def objective(place: Any) -> float:
        found = loss(score([under(one, values(place)) for one in chosen], seed=seed, workers=workers))
        tried.append(found)
        if say:
            say(len(tried), found)
        return found

    simplex = np.vstack([start, *(start + 0.15 * np.eye(len(keys))[k] for k in range(len(keys)))])
    found = minimize(
        objective, start, method="Nelder-Mead", bounds=[(0.0, 1.0)] * len(keys),
        options={"maxfev": most, "initial_simplex": np.clip(simplex, 0.0, 1.0), "xatol": 0.01, "fatol": 0.02},
    )  # fmt: skip
    return Fit(values(start), values(found.x), tried[0], float(found.fun), len(tried))
