"""The teaching material holds: numbers are the model's, checks let right answers pass and no others, notebooks run."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

from ccsim.game.catalogue import catalogue

HERE = Path(__file__).parents[2] / "teaching"
TASKS = sorted((HERE / "exercises").glob("[0-9]_*.py"))
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def checker():
    sys.path.insert(0, str(HERE / "exercises"))
    import check

    yield check
    sys.path.remove(str(HERE / "exercises"))


@pytest.mark.slow
def test_what_the_guide_says_to_expect_is_what_the_model_brings():
    written = runpy.run_path(str(HERE / "instructor" / "expected.py"))
    now, kept = written["text"](), written["FILE"].read_text(encoding="utf-8")
    assert NUMBER.sub("#", now) == NUMBER.sub("#", kept), "run python teaching/instructor/expected.py"
    # Figures are rounded: another processor may round the last digit otherwise.
    for one, other in zip(NUMBER.findall(now), NUMBER.findall(kept), strict=True):
        last = 10.0 ** -len(one.partition(".")[2])
        assert abs(float(one) - float(other)) <= 1.01 * last, "run python teaching/instructor/expected.py"


def test_the_guide_states_no_number_of_the_model():
    text = (HERE / "instructor" / "guide.md").read_text()
    assert not re.search(r"\d+(\.\d+)? points (more|less|better)|EUR \d", text)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.stem)
@pytest.mark.parametrize("student", ["4711", pytest.param("ada", marks=pytest.mark.slow)])
def test_a_model_answer_passes_and_the_starting_point_does_not(checker, task, student):
    exercise = int(task.stem[0])
    assert checker.check(exercise, checker.module_of(task), student), "the starting point passes"
    assert checker.check(exercise, checker.module_of(task.parent / "answers" / task.name), student) == []


def test_students_have_seeds_of_their_own(checker):
    assert checker.seeds_of("ada") == checker.seeds_of("ada") != checker.seeds_of("bob")


def test_a_plan_that_cannot_be_paid_is_reported_so(checker):
    class Answer:
        @staticmethod
        def plan():
            return [checker.Choice(tuple(catalogue().moves)[:9])] * 12

    assert "cannot be played" in checker.check(1, Answer)[0]


@pytest.mark.parametrize("notebook", sorted((HERE / "notebooks").glob("[0-9]*.py")), ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_it_says(notebook, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    import matplotlib.pyplot as plt

    plt.switch_backend("Agg")
    found = runpy.run_path(str(notebook))
    plt.close("all")
    if "without" in found:  # 01: rewards move the report more than the truth
        assert found["gap"][0] > found["gap"][1]
    if "gaps" in found:  # 02: seed by seed, less luck
        assert found["stdev"](found["gaps"]["rights"]) < found["stdev"](found["points"]["rights"])
    if "left" in found:  # 03: something was begun, and stopped after a year
        assert all(game.running == {} for game in found["games"].values())


def test_every_objective_has_an_exercise_and_a_debrief_question():
    text = (HERE / "README.md").read_text()
    rows = re.findall(r"^\| (\d) \| [^|]+ \| ([^|]+) \| (\d) \|$", text, re.MULTILINE)
    questions = (HERE / "instructor" / "debrief.md").read_text()
    assert [row[0] for row in rows] == list("1234567")
    for objective, exercise, question in rows:
        assert exercise.strip() and re.search(rf"^{question}\. \*\(objective {objective}\)", questions, re.MULTILINE)


def test_every_link_leads_somewhere():
    for page in HERE.rglob("*.md"):
        for target in re.findall(r"\]\((?![a-z]+:)([^)#]+)\)", page.read_text()):  # chart:NAME is drawn by the build
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_the_moves_that_the_material_names_are_there():
    titles = {row.title for row in catalogue().moves.values()}
    assert "Announce that customers come first" in titles, "teaching/README.md names it"


def test_every_row_of_the_table_of_features_names_checks_that_exist():
    root = HERE.parent
    written = "".join(page.read_text() for page in (root / "tests").rglob("test_*.py"))
    rows = re.findall(
        r"^\| (\d+) \|.*\| (must|should|could) \|.*\| ([^|]+) \|$", (root / "docs/game.md").read_text(), re.M
    )
    assert [int(row[0]) for row in rows] == list(range(1, 31))
    for number, level, checks in rows:
        named = re.findall(r"`([\w.]*test_[\w./]+|\.\.\.\w+)`", checks)
        assert named or level == "could" or number == "2", number
        for name in named:
            start = r"def \w*" if name.startswith("...") else "def "
            assert (root / name).exists() or re.search(start + name.strip("."), written), name
