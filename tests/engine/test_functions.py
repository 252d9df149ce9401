import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsim.engine.functions import clip, clip01, exp, half_saturation, log, logistic, relax


@settings(deadline=None)
@given(st.floats(-500, 500))
def test_exp_is_the_exponential(x: float) -> None:
    assert exp(x) == pytest.approx(math.exp(x), rel=1e-14)


def test_exp_is_exact_where_it_can_be_and_held_at_its_ends() -> None:
    assert exp(0.0) == 1.0
    assert exp(1e9) == exp(500.0)
    assert exp(-1e9) == exp(-500.0) > 0.0
    assert exp(500.5) == exp(500.0) > exp(499.5) and exp(-500.5) == exp(-500.0) < exp(-499.5)


@pytest.mark.parametrize("value", [math.nan, -math.nan, np.float64("nan")])
def test_what_is_not_a_number_passes_exp_and_reads_no_table(value: float) -> None:
    assert math.isnan(exp(value))
    assert math.isnan(logistic(value))


def test_infinity_is_held_like_any_large_number() -> None:
    assert exp(math.inf) == exp(500.0)
    assert exp(-math.inf) == exp(-500.0)


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(1e-3, 1e3))
def test_saturating_is_none_at_0_half_at_half_and_below_1(x: float, half: float) -> None:
    assert 0.0 <= half_saturation(x, half) <= 1.0
    assert half_saturation(half, half) == 0.5
    assert half_saturation(0.0, half) == 0.0


def test_the_small_ones() -> None:
    assert (clip(5.0, 0.0, 2.0), clip01(-1.0), clip01(2.0), clip01(0.3)) == (2.0, 0.0, 1.0, 0.3)
    assert relax(0.0, 10.0, 0.25) == 2.5
    assert logistic(0.0) == 0.5


@settings(deadline=None)
@given(st.floats(-30, 30), st.floats(1e-6, 5))
def test_exp_and_logistic_rise(x: float, step: float) -> None:
    assert exp(x + step) > exp(x)
    assert 0.0 < logistic(x) <= logistic(x + step) <= 1.0
    assert logistic(-x) == pytest.approx(1.0 - logistic(x))


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1))
def test_toward_never_passes_its_goal(x: float, goal: float, rate: float) -> None:
    slack = 1e-9 * (1 + abs(x) + abs(goal))
    assert min(x, goal) - slack <= relax(x, goal, rate) <= max(x, goal) + slack
    assert relax(x, goal, 0.0) == x
    assert relax(x, goal, 1.0) == pytest.approx(goal, abs=slack)


@settings(deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(0, 1e6), st.floats(1e-3, 1e3))
def test_more_saturates_higher_but_by_less(half: float, x: float, step: float) -> None:
    first, second, third = (half_saturation(x + k * step, half) for k in range(3))
    assert first <= second <= third
    assert third - second <= second - first + 1e-12


def test_saturating_needs_no_half_for_nothing() -> None:
    assert (half_saturation(0.0, 0.0), half_saturation(-1.0, 0.0)) == (0.0, 0.0)


@settings(deadline=None)
@given(st.floats(-1e9, 1e9))
def test_share_and_clip_hold_their_bounds(x: float) -> None:
    assert 0.0 <= clip01(x) <= 1.0
    assert -2.0 <= clip(x, -2.0, 3.0) <= 3.0
    assert clip01(clip01(x)) == clip01(x)


def test_log_is_the_natural_logarithm() -> None:
    points = np.geomspace(1e-12, 1e12, 999)
    assert [log(float(x)) for x in points] == pytest.approx(np.log(points), rel=1e-14, abs=1e-15)
