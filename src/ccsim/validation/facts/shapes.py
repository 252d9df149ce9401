"""Measures of the shape of a response: how steep over a sweep, how fast over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import PrivateAttr

from ccsim.engine.columns import FloatArray
from ccsim.validation.facts.measures import Expression, Measure, Scenario
from ccsim.validation.facts.paired import cells

if TYPE_CHECKING:
    import pandas as pd

#: Weeks to a month.
MONTH = 52.0 / 12.0


class Steepness(Measure):
    """The largest slope of ``y`` over a study's sweep, relative to the mean slope: 1 for a line, much more for a step."""

    y: Expression

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return the mean slope between each point of the sweep and the next, one row per unit."""
        points = frame[["scenario", "swept"]].drop_duplicates().sort_values("swept")
        values, owners = cells(frame, self.y, [(name, None) for name in points["scenario"]])
        return np.diff(values, axis=1) / np.diff(points["swept"].to_numpy()), owners

    def value(self, rows: FloatArray) -> float:
        """Return the ratio; the points are equally spaced."""
        slopes = rows.mean(axis=0)
        return float(np.abs(slopes).max() / abs(slopes.mean()))


class HalfLife(Measure):
    """Months in which the gap of ``y`` between a scenario and its goal halves; with ``than``, the ratio to that of ``than``.

    The gain over doing nothing is fitted as gap(t) = g (1 - 2^(-t / h)): the remaining gain falls at a constant rate.
    ``fit`` returns the share of variance that the fit explains instead of h.
    """

    y: Expression
    scenario: Scenario
    base: Scenario
    than: Scenario = ""
    than_base: Scenario = ""
    fit: bool = False
    resamples: ClassVar[int] = 200

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return one row per unit: the gain by each week, for the scenario and for the one it is compared with."""
        weeks = sorted(frame["week"].unique())
        gains: list[Any] = []
        owners: list[Any] = []
        for name, base in ((self.scenario, self.base), (self.than, self.than_base)):
            if name:
                here, owners = cells(frame, self.y, [(name, int(week)) for week in weeks])
                gains.append(here - cells(frame, self.y, [(base, int(week)) for week in weeks])[0])
        # A value is the mean of the quarter that ends with its week, and is centred half a quarter earlier.
        self._months = (np.array(weeks) - 6.0) / MONTH
        return np.column_stack(gains), owners

    def value(self, rows: FloatArray) -> float:
        """Return the half-life in months, the ratio, or the share explained."""
        curves = np.split(rows.mean(axis=0), 2 if self.than else 1)
        fits = [halving(self._months, curve) for curve in curves]
        if self.fit:
            return fits[0][1]
        return fits[0][0] / fits[1][0] if self.than else fits[0][0]

    _months: Any = PrivateAttr(default=None)


def halving(months: FloatArray, gain: FloatArray) -> tuple[float, float]:
    """Fit gain(t) = g (1 - 2^(-t / h)) and return (h in months, share of variance explained); nan if the fit fails."""
    from scipy.optimize import curve_fit

    try:
        (size, half), _ = curve_fit(
            lambda t, g, h: g * (1.0 - 2.0 ** (-t / h)), months, gain, p0=(gain[-1], 6.0),
            bounds=([-np.inf, 0.05], [np.inf, 600.0]),
        )  # fmt: skip
    except (RuntimeError, ValueError):
        return float("nan"), float("nan")
    left = gain - size * (1.0 - 2.0 ** (-months / half))
    return float(half), float(1.0 - left.var() / gain.var()) if gain.var() > 0.0 else float("nan")
