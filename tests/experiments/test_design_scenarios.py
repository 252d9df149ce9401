import pickle
from dataclasses import replace

import pytest

from ccsim.errors import InputError
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment
from ccsim.scenarios.scenario import load_scenario

LEVER, WORLD = "programme.budget=1000:2000", "habit.formation_rate=0.01:0.05"


def test_levers_are_varied_beside_the_baseline_which_runs_once(small_experiment: Experiment) -> None:
    swept = small_experiment.with_design(Design("latin-hypercube", (LEVER,), samples=5))
    assert list(swept.scenarios) == ["nothing", *(f"busy @ {n:04d}" for n in range(1, 6))]
    assert swept.main == ("nothing",)
    assert swept.baseline_for("busy @ 0003") == "nothing"
    point = swept.scenarios["busy @ 0003"]
    assert point.levers["programme.budget"] == swept.design.row(2)["programme.budget"]  # type: ignore[union-attr]


def test_the_world_is_varied_in_every_scenario(small_experiment: Experiment) -> None:
    swept = small_experiment.with_design(Design("latin-hypercube", (LEVER, WORLD), samples=3))
    assert list(swept.scenarios)[:2] == ["nothing @ 0001", "busy @ 0001"]
    assert swept.baseline_for("busy @ 0002") == "nothing @ 0002"
    quiet = swept.scenarios["nothing @ 0001"]
    assert "habit.formation_rate" in quiet.assumptions
    assert "programme.budget" not in quiet.levers


def test_names_are_those_of_the_mapping_and_no_other(small_experiment: Experiment) -> None:
    points = small_experiment.with_design(Design("sobol", (LEVER,), samples=4)).scenarios
    assert len(points) == len(list(points)) == 5
    assert all(name in points for name in points)
    for name in ("busy", "busy @ 5", "busy @ 0005", "busy @ 0000", "busy @ 1", "nothing @ 0001", "busy @ x"):
        assert name not in points
        with pytest.raises(KeyError):
            points[name]


def test_the_table_says_what_every_scenario_has(small_experiment: Experiment) -> None:
    swept = small_experiment.with_design(Design("one-at-a-time", (LEVER, "programme.top_down_share=0,1")))
    table = swept.scenarios.table().set_index("scenario")
    assert table.loc["nothing", ["base", "point", "programme.budget"]].tolist() == ["nothing", 0, 0.0]
    assert table.loc["busy @ 0001", "programme.budget"] == 900.0
    assert table["programme.budget"].tolist()[2:4] == [1000.0, 2000.0]
    assert table["programme.budget"].dtype == float


def test_a_week_is_varied() -> None:
    scenario = load_scenario("hero-leaves")
    one = Experiment("e", "E", "", scenario.name, {scenario.name: scenario}).with_design(
        Design("factorial", ("week of The hero leaves=20:40",))
    )
    assert [point.schedule[0].week for point in one.scenarios.values()] == [20, 40]
    with pytest.raises(InputError, match=r"last week is 29"):
        one.with_changes(weeks=30)
    assert one.with_changes(weeks=41).weeks == 41
    with pytest.raises(InputError, match=r"no move with this label.*The hero leaves"):
        Experiment("e", "E", "", "n", {"n": scenario}).with_design(Design("factorial", ("week of The hero lives=2:4",)))


def test_sizes_that_do_not_fit_together_are_reported_before_anything_runs(small_experiment: Experiment) -> None:
    with pytest.raises(InputError, match="point 1 of the design is impossible"):
        small_experiment.with_design(Design("factorial", ("organisation.staff=2:24",)))


def test_a_swept_key_cannot_be_set_and_too_many_runs_are_reported(small_experiment: Experiment) -> None:
    swept = small_experiment.with_design(Design("sobol", (LEVER,), samples=4))
    with pytest.raises(InputError, match="the design varies it"):
        swept.with_changes(levers={"programme.budget": 1})
    assert (
        swept.with_changes(levers={"programme.top_down_share": 1})
        .scenarios["busy @ 0001"]
        .levers["programme.top_down_share"]
        == 1
    )
    with pytest.raises(InputError, match="are 4000004 runs"):
        small_experiment.with_design(Design("sobol", (LEVER,), samples=1_000_000))


def test_a_million_points_are_a_small_thing_to_send(small_experiment: Experiment) -> None:
    swept = replace(small_experiment, replicates=1).with_design(Design("latin-hypercube", (LEVER,), samples=100_000))
    assert len(pickle.dumps(swept)) < 2_000_000
    assert len(str(swept.resolved())) < 5_000
