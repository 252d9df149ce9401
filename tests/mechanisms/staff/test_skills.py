import numpy as np
import pytest
from small_world import check_off, set_to, world_of

from ccsim.mechanisms.staff.skills import skill_update, update_skill

OFF = {
    "skills.training_rate": lambda s: (
        skill_update(0.5, 9.0, 0.0, 0.0, s.skills) == skill_update(0.5, 0.0, 0.0, 0.0, s.skills)
    ),
    "skills.coaching_rate": lambda s: (
        skill_update(0.5, 0.0, 9.0, 0.0, s.skills) == skill_update(0.5, 0.0, 0.0, 0.0, s.skills)
    ),
    "skills.practice_rate": lambda s: (
        skill_update(0.5, 0.0, 0.0, 9.0, s.skills) == skill_update(0.5, 0.0, 0.0, 0.0, s.skills)
    ),
    "skills.decay_rate": lambda s: skill_update(0.9, 0.0, 0.0, 0.0, s.skills) == 0.9,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_an_hour_of_training_closes_the_declared_share_of_the_gap() -> None:
    p = set_to().skills._replace(decay_rate=0.0)
    assert skill_update(0.4, 1.0, 0.0, 0.0, p) == pytest.approx(0.4 + 0.6 * p.training_rate)
    assert skill_update(0.4, 1e9, 0.0, 0.0, p) == 1.0
    assert skill_update(1.0, 5.0, 5.0, 5.0, p) == pytest.approx(1.0)


def test_every_way_of_learning_adds_and_skill_stays_a_share() -> None:
    p = set_to().skills
    nothing = skill_update(0.5, 0.0, 0.0, 0.0, p)
    for ways in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)):
        assert skill_update(0.5, *ways, p) > nothing
    assert 0.0 <= skill_update(0.0, 0.0, 0.0, 0.0, p) <= skill_update(1.0, 1e9, 1e9, 1e9, p) <= 1.0


def test_newcomers_bring_the_skill_of_novices() -> None:
    state = world_of(set_to({"organisation.staff": 2000, "organisation.customers": 3, "organisation.warm_up": 0}))
    state.reset_flows()
    state.populations.staff.arrived[:] = 1.0
    p = state.settings.skills
    update_skill(state.populations.staff, p, state.seed, 0)
    # Mean of 2,000 draws with standard deviation 0.1: four standard errors.
    assert abs(state.populations.staff.skill.mean() - p.newcomer_skill) < 4 * 0.1 / np.sqrt(2000)
