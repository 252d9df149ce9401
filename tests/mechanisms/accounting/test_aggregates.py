import numpy as np
import pytest
from small_world import set_to, world_of

from ccsim.mechanisms.accounting.aggregates import count_customers, count_leaders, count_staff
from ccsim.model.state import ModelState


def counted(state: ModelState) -> ModelState:
    state.reset_flows()
    return count(state)


def count(state: ModelState) -> ModelState:
    populations, p = state.populations, state.settings
    count_staff(populations.staff, populations.departments, populations.firm, p.habit.adopter_threshold, 0)
    count_leaders(populations.leaders, populations.firm)
    count_customers(populations.customers, populations.segments, p.accounts)
    return state


def test_sums_over_departments_are_sums_over_people_in_post() -> None:
    state = world_of(set_to())
    state.populations.staff.vacant_until[3] = 9
    populations = counted(state).populations
    there = np.arange(24) != 3
    there &= np.asarray(populations.staff.vacant_until) <= 1
    assert populations.departments.posts.sum() == 24
    assert populations.departments.people.sum() == there.sum()
    for name in ("skill", "conviction", "habit", "latitude", "engagement", "fatigue", "cynicism"):
        assert getattr(populations.departments, name).sum() == pytest.approx(
            getattr(populations.staff, name)[there].sum()
        ), name


def test_satisfaction_is_counted_as_on_the_scale_from_0_to_10() -> None:
    state = world_of(set_to())
    customers = state.populations.customers
    inside = np.flatnonzero(customers.active == 1)
    customers.satisfaction[inside] = 0.75
    customers.satisfaction[inside[:7]] = (0.85, 0.95, 1.0, 0.849, 0.65, 0.649, 0.0)
    segments = counted(state).populations.segments
    assert segments.customers.sum() == len(inside)
    assert segments.promoters.sum() == 3 and segments.detractors.sum() == 2
    assert segments.prospects.sum() + segments.customers.sum() == len(customers.active)


def test_the_executive_is_a_person_who_has_no_superior() -> None:
    for tiers in (1, 2, 3):
        state = counted(world_of(set_to({"organisation.tiers": tiers}))).populations
        highest = state.leaders.superior < 0
        assert state.firm.executive_conviction[0] == pytest.approx(state.leaders.conviction[highest].mean())
        assert state.firm.leader_conviction[0] == pytest.approx(state.leaders.conviction.mean())
    assert counted(world_of(set_to({"organisation.tiers": 0}))).populations.firm.leader_conviction[0] == 0.0


def test_adoption_elsewhere_leaves_out_the_department_that_carries_most() -> None:
    state = world_of(set_to())
    state.reset_flows()
    populations = state.populations
    populations.staff.habit[:] = 1.0
    populations.departments.champion_hours[1] = 5.0
    count(state)
    elsewhere = populations.departments.people[0] + populations.departments.people[2]
    assert populations.firm.cross_people[0] == elsewhere == populations.firm.cross_adopters[0]


def test_counting_changes_no_person() -> None:
    state = world_of(set_to())
    before = state.copy()
    counted(state)
    for name in ("skill", "conviction", "habit", "safety", "champion"):
        assert (getattr(state.populations.staff, name) == getattr(before.populations.staff, name)).all()
    assert (state.populations.customers.satisfaction == before.populations.customers.satisfaction).all()
