import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.service.work_pace import haste_loss, pace_at_load, set_pace, standard_update

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


def test_a_load_of_next_to_nothing_is_a_twentieth() -> None:
    p = set_to({"work_pace.pressure": 0.1, "work_pace.baseline_workload": 0.8}).work_pace
    for load in (0.0, 0.02, 0.05):
        assert pace_at_load(load, 1.0, p) == pytest.approx(16.0**0.1)
    assert pace_at_load(0.06, 1.0, p) == pytest.approx((0.8 / 0.06) ** 0.1)
    assert pace_at_load(0.8, 0.9, p) == pytest.approx(0.9)


def test_load_pace_and_standard_of_a_week() -> None:
    state = world_of(set_to())
    departments, staff = state.populations.departments, state.populations.staff
    p = set_to(
        {"work_pace.pressure": 0.5, "work_pace.erosion_weeks": 10.0, "work_pace.baseline_workload": 0.8}
    ).work_pace
    departments.queue[:], departments.hours[:], departments.standard[:] = (6, 0, 5), (40.0, 0.05, 0.0), (1.0, 0.9, 0.8)
    departments.load[:], departments.success_loss[:] = 1.0, 0.2
    staff.time_penalty[:], staff.pace[:] = 0.1, 1.25
    set_pace(staff, departments, p, 4.0)
    loads = [1.0 + 0.25 * (load - 1.0) for load in (24.0 / 40.0, 0.0, 3.0)]
    assert departments.load == pytest.approx(loads)
    paces = [standard * (0.8 / load) ** 0.5 for standard, load in zip((1.0, 0.9, 0.8), loads, strict=True)]
    assert departments.pace == pytest.approx(paces)
    standards = [
        standard + 0.1 * min(0.0, pace - standard) for standard, pace in zip((1.0, 0.9, 0.8), paces, strict=True)
    ]
    assert departments.standard == pytest.approx(standards)
    assert departments.success_loss == pytest.approx(
        [1.0 - 0.8 * (1.0 - p.success_loss * (1.0 - pace)) for pace in paces]
    )
    assert staff.time_penalty == pytest.approx(1.1 * 1.25 * departments.pace[staff.department] - 1.0)


def test_a_person_who_is_a_quarter_slower_takes_a_quarter_more_time() -> None:
    state = world_of(set_to())
    departments, staff, p = (
        state.populations.departments,
        state.populations.staff,
        set_to({"work_pace.pressure": 0.0}).work_pace,
    )
    departments.standard[:], staff.time_penalty[:], staff.pace[:] = 1.0, 0.0, (1.25, *[1.0] * 23)
    set_pace(staff, departments, p, 4.0)
    assert staff.time_penalty == pytest.approx([0.25] + [0.0] * 23)
