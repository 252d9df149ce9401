"""The written week: where the lines of users' steps stand among its own."""

import ast

import pytest

from ccsim.engine.steps import Step
from ccsim.errors import DeclarationError
from ccsim.model.own_week import _Lines

WEEK = """def step_kernel(state):
    \"\"\"A week.\"\"\"
    # Work
    habit.practise(state)
    habit.settle(
        state,
    )

    # Learning
    skills.learn(state)
    return
"""


def lines() -> _Lines:
    function = ast.parse(WEEK).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = function.body[1:]  # as in the week itself, whose text begins with its first line
    return _Lines(WEEK, function)


def own(**place: str) -> Step:
    return Step("lend", ("staff",), "mood.py:7", lambda: None, **place)


def added(**place: str) -> list[str]:
    week = lines()
    week.add("mood", own(**place), "own_mood.lend(staff)")
    return [line.strip() for line in week.text()]


def test_each_call_is_a_part_with_the_text_before_it() -> None:
    parts = lines().parts
    assert [name for name, _ in parts] == ["habit.practise", "habit.settle", "skills.learn"]
    assert [len(text) for _, text in parts] == [1, 3, 3]
    assert lines().rest == ["    return"]
    assert lines().text() == WEEK.splitlines()[3:]


@pytest.mark.parametrize(
    ("place", "number"),
    [({"before": "habit"}, 0), ({"after": "habit"}, 2), ({"after": "habit.practise"}, 1), ({"before": "habit.settle"}, 1),
     ({"before": "skills"}, 2), ({"after": "skills.learn"}, 3)],
)  # fmt: skip
def test_a_place_is_before_the_first_or_after_the_last_line_of_a_mechanism(place: dict, number: int) -> None:
    assert lines().place(own(**place)) == number


def test_a_line_before_a_mechanism_stands_below_the_heading_of_its_phase() -> None:
    text = added(before="skills")
    assert text[-4:] == ["# Learning", "own_mood.lend(staff)", "skills.learn(state)", "return"]
    text = added(after="habit")
    assert text[4:7] == ["own_mood.lend(staff)", "", "# Learning"]
    assert added(after="skills")[-2:] == ["own_mood.lend(staff)", "return"]


def test_a_place_that_the_week_does_not_have_is_refused_with_the_nearest() -> None:
    with pytest.raises(DeclarationError, match=r"mood\.py:7: step lend: after='skils'.*did you mean 'skills'"):
        lines().place(own(after="skils"))
    with pytest.raises(DeclarationError, match=r"before='habit\.setle'.*did you mean 'habit\.settle'"):
        lines().place(own(before="habit.setle"))
