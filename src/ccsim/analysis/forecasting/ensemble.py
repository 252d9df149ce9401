"""An ensemble of worlds: the organisation founded over and over, with everything that is uncertain drawn anew.

The prior is the admitted worlds (:mod:`ccsim.analysis.admitted`), or the declared range of every assumption; where the
questionnaire has answers, values come from the narrower ranges that these leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.analysis.admitted import AdmittedWorlds, space_of
from ccsim.analysis.parameter_space import Dimension, drawn, numbers_of
from ccsim.analysis.study import AnalysisProblem, Runner
from ccsim.errors import InputError
from ccsim.execution.estimate import Work
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.organisations.assessment import assess
from ccsim.organisations.folder import Folder
from ccsim.organisations.founding import make_layout
from ccsim.scenarios.scenario import Scenario

#: Steps that worlds live before the first one that counts, and steps that are seen of them before the forecast.
SETTLING, SEEN = 1, 6


@dataclass(frozen=True)
class Ensemble:
    """Worlds that were run.

    Attributes:
        space: what varies.
        numbers: the worlds' values, shape (worlds, dimensions).
        figures: each KPI over steps, shape (worlds, steps), by name.
    """

    space: tuple[Dimension, ...]
    numbers: np.ndarray
    figures: dict[str, np.ndarray]


def prior(folder: Folder, source: AdmittedWorlds | None = None) -> tuple[Dimension, ...]:
    """Return what is uncertain of an organisation, and between which values.

    Args:
        folder: the organisation.
        source: the admitted worlds that values come from; None for the declared ranges.
    """
    known = set(make_layout(folder).values)
    intervals = assess(folder).intervals if "answers" in folder.tables else {}
    narrowed = [
        f"{key}={low!r}:{high!r}" for key, (low, high) in intervals.items() if all_parameters()[key].role == "assumption" and low < high
    ]  # fmt: skip
    return space_of(["assumptions", *narrowed], dict.fromkeys(known), source)[0]


def scenario_of(folder: Folder) -> Scenario:
    """Return the organisation left alone, with the levers of its past in the middle of what the questionnaire says."""
    before = {}
    if "answers" in folder.tables:
        for key, (low, high) in assess(folder).intervals.items():
            row = all_parameters()[key]
            if row.role == "lever":
                before[key] = row.check(row.kind((low + high) / 2))
    return Scenario("own", title=folder.name, history=before, source=str(folder.path))


def run_worlds(
    folder: Folder, steps: int, weeks: int, worlds: int, seed: int, runner: Runner, source: AdmittedWorlds | None = None,
    *, then: int = 0,
) -> Ensemble:  # fmt: skip
    """Run worlds of the prior.

    Args:
        folder: the organisation.
        steps: steps that are kept of each world.
        weeks: weeks of a step.
        worlds: how many.
        seed: where draws begin.
        runner: how they are run.
        source: the admitted worlds that values come from; None for the declared ranges.
        then: how many runs come after these, for what is told of the time.

    Returns:
        The parameter values of the completed worlds, shape (worlds, parameters), and each KPI in them, shape (worlds,
        steps).

    Raises:
        InputError: too few worlds.
    """
    if worlds < 40:
        raise InputError(f"worlds: must be at least 40, got {worlds}")
    space = prior(folder, source)
    design = source.design(space, worlds, seed) if source else drawn(space, "latin-hypercube", worlds, seed)
    at = [(SETTLING + step + 1) * weeks - 1 for step in range(steps)]
    study = AnalysisProblem(scenario_of(folder), weeks=at[-1] + 1, replicates=1, seed=seed)
    runner.expect([Work.of(study.experiment(design, at)).times(1.0 + then / worlds)])
    frame = runner.summaries(study, design, "worlds", at)
    done = np.sort(frame["point"].unique())
    figures = {
        name: frame.pivot(index="point", columns="week", values=name).reindex(done).to_numpy(float)
        for name in KPIS if name in frame
    }  # fmt: skip
    return Ensemble(space, numbers_of(space, design)[done], figures)


def where_you_lie(ensemble: Ensemble, levels: dict[str, float]) -> pd.DataFrame:
    """Return the quantile of each observed level among the worlds, in words where it is far out."""
    rows = []
    for kpi, level in levels.items():
        worlds = ensemble.figures[kpi][:, :SEEN].mean(axis=1)
        worlds = worlds[np.isfinite(worlds)]
        quantile = float((worlds < level).mean())
        words = (
            "below nearly every world of the model: its forecasts rest on what it cannot show" if quantile < 0.01
            else "above nearly every world of the model: its forecasts rest on what it cannot show" if quantile > 0.99 else ""
        )  # fmt: skip
        rows.append((kpi, level, quantile, words))
    return pd.DataFrame(rows, columns=["kpi", "observed", "quantile", "in_words"])
