"""Measures between units: statistics that a study reports over many firms, units or people.

A measure takes a study's frame, selects rows of numbers, and computes one value from them. Its interval
comes from resampling the independent units: runs or organisations, never the people inside one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from ccsim.engine.columns import FloatArray
from ccsim.engine.expressions import evaluate, names, parse
from ccsim.model.kpis import KPIS
from ccsim.scenarios.io import Schema

if TYPE_CHECKING:
    import pandas as pd

#: Functions that expressions may use.
FUNCTIONS = {"log": np.log, "exp": np.exp, "sqrt": np.sqrt, "abs": np.abs}
#: Resamples for an interval.
RESAMPLES = 1000

# What a field of a measure names; a fact's names are checked by it.
Expression = Annotated[str, "expression"]
Expressions = Annotated[list[str], "expression"]
Scenario = Annotated[str, "scenario"]
Scenarios = Annotated[list[str], "scenario"]


@dataclass(frozen=True)
class Estimate:
    """A simulated value with its 95 % interval (percentiles of the bootstrap) and the number of independent units."""

    value: float
    low: float
    high: float
    units: int


class Measure(Schema):
    """How a fact is measured; the fields are keys of the fact's ``measure`` table."""

    kind: str
    resamples: ClassVar[int] = RESAMPLES

    def named(self, what: str) -> list[str]:
        """Return what the fields for an "expression" or a "scenario" name, in their order; defaults name nothing."""
        named: list[str] = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if what in field.metadata and value != field.default:
                named += [value] if isinstance(value, str) else value
        return named

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return the observations, one row each, and the independent unit of each row."""
        raise NotImplementedError

    def value(self, rows: FloatArray) -> float:
        """Return the value."""
        raise NotImplementedError


def estimate(measure: Measure, frame: pd.DataFrame, seed: int = 1) -> Estimate:
    """Return a measure's value on a study's frame, with its interval.

    Args:
        measure: the measure.
        frame: the study's runs, in rows.
        seed: seed of the resampling.

    Returns:
        The value, its 95 % bootstrap interval, and the number of independent groups.
    """
    rows, owners = measure.rows(frame)
    _, places = np.unique(np.array(owners, dtype=str), return_inverse=True)
    groups = [np.flatnonzero(places == k) for k in range(places.max() + 1)] if len(rows) else []
    value = measure.value(rows) if groups else float("nan")
    if len(groups) < 2 or not np.isfinite(value):
        return Estimate(value, value, value, len(groups))
    rng, order, single = np.random.default_rng(seed), np.concatenate(groups), len(groups) == len(rows)
    drawn = []
    for _ in range(measure.resamples):
        picks = rng.integers(0, len(groups), len(groups))
        chosen = order[picks] if single else np.concatenate([groups[k] for k in picks])
        drawn.append(measure.value(rows[chosen]))
    # Resampled means vary less than means do, by the factor (n - 1) / n.
    wider = np.sqrt(len(groups) / (len(groups) - 1))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Estimate(value, float(value + wider * (low - value)), float(value + wider * (high - value)), len(groups))


def over_weeks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per run: levels averaged over the weeks kept, sums as a weekly rate between first and last."""
    keys = ["unit", "scenario", "replicate"]
    if "week" not in frame:
        return frame
    groups = frame.groupby(keys, sort=False)
    mean, first, last = groups.mean(numeric_only=True), groups.first(), groups.last()
    between = last["week"] - first["week"]
    for name in set(KPIS) & set(frame.columns):
        if KPIS[name].aggregation == "sum":
            rate = (last[name] - first[name]) / between.where(between > 0)
            mean[name] = rate.fillna(last[name] / (last["week"] + 1))
        elif KPIS[name].aggregation == "last":
            mean[name] = last[name]
    return mean.reset_index()


def evaluated(frame: pd.DataFrame, expression: str) -> FloatArray:
    """Return an expression over a frame's columns, row by row; shape (rows,)."""
    with np.errstate(invalid="ignore", divide="ignore"):  # a value without a logarithm is unknown: nan
        columns = {name: frame[name].to_numpy(dtype=np.float64) for name in names(parse(expression), functions=False)}
        values = evaluate(parse(expression), {**FUNCTIONS, **columns})
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (len(frame),))


class AcrossUnits(Measure):
    """A measure over units that are each observed once."""

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return one row per unit, one column per expression; units with an unknown value are left out."""
        units = over_weeks(frame)
        columns = np.column_stack([evaluated(units, text) for text in self.named("expression")])
        known = np.isfinite(columns).all(axis=1)
        return columns[known], units["unit"].to_numpy()[known].tolist()


class Mean(AcrossUnits):
    """The mean of ``y``."""

    y: Expression

    def value(self, rows: FloatArray) -> float:
        """Return the mean."""
        return float(rows.mean())


class Correlation(AcrossUnits):
    """Pearson's correlation of ``x`` and ``y`` between units, with ``given`` held fixed (partial correlation)."""

    x: Expression
    y: Expression
    given: Expressions = Field(default_factory=list)

    def value(self, rows: FloatArray) -> float:
        """Return the correlation; nan where there is no variation."""
        return correlated(*(residuals(rows[:, k], rows[:, 2:]) for k in range(2)))


class CorrelationGap(AcrossUnits):
    """How much more strongly ``x`` is correlated with ``y`` than with ``than``: the difference of the two correlations."""

    x: Expression
    y: Expression
    than: Expression

    def value(self, rows: FloatArray) -> float:
        """Return the difference."""
        return correlated(rows[:, 0], rows[:, 1]) - correlated(rows[:, 0], rows[:, 2])


class Slope(AcrossUnits):
    """The slope of ``y`` on ``x`` in a linear regression that also includes ``given`` (least squares).

    With ``standard``, both are in units of their standard deviations.
    """

    x: Expression
    y: Expression
    given: Expressions = Field(default_factory=list)
    standard: bool = False

    def value(self, rows: FloatArray) -> float:
        """Return the slope; nan where x does not vary."""
        x, y = (residuals(rows[:, k], rows[:, 2:]) for k in range(2))
        if x.std() < 1e-12:
            return float("nan")
        scale = rows[:, 0].std() / rows[:, 1].std() if self.standard else 1.0
        return float(x @ y / (x @ x) * scale)


def residuals(y: FloatArray, given: FloatArray) -> FloatArray:
    """Return the residuals of ``y`` from a linear regression on ``given`` (shape (rows, columns)) and a constant."""
    if given.shape[1] == 0:
        return np.asarray(y - y.mean())
    design = np.column_stack([np.ones(len(y)), given])
    return np.asarray(y - design @ np.linalg.lstsq(design, y, rcond=None)[0])


def correlated(x: FloatArray, y: FloatArray) -> float:
    """Return Pearson's correlation; nan where there is no variation."""
    if x.std() < 1e-12 or y.std() < 1e-12:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    return float(x @ y / np.sqrt((x @ x) * (y @ y)))
