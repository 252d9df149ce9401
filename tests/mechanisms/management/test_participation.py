import numpy as np
import pytest
from small_world import after_programme, set_to, world_of

from ccsim.mechanisms.management.participation import release_probability, volunteers


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
