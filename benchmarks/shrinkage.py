"""How much of an optimiser's promise is luck: searches on the model, their promise and what fresh draws find.

    python benchmarks/shrinkage.py --searches 5 --trials 24

Prints the gain that each search promised, the gain reported, and the gain in many more runs, which stands for the
truth; then the mean error of promise and report in half-intervals of the report.
"""

from __future__ import annotations

import argparse

import numpy as np

from ccsim.analysis.optimise import Objective, Objectives, Plan, optimise
from ccsim.analysis.parameter_space import dimensions
from ccsim.analysis.problem import AnalysisProblem, Runner, make_problem, table_of
from ccsim.experiments.design import Design

SMALL = {
    "organisation.staff": 24, "organisation.departments": 3, "organisation.front_departments": 2,
    "organisation.customers": 160,
}  # fmt: skip


def truth(study: AnalysisProblem, start: Plan, best: Plan, replicates: int) -> float:
    """Return the mean gain over draws that no search has seen."""
    far = AnalysisProblem(study.scenario, None, study.weeks, replicates, 900_001)
    values = table_of(Runner(workers=1).summaries(far, Design.given([start, best]), "truth"), "csat", 2)
    return float((values[1] - values[0]).mean())


def main() -> None:
    """Search, and print what became of the promises."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--searches", type=int, default=5)
    words.add_argument("--trials", type=int, default=24)
    words.add_argument("--weeks", type=int, default=26)
    words.add_argument("--truth", type=int, default=60, help="runs that stand for the truth")
    asked = words.parse_args()
    space = dimensions(["programme.budget=7000:9000", "programme.training", "rollout.planning_share"])
    promised, reported = [], []
    for seed in range(1, asked.searches + 1):
        study = make_problem("combined", weeks=asked.weeks, replicates=2, seed=seed, values=SMALL)
        found = optimise(study, space, Objectives((Objective("csat"),)), trials=asked.trials, runner=Runner(workers=1))
        row = found.table().set_index(["plan", "outcome"]).loc[("best", "csat")]
        real = truth(study, found.start.plan, found.plans[0].plan, asked.truth)
        half = (row["gain_high"] - row["gain_low"]) / 2
        promise = row["gain"] + row["shrinkage"]
        promised.append((promise - real) / half)
        reported.append((row["gain"] - real) / half)
        print(
            f"search {seed}: promised {promise:+.2f}, reported {row['gain']:+.2f} ±{half:.2f}, truth {real:+.2f} CSAT"
        )
    print(
        f"mean error in half-intervals of the report: promised {np.mean(promised):+.2f}, "
        f"reported {np.mean(reported):+.2f} ({asked.searches} searches)"
    )


if __name__ == "__main__":
    main()
