"""Measures of an ensemble: the share of change programmes that reach their goal.

A programme succeeds if a KPI ends above that of the same organisation without it by a medium difference between
organisations: half a standard deviation (Cohen 1988). The yardstick comes from the ensemble; no level is set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from ccsim.engine.columns import FloatArray
from ccsim.validation.facts.measures import Expression, Expressions, Measure, Scenario, Scenarios, evaluated

if TYPE_CHECKING:
    import pandas as pd

#: The difference that counts as reaching the goal, in standard deviations between organisations.
MEDIUM = 0.5


class SuccessRate(Measure):
    """Share of programmes whose ``y`` ends above ``base``'s by a medium difference, and every KPI of ``gain`` above it.

    Of the scenarios in ``of`` (all but the base if none is named); with ``than`` less the share of those. With
    ``practices`` (levers) the ratio of the shares in the best and the worst fifth by mean practice.
    """

    y: Expression
    base: Scenario
    gain: Expressions = Field(default_factory=list)
    of: Scenarios = Field(default_factory=list)
    than: Scenarios = Field(default_factory=list)
    practices: list[str] = Field(default_factory=list)

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return one row per programme: success, the group in which it is counted, and its mean practice."""
        last = frame[frame["week"] == frame["week"].max()]
        values = evaluated_by_unit(last, self.y)
        gains = [evaluated_by_unit(last, one) for one in self.gain]
        yardstick = MEDIUM * values[self.base].std(ddof=1)
        last = last.set_index(["unit", "scenario"])
        of = self.of or [str(name) for name in values if name != self.base and name not in self.than]
        rows, owners = [], []
        for side, names in ((1.0, of), (-1.0, self.than)):
            for name in names:
                unit: Any
                for unit, gain in (values[name] - values[self.base]).dropna().items():
                    paid = all(one.loc[unit, name] > one.loc[unit, self.base] for one in gains)
                    practice = float(np.mean([last.loc[(unit, name)][key] for key in self.practices] or [0.0]))
                    rows.append((gain > yardstick and paid, side, practice))
                    owners.append(unit)
        return np.array(rows, dtype=np.float64), owners

    def value(self, rows: FloatArray) -> float:
        """Return the share, the difference of shares, or the ratio of shares."""
        if self.practices:
            low, high = np.quantile(rows[:, 2], [0.2, 0.8])
            worst, best = rows[rows[:, 2] <= low, 0].mean(), rows[rows[:, 2] >= high, 0].mean()
            return float(best / worst) if worst > 0.0 else float("inf")
        here, there = rows[rows[:, 1] > 0.0, 0], rows[rows[:, 1] < 0.0, 0]
        return float(here.mean() - (there.mean() if self.than else 0.0))


def evaluated_by_unit(frame: pd.DataFrame, expression: str) -> Any:
    """Return an expression over a frame's columns, one row per unit, one column per scenario."""
    value = evaluated(frame, expression)
    return frame.assign(value=value).set_index(["unit", "scenario"])["value"].unstack()
