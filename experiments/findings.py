"""Why did a comparison come out as it did, and where does it come out otherwise?

For each shipped comparison: the effect with single mechanisms switched off (the chain of states that carries it), and
the effect over a region of two parameters. Writes the tables that docs/findings/ shows.

    python experiments/findings.py --out docs/findings --replicates 10
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ccsim.analysis.comparison import compare
from ccsim.experiments.experiment import Experiment
from ccsim.scenarios.scenario import load_scenario

#: What is switched off, one at a time: a name for it, and its off value.
SWITCHES: dict[str, dict[str, Any]] = {
    "nothing (all mechanisms at work)": {},
    "tipping (contagion from several sources)": {"conviction.tipping_probability": 0.0},
    "conviction from own evidence": {"conviction.evidence_rate": 0.0},
    "conviction from what leaders tell": {"conviction.leader_rate": 0.0},
    "conviction in choices": {"conviction.utility_weight": 0.0},
    "the norm of what colleagues do": {"conviction.norm_weight": 0.0},
    "habit in choices": {"habit.utility_weight": 0.0},
    "routines written down": {"embedding.writing_rate": 0.0},
    "skill from training": {"skills.training_rate": 0.0},
    "skill from coaching": {"skills.coaching_rate": 0.0},
    "quick wins from improvement time": {"visible_successes.completion_probability": 0.0},
    "fatigue and cynicism from announcements": {"fatigue.strain": 0.0, "fatigue.disillusion": 0.0},
    "leaders believing their own leaders": {"leadership.superior_rate": 0.0},
    "leaders won over by successes": {"leadership.successes_rate": 0.0, "leadership.results_rate": 0.0},
    "word of mouth": {"word_of_mouth.influence": 0.0},
    "fear of blame": {"empowerment.blame_weight": 0.0},
    "rewards in choices": {"scorecards.utility_weight": 0.0},
    "effort in choices": {"service.effort_weight": 0.0},
    "losses weighing more than gains": {"experience.loss_aversion": 1.0},
    "hand-off loss": {"handoffs.loss_probability": 0.0},
    "defects removed by improvement": {"defects.removal_rate": 0.0},
    "what teams know of customers, in cases": {"sensing.skill_gain": 0.0},
    "improvements that fail untested": {"visible_successes.failure_rate": 0.0},
    "load shortening time": {"work_pace.pressure": 0.0},
    "the gap between decree and practice": {"implementation.gap": False},
    "leaders setting measures": {"realignment.rate": 0.0},
    "strain from work without a say": {"fatigue.demand_control": 0.0},
    "engaged people serving more warmly": {"service.engagement_courtesy": 0.0},
}


@dataclass(frozen=True)
class Contrast:
    """One scenario against another."""

    here: str
    there: str
    words: str


@dataclass(frozen=True)
class Study:
    """One comparison to be explained."""

    name: str
    contrasts: tuple[Contrast, ...]
    kpis: tuple[str, ...]
    switches: tuple[str, ...]
    regions: tuple[tuple[str, tuple[float, ...], str, tuple[float, ...]], ...]
    fixed: dict[str, Any] = field(default_factory=dict)


COMMON = tuple(SWITCHES)
STUDIES = (
    Study(
        "direction",
        (
            Contrast("bottom-up", "nothing", "bottom-up against nothing"),
            Contrast("top-down", "nothing", "top-down against nothing"),
            Contrast("combined", "bottom-up", "combined against bottom-up"),
        ),
        ("csat", "npv"),
        COMMON,
        (
            ("leadership.control", (0.1, 0.4, 0.7, 0.9), "leadership.superior_rate", (0.02, 0.05, 0.1, 0.2)),
            ("programme.cost_per_hour", (10.0, 22.0, 45.0, 90.0), "market.churn_sensitivity", (2.0, 5.0, 8.0)),
        ),
    ),
    Study(
        "hero",
        (
            Contrast("hero-leaves", "hero", "hero leaves against hero stays"),
            Contrast("hero-leaves-embedded", "hero-leaves", "embedded against not, both leave"),
            Contrast("champion-network", "hero", "network against hero, equal hours"),
        ),
        ("adoption", "npv"),
        COMMON,
        (
            ("habit.decay_rate", (0.0, 0.01, 0.03, 0.08), "embedding.half_saturation", (0.05, 0.1, 0.3, 1.0)),
            ("champions.half_saturation", (0.05, 0.4, 2.0, 8.0), "organisation.cross_ties", (0.0, 0.15, 0.4)),
        ),
    ),
    Study(
        "metrics",
        (
            Contrast(
                "scorecard-interaction-csat",
                "scorecard-handling-time",
                "interaction CSAT against handling time",
            ),
            Contrast("scorecard-journey", "scorecard-interaction-csat", "journey against interaction CSAT"),
            Contrast("scorecard-resolution", "scorecard-journey", "resolution against journey"),
        ),
        ("csat", "npv"),
        COMMON,
        (
            ("scorecards.courtesy_share", (0.3, 0.6, 0.9, 1.0), "scorecards.line_of_sight", (0.2, 0.6, 1.0)),
            ("market.churn_sensitivity", (0.0, 1.0, 2.5, 5.0), "accounts.spending_sensitivity", (0.0, 0.3)),
            ("staffing.workload_response", (0.0, 0.5, 1.0), "market.churn_sensitivity", (0.0, 2.0, 5.0)),
        ),
    ),
)


def effects(study: Study, values: dict[str, Any], replicates: int) -> dict[tuple[str, str], tuple[float, float]]:
    """Return, for each contrast and KPI, the mean paired difference and half of its 95 % interval."""
    names = dict.fromkeys(name for contrast in study.contrasts for name in (contrast.there, contrast.here))
    experiment = Experiment(
        study.name, study.name, "", study.contrasts[0].there, {name: load_scenario(name) for name in names},
        replicates=replicates, kpis=study.kpis,
    )  # fmt: skip
    comparison = compare(experiment, levers=values, workers=1)
    found = {}
    for contrast in study.contrasts:
        table = comparison.table(baseline=contrast.there).set_index(["scenario", "kpi"])
        for kpi in study.kpis:
            row = table.loc[(contrast.here, kpi)]
            half = (row["difference_high"] - row["difference_low"]) / 2
            found[contrast.words, kpi] = (float(row["difference"]), float(half))
    return found


def _work(task: tuple[Study, dict[str, Any], int]) -> dict[tuple[str, str], tuple[float, float]]:
    return effects(*task)


def cell(kpi: str, value: tuple[float, float]) -> str:
    """Write an effect; in brackets if its interval includes zero."""
    scale, form = {"npv": (1e3, "+,.0f"), "adoption": (0.01, "+.1f")}.get(kpi, (1.0, "+.2f"))
    text = f"{value[0] / scale:{form}}"
    return text if abs(value[0]) > value[1] else f"({text})"


def unit(kpi: str) -> str:
    """Return the unit that :func:`cell` writes in."""
    return {"npv": "NPV, k EUR", "adoption": "adoption, % points", "csat": "CSAT, points"}[kpi]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(["---"] + [" ---: "] * (len(head) - 1)) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def report(study: Study, pool: ProcessPoolExecutor, replicates: int) -> str:
    """Return the tables of a study as Markdown."""
    head = [f"{contrast.words} ({unit(kpi)})" for contrast in study.contrasts for kpi in study.kpis]
    keys = [(contrast.words, kpi) for contrast in study.contrasts for kpi in study.kpis]
    tasks = [(study, SWITCHES[name], replicates) for name in study.switches]
    rows = [
        [name, *(cell(key[1], found[key]) for key in keys)]
        for name, found in zip(study.switches, pool.map(_work, tasks), strict=True)
    ]
    parts = [f"## With single mechanisms switched off\n\n{table(['switched off', *head], rows)}"]
    for first, firsts, second, seconds in study.regions:
        points = list(product(firsts, seconds))
        found = dict(
            zip(
                points,
                pool.map(_work, [(study, {first: a, second: b}, replicates) for a, b in points]),
                strict=True,
            )
        )
        parts.append(f"## Over `{first}` and `{second}`\n")
        for key in keys:
            body = [[f"**{a:g}**", *(cell(key[1], found[a, b][key]) for b in seconds)] for a in firsts]
            top = [f"`{first}` ↓ `{second}` →", *(f"{b:g}" for b in seconds)]
            parts.append(f"{key[0][0].upper()}{key[0][1:]} ({unit(key[1])}):\n\n{table(top, body)}")
    return "\n".join(parts)


def main() -> None:
    """Write the tables of all studies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/findings"))
    parser.add_argument("--replicates", type=int, default=10)
    parser.add_argument("--no-regions", action="store_true", help="leave out the regions of two parameters")
    parser.add_argument("--only", choices=[study.name for study in STUDIES])
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for study in STUDIES:
            if arguments.only in (None, study.name):
                options = replace(study, regions=()) if arguments.no_regions else study
                text = (
                    f"<!-- This page is generated by experiments/findings.py --replicates {arguments.replicates}"
                    f"{' --no-regions' if arguments.no_regions else ''}. Do not edit it. -->\n"
                    f"# Tables: {study.name}\n\nMean paired differences over {arguments.replicates} runs; in brackets "
                    f"where the 95 % interval includes zero.\n\n{report(options, pool, arguments.replicates)}"
                )
                (arguments.out / f"{study.name}-tables.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
