import numpy as np
import pytest
from small_world import check_off, set_to

from ccsim.mechanisms.service.handling_options import ESCALATE, FAST, HAND_OVER, SCRIPT, SOLVE
from ccsim.mechanisms.service.service_quality import courtesy_of, quality_of

OPTIONS = (FAST, SCRIPT, SOLVE, HAND_OVER, ESCALATE)

OFF = {
    "service.waiting": lambda s: quality_of(SCRIPT, 1.0, 5, 0, s.service) == quality_of(SCRIPT, 1.0, 0, 0, s.service),
    "service.hassle": lambda s: quality_of(SCRIPT, 1.0, 0, 3, s.service) == quality_of(SCRIPT, 1.0, 0, 0, s.service),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_quality_falls_with_waiting_failure_and_hassle_and_stays_a_share() -> None:
    p = set_to().service
    best = quality_of(SOLVE, 1.0, 0, 0, p)
    assert best == pytest.approx(p.courtesy * p.caring + 1 - p.courtesy)
    assert best > quality_of(SOLVE, 1.0, 2, 0, p) > quality_of(SOLVE, 0.0, 2, 0, p)
    assert quality_of(SOLVE, 0.0, 500, 50, p) == 0.0
    courtesies = np.array([courtesy_of(option, p) for option in OPTIONS])
    assert courtesies.argmax() == SOLVE and (courtesies <= 1).all()
