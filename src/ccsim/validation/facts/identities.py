"""Exact results that follow from a KPI's formula without a run.

Value of customers: m r / (1 + i - r) for margin m, retention r, discount rate i (Gupta, Lehmann & Stuart 2004). Its
elasticity in r is (1 + i) / (1 + i - r). Derivatives are taken by a complex step, which loses no digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.engine.expressions import evaluate, parse
from ccsim.model.kpis import KPIS
from ccsim.validation.facts.measures import Measure

if TYPE_CHECKING:
    import pandas as pd


class AnalyticResult(Measure):
    """A property of the formula of the KPI ``customer_equity``: an elasticity at ``retention``, or a gain.

    ``of``: ``"retention"``, ``"margin"`` for elasticities; ``"gain"`` for the relative gain up to retention ``to``.
    """

    of: Literal["retention", "margin", "gain"]
    retention: float
    to: float = 0.0
    discount: float = 0.12

    def rows(self, frame: pd.DataFrame) -> tuple[FloatArray, list[Any]]:
        """Return the retention and a second number."""
        return np.array([[self.retention, self.to]]), ["exact"]

    def value(self, rows: FloatArray) -> float:
        """Return the property."""
        r = float(rows[0, 0])
        if self.of == "gain":
            return float((equity(float(rows[0, 1]), 1.0, self.discount) / equity(r, 1.0, self.discount)).real - 1.0)
        step = 1e-20j
        changed = equity(r + step * (self.of == "retention"), 1.0 + step * (self.of == "margin"), self.discount)
        at = r if self.of == "retention" else 1.0
        return float(changed.imag / 1e-20 * at / changed.real)


def equity(retention: complex, margin: complex, discount: float) -> complex:
    """Return the KPI ``customer_equity`` of one customer with a weekly margin, from the KPI's own formula.

    Args:
        retention: share of customers kept over a year, from 0 to 1.
        margin: profit per customer and week.
        discount: discount rate per year.
    """
    names = {
        "customers": 1.0, "profit": margin, "retention": retention, "discount": discount, "rolling_mean": lambda x: x
    }  # fmt: skip
    return complex(evaluate(parse(KPIS["customer_equity"].formula), names))
