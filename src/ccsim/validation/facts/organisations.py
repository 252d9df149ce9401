"""A study of organisations: scenarios, sweeps and samples, run as one experiment and arranged for measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis.problem import Runner
from ccsim.errors import ResultsError, count_noun
from ccsim.experiments.experiment import Experiment
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import Scenario
from ccsim.validation.facts.schema import Study

if TYPE_CHECKING:
    import pandas as pd


def sampled(study: Study, seed: int) -> list[dict[str, Any]]:
    """Return the points of a study's organisations: a Latin hypercube over the ranges that it varies."""
    from scipy.stats import qmc

    if not study.samples:
        return []
    cube = qmc.LatinHypercube(len(study.factors), rng=np.random.default_rng(seed)).random(study.samples)
    return [
        {key: _inside(key, u, *study.factors[key]) for key, u in zip(study.factors, line, strict=True)} for line in cube
    ]


def _inside(key: str, u: float, low: float, high: float) -> float | int:
    if all_parameters()[key].kind is int:
        return int(low + u * (high - low + 1.0 - 1e-9))
    return float(low + u * (high - low))


def as_experiment(study: Study, seed: int) -> tuple[Experiment, dict[str, tuple[str, int]]]:
    """Return a study as an experiment; for each of its scenarios, the study's own scenario and the point."""
    points = sampled(study, seed)
    scenarios: dict[str, Scenario] = {}
    origins: dict[str, tuple[str, int]] = {}
    for number, values in enumerate(points or [{}]):
        for name, scenario in study.scenarios.items():
            key = f"{number:04d} {name}" if points else name
            own = {**scenario.values(), **{k: 0 for move in scenario.schedule for k in move.set}}
            scenarios[key] = scenario.with_values({k: v for k, v in values.items() if k not in own})
            origins[key] = (name, number)
    title = study.title or study.id
    # Organisations of a sample are independent: with common draws, all would have the same executive.
    units = {key: number for key, (_, number) in origins.items()} if points else {}
    return Experiment(
        study.id, title, study.about, next(iter(scenarios)), scenarios, study.weeks[-1] + 1, study.replicates, seed, report_weeks=study.weeks,
        seed_groups=units,
    ), origins  # fmt: skip


def observe(study: Study, seed: int, runner: Runner) -> pd.DataFrame:
    """Run a study and return one row per scenario, replicate and week.

    Columns are all KPIs; ``unit``, the independent unit (the point of a sample, otherwise the replicate); ``swept``, the value
    of the sweep; and in a sample the value of every lever that varies, by key.

    Args:
        study: the study.
        seed: seed.
        runner: how it is run, and the folder that gets a folder for it.

    Returns:
        Columns ``unit``, ``scenario``, ``replicate``, ``week`` and those asked for, sorted by them.

    Raises:
        ResultsError: a run failed.
    """
    experiment, origins = as_experiment(study, seed)
    results = runner.results(experiment, study.id, study.title)
    failures = results.manifest["failures"]
    if failures:
        last = failures[0]["error"].strip().splitlines()[-1]
        raise ResultsError(
            f"{study.id}: {count_noun(len(failures), 'run')} failed; the first, of {failures[0]['scenario']}: {last}"
        )
    frame = results.summaries.copy()
    points = sampled(study, seed)
    numbers = frame["scenario"].map(lambda name: origins[name][1])
    frame["scenario"] = frame["scenario"].map(lambda name: origins[name][0])
    frame["unit"] = numbers if points else frame["replicate"]
    frame["swept"] = frame["scenario"].map(study.swept).astype(float)
    for key in study.factors if points else ():
        low, high = study.factors[key]
        values = np.array([point[key] for point in points], dtype=np.float64)
        frame[key] = (values[numbers.to_numpy()] - low) / ((high - low) or 1.0)
    return frame.sort_values(["unit", "replicate", "scenario", "week"], kind="stable").reset_index(drop=True)
