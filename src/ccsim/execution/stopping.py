"""Add replicates until an interval is as narrow as requested, with its nominal coverage.

Checking an interval repeatedly and stopping when it is narrow enough reduces its coverage, because
the stop is more likely when the estimated spread happens to be small. The two-stage procedure of C. Stein (1945), A two-sample test for a
linear hypothesis whose power is independent of the variance, Annals of Mathematical Statistics 16:243-258, checks
once: a first stage of n runs gives the variance s², in total

    N = max(n, ceil((t s / d)²)),    t the quantile of Student's t with n - 1 degrees of freedom,

runs are needed, and the interval is the mean of all N ± t s / √N. The second stage does not change s, so for values that are
normally distributed the coverage is at least 95 %, and the interval is never wider than ± d. N is the same regardless of
the order of runs and of interruptions.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.experiments.experiment import MAX_RUNS
from ccsim.results.results import Results

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95


def runs_needed(pilot: np.ndarray, within: float) -> int:
    """Return the number of values needed for an interval of ± ``within``, from the values of a first stage."""
    reach = quantile(len(pilot)) * float(np.std(pilot, ddof=1)) / within
    return max(len(pilot), math.ceil(reach * reach)) if math.isfinite(reach) else len(pilot)


def half_width(pilot: np.ndarray, count: int) -> float:
    """Return the half-width of the interval of the mean of ``count`` values."""
    return quantile(len(pilot)) * float(np.std(pilot, ddof=1)) / math.sqrt(count)


def quantile(count: int) -> float:
    """Return the quantile of Student's t for a first stage of so many values."""
    from scipy import stats

    return float(stats.t.ppf(0.5 + LEVEL / 2, count - 1))


def replicates_needed(results: Results) -> int:
    """Return the total number of replicates that the stopping rule needs, from the results of the first stage."""
    experiment = results.experiment
    most = max(experiment.replicates, min(experiment.max_replicates, MAX_RUNS // len(experiment.scenarios)))
    needed = [runs_needed(_pilot(values, experiment.replicates), experiment.precision[kpi])
              for (_, kpi), values in _values(results).items()]  # fmt: skip
    return min(most, max(needed, default=experiment.replicates))


def stopping_table(results: Results) -> pd.DataFrame:
    """Return the intervals of an experiment's stopping rule.

    Returns:
        One row per scenario and KPI: ``mean`` (of the difference to the baseline, or of the KPI if there is no
        other scenario), ``low``, ``high``, ``half_width``, ``wanted``, ``reached``, ``runs``.
    """
    import pandas as pd

    rows = []
    for (scenario, kpi), values in _values(results).items():
        pilot = _pilot(values, results.experiment.replicates)
        half, mean, wanted = half_width(pilot, len(values)), float(values.mean()), results.experiment.precision[kpi]
        rows.append({
            "scenario": scenario, "kpi": kpi, "mean": mean, "low": mean - half, "high": mean + half,
            "half_width": half, "wanted": wanted, "reached": half <= wanted, "runs": len(values),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _values(results: Results) -> dict[tuple[str, str], Any]:
    """Return the values that the rule concerns, by scenario and KPI: a series over replicates."""
    experiment = results.experiment
    last = results.summaries[results.summaries["week"] == results.summaries["week"].max()]
    values = {}
    for kpi in experiment.precision:
        wide = last.pivot(index="replicate", columns="scenario", values=kpi).sort_index()
        for scenario in wide.columns if len(wide.columns) > 1 else ():
            baseline = experiment.baseline_for(scenario)
            if baseline != scenario and baseline in wide.columns:
                values[scenario, kpi] = (wide[scenario] - wide[baseline]).dropna()
        if len(wide.columns) == 1:
            values[str(wide.columns[0]), kpi] = wide.iloc[:, 0].dropna()
    return {key: series for key, series in values.items() if len(_pilot(series, experiment.replicates)) > 1}


def _pilot(values: Any, replicates: int) -> np.ndarray:
    """Return the values of the first stage."""
    return np.asarray(values[values.index < replicates])
