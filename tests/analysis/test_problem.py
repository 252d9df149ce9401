"""Points are run on the same draws, beside a baseline in the same world."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccsim.analysis.parameter_space import dimensions, drawn
from ccsim.analysis.problem import IndependentOrganisations, Runner, make_problem, table_of
from ccsim.errors import InputError
from ccsim.experiments.design import Design
from ccsim.simulation.simulation import simulate

POINTS = Design.given(
    [
        {"habit.utility_weight": 1.0, "programme.budget": 0.0},
        {"habit.utility_weight": 3.0, "programme.budget": 9000.0},
        {"habit.utility_weight": 1.5, "programme.budget": 100.0},
    ]
)


def test_a_difference_is_taken_in_the_same_world_on_the_same_draws(small_study):
    summaries = Runner(workers=1).summaries(small_study, POINTS, "points")
    row = summaries[(summaries["point"] == 1) & (summaries["replicate"] == 1)].iloc[0]
    mine = simulate(small_study.scenario.with_values(POINTS.row(1)), 1_000_001, 8).kpis["npv"][-1]
    theirs = simulate(small_study.baseline.with_values({"habit.utility_weight": 3.0}), 1_000_001, 8).kpis["npv"][-1]
    assert row["npv"] == mine and row["npv_difference"] == mine - theirs
    assert table_of(summaries, "npv", 4)[:3].shape == (3, 2) and np.isnan(table_of(summaries, "npv", 4)[3]).all()


def test_the_baseline_is_run_once_where_only_levers_vary(small_study):
    experiment = small_study.experiment(Design.given([{"programme.budget": float(k)} for k in range(5)]))
    assert len(experiment.scenarios) == 6
    summaries = Runner(workers=1).summaries(small_study, experiment.design, "points")
    theirs = simulate(small_study.baseline, 1_000_000, 8).kpis["spend"].sum()
    row = summaries[(summaries["point"] == 4) & (summaries["replicate"] == 0)].iloc[0]
    assert row["spend_difference"] == row["spend"] - theirs


def test_the_week_of_a_move_can_vary(small):
    problem = make_problem("hero-leaves", weeks=120, values=small)
    label = next(move.label for move in problem.scenario.schedule if move.week is not None)
    space = dimensions([f"week of {label}=20:90", "habit.utility_weight"])
    assert space[0].unit == "week" and space[0].stepped
    experiment = problem.experiment(drawn(space, "latin-hypercube", 4, 1))
    weeks = {next(m.week for m in experiment.scenarios[name].schedule if m.label == label)
             for name in experiment.scenarios if "@" in name}  # fmt: skip
    assert len(weeks) == 4 and weeks <= set(range(20, 91))


def test_workers_folder_and_resuming_do_not_change_a_bit(small_study, tmp_path):
    alone = Runner(workers=1).summaries(small_study, POINTS, "points")
    shared = Runner(tmp_path, workers=2).summaries(small_study, POINTS, "points")
    pd.testing.assert_frame_equal(alone, shared, check_exact=True)
    shards = sorted((tmp_path / "points" / "summaries").glob("*.parquet"))
    shards[0].unlink()
    again = Runner(tmp_path, workers=1, resume=True).summaries(small_study, POINTS, "points")
    pd.testing.assert_frame_equal(alone, again, check_exact=True)


def test_an_experiment_brings_baseline_horizon_and_seed():
    found = make_problem(
        "direction", scenario="combined", values={"habit.utility_weight": 2.0, "programme.budget": 1.0}
    )
    assert (found.baseline.name, found.weeks, found.seed) == ("nothing", 156, 1)
    assert (
        found.baseline.assumptions == {"habit.utility_weight": 2.0} and "programme.budget" not in found.baseline.levers
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: make_problem("direction"), "name one of direction: top-down"),
        (lambda: make_problem("direction", scenario="combind"), "did you mean 'combined'"),
        (lambda: make_problem("combind"), "did you mean 'combined'"),
        (lambda: make_problem("combined", scenario="x"), "is one scenario"),
        (lambda: make_problem("combined", replicates=0), "whole number from 1 to"),
        (lambda: make_problem("combined").check("csta"), "did you mean 'csat'"),
        (lambda: make_problem("combined").check("csat_difference"), "needs a baseline"),
        (lambda: make_problem("combined").condition("npv_difference > 0"), "needs a baseline"),
        (lambda: make_problem("combined").condition("nvp > 0"), "did you mean 'npv'"),
    ],
)
def test_what_cannot_be_studied_is_reported(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_separate_organisations_have_draws_of_their_own_which_scenario_and_baseline_share(small_study):
    apart = IndependentOrganisations(small_study.scenario, small_study.baseline, weeks=8, replicates=1)
    experiment = apart.experiment(POINTS)
    seeds = [[experiment.seed_of(experiment.design_scenarios.name(base, k), 0) for k in range(3)]
             for base in experiment.base_scenarios]  # fmt: skip
    assert seeds[0] == seeds[1] and len(set(seeds[0])) == 3
