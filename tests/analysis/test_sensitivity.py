"""Sensitivity on functions with known answers, and on a small organisation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from ccsim.analysis.parameter_space import dimensions, numbers_of
from ccsim.analysis.problem import AnalysisProblem, Runner
from ccsim.analysis.sensitivity import analysed, designed, noise_floor, sensitivity
from ccsim.cli.main import app
from ccsim.errors import InputError
from ccsim.reports.figures.sensitivity import tornado_figure
from ccsim.scenarios.scenario import Scenario

STUDY = AnalysisProblem(Scenario("toy", "Toy"), seed=3)
run = CliRunner()


def of_function(space, method, points, function, replicates=1, noise=0.0):
    design = designed(space, method, points, STUDY.seed)
    draws = noise * np.random.default_rng(1).standard_normal((len(design), replicates))
    return analysed(STUDY, space, method, design, {"csat": function(numbers_of(space, design))[:, None] + draws})


def ishigami(x):
    """Ishigami & Homma (1990), a = 7, b = 0.1: first-order indices 0.314, 0.442, 0; total 0.558, 0.442, 0.244."""
    x = np.pi * (2 * x - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_finds_the_indices_of_the_ishigami_function(toy):
    found = of_function(toy(3), "sobol", 5 * 1024, ishigami).table.set_index("parameter")
    for key, alone, total in (
        ("habit.formation_rate", 0.314, 0.558),
        ("habit.decay_rate", 0.442, 0.442),
        ("habit.routine_protection", 0.0, 0.244),
    ):
        row = found.loc[key]
        assert row["first_order"] == pytest.approx(alone, abs=0.03) and row["importance"] == pytest.approx(
            total, abs=0.03
        )
        assert row["low"] <= total <= row["high"] and row["first_order_low"] <= alone <= row["first_order_high"]


def test_intervals_of_total_indices_hold_the_truth_as_often_as_they_say(toy):
    """Of 3 indices in 40 repetitions, at least 100 of 120 intervals hold the truth (of 95 %: error rate 1e-5)."""
    held = 0
    for seed in range(40):
        design = designed(toy(3), "sobol", 5 * 64, seed)
        values = ishigami(numbers_of(toy(3), design))[:, None]
        problem = AnalysisProblem(STUDY.scenario, seed=seed)
        found = analysed(problem, toy(3), "sobol", design, {"csat": values})
        rows = found.table.set_index("parameter")
        for key, total in (
            ("habit.formation_rate", 0.558),
            ("habit.decay_rate", 0.442),
            ("habit.routine_protection", 0.244),
        ):
            held += rows.loc[key, "low"] <= total <= rows.loc[key, "high"]
    assert held >= 100


def test_morris_measures_straight_lines_exactly_and_tells_what_acts_through_others(toy):
    space = toy(4)
    found = of_function(space, "morris", 200, lambda x: 3 * x[:, 0] - x[:, 1] + 10 * x[:, 2] * (x[:, 0] - 0.5))
    rows = found.table.set_index("parameter")
    assert (
        rows.loc["habit.decay_rate", "effect"] == pytest.approx(-1.0) and rows.loc["habit.decay_rate", "spread"] < 1e-9
    )
    assert (
        rows.loc["habit.routine_protection", "spread"] > 1.0
        and rows.loc["conviction.tipping_gain", "importance"] == 0.0
    )


def test_chance_is_split_from_effect(toy):
    """Variance 1/12 * 12 = 1 by the parameter, 0.25 by the draws: a fifth of single runs, a seventeenth of means."""
    found = of_function(toy(2), "sobol", 4 * 2048, lambda x: np.sqrt(12) * x[:, 0], replicates=4, noise=0.5)
    noise = found.noise["csat"]
    assert noise.share == pytest.approx(0.2, abs=0.02) and noise.left == pytest.approx(1 / 17, abs=0.01)
    rows = found.table.set_index("parameter")
    assert rows.loc["habit.formation_rate", "significant"] and not rows.loc["habit.decay_rate", "significant"]
    assert rows.loc["habit.decay_rate", "importance"] == pytest.approx(noise_floor(noise, "sobol"), abs=0.02)


def test_morris_importance_of_pure_noise_is_what_chance_alone_makes(toy):
    found = of_function(toy(3), "morris", 8000, lambda x: 10 * x[:, 0], replicates=4, noise=1.0)
    floor = noise_floor(found.noise["csat"], "morris")
    rows = found.table.set_index("parameter")
    assert rows.loc["habit.routine_protection", "importance"] == pytest.approx(floor, rel=0.1)


def test_points_without_a_figure_take_their_path_with_them(toy):
    space = toy(2)
    design = designed(space, "morris", 60, 1)
    values = numbers_of(space, design)[:, :1]
    values[4] = np.nan
    found = analysed(STUDY, space, "morris", design, {"csat": values})
    assert found.left_out == 3
    assert found.table.set_index("parameter").loc["habit.formation_rate", "effect"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda toy: designed(toy(3), "morris", 5, 1), "samples: must be at least 16 for morris"),
        (lambda toy: designed(toy(3), "soboll", 500, 1), "morris, sobol"),
        (lambda toy: of_function(toy(3), "morris", 40, lambda x: 0.0 * x[:, 0]), "no factor affects it"),
        (lambda toy: of_function(toy(3), "morris", 40, lambda x: np.nan * x[:, 0]), "which is too few"),
    ],
)
def test_what_cannot_be_analysed_is_reported(toy, call, message):
    with pytest.raises(InputError, match=message):
        call(toy)


def test_a_small_organisation(small_study):
    space = dimensions(["programme.budget", "habit.utility_weight", "habit.adopter_threshold"])
    found = sensitivity(small_study, space, ["spend", "npv_difference"], "morris", 16, Runner(workers=1))
    first = found.table[found.table["outcome"] == "spend"].iloc[0]
    assert first["parameter"] == "programme.budget" and first["effect"] > 0
    assert len(found.points_table()) == 16
    figure = tornado_figure(found, "npv_difference")
    assert "difference to the baseline" in figure.get_suptitle()


def test_the_command_writes_tables_and_figures_and_goes_on(small_settings, tmp_path):
    words = ["sensitivity", "combined", "--baseline", "nothing", "--factor", "habit.utility_weight,programme.budget",
             "--kpi", "csat_difference", "--samples", "12", "--weeks", "6", "--workers", "1", *small_settings,
             "--out", str(tmp_path / "out")]  # fmt: skip
    output = run.invoke(app, words)
    assert output.exit_code == 0, output.output
    assert "habit.utility_weight" in output.output and "is chance" in output.output
    before = pd.read_parquet(tmp_path / "out" / "sensitivity.parquet")
    assert set(before["parameter"]) == {"habit.utility_weight", "programme.budget"}
    assert (tmp_path / "out" / "sensitivity-csat_difference.png").stat().st_size > 10_000
    output = run.invoke(app, [*words, "--resume", "--format", "csv"])
    assert output.exit_code == 0 and output.stdout.startswith("outcome,parameter,importance")
    pd.testing.assert_frame_equal(before, pd.read_parquet(tmp_path / "out" / "sensitivity.parquet"))
    assert run.invoke(app, [*words, "--kpi", "csta"]).exit_code != 0


def test_an_outcome_that_does_not_vary_leaves_the_others_answered(toy):
    space = toy(2)
    design = designed(space, "morris", 40, 1)
    x = design.unit()
    values = {"spend": np.full((len(x), 2), 3.0), "csat": np.stack([x[:, 0], x[:, 0] + 1e-6], axis=1)}
    found = analysed(STUDY, space, "morris", design, values)
    assert set(found.table["outcome"]) == {"csat"} == set(found.means)
    assert found.unanswered == {"spend": "is 3 at every point; no factor affects it"}
    with pytest.raises(InputError, match="spend: is 3 at every point"):
        analysed(STUDY, space, "morris", design, {"spend": values["spend"]})
