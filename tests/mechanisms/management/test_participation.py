import numpy as np
import pytest
from small_world import after_programme, set_to, world_of

from ccsim.mechanisms.management.participation import (
    ParticipationParameters,
    in_reach,
    involve_volunteers,
    meet_customers,
    release_probability,
    volunteers,
)
from ccsim.mechanisms.management.programme import inform


def test_the_bottom_buys_improvement_meetings_and_routines() -> None:
    state = after_programme(set_to({"programme.budget": 900.0, "programme.top_down_share": 0.0}))
    firm = state.populations.firm
    assert firm.improvement_hours[0] > 0 and firm.embedding_hours[0] > 0
    assert not (firm.announced_hours[0] or firm.training_hours[0] or firm.coaching_hours[0])
    assert firm.spent[0] == pytest.approx(
        45.0 * (firm.improvement_hours[0] + firm.customer_hours[0] + firm.embedding_hours[0])
    )
    assert state.populations.departments.embedding.sum() == pytest.approx(firm.embedding_hours[0])


def test_each_meeting_lasts_two_hours_and_speaks_for_the_customer() -> None:
    staff = after_programme(set_to({"programme.budget": 3000.0, "programme.top_down_share": 0.0})).populations.staff
    assert set(staff.customer_hours.tolist()) == {0.0, 2.0}
    assert (staff.sources == staff.customer_hours).all()


def test_the_convinced_volunteer_as_far_as_their_leader_lets_them() -> None:
    chances = [
        np.mean([volunteers(c, r, (k + 0.5) / 1000) for k in range(1000)]) for c, r in ((1, 1), (0.5, 0.5), (0, 1))
    ]
    assert chances == pytest.approx([1.0, 0.25, 0.0], abs=1e-3)


def test_where_there_is_no_leader_no_person_holds_volunteers_back() -> None:
    led, free = (world_of(set_to({"organisation.tiers": tiers})).populations for tiers in (1, 0))
    led.leaders.conviction[:] = 0.3
    assert release_probability(0, led.staff, led.leaders) == 0.3
    assert release_probability(0, free.staff, free.leaders) == 1.0


def test_the_smallest_purse_is_spent_too() -> None:
    state = after_programme(set_to({"programme.budget": 0.05, "programme.top_down_share": 0.0})).populations
    assert state.firm.embedding_hours[0] > 0.0
    assert 0.0 < state.firm.spent[0] < 100.0


def test_volunteers_share_the_time_that_is_bought_up_to_the_most_a_person_may_spend() -> None:
    for budget, each in ((500.0, 8.0 / 9.0), (2000.0, 2.0)):
        s = set_to({
            "programme.budget": budget, "programme.top_down_share": 0.2, "programme.cost_per_hour": 40.0, "programme.max_hours": 2.0,
            "programme.improvement": 0.8, "programme.immersion": 0.0, "programme.embedding": 0.2, "rollout.testing_share": 0.0,
        })  # fmt: skip
        state = world_of(set_to({"organisation.tiers": 0}))
        state.reset_flows()
        populations = state.populations
        staff, departments, firm = populations.staff, populations.departments, populations.firm
        staff.vacant_until[:], staff.conviction[:], staff.conviction[:9], staff.vacant_until[10:12] = 4, 0.0, 1.0, 5
        firm.sponsorship[0] = 1.0
        parameters = ParticipationParameters(s.programme, s.rollout, s.visible_successes, 0.5)
        involve_volunteers(staff, populations.leaders, departments, firm, parameters, 3, 4)
        assert staff.improvement_hours == pytest.approx([each] * 9 + [0.0] * 15)
        embedding = budget * 0.8 * 0.2 / 40.0 / 24
        people = np.bincount(staff.department, staff.vacant_until <= 4)
        assert departments.embedding == pytest.approx(embedding * people)
        assert firm.embedding_hours[0] == pytest.approx(embedding * 22)
        assert not staff.customer_hours.any()


def test_customers_are_met_with_the_chance_that_the_money_for_it_buys() -> None:
    staff = world_of(set_to()).populations.staff
    staff.customer_hours[:], staff.sources[:] = 1.0, 0.5
    meet_customers(0, 0.29, 0.3, staff)
    meet_customers(1, 0.3, 0.3, staff)
    assert staff.customer_hours[:2].tolist() == [3.0, 1.0] and staff.sources[:2].tolist() == [2.5, 0.5]


def test_the_leader_in_row_0_releases_people_like_any_other() -> None:
    led = world_of(set_to({"organisation.tiers": 1})).populations
    led.leaders.conviction[:] = 0.1 * np.arange(1, len(led.leaders) + 1)
    released = [release_probability(i, led.staff, led.leaders) for i in range(24)]
    assert released == pytest.approx(led.leaders.conviction[led.staff.leader])
    assert led.staff.leader.min() == 0


def test_a_post_is_in_reach_if_its_department_is_and_a_person_is_in_it() -> None:
    populations, rollout = world_of(set_to()).populations, set_to({"rollout.reach": 0.5}).rollout
    populations.staff.vacant_until[:], populations.staff.vacant_until[1] = 4, 5
    reached = [in_reach(i, populations.staff, populations.departments, rollout, 4) for i in range(24)]
    assert reached == [i != 1 and department < 2 for i, department in enumerate(populations.staff.department)]


def test_a_stopped_programme_involves_no_person() -> None:
    s = set_to({"programme.budget": 2000.0, "programme.top_down_share": 0.0})
    state = world_of(set_to())
    state.reset_flows()
    populations = state.populations
    populations.staff.conviction[:], populations.leaders.conviction[:], populations.firm.stopped[0] = 1.0, 1.0, 1.0
    parameters = ParticipationParameters(s.programme, s.rollout, s.visible_successes, 0.5)
    involve_volunteers(
        populations.staff, populations.leaders, populations.departments, populations.firm, parameters, 3, 4
    )
    assert not (populations.staff.improvement_hours.any() or populations.staff.customer_hours.any())
    assert populations.firm.embedding_hours[0] == 0.0


def test_one_person_can_be_involved_and_informed() -> None:
    s = set_to({"programme.budget": 900.0, "programme.top_down_share": 0.5})
    state = world_of(
        set_to({"organisation.staff": 1, "organisation.departments": 1, "organisation.front_departments": 1})
    )
    state.reset_flows()
    populations = state.populations
    populations.staff.conviction[:], populations.leaders.conviction[:], populations.staff.vacant_until[:] = 1.0, 1.0, 3
    parameters = ParticipationParameters(s.programme, s.rollout, s.visible_successes, 0.5)
    involve_volunteers(
        populations.staff, populations.leaders, populations.departments, populations.firm, parameters, 3, 3
    )
    inform(populations.staff, populations.leaders, populations.departments, populations.firm, s.programme, s.rollout, 3)
    assert populations.staff.improvement_hours[0] > 0.0 and populations.staff.training_hours[0] > 0.0
