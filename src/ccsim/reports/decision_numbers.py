"""Reproduce a number of a decision from the runs of its options or from its back-test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ccsim.analysis.decision.decide import open_decision, recompute_evidence
from ccsim.analysis.decision.decision import Decision, source_options
from ccsim.errors import UnknownNameError
from ccsim.execution.runner import run_experiment
from ccsim.experiments.design_scenarios import DesignScenarios
from ccsim.model.extension import model_hash
from ccsim.results.results import Results, sort_rows

if TYPE_CHECKING:
    import pandas as pd

    from ccsim.execution.executor import Progress

#: Relative difference up to which a number counts as equal: libraries of linear algebra round differently on different
#: machines. Runs are compared to the last bit.
ROUNDING = 1e-9
#: Meaning of the last word of a name.
FORMULAS = {
    "mean": "mean over the worlds", "low": "lower end of the 95 % t interval of the mean over the worlds",
    "high": "upper end of the 95 % t interval of the mean over the worlds", "difference": "mean over the worlds of the difference to leaving it alone",
    "difference_low": "lower end of the 95 % t interval of the mean difference",
    "difference_high": "upper end of the 95 % t interval of the mean difference",
    "world_low": "difference that 5 % of the worlds are below", "world_high": "difference that 5 % of the worlds are above",
    "better": "share of worlds that are better than when it is left alone", "best": "share of worlds in which it is the best option",
    "ahead": "share of worlds in which the first option is ahead of the second", "spend": "mean programme spending up to the horizon",
    "value": "mean of the best option's fitted outcome, less the best mean: expected value of partial perfect information",
    "se": "standard error of the value of information, by draws of the regression's coefficients and over the worlds",
    "p": "share of permutations with a value as large", "p_adjusted": "share of permutations whose largest value is as large",
    "explained": "part of the variance of the lead that the regression explains", "at": "value at which the fitted order changes",
    "share": "share of the worlds above the value at which the order changes", "bound": "mean of the best option's outcome, less the best mean",
    "worlds": "worlds in which every option has a value", "left_out": "worlds in which an option has none",
    "crps": "mean CRPS of the forecast of the last values", "naive": "mean CRPS of the best naive forecast of the last values",
    "error": "mean absolute error of the forecast's median", "covers_50": "share of the values within the 50 % interval",
    "covers_90": "share of the values within the 90 % interval", "observed": "mean of the last four values of the history",
    "quantile": "share of the worlds whose level is below the observed one",
}  # fmt: skip


@dataclass(frozen=True)
class DecisionReproduction:
    """A reproduced number of a decision.

    Attributes:
        key: its name.
        stored, recomputed: the stored number, and the number from the repeated runs.
        options: options whose runs it is computed from; none for a back-test, which has its own worlds.
        differing: runs whose values are not the same bit by bit, as (scenario, replicate).
        each: one row for each of these runs, with its value at the horizon.
        same_sources: whether the sources are those that made the stored results.
    """

    key: str
    stored: float
    recomputed: float
    options: tuple[str, ...]
    differing: tuple[tuple[str, int], ...]
    each: pd.DataFrame
    same_sources: bool

    @property
    def reproduced(self) -> bool:
        """Whether every run was reproduced to the last bit, and the number up to rounding."""
        same = np.isclose(self.stored, self.recomputed, rtol=ROUNDING, atol=1e-12, equal_nan=True)
        return bool(same) and not self.differing

    def describe(self) -> str:
        """Return everything as text."""
        last = self.key.rpartition("/")[2]
        formula = FORMULAS.get(last, "value of the first quarter at which the fitted order changes")
        runs = (
            f"{len(self.each):,} runs of {', '.join(self.options)}" if self.options else "the worlds of the back-test"
        )
        lines = [self.key, f"  = {self.stored!r}", "", f"How it is made: {formula}", f"Run again: {runs}"]
        if not self.same_sources:
            lines.append("This checkout has other sources than those that made the store.")
        if self.reproduced:
            return "\n".join([*lines, "The same: every run to the last bit, the number to nine digits."])
        runs = ", ".join(f"{name} ({replicate})" for name, replicate in self.differing[:5]) or "none"
        return "\n".join([*lines, f"NOT the same: now {self.recomputed!r}; runs that differ: {runs}."])


def reproduce_decision(
    folder: str | Path, key: str, *, workers: int | None = None, progress: Progress | None = None
) -> DecisionReproduction:
    """Reproduce a number of a decision.

    Args:
        folder: the decision's results folder.
        key: the number's name, as the board's page shows it.
        workers: processes.
        progress: called with (done, planned, failed) runs.

    Returns:
        The stored and the reproduced number, with the runs that differ.

    Raises:
        UnknownNameError: the decision has no such number.
        ResultsError: the folder holds no decision.
    """
    decision = open_decision(folder)
    numbers = decision.numbers()
    if key not in numbers:
        raise UnknownNameError("number", key, numbers)
    options = source_options(key, decision.options)
    same = decision.results.manifest["sources"] == model_hash()
    if not options:
        import pandas as pd

        recomputed = recompute_evidence(dict(decision.about), workers)["numbers"].get(key, float("nan"))
        return DecisionReproduction(key, numbers[key], recomputed, (), (), pd.DataFrame(), same)
    results, differing, each = _run_again(decision, options, workers, progress)
    recomputed = replace(decision, results=results).numbers()[key]
    return DecisionReproduction(key, numbers[key], recomputed, options, differing, each, same)


def _run_again(
    decision: Decision, options: tuple[str, ...], workers: int | None, progress: Progress | None
) -> tuple[Results, tuple[tuple[str, int], ...], pd.DataFrame]:
    """Return the results with the runs of some options repeated, the runs that differ, and the repeated runs."""
    import pandas as pd

    experiment = decision.results.experiment
    points = experiment.design_scenarios
    assert points is not None
    kept = {name: points.base_scenarios[name] for name in options}
    part = replace(experiment, scenarios=DesignScenarios(kept, points.design, experiment.baseline))
    made = run_experiment(part, workers=workers, progress=progress).tables["summaries"]
    stored = decision.results.tables["summaries"]
    own = stored["scenario"].map(lambda name: points.locate(name)[0]).isin(options).to_numpy()
    place = ["scenario", "replicate", "week"]
    left, right = (table.set_index(place).sort_index() for table in (stored[own], made))
    right = right.reindex(index=left.index, columns=left.columns)
    equal = ((left == right) | (left.isna() & right.isna())).all(axis=1)
    differing = tuple((str(name), int(replicate)) for name, replicate, _ in left.index[~equal])
    tables = {"summaries": sort_rows(pd.concat([stored[~own], made], ignore_index=True), experiment)}
    each = stored[own & (stored["week"] == experiment.weeks - 1)][["scenario", "replicate", "seed", decision.kpi]]
    return replace(decision.results, tables=tables), tuple(dict.fromkeys(differing)), each
