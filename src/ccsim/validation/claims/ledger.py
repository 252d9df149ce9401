"""Run the ledger: every scenario of every claim once, at the defaults and in other worlds.

The other worlds are admitted worlds (:mod:`ccsim.analysis.admitted`). A stress test uses points of the whole declared
space instead, most of which cannot be real.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.comparison import ShareInterval, share_interval
from ccsim.analysis.problem import Runner
from ccsim.engine.parameters import Parameter
from ccsim.errors import ResultsError
from ccsim.execution.estimate import Work
from ccsim.experiments.experiment import Experiment
from ccsim.model.settings import all_parameters
from ccsim.results.formatting import signed
from ccsim.results.results import open_results
from ccsim.scenarios.scenario import Scenario
from ccsim.validation.claims.contrasts import KINDS, Cell, Contrast
from ccsim.validation.claims.dependence import (
    BestSplit,
    Driver,
    FlipMap,
    deciders_of,
    detectable,
    flip_map,
    where_holds,
)
from ccsim.validation.claims.schema import Claim
from ccsim.validation.claims.verdict import (
    Outcome,
    VariancePrior,
    adjusted,
    contrast_values,
    judge,
    shrink_variance,
    verdict,
)

if TYPE_CHECKING:
    import pandas as pd

CellValues = dict[tuple[str, int], Any]  # (scenario, week) -> frame indexed by replicate
#: Replicates at each point of the other worlds.
AT_POINT = 4


@dataclass(frozen=True)
class ClaimResult:
    """The result for a claim.

    Attributes:
        claim: the claim.
        outcome: at the defaults.
        p: its p value, adjusted over the ledger.
        secondary: the outcomes in its further KPIs.
        effects: mean effect at each point of the other worlds, the defaults first.
        signs: 1, 0, -1 at each point: holds, chance could make it, reversed.
        holds, reverses: shares of the points with their 95 % intervals; None if none were run.
        deciders: the parameters on which it depends most.
        where: the cut that best separates where it holds; None if it holds everywhere or nowhere.
        verdict: in a word or two.
        mixed: ``effects`` are in standard deviations between organisations, because several KPIs are compared.
        map: shares by thirds of two parameters; None if fewer than two are significant.
    """

    claim: Claim
    outcome: Outcome
    p: float
    secondary: dict[str, Outcome]
    effects: tuple[float, ...]
    signs: tuple[int, ...]
    holds: ShareInterval | None
    reverses: ShareInterval | None
    deciders: tuple[Driver, ...]
    where: BestSplit | None
    verdict: str
    mixed: bool = False
    map: FlipMap | None = None


@dataclass(frozen=True)
class Ledger:
    """All findings, with the design of their runs.

    Attributes:
        findings: one for each claim.
        replicates: paired runs at the defaults.
        points: other worlds run so far; ``planned``: how many were planned.
        seed: of all draws.
        stress: whether the points are a hypercube over the declared ranges, not admitted worlds.
        varied: how many parameters differ between the points.
    """

    findings: tuple[ClaimResult, ...]
    replicates: int
    points: int
    planned: int
    seed: int
    stress: bool = False
    varied: int = 0

    @property
    def where(self) -> str:
        """What the points are, in a few words."""
        return "points of the declared space" if self.stress else "admitted worlds"

    @property
    def detectable(self) -> float:
        """The rank correlation that would be detected with 80 % power when all parameters are tested."""
        return detectable(self.points, self.varied)

    def table(self) -> pd.DataFrame:
        """Return one row per claim."""
        import pandas as pd

        rows = []
        for one in self.findings:
            holds, reverses = (share or share_interval(0, 0) for share in (one.holds, one.reverses))
            rows.append({
                "id": one.claim.id, "claim": one.claim.statement, "article": one.claim.article, "kind": one.claim.kind,
                "kpi": one.claim.kpi, "direction": one.claim.direction, "effect": one.outcome.effect, "low": one.outcome.low,
                "high": one.outcome.high, "p": one.outcome.p, "p_adjusted": one.p, "spread": one.outcome.spread,
                "runs": one.outcome.runs, "weakest": one.outcome.words, "holds": holds.share, "holds_low": holds.low,
                "holds_high": holds.high, "reverses": reverses.share, "reverses_low": reverses.low,
                "reverses_high": reverses.high, "deciders": ", ".join(f"{d.key} {signed(d.rho, hyphen=True)}" for d in one.deciders),
                "verdict": one.verdict,
            })  # fmt: skip
        return pd.DataFrame(rows)


def stressed(points: int, seed: int) -> list[dict[str, Any]]:
    """Return points of the declared space: a Latin hypercube over the ranges of all assumed parameters."""
    from scipy.stats import qmc

    rows = uncertain()
    if points == 0:
        return []
    cube = qmc.LatinHypercube(len(rows), rng=np.random.default_rng(seed)).random(points)
    return [{row.key: _inside(row, u) for row, u in zip(rows, line, strict=True)} for line in cube]


def uncertain() -> list[Parameter]:
    """Return the parameters whose values are assumptions of ours."""
    return [row for row in all_parameters().values() if row.assumed and not row.choices and row.kind is not bool]


def _inside(row: Parameter, u: float) -> float | int:
    low, high = row.range
    return int(low + u * (high - low + 1)) if row.kind is int else float(low + u * (high - low))


def scenarios_of(claims: Sequence[Claim]) -> tuple[dict[str, Scenario], dict[tuple[str, str], str]]:
    """Return the distinct scenarios of some claims, and the index among them of each scenario of each claim."""
    known: dict[str, str] = {}
    found: dict[str, Scenario] = {}
    place: dict[tuple[str, str], str] = {}
    for claim in claims:
        for name, scenario in claim.scenarios.items():
            same = repr({key: value for key, value in scenario.resolved().items() if key not in ("title", "about")})
            own = known.setdefault(same, f"{claim.id} {name}")
            found.setdefault(own, scenario)
            place[claim.id, name] = own
    return found, place


def run_ledger(
    claims: Sequence[Claim], runner: Runner, *, replicates: int = 30, points: int = 0, seed: int = 1, partial: bool = False,
    worlds: AdmittedWorlds | None = None,
) -> Ledger:  # fmt: skip
    """Test claims.

    Args:
        claims: which.
        runner: how they are run, and the folder that gets a results folder for each part.
        replicates: paired runs of each scenario at the defaults.
        points: worlds besides the defaults, each with a few replicates.
        seed: of all draws, and of the points.
        partial: run nothing; judge what the folder holds of the same ledger, at the points that are finished.
        worlds: the admitted worlds to draw from; None for a stress test over the declared ranges.

    Returns:
        The verdict on each claim, and how often it holds in the admitted worlds.
    """
    scenarios, place = scenarios_of(claims)
    weeks = tuple(sorted({week for claim in claims for week in claim.weeks}))
    plain = Experiment(
        "claims", "The claims ledger", "Which claims does the model support, and where?", next(iter(scenarios)),
        scenarios, weeks[-1] + 1, replicates, seed, report_weeks=weeks,
    )  # fmt: skip
    space = worlds.draw(points, seed) if worlds else stressed(points, seed)
    varied: dict[str, Scenario] = {}
    for number, values in enumerate(space):
        for name, scenario in scenarios.items():
            varied[_prefix(number) + name] = under(scenario, values)
    elsewhere = replace(plain, scenarios=varied, replicates=AT_POINT, baseline=next(iter(varied), ""))
    if not partial:
        runner.expect([Work.of(plain), *([Work.of(elsewhere)] if space else [])])
    at_defaults = _run_cells(plain, runner, "defaults", "At the defaults", partial)
    over = _run_cells(elsewhere, runner, "space", "In other worlds", partial) if space else {}
    finished = [n for n in range(points) if all((_prefix(n) + name, weeks[-1]) in over for name in scenarios)]
    outcomes = [judge_claim(claim, at_defaults, place) for claim in claims]
    ps = adjusted(outcomes)
    known = _Space(over, place, {number: space[number] for number in finished})
    findings = [
        _finding(claim, outcome, p, at_defaults, known) for claim, outcome, p in zip(claims, outcomes, ps, strict=True)
    ]
    return Ledger(
        tuple(findings), replicates, len(finished), points, seed, worlds is None, len(space[0]) if space else 0
    )


def under(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario in another world; the scenario's own values take precedence."""
    own = {**scenario.assumptions, **scenario.levers, **scenario.history}
    return scenario.with_values({key: value for key, value in values.items() if key not in own})


def _run_cells(experiment: Experiment, runner: Runner, part: str, title: str, partial: bool) -> CellValues:
    """Run an experiment (or, if ``partial``, read what is there), and return its values by scenario and week."""
    if not partial:
        results = runner.results(experiment, part, title)
    else:
        folder = (runner.folder or Path()) / part
        results = open_results(folder)
        if set(results.experiment.scenarios) != set(experiment.scenarios):
            raise ResultsError(f"{folder}: holds runs of another ledger (other claims, or another number of points)")
    frame = results.summaries.set_index("replicate").sort_index()
    found: CellValues = {}
    for scenario, of_scenario in frame.groupby("scenario", sort=False):
        for week in experiment.report_weeks:
            found[str(scenario), week] = of_scenario[of_scenario["week"] == week]
    return found


def _cells(
    contrasts: Sequence[Contrast],
    claim: Claim,
    cell_values: CellValues,
    place: Mapping[tuple[str, str], str],
    prefix: str,
) -> dict[Cell, Any] | None:
    """Return the values of every cell over the replicates common to all cells; None if there are too few."""
    wanted = {cell for one in contrasts for cell in one.weights}
    columns = {}
    for name, kpi, week in wanted:
        rows = cell_values.get((prefix + place[claim.id, name], week))
        if rows is None:
            return None
        columns[name, kpi, week] = rows[kpi].dropna()
    common = sorted(set.intersection(*(set(column.index) for column in columns.values())))
    if len(common) < 2:
        return None
    return {cell: column.loc[common].to_numpy() for cell, column in columns.items()}


def judge_claim(
    claim: Claim, cell_values: CellValues, place: Mapping[tuple[str, str], str], prefix: str = "", kpi: str | None = None,
    priors: Sequence[VariancePrior | None] = (),
) -> Outcome:  # fmt: skip
    """Judge a claim at one point.

    Args:
        claim: the claim.
        cell_values: for each scenario, KPI and week, values over replicates.
        place: where the values of each scenario of a claim stand.
        prefix: prefix of the point in the names of scenarios.
        kpi: another KPI to use in place of the claim's own.
        priors: for each contrast, what the other points say of its variance.

    Returns:
        Effect, interval and p value.
    """
    contrasts = claim.contrasts(kpi)
    cells = _cells(contrasts, claim, cell_values, place, prefix)
    if cells is None:
        return Outcome(
            *(float("nan"),) * 3, 0.5, 0.5, 0, float("nan"), "no run that can be evaluated", kpi or claim.kpi
        )
    return judge(contrasts, cells, KINDS[claim.kind].chooses, priors)


@dataclass(frozen=True)
class _Space:
    """Values at the other worlds, and the points by their number."""

    cell_values: CellValues
    place: Mapping[tuple[str, str], str]
    points: Mapping[int, Mapping[str, Any]]


def _variance_priors(claim: Claim, over: _Space) -> list[VariancePrior | None]:
    """Return the prior on each contrast's variance, estimated from all other worlds."""
    contrasts = claim.contrasts()
    at_points = [_cells(contrasts, claim, over.cell_values, over.place, _prefix(number)) for number in over.points]
    # If the claim chooses, only half of the replicates are used for the test.
    start = AT_POINT // 2 if KINDS[claim.kind].chooses else 0
    known = [contrast_values(contrasts, cells)[:, start:] for cells in at_points if cells is not None]
    whole = [values for values in known if values.shape[1] == AT_POINT - start]
    if not whole:
        return [None] * len(contrasts)
    variances = np.array([values.var(axis=1, ddof=1) for values in whole])
    return [shrink_variance(list(column), AT_POINT - start - 1) for column in variances.T]


def _prefix(number: int) -> str:
    return f"{number + 1:04d} "


def _finding(claim: Claim, outcome: Outcome, p: float, at_defaults: CellValues, over: _Space) -> ClaimResult:
    also = {kpi: judge_claim(claim, at_defaults, over.place, kpi=kpi) for kpi in claim.secondary}
    priors = _variance_priors(claim, over)
    there = [judge_claim(claim, over.cell_values, over.place, _prefix(number), priors=priors) for number in over.points]
    space = list(over.points.values())
    # Differences in several KPIs are made comparable by the standard deviation between organisations.
    mixed = len(set(claim.kpis)) > 1 or claim.kind == "goodhart"
    effects = tuple(one.effect / one.spread if mixed else one.effect for one in (outcome, *there))
    signs = (outcome.sign(p), *(one.sign() for one in there))
    held, turned = (share_interval(signs.count(sign), len(signs)) if space else None for sign in (1, -1))
    return ClaimResult(
        claim, outcome, p, also, effects, signs, held, turned, deciders_of(effects[1:], space),
        where_holds(signs[1:], effects[1:], space),
        verdict(outcome, p, held.share if held else None, turned.share if turned else None), mixed,
        flip_map(signs[1:], effects[1:], space),
    )  # fmt: skip
