"""Reproduce a number: its formula, the runs behind it, and whether repeating them gives the same bits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ccsim.analysis.comparison import Comparison
from ccsim.analysis.decision.decide import is_decision
from ccsim.execution.runner import run_experiment
from ccsim.experiments.experiment import Experiment
from ccsim.model.extension import model_hash
from ccsim.model.kpis import KPIS
from ccsim.reports.decision_numbers import DecisionReproduction, reproduce_decision
from ccsim.reports.references import MEASURES, MOVE, Key, ReportNumbers, formula_of, read_key
from ccsim.results.formatting import table_unit
from ccsim.results.results import Results, open_results, sort_rows
from ccsim.scenarios.renamed import RenamedAttributes

if TYPE_CHECKING:
    import pandas as pd

    from ccsim.execution.executor import Progress

#: Tables that a number is computed from, by the part of its key; all others use the table of runs.
TABLE_OF = {"department": "departments", "segment": "segments", "move": "interventions"}


@dataclass(frozen=True)
class Reproduction(RenamedAttributes):
    """A reproduced number of a report.

    Attributes:
        key: its key.
        stored, recomputed: the number (or the curve, shape (weeks,)) from the stored runs and from the repeated runs.
        reported: the number on the folder's page, to the last bit; None if no page shows it.
        scenarios, replicates: the runs behind it.
        differing: runs whose values are not the same bit by bit, as (scenario, replicate).
        each: one row per replicate with the seed and the stored values.
        steps: how the number is computed.
        made_by: versions and sources that made the stored results.
        same_sources: whether the sources are those that made the stored results.
    """

    _former: ClassVar[Mapping[str, str]] = {"words": "describe"}

    key: Key
    stored: np.ndarray
    recomputed: np.ndarray
    reported: float | None
    scenarios: tuple[str, ...]
    replicates: tuple[int, ...]
    differing: tuple[tuple[str, int], ...]
    each: pd.DataFrame
    steps: tuple[str, ...]
    made_by: str
    same_sources: bool

    @property
    def reproduced(self) -> bool:
        """Whether the number and every run behind it were reproduced to the last bit."""
        unchanged = self.reported is None or _same(np.array([self.reported]), self.stored)
        return not self.differing and unchanged and _same(self.stored, self.recomputed)

    def describe(self) -> str:
        """Return everything as text."""
        from ccsim.reports.text import reproduction_in_words

        return reproduction_in_words(self)


def reproduce(
    folder: str | Path, key: str, *, workers: int | None = None, progress: Progress | None = None
) -> Reproduction | DecisionReproduction:
    """Reproduce a number of a report by repeating the runs behind it with the current sources.

    Args:
        folder: the results folder; may be that of a decision.
        key: the number's key (:mod:`ccsim.reports.references`).
        workers: processes; by default as many as there are processors.
        progress: called with (done, planned, failed) runs.

    Returns:
        The reported and the reproduced number, and whether they are the same.

    Raises:
        InputError: it is not a key of these results.
        ResultsError: the folder holds no results.
    """
    if is_decision(folder):
        return reproduce_decision(folder, key, workers=workers, progress=progress)
    results = open_results(folder)
    known = ReportNumbers(Comparison(results))
    wanted = read_key(key, results.experiment)
    stored = _number(known, wanted)
    scenarios = known.source_scenarios(wanted)
    runs = [run for run in _runs(results) if run[0] in scenarios]
    part = _part(results.experiment, scenarios, 1 + max(replicate for _, replicate in runs))
    made = run_experiment(part, workers=workers, progress=progress)
    again = _with_runs(results, made, set(runs))
    replicates = tuple(sorted({replicate for _, replicate in runs}))
    each = known.per_run(wanted)
    seeds = [results.experiment.seed_of(scenarios[0], int(replicate)) for replicate in each["replicate"]]
    each.insert(1, "seed", seeds)
    return Reproduction(
        wanted, stored, _number(ReportNumbers(Comparison(again)), wanted), _reported(Path(folder), wanted), scenarios,
        replicates, tuple(_differing(wanted, results, again, runs)), each, tuple(formula_of(wanted)),
        f"ccsim {results.manifest['versions'].get('ccsim')}, sources {results.manifest['sources']}",
        results.manifest["sources"] == model_hash(),
    )  # fmt: skip


def _number(answers: ReportNumbers, key: Key) -> np.ndarray:
    """Return the number of a key as an array of one; of a curve, of one for each week."""
    if key.part != "curve":
        return np.array([answers.value(key)])
    weeks = range(answers.comparison.experiment.weeks)
    return np.array([answers.value(replace(key, part="week", number=week)) for week in weeks])


def _part(experiment: Experiment, scenarios: tuple[str, ...], replicates: int) -> Experiment:
    """Return the experiment reduced to some scenarios and replicates."""
    kept = {name: experiment.scenarios[name] for name in scenarios}
    baseline = experiment.baseline if experiment.baseline in kept else scenarios[0]
    return replace(experiment, scenarios=kept, baseline=baseline, replicates=replicates, sweep=None, precision={})


def _with_runs(results: Results, made: Results, runs: set[tuple[str, int]]) -> Results:
    """Return results in which some runs are replaced by the repeated ones."""
    import pandas as pd

    tables = {}
    for name, table in results.tables.items():
        old, new = (each.set_index(["scenario", "replicate"], drop=False) for each in (table, made.tables[name]))
        rows = pd.concat([old[~old.index.isin(runs)], new[new.index.isin(runs)]], ignore_index=True)
        tables[name] = sort_rows(rows, results.experiment)
    return replace(results, tables=tables)


def _runs(results: Results) -> list[tuple[str, int]]:
    table = next(iter(results.tables.values()))[["scenario", "replicate"]].drop_duplicates()
    return [(str(scenario), int(replicate)) for scenario, replicate in table.itertuples(index=False)]


def _differing(key: Key, own: Results, again: Results, runs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the runs whose values behind a number differ in any bit."""
    name = TABLE_OF.get(key.part, next(iter(own.tables)))
    column = "week" if key.part == "move" else key.kpi
    values = [each.tables[name].groupby(["scenario", "replicate"])[column].agg(list) for each in (own, again)]
    return [run for run in runs if not _same(*(np.array(each.get(run, [])) for each in values))]


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether two arrays are equal bit by bit, where any two nan count as equal."""
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    if one.dtype.kind != "f":
        return bool((one == other).all())
    both = np.isnan(one) & np.isnan(other)
    return bool(((one.view(np.uint64) == other.view(np.uint64)) | both).all())


def _reported(folder: Path, key: Key) -> float | None:
    """Return a number as shown on the folder's page."""
    page = folder / "report.html"
    if not page.is_file():
        return None
    text = unescape(page.read_text(encoding="utf-8"))
    number = re.search(rf'value="(\S+)" data-key="{re.escape(str(key))}"', text)
    return float.fromhex(number[1]) if number else None


def title_of(key: Key) -> str:
    """Return a description of a number."""
    if key.part == "move":
        return f"move {key.number} of {key.scenario}: {MOVE[key.measure]}"
    row = KPIS[key.kpi]
    where = {"": "at the horizon", "curve": "over weeks", "week": f"in week {key.number}"}.get(key.part)
    where = where or f"in {key.part} {key.number} at the horizon"
    return f"{row.title} ({table_unit(row)}), {key.scenario}, {where}: {MEASURES[key.measure]}"
