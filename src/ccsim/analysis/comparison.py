"""Compare scenarios: paired differences on common random numbers, with intervals and a guard against many tests.

All scenarios of a replicate use the same draws, so differences are taken run by run before they are averaged:
common chance cancels. Intervals are 95 % t intervals of the mean over replicates. p-values come from paired t
tests, adjusted by Holm (1979) over all differences of a table, so that the probability of any false finding stays at 5 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from ccsim.errors import InputError, UnknownNameError, shown
from ccsim.experiments.experiment import Experiment, load_experiment
from ccsim.model.extension import Own, takes_mechanisms
from ccsim.model.kpis import KPIS, QUARTER, final_value
from ccsim.results.results import Results
from ccsim.results.store import table_names
from ccsim.scenarios.renamed import RenamedAttributes, renamed_arguments
from ccsim.scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from ccsim.execution.executor import Progress
    from ccsim.execution.time_budget import Deadline

LEVEL = 0.95


class ShareInterval(NamedTuple):
    """A share with its interval; nan where there is nothing to count."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison(RenamedAttributes):
    """A comparison, based on the results of an experiment.

    Attributes:
        results: the results.
    """

    results: Results

    _former: ClassVar[Mapping[str, str]] = {
        "at_horizon": "final_values",
        "crossing": "overtakes_week",
        "pairing": "variance_reduction",
    }

    @property
    def experiment(self) -> Experiment:
        """The experiment."""
        return self.results.experiment

    @property
    def runs(self) -> pd.DataFrame:
        """One row per scenario, replicate and week; one column per KPI."""
        return self.results.runs

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios with at least one finished run."""
        return tuple(self._arrays)

    @cached_property
    def _arrays(self) -> dict[str, tuple[np.ndarray, dict[str, np.ndarray]]]:
        """For each scenario its replicates, and each KPI as an array of shape (replicates, weeks)."""
        arrays = {}
        for name, frame in self.results.tables[table_names(self.experiment)[0]].groupby("scenario", sort=False):
            replicates = frame["replicate"].unique()
            weeks = len(frame) // len(replicates)
            values = {kpi: frame[kpi].to_numpy().reshape(len(replicates), weeks) for kpi in KPIS if kpi in frame}
            arrays[str(name)] = (replicates, values)
        return arrays

    def final_values(self, kpi: str, scenario: str, week: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return a scenario's replicates, and a KPI's value at the horizon (or up to a week) in each.

        Args:
            kpi: the KPI.
            scenario: the scenario.
            week: the last week that counts, from 0; None for the horizon.

        Returns:
            Numbers of the replicates and values, both of shape (replicates,).

        Raises:
            UnknownNameError: the KPI or scenario does not exist.
            InputError: no run of the scenario has finished, or the run has no such week.
        """
        if kpi not in KPIS:
            raise UnknownNameError("KPI", kpi, KPIS)
        if scenario not in self.experiment.scenarios:
            raise UnknownNameError("scenario", scenario, self.experiment.scenarios)
        if scenario not in self._arrays:
            raise InputError(
                f"{scenario}: none of its runs has finished; finish them, or compare with another baseline"
            )
        replicates, values = self._arrays[scenario][0], self._arrays[scenario][1][kpi]
        weeks, n_weeks = self.experiment.report_weeks, values.shape[1]
        week = (weeks[-1] if weeks else n_weeks - 1) if week is None else week
        if weeks:
            if week not in weeks:
                raise InputError(
                    f"week: must be one of {', '.join(map(str, weeks))} (the weeks that were kept), got {week!r}"
                )
            return replicates, values[:, weeks.index(week)]
        if not 0 <= week < n_weeks:
            raise InputError(f"week: must be a week from 0 to {n_weeks - 1}, got {week!r}")
        return replicates, np.array([final_value(kpi, row[: week + 1]) for row in values])

    def _pairs(self, kpi: str, scenario: str, base: str, week: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return a KPI's values in two scenarios, for the replicates that both have."""
        replicates, values = self.final_values(kpi, scenario, week)
        base_replicates, base_values = self.final_values(kpi, base, week)
        _, left, right = np.intersect1d(replicates, base_replicates, return_indices=True)
        return values[left], base_values[right]

    def table(
        self, kpis: Sequence[str] | None = None, week: int | None = None, baseline: str | None = None
    ) -> pd.DataFrame:
        """Return KPIs at the horizon and differences to the baseline.

        Args:
            kpis: which KPIs; by default those of the experiment.
            week: a week to stop at instead of the horizon.
            baseline: another scenario to compare with.

        Returns:
            One row per scenario and KPI. Columns: ``mean``, ``low``, ``high`` (95 % interval); for scenarios other
        than the baseline ``difference``, ``difference_low``, ``difference_high``, ``effect`` (mean of the paired
            differences over their standard deviation), ``p``, ``p_adjusted``, ``significant``; ``runs``.
        """
        import pandas as pd

        base = baseline or self.experiment.baseline
        rows = []
        for scenario in self._arrays:
            for kpi in kpis or self.experiment.kpis:
                _, values = self.final_values(kpi, scenario, week)
                mean, low, high = interval(values)
                row: dict[str, Any] = {"scenario": scenario, "kpi": kpi, "runs": len(values)}
                row |= {"mean": mean, "low": low, "high": high}
                if scenario != base:
                    row |= paired(*self._pairs(kpi, scenario, base, week))
                rows.append(row)
        frame = pd.DataFrame(rows)
        if "p" not in frame:
            return frame
        frame["p_adjusted"] = holm(frame["p"].to_numpy())
        frame["significant"] = frame["p_adjusted"] < 1.0 - LEVEL
        return frame

    def bands(self, kpi: str, smooth: int = 1) -> pd.DataFrame:
        """Return a KPI over weeks: scenario, week, mean, its 95 % interval, and the 5th and 95th percentile of runs.

        Args:
            kpi: the KPI.
            smooth: number of weeks over which the value is averaged.
        """
        import pandas as pd

        parts = []
        for scenario, (_, arrays) in self._arrays.items():
            values = smoothed(arrays[kpi], smooth)
            mean, low, high = interval(values)
            with np.errstate(all="ignore"):
                few, many = np.nanquantile(values, [0.05, 0.95], axis=0)
            parts.append(
                pd.DataFrame(
                    {"scenario": scenario, "week": np.arange(values.shape[1]), "mean": mean, "low": low, "high": high,
                     "p05": few, "p95": many}
                )
            )  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    def overtakes_week(self, scenario: str, kpi: str = "npv") -> int | None:
        """Return the first week from which a scenario's mean KPI stays above the baseline's.

        A KPI that fluctuates from week to week is compared by its mean over the last quarter.

        Args:
            scenario: name of the scenario.
            kpi: name of the KPI.

        Returns:
            The week, or None if it never does.
        """
        smooth = 1 if KPIS[kpi].aggregation == "last" else QUARTER
        means, base = (
            smoothed(self._arrays[name][1][kpi], smooth).mean(axis=0) for name in (scenario, self.experiment.baseline)
        )
        behind = np.flatnonzero(means <= base)
        if len(behind) == 0:
            return 0
        return int(behind[-1]) + 1 if behind[-1] + 1 < len(means) else None

    def variance_reduction(self) -> pd.DataFrame:
        """Return the factor by which pairing reduces the variance of each difference at the horizon."""
        import pandas as pd

        rows = []
        for scenario in self._arrays:
            if scenario == self.experiment.baseline:
                continue
            for kpi in self.experiment.kpis:
                factor = variance_reduction(*self._pairs(kpi, scenario, self.experiment.baseline))
                rows.append({"scenario": scenario, "kpi": kpi, "factor": factor})
        return pd.DataFrame(rows)

    def plot(self, path: str | Path | None = None, kpis: Sequence[str] | None = None) -> Figure:
        """Return the comparison's figure, and write it as PNG and SVG if a path is given.

        Args:
            path: of the files, without suffix; None writes nothing.
            kpis: names of the KPIs to show; None for those of the experiment.

        Returns:
            The figure.
        """
        from ccsim.reports.figures.comparison import comparison_figure, save

        figure = comparison_figure(self, kpis)
        if path is not None:
            save(figure, path)
        return figure


def interval(values: np.ndarray) -> tuple[Any, Any, Any]:
    """Return mean, lower and upper end of the 95 % t interval over the first axis; nan ends for a single run."""
    count = values.shape[0]
    mean = values.mean(axis=0) if count else np.full(values.shape[1:], np.nan)[()]
    if count < 2:
        return mean, mean * np.nan, mean * np.nan
    from scipy import stats

    half = stats.t.ppf(0.5 + LEVEL / 2, count - 1) * values.std(axis=0, ddof=1) / np.sqrt(count)
    return mean, mean - half, mean + half


def share_interval(count: int, of: int, level: float = LEVEL) -> ShareInterval:
    """Return a share of independent cases with its Wilson interval.

    Args:
        count: number of cases that have what is counted.
        of: number of all cases.
        level: coverage of the interval.
    """
    from scipy.stats import binomtest

    if not of:
        return ShareInterval(np.nan, np.nan, np.nan)
    test = binomtest(int(count), int(of))
    ends = test.proportion_ci(level, method="wilson")
    return ShareInterval(float(test.statistic), float(ends.low), float(ends.high))


def paired(values: np.ndarray, baseline: np.ndarray) -> dict[str, float]:
    """Return the paired difference of two arrays of runs: mean, interval, effect size and p value.

    If all differences are exactly zero, the effect is 0 and p is 1. If all differences are equal but not
    zero, there is no spread: the effect is infinite and p is 0. A single pair has neither interval nor p, and without pairs
    everything is nan.
    """
    from scipy import stats

    differences = values - baseline
    mean, low, high = (float(value) for value in interval(differences))
    spread = float(differences.std(ddof=1)) if len(differences) > 1 else float("nan")
    if len(differences) and np.all(differences == 0.0):
        effect, p = 0.0, 1.0
    elif spread == 0.0:
        effect, p = float(np.copysign(np.inf, mean)), 0.0
    else:
        effect = mean / spread
        p = float(stats.ttest_1samp(differences, 0.0).pvalue) if len(differences) > 1 else float("nan")
    return {"difference": mean, "difference_low": low, "difference_high": high, "effect": effect, "p": p}


def variance_reduction(values: np.ndarray, baseline: np.ndarray) -> float:
    """Return the sum of the variances of two arrays of runs over the variance of their differences; nan for a single pair."""
    if len(values) < 2:
        return float("nan")
    together = float(np.var(values - baseline, ddof=1))
    return float(np.var(values, ddof=1) + np.var(baseline, ddof=1)) / together if together else float("inf")


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values adjusted by Holm's step-down procedure; nan stays nan and does not count."""
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(steps) else steps
    return adjusted


def smoothed(values: np.ndarray, weeks: int) -> np.ndarray:
    """Return the mean of the last ``weeks`` weeks at each week (of fewer at the start), over the last axis.

    Weeks without a value (nan) are left out of the means.
    """
    if weeks <= 1:
        return values
    known = ~np.isnan(values)
    sums, counts = (np.cumsum(each, axis=-1) for each in (np.where(known, values, 0.0), known))
    sums, counts = (
        np.concatenate([each[..., :weeks], each[..., weeks:] - each[..., :-weeks]], axis=-1) for each in (sums, counts)
    )
    return np.asarray(np.divide(sums, counts, out=np.full(values.shape, np.nan), where=counts > 0))


@takes_mechanisms
@renamed_arguments(budget="time_limit")
def compare(
    experiment: Experiment | str | Path,
    *,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    levers: Mapping[str, Any] | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Progress | bool | None = None,
    command: list[str] | None = None,
    time_limit: Deadline | float | str | None = None,
    scheduler: str | None = None,
    mechanisms: Iterable[Own] | Own | None = None,
) -> Comparison:
    """Run an experiment and return the comparison.

    Args:
        experiment: an experiment, its name, or the path of its file.
        replicates: runs of each scenario, instead of the file's.
        weeks: horizon, instead of the file's.
        seed: seed, instead of the file's.
        levers: values set in every scenario, by key.
        workers: number of processes; by default one for each processor. The result does not depend on it.
        out: results folder; without one, results are only kept in memory.
        resume: whether to go on in a folder that holds part of the same experiment.
        progress: called with (done, planned, failed) after each task; True shows a bar.
        command: the command line, for the manifest.
        time_limit: stop after this time (seconds, or a text such as ``"10m"``), or at this deadline.
        scheduler: address of a Dask scheduler whose workers do the runs; by default processes of this machine.
        mechanisms: users' mechanisms, as paths of files or as modules.

    Returns:
        The comparison of all scenarios with the baseline.

    Raises:
        InputError: a file or value cannot be used.
        ResultsError: the results folder cannot be used.
    """
    from ccsim.execution.progress import progress_context
    from ccsim.execution.runner import run_experiment

    if not isinstance(experiment, (Experiment, str, PathLike)):
        raise InputError(
            "compare needs an experiment, its name or the path of its file, got "
            + (f"the scenario {experiment.name!r}; use ccsim.simulate or ccsim.sweep for a scenario"
               if isinstance(experiment, Scenario) else shown(experiment))
        )  # fmt: skip
    chosen = experiment if isinstance(experiment, Experiment) else load_experiment(experiment)
    chosen = chosen.with_changes(weeks=weeks, replicates=replicates, seed=seed, levers=levers)
    with progress_context(progress, chosen.title) as show:
        return Comparison(
            run_experiment(
                chosen,
                workers=workers,
                out=out,
                resume=resume,
                progress=show,
                command=command,
                time_limit=time_limit,
                scheduler=scheduler,
            )
        )
