"""What a mechanism of your own is written with: ``from ccsim.mechanism import kernel, parameter, step``.

See docs/own-mechanism.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccsim.engine.columns import FloatArray, Int8Array, IntArray, columns, fixed, flow, stock
from ccsim.engine.declarations import add_unit
from ccsim.engine.functions import clip01, half_saturation, logistic, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import irwin_hall_normal, stream, uniform, uniforms4
from ccsim.engine.steps import initialiser, step
from ccsim.model.extension import extended
from ccsim.model.kpis import kpi

__all__ = [
    "FloatArray",
    "Int8Array",
    "IntArray",
    "add_unit",
    "clip01",
    "columns",
    "extended",
    "fixed",
    "flow",
    "half_saturation",
    "initialiser",
    "irwin_hall_normal",
    "kernel",
    "kpi",
    "logistic",
    "parameter",
    "parameters",
    "relax",
    "rule",
    "step",
    "stock",
    "stream",
    "uniform",
    "uniforms4",
]


if not TYPE_CHECKING:  # otherwise type checkers would accept any name

    def __getattr__(name: str) -> Any:
        from ccsim.scenarios.renamed import MECHANISM

        if name in MECHANISM:
            # An ImportError, because ``from ccsim.mechanism import ...`` would put its own words for another error.
            raise ImportError(f"ccsim.mechanism.{name} is now called {MECHANISM[name]}")
        raise AttributeError(f"module 'ccsim.mechanism' has no attribute {name!r}")
