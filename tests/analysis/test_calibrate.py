"""Calibration on functions with known answers, against simulated truths, and on a small organisation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

from ccsim.analysis.calibrate import calibrate, fitted
from ccsim.analysis.calibration import Target, target_of
from ccsim.analysis.parameter_space import dimensions
from ccsim.analysis.problem import AnalysisProblem, Runner
from ccsim.cli.main import app
from ccsim.errors import InputError
from ccsim.reports.figures.calibration import agreement_figure
from ccsim.scenarios.scenario import Scenario

STUDY = AnalysisProblem(Scenario("toy", "Toy"), seed=4)
run = CliRunner()


def outcomes(x):
    return np.stack([x[:, 0] + 0.5 * x[:, 1] ** 2, np.exp(-x[:, 0]) * x[:, 1], x[:, 0] * x[:, 1]], axis=-1)


def model(noise=0.01, function=outcomes):
    """Run a function with noise in place of the organisation."""

    def evaluate(part, fresh, numbers):
        values = function(numbers)
        rng = np.random.default_rng([len(part), fresh, len(numbers)])
        return values[:, None, :] + noise * rng.standard_normal((len(values), 4, values.shape[1]))

    return evaluate


def test_known_values_are_recovered_and_held_out_targets_predicted(toy):
    truth = np.array([[0.4, 0.5]])
    values = outcomes(truth)[0]
    targets = [Target("csat", values[0], 0.03), Target("nps", values[1], 0.03), Target("fcr", values[2], 0.05, True)]
    found = fitted(STUDY, toy(2), targets, model(), 24, 3)
    table = found.table()
    assert ((table["low"] < truth[0]) & (truth[0] < table["high"])).all() and table["identified"].all()
    assert found.best == pytest.approx(truth[0], abs=0.06) and found.misfit < 1.0 and found.emulator > 0.8
    assert found.targets_table()["inside"].all() and not found.correlated_pairs()
    assert abs(found.targets_table()["z"][2]) < 1.0
    assert len(agreement_figure(found).axes) == 2


def test_a_posterior_that_is_known_is_matched(toy):
    """One parameter, a straight line, a normal error: the posterior is normal (both moments within 5 % of its sd)."""
    found = fitted(STUDY, toy(1), [Target("csat", 0.5, 0.1)], model(1e-6, lambda x: x[:, :1]), 12, 2)
    assert found.posterior.mean() == pytest.approx(0.5, abs=0.01)
    assert found.posterior.std() == pytest.approx(0.1, abs=0.008)


@pytest.mark.slow
def test_ranks_of_simulated_truths_are_uniform(toy):
    """Simulation-based calibration (Talts et al. 2018): 24 truths from the prior, their ranks tested at 0.1 %."""
    rng, space, ranks = np.random.default_rng(8), toy(2), []
    for number in range(24):
        truth = rng.random((1, 2))
        summaries = outcomes(truth)[0, :2] + 0.05 * rng.standard_normal(2)
        targets = [Target("csat", summaries[0], 0.05), Target("nps", summaries[1], 0.05)]
        problem = AnalysisProblem(STUDY.scenario, seed=number)
        found = fitted(problem, space, targets, model(1e-3, lambda x: outcomes(x)[:, :2]), 14, 2)
        ranks.append((found.posterior < truth).mean(axis=0))
    for column in np.array(ranks).T:
        assert stats.kstest(column, "uniform").pvalue > 0.001


def test_what_targets_leave_open_is_reported(toy):
    found = fitted(STUDY, toy(3), [Target("csat", 1.0, 0.02)], model(1e-4, lambda x: x[:, :1] + x[:, 1:2]), 30, 2)
    assert found.variance_reduction[2] < 0.2 and not found.table()["identified"][2]
    (pair,) = found.correlated_pairs()
    assert set(pair[:2]) == {"habit.formation_rate", "habit.decay_rate"} and pair[2] < -0.95


def test_targets_out_of_reach_are_reported(toy):
    found = fitted(STUDY, toy(1), [Target("csat", 9.0, 0.1)], model(1e-4, lambda x: x[:, :1]), 12, 2)
    assert found.misfit > 3 and not found.targets_table()["inside"][0]
    assert not found.targets_met and not found.table()["identified"].any() and not found.table()["targets_met"].any()
    assert "No values" in found.faults()[0]


@pytest.mark.parametrize(("output", "end"), [(1.02, "high"), (-0.02, "low")])
def test_a_parameter_pressed_against_an_end_of_its_span_is_not_identified(toy, output, end):
    found = fitted(STUDY, toy(1), [Target("csat", output, 0.03)], model(1e-4, lambda x: x[:, :1]), 12, 2)
    table = found.table()
    assert found.targets_met and table["contraction"][0] > 0.5
    assert table["at_bound"][0] == end and not table["identified"][0]
    assert f"{end} end of its range" in found.faults()[0]


@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown"])
def test_a_fit_that_fails_says_so_in_every_format_and_writes_no_scenario(small_settings, tmp_path, form):
    words = ["calibrate", "combined", "--parameter", "programme.budget=0:20000", "--target", "spend=9e9+-1000",
             "--samples", "12", "--waves", "1", "--weeks", "6", "--replicates", "1", "--workers", "1",
             *small_settings, "--format", form, "--out", str(tmp_path / "out")]  # fmt: skip
    output = run.invoke(app, words)
    assert output.exit_code == 1
    assert "No values of these parameters meet the targets" in output.output
    assert not (tmp_path / "out" / "calibrated.toml").exists()
    table = pd.read_parquet(tmp_path / "out" / "parameters.parquet")
    assert not table["identified"].any() and not table["targets_met"].any()


def test_a_target_is_read_as_people_write_it():
    assert target_of("fcr=0.72±0.02") == target_of("fcr = 0.72 +- 0.02") == Target("fcr", 0.72, 0.02)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda study: target_of("fcr=0.72"), "must have the form"),
        (lambda study: target_of("fcr=0.72±0"), "error must be above 0"),
        (lambda study: asked(study, [Target("fcrr", 1, 1)]), "did you mean 'fcr'"),
        (lambda study: asked(study, [Target("fcr", 1, 1), Target("fcr", 1, 1)]), "twice"),
        (lambda study: asked(study, [Target("fcr", 1, 1, True)]), "nothing to fit"),
        (lambda study: asked(study, [Target("fcr", 1, 1)], ["offer.decided_by"]), "is a choice"),
        (lambda study: asked(study, [Target("fcr", 1, 1)], ["service"]), "too many|must be at least"),
        (lambda study: asked(study, [Target("fcr", 1, 1)], waves=0), "1 or more"),
        (lambda study: asked(study, [Target("fcr", 1, 1)], samples=2), "must be at least 5"),
        (lambda study: asked(study, [Target("spend", 1, 1)], ["sensing.action_hours"], samples=6), "do not affect it"),
    ],
)
def test_what_cannot_be_fitted_is_reported(small_study, call, message):
    quick = AnalysisProblem(small_study.scenario.with_values({"programme.budget": 0.0}), weeks=2, replicates=1)
    with pytest.raises(InputError, match=message):
        call(quick)


def asked(problem, targets, over=("habit.utility_weight",), **options):
    return calibrate(problem, dimensions(list(over)), targets, runner=Runner(workers=1), **options)


def test_the_command_writes_a_scenario_and_says_what_is_open(small_settings, tmp_path):
    file = tmp_path / "targets.toml"
    file.write_text('[[target]]\nkpi = "spend"\nvalue = 30000\nerror = 1000.0\n')
    words = ["calibrate", "combined", "--parameter", "programme.budget=0:20000", "--parameter", "habit.routine_protection", "--targets",
             str(file), "--held-out", "csat=75+-5", "--samples", "12", "--waves", "2", "--weeks", "6", "--replicates",
             "1", "--workers", "1", *small_settings, "--out", str(tmp_path / "out")]  # fmt: skip
    output = run.invoke(app, words)
    assert output.exit_code == 0, output.output
    assert "leave open: habit.routine_protection" in output.output and "csat (held out): measured 75" in output.output
    before = pd.read_parquet(tmp_path / "out" / "parameters.parquet")
    assert (tmp_path / "out" / "calibrate.png").stat().st_size > 10_000
    assert run.invoke(app, ["describe", str(tmp_path / "out" / "calibrated.toml")]).exit_code == 0
    assert run.invoke(app, [*words, "--resume"]).exit_code == 0
    pd.testing.assert_frame_equal(before, pd.read_parquet(tmp_path / "out" / "parameters.parquet"), check_exact=True)
    file.write_text('[[target]]\nkpi = "spend"\nvalue = 30000\neror = 1.0\n')
    output = str(run.invoke(app, words).exception)
    assert "targets.toml:4: target.0.eror" in output and "did you mean 'error'" in output
