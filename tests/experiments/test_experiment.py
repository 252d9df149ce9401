from pathlib import Path

import pytest

from ccsim.errors import InputError, InputErrors, UnknownNameError
from ccsim.experiments.experiment import Experiment, load_experiment
from ccsim.scenarios.scenario import list_scenarios

TEXT = """\
title = "E"
baseline = "nothing"
scenarios = ["nothing", "hero"]
weeks = 60
kpis = ["csat"]
[[variant]]
name = "rich"
extends = "combined"
title = "Rich"
[variant.levers.programme]
budget = 20000
[sweep]
lever = "programme.budget"
values = [0, 100]
scenarios = ["rich"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "e.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", list_scenarios("experiments"))
def test_every_shipped_experiment_loads_and_survives_the_manifest(name: str) -> None:
    experiment = load_experiment(name)
    assert Experiment.from_resolved(experiment.resolved()).resolved() == experiment.resolved()


def test_a_file_says_what_is_compared(tmp_path: Path) -> None:
    experiment = load_experiment(write(tmp_path, TEXT))
    assert experiment.main == ("nothing", "hero", "rich")
    assert experiment.scenarios["rich"].levers["programme.top_down_share"] == 0.5
    assert experiment.sweep is not None
    assert experiment.sweep.points == {
        "rich @ programme.budget=0": ("rich", 0),
        "rich @ programme.budget=100": ("rich", 100),
    }
    assert experiment.scenarios["rich @ programme.budget=100"].levers["programme.budget"] == 100.0


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('title = "E"', 'titel = "E"', (1, "titel")),
        ('baseline = "nothing"', 'baseline = "nuthing"', (2, "baseline")),
        ('"hero"]', '"heroo"]', (3, "scenarios.1")),
        ("weeks = 60", "weeks = 0", (4, "weeks")),
        ('kpis = ["csat"]', 'kpis = ["csta"]', (5, "kpis.0")),
        ('name = "rich"', 'name = "hero"', (7, "variant.0.name")),
        ("budget = 20000", "budget = -2", (11, "variant.0.levers.programme.budget")),
        ('lever = "programme.budget"', 'lever = "programme.budgt"', (13, "sweep.lever")),
        ("values = [0, 100]", "values = [0, -1]", (14, "sweep.values.1")),
        ('scenarios = ["rich"]', 'scenarios = ["ritch"]', (15, "sweep.scenarios.0")),
    ],
)
def test_a_fault_is_reported_with_its_line_and_key(old: str, new: str, place: tuple[int, str], tmp_path: Path) -> None:
    assert old in TEXT
    with pytest.raises(InputErrors) as caught:
        load_experiment(write(tmp_path, TEXT.replace(old, new, 1)))
    assert place in [(fault.line, fault.key) for fault in caught.value.issues]


def test_a_move_beyond_the_horizon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputErrors, match="the last week is 29"):
        load_experiment(write(tmp_path, 'title = "E"\nscenarios = ["hero-leaves"]\nweeks = 30\n'))


def test_a_move_in_the_last_week_is_accepted_and_one_after_it_refused(tmp_path: Path) -> None:
    text = 'title = "E"\nscenarios = ["hero-leaves"]\nweeks = {}\n'
    assert load_experiment(write(tmp_path, text.format(53))).weeks == 53
    assert told(write(tmp_path, text.format(52))) == [("e.toml", 2, "scenarios.0")]


def test_a_design_that_no_person_can_mean_is_refused() -> None:
    with pytest.raises(InputError, match="4000000 runs"):
        load_experiment("direction").with_changes(replicates=1_000_000)


@pytest.mark.parametrize("change", [{"weeks": 0}, {"replicates": -1}, {"seed": -1}, {"levers": {"x.y": 1}}])
def test_an_impossible_change_is_refused(change: dict) -> None:
    with pytest.raises(InputError):
        load_experiment("direction").with_changes(**change)


def told(path: Path) -> list[tuple[str, int | None, str]]:
    with pytest.raises(InputErrors) as caught:
        load_experiment(path)
    return [(Path(fault.file).name, fault.line, fault.key) for fault in caught.value.issues]


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    text = """\
baseline = "nuthing"
scenarios = [
    "nothing",
    "heroo",
    "nothing",
]
kpis = ["csat", "csta"]
wekks = 3
[[variant]]
extends = "nothing"
levers.programme.budget = -1
[sweep]
lever = "programme.budget"
values = [
    1,
    -1,
    1.0,
]
scenarios = ["x"]
"""
    expected = [
        (None, "title"), (1, "baseline"), (4, "scenarios.1"), (5, "scenarios.2"), (7, "kpis.1"), (8, "wekks"),
        (9, "variant.0.name"), (11, "variant.0.levers.programme.budget"), (16, "sweep.values.1"),
        (17, "sweep.values.2"), (19, "sweep.scenarios.0"),
    ]  # fmt: skip
    assert told(write(tmp_path, text)) == [("e.toml", *place) for place in expected]


@pytest.mark.parametrize(
    "line",
    [
        "scenarios = [1]",
        "scenarios = 'nothing'",
        "variant = [1]",
        "variant = 3",
        "sweep = 3",
        "kpis = []",
        "scenarios = []",
        "weeks = 1.5",
        "seed = -1",
        "replicates = 0",
        "weeks = true",
        "[sweep]\nvalues = []",
        "variant = [{}]",
        "baseline = 1",
    ],
)
def test_a_wrong_shape_is_a_fault_with_its_line(line: str, tmp_path: Path) -> None:
    places = told(write(tmp_path, f'title = "E"\n{line}\n'))
    assert (2 in {row[1] for row in places}) or (3 in {row[1] for row in places})


def test_a_fault_of_a_shared_parent_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "parent.toml").write_text('title = "P"\nlevers.programme.budget = -1\n')
    for name in "ab":
        (tmp_path / f"{name}.toml").write_text('extends = "parent"\n')
    path = write(tmp_path, 'title = "E"\nscenarios = ["a.toml", "b.toml"]\nbaseline = "a"\n')
    assert told(path) == [("parent.toml", 2, "levers.programme.budget")]


def test_scenarios_beside_an_experiment_load_from_any_working_folder(tmp_path: Path) -> None:
    (tmp_path / "experiments").mkdir()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "own.toml").write_text('title = "Own"\n')
    text = 'title = "E"\nscenarios = ["own"]\n[[variant]]\nname = "more"\nextends = "own"\n'
    assert load_experiment(write(tmp_path / "experiments", text)).main == ("own", "more")


def test_an_experiment_is_never_taken_for_the_scenario_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "hero.toml"
    path.write_text('title = "E"\nscenarios = ["nothing"]\n[[variant]]\nname = "v"\nextends = "hero"\n')
    assert load_experiment(path).scenarios["v"].levers["champions.count"] == 1


def test_a_move_beyond_the_horizon_is_reported_once_however_long_the_sweep(tmp_path: Path) -> None:
    text = 'title = "E"\nscenarios = ["hero-leaves"]\nweeks = 30\n'
    text += '[sweep]\nlever = "programme.budget"\nvalues = [1, 2]\n'
    assert told(write(tmp_path, text)) == [("e.toml", 2, "scenarios.0")]


def test_a_sweep_of_what_cannot_be_is_reported_with_its_value(tmp_path: Path) -> None:
    text = 'title = "E"\nscenarios = ["nothing"]\n'
    text += '[sweep]\nlever = "organisation.departments"\nvalues = [5, 900]\n'
    assert told(write(tmp_path, text)) == [("e.toml", 5, "sweep.values.1")]


def test_what_a_sweep_sets_cannot_be_set_for_all_its_points() -> None:
    with pytest.raises(InputError, match=r"scorecards\.strength: the sweep of metrics sets it"):
        load_experiment("metrics").with_changes(levers={"scorecards.strength": 1})


def test_an_unknown_experiment_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'direction'"):
        load_experiment("directoin")


def test_a_horizon_that_cuts_off_a_move_is_refused() -> None:
    with pytest.raises(InputError, match="weeks: must be more than 52, got 26: hero-leaves moves"):
        load_experiment("hero").with_changes(weeks=26)


DESIGN = """\
title = "E"
baseline = "nothing"
scenarios = ["nothing", "hero-leaves"]
weeks = 60
report_weeks = [30, 59]
[design]
kind = "sobol"
samples = 8
factors = [
    "programme.budget=0:20000",
    "week of The hero leaves=20:50",
]
scenarios = ["hero-leaves"]
"""


def test_a_design_is_read_from_a_file(tmp_path: Path) -> None:
    experiment = load_experiment(write(tmp_path, DESIGN))
    assert experiment.design is not None
    assert experiment.design.keys == ("programme.budget", "week of The hero leaves")
    assert (len(experiment.scenarios), experiment.report_weeks, experiment.main) == (9, (30, 59), ("nothing",))
    again = Experiment.from_resolved(experiment.resolved())
    assert again.resolved() == experiment.resolved()
    assert again.scenarios["hero-leaves @ 0003"].resolved() == experiment.scenarios["hero-leaves @ 0003"].resolved()


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        (
            "report_weeks = [30, 59]",
            "report_weeks = [30, 60]",
            (5, "report_weeks.1"),
            "must be a week from 0 to 59, got 60",
        ),
        ("[design]", "[design]\nkinds = 3", (7, "design.kinds"), "did you mean 'kind'"),
        ('"sobol"', '"sobel"', (7, "design.kind"), "did you mean 'sobol'"),
        ("samples = 8", "samples = 0", (8, "design.samples"), "at least 1"),
        ("programme.budget=", "programme.budgt=", (10, "design.factors.0"), "did you mean 'programme.budget'"),
        ("hero leaves=20:50", "hero leaves=20:70", (11, "design.factors.1"), "last week is 59"),
        ("The hero leaves", "The hero lives", (6, "design"), "did you mean 'The hero leaves'"),
        ('["hero-leaves"]\n', '["hero-leave"]\n', (13, "design.scenarios.0"), "did you mean 'hero-leaves'"),
        ('kind = "sobol"', 'kind = "factorial"\nlevels = 100000', (8, "design.levels"), "at most 1000"),
    ],
)
def test_a_fault_of_a_design_is_reported_with_its_line(
    old: str, new: str, place: tuple[int, str], message: str, tmp_path: Path
) -> None:
    assert old in DESIGN
    with pytest.raises(InputErrors) as caught:
        load_experiment(write(tmp_path, DESIGN.replace(old, new, 1)))
    assert [(fault.line, fault.key) for fault in caught.value.issues] == [place]
    assert message in str(caught.value)
