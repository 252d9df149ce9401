import pytest
from small_world import set_to

from ccsim.mechanisms.incentives.measures import act_score, peer_rating, survey_score, unit_score
from ccsim.mechanisms.incentives.scorecards import customer_share, staff_share, total

CARD = set_to().staff_scorecard
MEASURES = ("handling_time", "cost", "csat", "resolution", "journey")
NONE = CARD._replace(**dict.fromkeys(MEASURES, 0.0))


@pytest.mark.parametrize(
    ("measure", "shown"),
    [("handling_time", 0.9), ("cost", 0.7), ("csat", 0.6 * 0.5 + 0.4 * 0.2), ("resolution", 1 - 0.4 * 0.8), ("journey", 0.6 * 0.3)],
)  # fmt: skip
def test_a_card_of_one_measure_shows_that_measure(measure: str, shown: float) -> None:
    p = set_to().scorecards._replace(traced_share=0.4, line_of_sight=0.6, courtesy_share=0.6)
    only = NONE._replace(**{measure: 3.0})
    assert act_score(only, 0.9, 0.7, 0.5, 0.2, 1.0, 0.3, p) == pytest.approx(shown)


def test_weights_count_relative_to_their_sum() -> None:
    p = set_to().scorecards
    twice = CARD._replace(**{name: 2 * getattr(CARD, name) for name in MEASURES})
    arguments = (0.9, 0.7, 0.5, 0.2, 1.0, 0.3)
    assert act_score(twice, *arguments, p) == pytest.approx(act_score(CARD, *arguments, p))
    assert customer_share(twice) == pytest.approx(customer_share(CARD))


def test_a_card_without_weights_shows_nothing_and_leans_to_no_person() -> None:
    assert act_score(NONE, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, set_to().scorecards) == 0.0
    assert (unit_score(NONE, 1.0, 1.0, 1.0, 1.0, 1.0), customer_share(NONE)) == (0.5, 0.5)


def test_reported_results_stay_shares_whatever_is_reported() -> None:
    assert unit_score(NONE._replace(handling_time=1.0), -3.0, 0.0, 0.0, 0.0, 0.0) == 0.0
    assert unit_score(NONE._replace(cost=1.0), 0.0, 7.0, 0.0, 0.0, 0.0) == 1.0
    assert survey_score(1.0, 1.0, set_to().scorecards) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("measure", "shown"),
    [("handling_time", 0.9), ("cost", 0.7), ("csat", 0.6), ("resolution", 0.2), ("journey", 0.3)],
)
def test_leaders_are_shown_each_measure_by_its_weight(measure: str, shown: float) -> None:
    reported = (0.9, 0.7, 0.6, 0.2, 0.3)
    for weight in (0.05, 3.0):
        assert unit_score(NONE._replace(**{measure: weight}), *reported) == pytest.approx(shown)
    one_each = NONE._replace(**dict.fromkeys(MEASURES, 1.0))
    twice = one_each._replace(**{measure: 2.0})
    assert unit_score(one_each, *reported) == pytest.approx(sum(reported) / 5)
    assert unit_score(twice, *reported) == pytest.approx((sum(reported) + shown) / 6)


def test_a_small_weight_of_what_colleagues_see_counts() -> None:
    card = NONE._replace(internal=0.05, cost=0.2)
    assert peer_rating(card, 0.6) == pytest.approx(0.05 * 0.6 / 0.25)
    assert staff_share(card) == pytest.approx(0.2)
    assert (peer_rating(NONE, 1.0), staff_share(NONE)) == (0.0, 0.0)


def test_a_small_card_is_a_card() -> None:
    card = NONE._replace(csat=0.03, cost=0.01)
    p = set_to().scorecards._replace(courtesy_share=0.6)
    assert act_score(card, 0.0, 0.4, 0.5, 0.25, 0.0, 0.0, p) == pytest.approx(0.75 * (0.3 + 0.1) + 0.25 * 0.4)
    assert unit_score(card, 0.0, 0.4, 0.5, 0.0, 0.0) == pytest.approx(0.75 * 0.5 + 0.25 * 0.4)
    assert customer_share(card) == pytest.approx(0.75)
    assert (
        total(CARD._replace(handling_time=1.0, cost=2.0, csat=4.0, resolution=8.0, journey=16.0, internal=32.0)) == 63.0
    )
