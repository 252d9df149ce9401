import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, world_of

from ccsim.mechanisms.service.capacity import attendance, plan_hours
from ccsim.model.week import step

OFF = {
    "capacity.shrinkage": lambda s: attendance(35.0, 0.6, 99, s.capacity) == 35.0,
    "capacity.engagement_effect": lambda s: (
        attendance(35.0, 0.1, 99, s.capacity) == attendance(35.0, 0.6, 99, s.capacity)
    ),
    "capacity.induction_weeks": lambda s: attendance(35.0, 0.6, 0, s.capacity) == attendance(35.0, 0.6, 99, s.capacity),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_no_person_is_at_work_longer_than_contracted_or_less_than_not_at_all() -> None:
    p = set_to({"capacity.engagement_effect": 1.0, "capacity.shrinkage": 0.0}).capacity
    assert attendance(35.0, 1.0, 99, p) == 35.0
    assert attendance(35.0, 0.0, 99, p._replace(shrinkage=1.0)) == 0.0
    assert attendance(0.0, 0.6, 99, p) == 0.0


def test_a_newcomer_gains_pace_evenly_from_half_to_full() -> None:
    p = set_to().capacity
    full = attendance(35.0, 0.6, 99, p)
    paces = [attendance(35.0, 0.6, week, p) / full for week in (0, 3, 6, 9, 12, 13)]
    assert paces == pytest.approx([0.5, 0.625, 0.75, 0.875, 1.0, 1.0])


def test_engaged_people_are_at_work_more() -> None:
    p = set_to().capacity
    hours = [attendance(35.0, engagement, 99, p) for engagement in (0.0, 0.3, 0.6, 0.9)]
    assert hours == sorted(hours) and hours[0] < hours[-1]


def test_without_hours_nothing_is_handled_and_queues_grow_by_what_is_raised() -> None:
    t = tallies_of(set_to({"capacity.weekly_hours": 0.0, "demand.abandonment_rate": 0.0, "market.churn": 0.0}), 8)
    assert t["handled"].sum() == 0.0
    assert (np.diff(t["backlog"]) == t["raised"][1:]).all() and t["raised"].sum() > 0


def test_hours_are_spent_once_on_absence_programme_and_cases() -> None:
    t = tallies_of(set_to({"programme.budget": 900.0, "champions.count": 2, "champions.hours": 10.0}), 12)
    assert t["programme_hours"].min() > 0.0
    assert t["paid_hours"] == pytest.approx(t["absent_hours"] + t["programme_hours"] + t["overhead_hours"] + t["hours"])


def test_vacant_posts_have_no_hours_and_are_not_paid() -> None:
    state = world_of(set_to())
    state.populations.staff.vacant_until[:12] = 100
    step(state)
    assert state.populations.departments.paid.sum() == 12
    assert state.populations.departments.paid_hours.sum() == 12 * 35.0
    assert (state.populations.staff.hours[:12] <= 0.0).all()
    assert (state.populations.staff.worked[:12] == 0.0).all()


def test_a_champion_carries_no_longer_than_he_or_she_is_at_work() -> None:
    state = world_of(set_to({"champions.count": 3, "champions.hours": 35.0}))
    step(state)
    departments = state.populations.departments
    assert departments.champion_hours.sum() <= departments.programme_hours.sum() + 1e-9


def test_no_person_is_trained_longer_than_he_or_she_is_at_work() -> None:
    state = world_of(set_to({"organisation.staff": 3, "programme.budget": 20000.0, "programme.top_down_share": 1.0}))
    step(state)
    staff = state.populations.staff
    assert (
        staff.training_hours + staff.announced_hours
    ).sum() <= state.populations.departments.programme_hours.sum() + 1e-9


def test_the_time_of_last_weeks_last_case_is_taken_from_this_week() -> None:
    worlds = [world_of(set_to()) for _ in range(2)]
    for state, late in zip(worlds, (0.0, 3.0), strict=True):
        state.reset_flows()
        state.populations.staff.overrun[:] = late
        plan_hours(state.populations.staff, state.populations.departments, state.settings.capacity, 0)
    one, late = (state.populations for state in worlds)
    assert late.staff.hours == pytest.approx(one.staff.hours - 3.0)
    assert (late.departments.hours == one.departments.hours).all()
