"""An ensemble of worlds: the organisation is founded many times, each time with new draws of all uncertain parameters.

The prior is the admitted worlds (:mod:`ccsim.analysis.admitted`), or the declared range of each assumption. Answers to
the questionnaire narrow these ranges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.analysis.admitted import AdmittedWorlds, space_of
from ccsim.analysis.parameter_space import Dimension, drawn, numbers_of
from ccsim.analysis.problem import IndependentOrganisations, Runner
from ccsim.errors import InputError
from ccsim.execution.estimate import Work
from ccsim.experiments.design import Design
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.organisations.folder import Folder
from ccsim.organisations.layout import make_layout
from ccsim.organisations.timeline import Event, of_the_past, timeline_of
from ccsim.scenarios.scenario import Scenario

#: Steps that worlds run before the first one that counts, and steps of their past from which forecasts are made.
SETTLING, PAST_STEPS = 1, 6


@dataclass(frozen=True)
class Ensemble:
    """Worlds that have been run.

    Attributes:
        space: the parameters that vary.
        numbers: the worlds' parameter values, shape (worlds, dimensions).
        values: each KPI by name, shape (worlds, steps).
        past_steps: number of steps in the past; the others lie ahead.
        weeks: length of a step in weeks.
    """

    space: tuple[Dimension, ...]
    numbers: np.ndarray
    values: dict[str, np.ndarray]
    past_steps: int = PAST_STEPS
    weeks: float = 13

    def past(self, kpi: str, steps: int) -> np.ndarray:
        """Return the last steps of a KPI's past, shape (worlds, steps)."""
        return self.values[kpi][:, self.past_steps - steps : self.past_steps]


def prior(folder: Folder, source: AdmittedWorlds | None = None, *, levers: bool = True) -> tuple[Dimension, ...]:
    """Return the uncertain parameters of an organisation, with their ranges.

    Args:
        folder: the organisation.
        source: the admitted worlds from which values come; None for the declared ranges.
        levers: whether levers of the past that the questionnaire covers are included.
    """
    layout = make_layout(folder)
    rows = all_parameters()
    narrowed = [
        f"{key}={low!r}:{high!r}" for key, (low, high) in layout.intervals.items()
        if low < high and (levers or rows[key].role == "assumption")
    ]  # fmt: skip
    return space_of(["assumptions", *narrowed], dict.fromkeys(layout.values), source)[0]


@dataclass(frozen=True)
class Past:
    """The past that worlds share with the organisation.

    Attributes:
        last_day: last day of the history that is used.
        steps: number of past steps that are kept.
        left_out: events that do not happen in these worlds.
    """

    last_day: pd.Timestamp
    steps: int = PAST_STEPS
    left_out: tuple[Event, ...] = ()


def scenario_of(
    folder: Folder, weeks: int = 0, start: pd.Timestamp | None = None, left_out: tuple[Event, ...] = ()
) -> Scenario:
    """Return a scenario of the organisation with its known past and no further moves.

    Drivers and events move levers on their own dates.

    Args:
        folder: the organisation.
        weeks: number of simulated weeks.
        start: day on which week 0 begins; None for today, with the levers as they stand now.
        left_out: events to leave out.
    """
    if start is None:
        return Scenario("own", title=folder.name, source=str(folder.path))
    known, moves = timeline_of(folder, start, weeks, left_out)
    layout = make_layout(folder)
    # Levers that have moved by today had not moved at the start.
    before = {
        key: layout.values.get(key, all_parameters()[key].default)
        for key in layout.in_force
        if key not in layout.intervals
    }
    return Scenario("own", title=folder.name, history={**before, **known}, schedule=moves, source=str(folder.path))


def run_worlds(
    folder: Folder, steps: int, weeks: float, worlds: int, seed: int, runner: Runner, source: AdmittedWorlds | None = None,
    *, then: int = 0, past: Past | None = None,
) -> Ensemble:  # fmt: skip
    """Run worlds of the prior.

    Args:
        folder: the organisation.
        steps: number of steps that are kept of each world.
        weeks: length of a step in weeks.
        worlds: number of worlds of the ensemble.
        seed: seed of the draws.
        runner: how worlds are run.
        source: the admitted worlds from which values come; None for the declared ranges.
        then: number of runs that follow these, for the estimate of the duration.
        past: the past of the worlds; None if no driver or event moves them.

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
    return run_design(folder, space, design, steps, weeks, seed, runner, rerun=then / worlds, past=past)


def run_design(
    folder: Folder, space: tuple[Dimension, ...], design: Design, steps: int, weeks: float, seed: int, runner: Runner, *,
    part: str = "worlds", rerun: float | None = None, past: Past | None = None,
) -> Ensemble:  # fmt: skip
    """Run the worlds of a design.

    Args:
        folder: the organisation.
        space: the parameters of the design.
        design: the parameter values of the worlds.
        steps: number of steps that are kept of each world.
        weeks: length of a step in weeks.
        seed: seed of the draws.
        runner: how worlds are run.
        part: what to call these runs.
        rerun: share of as many runs that follows these, for the estimate of the duration; None if it was made before.
        past: the past of the worlds; None if no driver or event moves them.

    Returns:
        The completed worlds.
    """
    # The last week (from 0) of each step after those in which worlds settle.
    report_weeks = [round((SETTLING + step + 1) * weeks) - 1 for step in range(steps)]
    n_weeks = report_weeks[-1] + 1
    scenario = scenario_of(folder, n_weeks)
    if past:  # week 0 begins so that the past ends on its last day
        start = past.last_day - pd.Timedelta(days=7 * round((SETTLING + past.steps) * weeks) - 1)
        scenario = scenario_of(folder, n_weeks, start, past.left_out)
    problem = IndependentOrganisations(of_the_past(scenario), weeks=n_weeks, replicates=1, seed=seed)
    if rerun is not None:
        runner.expect([Work.of(problem.experiment(design, report_weeks)).times(1.0 + rerun)])
    frame = runner.summaries(problem, design, part, report_weeks)
    values = {name: frame.pivot(index="point", columns="week", values=name).to_numpy(float) for name in KPIS}
    completed = np.sort(frame["point"].unique())
    return Ensemble(space, numbers_of(space, design)[completed], values, past.steps if past else PAST_STEPS, weeks)


def locate_observed(ensemble: Ensemble, levels: dict[str, float]) -> pd.DataFrame:
    """Return the quantile of each observed level among the worlds, with a remark if it is extreme."""
    rows = []
    for kpi, level in levels.items():
        worlds = ensemble.past(kpi, min(PAST_STEPS, ensemble.past_steps)).mean(axis=1)
        worlds = worlds[np.isfinite(worlds)]
        quantile = float((worlds < level).mean())
        words = (
            "below nearly every world of the model: its forecasts rest on what it cannot show" if quantile < 0.01
            else "above nearly every world of the model: its forecasts rest on what it cannot show" if quantile > 0.99 else ""
        )  # fmt: skip
        rows.append((kpi, level, quantile, words))
    return pd.DataFrame(rows, columns=["kpi", "observed", "quantile", "in_words"])
