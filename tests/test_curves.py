import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsim.curves import clip, exp, logistic, saturating, share, toward


@settings(deadline=None)
@given(st.floats(-500, 500))
def test_exp_is_the_exponential(x: float) -> None:
    assert exp(x) == pytest.approx(math.exp(x), rel=1e-14)


def test_exp_is_exact_where_it_can_be_and_held_at_its_ends() -> None:
    assert exp(0.0) == 1.0
    assert exp(1e9) == exp(500.0)
    assert exp(-1e9) == exp(-500.0) > 0.0


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(1e-3, 1e3))
def test_saturating_is_none_at_0_half_at_half_and_below_1(x: float, half: float) -> None:
    assert 0.0 <= saturating(x, half) <= 1.0
    assert saturating(half, half) == 0.5
    assert saturating(0.0, half) == 0.0


def test_the_small_ones() -> None:
    assert (clip(5.0, 0.0, 2.0), share(-1.0), share(2.0), share(0.3)) == (2.0, 0.0, 1.0, 0.3)
    assert toward(0.0, 10.0, 0.25) == 2.5
    assert logistic(0.0) == 0.5
