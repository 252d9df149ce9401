import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsim.engine.parameters import Parameter
from ccsim.errors import InputError, UnknownNameError
from ccsim.model.settings import Settings, all_parameters, check_sizes, default_settings, replace_values

ROWS = list(all_parameters().values())


def test_keys_are_unique_and_in_the_order_of_display() -> None:
    assert list(all_parameters()) == [row.key for row in ROWS]
    groups = list(dict.fromkeys(row.group for row in ROWS))
    assert groups == list(Settings._fields)
    assert sum(len(group) for group in default_settings()) == len(ROWS)  # type: ignore[arg-type]


def test_ordinary_settings_are_every_default() -> None:
    assert default_settings() == Settings() == replace_values(default_settings(), {row.key: row.shown for row in ROWS})


def test_settings_are_frozen_and_changed_ones_leave_the_first_alone() -> None:
    first = default_settings()
    changed = replace_values(first, {"programme.budget": 8000.0})
    assert (first.programme.budget, changed.programme.budget) == (0.0, 8000.0)
    assert changed.habit is first.habit
    with pytest.raises(AttributeError):
        first.programme = changed.programme  # type: ignore[misc]


def test_no_change_is_no_change() -> None:
    assert replace_values(default_settings(), {}) == default_settings()


@pytest.mark.parametrize("key", ["programme.budjet", "budget", "programme", "", "habit.formation_rate.x"])
def test_a_key_that_no_parameter_bears_is_refused(key: str) -> None:
    with pytest.raises(UnknownNameError, match="no parameter is called"):
        replace_values(default_settings(), {key: 1.0})


def test_a_misspelt_key_is_answered_with_the_right_one() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'programme\.budget'"):
        replace_values(default_settings(), {"programme.budjet": 1.0})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_the_edges_of_what_is_legal_are_accepted_and_what_lies_beyond_is_not(row: Parameter) -> None:
    low, high = row.legal
    if row.choices:
        for choice in row.choices:
            assert getattr(
                getattr(replace_values(default_settings(), {row.key: choice}), row.group), row.name
            ) == row.choices.index(choice)
        return
    if row.kind is bool:
        for value in (False, True):
            assert getattr(getattr(replace_values(default_settings(), {row.key: value}), row.group), row.name) is value
        return
    for edge in (low, high, *row.range):
        if math.isfinite(edge):
            assert getattr(getattr(replace_values(default_settings(), {row.key: edge}), row.group), row.name) == edge
    for beyond in (low - 1, high + 1, math.nan, math.inf, -math.inf):
        with pytest.raises(InputError, match=row.key):
            replace_values(default_settings(), {row.key: beyond})


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ROWS), st.one_of(st.floats(), st.integers(), st.booleans(), st.text(max_size=5), st.none(), st.lists(st.integers(), max_size=2)))  # fmt: skip
def test_any_value_is_either_refused_as_input_or_kept_as_a_legal_number(row: Parameter, value: object) -> None:
    try:
        kept = getattr(getattr(replace_values(default_settings(), {row.key: value}), row.group), row.name)
    except InputError as error:
        assert row.key in str(error)
    else:
        assert math.isfinite(kept) and row.legal[0] <= kept <= row.legal[1]
        assert row.choices or type(kept) is row.kind


def test_sizes_that_fit_together_are_not_complained_of() -> None:
    assert check_sizes({"organisation.staff": 5, "organisation.departments": 5}) == []
    assert check_sizes({"organisation.departments": 1, "organisation.front_departments": 1}) == []
    assert check_sizes({"programme.budget": 5.0}) == []


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"organisation.staff": 4}, "organisation.departments"),
        ({"organisation.departments": 2}, "organisation.front_departments"),
        ({"organisation.customers": 2}, "organisation.segments"),
    ],
)
def test_sizes_that_do_not_fit_are_named_with_both_numbers(values: dict, key: str) -> None:
    ((named, problem),) = check_sizes(values)
    assert named == key
    assert str(next(iter(values.values()))) in problem
