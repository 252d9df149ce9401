"""Options from a search: the plans on the Pareto front between the KPI and spending, within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.decision.problem import worlds_for
from ccsim.analysis.forecasting.ensemble import scenario_of
from ccsim.analysis.optimise import Objective, Objectives, optimise
from ccsim.analysis.parameter_space import Dimension, dimensions
from ccsim.analysis.problem import AnalysisProblem, Runner
from ccsim.experiments.factors import Factor
from ccsim.model.kpis import KPIS
from ccsim.organisations.folder import Folder
from ccsim.scenarios.scenario import Scenario

#: Number of worlds in which the search tries each plan, factor for running the front again, and number of plans kept.
WORLDS, FRESH, PLANS = 8, 2, 4


def front(
    folder: Folder, factors: Sequence[str], *, kpi: str, weeks: int, seed: int, runner: Runner, max_cost: float | None = None,
    trials: int = 64, source: AdmittedWorlds | None = None,
) -> list[Scenario]:  # fmt: skip
    """Return plans on the Pareto front between the KPI and spending.

    Args:
        folder: the organisation.
        factors: levers and weeks of moves that the search sets, with their ranges.
        kpi: the KPI that ranks the options.
        weeks: the horizon.
        seed: seed of the draws.
        runner: how plans are run.
        max_cost: budget up to the horizon, on average.
        trials: number of plans to try.
        source: the admitted worlds from which values come if the organisation is not fitted.

    Raises:
        InputError: a lever does not exist.
        InfeasibleError: no plan stays within the budget.
    """
    rows, _ = worlds_for(folder, WORLDS * (2 + FRESH), seed, source)
    keys = tuple(rows[0])
    worlds = AdmittedWorlds(keys, np.array([[float(row[key]) for key in keys] for row in rows]))
    problem = AnalysisProblem(scenario_of(folder), weeks=weeks, replicates=1, seed=seed)
    aim = Objectives((Objective(kpi, KPIS[kpi].direction == "more"), Objective("spend", False)), None, max_cost)
    uncertain = tuple(Dimension(Factor(key)) for key in keys)
    result = optimise(
        problem, dimensions(factors), aim, trials=trials, uncertain=uncertain, n_uncertain=WORLDS, fresh=FRESH, runner=runner, source=worlds
    )  # fmt: skip
    chosen = np.unique(np.linspace(0, len(result.plans) - 1, PLANS).round().astype(int))
    plans = [result.scenario(result.plans[int(number)].plan) for number in chosen]
    return [replace(plan, name=f"plan-{k}", title=f"Plan {k}") for k, plan in enumerate(plans, 1)]
