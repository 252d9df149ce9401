"""ccsim: an agent-based simulation of an organisation that tries to become customer-centric.

    import ccsim
    org = ccsim.Organisation("combined", rng=7)
    org.run()
    org.kpis
    result = ccsim.compare("experiments/direction.toml", replicates=30)
    result.table()
    result.plot()

Everything is imported when first used, so that ``import ccsim`` and ``ccsim --help`` stay quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccsim.agents import Customer, Employee, Leader
    from ccsim.answers.divergence import diverge
    from ccsim.answers.query import query
    from ccsim.answers.report import report
    from ccsim.answers.why import why
    from ccsim.comparison import Comparison, compare
    from ccsim.design import Design
    from ccsim.errors import CcsimError, InputError
    from ccsim.experiment import Experiment, load_experiment
    from ccsim.factors import Factor
    from ccsim.model import Organisation
    from ccsim.results import open_results
    from ccsim.scenario import Scenario, load, shipped
    from ccsim.simulation import simulate
    from ccsim.sweeping import sweep

__version__ = "0.2.0"

_HOME = {
    "CcsimError": "errors",
    "Comparison": "comparison",
    "Customer": "agents",
    "Design": "design",
    "Employee": "agents",
    "Experiment": "experiment",
    "Factor": "factors",
    "InputError": "errors",
    "Leader": "agents",
    "Organisation": "model",
    "Scenario": "scenario",
    "compare": "comparison",
    "diverge": "answers.divergence",
    "load": "scenario",
    "load_experiment": "experiment",
    "open_results": "results",
    "query": "answers.query",
    "report": "answers.report",
    "shipped": "scenario",
    "simulate": "simulation",
    "sweep": "sweeping",
    "why": "answers.why",
}

__all__ = [
    "CcsimError",
    "Comparison",
    "Customer",
    "Design",
    "Employee",
    "Experiment",
    "Factor",
    "InputError",
    "Leader",
    "Organisation",
    "Scenario",
    "compare",
    "diverge",
    "load",
    "load_experiment",
    "open_results",
    "query",
    "report",
    "shipped",
    "simulate",
    "sweep",
    "why",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'ccsim' has no attribute {name!r}")
    value = getattr(import_module(f"ccsim.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
