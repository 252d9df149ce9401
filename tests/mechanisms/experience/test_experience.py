import numpy as np
import pytest
from small_world import check_off, set_to, world_of

from ccsim.mechanisms.experience.experience import felt_quality, shares_experience, spread, update_satisfaction
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


def test_a_story_reaches_neighbours_round_the_ends_of_the_market_and_one_person_far_away() -> None:
    customers = world_of(set_to()).populations.customers
    count = len(customers.active)
    customers.far_tie[:] = 50
    for teller, felt, weight, reach, listeners in (
        (0, 0.5, 1.0, 2, [1, 2, count - 1, count - 2, 50]),
        (count - 1, 0.499, 1.5, 2, [0, 1, count - 2, count - 3, 50]),
        (20, 0.9, 1.0, 1, [19, 21, 50]),
        (1, 0.9, 1.0, 2, [0, 2, 3, count - 1, 50]),
        (count - 2, 0.9, 1.0, 2, [count - 1, 0, count - 3, count - 4, 50]),
        (50, 0.0, 1.5, 1, [49, 51, 50]),
        (20, 0.9, 1.0, 0, []),
    ):
        customers.heard_opinion[:], customers.voices[:] = 0.0, 0.0
        spread(teller, felt, customers, reach)
        assert sorted(np.flatnonzero(customers.voices).tolist()) == sorted(listeners)
        assert customers.voices[listeners] == pytest.approx(weight)
        assert customers.heard_opinion[listeners] == pytest.approx(weight * felt)


def test_contacts_of_a_week_move_satisfaction_expectation_and_trust_by_their_mean_quality() -> None:
    state = world_of(set_to())
    state.reset_flows()
    customers, segments, firm = state.populations.customers, state.populations.segments, state.populations.firm
    s = set_to({"promise.level": 0.1, "experience.talk_probability": 1.0})
    p = s.experience._replace(loss_aversion=2.0, adaptation_rate=0.2, noticing_rate=0.5, forgetting_rate=0.1)
    customers.joined_week[:], customers.u_talk[:] = -99, 0
    customers.satisfaction[:], customers.expectation[:], customers.trust[:], customers.leniency[:] = 0.6, 0.5, 0.4, 0.05
    customers.events[:], customers.quality[:], customers.far_tie[:] = 0.0, 0.0, 100
    customers.events[:3], customers.quality[:3] = (2.0, 1.0, 1.0), (1.6, 0.2, 0.5)
    firm.recent_quality[0], segments.offer_value[:] = 0.7, 0.8
    update_satisfaction(customers, segments, firm, p, s.promise, 1, 7)
    felt = [0.8, 0.5 - 2.0 * 0.3, 0.5]  # the second is a loss, which counts twice and is limited to 0
    judged_by = [min(1.0, max(0.0, one) + 0.05) for one in felt]
    assert customers.satisfaction[:3] == pytest.approx([0.6 + 0.2 * (one - 0.6) for one in judged_by])
    assert customers.expectation[:3] == pytest.approx([0.5 + 0.2 * (one - 0.5) for one in (0.8, 0.2, 0.5)])
    rate = s.promise.trust_rate
    assert customers.trust[:3] == pytest.approx([0.4 + rate * 0.6, 0.4 - rate * 0.4, 0.4 + rate * 0.6])
    assert customers.satisfaction[3] == pytest.approx(0.6 + 0.1 * (0.85 - 0.6))
    assert firm.recent_quality[0] == pytest.approx(0.7 + 0.5 * (2.3 / 4.0 - 0.7))
    # At a talk draw of 0 all tell who are not neutral: one well, one ill.
    assert (segments.positive_mentions.sum(), segments.negative_mentions.sum()) == (1.0, 1.0)
    assert customers.voices[100] == pytest.approx(1.0 + 1.5) and customers.heard_opinion[100] == pytest.approx(0.8)


def test_a_customer_who_joined_before_and_left_does_not_start_anew() -> None:
    state = world_of(set_to())
    state.reset_flows()
    customers = state.populations.customers
    customers.joined_week[:3], customers.active[:3], customers.expectation[:3] = (4, 4, 3), (1, 0, 1), 0.9
    update_satisfaction(
        customers,
        state.populations.segments,
        state.populations.firm,
        state.settings.experience,
        state.settings.promise,
        0,
        4,
    )
    assert customers.expectation[0] == pytest.approx(0.4 + 0.5 * customers.opinion[0])
    assert customers.expectation[1:3] == pytest.approx(0.9) and customers.trust[0] == 0.5
