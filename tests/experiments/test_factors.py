import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsim.errors import InputError
from ccsim.experiments.factors import Factor, parse_factors
from ccsim.model.settings import all_parameters


def test_a_parameter_without_values_takes_its_declared_range() -> None:
    row = all_parameters()["programme.budget"]
    assert Factor("programme.budget").ends() == row.range


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("programme.budget=100:2e4", (100.0, 20000.0)),
        ("programme.top_down_share=0,0.5,1", (0.0, 1.0)),
        ("champions.count = 2:6", (2, 6)),
        ("week of The hero leaves=3:80", (3, 80)),
        ("week of The hero leaves=10,20", (10, 20)),
    ],
)
def test_a_text_says_a_factor(text: str, ends: tuple) -> None:
    (factor,) = parse_factors(text)
    assert factor.ends() == ends
    assert parse_factors(factor.text()) == [factor]


def test_one_word_stands_for_many() -> None:
    assert [f.key for f in parse_factors("programme")] == [k for k in all_parameters() if k.startswith("programme.")]
    assert {f.key for f in parse_factors("levers")} == {
        row.key for row in all_parameters().values() if row.role == "lever"
    }
    assert all(f.is_uncertain for f in parse_factors("assumptions"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("programme.budgt=0:1", "did you mean 'programme.budget'"),
        ("programme.budget=5:5", "nothing to vary"),
        ("programme.budget=-1:5", "must be a number from 0 .*got -1"),
        ("programme.budget=3,3", "2 to 1000 different values"),
        ("programme.budget=3", "2 to 1000 different values"),
        ("programme.budget=", "must have the form"),
        ("=3", "must have the form"),
        ("programme.top_down_share=0:2", "from 0 to 1"),
        ("week of Kick-off", "name the weeks"),
        ("week of Kick-off=2.5:3", "whole number"),
        ("week=1:3", "must have the form 'week of"),
        ("champions.count=1.5:3", "whole number"),
    ],
)
def test_what_cannot_be_varied_is_reported(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_factors(text)


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(1, 1000), st.lists(st.floats(0, 1), min_size=1))
def test_places_of_the_unit_interval_stay_inside(low: int, more: int, places: list[float]) -> None:
    for key in ("champions.count", "programme.budget"):
        values = Factor(key, low, low + more).from_unit(np.array(places))
        assert (values >= low).all() and (values <= low + more).all()


def test_whole_numbers_and_choices_get_equal_shares() -> None:
    u = (np.arange(600) + 0.5) / 600
    assert np.bincount(Factor("champions.count", 1, 3).from_unit(u)).tolist() == [0, 200, 200, 200]
    values = Factor("programme.top_down_share", values=(0, 0.5, 1)).from_unit(u)
    assert [int((values == value).sum()) for value in (0, 0.5, 1)] == [200, 200, 200]
