"""The study of an analysis: a scenario and an optional baseline, run at many points with the same draws.

Assumptions and sizes describe the world: at a point they are the same in the scenario and in the baseline. Levers describe what
the scenario does, so the baseline keeps its own. A difference to the baseline is therefore the effect of the scenario in that world.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis.parameter_space import Dimension
from ccsim.errors import CcsimError, InputError, UnknownNameError, count_noun
from ccsim.execution.estimate import Work
from ccsim.execution.forecast import expect
from ccsim.execution.runner import processor_count, run_experiment
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment, as_experiment, validate_counts
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.scenarios.conditions import Condition
from ccsim.scenarios.renamed import renamed_arguments
from ccsim.scenarios.scenario import SOURCE, Scenario, load_scenario

if TYPE_CHECKING:
    import pandas as pd

    from ccsim.execution.executor import Progress, ProgressFactory
    from ccsim.execution.time_budget import Deadline
    from ccsim.results.results import Results

#: Suffix of a KPI's name for its difference to the baseline.
DIFFERENCE = "_difference"


class TimeLimitReached(CcsimError):
    """Raised if the time limit is reached before a part that must be complete."""


@renamed_arguments(against="baseline")
@dataclass(frozen=True)
class AnalysisProblem:
    """A scenario to analyse.

    Attributes:
        scenario: the scenario.
        baseline: the baseline, if there is one.
        weeks, replicates, seed: the horizon, the runs at each point, and where the draws begin.
    """

    scenario: Scenario
    baseline: Scenario | None = None
    weeks: int = 156
    replicates: int = 4
    seed: int = 1

    def __post_init__(self) -> None:
        validate_counts(weeks=self.weeks, replicates=self.replicates, seed=self.seed)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The possible outcomes: every KPI and, with a baseline, its difference."""
        return (*KPIS, *(name + DIFFERENCE for name in KPIS)) if self.baseline else tuple(KPIS)

    @property
    def fixed(self) -> dict[str, Any]:
        """Assumptions and sizes that the scenarios set themselves: words such as ``assumptions`` leave them alone."""
        both = [scenario for scenario in (self.scenario, self.baseline) if scenario]
        return {key: value for each in both for key, value in {**each.assumptions, **each.organisation}.items()}

    def own(self, dimension: Dimension) -> Any:
        """Return what the scenario itself has for a dimension: its value in week 0, or the week of its move."""
        row = dimension.factor.parameter
        if row is not None:
            return self.scenario.values().get(dimension.key, row.shown)
        return next((move.week for move in self.scenario.schedule if move.label == dimension.factor.label), None)

    def check(self, outcome: str) -> str:
        """Return an outcome's name.

        Raises:
            InputError: a difference without a baseline.
            UnknownNameError: the name does not exist.
        """
        if outcome in self.outcomes:
            return outcome
        if outcome.removesuffix(DIFFERENCE) in KPIS:
            raise InputError(f"{outcome}: a difference needs a baseline; name one (--baseline)")
        raise UnknownNameError("KPI", outcome, self.outcomes)

    def condition(self, text: str) -> Condition:
        """Return a condition over outcomes.

        Raises:
            InputError: it cannot be read, or names what is no outcome.
        """
        condition = Condition(text, frozenset((*KPIS, *(name + DIFFERENCE for name in KPIS))))
        for name in condition.names:
            self.check(name)
        return condition

    def experiment(self, design: Design, report_weeks: Sequence[int] = ()) -> Experiment:
        """Return the runs at the points of a design as an experiment.

        Raises:
            InputError: the design does not fit, or takes more runs than are accepted.
        """
        name, title = self.scenario.name, self.scenario.title or self.scenario.name
        base = self.baseline.name if self.baseline and self.baseline.name != name else "baseline"
        scenarios = {base: self.baseline} if self.baseline else {}
        return Experiment(
            name, title, "", base if self.baseline else name, {**scenarios, name: self.scenario},
            self.weeks, self.replicates, self.seed, report_weeks=tuple(report_weeks) or (self.weeks - 1,),
        ).with_design(design)  # fmt: skip


@dataclass(frozen=True)
class IndependentOrganisations(AnalysisProblem):
    """A study whose points are separate organisations: each has draws of its own, the same for scenario and baseline."""

    def experiment(self, design: Design, report_weeks: Sequence[int] = ()) -> Experiment:
        """Return the runs at the points of a design as an experiment."""
        return with_own_draws(super().experiment(design, report_weeks))


def with_own_draws(experiment: Experiment) -> Experiment:
    """Return an experiment in which each point of its design has draws of its own, which its scenarios share.

    Points that share draws have the same executive, the same customers and the same chance events, so their spread contains no chance.
    """
    points = experiment.design_scenarios
    assert points is not None
    numbers = range(len(points.design))
    return replace(experiment, seed_groups={points.name(name, k): k for name in points.varied_in for k in numbers})


@renamed_arguments(budget="time_limit")
@dataclass(frozen=True)
class Runner:
    """How points are run.

    Attributes:
        folder: where everything is kept; None for nowhere.
        workers, resume, command, time_limit, scheduler: see :func:`ccsim.execution.runner.run_experiment`. What a time limit leaves undone
            has no rows.
        must_complete: whether runs that a time limit leaves undone are an error instead.
        progress: function from a title to a context that yields a progress report, called with (done, planned, failed).
    """

    folder: Path | None = None
    workers: int | None = None
    resume: bool = False
    progress: ProgressFactory | None = None
    command: list[str] | None = field(default=None, compare=False)
    time_limit: Deadline | float | str | None = None
    scheduler: str | None = None
    must_complete: bool = False

    def summaries(
        self, problem: AnalysisProblem, design: Design, part: str, report_weeks: Sequence[int] = ()
    ) -> pd.DataFrame:
        """Run a study at the points of a design.

        Args:
            problem: what to run.
            design: the points.
            part: what to call these runs: their folder, and the title of their progress.
            report_weeks: weeks of which values are kept; by default the last.

        Returns:
            One row per point (from 0), replicate and week kept, in that order: ``point``, ``replicate``, ``week``,
        every KPI and, with a baseline, every difference (``csat_difference``). A run that failed has no row.

        Raises:
            TimeLimitReached: the time limit was reached before all was done, and all runs must be complete.
        """
        experiment = problem.experiment(design, report_weeks)
        results = self.results(experiment, part, part)
        if self.must_complete and results.manifest["status"] == "stopped":
            runs = results.manifest["runs"]
            goes_on = f"; ccsim resume {self.folder} continues" if self.folder else ""
            raise TimeLimitReached(
                f"the time limit was reached in {part}, after {runs['done']} of {count_noun(runs['planned'], 'run')}{goes_on}"
            )
        return _with_differences(results.summaries, experiment, bool(problem.baseline))

    def results(self, experiment: Experiment, part: str, title: str) -> Results:
        """Run an experiment in the part's folder, and show its progress under a title.

        Args:
            experiment: the experiment to run.
            part: name of the subfolder.
            title: title of the progress bar.

        Returns:
            The results of all completed runs.
        """
        with self.showing(title) as show:
            return run_experiment(
                experiment, workers=self.workers, out=self.folder / part if self.folder else None,
                resume=self.resume, progress=show, command=self.command, time_limit=self.time_limit, scheduler=self.scheduler,
            )  # fmt: skip

    def showing(self, title: str) -> AbstractContextManager[Progress | None]:
        """Return a context with the progress report of a title; without reports, with None."""
        return self.progress(title) if self.progress else nullcontext(None)

    def expect(self, works: Iterable[Work], seconds: float = 0.0) -> None:
        """Record the total work of all parts for the forecast, and refuse it if it cannot fit.

        Args:
            works: the parts.
            seconds: time for other work than runs, in seconds on the machine of the measurements.

        Raises:
            DoesNotFitError: there is too little memory or disk for it.
        """
        if self.scheduler is None:
            expect(works, self.folder, self.workers or processor_count(), seconds)


def _with_differences(summaries: pd.DataFrame, experiment: Experiment, differ: bool) -> pd.DataFrame:
    """Return the values of points, each beside the values of its baseline on the same draws."""
    import pandas as pd

    points = experiment.design_scenarios
    assert points is not None
    name, kpis = experiment.name, list(KPIS)
    numbers = {points.name(name, number): number for number in range(len(points.design))}
    own = summaries[summaries["scenario"].isin(numbers)].reset_index(drop=True)
    table = own[["replicate", "week", *kpis]]
    table.insert(0, "point", own["scenario"].map(numbers))
    if differ:
        run, base = ["scenario", "replicate", "week"], experiment.baseline
        fixed = base in points.unvaried
        pairs = {scenario: base if fixed else points.name(base, number) for scenario, number in numbers.items()}
        partners = pd.MultiIndex.from_frame(own[run].assign(scenario=own["scenario"].map(pairs)))
        gaps = own[kpis] - summaries.set_index(run)[kpis].reindex(partners).to_numpy()
        table = table.join(gaps.add_suffix(DIFFERENCE))
    return table.sort_values(["point", "replicate", "week"], kind="stable", ignore_index=True)


def table_of(summaries: pd.DataFrame, outcome: str, points: int) -> np.ndarray:
    """Return an outcome at the last week kept, shape (points, replicates); nan where a run failed.

    Args:
        summaries: one row per point, replicate and week.
        outcome: the column.
        points: number of points.
    """
    last = summaries[summaries["week"] == summaries["week"].max()]
    wide = last.pivot(index="point", columns="replicate", values=outcome).reindex(range(points))
    return np.asarray(wide.to_numpy(dtype=float))


@renamed_arguments(against="baseline")
def make_problem(
    target: str | Path, *, scenario: str | None = None, baseline: str | None = None, weeks: int | None = None,
    replicates: int | None = None, seed: int | None = None, values: Mapping[str, Any] | None = None,
) -> AnalysisProblem:  # fmt: skip
    """Return the study of a scenario, or of one scenario of an experiment against its baseline.

    Args:
        target: name or file of a scenario or of an experiment.
        scenario: which scenario of the experiment; may be left out where only one is no baseline.
        baseline: the baseline; by default that of the experiment, and none for a scenario.
        weeks: the horizon; by default that of the experiment.
        replicates: runs at each point.
        seed: seed; by default that of the experiment.
        values: levers and the like, set in the scenario; what belongs to the world, in the baseline too.

    Raises:
        InputError: a name or a file that cannot be used.
        UnknownNameError: the experiment has no such scenario.
    """
    experiment, base = as_experiment(target), load_scenario(baseline) if baseline else None
    scenarios = dict(experiment.base_scenarios)
    if len(scenarios) > 1:
        base = base or scenarios[experiment.baseline]
        weeks, seed = weeks or experiment.weeks, experiment.seed if seed is None else seed
        others = [name for name in scenarios if name != experiment.baseline]
        if scenario is None and len(others) != 1:
            raise InputError(f"scenario: name one of {experiment.name}: {', '.join(others)}")
        scenario = scenario or others[0]
        if scenario not in scenarios:
            raise UnknownNameError("scenario", scenario, scenarios)
    elif scenario:
        raise InputError(f"scenario: {target} is one scenario, not an experiment of several")
    own = scenarios[scenario or next(iter(scenarios))]
    values = values or {}
    world = {key: value for key, value in values.items() if key == SOURCE or all_parameters()[key].role != "lever"}
    given = {"weeks": weeks, "replicates": replicates, "seed": seed}
    return AnalysisProblem(
        own.with_values(values), base.with_values(world) if base else None,
        **{name: value for name, value in given.items() if value is not None},
    )  # fmt: skip
