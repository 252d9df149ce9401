from __future__ import annotations

import numpy as np
import pytest
from small_world import after_programme, check_off, set_to, with_values, world_of

from ccsim.mechanisms.management.trials import return_factor, review_trials, should_stop, success_share
from ccsim.model.initial_state import sample_initial
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState
from ccsim.model.week import step


def returns(s: Settings, seed: int = 3) -> np.ndarray:
    """Return what improvement is worth by department."""
    return np.array(sample_initial(s, seed).populations.departments.trial_return)


def reviewed(s: Settings, improvements: float = 0.0, failures: float = 50.0) -> ModelState:
    """Let the sponsor look once at what worked."""
    state = world_of(set_to())
    firm = state.populations.firm
    firm.improvements[0], firm.failures[0] = improvements, failures
    review_trials(firm, s.trials, s.visible_successes, s.trials.interval_weeks - 1)
    return state


OFF = {
    "trials.uncertainty": lambda s: (returns(s) == 1.0).all(),
    "trials.stop_below": lambda s: reviewed(s).populations.firm.stopped[0] == 0.0,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_returns_have_mean_one_the_declared_spread_and_what_departments_share() -> None:
    s = set_to({"trials.uncertainty": 0.3, "trials.shared": 0.7})
    found = np.array([returns(s, seed) for seed in range(400)])
    assert found.mean() == pytest.approx(1.0, abs=0.04) and found.std() == pytest.approx(0.3, abs=0.03)
    assert np.corrcoef(found[:, 0], found[:, 1])[0, 1] == pytest.approx(0.7, abs=0.08)


def test_a_return_is_never_less_than_nothing_and_then_everything_fails_for_good() -> None:
    p = set_to({"trials.uncertainty": 1.0}).trials
    assert return_factor(-3.0, -3.0, p) == 0.0 and success_share(0.9, 0.0) == 0.0
    assert success_share(0.6, 1.0) == 0.6 and success_share(0.8, 2.0) == 1.0


def test_a_programme_is_stopped_when_enough_was_tried_and_too_little_worked() -> None:
    p = set_to({"trials.stop_below": 0.5, "trials.min_attempts": 10.0}).trials
    assert should_stop(10.0, 4.9, p) and not should_stop(10.0, 5.0, p) and not should_stop(9.9, 0.0, p)
    s = with_values(set_to(), {"trials.stop_below": 0.5})
    seen = s.visible_successes.size * s.visible_successes.visibility
    assert reviewed(s, improvements=60.0 * seen).populations.firm.stopped[0] == 0.0
    assert reviewed(s, improvements=40.0 * seen).populations.firm.stopped[0] == 1.0


def test_a_stopped_programme_spends_nothing_more_from_the_bottom() -> None:
    s = set_to({"programme.budget": 5000.0, "programme.top_down_share": 0.0})
    assert after_programme(s).populations.staff.improvement_hours.sum() > 0.0
    state = world_of(s)
    state.populations.firm.stopped[0] = 1.0
    step(state)
    assert not state.populations.staff.improvement_hours.any()


def test_what_is_seen_of_an_improvement_is_its_size_times_its_visibility() -> None:
    s = set_to({"trials.stop_below": 0.05, "visible_successes.size": 4.0, "visible_successes.visibility": 0.5})
    firm = reviewed(s, improvements=6.0, failures=2.0).populations.firm
    assert (firm.attempts[0], firm.successful_attempts[0]) == pytest.approx((5.0, 3.0))
    unseen = reviewed(s._replace(visible_successes=s.visible_successes._replace(visibility=0.0)), improvements=6.0)
    assert (unseen.populations.firm.attempts[0], unseen.populations.firm.successful_attempts[0]) == (50.0, 0.0)


def test_a_programme_is_reviewed_in_the_last_week_of_each_interval_and_not_in_the_past() -> None:
    s = set_to({"trials.stop_below": 0.5, "trials.min_attempts": 10.0, "trials.interval_weeks": 5})
    for week, stopped in ((-1, 0.0), (0, 0.0), (3, 0.0), (4, 1.0), (5, 0.0), (9, 1.0)):
        firm = world_of(set_to()).populations.firm
        firm.improvements[0], firm.failures[0] = 0.0, 10.0
        review_trials(firm, s.trials, s.visible_successes, week)
        assert firm.stopped[0] == stopped, week


def test_a_return_mixes_what_departments_share_and_what_they_do_not() -> None:
    p = set_to({"trials.uncertainty": 0.2, "trials.shared": 0.36}).trials
    assert return_factor(1.0, 0.5, p) == pytest.approx(1.0 + 0.2 * (0.6 + 0.8 * 0.5))
    assert return_factor(0.0, -0.5, p) == pytest.approx(1.0 - 0.2 * 0.8 * 0.5)


def test_an_improvement_that_is_hardly_seen_is_seen() -> None:
    s = set_to({"trials.stop_below": 0.05, "visible_successes.size": 0.5, "visible_successes.visibility": 0.1})
    firm = reviewed(s, improvements=0.2, failures=1.0).populations.firm
    assert (firm.attempts[0], firm.successful_attempts[0]) == pytest.approx((5.0, 4.0))
