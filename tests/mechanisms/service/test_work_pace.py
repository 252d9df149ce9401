import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values

from ccsim.mechanisms.service.work_pace import haste_loss, pace_at_load, standard_update

BUSY = {"demand.rate": 0.6}

OFF = {
    "work_pace.pressure": lambda s: pace_at_load(1.5, 1.0, s.work_pace) == 1.0,
    "work_pace.success_loss": lambda s: haste_loss(0.1, 0.7, s.work_pace) == pytest.approx(0.1),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_time_falls_with_load_by_the_published_elasticity() -> None:
    p = set_to({"work_pace.pressure": 0.64}).work_pace
    loads = p.baseline_workload * np.array([1.0, 1.1, 1.21])
    paces = [pace_at_load(load, 1.0, p) for load in loads]
    assert paces[0] == pytest.approx(1.0)
    assert np.diff(np.log(paces)) == pytest.approx([-0.64 * np.log(1.1)] * 2)
    assert pace_at_load(0.0, 1.0, p) == 1.6 and pace_at_load(1e9, 1.0, p) == 0.4


def test_the_standard_follows_time_down_and_never_up() -> None:
    p = set_to({"work_pace.erosion_weeks": 10.0}).work_pace
    assert standard_update(1.0, 0.8, p) == pytest.approx(0.98)
    assert standard_update(0.9, 1.2, p) == 0.9


def test_however_low_the_standard_has_fallen_a_case_takes_two_fifths_of_its_ordinary_time() -> None:
    p = set_to({}).work_pace
    assert pace_at_load(3.0, 0.1, p) == 0.4
    assert pace_at_load(p.baseline_workload, 0.7, p) == pytest.approx(0.7)


def test_haste_costs_success_in_proportion_to_the_time_left_out() -> None:
    p = set_to({"work_pace.success_loss": 0.5}).work_pace
    assert haste_loss(0.0, 0.6, p) == pytest.approx(0.2)
    assert haste_loss(0.5, 0.6, p) == pytest.approx(0.6)


def test_busy_people_hurry_fail_more_often_and_leave_a_lower_standard() -> None:
    busy = set_to(BUSY)
    calm, hurried = (tallies_of(with_values(busy, {"work_pace.pressure": pressure}), 30) for pressure in (0.0, 1.0))
    assert calm["time_standard"] == pytest.approx(1.0)
    assert hurried["time_standard"][-1] < 0.97
    assert np.nanmean(hurried["aht"][5:]) < np.nanmean(calm["aht"][5:])
    assert hurried["resolved"].sum() / hurried["handled"].sum() < calm["resolved"].sum() / calm["handled"].sum()
