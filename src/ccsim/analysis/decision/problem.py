"""The decision problem: options in every possible world of an organisation, with the same draws in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.forecasting.ensemble import prior, scenario_of
from ccsim.analysis.parameter_space import drawn
from ccsim.analysis.problem import with_own_draws
from ccsim.errors import InputError, UnknownNameError
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment, validate_counts
from ccsim.model.kpis import KPIS, QUARTER
from ccsim.organisations.folder import Folder
from ccsim.organisations.layout import make_layout
from ccsim.scenarios.scenario import Scenario, load_scenario

#: The unchanged organisation, which is always one of the options.
AS_IT_IS = "as-it-is"
#: Minimum number of worlds for finding what changes a choice.
LEAST_WORLDS = 40


@dataclass(frozen=True)
class DecisionProblem:
    """Options, worlds, and the KPI for ranking.

    Attributes:
        folder: the organisation.
        options: scenarios by name; the unchanged organisation comes first.
        rows: values of all uncertain parameters in each world.
        fitted: whether these are draws of a fit to the history.
        kpi: the KPI at the horizon by which options are ranked.
        weeks: the horizon.
        seed: seed of the draws.
        replicates: runs of each option in each world.
    """

    folder: Folder
    options: Mapping[str, Scenario]
    rows: tuple[Mapping[str, Any], ...]
    fitted: bool
    kpi: str
    weeks: int
    seed: int
    replicates: int = 1

    def experiment(self) -> Experiment:
        """Return all runs as one experiment. Each world has its own draws, which all options share."""
        title = f"{self.folder.name}: a decision"
        experiment = Experiment(
            "decision", title, f"Which option is best for {self.folder.name}?", AS_IT_IS, self.options, self.weeks,
            self.replicates, self.seed, kpis=(self.kpi,), report_weeks=(QUARTER - 1, self.weeks - 1),
        ).with_design(Design.given(self.rows))  # fmt: skip
        return with_own_draws(experiment)


def decision_problem(
    folder: Folder, options: Sequence[str | Path | Scenario], *, kpi: str = "npv", weeks: int = 156, worlds: int = 200,
    seed: int = 1, replicates: int = 1, source: AdmittedWorlds | None = None,
) -> DecisionProblem:  # fmt: skip
    """Return a decision.

    Args:
        folder: the organisation.
        options: scenarios, their names or files, or folders of ``ccsim optimise``, whose plans are taken.
        kpi: the KPI that ranks the options.
        weeks: the horizon.
        worlds: worlds that each option is tried in; of a fitted organisation at most as many as it has draws.
        seed: seed of the draws.
        replicates: runs of each option in each world.
        source: the admitted worlds that values come from where the organisation is not fitted; None for the declared
            ranges.

    Raises:
        UnknownNameError: the KPI does not exist.
        InputError: there is no option, a name that is none, a number out of its range, or a KPI of which neither more
            nor less is better.
    """
    validate_counts(weeks=weeks, seed=seed, replicates=replicates)
    if kpi not in KPIS:
        raise UnknownNameError("KPI", kpi, KPIS)
    if KPIS[kpi].direction == "neither":
        raise InputError(f"kpi: for {kpi} neither more nor less is better; choose a KPI with a direction")
    if weeks <= QUARTER:
        raise InputError(f"weeks: must be more than {QUARTER}, the first quarter, which is watched; got {weeks}")
    if worlds < LEAST_WORLDS:
        raise InputError(f"worlds: must be at least {LEAST_WORLDS}, got {worlds}")
    rows, fitted = worlds_for(folder, worlds, seed, source)
    return DecisionProblem(folder, _options(folder, options), rows, fitted, kpi, weeks, seed, replicates)


def worlds_for(
    folder: Folder, worlds: int, seed: int, source: AdmittedWorlds | None = None
) -> tuple[tuple[Mapping[str, Any], ...], bool]:
    """Return values of everything uncertain in each of some worlds, and whether they are draws of a fit.

    Args:
        folder: the organisation; the draws of its fit are used where it has one.
        worlds: how many; at most as many as a fit has draws.
        seed: of the draws.
        source: the admitted worlds that values come from otherwise; None for the declared ranges.
    """
    draws = make_layout(folder).draws
    if draws:
        order = np.random.default_rng(seed).permutation(len(draws))[:worlds]
        return tuple(draws[int(number)] for number in order), True
    space = prior(folder, source, levers=False)  # an option may move them; the layout draws what they were before
    design = source.design(space, worlds, seed) if source else drawn(space, "latin-hypercube", worlds, seed)
    return tuple(design.row(number) for number in range(len(design))), False


def _options(folder: Folder, options: Sequence[str | Path | Scenario]) -> dict[str, Scenario]:
    """Return the options by name, each founded from the organisation's folder and with its past."""
    unchanged = scenario_of(folder)
    by_name = {AS_IT_IS: replace(unchanged, name=AS_IT_IS, title="As it is", about="The unchanged organisation.")}
    for plan in (plan for option in options for plan in _plans(option)):
        if plan.source and Path(plan.source).resolve() != folder.path.resolve():
            raise InputError(
                f"{plan.name}: is founded from {plan.source}; a decision about {folder.path} needs options founded from it"
            )
        if plan.name in by_name:
            raise InputError(f"{plan.name}: is the name of two options; give one of their files another name")
        history = {**unchanged.history, **plan.history}
        by_name[plan.name] = replace(plan, source=str(folder.path), history=history)
    if len(by_name) < 2:
        raise InputError("options: there are none; name scenarios or their files, such as --options a.toml b.toml")
    return by_name


def _plans(option: str | Path | Scenario) -> list[Scenario]:
    """Return the scenarios that an option stands for: one, or the plans of a folder of ``ccsim optimise``."""
    if isinstance(option, Scenario):
        return [option]
    path = Path(option)
    if not path.is_dir():
        return [load_scenario(option)]
    files = [*sorted(path.glob("best.toml")), *sorted(path.glob("front-*.toml"), key=lambda file: int(file.stem[6:]))]
    if not files:
        raise InputError(
            f"{path}: contains no plan (best.toml, front-1.toml); ccsim optimise --out makes such a folder"
        )
    return [replace(load_scenario(file), name=file.stem, title=file.stem) for file in files]
