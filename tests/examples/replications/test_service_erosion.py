"""Oliva & Sterman 2001, reduced form. It has no chance in it: values are compared to the digits given."""

import math

import numpy as np
import pytest
from examples.replications import service_erosion as classic
from examples.replications.published import STANDARD_IN_WEEK, TIME_GIVEN_IN_WEEK_10

from ccsim.errors import InputError

ESTIMATES = [classic.OLIVA_STERMAN_2001, classic.DOGAN_2007]
SYMMETRIC = {"rising": 18.83}


def test_ten_per_cent_more_orders_erode_the_standard_along_the_expected_path() -> None:
    weeks = classic.run(classic.step(0.1), changes=classic.OLIVA_STERMAN_2001)
    assert weeks.given[10] == pytest.approx(TIME_GIVEN_IN_WEEK_10, abs=1e-3)
    for week, standard in STANDARD_IN_WEEK.items():
        assert weeks.standard[week] == pytest.approx(standard, abs=1e-3)


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_load_cuts_the_time_per_order_with_the_estimated_elasticity(estimate: dict) -> None:
    weeks = classic.run(classic.step(0.1), changes=estimate)
    assert math.log(weeks.given[10] / weeks.given[9]) / math.log(1.1) == pytest.approx(estimate["elasticity"])


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_the_standard_ends_where_the_work_fits_whatever_the_estimates(estimate: dict) -> None:
    weeks = classic.run(classic.step(0.1, weeks=3000), changes=estimate)
    assert weeks.standard[-1] == pytest.approx(estimate["standard"] / 1.1, rel=1e-3)


def test_a_steady_load_keeps_the_standard() -> None:
    weeks = classic.run(np.full(104, 2000.0))
    assert weeks.standard == pytest.approx(np.full(104, 1.08), rel=1e-12)


def loss(orders: np.ndarray, changes: dict | None = None) -> float:
    weeks = classic.run(orders, 2000 * 1.08, changes)
    return float(weeks.standard[0] - weeks.standard[-1])


def test_a_busy_spell_lowers_the_standard_for_good_and_a_quiet_one_does_not_raise_it() -> None:
    busy, quiet = loss(classic.pulse(0.1)), loss(classic.pulse(-0.1))
    assert busy > 0.02
    assert abs(quiet / busy) < 0.05


def test_ups_and_downs_around_a_mean_that_fits_ratchet_the_standard_down() -> None:
    # Down and down: it ends near where the busiest weeks fit, not where the mean week does.
    assert loss(classic.seesaw(0.1)) > loss(classic.pulse(0.1))
    assert loss(classic.seesaw(0.1, weeks=3000)) == pytest.approx(1.08 * (1 - 1 / 1.1), abs=2e-3)


def test_capacity_for_ups_and_downs_is_sized_by_their_mean() -> None:
    orders = classic.seesaw(0.1)
    assert orders[:10].max() == 2000.0 == pytest.approx(classic.seesaw(0.1, weeks=110)[10:].mean())
    assert (classic.run(orders).standard == classic.run(orders, 2000 * 1.08).standard).all()


def test_if_standards_rose_as_they_fall_a_busy_spell_would_leave_no_scar() -> None:
    longer = classic.pulse(0.1, weeks=400)
    assert abs(loss(longer, SYMMETRIC)) < 1e-3 < loss(longer)


def test_without_an_answer_to_load_nothing_erodes() -> None:
    weeks = classic.run(classic.step(0.5), changes={"elasticity": 0.0})
    assert (weeks.standard == 1.08).all() and (weeks.given == 1.08).all()


def test_weeks_without_orders_are_refused() -> None:
    with pytest.raises(InputError, match="above 0 for each week"):
        classic.run(np.array([2000.0, 0.0]))
