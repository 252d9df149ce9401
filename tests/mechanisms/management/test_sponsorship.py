import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.management.sponsorship import is_dropped, review_programme
from ccsim.model.week import step

IMPATIENT = {"sponsorship.patience": 0.0}


OFF = {
    "sponsorship.patience": lambda s: not is_dropped(0.0, -1.0, 0.0, 1e-9, s.sponsorship),
    "sponsorship.results_weight": lambda s: (
        is_dropped(0.5, 1.0, 0.0, 0.4, with_values(s, IMPATIENT).sponsorship)
        == is_dropped(0.5, -1.0, 0.0, 0.4, with_values(s, IMPATIENT).sponsorship)
    ),
    "sponsorship.news_weight": lambda s: (
        is_dropped(0.45, 0.0, 1.0, 0.4, with_values(s, IMPATIENT).sponsorship)
        == is_dropped(0.45, 0.0, 0.0, 0.4, with_values(s, IMPATIENT).sponsorship)
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_at_the_threshold_without_news_it_is_even() -> None:
    p = set_to(IMPATIENT).sponsorship
    assert is_dropped(p.threshold, 0.0, 0.0, 0.4999, p) and not is_dropped(p.threshold, 0.0, 0.0, 0.5001, p)


def test_conviction_results_and_news_speak_for_keeping() -> None:
    p = set_to(IMPATIENT).sponsorship
    lucks = (np.arange(1000) + 0.5) / 1000
    chance = lambda *state: np.mean([is_dropped(*state, luck, p) for luck in lucks])  # noqa: E731
    assert chance(0.2, 0.0, 0.0) > chance(0.5, 0.0, 0.0) > chance(0.8, 0.0, 0.0)
    assert chance(0.45, 0.0, 0.0) > chance(0.45, 0.02, 0.0)
    assert chance(0.45, 0.0, 0.0) > chance(0.45, 0.0, 0.5)


def test_a_decision_is_taken_once_a_quarter_by_the_executive() -> None:
    state = world_of(set_to({**IMPATIENT, "sponsorship.threshold": 0.6}))
    populations = state.populations
    populations.leaders.conviction[:] = 0.0
    for week in range(-3, 13):
        review_programme(populations.leaders, populations.firm, state.settings.sponsorship, state.seed, week)
        assert populations.firm.sponsorship[0] == (0.0 if week == 12 else 1.0)


def test_a_dropped_programme_spends_nothing() -> None:
    never = {
        **IMPATIENT,
        "leadership.executive_disposition": 0.0,
        "sponsorship.interval_weeks": 1,
        "organisation.tiers": 3,
    }
    t = tallies_of(set_to({**never, "programme.budget": 500.0, "sponsorship.results_weight": 0.0, "leadership.successes_rate": 0.0,
                      "leadership.results_rate": 0.0, "leadership.scorecard_rate": 0.0}), 12)  # fmt: skip
    assert t["spent"][-1] == 0.0 == t["sponsorship"][-1]


def test_without_leaders_no_person_drops_anything() -> None:
    t = tallies_of(
        set_to({**IMPATIENT, "organisation.tiers": 0, "programme.budget": 500.0, "sponsorship.interval_weeks": 1}), 6
    )
    assert t["spent"].min() > 0.0


def test_the_executive_can_be_called_away() -> None:
    state = world_of(set_to({"organisation.tiers": 3, "leadership.turnover_probability": 0.0}))
    state.settings = with_values(state.settings, {"leadership.successor": 1})
    before = state.populations.leaders.person.copy()
    step(state)
    assert (state.populations.leaders.person - before).tolist() == [1] + [0] * (len(before) - 1)
    assert state.populations.leaders.appointed_week[0] == state.week
    assert pytest.approx(state.week) == 0


def test_the_chance_of_being_dropped() -> None:
    p = set_to({"sponsorship.patience": 0.25, "sponsorship.threshold": 0.5, "sponsorship.width": 0.1, "sponsorship.results_weight": 2.0,
                "sponsorship.news_weight": 0.2}).sponsorship  # fmt: skip
    chance = 0.75 / (1.0 + np.exp((0.4 + 2.0 * 0.05 + 0.2 * 0.3 - 0.5) / 0.1))
    assert is_dropped(0.4, 0.05, 0.3, chance * 0.999, p) and not is_dropped(0.4, 0.05, 0.3, chance * 1.001, p)


def test_a_programme_that_was_dropped_can_be_taken_up_and_only_the_first_at_the_top_decides() -> None:
    state = world_of(set_to({"organisation.tiers": 2}))
    leaders, firm = state.populations.leaders, state.populations.firm
    s = set_to({**IMPATIENT, "sponsorship.interval_weeks": 4, "sponsorship.width": 0.03})
    for convictions, kept in (((0.0, 1.0, 1.0), 0.0), ((1.0, 0.0, 0.0), 1.0)):
        leaders.conviction[:3], firm.sponsorship[0] = convictions, 0.5
        leaders.reported_score[:], leaders.reference_score[:] = 0.5, 0.5
        for week in (-1, 0, 2):
            review_programme(leaders, firm, s.sponsorship, 3, week)
            assert firm.sponsorship[0] == 0.5
        review_programme(leaders, firm, s.sponsorship, 3, 7)
        assert firm.sponsorship[0] == kept


def test_a_programme_that_is_reviewed_every_week_is_reviewed_in_week_0() -> None:
    state = world_of(set_to())
    state.populations.leaders.conviction[:], state.populations.firm.sponsorship[0] = 0.0, 0.5
    p = set_to({**IMPATIENT, "sponsorship.width": 0.03}).sponsorship._replace(interval_weeks=1)
    review_programme(state.populations.leaders, state.populations.firm, p, 3, 0)
    assert state.populations.firm.sponsorship[0] == 0.0
