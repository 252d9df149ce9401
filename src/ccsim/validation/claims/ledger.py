"""Run the ledger: every scenario of every claim once, at the defaults and in other worlds.

The other worlds are admitted worlds (:mod:`ccsim.analysis.admitted`). A stress test uses points of the whole declared
space instead, most of which cannot be real.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.comparison import ShareInterval, share_interval
from ccsim.analysis.problem import Runner
from ccsim.errors import ResultsError
from ccsim.execution.estimate import Work
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment
from ccsim.experiments.factors import parse_factors
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
    if points == 0:
        return []
    design = Design("latin-hypercube", tuple(parse_factors("assumptions")), points, seed)
    return [design.row(number) for number in range(points)]


def scenarios_of(claims: Sequence[Claim]) -> tuple[dict[str, Scenario], dict[tuple[str, str], str]]:
    """Return the distinct scenarios of some claims, and the name among them of each scenario of each claim."""
    known: dict[str, str] = {}
    distinct: dict[str, Scenario] = {}
    names: dict[tuple[str, str], str] = {}
    for claim in claims:
        for name, scenario in claim.scenarios.items():
            content = repr({key: value for key, value in scenario.resolved().items() if key not in ("title", "about")})
            names[claim.id, name] = own = known.setdefault(content, f"{claim.id} {name}")
            distinct.setdefault(own, scenario)
    return distinct, names


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
    scenarios, names = scenarios_of(claims)
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
    at_defaults = _Runs(_run(plain, runner, "defaults", "At the defaults", partial), names)
    in_worlds = _Runs(_run(elsewhere, runner, "space", "In other worlds", partial) if space else {}, names)
    finished = {
        _prefix(number): values for number, values in enumerate(space)
        if all((_prefix(number) + name, weeks[-1]) in in_worlds.frames for name in scenarios)
    }  # fmt: skip
    outcomes = [at_defaults.judge(claim) for claim in claims]
    findings = [
        _finding(claim, outcome, p, at_defaults, in_worlds, finished)
        for claim, outcome, p in zip(claims, outcomes, adjusted(outcomes), strict=True)
    ]
    return Ledger(
        tuple(findings), replicates, len(finished), points, seed, worlds is None, len(space[0]) if space else 0
    )


def under(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario in another world; the scenario's own values take precedence."""
    own = {**scenario.assumptions, **scenario.levers, **scenario.history}
    return scenario.with_values({key: value for key, value in values.items() if key not in own})


def _run(experiment: Experiment, runner: Runner, part: str, title: str, partial: bool) -> dict[tuple[str, int], Any]:
    """Run an experiment (or, if ``partial``, read what is there), and return a frame by scenario and week, with a row per replicate."""
    if not partial:
        results = runner.results(experiment, part, title)
    else:
        folder = (runner.folder or Path()) / part
        results = open_results(folder)
        if set(results.experiment.scenarios) != set(experiment.scenarios):
            raise ResultsError(f"{folder}: holds runs of another ledger (other claims, or another number of points)")
    frames: dict[tuple[str, int], Any] = {}
    table = results.summaries.set_index("replicate").sort_index()
    for scenario, rows in table.groupby("scenario", sort=False):
        for week in experiment.report_weeks:
            frames[str(scenario), week] = rows[rows["week"] == week]
    return frames


@dataclass(frozen=True)
class _Runs:
    """Runs at the defaults or in other worlds, by which claims are judged.

    Attributes:
        frames: for each scenario and week the KPIs, a row per replicate.
        names: by claim and its name of a scenario, the name under which the scenario was run, without the prefix of a world.
    """

    frames: Mapping[tuple[str, int], Any]
    names: Mapping[tuple[str, str], str]

    def cells(self, contrasts: Sequence[Contrast], claim: Claim, prefix: str = "") -> dict[Cell, Any] | None:
        """Return the values of every cell over the replicates common to all cells; None if there are too few."""
        columns = {}
        for name, kpi, week in {cell for contrast in contrasts for cell in contrast.weights}:
            rows = self.frames.get((prefix + self.names[claim.id, name], week))
            if rows is None:
                return None
            columns[name, kpi, week] = rows[kpi].dropna()
        common = sorted(set.intersection(*(set(column.index) for column in columns.values())))
        if len(common) < 2:
            return None
        return {cell: column.loc[common].to_numpy() for cell, column in columns.items()}

    def judge(
        self, claim: Claim, prefix: str = "", kpi: str | None = None, priors: Sequence[VariancePrior | None] = ()
    ) -> Outcome:
        """Judge a claim at one point.

        Args:
            claim: the claim.
            prefix: prefix of the point in the names of scenarios.
            kpi: another KPI to use in place of the claim's own.
            priors: for each contrast, what the other points say of its variance.

        Returns:
            Effect, interval and p value.
        """
        contrasts = claim.contrasts(kpi)
        cells = self.cells(contrasts, claim, prefix)
        if cells is None:
            return Outcome(
                *(float("nan"),) * 3, 0.5, 0.5, 0, float("nan"), "no run that can be evaluated", kpi or claim.kpi
            )
        return judge(contrasts, cells, KINDS[claim.kind].chooses, priors)

    def variance_priors(self, claim: Claim, prefixes: Iterable[str]) -> list[VariancePrior | None]:
        """Return the prior on each contrast's variance, estimated from all other worlds."""
        contrasts = claim.contrasts()
        at_points = [self.cells(contrasts, claim, prefix) for prefix in prefixes]
        # If the claim chooses, only half of the replicates are used for the test.
        start = AT_POINT // 2 if KINDS[claim.kind].chooses else 0
        known = [contrast_values(contrasts, cells)[:, start:] for cells in at_points if cells is not None]
        complete = [values for values in known if values.shape[1] == AT_POINT - start]
        if not complete:
            return [None] * len(contrasts)
        variances = np.array([values.var(axis=1, ddof=1) for values in complete])
        return [shrink_variance(list(column), AT_POINT - start - 1) for column in variances.T]


def _prefix(number: int) -> str:
    return f"{number + 1:04d} "


def _finding(
    claim: Claim, outcome: Outcome, p: float, at_defaults: _Runs, in_worlds: _Runs, points: Mapping[str, Mapping[str, Any]]
) -> ClaimResult:  # fmt: skip
    """Return the result for a claim, from runs at the defaults and at points of the other worlds, by their prefixes."""
    secondary = {kpi: at_defaults.judge(claim, kpi=kpi) for kpi in claim.secondary}
    priors = in_worlds.variance_priors(claim, points)
    elsewhere = [in_worlds.judge(claim, prefix, priors=priors) for prefix in points]
    space = list(points.values())
    # Differences in several KPIs are made comparable by the standard deviation between organisations.
    mixed = len(set(claim.kpis)) > 1 or claim.kind == "goodhart"
    effects = tuple(each.effect / each.spread if mixed else each.effect for each in (outcome, *elsewhere))
    signs = (outcome.sign(p), *(each.sign() for each in elsewhere))
    holds, reverses = (share_interval(signs.count(sign), len(signs)) if space else None for sign in (1, -1))
    return ClaimResult(
        claim, outcome, p, secondary, effects, signs, holds, reverses, deciders_of(effects[1:], space),
        where_holds(signs[1:], effects[1:], space),
        verdict(outcome, p, holds.share if holds else None, reverses.share if reverses else None), mixed,
        flip_map(signs[1:], effects[1:], space),
    )  # fmt: skip
