import pytest
from small_world import check_off, set_to, with_values, world_of

from ccsim.mechanisms.experience.experience import update_satisfaction
from ccsim.mechanisms.experience.word_of_mouth import opinion_update, update_opinion
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState
from ccsim.model.week import step


def after(settings: Settings, weeks: int = 4) -> ModelState:
    state = world_of(settings)
    for _ in range(weeks):
        step(state)
    return state


OFF = {
    "word_of_mouth.reach": lambda s: (after(s).populations.customers.opinion == 0.5).all(),
    "word_of_mouth.influence": lambda s: (
        opinion_update(0.5, 5.0, 5.0, s.word_of_mouth, 0.05) == opinion_update(0.5, 0.0, 0.0, s.word_of_mouth, 0.05)
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def told(felt: float, reach: int = 2) -> ModelState:
    """Let one customer have one contact and tell it for certain."""
    state = world_of(with_values(set_to(), {"experience.talk_probability": 1.0, "experience.adaptation_rate": 0.0}))
    state.reset_flows()
    customers = state.populations.customers
    customers.expectation[:] = felt
    customers.events[50], customers.quality[50] = 1.0, felt
    update_satisfaction(
        customers,
        state.populations.segments,
        state.populations.firm,
        state.settings.experience,
        state.settings.promise,
        reach,
        state.week,
    )
    return state


def test_a_story_reaches_the_neighbours_on_both_sides_and_one_far_away() -> None:
    customers = told(1.0).populations.customers
    reached = {row for row in range(len(customers.voices)) if customers.voices[row] > 0}
    assert reached == {48, 49, 51, 52, int(customers.far_tie[50])}
    assert not told(1.0, reach=0).populations.customers.voices.any()


def test_ill_talk_weighs_half_as_much_again() -> None:
    good, bad = told(1.0).populations, told(0.0).populations
    assert good.customers.voices[49] == 1.0 and bad.customers.voices[49] == 1.5
    assert good.segments.positive_mentions.sum() == 1 == bad.segments.negative_mentions.sum()
    assert good.segments.negative_mentions.sum() == 0 == bad.segments.positive_mentions.sum()


def test_many_voices_move_an_opinion_further_but_never_past_what_they_say() -> None:
    p = set_to().word_of_mouth
    few, many, all_at_once = (opinion_update(0.5, n, n, p, 0.0) for n in (1.0, 5.0, 1e9))
    assert 0.5 < few < many < all_at_once == pytest.approx(0.5 + 0.5 * p.influence)
    assert opinion_update(0.5, 0.0, 3.0, p, 0.0) < 0.5
    assert opinion_update(1.0, 1e9, 1e9, p, 0.0) <= 1.0


def test_what_was_heard_fades_to_neutral() -> None:
    state = told(1.0)
    update_opinion(state.populations.customers, state.settings.word_of_mouth, 0.05)
    assert state.populations.customers.opinion[49] > 0.5
    for _ in range(400):
        state.reset_flows()
        update_opinion(state.populations.customers, state.settings.word_of_mouth, 0.05)
    assert state.populations.customers.opinion[49] == pytest.approx(0.5, abs=1e-6)
