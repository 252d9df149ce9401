"""Measures between scenarios that share their draws: contrasts, elasticities, asymmetry, spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.validation.facts.measures import Expression, Measure, Scenario, evaluated

if TYPE_CHECKING:
    import pandas as pd


def cells(frame: pd.DataFrame, y: str, wanted: list[tuple[str, int | None]]) -> tuple[FloatArray, list[Any]]:
    """Return one row per unit with ``y`` in each cell (scenario, week), and the unit; None means the last week.

    Args:
        frame: the study's runs, in rows.
        y: an expression over the columns.
        wanted: the cells, pairs of scenario and week (from 0).

    Returns:
        Values, shape (units, cells), and the units; without those that lack a value.
    """
    runs = frame.assign(value=evaluated(frame, y))
    if "week" not in runs:
        runs["week"] = 0
    table = runs.pivot_table(index="unit", columns=["scenario", "week"], values="value", dropna=False)
    last = int(runs["week"].max())
    columns = [table[name, last if week is None else week].to_numpy(dtype=np.float64) for name, week in wanted]
    rows = np.column_stack(columns)
    known = np.isfinite(rows).all(axis=1)
    return rows[known], table.index.to_numpy()[known].tolist()


class Contrast(Measure):
    """A weighted sum of ``y`` over scenarios: a difference (1, -1), an interaction (1, -1, -1, 1).

    ``week`` is the week compared, ``less_week`` a week to subtract, ``log`` takes logarithms first, ``per`` divides,
    and ``standard`` expresses the result in standard deviations between runs of the first scenario.
    """

    y: Expression
    scenarios: Annotated[dict[str, float], "scenario"]
    week: int | None = None
    less_week: int | None = None
    log: bool = False
    per: float = 1.0
    standard: bool = False

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return one row per unit: its contrast, and the value in the first scenario."""
        rows, owners = cells(frame, self.y, [(name, self.week) for name in self.scenarios])
        if self.less_week is not None:
            rows = rows - cells(frame, self.y, [(name, self.less_week) for name in self.scenarios])[0]
        values = np.log(rows) if self.log else rows
        return np.column_stack([values @ np.array(list(self.scenarios.values())), rows[:, 0]]), owners

    def value(self, rows: FloatArray) -> float:
        """Return the mean contrast."""
        scale = float(rows[:, 1].std(ddof=1)) if self.standard else 1.0
        return float(rows[:, 0].mean() / self.per / scale) if scale > 0.0 else float("nan")


class Elasticity(Measure):
    """The elasticity of ``y`` with respect to ``x``, from scenario ``low`` to scenario ``high``."""

    y: Expression
    x: Expression
    low: Scenario
    high: Scenario
    week: int | None = None

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return the logarithms' differences in y and x, one row per unit."""
        wanted = [(self.low, self.week), (self.high, self.week)]
        (y, owners), (x, _) = (cells(frame, one, wanted) for one in (self.y, self.x))
        return np.column_stack([np.diff(np.log(y)), np.diff(np.log(x))]), owners

    def value(self, rows: FloatArray) -> float:
        """Return the ratio of the mean differences."""
        return float(rows[:, 0].mean() / rows[:, 1].mean())


class Asymmetry(Measure):
    """The asymmetry of responses: the size of the response to one shock over that to the opposite shock."""

    y: Expression
    base: Scenario
    shock: Scenario
    opposite: Scenario
    week: int | None = None

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return both responses, one row per unit."""
        rows, owners = cells(frame, self.y, [(name, self.week) for name in self.named("scenario")])
        return rows[:, 1:] - rows[:, :1], owners

    def value(self, rows: FloatArray) -> float:
        """Return the ratio of the sizes of the mean responses."""
        shock, opposite = np.abs(rows.mean(axis=0))
        return float(opposite / shock)


class Spread(Measure):
    """How much more runs vary in one scenario than in another: the logarithm of the ratio of standard deviations."""

    y: Expression
    scenario: Scenario
    than: Scenario
    week: int | None = None

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return the value in both, one row per unit."""
        return cells(frame, self.y, [(name, self.week) for name in self.named("scenario")])

    def value(self, rows: FloatArray) -> float:
        """Return ln(sd / sd)."""
        here, there = rows.std(axis=0, ddof=1)
        return float(np.log(here / there)) if here > 0.0 and there > 0.0 else float("nan")
