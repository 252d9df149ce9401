"""What varies, and over which span."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsim.analysis.parameter_space import between, dimensions, drawn, numbers_of, values_of
from ccsim.errors import InputError
from ccsim.model.settings import all_parameters


def test_words_and_groups_stand_for_many():
    assert all(all_parameters()[one.key].assumed for one in dimensions(["assumptions"]))
    assert all(all_parameters()[one.key].role == "lever" for one in dimensions(["levers"]))
    assert {one.key.split(".")[0] for one in dimensions(["habit, conviction"])} == {"habit", "conviction"}


def test_a_key_of_its_own_wins_over_its_group_and_what_a_scenario_sets_stays():
    space = {one.key: one for one in dimensions(["habit.utility_weight=1:2", "habit"])}
    assert (space["habit.utility_weight"].low, space["habit.utility_weight"].high) == (1.0, 2.0)
    assert "habit.utility_weight" not in {one.key for one in dimensions(["habit"], {"habit.utility_weight": 1.0})}
    assert "habit.utility_weight" in {
        one.key for one in dimensions(["habit.utility_weight"], {"habit.utility_weight": 1.0})
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("habbit", "did you mean 'habit'"),
        ("utility_weight", "'habit.utility_weight'"),
        ("habit.pull", "now called habit.utility_weight"),
        ("habit.pull=1:2", "now called habit.utility_weight"),
        ("habit.utility_weight=3:1", "nothing to vary"),
        ("habit.utility_weight=0:x", "got 'x'"),
        ("programme.top_down_share=0:7", "from 0 to 1"),
        ("", "nothing varies"),
    ],
)
def test_what_cannot_vary_is_reported(text, message):
    with pytest.raises(InputError, match=message):
        dimensions([text])


@given(st.sampled_from(sorted(all_parameters())), st.floats(0, 1, exclude_max=True))
def test_every_number_in_a_span_is_a_value_that_the_parameter_accepts(key, u):
    row = all_parameters()[key]
    if row.range[0] < row.range[1] or row.choices:
        (one,) = dimensions([key])
        number = between([one], np.array([[u]]))[0, 0]
        value = one.value(number)
        assert row.check(value) == value and one.number(value) == number and one.low <= number <= one.high


def test_counts_and_choices_are_met_equally_often():
    space = dimensions(["champions.selection", "self_service.exit", "structure.stage"])
    rows = numbers_of(space, drawn(space, "latin-hypercube", 600, 1))
    for number, many in enumerate((6, 2, 6)):
        assert set(np.bincount(rows[:, number].astype(int))) == {600 // many}
    assert set(values_of(space, rows[0])) == {"champions.selection", "self_service.exit", "structure.stage"}
