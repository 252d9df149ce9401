"""By how many times pairing cuts the runs that a comparison takes, for every comparison shipped.

Scenarios of a replicate share their draws, so that luck cancels in a difference. The factor is the variance that the
difference has between independent seeds, the sum of both variances, over its variance in pairs: so many times the
runs would independent seeds need for the same interval. Beside it stand the correlation of the pairs and the share of
the paired variance, over that of the baseline, which shows how much each scenario scatters on its own.

    python -m benchmarks.pairing --replicates 20
    python -m benchmarks.pairing direction --weeks 52
"""

from __future__ import annotations

import argparse

import numpy as np

from ccsim import compare, load_experiment
from ccsim.analysis.comparison import Comparison
from ccsim.scenarios.scenario import list_scenarios

#: Asked of every comparison.
WANTED = 10.0


def rows_of(comparison: Comparison) -> list[tuple[str, str, float, float, float]]:
    """Return scenario, KPI, factor, correlation of the pairs, and variance over that of the baseline."""
    summaries = comparison.results.summaries
    last = summaries[summaries["week"] == summaries["week"].max()]
    rows = []
    for row in comparison.variance_reduction().itertuples(index=False):
        wide = last.pivot(index="replicate", columns="scenario", values=row.kpi)
        mine, theirs = wide[row.scenario].to_numpy(), wide[comparison.experiment.baseline].to_numpy()
        with np.errstate(all="ignore"):
            correlation = float(np.corrcoef(mine, theirs)[0, 1])
            scatter = float(np.var(mine, ddof=1) / np.var(theirs, ddof=1))
        rows.append((row.scenario, row.kpi, float(row.factor), correlation, scatter))
    return rows


def main() -> None:
    """Print the factors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="experiments; by default all that are shipped")
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--weeks", type=int)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    factors = []
    for name in options.names or list_scenarios("experiments"):
        experiment = load_experiment(name).with_changes(replicates=options.replicates, weeks=options.weeks)
        rows = rows_of(compare(experiment, workers=options.workers))
        print(f"{name}: {options.replicates} replicates to week {experiment.weeks - 1}, against {experiment.baseline}")
        for scenario, kpi, factor, correlation, scatter in rows:
            short = "" if factor >= WANTED else f"  below {WANTED:g}"
            print(f"  {scenario:24} {kpi:18} {factor:8.1f} times  correlation {correlation:5.2f}  variance x {scatter:5.2f}{short}",
                  flush=True)  # fmt: skip
        factors += [row[2] for row in rows]
    reached = sum(factor >= WANTED for factor in factors)
    print(f"{reached} of {len(factors)} differences reach {WANTED:g} times; the median is {np.median(factors):.1f}")


if __name__ == "__main__":
    main()
