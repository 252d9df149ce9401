"""What varies, and over which span."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsim.analysis.space import dimension, dimensions, hypercube, values_of
from ccsim.errors import InputError
from ccsim.settings import declared


def test_words_and_groups_stand_for_many():
    keys = {one.key for one in dimensions(["assumptions"])}
    assert keys == {key for key, row in declared().items() if row.role == "assumption"}
    assert {one.key for one in dimensions(["assumed"])} < keys
    assert all(declared()[one.key].role == "lever" for one in dimensions(["levers"]))
    assert {one.parameter.group for one in dimensions(["habit, conviction"])} == {"habit", "conviction"}


def test_a_key_of_its_own_wins_over_its_group_and_what_a_scenario_sets_stays():
    space = {one.key: one for one in dimensions(["habit", "habit.pull=1..2"])}
    assert (space["habit.pull"].low, space["habit.pull"].high) == (1.0, 2.0)
    assert "habit.pull" not in {one.key for one in dimensions(["habit"], {"habit.pull": 1.0})}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("habbit", "did you mean 'habit'"),
        ("pull", "habit.pull"),
        ("habit.pull=3..1", "is no span"),
        ("habit.pull=3", "reads like habit.pull="),
        ("habit.pull=0..x", "'x' is not accepted"),
        ("programme.from_top=0..7", "from 0 to 1"),
        ("", "nothing varies"),
    ],
)
def test_what_cannot_vary_is_told(text, told):
    with pytest.raises(InputError, match=told):
        dimensions([text])


@given(st.sampled_from(sorted(declared())), st.floats(0, 1))
def test_every_place_in_a_span_is_a_value_that_the_parameter_accepts(key, u):
    row = declared()[key]
    if row.range[0] < row.range[1]:
        one = dimension(row)
        value = one.value(one.number(u))
        assert row.check(value) == value
        assert one.low <= row.encode(value) <= one.high


def test_counts_and_choices_are_met_equally_often():
    space = dimensions(["champions.chosen", "self_service.exit", "structure.step"])
    rows = hypercube(space, 600, seed=1)
    for number, many in enumerate((6, 2, 6)):
        assert set(np.bincount(rows[:, number].astype(int))) == {600 // many}
    assert set(values_of(space, rows[0])) == {"champions.chosen", "self_service.exit", "structure.step"}
