"""The ordinary organisation: its levels, its spread and its drift while nothing is done, beside what surveys report.

    python experiments/ordinary.py --out docs --replicates 16

writes docs/ordinary.md and its figure.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from ccsim.execution.runner import run_experiment
from ccsim.experiments.experiment import Experiment
from ccsim.model.kpis import KPIS
from ccsim.results.formatting import interval, number
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.simulation import Simulation
from ccsim.validation.facts import people
from ccsim.validation.facts.schema import load_studies

YEAR = 52
#: What is shown, and the drift over a year that is small beside what levers do.
SHOWN = {
    "csat": 1.0, "nps": 3.0, "churn": 0.02, "fcr": 0.01, "aht": 0.1, "failure_demand": 0.01, "abandonment": 0.01,
    "utilisation": 0.02, "fast": 0.02, "script": 0.02, "solve": 0.02, "engagement": 0.02, "staff_turnover": 0.04,
    "fatigue": 0.02, "cynicism": 0.02, "conviction": 0.03, "empowerment": 0.03, "adoption": 0.05, "active": 60.0,
}  # fmt: skip
#: Drawn over time.
DRAWN = ("csat", "churn", "fcr", "aht", "engagement", "staff_turnover")


def main() -> None:
    """Run, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=Path("results/ordinary"))
    parser.add_argument("--replicates", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=None)
    options = parser.parse_args()
    scenario = load_scenario("nothing")
    experiment = Experiment(
        "ordinary", "The ordinary organisation", "What is it like?", "nothing", {"nothing": scenario}, 3 * YEAR,
        options.replicates, options.seed,
    )  # fmt: skip
    results = run_experiment(experiment, workers=options.workers)
    weekly = {
        name: results.runs.pivot_table(index="replicate", columns="week", values=name).to_numpy() for name in SHOWN
    }
    persons = people.observe({"nothing": scenario}, 3, 3 * YEAR, options.seed)
    contents = satisfactions(scenario, options.seed)
    rows = results.departments
    departments = rows[rows["week"] >= 2 * YEAR].groupby(["replicate", "department"])
    between = {
        name: float(departments[name].mean().unstack().std(axis=1).mean()) for name in SHOWN if name in results.departments
    }  # fmt: skip
    figures = options.out / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    draw(weekly, persons, contents).savefig(figures / "ordinary.png", dpi=130)
    text = page(weekly, between, persons, contents, options)
    (options.out / "ordinary.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def satisfactions(scenario: Any, seed: int) -> np.ndarray:
    """Return the satisfaction of every customer of one organisation after three years, of 100."""
    simulation = Simulation(scenario, seed, 3 * YEAR)
    for _ in range(3 * YEAR):
        simulation.step()
    customers = simulation.state.populations.customers
    return 100.0 * customers.satisfaction[customers.active == 1]


def drift(rows: np.ndarray) -> tuple[float, float, float]:
    """Return the change over a year between the first year and the third, with its 95 % interval (t) over runs."""
    changes = (np.nanmean(rows[:, -YEAR:], axis=1) - np.nanmean(rows[:, :YEAR], axis=1)) / 2.0
    half = float(stats.t.ppf(0.975, len(changes) - 1) * stats.sem(changes))
    return float(changes.mean()), float(changes.mean() - half), float(changes.mean() + half)


def page(
    weekly: Mapping[str, np.ndarray], between: Mapping[str, float], persons: Any, contents: np.ndarray, options: Any
) -> str:
    """Return the page."""
    surveys = {
        fact.measure.named("expression")[0]: fact for study in load_studies(["ordinary"]) for fact in study.facts
    }  # fmt: skip
    lines = [
        "# The ordinary organisation", "",
        f"Made by `python experiments/ordinary.py --out docs --replicates {options.replicates} --seed {options.seed}`; not "
        "edited by hand. It is what every comparison compares with: 200 people, 2,000 customers, every lever at its "
        "default, nothing done for three years after a past of two.", "",
        "*Mean* and *between organisations* (standard deviation) are of the third year; *between departments* is the "
        "standard deviation inside an organisation. *Drift* is the change over a year between the first and the third, "
        "with its 95 % interval over runs; it counts as small if the whole interval lies within the bound, which an "
        "organisation that drifts at the bound passes in at most 2.5 % of cases for each KPI. Surveys: tag and source "
        "as in [validation](validation.md); R-L is recalled, not looked up.", "",
        "| KPI | unit | mean | between organisations | between departments | drift a year | bound | small | surveys |",
        "|---|---|---:|---:|---:|---|---:|---|---|",
    ]  # fmt: skip
    for name, bound in SHOWN.items():
        lines.append(_row(name, weekly[name], between.get(name), bound, surveys.get(name)))
    share = persons["solved"] / persons["handled"]
    lines += [
        "", "![The ordinary organisation](figures/ordinary.png)", "",
        "Between people (one standard deviation, all who were in post for the last half year): "
        f"engagement {persons['engagement'].mean():.2f} ± {persons['engagement'].std():.2f}, conviction "
        f"{persons['conviction'].mean():.2f} ± {persons['conviction'].std():.2f}, skill {persons['skill'].mean():.2f} ± "
        f"{persons['skill'].std():.2f}, habit {persons['habit'].mean():.2f} ± {persons['habit'].std():.2f}, contacts solved "
        f"with judgement {share.mean():.2f} ± {share.std():.2f}. Between customers: satisfaction {contents.mean():.0f} ± "
        f"{contents.std():.0f} of 100.", "",
        "That the response to levers is graded, and not all or nothing, is tested in `tests/statistical/test_ordinary.py`.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _row(name: str, rows: np.ndarray, between: float | None, bound: float, survey: Any) -> str:
    levels = np.nanmean(rows[:, -YEAR:], axis=1)
    change, low, high = drift(rows)
    small = "yes" if -bound < low and high < bound else "no"
    shown = "" if between is None else f"{between:.3g}"
    text = f"{interval(survey.low, survey.high)} ({survey.source}; {survey.tag})" if survey else ""
    return (
        f"| {KPIS[name].title} | {KPIS[name].unit} | {number(levels.mean(), hyphen=True)} | {levels.std(ddof=1):.2g} | {shown} | "
        f"{change:+.2g} ({low:+.2g} to {high:+.2g}) | {bound:g} | {small} | {text} |"
    )


def draw(weekly: Mapping[str, np.ndarray], persons: Any, contents: np.ndarray) -> Any:
    """Draw levels over time, and how people and customers differ."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 4, figsize=(11, 4.8), layout="constrained")
    for axis, name in zip(panels.flat, DRAWN, strict=False):
        quarters = weekly[name].reshape(len(weekly[name]), -1, 13).mean(axis=2)
        weeks = np.arange(quarters.shape[1]) / 4.0 + 0.125
        axis.fill_between(weeks, *np.quantile(quarters, [0.05, 0.95], axis=0), color="#c9d8e8", linewidth=0)
        axis.plot(weeks, quarters.mean(axis=0), color="#0b5394")
        middle, room = quarters.mean(), 4.0 * quarters.std()
        axis.set_ylim(middle - room, middle + room)
        axis.set_title(f"{KPIS[name].title}, {KPIS[name].unit}", fontsize=9, loc="left")
        axis.set_xlabel("year", fontsize=8)
    for axis, values, title in (
        (panels.flat[6], persons["engagement"], "People: engagement"), (panels.flat[7], contents, "Customers: satisfaction"),
    ):  # fmt: skip
        axis.hist(values, bins=24, color="#7d9cbd")
        axis.set_yticks([])
        axis.set_title(title, fontsize=9, loc="left")
    for axis in panels.flat:
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    main()
