import numpy as np
import pytest
from small_world import check_off, set_to, world_of

from ccsim.mechanisms.experience.experience import felt_quality, shares_experience, update_satisfaction
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState


def judged(s: Settings, quality: float | None, satisfaction: float = 0.6, expectation: float = 0.6) -> ModelState:
    """Let everybody have one contact of the same quality, or none."""
    state = world_of(set_to())
    state.reset_flows()
    customers = state.populations.customers
    customers.satisfaction[:], customers.expectation[:], customers.joined_week[:] = satisfaction, expectation, -99
    if quality is not None:
        customers.events[customers.active == 1] = 1.0
        customers.quality[customers.active == 1] = quality
    state.populations.segments.offer_value[:] = s.experience.offer_satisfaction
    update_satisfaction(
        customers, state.populations.segments, state.populations.firm, s.experience, state.settings.promise, 0, 0
    )
    return state


def column(state: ModelState, name: str) -> np.ndarray:
    customers = state.populations.customers
    return np.asarray(getattr(customers, name)[customers.active == 1])


OFF = {
    "experience.adaptation_rate": lambda s: all(
        (column(judged(s, 0.1), name) == 0.6).all() for name in ("satisfaction", "expectation")
    ),
    "experience.loss_aversion": lambda s: felt_quality(0.4, 0.6, s.experience) == pytest.approx(0.4),
    "experience.forgetting_rate": lambda s: (column(judged(s, None), "satisfaction") == 0.6).all(),
    "experience.noticing_rate": lambda s: (
        judged(s, 0.1).populations.firm.recent_quality[0] == judged(s, None).populations.firm.recent_quality[0]
    ),
    "experience.talk_probability": lambda s: not shares_experience(1.0, 1e-12, s.experience),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_what_was_expected_leaves_satisfaction_on_its_way_to_the_expectation() -> None:
    state = judged(set_to(), 0.6)
    assert column(state, "satisfaction") == pytest.approx(0.6)
    assert column(state, "expectation") == pytest.approx(0.6)


def test_a_disappointment_weighs_more_than_an_equal_surprise() -> None:
    up = column(judged(set_to(), 0.8), "satisfaction")[0] - 0.6
    down = 0.6 - column(judged(set_to(), 0.4), "satisfaction")[0]
    assert down == pytest.approx(set_to().experience.loss_aversion * up)
    assert up == pytest.approx(0.2 * set_to().experience.adaptation_rate)


def test_felt_quality_stays_a_share() -> None:
    p = set_to({"experience.loss_aversion": 10.0}).experience
    assert felt_quality(0.0, 1.0, p) == 0.0
    assert felt_quality(1.0, 0.0, p) == 1.0


def test_between_contacts_satisfaction_returns_to_the_worth_of_the_offer() -> None:
    p = set_to().experience
    assert column(judged(set_to(), None), "satisfaction") == pytest.approx(
        0.6 + (p.offer_satisfaction - 0.6) * p.forgetting_rate
    )


def test_newcomers_begin_with_the_offer_and_what_they_have_heard() -> None:
    state = world_of(set_to())
    state.reset_flows()
    customers = state.populations.customers
    customers.joined_week[0], customers.active[0], customers.opinion[0] = 0, 1, 0.8
    p = state.settings.experience._replace(forgetting_rate=0.0)
    state.populations.segments.offer_value[:] = p.offer_satisfaction
    update_satisfaction(customers, state.populations.segments, state.populations.firm, p, state.settings.promise, 0, 0)
    assert (customers.satisfaction[0], customers.expectation[0]) == pytest.approx(
        (p.offer_satisfaction, 0.4 + 0.5 * 0.8)
    )


def test_the_further_from_indifferent_the_sooner_it_is_reported() -> None:
    p = set_to({"experience.talk_probability": 1.0}).experience
    chances = [
        np.mean([shares_experience(felt, (k + 0.5) / 1000, p) for k in range(1000)])
        for felt in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert chances == pytest.approx([1.0, 0.5, 0.0, 0.5, 1.0], abs=2e-3)


def test_people_outside_the_organisation_are_left_alone() -> None:
    state = world_of(set_to())
    state.reset_flows()
    customers = state.populations.customers
    outside = customers.active == 0
    before = customers.satisfaction[outside].copy()
    state.populations.segments.offer_value[:] = state.settings.experience.offer_satisfaction
    update_satisfaction(
        customers,
        state.populations.segments,
        state.populations.firm,
        state.settings.experience,
        state.settings.promise,
        2,
        0,
    )
    assert (customers.satisfaction[outside] == before).all()
