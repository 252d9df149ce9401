import numpy as np
import pytest
from small_world import set_to, world_of

from ccsim.mechanisms.accounting.accounts import spending_factor
from ccsim.mechanisms.accounting.aggregates import count_customers, count_firm, count_image, count_leaders, count_staff
from ccsim.mechanisms.staff.conviction import BEFORE, NOT_YET
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


def test_people_in_post_next_week_are_counted_with_all_that_they_are() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, departments, firm = state.populations.staff, state.populations.departments, state.populations.firm
    departments.first_staff[:], staff.vacant_until[:], staff.champion[:] = (0, 8, 16), 0, 0.0
    staff.department[:] = np.repeat([0, 1, 2], 8)
    staff.vacant_until[:3], staff.champion[:5] = (5, 6, 7), (0.0, 4.0, 4.0, 0.05, 0.0)
    staff.habit[:], staff.habit[8:10] = 0.4, (0.5, 0.6)
    staff.latitude[:], staff.safety[:], staff.borrowed_rights[:] = 0.8, 0.5, 0.1
    staff.borrowed_rights[8] = 0.9
    staff.tipped_week[:], staff.tipped_week[16:18] = NOT_YET, (BEFORE, 0)
    staff.influence[:], staff.influence[2:4] = 0.25, (2.0, 1.0)
    departments.champion_hours[:] = (3.0, 3.0, 1.0)
    count_staff(staff, departments, firm, 0.5, 5)
    assert departments.posts.tolist() == [8, 8, 8] and departments.people.tolist() == [7, 8, 8]
    assert departments.adopters.tolist() == [0, 1, 0]  # a habit at the threshold has not settled
    assert departments.tipped.tolist() == [0, 0, 2]
    assert departments.empowerment == pytest.approx([7 * 0.5, 7 * 0.5 + 1.0, 8 * 0.5])
    assert firm.champions[0] == 2.0  # the third champion's post is vacant
    assert (firm.influence[0], firm.largest_influence[0]) == (22 * 0.25 + 3.0, 2.0)
    # Of two departments with as many hours of champions the first is the home of the change.
    assert (firm.cross_adopters[0], firm.cross_people[0]) == (1.0, 16.0)


def test_vacant_leaders_are_not_counted_and_several_at_the_top_are_averaged() -> None:
    leaders, firm = world_of(set_to({"organisation.tiers": 2})).populations.leaders, world_of(set_to()).populations.firm
    leaders.conviction[:], leaders.credibility[:], leaders.vacant[:] = 0.5, 0.25, 0
    leaders.conviction[:3], leaders.credibility[3], leaders.vacant[1] = (0.9, 0.1, 0.4), 0.75, 1
    firm.leader_conviction[0], firm.leader_credibility[0], firm.executive_conviction[0] = 0.0, 0.0, 0.0
    count_leaders(leaders, firm)
    filled = len(leaders) - 1
    assert firm.leader_conviction[0] == pytest.approx((0.9 + 0.4 + 0.5 * (filled - 2)) / filled)
    assert firm.leader_credibility[0] == pytest.approx((0.75 + 0.25 * (filled - 1)) / filled)
    assert firm.executive_conviction[0] == pytest.approx((0.9 + 0.4) / 2)


def test_stocks_of_the_firm_are_copied_and_those_of_departments_weighted() -> None:
    state = world_of(set_to())
    departments, firm = state.populations.departments, state.populations.firm
    state.reset_flows()
    departments.posts[:], departments.queue[:], departments.routine[:] = (4, 6, 10), (1, 2, 3), 0.5
    departments.standard[:], departments.insight[:], departments.defects[:], departments.handled[:] = (
        0.9,
        0.2,
        0.1,
        30.0,
    )
    firm.recent_quality[0], firm.sponsorship[0], firm.stage[0], firm.capability[0] = 0.1, 0.2, 0.3, 0.4
    firm.know_how[0], firm.system[0] = 0.5, 0.6
    count_firm(departments, firm)
    names = (
        "delivered_quality",
        "sponsored",
        "stage_reached",
        "capability_reached",
        "know_how_level",
        "installed_system",
    )
    assert [getattr(firm, name)[0] for name in names] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    for name, value in (("embedded", 0.5), ("standards", 0.9), ("informed", 0.2)):
        assert getattr(departments, name) == pytest.approx([value * posts for posts in (4, 6, 10)]), name
    assert departments.defective_contacts == pytest.approx(3.0) and departments.backlog.tolist() == [1, 2, 3]


def test_leaders_are_shown_surveys_or_what_customers_think_in_between_as_far_as_it_is_published() -> None:
    state = world_of(set_to()).populations
    state.departments.survey[:], state.departments.handled[:] = (3.0, 2.0, 4.0), (4.0, 6.0, 2.0)
    state.firm.recent_quality[0], state.firm.reported_satisfaction[0] = 0.55, 0.3
    for published, shown in ((0.0, 0.75), (0.25, 0.7), (1.0, 0.55)):
        count_image(state.departments, state.firm, published)
        assert state.firm.reported_satisfaction[0] == pytest.approx(shown)
    state.departments.survey[:], state.departments.handled[:] = 0.0, 0.0
    count_image(state.departments, state.firm, 0.25)
    assert state.firm.reported_satisfaction[0] == pytest.approx(0.55)


def test_customers_and_prospects_of_each_segment_are_summed_apart() -> None:
    state = world_of(set_to())
    state.reset_flows()
    customers, segments, s = state.populations.customers, state.populations.segments, state.settings
    customers.active[:], customers.segment[:] = 0, 2
    customers.active[:3], customers.segment[:4] = 1, (0, 0, 1, 1)
    customers.satisfaction[:3], customers.expectation[:3], customers.trust[:3] = (
        (0.9, 0.5, 0.8),
        (0.4, 0.3, 0.2),
        (0.7, 0.6, 0.5),
    )
    customers.value[:], customers.opinion[:] = 100.0, 0.25
    count_customers(customers, segments, s.accounts)
    prospects = len(customers.active) - 4
    expected = {
        "customers": [2, 1, 0], "satisfaction": [1.4, 0.8, 0.0], "expectation": [0.7, 0.2, 0.0], "trust": [1.3, 0.5, 0.0],
        "promoters": [1, 0, 0], "detractors": [1, 0, 0], "prospects": [0, 1, prospects], "opinion": [0.0, 0.25, 0.25 * prospects],
        "spending": [sum(spending_factor(100.0, one, s.accounts) for one in (0.9, 0.5)), spending_factor(100.0, 0.8, s.accounts), 0.0],
    }  # fmt: skip
    for name, values in expected.items():
        assert getattr(segments, name) == pytest.approx(values), name
