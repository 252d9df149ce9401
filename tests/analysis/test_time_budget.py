"""A search within a budget of time: it ends in time, and as a shorter search would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from ccsim.analysis.calibrate import calibrate
from ccsim.analysis.calibration import Target
from ccsim.analysis.optimise import Objective, Objectives, optimise
from ccsim.analysis.parameter_space import dimensions
from ccsim.analysis.problem import AnalysisProblem, Runner, TimeLimitReached
from ccsim.analysis.time_budget import Allotment
from ccsim.cli.main import app
from ccsim.execution.runner import load_model
from ccsim.execution.time_budget import Deadline

run = CliRunner()
SPACE = dimensions(["programme.budget=0:20000", "habit.utility_weight"])


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_step_fits_if_there_is_time_for_it_and_for_what_comes_last() -> None:
    clock = Clock()
    clock.now = 2.0  # so long it took to begin; as long is kept for the end
    allotment = Allotment(Runner(time_limit=Deadline(200.0, 0.0, 1.0, clock)), last=10.0, clock=clock)
    with allotment.step(20.0) as runner:  # two seconds each
        clock.now = 42.0
    assert runner.must_complete and isinstance(runner.time_limit, Deadline) and runner.time_limit.reserved_share == 0.0
    with allotment.step(20.0) as runner:  # found done already
        clock.now = 43.0
    with allotment.step(67.5):  # 200 - 43 - 2 = 155 seconds are left
        pass
    with pytest.raises(TimeLimitReached), allotment.step(67.6):
        pass
    with allotment.end() as runner:
        assert runner.time_limit is None and not runner.must_complete


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let the time of a search be up after two steps; keep what the steps were."""
    made: list[float] = []
    real = Allotment.step

    @contextmanager
    def step(self: Allotment, work: float) -> Iterator[Runner]:
        if len(made) == 2:
            raise TimeLimitReached("it is over")
        made.append(work)
        with real(self, work) as runner:
            yield runner

    monkeypatch.setattr(Allotment, "step", step)
    return made


def test_a_search_cut_short_is_a_shorter_search(
    small_study: AnalysisProblem, steps: list[float], tmp_path: Path
) -> None:
    problem, aim = replace(small_study, weeks=3, replicates=1, baseline=None), Objectives((Objective("csat"),))
    short = optimise(problem, SPACE[:1], aim, trials=40, runner=Runner(tmp_path, workers=1))
    assert (len(short.trials), short.requested) == (16, 40)
    steps.clear()
    asked = optimise(problem, SPACE[:1], aim, trials=16, runner=Runner(workers=1))
    pd.testing.assert_frame_equal(short.table(), asked.table(), check_exact=True)
    assert {path.name for path in tmp_path.iterdir()} == {"search", "finalists-of-00016", "report-of-00016"}
    steps.clear()
    steps.extend([0.0, 0.0])
    with pytest.raises(TimeLimitReached):
        optimise(problem, SPACE[:1], aim, trials=16, runner=Runner(workers=1))


def test_a_fit_cut_short_is_a_shorter_fit(small_study: AnalysisProblem, steps: list[float]) -> None:
    problem = replace(small_study, weeks=3, replicates=1, baseline=None)
    targets = [Target("spend", 15000.0, 1000.0)]
    short = calibrate(problem, SPACE, targets, samples=10, waves=5, runner=Runner(workers=1))
    assert (short.waves, short.requested, len(short.points)) == (2, 5, 20)
    steps.clear()
    asked = calibrate(problem, SPACE, targets, samples=10, waves=2, runner=Runner(workers=1))
    np.testing.assert_array_equal(short.posterior, asked.posterior)
    np.testing.assert_array_equal(short.predicted, asked.predicted)


def test_a_part_that_has_to_be_whole_is_an_error_where_it_is_not(small_study: AnalysisProblem, tmp_path: Path) -> None:
    over = Deadline(1e-9, 0.0)
    with pytest.raises(Exception, match="the time limit of 1e-09 s was reached before any run"):
        Runner(tmp_path, workers=1, time_limit=over, must_complete=True).summaries(small_study, _design(), "part")


def _design():  # type: ignore[no-untyped-def]
    from ccsim.experiments.design import Design

    return Design.given([{"programme.budget": 5000.0}])


@pytest.mark.slow
def test_a_command_ends_in_time_says_so_and_goes_on(small_settings: list[str], tmp_path: Path) -> None:
    load_model()  # a cold compiler takes longer than the budget
    words = ["optimise", "combined", "--factor", "programme.budget=0:20000", "--maximise", "csat", "--trials", "4000",
             "--weeks", "3", "--replicates", "1", "--workers", "1", *small_settings]  # fmt: skip
    output = run.invoke(app, [*words, "--time-limit", "20s", "--out", str(tmp_path / "a")])
    assert output.exit_code == 0, output.output
    status = json.loads((tmp_path / "a" / "status.json").read_text())
    assert (status["status"], status["asked"]) == ("stopped", 4000)
    assert f"the time limit was reached after {status['done']} of 4,000 plans; ccsim resume" in output.output
    words[words.index("4000")] = str(status["done"])
    assert run.invoke(app, [*words, "--out", str(tmp_path / "b")]).exit_code == 0
    one, other = (pd.read_parquet(tmp_path / name / "plans.parquet") for name in ("a", "b"))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert json.loads((tmp_path / "b" / "status.json").read_text())["status"] == "complete"


def test_a_search_that_its_budget_ended_goes_on_to_the_end_of_one_that_had_none(
    small_settings: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["optimise", "combined", "--factor", "programme.budget=0:20000", "--maximise", "csat", "--trials", "40",
             "--weeks", "3", "--replicates", "1", "--workers", "1", *small_settings]  # fmt: skip
    step, taken = Allotment.step, iter(range(100))

    def scarce(allotment: Allotment, work: float) -> object:
        if next(taken) == 2:
            raise TimeLimitReached("the time limit of 60 s was reached before anything was done")
        return step(allotment, work)

    limited = [*words, "--time-limit", "60s", "--out", str(tmp_path / "a")]
    with monkeypatch.context() as patch:
        patch.setattr(Allotment, "step", scarce)
        patch.setattr("sys.argv", ["ccsim", *limited])
        output = run.invoke(app, limited)
    status = json.loads((tmp_path / "a" / "status.json").read_text())
    assert status["status"] == "stopped" and 0 < status["done"] < 40, output.output
    assert f"the time limit was reached after {status['done']} of 40 plans" in output.output
    output = run.invoke(app, ["resume", str(tmp_path / "a")])
    assert output.exit_code == 0, output.output
    assert json.loads((tmp_path / "a" / "status.json").read_text())["status"] == "complete"
    assert run.invoke(app, [*words, "--out", str(tmp_path / "b")]).exit_code == 0
    for table in ("plans", "trials"):
        one, other = (pd.read_parquet(tmp_path / name / f"{table}.parquet") for name in ("a", "b"))
        pd.testing.assert_frame_equal(one, other, check_exact=True)
