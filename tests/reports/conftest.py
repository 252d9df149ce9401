"""Results of a small experiment, made once."""

from dataclasses import replace
from pathlib import Path

import pytest

from ccsim.execution.runner import run_experiment
from ccsim.experiments.experiment import Experiment, Sweep
from ccsim.scenarios.scenario import load_scenario


@pytest.fixture(scope="session")
def small_sizes():
    return {
        "organisation.staff": 24,
        "organisation.departments": 3,
        "organisation.front_departments": 2,
        "organisation.customers": 160,
        "organisation.warm_up": 6,
    }


@pytest.fixture(scope="session")
def swept(small_sizes) -> Experiment:
    """Two scenarios, a move, a sweep of two values."""
    quiet = load_scenario("nothing").with_values(small_sizes)
    busy = load_scenario("hero-leaves").with_values({**small_sizes, "programme.budget": 900.0}, name="busy")
    moves = tuple(replace(move, week=6) for move in busy.schedule)
    busy = replace(busy, schedule=moves, title="Busy & bold")
    scenarios = {"nothing": quiet, "busy": busy}
    points = {f"busy @ programme.budget={value}": ("busy", value) for value in (300.0, 1800.0)}
    for name, (_, value) in points.items():
        scenarios[name] = busy.with_values({"programme.budget": value}, name=name)
    return Experiment(
        "small", "Small", "Does <it> work?", "nothing", scenarios, weeks=30, replicates=4,
        kpis=("csat", "solve", "npv"), sweep=Sweep("programme.budget", (300.0, 1800.0), points),
    )  # fmt: skip


@pytest.fixture(scope="session")
def folder(swept, tmp_path_factory) -> Path:
    """A finished results folder; nobody writes to it."""
    place = tmp_path_factory.mktemp("answers") / "small-1"
    run_experiment(swept, workers=1, out=place, command=["ccsim", "compare", "small"])
    return place
