from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccsim.errors import InputError, InputErrors, UnknownNameError
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import Intervention, Scenario, list_scenarios, load_scenario, scaffold

VALID = """\
title = "T"
about = "A."
extends = "nothing"

[organisation]
staff = 50

[assumptions.habit]
formation_rate = 0.05

[history.staff_scorecard]
cost = 0.9

[levers.programme]
budget = 100.0
top_down_share = 0.25

[[schedule]]
week = 5
[schedule.set.champions]
count = 2
selection = "best connected"

[[schedule]]
when = "csat > 70"
earliest_week = 3
set = { programme = { budget = 0 } }
"""


def write(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[tuple[int | None, str]]:
    with pytest.raises(InputErrors) as caught:
        load_scenario(path)
    return [(fault.line, fault.key) for fault in caught.value.issues]


@pytest.mark.parametrize("name", list_scenarios())
def test_every_shipped_scenario_loads_and_survives_being_written(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    again = load_scenario(write(tmp_path, scenario.to_toml(), name))
    assert replace(again, files=scenario.files) == scenario


def test_moves_by_week_and_by_condition_survive_being_written(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, VALID))
    assert load_scenario(write(tmp_path, scenario.to_toml())).schedule == scenario.schedule


def test_a_file_says_what_it_sets(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, VALID))
    assert scenario.organisation == {"organisation.staff": 50}
    assert scenario.history == {"staff_scorecard.cost": 0.9}
    assert scenario.levers["programme.top_down_share"] == 0.25
    assert scenario.schedule[0] == Intervention.create(
        {"champions.count": 2, "champions.selection": "best connected"}, week=5
    )
    assert scenario.schedule[1].when is not None
    assert scenario.schedule[1].earliest_week == 3


def test_a_child_wins_over_its_parent_key_by_key(tmp_path: Path) -> None:
    write(tmp_path, VALID, "parent")
    child = load_scenario(write(tmp_path, 'extends = "parent"\n[levers.programme]\nbudget = 7\n', "child"))
    assert child.levers == {"programme.budget": 7.0, "programme.top_down_share": 0.25}
    assert child.title == "T"
    assert len(child.schedule) == 2


def test_a_circle_is_refused_and_shown(tmp_path: Path) -> None:
    write(tmp_path, 'title = "a"\nextends = "b"\n', "a")
    write(tmp_path, 'title = "b"\nextends = "a"\n', "b")
    with pytest.raises(InputErrors, match="a -> b -> a"):
        load_scenario(tmp_path / "a.toml")


def test_a_fault_of_a_parent_is_reported_with_the_parents_place(tmp_path: Path) -> None:
    write(tmp_path, 'title = "p"\n\n[levers.programme]\nbudget = -1\n', "parent")
    with pytest.raises(InputErrors) as caught:
        load_scenario(write(tmp_path, 'extends = "parent"\n[levers.habbit]\nx = 1\n', "child"))
    places = [(Path(fault.file).name, fault.line) for fault in caught.value.issues]
    assert places == [("child.toml", 3), ("parent.toml", 4)]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('title = "T"', "title = 3", (1, "title")),
        ('about = "A."', 'abuot = "A."', (2, "abuot")),
        ('extends = "nothing"', 'extends = "nothin"', (3, "extends")),
        ("staff = 50", "staff = 0", (6, "organisation.staff")),
        ("staff = 50", 'staff = "many"', (6, "organisation.staff")),
        ("staff = 50", "departments = 500", (6, "organisation.departments")),
        ("formation_rate = 0.05", "formation_rate = nan", (9, "assumptions.habit.formation_rate")),
        ("formation_rate = 0.05", "formatoin_rate = 0.05", (9, "assumptions.habit.formatoin_rate")),
        ("[assumptions.habit]", "[levers.habit]", (9, "levers.habit.formation_rate")),
        ("cost = 0.9", "cost = true", (12, "history.staff_scorecard.cost")),
        ("top_down_share = 0.25", "top_down_share = 1.25", (16, "levers.programme.top_down_share")),
        ("week = 5", "week = -5", (19, "schedule.0.week")),
        ("week = 5", "weak = 5", (19, "schedule.0.weak")),
        ("week = 5", "week = 5\nweeks = [6]", (18, "schedule.0")),
        ("count = 2", "count = 2.5", (21, "schedule.0.set.champions.count")),
        ('selection = "best connected"', 'selection = "best conected"', (22, "schedule.0.set.champions.selection")),
        ('when = "csat > 70"', 'when = "cssat > 70"', (25, "schedule.1.when")),
        ("earliest_week = 3", "earliest_week = 3\nweek = 3", (24, "schedule.1")),
        ("budget = 0 }", "bugdet = 0 }", (27, "schedule.1.set.programme.bugdet")),
    ],
)
def test_a_fault_is_reported_with_its_line_and_key(old: str, new: str, place: tuple[int, str], tmp_path: Path) -> None:
    assert old in VALID
    assert place in faults(write(tmp_path, VALID.replace(old, new)))


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    text = (
        VALID.replace("staff = 50", "staff = 0")
        .replace("top_down_share = 0.25", "top_down_share = 9")
        .replace("week = 5", "week = -1")
    )
    assert [line for line, _ in faults(write(tmp_path, text))] == [6, 16, 19]


def test_two_values_for_one_lever_in_one_week_are_refused(tmp_path: Path) -> None:
    extra = "\n[[schedule]]\nweeks = [4, 5]\n[schedule.set.champions]\ncount = 3\n"
    with pytest.raises(InputErrors, match=r"week 5, champions.count is set to both 2 and 3"):
        load_scenario(write(tmp_path, VALID + extra))


@pytest.mark.parametrize("text", ["a = \n", "a = 1\na = 2\n", "[levers\n", 'x = "\n', "\x00"])
def test_what_is_no_toml_is_reported_with_its_line(text: str, tmp_path: Path) -> None:
    ((line, _),) = faults(write(tmp_path, text))
    assert line is not None


def test_a_file_that_is_not_there_or_no_text_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_scenario(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"save it as UTF-8|cannot be read"):
        load_scenario(tmp_path / "bytes.toml")
    with pytest.raises(UnknownNameError, match="did you mean 'top-down'"):
        load_scenario("top-dwn")


def test_the_template_is_a_valid_scenario(tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path, scaffold("my-idea"), "my-idea")).title == "My idea"


def test_a_name_without_its_group_is_answered_with_the_whole_name() -> None:
    with pytest.raises(InputError, match=r"programme\.budget"):
        load_scenario("nothing").with_values({"budget": 1})


def test_a_change_goes_where_its_role_belongs() -> None:
    changed = load_scenario("nothing").with_values(
        {"organisation.staff": 9, "habit.decay_rate": 0.01, "programme.budget": 5}
    )
    assert (changed.organisation, changed.assumptions, changed.levers) == (
        {"organisation.staff": 9}, {"habit.decay_rate": 0.01}, {"programme.budget": 5.0},
    )  # fmt: skip
    assert changed.diff(load_scenario("nothing"))[0] == ("organisation.staff", 9, 200)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_legal_scenario_survives_being_written(data: st.DataObject, tmp_path: Path) -> None:
    rows = data.draw(
        st.lists(st.sampled_from(sorted(all_parameters().values(), key=lambda row: row.key)), max_size=8, unique=True)
    )
    values = {}
    for row in rows:
        if row.key.startswith("organisation."):
            continue
        low, high = row.legal[0], min(row.legal[1], 1e6)
        if row.choices:
            values[row.key] = data.draw(st.sampled_from(row.choices))
        elif row.kind is bool:
            values[row.key] = data.draw(st.booleans())
        elif row.kind is int:
            values[row.key] = data.draw(st.integers(int(low), int(high)))
        else:
            values[row.key] = data.draw(st.floats(low, high))
    scenario = Scenario("x", "X").with_values(values)
    again = load_scenario(write(tmp_path, scenario.to_toml(), "x"))
    assert replace(again, files=()) == scenario


@pytest.mark.parametrize("name", ['a "b"', "a\\b", "a\nb", "é"])
def test_the_template_of_any_name_is_valid(name: str, tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path, scaffold(name))).title == name.capitalize()


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ({}, {"week": 3}, "a move sets at least one lever, got none"),
        (
            {"programme.budgt": 1.0},
            {"week": 3},
            "no parameter is called 'programme.budgt' (did you mean 'programme.budget'",
        ),
        ({"programme.budget": -1.0}, {"week": 3}, "must be a number from 0 to"),
        ({"programme.budget": 1.0}, {"week": -3}, "week: must be a whole number from 0 to 100000, got -3"),
        ({"programme.budget": 1.0}, {"week": 3, "when": "csat > 70"}, "a move takes week or when, not both"),
        ({"programme.budget": 1.0}, {"when": "cast > 70"}, "no KPI is called 'cast'"),
        ({"programme.budget": 1.0}, {"week": 3, "earliest_week": 2}, "earliest_week goes with when"),
    ],
)
def test_a_move_is_checked_where_it_is_made(values, options, message):
    with pytest.raises(InputError) as error:
        Intervention.create(values, **options)
    assert message in str(error.value)
