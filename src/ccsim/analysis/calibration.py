"""Targets and results of a calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from ccsim.analysis.parameter_space import Dimension
from ccsim.analysis.problem import AnalysisProblem
from ccsim.errors import InputError
from ccsim.scenarios.renamed import RenamedAttributes

#: Share of the prior variance that must be removed for a parameter to count as identified.
IDENTIFIED = 0.5
#: Misfit, in standard deviations, beyond which a point is implausible (three-sigma rule of Pukelsheim 1994).
IMPLAUSIBLE = 3.0
#: Share of a span that counts as its end, and share of the posterior there beyond which a parameter is pressed against
#: it; a flat posterior has as much there as the span.
END, PILED = 0.02, 0.04


@dataclass(frozen=True)
class Target:
    """A measured value.

    Attributes:
        outcome: KPI, or difference to the baseline, at the horizon.
        value, error: the value and its standard deviation.
        held_out: whether it is not fitted but only compared at the end.
    """

    outcome: str
    value: float
    error: float
    held_out: bool = False

    def __post_init__(self) -> None:
        if not (np.isfinite(self.value) and np.isfinite(self.error) and self.error > 0):
            raise InputError(
                f"{self.outcome}: {self.value:g}±{self.error:g} is not a target; the error must be above 0"
            )


@dataclass(frozen=True)
class Calibration(RenamedAttributes):
    """The result.

    Attributes:
        problem, space, targets: the arguments of the calibration.
        posterior: draws of the posterior, shape (draws, dimensions).
        best: the point of the highest posterior density.
        misfit: at the best point the largest distance from a target, in standard deviations.
        emulator: share of the values of later waves that lay in the emulators' 95 % intervals.
        predicted: results of posterior draws for each target, on fresh random draws, shape (draws, targets).
        unfitted: results of the unchanged scenario for each target, on the same random draws.
        points: all points that were run, with the means of every outcome.
        waves, requested: numbers of completed and requested waves; fewer are completed if the time limit was reached.
    """

    _former: ClassVar[Mapping[str, str]] = {
        "at_end": "at_bound",
        "away": "z_scores",
        "before": "unfitted",
        "contraction": "variance_reduction",
        "met": "targets_met",
        "off": "largest_z",
        "study": "problem",
    }

    problem: AnalysisProblem
    space: tuple[Dimension, ...]
    targets: tuple[Target, ...]
    posterior: np.ndarray
    best: np.ndarray
    misfit: float
    emulator: float
    predicted: np.ndarray
    unfitted: np.ndarray
    points: pd.DataFrame
    waves: int
    requested: int

    @property
    def largest_z(self) -> float:
        """The largest distance of a fitted target from its measured value, in standard deviations, as emulated or as run."""
        run = [abs(away) for target, away in zip(self.targets, self.z_scores, strict=True) if not target.held_out]
        return float(max(self.misfit, *run))

    @property
    def z_scores(self) -> np.ndarray:
        """Distance of each target's mean from its value, in standard deviations of both."""
        means, spread = self.predicted.mean(axis=0), self.predicted.std(axis=0, ddof=1)
        error = np.array([target.error for target in self.targets])
        values = np.array([target.value for target in self.targets])
        return np.asarray((means - values) / np.hypot(error, spread))

    @property
    def targets_met(self) -> bool:
        """Whether some values of the parameters agree with the targets."""
        return bool(self.largest_z <= IMPLAUSIBLE)

    @property
    def at_bound(self) -> list[str]:
        """For each parameter, the end of its range at which the fit lies: low, high or none."""
        ends = []
        for dimension, draws, best in zip(self.space, self.posterior.T, self.best, strict=True):
            margin = END * (dimension.high - dimension.low)
            low = best <= dimension.low + margin or (draws <= dimension.low + margin).mean() > PILED
            high = best >= dimension.high - margin or (draws >= dimension.high - margin).mean() > PILED
            ends.append("low" if low and not high else "high" if high and not low else "")
        return ends

    @property
    def identified(self) -> np.ndarray:
        """Whether the targets identify each parameter: they are met, inside its range, and narrow it."""
        inside = np.array([not end for end in self.at_bound])
        return np.asarray((self.variance_reduction >= IDENTIFIED) & inside & self.targets_met)

    def faults(self) -> list[str]:
        """Explain why the fit cannot be used: targets are missed, or a parameter is at the end of its range."""
        if not self.targets_met:
            return [
                f"No values of these parameters meet the targets: the best is {self.largest_z:.1f} standard deviations off."
            ]
        return [
            f"{dimension.key} is at the {end} end of its range, {dimension.low:g} to {dimension.high:g}; the best value may be beyond it."
            for dimension, end, gone in zip(self.space, self.at_bound, self.variance_reduction, strict=True)
            if end and gone >= IDENTIFIED
        ]

    @property
    def variance_reduction(self) -> np.ndarray:
        """Share of each parameter's prior variance that the targets removed."""
        prior = np.array([(dimension.high - dimension.low) ** 2 / 12 for dimension in self.space])
        return np.asarray(1.0 - self.posterior.var(axis=0) / prior)

    def correlated_pairs(self) -> list[tuple[str, str, float]]:
        """Return pairs of parameters that the targets identify only jointly, with their correlation."""
        keys = [dimension.key for dimension in self.space]
        with np.errstate(all="ignore"):
            rho = np.atleast_2d(np.corrcoef(self.posterior.T))
        pairs = [(keys[i], keys[j], float(rho[i, j])) for i in range(len(keys)) for j in range(i)]
        return sorted((pair for pair in pairs if abs(pair[2]) > 0.7), key=lambda pair: -abs(pair[2]))

    def table(self) -> pd.DataFrame:
        """Return one row per parameter: best value, median, 95 % interval, contraction, and whether it is identified."""
        low, middle, high = np.quantile(self.posterior, [0.025, 0.5, 0.975], axis=0)
        return pd.DataFrame(
            {"parameter": [dimension.key for dimension in self.space], "best": self.best, "median": middle, "low": low,
             "high": high, "contraction": self.variance_reduction, "identified": self.identified, "at_bound": self.at_bound,
             "targets_met": self.targets_met}
        )  # fmt: skip

    def targets_table(self) -> pd.DataFrame:
        """Return one row per target: measured, as it is, fitted with 95 % interval, distance in deviations, inside."""
        rows = []
        for k, target in enumerate(self.targets):
            here = self.predicted[:, k]
            low, high = np.quantile(here, [0.025, 0.975])
            away = float(self.z_scores[k])
            rows.append(
                {"outcome": target.outcome, "held_out": target.held_out, "measured": target.value,
                 "error": target.error, "unfitted": self.unfitted[k], "fitted": here.mean(), "low": low, "high": high,
                 "z": away, "inside": bool(abs(away) <= 1.96)}
            )  # fmt: skip
        return pd.DataFrame(rows)


def target_of(text: str, held_out: bool = False) -> Target:
    """Return the target of a text such as ``fcr=0.72±0.02`` (or ``fcr=0.72+-0.02``).

    Raises:
        InputError: it cannot be read.
    """
    name, _, rest = (part.strip() for part in text.replace("+/-", "±").replace("+-", "±").partition("="))
    value, _, error = rest.partition("±")
    try:
        return Target(name, float(value), float(error), held_out)
    except ValueError:
        raise InputError(
            f"{text!r} is not a target; must have the form fcr=0.72±0.02, with one standard deviation"
        ) from None
