from typing import Any

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


def test_presence_follows_engagement_around_the_ordinary_and_half_pace_ends_with_induction() -> None:
    p = set_to({"capacity.shrinkage": 0.2, "capacity.engagement_effect": 0.5, "capacity.induction_weeks": 8.0}).capacity
    assert attendance(30.0, 0.7, 8, p) == pytest.approx(30.0 * 0.85)
    assert attendance(30.0, 0.5, 6, p) == pytest.approx(30.0 * 0.75 * 0.875)


def planned(s: object, week: int = 5, **columns: Any) -> tuple[Any, Any]:
    """Plan the hours of a week in which every person is in post, engaged as usual and experienced."""
    state = world_of(set_to())
    state.reset_flows()
    staff, departments = state.populations.staff, state.populations.departments
    staff.vacant_until[:], staff.hired_week[:], staff.engagement[:] = week, -99, 0.6
    staff.overrun[:], staff.champion[:], staff.contract[:] = 0.0, 0.0, 1.0
    for name, value in columns.items():
        getattr(staff, name)[:] = value
    departments.outreach_hours[:] = (0.0, 3.0, 0.0)
    plan_hours(staff, departments, s.capacity, week)  # type: ignore[attr-defined]
    return staff, departments


FIVE = ("training_hours", "improvement_hours", "customer_hours", "announced_hours", "champion")


def test_hours_for_cases_are_what_all_else_leaves() -> None:
    s = set_to({"capacity.weekly_hours": 40.0, "capacity.shrinkage": 0.25})
    amounts = dict(zip(FIVE, (1.0, 2.0, 3.0, 0.5, 0.25), strict=True))
    staff, departments = planned(s, **amounts, overhead_hours=0.75, overrun=0.5, contract=0.8)
    posts = departments.last_staff - departments.first_staff
    outreach = np.array([0.0, 3.0, 0.0]) / posts
    left = 40.0 * 0.8 * 0.75 - 6.75 - 0.75 - outreach
    assert staff.hours == pytest.approx((left - 0.5)[staff.department])
    assert departments.hours == pytest.approx(left * posts)
    assert departments.paid == pytest.approx(0.8 * posts) and departments.paid_hours == pytest.approx(32.0 * posts)
    assert departments.absent_hours == pytest.approx(8.0 * posts)
    assert departments.programme_hours == pytest.approx(6.75 * posts)
    assert departments.overhead_hours == pytest.approx((0.75 + outreach) * posts)


def test_plans_beyond_the_week_are_cut_in_proportion() -> None:
    s = set_to({"capacity.weekly_hours": 40.0, "capacity.shrinkage": 0.5})
    amounts = dict(zip(FIVE, (4.0, 6.0, 8.0, 2.0, 12.0), strict=True))
    staff, departments = planned(s, **amounts, overhead_hours=8.0, overrun=1.5)
    posts = departments.last_staff - departments.first_staff
    fits = 20.0 / (40.0 + np.array([0.0, 3.0, 0.0]) / posts)
    for name, amount in {**amounts, "champion_hours": 12.0}.items():
        if name != "champion":
            assert getattr(staff, name) == pytest.approx((amount * fits)[staff.department]), name
    assert staff.hours == pytest.approx(-1.5) and departments.hours == pytest.approx(0.0)
    assert departments.programme_hours == pytest.approx(32.0 * fits * posts)


def test_a_vacant_post_has_only_what_its_last_holder_left_unfinished() -> None:
    staff, departments = planned(set_to(), vacant_until=6, overrun=1.25, champion=9.0)
    assert (staff.hours == -1.25).all() and not departments.paid.any() and not staff.champion_hours.any()
