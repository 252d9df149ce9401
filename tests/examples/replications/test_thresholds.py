"""Granovetter 1978: exact results, and crowds around them."""

import numpy as np
import pytest
from examples.replications.published import CRITICAL_DEVIATION, JOINED, JOINED_BELOW
from examples.replications.tipping import thresholds as classic


def test_a_hundred_people_one_after_the_other_all_join() -> None:
    assert (classic.run(classic.ladder()) == np.arange(101)).all()


def test_one_person_more_reluctant_by_one_stops_them_all() -> None:
    thresholds = classic.ladder()
    thresholds[1] = 2
    assert classic.run(thresholds).tolist() == [0, 1]


@pytest.mark.parametrize(("deviation", "joins"), JOINED.items())
def test_a_large_crowd_rests_at_the_exact_share(deviation: float, joins: float) -> None:
    assert classic.resting_share(deviation) == pytest.approx(joins, abs=1e-4)


def test_the_crowd_tips_at_the_critical_spread_from_6_per_cent() -> None:
    critical = classic.critical_deviation()
    assert critical == pytest.approx(CRITICAL_DEVIATION, abs=1e-5)
    assert classic.resting_share(critical - 1e-6) == pytest.approx(JOINED_BELOW, abs=1e-3)


def test_two_crowds_of_equal_mean_end_more_than_half_the_people_apart() -> None:
    for seed in range(5):
        alike, varied = (classic.normal_crowd(2_000, deviation=spread, seed=seed) for spread in (0.10, 0.15))
        assert abs(alike.mean() - varied.mean()) < 0.01 * 2_000
        assert classic.run(varied)[-1] - classic.run(alike)[-1] > 0.5 * 2_000


def test_crowds_rest_near_the_exact_share() -> None:
    ends = np.array([classic.run(classic.normal_crowd(10_000, deviation=0.10, seed=s))[-1] for s in range(20)]) / 10_000
    assert abs(ends.mean() - 0.0077) < 4 * ends.std() / np.sqrt(20)


def test_no_person_moves_first_if_no_person_would_go_alone() -> None:
    assert classic.run(np.array([1.0, 1.0, 2.0])).tolist() == [0]
