"""The patterns that an admitted world must reproduce, and the implausibility of a figure.

A pattern is an interval in which a figure lies in real organisations. The implausibility of a figure is its distance from
the interval, in standard deviations of the combined errors: few runs (simulation), an
interval whose ends are not known exactly (observation), and what the model leaves out (discrepancy).

Only numbers of an organisation without a change programme are patterns. The effects of a change are what claims are
about: worlds admitted by these effects could not test the claims.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.validation.facts.measures import Correlation, Mean
from ccsim.validation.facts.paired import Contrast
from ccsim.validation.facts.schema import Fact, Study, load_studies

#: Misfit, in standard deviations, above which a wave rules a point out (three-sigma rule of Pukelsheim 1994).
IMPLAUSIBLE = 3.0
#: Largest misfit of an admitted world on its own runs, and largest misfit at which a candidate is no longer moved.
ADMITTED, SETTLED = 3.0, 2.0
#: Standard deviations of the ends of an interval, and of what the model leaves out, as shares of the interval's width.
OBSERVATION, DISCREPANCY = 0.03, 0.03
#: Wider discrepancies, in the unit of the value, and why.
WIDER = {
    "contacts-per-issue": (0.02, "customers who give up make fewer contacts than the source's identity counts"),
    "load-elasticity": (0.10, "the source is one bank; other services hurry more or less"),
    **dict.fromkeys(
        ("engagement-customers", "engagement-turnover", "engagement-productivity", "engagement-profit"),
        (0.10, "units of the source differ in more than their people and their offer"),
    ),
}

#: Scales on which values are nearly linear in the parameters: to the scale, and back. What a scale cannot represent is nan.
SCALES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "plain": (lambda x: x, lambda x: x),
    "log": (np.log, np.exp),
    "logit": (lambda x: np.log(x / (1.0 - x)), lambda x: 1.0 / (1.0 + np.exp(-x))),
    "cost": (lambda x: -np.log(1.0 - x), lambda x: 1.0 - np.exp(-x)),  # the logarithm of revenue over cost
}
#: Values that are shares, or rates without an upper end.
SCALED = {
    "fcr": "logit", "engagement": "logit", "utilisation": "logit", "churn": "log", "staff_turnover": "log",
}  # fmt: skip


@dataclass(frozen=True)
class Pattern:
    """A figure known from real organisations.

    Attributes:
        id: id of the fact, or a separate name.
        statement: the fact in a sentence.
        low, high: the interval, in the unit of the figure.
        scale: one of :data:`SCALES`, on which misfits are measured.
        discrepancy: standard deviation of the model's discrepancy, in the unit of the figure; None for the usual share
            of the interval.
        why: reason for a discrepancy wider than usual.
        source: the publication.
        stage: the runs it needs: ``"organisation"``, the ordinary organisation with and without a busy quarter, or ``"units"``, many
            small ones. A world must reproduce all patterns of the first kind. Those of the second are measured and
            recorded: with a few dozen units per world, a correlation is known only to about 0.4.
        measure: how it is measured; None if it is computed in this package.
    """

    id: str
    statement: str
    low: float
    high: float
    scale: str = "plain"
    discrepancy: float | None = None
    why: str = ""
    source: str = ""
    stage: str = "organisation"
    measure: Any = None

    def on_scale(self, outputs: Any) -> FloatArray:
        """Return values on the pattern's scale, nan for values that the scale cannot represent."""
        with np.errstate(all="ignore"):
            scaled = np.asarray(SCALES[self.scale][0](np.asarray(outputs, dtype=np.float64)))
        return np.where(np.isfinite(scaled), scaled, np.nan)

    def off_scale(self, outputs: FloatArray) -> FloatArray:
        """Return values in their own unit, from the pattern's scale."""
        return np.asarray(SCALES[self.scale][1](outputs))

    @property
    def ends(self) -> tuple[float, float]:
        """The interval on the pattern's scale."""
        low, high = self.on_scale([self.low, self.high])
        return (float(low) if low == low else -np.inf, float(high) if high == high else np.inf)

    @property
    def tolerance(self) -> float:
        """Variance of observation and discrepancy together, on the pattern's scale."""
        low, high = self.ends
        width = high - low if np.isfinite(high - low) else abs(low if np.isfinite(low) else high)
        share = width / (self.high - self.low) if np.isfinite(self.high - self.low) else 1.0
        left_out = DISCREPANCY * width if self.discrepancy is None else self.discrepancy * share
        return float((OBSERVATION * width) ** 2 + left_out**2)

    def misfit(self, outputs: FloatArray, variance: FloatArray | float) -> FloatArray:
        """Return the implausibility of figures.

        Args:
            outputs: on the pattern's scale, shape (points,); nan is as implausible as can be.
            variance: variance of each figure, from few runs or from an emulator's error, on the same scale.

        Returns:
            Standard deviations from the interval, shape (points,); 0 within it.
        """
        low, high = self.ends
        away = np.maximum(0.0, np.maximum(low - outputs, outputs - high)) / np.sqrt(variance + self.tolerance)
        return np.asarray(np.where(np.isnan(outputs), np.inf, away))

    def log_chance(self, outputs: FloatArray, variance: FloatArray | float) -> FloatArray:
        """Return the log of the probability that a figure with a given variance lies within the interval.

        Args:
            outputs: on the pattern's scale, shape (points,).
            variance: of each figure.
        """
        from scipy.special import log_ndtr

        low, high = self.ends
        spread = np.sqrt(variance + self.tolerance)
        below, above = log_ndtr((low - outputs) / spread), log_ndtr((outputs - high) / spread)
        # One minus both tails: never quite 0, so that points far away can still be ranked.
        inside = np.log(np.maximum(1.0 - np.exp(below) - np.exp(above), 1e-300))
        far = np.maximum(low - outputs, outputs - high) / spread
        return np.asarray(np.where(inside < -30.0, -30.0 - np.maximum(far, 0.0), inside))


def patterns() -> list[Pattern]:
    """Return the patterns: the levels of the ordinary organisation, its margin and customers, and the strongest facts."""
    studies = {study.id: study for study in load_studies()}
    ordinary = [_pattern(fact) for fact in studies["ordinary"].facts if isinstance(fact.measure, Mean)]
    ordinary += [
        Pattern(
            "margin", "An ordinary organisation earns a margin of 0 to 25 %.", 0.0, 0.25, "cost",
            source="range of ordinary years; no single source opened",
        ),
        Pattern(
            "customers-kept", "Its customers become neither more nor fewer by more than 5 % a year.", -0.05, 0.05,
            source="what ordinary means; no source",
        ),
    ]  # fmt: skip
    ordinary += [_pattern(fact) for fact in studies["load"].facts if fact.id == "load-elasticity"]
    units = [fact for fact in studies["units"].facts if fact.id in WIDER and isinstance(fact.measure, Correlation)]
    return ordinary + [_pattern(fact, "units") for fact in units]


def study_of(name: str) -> Study:
    """Return one of the studies that patterns are measured in."""
    return load_studies([name])[0]


def _pattern(fact: Fact, stage: str = "organisation") -> Pattern:
    wider, why = WIDER.get(fact.id, (None, ""))
    expression = fact.measure.y if isinstance(fact.measure, Mean) else ""
    return Pattern(
        fact.id, fact.statement, fact.low, fact.high, SCALED.get(expression, "plain"), wider, why, fact.source, stage,
        fact.measure if isinstance(fact.measure, (Mean, Contrast, Correlation)) else None,
    )  # fmt: skip


def worst(chosen: Sequence[Pattern], outputs: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the largest misfit of each point over a set of patterns.

    Args:
        chosen: the patterns.
        outputs: on the patterns' scales, shape (points, patterns).
        variance: of the values, shape (points, patterns) or (patterns,).

    Returns:
        Shape (points,).
    """
    spread = np.broadcast_to(variance, outputs.shape)
    each = [one.misfit(outputs[:, k], spread[:, k]) for k, one in enumerate(chosen)]
    return np.asarray(np.max(each, axis=0))
