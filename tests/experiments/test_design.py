import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsim.errors import InputError, UnknownNameError
from ccsim.experiments.design import KINDS, Design, _masks

VARIED = ("programme.budget=0:20000", "programme.top_down_share=0,0.5,1", "champions.count=0:5")
SAMPLED = ("latin-hypercube", "sobol", "morris", "saltelli")


def design(kind: str, **options: object) -> Design:
    return Design(kind, VARIED, **{"samples": 8, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"given"}))
def test_a_design_is_as_long_as_it_says_and_its_seed_decides_it(kind: str) -> None:
    one, again = design(kind), design(kind)
    assert len(one.table()) == len(one)
    assert one.table().equals(again.table())
    assert one.table().equals(Design.from_resolved(json.loads(json.dumps(one.resolved()))).table())
    if kind in SAMPLED:
        assert not one.table().equals(design(kind, seed=2).table())
        assert one.unit().shape == (len(one), 3)


@pytest.mark.parametrize("kind", SAMPLED)
def test_values_are_what_the_parameters_take(kind: str) -> None:
    table = design(kind, samples=16).table()
    assert table["programme.budget"].between(0, 20000).all()
    assert set(table["programme.top_down_share"]) <= {0.0, 0.5, 1.0}
    assert set(table["champions.count"]) <= set(range(6))


def test_a_full_factorial_has_every_combination_once() -> None:
    table = Design("factorial", VARIED, levels=3).table()
    assert len(table) == 27 == len(table.drop_duplicates())


def test_one_at_a_time_changes_one_factor_or_none() -> None:
    table = design("one-at-a-time").table()
    assert table.iloc[0].isna().all()
    assert (table.iloc[1:].notna().sum(axis=1) == 1).all()


def signs(count: int, resolution: int) -> np.ndarray:
    masks = np.array(_masks(count, resolution))
    rows = np.arange(1 << int(masks.max()).bit_length())
    return 1 - 2 * (np.bitwise_count(rows[:, None] & masks) % 2).astype(int)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 12), st.integers(3, 5))
def test_a_fraction_has_the_resolution_that_it_claims(count: int, resolution: int) -> None:
    columns = signs(count, resolution)
    for size in range(1, resolution):
        for some in combinations(range(count), min(size, count)):
            assert abs(columns[:, list(some)].prod(axis=1).sum()) < len(columns)


@pytest.mark.parametrize(
    ("count", "resolution", "runs"), [(7, 3, 8), (8, 4, 16), (16, 4, 32), (20, 4, 64), (5, 5, 16), (3, 4, 8)]
)
def test_a_fraction_is_as_small_as_it_can_be(count: int, resolution: int, runs: int) -> None:
    assert len(signs(count, resolution)) == runs


def test_given_points_are_kept_as_they_are() -> None:
    rows = [{"programme.budget": 1.0, "champions.count": 2}, {"programme.budget": 5.0, "champions.count": 2}]
    kept = Design.given(rows)
    assert [kept.row(0), kept.row(1)] == rows
    assert Design.from_resolved(kept.resolved()).row(1) == rows[1]
    with pytest.raises(InputError, match="same factors"):
        Design.given([rows[0], {"programme.budget": 2.0}])
    with pytest.raises(InputError, match=r"programme\.budget: must be a number from 0 .*got -2"):
        Design.given([rows[0], {"programme.budget": -2.0, "champions.count": 2}])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 0}, "samples: must be .* from 1 .*got 0"),
        ({"samples": 2.5}, r"samples: must be a whole number .*got 2\.5"),
        ({"levels": 1}, "levels: must be .* from 2 .*got 1"),
        ({"resolution": 6}, "resolution: must be .* from 3 to 5, got 6"),
        ({"kind": "morris", "levels": 3}, "even number"),
    ],
)
def test_an_impossible_design_is_refused(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Design(**{"kind": "sobol", "factors": VARIED, **options})


def test_unknown_kinds_and_repeated_factors_are_reported() -> None:
    with pytest.raises(UnknownNameError, match="latin-hypercube"):
        Design("latin-hypercub", VARIED)
    with pytest.raises(InputError, match="varied twice"):
        Design("sobol", (*VARIED, "programme.budget"))
    with pytest.raises(InputError, match="at least one factor"):
        Design("sobol", ())


def test_ten_to_the_twelve_points_are_refused_at_once() -> None:
    four = ("programme.budget", "programme.top_down_share", "habit.formation_rate", "conviction.norm_weight")
    with pytest.raises(InputError, match="1,000,000,000,000 points"):
        Design("factorial", four, levels=1000)
    with pytest.raises(InputError, match=r"about 10\^\d+ points"):
        Design("factorial", ("assumptions",), levels=10)
