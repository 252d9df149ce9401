"""Run worlds and read their patterns: the ordinary organisation with and without a busy quarter, and small units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis.parameter_space import Dimension, between, values_of
from ccsim.analysis.problem import DIFFERENCE, AnalysisProblem, IndependentOrganisations, Runner
from ccsim.engine.columns import FloatArray
from ccsim.execution.estimate import Work
from ccsim.experiments.design import Design
from ccsim.experiments.factors import Factor
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.validation.facts.measures import Mean, correlated, evaluated, over_weeks
from ccsim.validation.facts.paired import Contrast
from ccsim.validation.facts.schema import Study
from ccsim.validation.worlds.patterns import Pattern, study_of

if TYPE_CHECKING:
    import pandas as pd

#: Weeks over which figures are averaged, because single weeks are mostly noise.
WEEKS = tuple(range(103, 156, 4))
#: Weeks between which customers are counted: after a year, and at the end.
KEPT_BETWEEN = (51, 155)
#: Number of points from which the amount of work is extrapolated.
FEW = 8
#: Levels of the value of the offer at the sites, and units of a world at each site.
SITES, UNITS_AT_A_SITE = 4, 6


def uncertain_space() -> tuple[Dimension, ...]:
    """Return all uncertain parameters over their declared ranges: assumptions, calibrated and published values."""
    rows = (row for row in all_parameters().values() if row.role == "assumption" and not row.choices)
    keys = [row.key for row in rows if row.kind is not bool and not row.source.startswith("definition")]
    return tuple(Dimension(Factor(key)) for key in keys)


@dataclass(frozen=True)
class Organisations:
    """Runs of the ordinary organisation, with and without a busy quarter.

    Attributes:
        space: the parameters that vary.
        patterns: those of the stage ``"organisation"``.
        runner: makes the runs and keeps the results.
        seed: seed of the draws.
        replicates: runs of a wave's points, and of candidates.
    """

    space: tuple[Dimension, ...]
    patterns: tuple[Pattern, ...]
    runner: Runner
    seed: int
    replicates: tuple[int, int] = (1, 2)

    def evaluate(self, part: str, unit: FloatArray) -> FloatArray:
        """Return the values of points, shape (points, runs, patterns), on the patterns' scales."""
        study, weeks = self._study(part)
        frame = self.runner.summaries(study, design_of(self.space, unit), part, weeks)
        return self.read(frame, len(unit), study.replicates)

    def work(self, part: str, points: int) -> Work:
        """Return the work of a number of points."""
        study, weeks = self._study(part)
        few = np.full((FEW, len(self.space)), 0.5)
        return Work.of(study.experiment(design_of(self.space, few), weeks)).times(points / FEW).in_parts(1)

    def _study(self, part: str) -> tuple[IndependentOrganisations, list[int]]:
        """Return the experiment of a part, and the weeks kept."""
        load = study_of("load")
        weeks = sorted({*WEEKS, *load.weeks[:2], *KEPT_BETWEEN})
        seed = int(np.random.SeedSequence([self.seed, *part.encode()]).generate_state(1)[0])
        count = self.replicates[part.startswith("candidates")]
        return IndependentOrganisations(
            load.scenarios["busy"], load.scenarios["nothing"], weeks[-1] + 1, count, seed
        ), weeks

    def read(self, frame: pd.DataFrame, points: int, runs: int) -> FloatArray:
        """Return the patterns of runs, shape (points, runs, patterns); nan where a run failed.

        Args:
            frame: rows by point, replicate and week, with the differences from doing nothing.
            points: number of points.
            runs: runs of each point.
        """
        import pandas as pd

        busy = frame[["point", "replicate", "week", *KPIS]]
        calm = busy[list(KPIS)].to_numpy() - frame[[name + DIFFERENCE for name in KPIS]].to_numpy()
        nothing = pd.concat([busy[["point", "replicate", "week"]], pd.DataFrame(calm, columns=list(KPIS))], axis=1)
        nothing = nothing.assign(unit=nothing["point"], scenario="nothing")
        means = over_weeks(nothing[nothing["week"].isin(WEEKS)])
        place = means["unit"].to_numpy(int), means["replicate"].to_numpy(int)
        outputs = np.full((points, runs, len(self.patterns)), np.nan)
        for k, pattern in enumerate(self.patterns):
            if isinstance(pattern.measure, Contrast):
                values = _contrast(pattern.measure, {"busy": busy, "nothing": nothing}, means)
            elif isinstance(pattern.measure, Mean):
                values = evaluated(means, pattern.measure.y)
            else:
                values = OWN[pattern.id](nothing, means)
            outputs[(*place, k)] = pattern.on_scale(values)
        return outputs


def _in_week(frame: pd.DataFrame, week: int, y: str, runs: pd.DataFrame) -> FloatArray:
    """Return the value of an expression in a week, in the order of ``runs``."""
    rows = frame[frame["week"] == week].set_index(["point", "replicate"])
    index = list(zip(runs["unit"].to_numpy(int), runs["replicate"].to_numpy(int), strict=True))
    return evaluated(rows.reindex(index), y)


def _contrast(measure: Contrast, frames: dict[str, Any], runs: pd.DataFrame) -> FloatArray:
    assert measure.week is not None
    total = np.zeros(len(runs))
    for name, weight in measure.scenarios.items():
        values = _in_week(frames[name], measure.week, measure.y, runs)
        with np.errstate(all="ignore"):
            total += weight * (np.log(values) if measure.log else values)
    return np.asarray(total / measure.per)


def _kept(nothing: pd.DataFrame, runs: pd.DataFrame) -> FloatArray:
    """Return the yearly change in customers."""
    start, end = KEPT_BETWEEN
    first, last = (_in_week(nothing, week, "active", runs) for week in KEPT_BETWEEN)
    with np.errstate(all="ignore"):
        return np.asarray((last / first) ** (52.0 / (end - start)) - 1.0)


#: Patterns that are not facts of a study.
OWN = {"margin": lambda nothing, runs: evaluated(runs, "profit / revenue"), "customers-kept": _kept}


@dataclass(frozen=True)
class Units:
    """Runs of many small units in one world, to measure correlations between them.

    Attributes:
        space: the parameters that vary between worlds.
        patterns: those of the stage ``"units"``.
        runner: makes the runs and keeps the results.
        seed: seed of the draws.
        at_a_site: units at each level of the value of the offer.
    """

    space: tuple[Dimension, ...]
    patterns: tuple[Pattern, ...]
    runner: Runner
    seed: int
    at_a_site: int = UNITS_AT_A_SITE

    def evaluate(self, part: str, unit: FloatArray) -> FloatArray:
        """Return each world's correlations and the variances of their errors, shape (points, 2, patterns)."""
        import pandas as pd

        study = study_of("units")
        frames = []
        for site in range(SITES):
            own, design = self._problem(site, part, unit)
            frame = self.runner.summaries(own, design, f"{part}-site-{site + 1}", study.weeks)
            frames.append(frame.assign(replicate=frame["replicate"] + site * self.at_a_site))
        sites = pd.concat(frames, ignore_index=True)
        means = over_weeks(sites.assign(unit=sites["point"], scenario="unit"))
        outputs = np.full((len(unit), 2, len(self.patterns)), np.nan)
        for number in range(len(unit)):
            rows = means[means["unit"] == number]
            for k, pattern in enumerate(self.patterns):
                x, y = (evaluated(rows, text) for text in (pattern.measure.x, pattern.measure.y))
                outputs[number, :, k] = _correlation(x, y)
        return outputs

    def work(self, points: int) -> Work:
        """Return the work of a number of worlds, in one batch."""
        own, design = self._problem(0, "", np.full((FEW, len(self.space)), 0.5))
        one = Work.of(own.experiment(design, study_of("units").weeks))
        return one.times(SITES * points / FEW).in_parts(SITES)

    def _problem(self, site: int, part: str, unit: FloatArray) -> tuple[AnalysisProblem, Design]:
        """Return the experiment at a site in some worlds."""
        study = study_of("units")
        seed = int(np.random.SeedSequence([self.seed, site, *part.encode()]).generate_state(1)[0])
        own = AnalysisProblem(
            next(iter(study.scenarios.values())), weeks=study.weeks[-1] + 1, replicates=self.at_a_site, seed=seed
        )
        rows = between(self.space, unit)
        return own, Design.given([at_site(study, values_of(self.space, row), (site + 0.5) / SITES) for row in rows])


def at_site(study: Study, values: dict[str, Any], place: float) -> dict[str, Any]:
    """Return the values of a site: the world's own values, shifted as the study specifies.

    Args:
        study: the study.
        values: the world's values, by key.
        place: place of the site within the range of each factor, from 0 to 1.
    """
    own = dict(values)
    for key, (low, high) in study.factors.items():
        if key in own:
            own[key] = float(np.clip(own[key] + (place - 0.5) * (high - low), 0.0, 1.0))
        else:
            own[key] = low + place * (high - low)
    return own


def _correlation(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return a correlation, and the variance of its error."""
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < 8:
        return float("nan"), 1.0
    r = correlated(x[known], y[known])
    return r, (1.0 - r**2) ** 2 / (int(known.sum()) - 1)


def design_of(space: Sequence[Dimension], unit: FloatArray) -> Design:
    """Return points of the unit cube as a design of an experiment."""
    return Design.given([values_of(space, row) for row in between(space, unit)])
