import inspect

import pytest

from ccsim import errors
from ccsim.errors import (
    CcsimError,
    DeclarationError,
    InputError,
    InputErrors,
    InputIssue,
    ResultsError,
    UnknownNameError,
    did_you_mean,
)


def test_every_error_of_ours_is_one_family_that_except_exception_catches() -> None:
    ours = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, BaseException)]
    assert set(ours) == {CcsimError, InputError, UnknownNameError, InputErrors, DeclarationError, ResultsError}
    assert all(issubclass(kind, CcsimError) and issubclass(kind, Exception) for kind in ours)
    assert issubclass(UnknownNameError, InputError) and issubclass(InputErrors, InputError)
    assert not issubclass(ResultsError, InputError)


def test_an_unknown_name_is_answered_with_the_nearest_ones() -> None:
    error = UnknownNameError("lever", "programme.budjet", ["programme.budget", "champions.count", *map(str, range(20))])
    assert str(error) == "no lever is called 'programme.budjet' (did you mean 'programme.budget'?)"


def test_a_name_like_nothing_is_answered_with_the_choice_if_it_is_small() -> None:
    assert did_you_mean("xyzzy", ["b", "a"]) == " (known: a, b)"
    assert did_you_mean("xyzzy", map(str, range(100, 200))) == ""
    assert did_you_mean("xyzzy", []) == ""


def test_no_more_than_three_near_names_are_offered() -> None:
    hint = did_you_mean("budget", [f"budget{k}" for k in range(9)])
    assert hint.count(" or ") == 2


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (InputIssue("a.toml", 3, "levers.x", "no lever"), "a.toml:3: levers.x: no lever"),
        (InputIssue("a.toml", None, "levers.x", "no lever"), "a.toml: levers.x: no lever"),
        (InputIssue("a.toml", 3, "", "not TOML"), "a.toml:3: not TOML"),
    ],
)
def test_a_fault_says_where_it_stands_and_what_is_wrong(fault: InputIssue, text: str) -> None:
    assert str(fault) == text


def test_all_faults_are_reported_in_the_order_of_files_and_lines() -> None:
    faults = [InputIssue("b.toml", 1, "x", "p"), InputIssue("a.toml", 9, "y", "p"), InputIssue("a.toml", None, "z", "p"), InputIssue("a.toml", 2, "w", "p")]  # fmt: skip
    error = InputErrors(faults)
    assert [(fault.file, fault.line) for fault in error.issues] == [("a.toml", None), ("a.toml", 2), ("a.toml", 9), ("b.toml", 1)]  # fmt: skip
    assert str(error).splitlines() == ["a.toml: z: p", "a.toml:2: w: p", "a.toml:9: y: p", "b.toml:1: x: p"]


def test_long_names_of_a_users_own_do_not_fill_the_message() -> None:
    output = str(UnknownNameError("column", "date", ["9" * 5000, "week\u202e"]))
    assert len(output) < 400
    assert output.isprintable()
