"""Organisations that ccsim simulates itself, with known values: do 90 % intervals of fit and forecast hold the truth?

    python -m benchmarks.recovery --count 200

Truths are drawn from the same prior as the worlds by which they are fitted and are not among them. For each the first six quarters
are its history: values are fitted to their levels, and the next four quarters are forecast. Printed are, over all truths:
how often 90 % intervals of forecasts cover (by KPI), how often those of fitted values do, and rank tests (Talts et al.
2018) of every value: ranks of the truth among the posterior's draws are uniform where the posterior is right.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ccsim.analysis.admitted import AdmittedWorlds, worlds_of
from ccsim.analysis.forecasting.ensemble import PAST_STEPS, Ensemble, run_worlds
from ccsim.analysis.forecasting.fit import emulators, levels_in, levels_of, posterior
from ccsim.analysis.forecasting.forecast import forecast
from ccsim.analysis.forecasting.scores import covers
from ccsim.analysis.forecasting.series import Series
from ccsim.analysis.problem import Runner
from ccsim.organisations.io import read_folder

KPIS = ("csat", "nps", "fcr", "engagement", "churn", "staff_turnover")
AHEAD, WEEKS, PARTS = 4, 13, 10
ORGANISATION = """name = "Recovery"
[sizes]
staff = 60
departments = 3
front_departments = 1
customers = 600
"""


def series_of_world(ensemble: Ensemble, kpi: str, world: int) -> Series:
    """Return the first steps of a world as a history."""
    values = ensemble.values[kpi][world, :PAST_STEPS]
    return Series(kpi, pd.date_range("2020-03-31", periods=PAST_STEPS, freq="QE"), values, WEEKS, float("nan"))


def part_of(ensemble: Ensemble, worlds: np.ndarray) -> Ensemble:
    """Return some worlds of an ensemble."""
    values = {kpi: each[worlds] for kpi, each in ensemble.values.items()}
    return replace(ensemble, numbers=ensemble.numbers[worlds], values=values)


def recovered(
    ensemble: Ensemble, truths: int, seed: int, kpis: tuple[str, ...] = KPIS
) -> tuple[pd.DataFrame, np.ndarray]:
    """Take some worlds of an ensemble for organisations; fit and forecast each by worlds that it is not among.

    They are taken in parts, a tenth at a time, and those of the other parts are among the worlds that a part is fitted by.

    Args:
        ensemble: worlds of one prior.
        truths: how many of them, drawn at random, are taken for organisations.
        seed: of the choice, of candidates, draws and noise.
        kpis: what is known of an organisation.

    Returns:
        One row a truth: share of its forecasts that a 90 % interval covers by KPI, ``values`` the same of fitted values,
        ``fits`` whether anything was left; and ranks of the truths, shape (truths that fit, dimensions), from 0 to 1.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(ensemble.numbers))[:truths]
    rows, ranks = [], []
    for part in np.array_split(chosen, min(PARTS, truths)):
        rest = part_of(ensemble, np.setdiff1d(np.arange(len(ensemble.numbers)), part))
        learnt = emulators(rest, levels_in(rest, dict.fromkeys(kpis, (0.0, 0.0)), ()))
        for world in part.tolist():
            series = {kpi: series_of_world(ensemble, kpi, world) for kpi in kpis}
            row: dict[str, float] = {}
            for kpi, one in series.items():
                draws = forecast(one, rest, AHEAD, seed + world).draws
                late = ensemble.values[kpi][world, PAST_STEPS : PAST_STEPS + AHEAD]
                row[kpi] = float(np.mean([covers(draws[:, h], late[h], 0.9) for h in range(AHEAD)]))
            posterior_draws, _ = posterior(levels_of(series), rest, seed + world, (), learnt)
            row["fits"] = float(len(posterior_draws) > 0)
            if len(posterior_draws):
                true = ensemble.numbers[world]
                below, equal = (posterior_draws < true).sum(axis=0), (posterior_draws == true).sum(axis=0)
                ranks.append((below + rng.random(len(true)) * (equal + 1)) / (len(posterior_draws) + 1))
                row["values"] = float(np.mean((ranks[-1] > 0.05) & (ranks[-1] < 0.95)))
            rows.append(row)
    return pd.DataFrame(rows), np.array(ranks)


def rank_tests(ranks: np.ndarray) -> np.ndarray:
    """Return the p value of uniform ranks of each value, by Kolmogorov and Smirnov, adjusted by Holm."""
    from scipy.stats import kstest

    from ccsim.analysis.comparison import holm

    return np.asarray(holm(np.array([kstest(column, "uniform").pvalue for column in ranks.T])))


def main() -> None:
    """Run the benchmark and print what came out."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--count", type=int, default=200, help="organisations")
    asked.add_argument("--worlds", type=int, default=400, help="worlds beside them")
    asked.add_argument("--worlds-from", default="declared", help="admitted, declared or a file")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--workers", type=int)
    given = asked.parse_args()
    source: AdmittedWorlds | None = worlds_of(given.worlds_from)
    with tempfile.TemporaryDirectory() as place:
        Path(place, "organisation.toml").write_text(ORGANISATION, encoding="utf-8")
        folder, runner = read_folder(place), Runner(workers=given.workers)
        whole = run_worlds(folder, PAST_STEPS + AHEAD, WEEKS, given.count + given.worlds, given.seed, runner, source)
    table, ranks = recovered(whole, given.count, given.seed)
    print(f"{given.count} organisations, {given.worlds} worlds beside them ({given.worlds_from})")
    forecasts = table[list(KPIS)].mean(axis=1)
    spread = 1.96 * forecasts.std(ddof=1) / np.sqrt(len(forecasts))
    print(f"{'all forecasts':16} 90 % intervals cover {forecasts.mean():.3f} ± {spread:.3f}")
    for name in (*KPIS, "values"):
        spread = table[name].std(ddof=1) / np.sqrt(table[name].count())
        print(f"{name:16} 90 % intervals cover {table[name].mean():.3f} ± {1.96 * spread:.3f}")
    tests = rank_tests(ranks)
    print(f"{int(table['fits'].sum())} fits; rank tests: {int((tests <= 0.05).sum())} of {len(tests)} values are off")
    for k in np.flatnonzero(tests <= 0.05):
        print(f"  {whole.space[k].key}: p {tests[k]:.2g}, mean rank {ranks[:, k].mean():.2f}")


if __name__ == "__main__":
    main()
