import math
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccsim.engine.parameters import Parameter
from ccsim.errors import CcsimError, InputErrors, InputIssue
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import Scenario, load_scenario, scaffold

TYPED = (
    scaffold("slip")
    + """
[[schedule]]
when = "csat > 70"
earliest_week = 3
set = { programme = { budget = 0 } }
[history]
staff_scorecard.cost = 0.9
"""
)
FIXTURES = [HealthCheck.function_scoped_fixture]
LEVERS = [row for row in all_parameters().values() if row.role == "lever"]
ASSUMPTIONS = [row for row in all_parameters().values() if row.role == "assumption"]


@dataclass
class Line:
    """A line of a generated file that sets a parameter, the key by which a fault calls it, and its table."""

    number: int
    row: Parameter
    key: str
    table: str


def legal(row: Parameter) -> st.SearchStrategy[Any]:
    if row.choices:
        return st.sampled_from(row.choices)
    low, high = (min(max(limit, -1e6), 1e6) for limit in row.legal)
    if row.kind is bool:
        return st.booleans()
    return st.integers(int(low), int(high)) if row.kind is int else st.floats(low, high)


def illegal(row: Parameter) -> list[Any]:
    """Values that a parameter does not accept."""
    wrong: list[Any] = ["no such value", [1], {"x": 1}, math.nan, math.inf]
    if not row.choices and row.kind is not bool:
        wrong += [True, *(limit for limit in (row.legal[0] - 1, row.legal[1] + 1) if math.isfinite(limit))]
    return [*wrong, 0.5] if row.kind is int else wrong


def written(value: Any) -> str:
    return tomlkit.item(value).as_string() if not isinstance(value, dict) else "{ x = 1 }"


@st.composite
def files(draw: st.DrawFn) -> tuple[list[str], list[Line]]:
    """Draw the lines of a valid scenario file, and which of them set what."""
    text = ['title = "T"', 'about = """', 'A."""']
    lines: list[Line] = []

    def rows(kind: list[Parameter], table: str) -> None:
        chosen = draw(st.lists(st.sampled_from(kind), max_size=4, unique=True))
        dotted = draw(st.booleans())
        if dotted:
            text.append(f"[{table}]")
        for row in sorted(chosen, key=lambda row: row.key):
            group = f"[{table}.{row.group}]"
            if not dotted and group not in text[text.index(start) :]:
                text.append(group)
            text.extend(draw(st.sampled_from([[], [""], ["# budget = 3"]])))
            name = row.key if dotted else row.name
            text.append(f"{name} = {written(draw(legal(row)))}  # {row.unit}")
            lines.append(Line(len(text), row, f"{place}.{row.key}", table))

    for table, kind in draw(st.permutations([("assumptions", ASSUMPTIONS), ("history", LEVERS), ("levers", LEVERS)])):
        place = table
        start = f"# {table}"
        text.append(start)
        rows(kind, table)
    for number in range(draw(st.integers(0, 2))):
        place = f"schedule.{number}.set"
        start = f"week = {number}"
        text += ["[[schedule]]", start]
        rows(LEVERS, "schedule.set")
        if lines[-1:] and lines[-1].key.startswith(place):
            continue
        text.append("set.programme.budget = 1" if not text[-1].startswith("[") else "programme.budget = 1")
    return text, lines


def faults_of(folder: Path, text: list[str]) -> list[InputIssue]:
    path = folder / "mine.toml"
    path.write_text("\n".join(text), encoding="utf-8")
    try:
        load_scenario(path)
    except InputErrors as error:
        assert all(fault.file == str(path) for fault in error.issues)
        return error.issues
    return []


@settings(max_examples=80, deadline=None, suppress_health_check=FIXTURES)
@given(file=files())
def test_a_valid_file_has_no_faults_and_survives_being_written(file: tuple, tmp_path: Path) -> None:
    text, lines = file
    assert faults_of(tmp_path, text) == []
    scenario = load_scenario(tmp_path / "mine.toml")
    assert len(scenario.values()) <= len(lines)
    (tmp_path / "again.toml").write_text(scenario.to_toml(), encoding="utf-8")
    again = load_scenario(tmp_path / "again.toml")
    assert replace(again, name=scenario.name, files=scenario.files) == scenario


@settings(max_examples=150, deadline=None, suppress_health_check=FIXTURES)
@given(file=files().filter(lambda file: file[1]), data=st.data())
def test_a_wrong_value_is_reported_with_line_key_and_what_is_accepted(
    file: tuple, data: st.DataObject, tmp_path: Path
) -> None:
    text, lines = file
    line = data.draw(st.sampled_from(lines))
    value = data.draw(st.sampled_from(illegal(line.row)))
    name = text[line.number - 1].split(" = ")[0]
    text[line.number - 1] = f"{name} = {written(value)}"
    (fault,) = faults_of(tmp_path, text)
    assert fault.line == line.number
    if not isinstance(value, dict):
        assert fault.key == line.key
        assert re.search(re.escape(repr(value)), fault.problem)
        assert value == "no such value" or line.row.accepts() in fault.problem


@settings(max_examples=80, deadline=None, suppress_health_check=FIXTURES)
@given(file=files().filter(lambda file: file[1]), data=st.data())
def test_a_misspelt_name_is_reported_with_line_key_and_the_right_one(
    file: tuple, data: st.DataObject, tmp_path: Path
) -> None:
    text, lines = file
    line = data.draw(st.sampled_from(lines))
    name = text[line.number - 1].split(" = ")[0]
    text[line.number - 1] = text[line.number - 1].replace(name, f"{name}q", 1)
    (fault,) = faults_of(tmp_path, text)
    assert (fault.line, fault.key) == (line.number, f"{line.key}q")
    assert f"'{line.row.key}'" in fault.problem


@settings(max_examples=80, deadline=None, suppress_health_check=FIXTURES)
@given(file=files().filter(lambda file: len(file[1]) > 1))
def test_every_wrong_line_is_reported(file: tuple, tmp_path: Path) -> None:
    text, lines = file
    for line in lines:
        name = text[line.number - 1].split(" = ")[0]
        text[line.number - 1] = f"{name} = [1]"
    assert [fault.line for fault in faults_of(tmp_path, text)] == [line.number for line in lines]


@settings(max_examples=150, deadline=None, suppress_health_check=FIXTURES)
@given(data=st.data())
def test_a_slip_of_the_keyboard_never_ends_in_anything_but_a_message(data: st.DataObject, tmp_path: Path) -> None:
    start = data.draw(st.integers(0, len(TYPED)))
    typed = data.draw(st.text(st.sampled_from("a19[]{}=,.\"'\\\n #\x00e-"), max_size=3))
    text = TYPED[:start] + typed + TYPED[start + data.draw(st.integers(0, 3)) :]
    path = tmp_path / "slip.toml"
    path.write_text(text, encoding="utf-8")
    try:
        assert isinstance(load_scenario(path), Scenario)
    except CcsimError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "[levers.organisation]\nstaff = 3",
            "organisation.staff is a size, fixed at founding: it belongs in [organisation]",
        ),
        ("[organisation.habit]\nformation_rate = 0.1", "did you mean 'habit.formation_rate'"),
        (
            "[assumptions.programme]\nbudget = 1",
            "programme.budget is a lever: it belongs in [levers] or [history]",
        ),
        ("[history.habit]\nformation_rate = 0.1", "habit.formation_rate is an assumption: it belongs in [assumptions]"),
        ("[[schedule]]\nweek = 1\nset.organisation.staff = 3", "is a size, fixed at founding"),
        (
            "[[schedule]]\nweek = 1\nset.habit.formation_rate = 0.1",
            "is an assumption: it belongs in [assumptions]",
        ),
        ("[levers.programm]", "no group is called 'programm' (did you mean 'programme'?)"),
        ("[levers]\nprogramme = 1", "'programme' is a group of parameters: set one of its parameters"),
        ('[levers]\n"programme.budget" = 1\nprogramme.budget = 2', "is set twice"),
        ("levers = []", "must be a table, got []"),
        (
            "[organisation]\nstaff = " + "9" * 400,
            "must be a whole number from 1 to",
        ),
        ("[[schedule]]\nset.programme.budget = 1", "a move must have exactly one of week, weeks, when"),
        ("[[schedule]]\nweek = 1", "a move must set at least one lever"),
        ("[[schedule]]\nweek = 1\nearliest_week = 2\nset.programme.budget = 1", "can only be used with when"),
        (
            "[[schedule]]\nweek = -1\nset.programme.budget = 1",
            "must be a number of at least 0, got -1",
        ),
        ("[[schedule]]\nweeks = []\nset.programme.budget = 1", "must have at least 1 value, got []"),
        (
            "[[schedule]]\nweek = 1.5\nset.programme.budget = 1",
            "must be a whole number, got 1.5",
        ),
        ('extends = "a\\u0000b"', "contains an invisible character"),
        ('extends = "none.toml"', "there is no such file"),
        ('extends = "."', "no scenario is called '.'"),
    ],
)
def test_what_is_wrong_is_reported_in_words(line: str, problem: str, tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, ['title = "T"', 'about = "A."', line])
    assert problem in fault.problem
    assert fault.line is not None
    assert fault.line >= 3


def test_a_move_that_contradicts_a_parent_is_reported_where_it_stands(tmp_path: Path) -> None:
    move = "[[schedule]]\nweek = 3\nset.programme.budget = {}\n"
    (tmp_path / "parent.toml").write_text('title = "P"\n' + move.format(1))
    (fault,) = faults_of(tmp_path, ['extends = "parent"', move.format(1), move.format(2)])
    assert (fault.line, fault.key) == (8, "schedule.1.set.programme.budget")
    assert faults_of(tmp_path, ['extends = "parent"', move.format(1)]) == []


def test_sizes_that_do_not_fit_a_parents_are_reported_in_the_child(tmp_path: Path) -> None:
    (tmp_path / "parent.toml").write_text('title = "P"\norganisation.staff = 4\norganisation.departments = 4')
    (fault,) = faults_of(tmp_path, ['extends = "parent"', "organisation.staff = 3"])
    assert (fault.line, fault.key) == (2, "organisation.departments")


def test_a_file_may_extend_another_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "grandparent.toml").write_text('title = "G"\nlevers.programme.budget = 1')
    (tmp_path / "deep" / "parent.toml").write_text('extends = "../grandparent.toml"\nlevers.champions.count = 2')
    assert faults_of(tmp_path, ['extends = "deep/parent.toml"', "levers.champions.hours = 3"]) == []
    scenario = load_scenario(tmp_path / "mine.toml")
    assert scenario.levers == {"programme.budget": 1.0, "champions.count": 2, "champions.hours": 3.0}
    assert [Path(file).stem for file in scenario.files] == ["grandparent", "parent", "mine"]
    assert scenario.title == "G"
