import numpy as np
import pytest
from small_world import CHOICES, check_off, first_mix, set_to, with_values, world_of

from ccsim.mechanisms.incentives.scorecards import incentive_weight, pressure_factor
from ccsim.model.settings import Settings, all_parameters
from ccsim.model.week import step

MEASURES = ("handling_time", "cost", "csat", "resolution", "journey")


def blind_to_the_card(s: object) -> bool:
    time = with_values(s, {"staff_scorecard.handling_time": 1000.0})  # type: ignore[arg-type]
    journey = with_values(s, {"staff_scorecard.journey": 1000.0})  # type: ignore[arg-type]
    return bool((first_mix(time) == first_mix(journey)).all())


def mix_when_leaders_see(s: Settings, seen: float) -> np.ndarray:
    """Return how the cases of week 0 are handled when all leaders see a result and are used to 0.6."""
    state = world_of(s)
    state.populations.leaders.reported_score[:], state.populations.leaders.reference_score[:] = seen, 0.6
    step(state)
    return np.array([getattr(state.populations.departments, name).sum() for name in CHOICES])


def deaf_to_results(s: Settings) -> bool:
    return bool((mix_when_leaders_see(s, 0.3) == mix_when_leaders_see(s, 0.6)).all())


OFF = {
    "scorecards.strength": blind_to_the_card,
    "scorecards.utility_weight": blind_to_the_card,
    "scorecards.pressure": deaf_to_results,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_rewards_weigh_half_at_the_half_strength_and_in_proportion_to_taste() -> None:
    p = set_to().scorecards
    assert incentive_weight(1.0, p._replace(strength=p.half_saturation)) == pytest.approx(p.utility_weight / 2)
    assert incentive_weight(0.0, p) == 0.0
    assert incentive_weight(2.0, p) == pytest.approx(2 * incentive_weight(1.0, p))


def test_people_lean_to_what_is_counted() -> None:
    time, journey = ({f"staff_scorecard.{name}": 0.0 for name in MEASURES} for _ in range(2))
    time["staff_scorecard.handling_time"] = journey["staff_scorecard.journey"] = 1.0
    fast = np.array(
        [
            first_mix(set_to({"implementation.gap": False}), {**card, "scorecards.strength": 3.0})
            for card in (time, journey)
        ]
    )
    assert fast[0, 0] > fast[1, 0]
    assert fast[0, 2] < fast[1, 2]


def test_leaders_press_twice_as_hard_at_most_and_not_at_all_when_far_ahead() -> None:
    p = set_to().scorecards._replace(pressure=4.0)
    assert [pressure_factor(behind, p) for behind in (0.0, 0.1, 1.0, -1.0)] == pytest.approx([1.0, 1.4, 2.0, 0.0])


def test_a_result_behind_the_usual_makes_people_lean_more_to_what_is_counted() -> None:
    time = {**{f"staff_scorecard.{name}": 0.0 for name in MEASURES}, "staff_scorecard.handling_time": 1.0}
    behind, ahead = (mix_when_leaders_see(set_to(time), seen) for seen in (0.35, 0.85))
    assert behind[0] > ahead[0]


@pytest.mark.parametrize("card", ["staff_scorecard", "head_scorecard", "executive_scorecard"])
def test_weights_of_a_card_are_levers_of_which_only_the_ratios_count(card: str) -> None:
    for name in (*MEASURES, "internal"):
        row = all_parameters()[f"{card}.{name}"]
        assert (row.range, row.legal, row.role, row.unit) == ((0.0, 1.0), (0.0, 1000.0), "lever", "weight")
