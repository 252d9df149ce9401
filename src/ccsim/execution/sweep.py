"""Sweeps: run scenarios at the points of a design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ccsim.errors import InputError
from ccsim.execution.executor import Progress
from ccsim.execution.progress import progress_context
from ccsim.execution.runner import run_experiment
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment, as_experiment, validate_counts
from ccsim.model.extension import Own, takes_mechanisms
from ccsim.results.results import Results
from ccsim.scenarios.renamed import renamed_arguments
from ccsim.scenarios.scenario import Scenario


@takes_mechanisms
@renamed_arguments(at="report_weeks", until="precision", budget="time_limit")
def sweep(
    what: Experiment | Scenario | str | Path,
    design: Design | None = None,
    *,
    report_weeks: Sequence[int] | None = None,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    levers: Mapping[str, Any] | None = None,
    precision: Mapping[str, float] | None = None,
    progress: Progress | bool | None = None,
    mechanisms: Iterable[Own] | Own | None = None,
    **running: Any,
) -> Results:
    """Run scenarios at the points of a design, all on the same draws.

    Args:
        what: an experiment or a scenario, its name, or the path of its file.
        design: the points; by default those of the experiment's own design.
        report_weeks: weeks for which one value per KPI and run is kept; by default the file's, or the last week. Empty to
            keep every week.
        replicates: runs of each scenario at each point, instead of the file's.
        weeks: horizon, instead of the file's.
        seed: seed, instead of the file's.
        levers: values set in every scenario, by key.
        precision: add replicates until the interval of a KPI's difference is as narrow as this (:mod:`ccsim.execution.stopping`).
        progress: called as described in :func:`ccsim.execution.runner.run_experiment`; True shows a bar.
        mechanisms: users' mechanisms, as paths of files or as modules.
        running: arguments of :func:`ccsim.execution.runner.run_experiment`, such as ``workers``, ``out`` and ``resume``.

    Returns:
        Results whose ``responses`` have a row for each scenario at each point, replicate and week of ``report_weeks``, with a
        column for each factor and KPI.

    Raises:
        InputError: a file, design or value cannot be used.
        ResultsError: the results folder cannot be used.
    """
    chosen = plan_sweep(
        what,
        design,
        report_weeks=report_weeks,
        replicates=replicates,
        weeks=weeks,
        seed=seed,
        levers=levers,
        precision=precision,
    )
    with progress_context(progress, chosen.title) as show:
        return run_experiment(chosen, progress=show, **running)


@renamed_arguments(at="report_weeks", until="precision")
def plan_sweep(
    what: Experiment | Scenario | str | Path,
    design: Design | None = None,
    *,
    report_weeks: Sequence[int] | None = None,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    levers: Mapping[str, Any] | None = None,
    precision: Mapping[str, float] | None = None,
) -> Experiment:
    """Return the experiment that :func:`sweep` runs.

    Args:
        what: an experiment or a scenario, its name, or the path of its file.
        design: the points; by default those of the experiment's own design.
        report_weeks: weeks whose values are kept; by default the file's, or the last week. Empty to keep every week.
        replicates: runs of each scenario at each point, instead of the file's.
        weeks: horizon, instead of the file's.
        seed: seed, instead of the file's.
        levers: values set in every scenario, by key.
        precision: wanted half-width of the interval of a KPI's difference, by KPI.

    Returns:
        The experiment at the points of the design.

    Raises:
        InputError: a file, design or value cannot be used.
    """
    chosen = as_experiment(what)
    if design is not None:
        validate_counts(replicates=replicates)
        # Before the points are made, so that too many are refused with the requested number of runs.
        chosen = replace(chosen, replicates=replicates or chosen.replicates).with_design(design)
    chosen = chosen.with_changes(weeks=weeks, replicates=replicates, seed=seed, levers=levers, precision=precision)
    if chosen.design is None:
        raise InputError(f"{chosen.name}: has no design; name what to vary, such as --factor programme.budget=0:20000")
    last = chosen.weeks - 1
    kept = (
        tuple(sorted(set(report_weeks)))
        if report_weeks is not None
        else tuple(w for w in chosen.report_weeks if w <= last) or (last,)
    )
    for week in kept:
        if isinstance(week, bool) or not isinstance(week, int) or not 0 <= week <= last:
            raise InputError(f"report_weeks: must be a week from 0 to {last}, got {week!r}")
    return replace(chosen, report_weeks=kept)
