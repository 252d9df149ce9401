"""An organisation is drawn by key and then lives its past; more people leave everybody else's draws unchanged."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsim.engine.rng import irwin_hall_normal, uniforms4
from ccsim.mechanisms.market.offer import offer_update, perceived_gap
from ccsim.mechanisms.staff.conviction import NOT_YET
from ccsim.model import initial_state
from ccsim.model.initial_state import (
    CUSTOMER_STREAM,
    STAFF_STREAM,
    bounds,
    initialise,
    leader_rows,
    sample_initial,
    sample_tie,
)
from ccsim.model.settings import Settings, default_settings, replace_values
from ccsim.model.state import ModelState
from ccsim.model.week import step


def sized(**sizes: Any) -> Settings:
    small = {"staff": 24, "departments": 3, "front_departments": 2, "customers": 160, "warm_up": 6}
    return replace_values(
        default_settings(), {f"organisation.{name}": value for name, value in {**small, **sizes}.items()}
    )


def even(**sizes: Any) -> Settings:
    """Return settings of an organisation in which people listen to the next desks, as many each."""
    return replace_values(sized(**sizes), {"ties.named": 0.0})


def columns(state: ModelState) -> dict[str, np.ndarray]:
    found_ = {"colleagues": state.populations.colleagues}
    for name in ("staff", "leaders", "customers", "cases", "departments", "segments", "firm"):
        population = getattr(state.populations, name)
        fields = population._fields if isinstance(population, tuple) else population.dtype.names
        found_.update({f"{name}.{field}": np.asarray(getattr(population, field)) for field in fields})
    return found_


def differing(one: ModelState, other: ModelState) -> list[str]:
    theirs = columns(other)
    return [name for name, mine in columns(one).items() if not np.array_equal(mine, theirs[name])]


TRAITS = (
    "disposition",
    "reward_sensitivity",
    "baseline_engagement",
    "skill",
    "habit",
    "conviction",
    "engagement",
    "hired_week",
)


def test_one_more_member_of_staff_leaves_everyone_elses_traits_unchanged() -> None:
    one, more = sample_initial(sized(), 9).populations.staff, sample_initial(sized(staff=25), 9).populations.staff
    for name in TRAITS:
        assert (getattr(more, name)[:24] == getattr(one, name)).all(), name


def test_ties_that_the_own_department_has_no_room_for_go_to_the_next_people_in_the_others() -> None:
    found = sample_initial(even(staff=6, ties=3, cross_ties=0.0), 9).populations
    assert found.staff.department.tolist() == [0, 0, 1, 1, 2, 2]
    assert found.colleagues.tolist() == [[1, 2, 3], [0, 2, 3], [3, 4, 5], [2, 4, 5], [5, 0, 1], [4, 0, 1]]


def test_one_more_customer_leaves_everyone_elses_traits_unchanged() -> None:
    one, more = (
        sample_initial(sized(prospects=0.0), 9).populations.customers,
        sample_initial(sized(prospects=0.0, customers=161), 9).populations.customers,
    )
    for name in ("segment", "value", "satisfaction", "expectation", "active"):
        assert (getattr(more, name)[:160] == getattr(one, name)).all(), name
    assert len(more.active) == 161


def test_one_more_customer_adds_one_customer_and_one_issue_in_the_first_week() -> None:
    # Everybody raises an issue, nobody talks or serves: what one person adds can be told to the unit.
    apart = {
        "demand.rate": 1.0,
        "capacity.weekly_hours": 0.0,
        "market.churn": 0.0,
        "market.joining_probability": 0.0,
        "word_of_mouth.reach": 0,
    }
    worlds = [
        sample_initial(replace_values(sized(customers=n, prospects=0.0, warm_up=0), apart), 9) for n in (160, 161)
    ]
    for state in worlds:
        step(state)
    one, more = (state.populations for state in worlds)
    assert more.segments.customers.sum() == one.segments.customers.sum() + 1
    assert more.departments.raised.sum() == one.departments.raised.sum() + 1
    for name in ("satisfaction", "expectation", "opinion"):
        assert (getattr(more.customers, name)[:160] == getattr(one.customers, name)).all(), name
    for name in ("state", "department", "stages", "complexity"):
        assert (getattr(more.cases, name)[:160] == getattr(one.cases, name)).all(), name


def test_one_more_tie_leaves_the_others_unchanged() -> None:
    one, more = (
        sample_initial(even(ties=5), 9).populations.colleagues,
        sample_initial(even(ties=6), 9).populations.colleagues,
    )
    assert (more[:, :5] == one).all()


def test_seeds_differ_and_the_same_seed_does_not() -> None:
    assert differing(initialise(sized(), 4), initialise(sized(), 4)) == []
    assert "staff.skill" in differing(initialise(sized(), 4), initialise(sized(), 5))


def test_what_is_remembered_is_never_shared() -> None:
    first = initialise(sized(), 4)
    for _ in range(3):
        step(first)
    fresh, again = initialise(sized(), 4), initialise(sized(), 4)
    assert fresh.week == -1
    assert differing(fresh, again) == []
    for name, array in columns(fresh).items():
        assert not np.shares_memory(array, columns(again)[name]), name


def test_a_copy_lives_on_by_itself() -> None:
    state = initialise(sized(), 4)
    copy = state.copy()
    assert differing(state, copy) == []
    step(copy)
    assert copy.week == 0 and state.week == -1
    assert differing(state, initialise(sized(), 4)) == []
    step(state)
    assert differing(state, copy) == []


def test_the_past_is_lived_under_the_levers_of_the_past_and_ends_before_week_0() -> None:
    for warm_up in (0, 1, 6):
        assert initialise(sized(warm_up=warm_up), 4).week == -1
    quiet = initialise(sized(), 4).populations.staff
    busy = initialise(replace_values(sized(), {"programme.budget": 900.0}), 4).populations.staff
    assert not np.array_equal(quiet.skill, busy.skill)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 12), st.data())
def test_every_post_is_in_one_department_and_every_department_has_a_person(
    departments: int, data: st.DataObject
) -> None:
    front = data.draw(st.integers(1, departments))
    staff = data.draw(st.integers(departments, 300))
    edges = bounds(sized(departments=departments, front_departments=front, staff=staff))
    assert len(edges) == departments
    assert edges[0][0] == 0 and edges[-1][1] == staff
    assert all(last > first for first, last in edges)
    assert all(edges[d][1] == edges[d + 1][0] for d in range(departments - 1))


@pytest.mark.parametrize("tiers", [0, 1, 2, 3])
@pytest.mark.parametrize("span", [1, 4, 100])
def test_every_person_has_one_team_lead_of_the_own_department_and_spans_add_up(tiers: int, span: int) -> None:
    state = sample_initial(sized(tiers=tiers, span=span), 1).populations
    leaders, staff = state.leaders, state.staff
    assert len(leaders) == len(leader_rows(sized(tiers=tiers, span=span)))
    if tiers == 0:
        assert len(leaders) == 0 and (staff.leader == -1).all()
        return
    assert (leaders.tier[staff.leader] == 2).all()
    assert (leaders.department[staff.leader] == staff.department).all()
    assert np.bincount(staff.leader).max() <= span
    assert leaders.span[leaders.superior < 0].sum() == 24
    for k in np.flatnonzero(leaders.superior >= 0):
        assert leaders.tier[leaders.superior[k]] == leaders.tier[k] - 1
        assert leaders.superior[k] < k


def test_heads_of_department_are_noted_where_there_are_any() -> None:
    with_heads, without = sample_initial(sized(tiers=2), 1).populations, sample_initial(sized(tiers=1), 1).populations
    assert (with_heads.leaders.tier[with_heads.departments.head] == 1).all()
    assert (with_heads.leaders.department[with_heads.departments.head] == np.arange(3)).all()
    assert (without.departments.head == -1).all()


def test_people_listen_to_others_mostly_of_their_own_department() -> None:
    state = sample_initial(even(staff=400, departments=5, front_departments=3), 1).populations
    rows = np.arange(400)[:, None]
    assert (state.colleagues != rows).all()
    elsewhere = state.staff.department[state.colleagues] != state.staff.department[rows]
    # 3,200 ties: four standard errors around the declared share, wrong once in 16,000 seeds.
    assert abs(elsewhere.mean() - 0.15) < 4 * np.sqrt(0.15 * 0.85 / elsewhere.size)
    inside = sample_initial(even(cross_ties=0.0, staff=400), 1).populations
    assert (inside.staff.department[inside.colleagues] == inside.staff.department[rows]).all()


@pytest.mark.parametrize("staff", [1, 2, 3])
def test_the_smallest_organisations_can_be_initialised(staff: int) -> None:
    state = initialise(sized(staff=staff, departments=1, front_departments=1, customers=1, segments=1), 2)
    assert state.populations.colleagues.shape == (staff, min(8, staff - 1))
    assert (state.populations.colleagues != np.arange(staff)[:, None]).all()


def test_a_person_who_listens_to_eight_colleagues_of_a_large_department_listens_to_eight_people() -> None:
    colleagues = sample_initial(even(cross_ties=0.0, departments=1, front_departments=1), 1).populations.colleagues
    assert {len(set(row)) for row in colleagues.tolist()} == {8}


def test_each_segment_is_half_as_large_as_the_next_and_all_weigh_the_same_in_revenue() -> None:
    s = sized(customers=40_000, prospects=0.0, warm_up=0)
    customers = sample_initial(s, 1).populations.customers
    parts = np.bincount(customers.segment) / 40_000
    assert parts == pytest.approx([1 / 7, 2 / 7, 4 / 7], abs=4 * 0.5 / np.sqrt(40_000))
    worth = np.bincount(customers.segment, customers.value)
    assert worth / worth.sum() == pytest.approx(np.full(3, 1 / 3), abs=0.01)
    assert customers.value.mean() == pytest.approx(s.accounts.revenue, rel=0.02)


def test_the_market_holds_customers_first_and_then_prospects() -> None:
    customers = sample_initial(sized(customers=100, prospects=0.5), 1).populations.customers
    assert len(customers.active) == 150
    assert (customers.active[:100] == 1).all() and not customers.active[100:].any()
    assert (customers.far_tie >= 0).all() and (customers.far_tie < 150).all()


def test_a_large_organisation_is_drawn_anew_each_time_and_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = initialise(sized(), 9)
    monkeypatch.setattr("ccsim.model.initial_state.MAX_CACHED_ROWS", 0)
    first, second = initialise(sized(), 9), initialise(sized(), 9)
    step(first)
    for name, column in columns(second).items():
        assert np.array_equal(column, columns(kept)[name]), name
    assert not np.array_equal(first.populations.customers.satisfaction, second.populations.customers.satisfaction)


@pytest.mark.parametrize(
    ("staff", "departments", "front", "posts"),
    [
        # Of 100 contacts at the front 50 go on to the back office, and 25 from there to any other department.
        (300, 3, 2, [107, 107, 86]),  # in proportion to 62.5, 62.5 and 50
        (88, 4, 2, [29, 29, 15, 15]),  # in proportion to 58.3, 58.3, 29.2 and 29.2
        (30, 3, 3, [10, 10, 10]),
        (7, 1, 1, [7]),
    ],
)
def test_departments_are_staffed_for_their_ordinary_work(
    staff: int, departments: int, front: int, posts: list[int]
) -> None:
    s = replace_values(sized(staff=staff, departments=departments, front_departments=front), {"demand.journeys": 0.45})
    assert [last - first for first, last in bounds(s)] == posts


@pytest.mark.parametrize(
    ("tiers", "span", "leaders"),
    [
        (0, 4, []),
        (1, 4, [(2, 0, -1, 4), (2, 0, -1, 1), (2, 1, -1, 4), (2, 1, -1, 1), (2, 2, -1, 4)]),
        (2, 5, [(1, 0, -1, 5), (1, 1, -1, 5), (1, 2, -1, 4), (2, 0, 0, 5), (2, 1, 1, 5), (2, 2, 2, 4)]),
        (3, 3, [(0, -1, -1, 14), (1, 0, 0, 5), (1, 1, 0, 5), (1, 2, 0, 4), (2, 0, 1, 3), (2, 0, 1, 2), (2, 1, 2, 3),
                (2, 1, 2, 2), (2, 2, 3, 3), (2, 2, 3, 1)]),
    ],
)  # fmt: skip
def test_leaders_stand_in_tiers_with_the_people_whom_they_lead(
    tiers: int, span: int, leaders: list[tuple[int, int, int, int]]
) -> None:
    # 14 people in departments of five, five and four.
    state = sample_initial(sized(staff=14, tiers=tiers, span=span), 1).populations
    assert np.bincount(state.staff.department).tolist() == [5, 5, 4]
    names = ("tier", "department", "superior", "span")
    rows = [tuple(int(getattr(state.leaders, name)[k]) for name in names) for k in range(len(state.leaders))]
    assert rows == leaders
    teams = [k for k, row in enumerate(rows) if row[0] == 2]
    assert state.staff.leader.tolist() == [k for k in teams for _ in range(rows[k][3])] or tiers == 0
    heads = [k for k, row in enumerate(rows) if row[0] == 1]
    assert state.departments.head.tolist() == (heads or [-1] * 3)
    assert state.departments.front.tolist() == [1, 1, 0]


def test_departments_and_the_firm_start_in_their_ordinary_state() -> None:
    s = replace_values(
        sized(),
        {"offer.drift": 0.02, "offer.cocreation": 0.3, "work_pace.baseline_workload": 0.77, "defects.baseline": 0.13},
    )
    state = sample_initial(s, 1).populations
    departments, firm, segments = state.departments, state.firm, state.segments
    for name, value in {"workload": 0.9, "load": 0.77, "standard": 1.0, "defects": 0.13, "insight": 0.35, "queue_first": -1, "queue_last": -1,
                        "handoff_factor": 1.0, "time_factor": 1.0}.items():  # fmt: skip
        assert (getattr(departments, name) == value).all(), name
    assert (departments.next_staff == departments.first_staff).all()
    assert (firm.sponsorship[0], firm.recent_quality[0], firm.mean_trust[0]) == (1.0, 0.7, 0.5)
    assert (segments.mobility == 1.0).all() and (state.staff.contract == 1.0).all()
    pace = offer_update(0.0, perceived_gap(1.0, 0.35, s.offer), s.offer)
    assert pace > 0.02 and segments.position == pytest.approx(-0.02 / pace)
    for drift, hours, position in ((0.5, 20.0, -1.0), (0.5, 0.0, 0.0)):
        s = replace_values(sized(), {"offer.drift": drift, "offer.design_hours": hours})
        assert sample_initial(s, 1).populations.segments.position == pytest.approx(position)


def test_people_in_the_market_start_as_their_draws_say() -> None:
    s = replace_values(
        sized(customers=50), {"customer_differences.leniency_spread": 0.1, "experience.offer_satisfaction": 0.9}
    )
    customers = sample_initial(s, 4).populations.customers
    for i in range(len(customers.active)):
        draw, amount, mood, hope = uniforms4(4, CUSTOMER_STREAM, 0, i)
        segment = int(draw > 1 / 7) + int(draw > 3 / 7)
        assert customers.segment[i] == segment
        assert customers.value[i] == pytest.approx(s.accounts.revenue * 7 / 3 / 2**segment * (0.6 + 0.8 * amount))
        assert customers.satisfaction[i] == pytest.approx(
            min(1.0, max(0.0, 0.9 - 0.35 + 0.35 * mood + customers.leniency[i]))
        )
        assert customers.expectation[i] == pytest.approx(0.45 + 0.3 * hope)
    assert (customers.estimate == customers.value).all() and (customers.joined_week < -1000).all()
    assert (customers.trust == 0.5).all() and (customers.opinion == 0.5).all()


def test_the_holders_of_posts_start_as_their_draws_say() -> None:
    s = replace_values(
        sized(warm_up=4), {"empowerment.blame": 0.6, "fatigue.baseline_cynicism": 0.3, "turnover.disposition": 0.45}
    )
    staff = sample_initial(s, 4).populations.staff
    for i in range(24):
        a, b, c, d = uniforms4(4, STAFF_STREAM, -5, i)
        assert staff.skill[i] == pytest.approx(min(1.0, max(0.0, 0.53 + 0.12 * irwin_hall_normal(a, b, c, d))))
        assert (staff.hired_week[i], staff.vacant_until[i], staff.tipped_week[i]) == (-5 - int(a * 200.0), -5, NOT_YET)
        habit = 0.36 + 0.6 * (staff.disposition[i] - 0.45) + 0.3 * (b - 0.5)
        assert staff.habit[i] == pytest.approx(min(1.0, max(0.0, habit)))
        assert staff.conviction[i] == pytest.approx(min(1.0, staff.disposition[i] + 0.12))
    assert staff.safety == pytest.approx(0.7) and staff.cynicism == pytest.approx(0.3)
    assert staff.peer_practice == pytest.approx(0.3) and (staff.engagement == staff.baseline_engagement).all()


def test_leaders_start_with_the_rights_that_the_levels_above_pass_on() -> None:
    leaders = sample_initial(replace_values(sized(tiers=3), {"empowerment.rights": 0.6}), 2).populations.leaders
    assert (leaders.expected_rights == 0.6).all()
    for k in range(len(leaders)):
        above = leaders.superior[k]
        received = 0.6 if above < 0 else leaders.delegated_rights[above]
        assert leaders.delegated_rights[k] == pytest.approx(
            received * (1.0 - leaders.control[k] * (1.0 - leaders.conviction[k]))
        )


def test_the_next_desks_are_taken_in_turn_on_both_sides_and_round_the_department() -> None:
    # Rows 4 to 8 are a department of five among 12.
    inside = [sample_tie(5, k, 6, 4, 9, 12, 0.3, 0.3, 0.0) for k in range(4)]
    assert inside == [6, 4, 7, 8]
    assert sample_tie(8, 0, 6, 4, 9, 12, 0.3, 0.9, 0.0) == 4
    across = [sample_tie(5, 0, 6, 4, 9, 12, 0.3, 0.29, where) for where in (0.0, 0.57, 0.58, 0.99)]
    assert across == [0, 3, 9, 11]
    # Alone in a department a person listens to the next row, the last one to the first.
    assert [sample_tie(i, 0, 6, i, i + 1, 12, 0.0, 0.5, 0.0) for i in (3, 11)] == [4, 0]
    # In an organisation of one department nobody is elsewhere.
    assert sample_tie(5, 0, 6, 0, 12, 12, 1.0, 0.5, 0.9) == 6


def test_small_organisations_are_simulated_once_per_seed_and_large_ones_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    past: list[int] = []
    real = initial_state._after_warm_up
    monkeypatch.setattr(initial_state, "_after_warm_up", lambda *given: past.append(1) or real(*given))
    initial_state._cached.cache_clear()
    s = sized(customers=100, prospects=0.5, warm_up=0)
    for most, count in ((24 + 150, 1), (24 + 149, 2)):
        monkeypatch.setattr(initial_state, "MAX_CACHED_ROWS", most)
        initial_state._cached.cache_clear()
        past.clear()
        for _ in range(2):
            initialise(s, 77)
        assert len(past) == count, most


@pytest.mark.parametrize(("named", "ties"), [(0.0, 5), (0.05, 30), (1.0, 30)])
def test_there_is_room_for_as_many_ties_as_a_person_may_have(named: float, ties: int) -> None:
    s = replace_values(sized(staff=40, ties=5), {"ties.named": named})
    assert sample_initial(s, 1).populations.colleagues.shape == (40, ties)
    small = replace_values(sized(staff=4, ties=5), {"ties.named": named})
    assert sample_initial(small, 1).populations.colleagues.shape == (4, 3)


def test_people_have_as_many_ties_unless_they_differ_in_how_readily_they_are_named() -> None:
    for named, numbers in ((0.0, 1), (0.05, 4)):
        colleagues = sample_initial(
            replace_values(sized(staff=40, ties=5), {"ties.named": named}), 1
        ).populations.colleagues
        assert len(set((colleagues >= 0).sum(axis=1).tolist())) >= numbers
        assert named > 0.0 or (colleagues >= 0).all()
