"""The value of information before a decision: expected value of partial perfect information, by regression.

Worlds are run once, with every option in each. A regression of the options' outcomes on a quantity that could be known gives
the mean outcome of each option for each value of the quantity. Choosing the best option for each value, instead of one option
everywhere, yields the expected value of partial perfect information (Strong, Oakley and Brennan 2014). The standard error
comes from draws of the regression's coefficients, as in that paper, and includes the choice of worlds. A value is never
negative, and its estimate is biased upwards if there is nothing to learn, so a permutation test checks whether it differs
significantly from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

#: Number of draws of coefficients for a standard error, and of permutations for a p-value.
DRAWS, PERMUTATIONS = 200, 199
#: Quantiles at which the natural cubic spline of a single quantity has its knots.
KNOTS = (0.05, 0.35, 0.65, 0.95)
#: Penalties of the ridge regression, in parts of the number of worlds; without end it is the mean alone.
PENALTIES = (*np.logspace(-4, 2, 10).tolist(), np.inf)
#: Share of the worlds at either end of a quantity's range in which changes of order are not reported.
ENDS = 0.05


def best_mean(values: np.ndarray) -> np.ndarray:
    """Return the gain of choosing in each world over one choice for all, from values of shape (…, worlds, options)."""
    return np.asarray(values.max(axis=-1).mean(axis=-1) - values.mean(axis=-2).max(axis=-1))


@dataclass(frozen=True)
class Smoother:
    """Ridge regression on one set of quantities, with the penalty that cross-validation chooses (GCV).

    Attributes:
        quantities: shape (worlds, quantities). One alone is smoothed by a natural cubic spline; of several each counts
            linearly.
    """

    quantities: np.ndarray

    @cached_property
    def _directions(self) -> tuple[np.ndarray, np.ndarray]:
        """Orthonormal directions, shape (worlds, directions), and how much of each is kept, shape (penalties, directions)."""
        columns = spline(self.quantities[:, 0]) if self.quantities.shape[1] == 1 else self.quantities
        centred = columns - columns.mean(axis=0)
        spread = centred.std(axis=0)
        scaled = centred[:, spread > 1e-12] / spread[spread > 1e-12]
        if not scaled.shape[1]:
            return np.empty((len(columns), 0)), np.empty((len(PENALTIES), 0))
        left, size, _ = np.linalg.svd(scaled, full_matrices=False)
        left, size = left[:, size > 1e-8 * size[0]], size[size > 1e-8 * size[0]]
        penalty = np.array(PENALTIES)[:, None] * len(columns)
        return left, np.where(np.isinf(penalty), 0.0, size**2 / (size**2 + np.where(np.isinf(penalty), 1.0, penalty)))

    def fit(self, outcomes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return means, kept coefficients of the directions, and how much of each is kept.

        Args:
            outcomes: shape (worlds, columns); each column is smoothed by itself.

        Returns:
            Shapes (columns,), (directions, columns) and (directions, columns).
        """
        left, shrink = self._directions
        mean = outcomes.mean(axis=0)
        projected = left.T @ outcomes - left.sum(axis=0)[:, None] * mean
        total = (outcomes**2).sum(axis=0) - len(outcomes) * mean**2
        # What each penalty leaves unexplained, shape (penalties, columns).
        rest = total - (2 * shrink - shrink**2) @ projected**2
        free = 1.0 - (1.0 + shrink.sum(axis=1)) / len(outcomes)
        kept = shrink[(rest / free[:, None] ** 2).argmin(axis=0)].T
        return mean, kept * projected, kept

    def fitted(self, outcomes: np.ndarray) -> np.ndarray:
        """Return the fitted outcomes, in the shape of the outcomes."""
        mean, coefficients, _ = self.fit(outcomes)
        return np.asarray(mean + self._directions[0] @ coefficients)

    def draws(self, outcomes: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        """Return draws of what :meth:`fitted` gives, from its posterior, shape (draws, worlds, options).

        Args:
            outcomes: outcome of each option in each world, shape (worlds, options).
            count: number of draws.
            rng: the source of random numbers.
        """
        left = self._directions[0]
        mean, coefficients, kept = self.fit(outcomes)
        rest = outcomes - mean - left @ coefficients
        common = rest.T @ rest / max(1.0, len(outcomes) - 1.0 - kept.sum(axis=0).max(initial=0.0))
        values, vectors = np.linalg.eigh(common)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        noise = rng.standard_normal((count, left.shape[1], outcomes.shape[1])) @ root.T
        shift = rng.standard_normal((count, 1, outcomes.shape[1])) @ root.T / np.sqrt(len(outcomes))
        return np.asarray(mean + shift + left @ (coefficients + np.sqrt(kept) * noise))


def spline(values: np.ndarray) -> np.ndarray:
    """Return a natural cubic spline's columns without the constant, shape (worlds, columns)."""
    knots = np.unique(np.quantile(values, KNOTS))
    scaled = (values - values.mean()) / (values.std() or 1.0)
    if len(knots) < 3 or len(np.unique(values)) < 5:
        return np.asarray(scaled[:, None])
    scaled_knots = (knots - values.mean()) / values.std()

    def cube(k: int) -> np.ndarray:
        above = np.maximum(scaled - scaled_knots[k], 0.0) ** 3 - np.maximum(scaled - scaled_knots[-1], 0.0) ** 3
        return np.asarray(above / (scaled_knots[-1] - scaled_knots[k]))

    return np.column_stack([scaled, *(cube(k) - cube(len(scaled_knots) - 2) for k in range(len(scaled_knots) - 2))])


def information(outcomes: np.ndarray, quantities: Mapping[str, np.ndarray], seed: int) -> pd.DataFrame:
    """Return the value of knowing each quantity before the choice.

    Args:
        outcomes: outcome of each option in each world, more is better, shape (worlds, options).
        quantities: quantities that could be known, by name; shape (worlds,), or (worlds, several) for quantities that are learnt together.
        seed: seed of the draws of coefficients and of the permutations.

    Returns:
        One row per quantity, the most valuable first: ``name``, ``value`` in the unit of the outcome, ``se``, ``p`` (alone)
        and ``p_adjusted`` (by the largest of all in each permutation: Westfall and Young 1993).
    """
    gaps = outcomes - outcomes[:, [int(outcomes.mean(axis=0).argmax())]]
    order = np.random.default_rng([seed, 1])
    # One block of columns a permutation: shape (worlds, permutations * options).
    mixed = np.hstack([gaps[order.permutation(len(gaps))] for _ in range(PERMUTATIONS)])
    smoothers = {name: Smoother(quantity.reshape(len(gaps), -1)) for name, quantity in quantities.items()}
    values = np.array([best_mean(smoother.fitted(gaps)) for smoother in smoothers.values()])
    permuted = np.array([best_mean(_blocks(smoother.fitted(mixed), gaps.shape[1])) for smoother in smoothers.values()])
    rng = np.random.default_rng([seed, 2])
    errors = [_error(smoother, gaps, rng) for smoother in smoothers.values()]
    # Values that are 0 up to rounding are set to 0, because the permutations are 0 as well.
    least = 1e-9 * max(1e-300, float(np.abs(gaps).max(initial=0.0)))
    values, permuted = np.where(values < least, 0.0, values), np.where(permuted < least, 0.0, permuted)
    p = (1 + (permuted >= values[:, None]).sum(axis=1)) / (PERMUTATIONS + 1)
    p_adjusted = (1 + (permuted.max(axis=0) >= values[:, None]).sum(axis=1)) / (PERMUTATIONS + 1)
    table = pd.DataFrame({"name": list(smoothers), "value": values, "se": errors, "p": p, "p_adjusted": p_adjusted})
    return table.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def _error(smoother: Smoother, gaps: np.ndarray, rng: np.random.Generator) -> float:
    """Return the standard error of a value: of the coefficients, and of the worlds that happened to be drawn."""
    fitted = smoother.fitted(gaps)
    gains = fitted.max(axis=1) - fitted[:, fitted.mean(axis=0).argmax()]
    coefficients = best_mean(smoother.draws(gaps, DRAWS, rng)).var(ddof=1)
    return float(np.sqrt(coefficients + gains.var(ddof=1) / len(gains)))


def _blocks(columns: np.ndarray, options: int) -> np.ndarray:
    """Return blocks of columns as an array of shape (blocks, worlds, options)."""
    return columns.reshape(len(columns), -1, options).swapaxes(0, 1)


@dataclass(frozen=True)
class Flip:
    """A value of a quantity at which another option becomes the best.

    Attributes:
        name: of the quantity.
        value: where the order changes.
        below, above: the option that is first on either side, by number.
        share: part of the worlds above it.
    """

    name: str
    value: float
    below: int
    above: int
    share: float


def flips(outcomes: np.ndarray, name: str, quantity: np.ndarray) -> list[Flip]:
    """Return where along a quantity another option comes first on average, ends of its range left out.

    Args:
        outcomes: outcome of each option in each world, more is better, shape (worlds, options).
        name: of the quantity.
        quantity: shape (worlds,).
    """
    gaps = outcomes - outcomes[:, [int(outcomes.mean(axis=0).argmax())]]
    fitted = Smoother(quantity[:, None]).fitted(gaps)
    order = np.argsort(quantity, kind="stable")
    first = fitted[order].argmax(axis=1)
    values, count = quantity[order], len(quantity)
    return [
        Flip(name, float((values[k] + values[k + 1]) / 2), int(first[k]), int(first[k + 1]), 1.0 - (k + 1) / count)
        for k in range(count - 1)
        if first[k] != first[k + 1] and values[k] < values[k + 1] and ENDS <= (k + 1) / count <= 1 - ENDS
    ]


def explained(outcomes: np.ndarray, quantity: np.ndarray) -> float:
    """Return the part of the variance of some outcomes, shape (worlds,), that a quantity explains, shape (worlds,)."""
    rest = outcomes - Smoother(quantity[:, None]).fitted(outcomes[:, None])[:, 0]
    variance = float(outcomes.var())
    return max(0.0, 1.0 - float(rest.var()) / variance) if variance > 0.0 else 0.0
