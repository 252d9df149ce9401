"""The model tour: for each mechanism its idea, its rules, and what moving it does to the organisation.

    python experiments/tour.py --out docs --replicates 6

Writes ``model-tour.md`` and a figure per mechanism. Nothing in it is written by hand but the choice of what to move.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import pkgutil
import types
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import ccsim.mechanisms
from ccsim.execution.runner import replicate_seed
from ccsim.model.kpis import KPIS, final_value
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.simulation import simulate

WEEKS = 156
PROGRAMME = {"programme.budget": 8000.0, "programme.top_down_share": 0.0}
TOP_DOWN = {"programme.budget": 8000.0, "programme.top_down_share": 1.0}


@dataclass(frozen=True, eq=False)
class Stop:
    """One stop of the tour: what is moved, over which values, on which ground, and what is watched.

    Attributes:
        mechanism: module of ``ccsim.mechanisms``.
        key: the parameter that is moved.
        kpis: what to watch: first what it is about, then what comes of it.
        values: five values, evenly over the plausible range if left out.
        ground: other levers, set at week 0.
    """

    mechanism: str
    key: str
    kpis: tuple[str, ...]
    values: tuple[Any, ...] = ()
    ground: Mapping[str, Any] = field(default_factory=dict)

    def steps(self) -> tuple[Any, ...]:
        """Return the values that the parameter takes."""
        row = all_parameters()[self.key]
        if self.values or row.choices or row.kind is bool:
            return self.values or row.choices or (False, True)
        low, high = row.range
        steps = [low + (high - low) * k / 4 for k in range(5)]
        return tuple(dict.fromkeys(int(step + 0.5) for step in steps)) if row.kind is int else tuple(steps)


STOPS = (
    Stop("market", "market.challenger", ("churn", "active", "npv")),
    Stop("customer_differences", "customer_differences.leniency_spread", ("csat", "churn", "npv")),
    Stop("customer_differences", "customer_differences.mobility_spread", ("churn", "acquisition", "npv")),
    Stop("offer", "offer.drift", ("offer_fit", "csat", "npv")),
    Stop("offer", "offer.cocreation", ("misjudgement", "offer_fit", "csat"), ground={"offer.drift": 0.005}),
    Stop("promise", "promise.level", ("cx_gap", "trust", "csat", "npv")),
    Stop("personalisation", "personalisation.level", ("csat", "aht", "npv")),
    Stop("segmentation", "segmentation.priority", ("csat", "time_to_resolution", "npv")),
    Stop("demand", "demand.surge", ("backlog", "csat", "fatigue"), (0.7, 0.85, 1.0, 1.15, 1.3)),
    Stop("self_service", "self_service.share", ("self_service_share", "csat", "npv")),
    Stop("self_service", "self_service.exit", ("csat", "churn", "npv"), ground={"self_service.share": 0.5}),
    Stop("proactive", "proactive.accuracy", ("outreach", "csat", "npv"), ground={"proactive.share": 0.4}),
    Stop("capacity", "capacity.shrinkage", ("utilisation", "backlog", "csat")),
    Stop("work_pace", "work_pace.pressure", ("aht", "time_standard", "fcr", "csat"), (0.0, 0.4, 0.8, 1.17, 1.5), ground={"demand.surge": 1.1}),
    Stop("implementation", "implementation.gap", ("fast", "adoption", "csat", "npv"), ground={"staff_scorecard.handling_time": 0.0, "staff_scorecard.journey": 1.0}),
    Stop("queues", "capacity.weekly_hours", ("time_to_resolution", "backlog", "csat"), (30.0, 32.5, 35.0, 37.5, 40.0)),
    Stop("scorecards", "scorecards.strength", ("aht", "solve", "reported_csat", "csat")),
    Stop("scorecards", "scorecards.pressure", ("aht", "fast", "csat"), ground={"demand.surge": 1.15}),
    Stop("measures", "scorecards.courtesy_share", ("reported_csat", "solve", "csat"), ground={"staff_scorecard.csat": 1.0}),
    Stop("measures", "scorecards.traced_share", ("reported_fcr", "fcr", "csat"), ground={"staff_scorecard.resolution": 1.0}),
    Stop("choice", "service.effort_weight", ("fast", "solve", "csat")),
    Stop("handling_options", "service.script_complexity_penalty", ("fcr", "failure_demand", "csat")),
    Stop("service", "service.handling_hours", ("utilisation", "backlog", "csat")),
    Stop("case_outcomes", "service.recontact_probability", ("failure_demand", "utilisation", "csat")),
    Stop("service_quality", "service.waiting_loss", ("delivered_quality", "csat", "churn")),
    Stop("handoffs", "handoffs.loss_probability", ("handoff_loss", "fcr", "csat")),
    Stop("structure", "structure.stage", ("handoff_loss", "coordination", "csat", "npv"), (0, 1, 2, 3, 4, 5)),
    Stop("defects", "sensing.action_hours", ("defects", "fcr", "csat", "npv")),
    Stop("sensing", "sensing.volume", ("insight", "aht", "csat"), ground={"sensing.coverage": 0.3, "sensing.shared": 0.5}),
    Stop("technology", "technology.spending", ("system_use", "aht", "npv"), (0.0, 1000.0, 2500.0, 5000.0, 10000.0)),
    Stop("technology", "technology.usability", ("system_use", "engagement", "npv"), ground={"technology.spending": 4000.0}),
    Stop("experience", "experience.loss_aversion", ("csat", "nps", "churn")),
    Stop("word_of_mouth", "word_of_mouth.reach", ("word_of_mouth", "acquisition", "churn")),
    Stop("empowerment", "empowerment.rights", ("empowerment", "solve", "csat")),
    Stop("empowerment", "empowerment.strictness", ("script", "fcr", "engagement")),
    Stop("ties", "ties.named", ("conviction", "hero_dependency", "adoption"), (0.0, 0.5, 1.0, 1.3, 1.6), PROGRAMME),
    Stop("conviction", "conviction.tipping_probability", ("conviction", "adoption", "csat"), ground=PROGRAMME),
    Stop("habit", "habit.utility_weight", ("habit", "solve", "csat")),
    Stop("skills", "programme.training", ("skill", "fcr", "npv"), (0.0, 0.25, 0.5, 1.0, 2.0), TOP_DOWN),
    Stop("fatigue", "programme.communication", ("fatigue", "cynicism", "adoption"), (0.0, 0.5, 1.0, 2.0, 4.0), TOP_DOWN),
    Stop("engagement", "engagement.autonomy_effect", ("engagement", "staff_turnover", "csat")),
    Stop("turnover", "turnover.quit_probability", ("staff_turnover", "skill", "csat")),
    Stop("staffing", "staffing.cut", ("utilisation", "csat", "profit"), (0.0, 0.05, 0.1, 0.15, 0.2)),
    Stop("recognition", "recognition.level", ("engagement", "adoption", "csat")),
    Stop("programme", "programme.budget", ("adoption", "csat", "npv"), (0.0, 2000.0, 4000.0, 8000.0, 16000.0), PROGRAMME),
    Stop("participation", "programme.top_down_share", ("adoption", "csat", "npv"), ground={"programme.budget": 8000.0}),
    Stop("mandate", "mandate.realism", ("cynicism", "fatigue", "conviction"), ground=TOP_DOWN),
    Stop("rollout", "rollout.testing_share", ("know_how", "improvements", "adoption"), ground=PROGRAMME),
    Stop("trials", "trials.uncertainty", ("improvements", "adoption", "npv"), ground=PROGRAMME),
    Stop("trials", "trials.stop_below", ("spend", "adoption", "npv"), ground={**PROGRAMME, "trials.uncertainty": 0.8}),
    Stop("visible_successes", "visible_successes.visibility", ("improvements", "leader_conviction", "adoption"), ground=PROGRAMME),
    Stop("champions", "champions.count", ("adoption", "hero_dependency", "npv"), (0, 1, 2, 5, 10), {"champions.placement": "across"}),
    Stop("coaching", "champions.authority", ("empowerment", "adoption", "csat"), ground={"champions.count": 3}),
    Stop("centrality", "champions.selection", ("adoption", "csat", "npv"), ground={"champions.count": 5, "champions.placement": "across"}),
    Stop("embedding", "programme.embedding", ("routine", "adoption", "csat"), (0.0, 0.1, 0.2, 0.4, 0.8), PROGRAMME),
    Stop("leadership", "leadership.executive_disposition", ("executive_conviction", "empowerment", "adoption"), ground=PROGRAMME),
    Stop("commitment", "leadership.superior_rate", ("leader_conviction", "leader_credibility", "adoption"), ground=TOP_DOWN),
    Stop("realignment", "realignment.rate", ("latitude", "solve", "adoption", "csat"), (0.0, 0.02, 0.05, 0.1, 0.15), {**PROGRAMME, "leadership.executive_disposition": 0.8}),
    Stop("reporting", "sensing.published", ("self_image", "cx_gap", "executive_conviction")),
    Stop("sponsorship", "sponsorship.patience", ("sponsorship", "adoption", "npv"), (0.0, 0.25, 0.5, 0.75, 1.0), PROGRAMME),
    Stop("accounts", "accounts.spending_sensitivity", ("revenue", "profit", "npv")),
)  # fmt: skip


def figures(task: tuple[Stop, Any, int]) -> dict[str, float]:
    """Run one value of a stop once, and return its KPIs at the horizon."""
    stop, value, replicate = task
    scenario = load_scenario("nothing").with_values({**stop.ground, stop.key: value})
    run = simulate(scenario, replicate_seed(1, replicate), WEEKS)
    kpis = run.kpis
    return {name: final_value(name, kpis[name]) for name in stop.kpis}


def draw(stop: Stop, number: int, found: dict[Any, list[dict[str, float]]], folder: Path) -> Path:
    """Draw the KPIs of one stop over its values, with the spread between replicates."""
    import matplotlib.pyplot as plt
    import numpy as np

    row = all_parameters()[stop.key]
    steps = stop.steps()
    places = np.arange(len(steps)) if row.choices or row.kind is bool else np.array(steps, float)
    figure, axes = plt.subplots(1, len(stop.kpis), figsize=(2.9 * len(stop.kpis), 2.5), layout="constrained")
    for axis, name in zip(axes, stop.kpis, strict=True):
        kpi = KPIS[name]
        scale, unit = (1e-3, "k EUR") if kpi.unit.startswith("EUR") else (1.0, kpi.unit)
        values = np.array([[one[name] * scale for one in found[step]] for step in steps])
        axis.plot(places, values, color="#9aa5b1", linewidth=0.8)
        axis.plot(places, values.mean(axis=1), color="#0b5394", linewidth=2.2, marker="o", markersize=4)
        axis.set_title(kpi.title, fontsize=9, loc="left")
        axis.set_ylabel(unit, fontsize=8)
        axis.tick_params(labelsize=8)
        axis.margins(x=0.06, y=0.12)
        axis.spines[["top", "right"]].set_visible(False)
        if row.choices or row.kind is bool:
            axis.set_xticks(places, [str(step) for step in steps], rotation=30, ha="right")
        elif row.role != "size" and places[0] <= row.default <= places[-1]:
            axis.axvline(row.default, color="#9aa5b1", linestyle=":", linewidth=1)
    figure.supxlabel(f"{stop.key}  ({row.unit})" if row.unit else stop.key, fontsize=8)
    path = folder / name_of(number, stop)
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return path


def module_of(mechanism: str) -> types.ModuleType:
    """Import a mechanism by its own name, whatever package it is in."""
    # A folder may have the name of a mechanism in it, such as `market`.
    found = pkgutil.walk_packages(ccsim.mechanisms.__path__, "ccsim.mechanisms.")
    names = (module.name for module in found if not module.ispkg)
    return importlib.import_module(next(name for name in names if name.endswith(f".{mechanism}")))


def rules_of(mechanism: str) -> list[tuple[str, str]]:
    """Return the rules of a mechanism: name and sentence."""
    module = module_of(mechanism)
    found = []
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(mark) == "rule" for mark in node.decorator_list):
            found.append((node.name, (ast.get_docstring(node) or "").split("\n")[0]))
    return found


def write(stops: list[tuple[Stop, Path]], folder: Path, replicates: int) -> None:
    """Write the page."""
    lines = [
        "# The model, one mechanism at a time",
        "",
        "This page is generated by `python experiments/tour.py`. Do not edit it. Each figure moves one parameter, a lever from week 0 on and an",
        f"assumption in the warm-up, too, in an organisation of default size over {WEEKS} weeks: grey lines are {replicates} single",
        "organisations on the same draws at every value, the blue line is their mean, the dotted line marks the ordinary value.",
        "Levels are means of the last quarter; money is summed over the horizon. Parameters, units and sources: [odd.md](odd.md).",
        "The command writes the figures too; they are not kept in git.",
        "",
    ]
    seen: set[str] = set()
    for stop, path in stops:
        if stop.mechanism not in seen:
            seen.add(stop.mechanism)
            module = module_of(stop.mechanism)
            lines += [f"## {stop.mechanism.replace('_', ' ').capitalize()}", "", inspect.getdoc(module) or "", ""]
            lines += [f"- `{name}`: {sentence}" for name, sentence in rules_of(stop.mechanism)]
        row = all_parameters()[stop.key]
        ground = ", ".join(f"`{key} = {value}`" for key, value in stop.ground.items())
        lines += ["", f"`{stop.key}`: {row.meaning}" + (f" (with {ground})" if ground else "") + ".", ""]
        lines += [f"![{stop.key}](figures/tour/{path.name})", ""]
    (folder / "model-tour.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Run all stops and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("docs"))
    parser.add_argument("--replicates", type=int, default=6)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[], help="mechanisms to run again")
    options = parser.parse_args()
    stops = [stop for stop in STOPS if not options.only or stop.mechanism in options.only]
    pictures = options.out / "figures" / "tour"
    pictures.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
        # All are handed in at once, so that no process waits; each stop is drawn as soon as it is there.
        runs = {stop: pool.map(figures, tasks_of(stop, options.replicates), chunksize=4) for stop in stops}
        for number, stop in enumerate(STOPS):
            if stop in runs:
                draw(stop, number, by_value(stop, runs[stop], options.replicates), pictures)
    write(
        [(stop, pictures / name_of(number, stop)) for number, stop in enumerate(STOPS)], options.out, options.replicates
    )


def tasks_of(stop: Stop, replicates: int) -> list[tuple[Stop, Any, int]]:
    """Return what is to be run for a stop."""
    return [(stop, value, number) for value in stop.steps() for number in range(replicates)]


def by_value(stop: Stop, runs: Iterable[dict[str, float]], replicates: int) -> dict[Any, list[dict[str, float]]]:
    """Return the runs of a stop by the value that was set, in the order of its replicates."""
    rows = list(runs)
    return {value: rows[k * replicates : (k + 1) * replicates] for k, value in enumerate(stop.steps())}


def name_of(number: int, stop: Stop) -> str:
    """Name the figure of a stop."""
    return f"{number:02d}-{stop.key.replace('.', '-')}.png"


if __name__ == "__main__":
    main()
