import numpy as np
import pytest
from small_world import check_off, first_mix, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.incentives.recognition import recognised, reserve_time, update_recognition
from ccsim.model.week import step

FULL = {"recognition.level": 1.0}


def column(s: object, name: str, weeks: int = 6) -> np.ndarray:
    state = world_of(s)  # type: ignore[arg-type]
    for _ in range(weeks):
        step(state)
    return np.array(getattr(state.populations.staff, name))


def attention(s: object) -> float:
    state = world_of(with_values(s, {"organisation.tiers": 3, "leadership.escalation_capacity": 12.0}))  # type: ignore[arg-type]
    step(state)
    departments = state.populations.departments
    return float(state.populations.leaders.escalation_capacity.sum() + departments.escalated.sum())


OFF = {
    "recognition.level": lambda s: recognised(5.0, s.recognition) == 0.0,
    "recognition.utility_weight": lambda s: not column(with_values(s, FULL), "expected_recognition").any(),
    "recognition.expectation_rate": lambda s: not column(with_values(s, FULL), "expected_recognition").any(),
    "recognition.engagement_gain": lambda s: not column(with_values(s, FULL), "engagement_bonus").any(),
    "recognition.habit_reinforcement": lambda s: np.array_equal(
        column(
            with_values(s, {**FULL, "recognition.utility_weight": 0.0, "recognition.engagement_gain": 0.0}), "habit"
        ),
        column(
            with_values(
                s,
                {
                    **FULL,
                    "recognition.utility_weight": 0.0,
                    "recognition.engagement_gain": 0.0,
                    "recognition.habit_reinforcement": 0.0,
                },
            ),
            "habit",
        ),
    ),
    "recognition.displaced_cases": lambda s: (
        attention(with_values(s, FULL)) == pytest.approx(attention(with_values(s, {"recognition.level": 0.0})))
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_the_first_good_acts_are_recognised_most() -> None:
    p = set_to(FULL).recognition
    seen = [recognised(successes, p) for successes in (0.0, 1.0, 2.0, 3.0)]
    assert seen[0] == 0.0 and seen[1] == 0.5
    assert np.all(np.diff(seen) > 0) and np.all(np.diff(seen, 2) < 0)


def test_who_expects_recognition_solves_more() -> None:
    assert first_mix(set_to(), expected_recognition=2.0)[2] > first_mix(set_to(), expected_recognition=0.0)[2]


def test_recognition_lifts_engagement_and_ends_with_itself() -> None:
    praised, plain = (tallies_of(set_to({"recognition.level": level}), 30) for level in (0.8, 0.0))
    assert praised["engagement"][-1] > plain["engagement"][-1]
    state = world_of(set_to(FULL))
    for _ in range(10):
        step(state)
    state.settings = set_to()
    before = state.populations.staff.expected_recognition.mean()
    for _ in range(40):
        step(state)
    assert state.populations.staff.expected_recognition.mean() < 0.1 * before


def test_leaders_time_never_falls_below_none() -> None:
    state = world_of(set_to({**FULL, "recognition.displaced_cases": 50.0, "organisation.tiers": 3}))
    step(state)
    assert state.populations.leaders.escalation_capacity.min() >= 0.0
    assert state.populations.departments.escalated.sum() == 0.0


def test_recognition_takes_leaders_time_for_each_person_in_post_whom_they_lead() -> None:
    populations, p = (
        world_of(set_to({"organisation.tiers": 1, "organisation.span": 100})).populations,
        set_to({"recognition.level": 0.5}).recognition,
    )
    p = p._replace(displaced_cases=0.4)
    populations.staff.vacant_until[:], populations.staff.vacant_until[1] = 6, 7
    populations.leaders.escalation_capacity[:] = (10.0, 10.0, 1.0)
    reserve_time(populations.staff, populations.leaders, p, 6)
    led = np.bincount(populations.staff.leader) - np.array([1, 0, 0])
    assert populations.leaders.escalation_capacity == pytest.approx(
        np.maximum(0.0, np.array([10.0, 10.0, 1.0]) - 0.2 * led)
    )


def test_recognition_is_expected_felt_and_ends_with_the_person() -> None:
    state = world_of(set_to({"organisation.tiers": 1, "organisation.span": 100}))
    state.reset_flows()
    staff, p = state.populations.staff, set_to({"recognition.level": 0.5}).recognition
    staff.leader[2], staff.arrived[3] = -1, 1
    staff.expected_recognition[:], staff.visible_successes[:], staff.engagement_bonus[:] = 0.2, 3.0, 0.01
    update_recognition(staff, p)
    shown = 0.5 * 0.75
    expected = 0.2 + p.expectation_rate * (p.utility_weight * shown - 0.2)
    assert staff.expected_recognition[[0, 2, 3]] == pytest.approx([expected, 0.2 * (1.0 - p.expectation_rate), 0.0])
    assert staff.recognised[[0, 2, 3]] == pytest.approx([shown, 0.0, 0.0])
    assert staff.engagement_bonus[[0, 2, 3]] == pytest.approx([0.01 + p.engagement_gain * shown, 0.01, 0.01])
