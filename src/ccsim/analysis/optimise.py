"""Optimisation: find the best levers and when to set them within a budget, also under uncertain assumptions.

The search is optuna's: TPE for one goal (Bergstra et al. 2011), NSGA-II for several (Deb et al. 2002), CMA-ES on
demand. Plans are requested in batches, run together, and reported in the order of the requests, so that the
result depends only on the seed. The search cannot choose the seed of the draws.

The best of many plans looks better than it is, because it was also lucky. Finalists are therefore run again on fresh
draws (and in fresh worlds), which decide the winner. The reported results come from another set of fresh draws:
``shrinkage`` is the gain over the unchanged scenario that the search promised, minus the gain found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from ccsim.analysis import library
from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.comparison import interval
from ccsim.analysis.parameter_space import Dimension, drawn
from ccsim.analysis.problem import DIFFERENCE, AnalysisProblem, Runner, TimeLimitReached, table_of
from ccsim.analysis.time_budget import Allotment
from ccsim.errors import CcsimError, InputError
from ccsim.execution.estimate import Work
from ccsim.experiments.design import Design
from ccsim.results.formatting import number as formatted
from ccsim.scenarios.renamed import RenamedAttributes, renamed_arguments
from ccsim.scenarios.scenario import Scenario

SAMPLERS = ("tpe", "nsga2", "cma", "random")
#: Number of plans per batch, which does not depend on the number of processes.
BATCH = 8
#: The draws of the search, of the choice among finalists, and of the report.
SEARCH, CHOICE, REPORT = 0, 1, 2
#: Finalists of a search for one goal, and the most plans of a front that are run again.
FINALISTS, MOST_ON_FRONT = 5, 16

#: Levers (and weeks of moves) by key.
Plan = dict[str, Any]
#: From a name for the runs, the draws to use, and plans, to outcomes of shape (plans, worlds, runs, outcomes).
Evaluate = Callable[[str, int, Sequence[Plan]], np.ndarray]


class Trial(NamedTuple):
    """A plan that was tried, with its goals' values and its money."""

    plan: Plan
    scores: np.ndarray


class InfeasibleError(CcsimError):
    """Raised if no plan of a search stays within the budget."""


@dataclass(frozen=True)
class Objective:
    """An outcome, and whether more of it is better."""

    outcome: str
    more: bool = True


@dataclass(frozen=True)
class Objectives:
    """The goals of a search.

    Attributes:
        objectives: one or more.
        quantile: the quantile over worlds that counts; None for the mean.
        max_cost: budget, on average over draws and worlds; None for no limit.
        measure: the outcome that measures spending.
    """

    objectives: tuple[Objective, ...]
    quantile: float | None = None
    max_cost: float | None = None
    measure: str = "spend"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What has to be known of a plan."""
        return (*(goal.outcome for goal in self.objectives), self.measure)

    @property
    def shown(self) -> tuple[str, ...]:
        """The outcomes that a table shows: the money once, also where it is a goal."""
        return tuple(dict.fromkeys(self.outcomes))

    def scores(self, values: np.ndarray) -> np.ndarray:
        """Return each goal's value and the money, from values of shape (worlds, runs, outcomes)."""
        worlds = values.mean(axis=1)
        if self.quantile is None:
            return np.asarray(worlds.mean(axis=0))
        # Of what is to be small, the bad end is the other one.
        bad = [np.quantile(worlds[:, k], self.quantile if goal.more else 1.0 - self.quantile)
               for k, goal in enumerate(self.objectives)]  # fmt: skip
        return np.array([*bad, worlds[:, -1].mean()])


@dataclass(frozen=True)
class Evaluated(RenamedAttributes):
    """A plan that was run again.

    Attributes:
        name: its name.
        plan: levers by key.
        promised: each outcome's value in the search.
        mean, low, high: each outcome's value on fresh draws, with its 95 % interval.
        values: on fresh draws, shape (worlds, runs, outcomes).
    """

    _former: ClassVar[Mapping[str, str]] = {"found": "mean"}

    name: str
    plan: Plan
    search_values: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class OptimisationResult(RenamedAttributes):
    """The result.

    Attributes:
        problem, space, aim: the arguments of the search.
        trials: one row per plan tried: its levers, each outcome's value, ``fits`` (within the money).
        plans: the winner, or the front, on fresh draws; the best first.
        start: the scenario as it is, on the same fresh draws.
        requested: number of requested trials; there are fewer where the time limit was reached.
    """

    _former: ClassVar[Mapping[str, str]] = {"study": "problem"}

    problem: AnalysisProblem
    space: tuple[Dimension, ...]
    aim: Objectives
    trials: pd.DataFrame
    plans: tuple[Evaluated, ...]
    start: Evaluated
    requested: int

    def table(self) -> pd.DataFrame:
        """Return one row per plan and outcome.

        Columns: ``mean`` on fresh draws with ``low`` and ``high``; ``gain`` over the start on the same draws with
        ``gain_low`` and ``gain_high``; ``shrinkage`` (the gain that the search promised less the gain found);
        ``better_in`` (share of fresh worlds, or of runs in a single world, in which the plan beats the start); levers.
        """
        start, rows = self.start, []
        for plan in (start, *self.plans):
            # On the same draws, so that common chance cancels.
            low, high = _intervals(plan.values, self.aim, self.problem.seed, start.values)
            gain = plan.mean - start.mean
            if plan is start:
                gain = low = high = np.full(len(self.aim.outcomes), np.nan)
            promised = plan.search_values - start.search_values
            for k, outcome in enumerate(self.aim.shown):
                rows.append(
                    {"plan": plan.name, "outcome": outcome, "mean": plan.mean[k], "low": plan.low[k],
                     "high": plan.high[k], "gain": gain[k], "gain_low": low[k], "gain_high": high[k],
                     "shrinkage": promised[k] - gain[k], "better_in": self._better(plan, k), **plan.plan}
                )  # fmt: skip
        return pd.DataFrame(rows)

    def scenario(self, plan: Plan) -> Scenario:
        """Return the scenario of a plan."""
        experiment = self.problem.experiment(Design.given([plan]))
        assert experiment.design_scenarios is not None
        name = experiment.design_scenarios.name(self.problem.scenario.name, 0)
        title = f"{self.problem.scenario.title or self.problem.scenario.name}, optimised"
        return replace(experiment.scenarios[name], name="best", title=title)

    def _better(self, plan: Evaluated, k: int) -> float:
        """Return the share of worlds (of runs, if there is one world) in which a plan beats the start in a goal."""
        if plan is self.start or k >= len(self.aim.objectives):
            return float("nan")
        gaps = (plan.values - self.start.values)[:, :, k] * (1 if self.aim.objectives[k].more else -1)
        return float((gaps.mean(axis=1) > 0).mean() if len(gaps) > 1 else (gaps[0] > 0).mean())


@renamed_arguments(worlds="n_uncertain")
def optimise(
    problem: AnalysisProblem, space: Sequence[Dimension], aim: Objectives, *, trials: int = 100, uncertain: Sequence[Dimension] = (),
    n_uncertain: int = 0, sampler: str | None = None, fresh: int = 4, runner: Runner | None = None,
    source: AdmittedWorlds | None = None,
) -> OptimisationResult:  # fmt: skip
    """Search for the best plan.

    Args:
        problem: the scenario that is improved, its baseline, the runs of each plan in each world.
        space: levers and weeks of moves, and their spans.
        aim: goals, quantile, money.
        trials: number of plans to try.
        uncertain: assumptions whose values are not known.
        n_uncertain: in how many of their combinations each plan is tried; 0 for the assumed values.
        sampler: one of :data:`SAMPLERS`; by default ``tpe`` for one goal and ``nsga2`` for several.
        fresh: how many times as many runs the report takes as the search.
        runner: where and how to run. Its time limit is the whole search's: it ends with the trials it has made, as if no more
            had been requested, in time to run the finalists and the report.
        source: where the combinations come from; None for a Latin hypercube over the ranges of ``uncertain``.

    Returns:
        The best plans found, the Pareto front if there are two goals, and how many plans were tried.

    Raises:
        InputError: an outcome does not exist, or an argument is not accepted.
        InfeasibleError: no plan stays within the budget.
        TimeLimitReached: the time limit was reached before the first plans were tried.
    """
    for outcome in aim.outcomes:
        problem.check(outcome)
    _check(aim, space, trials, uncertain, n_uncertain)
    differ = any(outcome.endswith(DIFFERENCE) for outcome in aim.outcomes)
    bare = problem if differ else replace(problem, baseline=None)
    runner = runner or Runner()
    runner.expect([_work(bare, space, len(aim.objectives), trials, fresh).times(n_uncertain or 1)])
    n_reported = 1 if len(aim.objectives) == 1 else MOST_ON_FRONT
    allotment = Allotment(runner, last=FINALISTS * (n_reported == 1) + (1 + n_reported) * fresh)

    def evaluate(part: str, draws: int, plans: Sequence[Plan]) -> np.ndarray:
        seed = replicate_seed_offset(problem.seed, draws)
        factor = fresh if draws == REPORT and not n_uncertain else 1
        here = replace(bare, seed=seed, replicates=problem.replicates * factor)
        worlds = _worlds(uncertain, n_uncertain, fresh, draws, problem.seed, source)
        # A world's plans stand together: its organisation is founded once for them.
        design = Design.given([{**world, **plan} for world in worlds for plan in plans])
        with allotment.step(len(plans)) if part.startswith("search/") else allotment.end() as running:
            summaries = running.summaries(here, design, part)
        values = [table_of(summaries, outcome, len(worlds) * len(plans)) for outcome in aim.outcomes]
        cube = np.stack(values, axis=-1).reshape(len(worlds), len(plans), here.replicates, len(values))
        return np.asarray(cube.swapaxes(0, 1))

    return searched(problem, space, aim, evaluate, trials, sampler)


def _work(problem: AnalysisProblem, space: Sequence[Dimension], goals: int, trials: int, fresh: int) -> Work:
    """Return the work of a search in one world: batches of plans, finalists, and the report."""
    start = {dimension.key: problem.own(dimension) for dimension in space}
    batch = Work.of(problem.experiment(Design.given([start] * BATCH)))
    last = FINALISTS + 2 * fresh if goals == 1 else (1 + MOST_ON_FRONT) * fresh
    return batch.times((trials + last) / BATCH)


def _check(
    aim: Objectives, space: Sequence[Dimension], trials: int, uncertain: Sequence[Dimension], n_uncertain: int
) -> None:
    if not aim.objectives:
        raise InputError("there is no goal: name a KPI to maximise or to minimise")
    if len({goal.outcome for goal in aim.objectives}) < len(aim.objectives):
        raise InputError("a goal is named twice")
    for dimension in space:
        if dimension.factor.is_uncertain:
            raise InputError(f"{dimension.key}: is not a lever and cannot be set")
    for dimension in uncertain:
        if not dimension.factor.is_uncertain:
            raise InputError(f"{dimension.key}: is a lever; what is uncertain is an assumption or a size")
    if trials < BATCH:
        raise InputError(f"trials: must be at least {BATCH}, got {trials}")
    if aim.max_cost is not None and not np.isfinite(aim.max_cost):
        raise InputError(f"max_cost: must be an amount in EUR, got {aim.max_cost}")
    if n_uncertain < 0:
        raise InputError(f"worlds: must be a whole number of at least 0, got {n_uncertain}")
    if bool(n_uncertain) != bool(uncertain):
        raise InputError("uncertain assumptions need a number of worlds (--uncertain and --n-uncertain)")
    if aim.quantile is not None and not 0 < aim.quantile < 1:
        raise InputError(f"quantile: must be a number between 0 and 1, got {aim.quantile!r}")
    if aim.quantile is not None and n_uncertain * min(aim.quantile, 1 - aim.quantile) < 1:
        least = int(np.ceil(1 / min(aim.quantile, 1 - aim.quantile)))
        raise InputError(f"worlds: quantile {aim.quantile:g} needs at least {least}, got {n_uncertain}")


def replicate_seed_offset(seed: int, draws: int) -> int:
    """Return where the draws of the search, the choice or the report begin: far from one another."""
    if draws == SEARCH:
        return seed
    return int(np.random.SeedSequence([seed, draws]).generate_state(1)[0])


def _worlds(
    uncertain: Sequence[Dimension], n_uncertain: int, fresh: int, draws: int, seed: int, source: AdmittedWorlds | None
) -> list[Plan]:
    """Return the combinations of what is uncertain: others for the search, for the choice, and for the report."""
    if not n_uncertain:
        return [{}]
    count = n_uncertain * (fresh if draws == REPORT else 1)
    if source is None:
        cube = drawn(uncertain, "latin-hypercube", count, replicate_seed_offset(seed, draws))
        return [cube.row(number) for number in range(count)]
    # A world that the search has used is not fresh: each part takes its own of one shuffled row.
    shuffled = source.design(uncertain, n_uncertain * (2 + fresh), seed)
    return [shuffled.row(draws * n_uncertain + number) for number in range(count)]


def searched(
    problem: AnalysisProblem,
    space: Sequence[Dimension],
    aim: Objectives,
    evaluate: Evaluate,
    trials: int,
    sampler: str | None = None,
) -> OptimisationResult:
    """Search for the best plan with a given way to run plans; see :func:`optimise`.

    Args:
        problem: the scenario, its baseline, and the runs at each point.
        space: levers and weeks of moves, and their spans.
        aim: goals, quantile, money.
        evaluate: runs plans; returns the outcomes of each.
        trials: number of plans to try.
        sampler: one of :data:`SAMPLERS`, or None for the default.

    Returns:
        The best plan or front, reported on fresh draws.
    """
    start = {dimension.key: problem.own(dimension) for dimension in space}
    tried = _search(problem.seed, space, aim, evaluate, trials, sampler, start)
    # A search that is resumed after a time limit has other finalists.
    of = f"-of-{len(tried):05d}" if len(tried) < trials else ""
    best = _shortlist(tried, aim)
    if len(aim.objectives) == 1 and len(best) > 1:
        finalists = evaluate(f"finalists{of}", CHOICE, [tried[number].plan for number in best])
        ranks = [_rank(aim, aim.scores(values)) for values in finalists]
        best = [best[ranks.index(min(ranks))]]
    chosen = [tried[number] for number in best]
    values = evaluate(f"report{of}", REPORT, [start, *(plan for plan, _ in chosen)])
    start_scores = next((scores for plan, scores in tried if plan == start), None)
    if start_scores is None:  # it lies outside the spans
        start_scores = aim.scores(evaluate("start", SEARCH, [start])[0])
    names = ["best"] if len(aim.objectives) == 1 else [f"front {k}" for k in range(1, len(chosen) + 1)]
    first, *plans = (
        Evaluated(name, plan, scores, aim.scores(fresh), *_intervals(fresh, aim, problem.seed), fresh)
        for name, (plan, scores), fresh in zip(["as it is", *names], [Trial(start, start_scores), *chosen], values, strict=True)
    )  # fmt: skip
    table = pd.DataFrame([{**plan, **dict(zip(aim.outcomes, scores, strict=True))} for plan, scores in tried])
    table["fits"] = [aim.max_cost is None or bool(scores[-1] <= aim.max_cost) for _, scores in tried]
    return OptimisationResult(problem, tuple(space), aim, table, tuple(plans), first, trials)


def _search(
    seed: int,
    space: Sequence[Dimension],
    aim: Objectives,
    evaluate: Evaluate,
    trials: int,
    sampler: str | None,
    start: Plan,
) -> list[Trial]:
    """Return every plan tried with its values, in order: as many as asked for, or as there is time for."""
    import warnings

    optuna = library("optuna")
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tried: list[Trial] = []
    known: dict[str, np.ndarray] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what optuna calls experimental
            directions = ["maximize" if goal.more else "minimize" for goal in aim.objectives]
            search = optuna.create_study(sampler=_sampler(optuna, seed, space, aim, sampler), directions=directions)
            spans = {dimension.key: _span(optuna, dimension) for dimension in space}
            if all(_within(dimension, start[dimension.key]) for dimension in space):
                search.enqueue_trial(start)
            while len(tried) < trials:
                requested = [search.ask(spans) for _ in range(min(BATCH, trials - len(tried)))]
                plans = [dict(trial.params) for trial in requested]
                new = list({repr(plan): plan for plan in plans if repr(plan) not in known}.values())
                if new:
                    try:
                        values = evaluate(f"search/{len(tried) + 1:05d}", SEARCH, new)
                    except TimeLimitReached:
                        if not tried:
                            raise
                        break
                    known |= {repr(plan): aim.scores(row) for plan, row in zip(new, values, strict=True)}
                for trial, plan in zip(requested, plans, strict=True):
                    _tell(optuna, search, trial, known[repr(plan)], aim)
                    tried.append(Trial(plan, known[repr(plan)]))
    finally:
        optuna.logging.set_verbosity(before)
    return tried


def _tell(optuna: Any, search: Any, trial: Any, scores: np.ndarray, aim: Objectives) -> None:
    """Tell the search what a plan came to; a plan whose runs failed has no value."""
    if not np.isfinite(scores).all():
        search.tell(trial, state=optuna.trial.TrialState.FAIL)
        return
    # How far beyond the money, as a share of it: 0 or less fits.
    over = 0.0 if aim.max_cost is None else (float(scores[-1]) - aim.max_cost) / max(1.0, abs(aim.max_cost))
    trial.set_user_attr("over", over)
    search.tell(trial, [float(value) for value in scores[:-1]])


def _sampler(optuna: Any, seed: int, space: Sequence[Dimension], aim: Objectives, name: str | None) -> Any:
    """Return the sampler that a search uses, seeded."""
    several = len(aim.objectives) > 1
    name = name or ("nsga2" if several else "tpe")
    if name not in SAMPLERS:
        raise InputError(f"sampler: must be one of {', '.join(SAMPLERS)}, got {name!r}")
    limits = {"constraints_func": lambda trial: [trial.user_attrs.get("over", 0.0)]} if aim.max_cost is not None else {}
    if name == "tpe":
        return optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True, **limits)
    if name == "nsga2":
        return optuna.samplers.NSGAIISampler(seed=seed, population_size=2 * BATCH, **limits)
    if name == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    if several or limits or any(dimension.choices for dimension in space):
        raise InputError("sampler: 'cma' needs one goal, no budget, and numerical levers; use 'tpe'")
    library("cmaes")
    return optuna.samplers.CmaEsSampler(seed=seed, popsize=BATCH)


def _span(optuna: Any, dimension: Dimension) -> Any:
    """Return a dimension as optuna takes it."""
    if dimension.choices:
        return optuna.distributions.CategoricalDistribution(dimension.choices)
    if dimension.stepped:
        return optuna.distributions.IntDistribution(int(dimension.low), int(dimension.high))
    return optuna.distributions.FloatDistribution(dimension.low, dimension.high)


def _within(dimension: Dimension, value: Any) -> bool:
    if dimension.choices:
        return value in dimension.choices
    return value is not None and dimension.low <= value <= dimension.high


def _rank(aim: Objectives, scores: np.ndarray) -> tuple[float, float]:
    """Return what sorts plans of one goal: those that fit first, then the better ones."""
    value = -scores[0] if aim.objectives[0].more else scores[0]
    over = 0.0 if aim.max_cost is None else max(0.0, float(scores[-1]) - aim.max_cost)
    return over, float(value)


def _shortlist(tried: Sequence[Trial], aim: Objectives) -> list[int]:
    """Return the numbers of the plans that are run again: the best few, or the front; those that fit only.

    Raises:
        InfeasibleError: none does.
    """
    known: dict[str, int] = {}
    for number, (plan, scores) in enumerate(tried):
        if np.isfinite(scores).all():
            known.setdefault(repr(plan), number)
    if not known:
        raise InfeasibleError("no plan has a value: runs failed or there was nothing to measure")
    fit = [k for k in known.values() if aim.max_cost is None or tried[k].scores[-1] <= aim.max_cost]
    if not fit:
        least = min(float(tried[k].scores[-1]) for k in known.values())
        limit, cheapest = (formatted(cost, hyphen=True) for cost in (aim.max_cost or 0.0, least))
        raise InfeasibleError(
            f"no plan of {len(tried)} stays within {limit} ({aim.measure}); the cheapest needs {cheapest}: "
            "raise the budget, or lower the ranges"
        )
    if len(aim.objectives) == 1:
        return sorted(fit, key=lambda k: _rank(aim, tried[k].scores))[:FINALISTS]
    signs = np.array([1.0 if goal.more else -1.0 for goal in aim.objectives])
    front = [fit[k] for k in pareto_front(np.array([tried[k].scores[:-1] for k in fit]) * signs)]
    front.sort(key=lambda k: -signs[0] * tried[k].scores[0])
    chosen = np.unique(np.linspace(0, len(front) - 1, min(len(front), MOST_ON_FRONT)).round().astype(int))
    return [front[k] for k in chosen]


def pareto_front(values: np.ndarray) -> list[int]:
    """Return the rows, of shape (plans, goals) with more always better, that no other row beats in every goal."""
    beaten = [(values >= row).all(axis=1) & (values > row).any(axis=1) for row in values]
    return [k for k, by in enumerate(beaten) if not by.any()]


def _intervals(
    values: np.ndarray, aim: Objectives, seed: int, start: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval of each outcome, or of its difference to the start on the same draws.

    Worlds (or runs, if there is one world) are drawn independently, so they are what intervals are made over: t
    intervals of a mean, percentiles of the bootstrap for a quantile.
    """
    subtracted = np.zeros_like(values) if start is None else start
    gaps = values - subtracted
    _, low, high = interval(gaps.mean(axis=1) if len(gaps) > 1 else gaps[0])
    if aim.quantile is not None:
        picks = np.random.default_rng(seed).integers(0, len(values), (1000, len(values)))
        resampled = np.array([aim.scores(values[pick]) - aim.scores(subtracted[pick]) for pick in picks])
        low[:-1], high[:-1] = np.nanquantile(resampled[:, :-1], [0.025, 0.975], axis=0)
    return low, high
