import numpy as np
import pytest
from small_world import set_to, world_of

from ccsim.mechanisms.accounting.aggregates import count_customers, count_leaders, count_staff
from ccsim.model.state import ModelState


def counted(world: ModelState) -> ModelState:
    world.reset_flows()
    return count(world)


def count(world: ModelState) -> ModelState:
    state, p = world.populations, world.settings
    count_staff(state.staff, state.departments, state.firm, p.habit.adopter_threshold, 0)
    count_leaders(state.leaders, state.firm)
    count_customers(state.customers, state.segments, p.accounts)
    return world


def test_sums_over_departments_are_sums_over_people_in_post() -> None:
    world = world_of(set_to())
    world.populations.staff.vacant_until[3] = 9
    state = counted(world).populations
    there = np.arange(24) != 3
    there &= np.asarray(state.staff.vacant_until) <= 1
    assert state.departments.posts.sum() == 24
    assert state.departments.people.sum() == there.sum()
    for name in ("skill", "conviction", "habit", "latitude", "engagement", "fatigue", "cynicism"):
        assert getattr(state.departments, name).sum() == pytest.approx(getattr(state.staff, name)[there].sum()), name


def test_satisfaction_is_counted_as_on_the_scale_from_0_to_10() -> None:
    world = world_of(set_to())
    customers = world.populations.customers
    inside = np.flatnonzero(customers.active == 1)
    customers.satisfaction[inside] = 0.75
    customers.satisfaction[inside[:7]] = (0.85, 0.95, 1.0, 0.849, 0.65, 0.649, 0.0)
    segments = counted(world).populations.segments
    assert segments.customers.sum() == len(inside)
    assert segments.promoters.sum() == 3 and segments.detractors.sum() == 2
    assert segments.prospects.sum() + segments.customers.sum() == len(customers.active)


def test_the_executive_is_whoever_has_no_superior() -> None:
    for tiers in (1, 2, 3):
        state = counted(world_of(set_to({"organisation.tiers": tiers}))).populations
        highest = state.leaders.superior < 0
        assert state.firm.executive_conviction[0] == pytest.approx(state.leaders.conviction[highest].mean())
        assert state.firm.leader_conviction[0] == pytest.approx(state.leaders.conviction.mean())
    assert counted(world_of(set_to({"organisation.tiers": 0}))).populations.firm.leader_conviction[0] == 0.0


def test_adoption_elsewhere_leaves_out_the_department_that_carries_most() -> None:
    world = world_of(set_to())
    world.reset_flows()
    state = world.populations
    state.staff.habit[:] = 1.0
    state.departments.champion_hours[1] = 5.0
    count(world)
    elsewhere = state.departments.people[0] + state.departments.people[2]
    assert state.firm.cross_people[0] == elsewhere == state.firm.cross_adopters[0]


def test_counting_changes_nobody() -> None:
    world = world_of(set_to())
    before = world.copy()
    counted(world)
    for name in ("skill", "conviction", "habit", "safety", "champion"):
        assert (getattr(world.populations.staff, name) == getattr(before.populations.staff, name)).all()
    assert (world.populations.customers.satisfaction == before.populations.customers.satisfaction).all()
