"""Oliva & Sterman 2001, full model. Reference numbers come from an independent program after the same public file."""

import numpy as np
import pytest
from examples.replications import lending_centre as classic
from examples.replications import published

from ccsim.errors import InputError

SYMMETRIC = {"rising": 18.7321}


def at(weeks: classic.Weeks, week: int) -> tuple[float, float, float]:
    now = week - classic.FIRST_WEEK
    return float(weeks.given[now]), float(weeks.standard[now]), float(weeks.staff[now])


def test_the_steady_centre_runs_as_an_independent_program_has_it() -> None:
    weeks = classic.run()
    assert at(weeks, 60)[0] == pytest.approx(published.CENTRE_GIVEN_IN_WEEK_60, rel=5e-3)
    for week, expected in published.CENTRE_STEADY.items():
        assert at(weeks, week)[1:] == pytest.approx(expected, rel=5e-3)


def test_ten_busy_weeks_lower_the_standard_and_the_staff_for_good() -> None:
    steady, busy = at(classic.run(), 300), at(classic.run(classic.peak(0.1)), 300)
    assert busy[1:] == pytest.approx(published.CENTRE_AFTER_PEAK, rel=5e-3)
    assert 1 - busy[1] / steady[1] == pytest.approx(0.020, abs=1e-3)


def test_if_standards_rose_as_they_fall_ten_busy_weeks_would_leave_no_scar() -> None:
    weeks = classic.run(classic.peak(0.1), changes=SYMMETRIC)
    for week, standard in published.CENTRE_SYMMETRIC.items():
        assert at(weeks, week)[1] == pytest.approx(standard, rel=5e-3)


def test_ten_quiet_weeks_harm_as_well_since_management_hires_less_in_them() -> None:
    steady, quiet = classic.run(), classic.run(classic.peak(-0.1))
    assert at(quiet, 114)[1] == pytest.approx(at(steady, 114)[1], rel=1e-3)  # not at once: months later
    assert at(quiet, 300)[1] < at(steady, 300)[1] - 0.01
    assert at(quiet, 300)[2] < at(steady, 300)[2]


def test_where_management_does_not_follow_demand_quiet_weeks_leave_no_trace_and_busy_ones_do() -> None:
    fixed = {"planning": 1e9}
    steady, quiet, busy = (at(classic.run(classic.peak(height), changes=fixed), 300)[1] for height in (0.0, -0.1, 0.1))
    assert quiet == pytest.approx(steady, rel=1e-4)
    assert busy < steady - 0.005


def test_without_haste_the_standard_never_moves() -> None:
    weeks = classic.run(classic.peak(0.2), changes={"haste": 0.0})
    assert (weeks.standard == weeks.standard[0]).all() and (weeks.given == weeks.standard).all()


def test_a_curve_goes_through_its_points_and_is_level_outside() -> None:
    read = [classic.curve(x, classic.GAP_AT, classic.GAP_QUALITY) for x in (-9.0, *classic.GAP_AT, 9.0)]
    assert read == pytest.approx([0.2, *classic.GAP_QUALITY, 1.8])
    assert classic.curve(0.25, classic.GAP_AT, classic.GAP_QUALITY) == pytest.approx(1.275)


def test_inputs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="one for each of 1977 steps"):
        classic.run(np.ones(5))
    with pytest.raises(InputError, match="from 0 to below 1"):
        classic.run(absence=1.0)


@pytest.mark.slow
def test_noise_around_a_steady_mean_erodes_the_standard_and_the_staff_in_every_run() -> None:
    steady = at(classic.run(), 300)
    ends = np.array([at(classic.run(*classic.noise(seed)), 300) for seed in range(100)])
    assert (ends[:, 1] < steady[1]).all() and (ends[:, 2] < steady[2]).all()
    symmetric = np.array([at(classic.run(*classic.noise(seed), SYMMETRIC), 300)[1] for seed in range(100)])
    # Between 1 and 2 in 100 of the standard with symmetric learning, more than a tenth as estimated.
    assert ends[:, 1].mean() < 0.9 * symmetric.mean()


@pytest.mark.slow
def test_the_noise_has_the_authors_mean_spread_and_memory() -> None:
    orders, absence = (np.array(part)[:, 500:] for part in zip(*map(classic.noise, range(100)), strict=True))
    for drawn, mean, spread, memory in (
        (orders, classic.ORDERS, classic.ORDERS_SD, classic.ORDERS_MEMORY),
        (absence, classic.ABSENCE, classic.ABSENCE_SD, classic.ABSENCE_MEMORY),
    ):
        # An Euler step of dt in noise of memory m keeps 1 - dt/m; its variance is sd^2 / (1 - dt / 2m).
        step = 1 / (classic.STEPS * memory)
        assert drawn.mean() == pytest.approx(mean, abs=4 * spread * np.sqrt(2 / step / drawn.size))
        assert drawn.std() == pytest.approx(spread / np.sqrt(1 - step / 2), rel=0.03)
        lagged = np.mean([np.corrcoef(run[:-1], run[1:])[0, 1] for run in drawn])
        assert lagged == pytest.approx(1 - step, abs=0.01)
