import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of

from ccsim.mechanisms.service.handling_options import ESCALATE, FAST, HAND_OVER, SCRIPT, SOLVE
from ccsim.mechanisms.service.service_quality import (
    ORDINARY_ENGAGEMENT,
    contact_quality,
    courtesy_from,
    option_courtesy,
)

OPTIONS = (FAST, SCRIPT, SOLVE, HAND_OVER, ESCALATE)

OFF = {
    "service.waiting_loss": lambda s: (
        contact_quality(0.7, 1.0, 5, 0, s.service) == contact_quality(0.7, 1.0, 0, 0, s.service)
    ),
    "service.repetition_loss": lambda s: (
        contact_quality(0.7, 1.0, 0, 3, s.service) == contact_quality(0.7, 1.0, 0, 0, s.service)
    ),
    "service.courtesy_step": lambda s: len({option_courtesy(option, s.service) for option in OPTIONS}) == 1,
    "service.engagement_courtesy": lambda s: (
        courtesy_from(SCRIPT, 0.9, s.service) == courtesy_from(SCRIPT, 0.2, s.service)
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_quality_falls_with_waiting_failure_and_hassle_and_stays_a_share() -> None:
    p = set_to().service
    caring = option_courtesy(SOLVE, p)
    best = contact_quality(caring, 1.0, 0, 0, p)
    assert best == pytest.approx(p.courtesy_weight * caring + 1 - p.courtesy_weight)
    assert best > contact_quality(caring, 1.0, 2, 0, p) > contact_quality(caring, 0.0, 2, 0, p)
    assert contact_quality(caring, 0.0, 500, 50, p) == 0.0
    courtesies = np.array([option_courtesy(option, p) for option in OPTIONS])
    assert courtesies.argmax() == SOLVE and (courtesies <= 1).all()


def test_engaged_people_treat_customers_better_and_ordinary_engagement_changes_nothing() -> None:
    p = set_to({"service.engagement_courtesy": 0.5}).service
    for option in OPTIONS:
        assert courtesy_from(option, ORDINARY_ENGAGEMENT, p) == option_courtesy(option, p)
    assert courtesy_from(FAST, 0.8, p) == pytest.approx(option_courtesy(FAST, p) + 0.5 * 0.2)
    assert courtesy_from(SOLVE, 1.0, p) == 1.0 and courtesy_from(FAST, 0.0, p) == pytest.approx(0.2)


def test_warmth_reaches_customers() -> None:
    cold, warm = (
        tallies_of(set_to({"service.engagement_courtesy": one, "turnover.baseline_engagement": 0.9}), 12)
        for one in (0.0, 0.5)
    )
    assert warm["delivered_quality"][-1] > cold["delivered_quality"][-1]


def test_quality_is_courtesy_and_solution_less_waiting_and_repetition() -> None:
    p = set_to({"service.courtesy_weight": 0.4, "service.waiting_loss": 0.03, "service.repetition_loss": 0.1, "service.base_courtesy": 0.45,
                "service.courtesy_step": 0.2}).service  # fmt: skip
    assert contact_quality(0.7, 0.5, 2, 1, p) == pytest.approx(0.4 * 0.7 + 0.6 * 0.5 - 0.06 - 0.1)
    courtesies = {FAST: 0.45, SCRIPT: 0.65, SOLVE: 0.85, HAND_OVER: 0.45, ESCALATE: 0.45}
    assert {option: option_courtesy(option, p) for option in OPTIONS} == pytest.approx(courtesies)
    assert option_courtesy(SOLVE, p._replace(base_courtesy=0.9)) == 1.0
