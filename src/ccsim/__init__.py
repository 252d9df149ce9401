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
    from ccsim.analysis.comparison import Comparison, compare
    from ccsim.analysis.decision.decide import decide
    from ccsim.errors import CcsimError, InputError
    from ccsim.execution.sweep import sweep
    from ccsim.experiments.design import Design
    from ccsim.experiments.experiment import Experiment, load_experiment
    from ccsim.experiments.factors import Factor
    from ccsim.reports.divergence import diff
    from ccsim.reports.query import query
    from ccsim.reports.report import report
    from ccsim.reports.reproduce import reproduce
    from ccsim.results.results import open_results
    from ccsim.scenarios.scenario import Scenario, list_scenarios, load_scenario
    from ccsim.simulation.agents import Customer, Employee, Leader
    from ccsim.simulation.collected import CollectedOrganisation
    from ccsim.simulation.mesa_model import Organisation
    from ccsim.simulation.simulation import simulate

__version__ = "0.2.0"

_HOME = {
    "CcsimError": "errors",
    "CollectedOrganisation": "simulation.collected",
    "Comparison": "analysis.comparison",
    "Customer": "simulation.agents",
    "Design": "experiments.design",
    "Employee": "simulation.agents",
    "Experiment": "experiments.experiment",
    "Factor": "experiments.factors",
    "InputError": "errors",
    "Leader": "simulation.agents",
    "Organisation": "simulation.mesa_model",
    "Scenario": "scenarios.scenario",
    "compare": "analysis.comparison",
    "decide": "analysis.decision.decide",
    "diff": "reports.divergence",
    "load_scenario": "scenarios.scenario",
    "load_experiment": "experiments.experiment",
    "open_results": "results.results",
    "query": "reports.query",
    "report": "reports.report",
    "list_scenarios": "scenarios.scenario",
    "simulate": "simulation.simulation",
    "sweep": "execution.sweep",
    "reproduce": "reports.reproduce",
}

__all__ = [
    "CcsimError",
    "CollectedOrganisation",
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
    "decide",
    "diff",
    "list_scenarios",
    "load_experiment",
    "load_scenario",
    "open_results",
    "query",
    "report",
    "reproduce",
    "simulate",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        from ccsim.scenarios.renamed import PACKAGE

        if name in PACKAGE:
            raise AttributeError(f"ccsim.{name} is now called ccsim.{PACKAGE[name]}")
        raise AttributeError(f"module 'ccsim' has no attribute {name!r}")
    value = getattr(import_module(f"ccsim.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
