import numpy as np
import pytest
from small_world import check_off, set_to, world_of

from ccsim.mechanisms.staff.engagement import engagement_target, update_engagement
from ccsim.model.settings import Settings


def goal(s: Settings, felt: float = 0.0, successes: float = 0.0, fatigue: float = 0.0, cynicism: float = 0.0) -> float:
    return engagement_target(0.5, felt, successes, fatigue, cynicism, s.engagement)


def unmoved(s: Settings) -> bool:
    state = world_of(set_to())
    state.reset_flows()
    staff = state.populations.staff
    staff.fatigue[:] = 1.0
    before = staff.engagement.copy()
    update_engagement(staff, s.engagement)
    return bool((staff.engagement == before).all())


OFF = {
    "engagement.adjustment_rate": unmoved,
    "engagement.autonomy_effect": lambda s: goal(s, felt=1.0) == 0.5,
    "engagement.success_effect": lambda s: goal(s, successes=9.0) == 0.5,
    "engagement.fatigue_effect": lambda s: goal(s, fatigue=1.0) == 0.5,
    "engagement.cynicism_effect": lambda s: goal(s, cynicism=1.0) == 0.5,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_each_circumstance_moves_engagement_by_the_declared_amount() -> None:
    s = set_to()
    p = s.engagement
    assert goal(s, felt=0.5) == pytest.approx(0.5 + 0.5 * p.autonomy_effect)
    assert goal(s, successes=2.0) == pytest.approx(0.5 + 0.5 * p.success_effect)
    assert goal(s, fatigue=0.5) == pytest.approx(0.5 - 0.5 * p.fatigue_effect)
    assert goal(s, cynicism=0.5) == pytest.approx(0.5 - 0.5 * p.cynicism_effect)
    assert goal(s, fatigue=1.0, cynicism=1.0) == 0.0 < goal(s, felt=1.0, successes=1e9) <= 1.0


def test_engagement_settles_on_what_circumstances_call_for_and_newcomers_start_there() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff = state.populations.staff
    expected = np.array([
        engagement_target(vigour, min(1.0, latitude * safety), 0.0, fatigue, cynicism, state.settings.engagement)
        for vigour, latitude, safety, fatigue, cynicism in zip(
            staff.baseline_engagement, staff.latitude, staff.safety, staff.fatigue, staff.cynicism, strict=True)
    ])  # fmt: skip
    staff.engagement[:] = 0.0
    staff.arrived[0] = 1.0
    update_engagement(staff, state.settings.engagement)
    assert staff.engagement[0] == pytest.approx(expected[0])
    assert (staff.engagement[1:] < expected[1:]).all()
    for _ in range(400):
        update_engagement(staff, state.settings.engagement)
    assert staff.engagement == pytest.approx(expected)
