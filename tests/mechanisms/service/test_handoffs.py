import pytest
from small_world import check_off, set_to, tallies_of

from ccsim.mechanisms.service import handling_options
from ccsim.mechanisms.service.handoffs import loss_of_context


def script(lost: int, s: object) -> tuple[float, float]:
    service, handoffs = s.service, s.handoffs  # type: ignore[attr-defined]
    return (
        handling_options.handling_time(handling_options.SCRIPT, 0.5, 0.0, lost, 0.0, service, handoffs.repeat_time),
        handling_options.success_probability(
            handling_options.SCRIPT, 0.5, 0.5, 1.0, lost, 0.0, service, handoffs.handoff_error
        ),
    )


def escalated(s: object) -> float:
    service, handoffs = s.service, s.handoffs  # type: ignore[attr-defined]
    return handling_options.success_probability(
        handling_options.ESCALATE, 0.5, 0.5, 1.0, 0, 0.0, service, handoffs.handoff_error
    )


OFF = {
    "handoffs.loss_probability": lambda s: tallies_of(s, 6)["handoffs_lost"].sum() == 0.0,
    "handoffs.warm_factor": lambda s: loss_of_context(1, 0.0, s.handoffs) == loss_of_context(0, 0.0, s.handoffs),
    "handoffs.cold_factor": lambda s: loss_of_context(2, 0.0, s.handoffs) == loss_of_context(0, 0.0, s.handoffs),
    "handoffs.repeat_time": lambda s: script(1, s)[0] == script(0, s)[0],
    "handoffs.handoff_error": lambda s: script(1, s)[1] == script(0, s)[1] and escalated(s) == 1.0,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_certain_loss_loses_every_hand_off_that_is_not_made_in_person() -> None:
    t = tallies_of(set_to({"handoffs.loss_probability": 1.0, "handoffs.warm_factor": 1.0}), 8)
    assert t["handoffs"].sum() > 0
    assert t["handoffs_lost"] == pytest.approx(t["handoffs"])
    assert loss_of_context(2, 0.0, set_to({"handoffs.loss_probability": 1.0}).handoffs) == 1.0


def test_what_was_lost_costs_time_and_success() -> None:
    (time, success), (time_lost, success_lost) = script(0, set_to()), script(1, set_to())
    assert time_lost == pytest.approx(1.4 * time) and success_lost == pytest.approx(
        (1 - set_to().handoffs.handoff_error) * success
    )


def test_more_loss_means_fewer_sound_journeys() -> None:
    sound = [tallies_of(set_to({"handoffs.loss_probability": loss}), 40)["resolved_first"].sum() for loss in (0.0, 1.0)]
    assert sound[0] > sound[1]


def test_one_department_hands_nothing_over() -> None:
    t = tallies_of(set_to({"organisation.departments": 1, "organisation.front_departments": 1}), 8)
    assert t["handoffs"].sum() == 0.0 == t["handed_over"].sum()
