from pathlib import Path

import numpy as np
import pytest

import ccsim
from ccsim.errors import InputError
from ccsim.execution.sweep import plan_sweep, sweep
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment
from ccsim.results.results import open_results

VARIED = Design("latin-hypercube", ("programme.budget=0:20000", "habit.formation_rate=0.01:0.05"), samples=6)


def test_a_sweep_keeps_a_figure_a_run_and_knows_its_factors(small_experiment: Experiment, tmp_path: Path) -> None:
    results = sweep(small_experiment, VARIED, replicates=2, workers=2, out=tmp_path / "s")
    rows = results.responses
    assert len(rows) == 2 * 6 * 2
    assert {"base", "point", "programme.budget", "habit.formation_rate", "csat", "week"} <= set(rows)
    assert set(rows["week"]) == {15}
    assert rows[rows["base"] == "busy"]["programme.budget"].nunique() == 6
    again = open_results(tmp_path / "s")
    assert again.hash() == results.hash() == sweep(small_experiment, VARIED, replicates=2, workers=1).hash()
    assert again.responses.equals(rows)


def test_a_point_is_the_scenario_with_its_values(small_experiment: Experiment) -> None:
    results = sweep(small_experiment, VARIED, replicates=1, workers=1)
    row = results.responses[lambda frame: frame["scenario"] == "busy @ 0002"].iloc[0]
    own = small_experiment.scenarios["busy"].with_values(VARIED.row(1))
    assert row["csat"] == ccsim.simulate(own, int(row["seed"]), 16).summaries([15]).kpis["csat"][0]


def test_every_week_is_kept_where_that_is_asked_for(small_experiment: Experiment) -> None:
    results = sweep(small_experiment, VARIED, report_weeks=(), replicates=1, workers=1)
    assert len(results.runs) == 2 * 6 * 16
    assert len(results.responses) == 12
    some = sweep(small_experiment, VARIED, report_weeks=(15, 3), replicates=1, workers=1).responses
    assert list(some["week"][:2]) == [3, 15]
    np.testing.assert_array_equal(some[some["week"] == 15]["npv"], results.responses["npv"])


def test_what_cannot_be_swept_is_reported(small_experiment: Experiment) -> None:
    with pytest.raises(InputError, match="has no design"):
        plan_sweep(small_experiment)
    with pytest.raises(InputError, match=r"report_weeks: must be a week from 0 to 15, got 16"):
        plan_sweep(small_experiment, VARIED, report_weeks=(16,))
    with pytest.raises(InputError, match="did you mean"):
        plan_sweep("combind", VARIED)
    assert plan_sweep("combined", VARIED).main == ()
    assert plan_sweep("direction", VARIED, weeks=20).report_weeks == (19,)
