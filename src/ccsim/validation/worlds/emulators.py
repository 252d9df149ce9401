"""Emulators: predictions of the model at points that were not run, with their error.

A pattern is emulated by a quadratic in the parameters: every parameter linearly, and squares and products of the few
that matter most, with coefficients shrunk by ridge regression (generalised
cross-validation; Golub, Heath & Wahba 1979, by scikit-learn). Gaussian processes offer no gain here: with two hundred parameters and one run at a point nearly all that
is not quadratic is noise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ccsim.analysis import library
from ccsim.engine.columns import FloatArray

#: Number of parameters whose squares and products are included.
ACTIVE = 20
#: Least factor by which the variance of errors is enlarged at points selected by an emulator.
SOUGHT = 4.0
#: Shrinkage parameters tried.
SHRINKAGES = tuple(float(x) for x in np.logspace(0.0, 4.0, 13))
#: Fewest points for an emulator.
FEWEST = 60


@dataclass(frozen=True)
class Emulator:
    """The emulator of one pattern.

    Attributes:
        active: indices of the parameters whose squares and products are included.
        fit: the regression.
        variance: variance of its error, noise of single runs included, on points not used for the fit.
        explained: share of the variance explained on such points.
        sought: variance of its error on points that it selected itself; 0 before there are any.
    """

    active: tuple[int, ...]
    fit: Any
    variance: float
    explained: float
    sought: float = 0.0

    @property
    def slopes(self) -> FloatArray:
        """The change of the pattern over the range of each parameter separately, shape (parameters,)."""
        products = len(self.active) * (len(self.active) + 1) // 2
        return 2.0 * np.asarray(self.fit.coef_)[: len(self.fit.coef_) - products]

    @property
    def doubt(self) -> float:
        """Variance used to rule points out: larger, because points are selected where emulators are too optimistic."""
        return max(SOUGHT * self.variance, self.sought)

    def checked(self, unit: FloatArray, outputs: FloatArray) -> Emulator:
        """Return the emulator with the variance of its error on points that it selected itself.

        Args:
            unit: places of the unit cube, shape (points, parameters).
            outputs: what came out there, on the pattern's scale; nan where there is none.
        """
        squares = (outputs - self.predict(unit)) ** 2
        known = squares[np.isfinite(squares)]
        return replace(self, sought=wide(known)) if len(known) >= FEWEST else self

    def predict(self, unit: FloatArray) -> FloatArray:
        """Return the value at places of the unit cube of shape (points, parameters)."""
        if not len(unit):
            return np.zeros(0)  # which scikit-learn refuses
        return np.asarray(self.fit.predict(_features(unit, self.active)))


def emulator_of(unit: FloatArray, outputs: FloatArray) -> Emulator | None:
    """Fit an emulator.

    Args:
        unit: places of the unit cube, shape (points, parameters).
        outputs: the value at each, on the pattern's scale; nan where it has none.

    Returns:
        The emulator; None if too few points have the figure or the parameters explain nothing of it.
    """
    ridge = library("sklearn.linear_model").RidgeCV
    known = np.isfinite(outputs)
    unit, outputs = unit[known], outputs[known]
    if len(outputs) < FEWEST or np.ptp(outputs) == 0.0:
        return None
    linear = ridge(SHRINKAGES).fit(_features(unit, ()), outputs)
    active = tuple(np.sort(np.argsort(-np.abs(linear.coef_), kind="stable")[:ACTIVE]).tolist())
    fit = ridge(SHRINKAGES, store_cv_results=True).fit(_features(unit, active), outputs)
    # Squared error at each point of a fit that leaves it out.
    squares = fit.cv_results_[:, SHRINKAGES.index(float(fit.alpha_))]
    explained = 1.0 - float(squares.mean()) / float(outputs.var())
    if explained <= 0.0:
        return None
    del fit.cv_results_
    return Emulator(active, fit, wide(squares), explained)


def wide(squares: FloatArray) -> float:
    """Return the variance with which a normal distribution would cover 99 % of the errors, so that rare large errors do not dominate.

    Args:
        squares: squared errors.
    """
    return max(float(squares.mean()), float(np.quantile(squares, 0.99)) / 2.576**2)


def _features(unit: FloatArray, active: tuple[int, ...]) -> FloatArray:
    """Return every parameter, from -1 to 1, and squares and products of the active ones."""
    centred = 2.0 * unit - 1.0
    few = centred[:, list(active)]
    first, second = np.triu_indices(len(active))
    return np.hstack([centred, few[:, first] * few[:, second]])
