from __future__ import annotations

import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.incentives.scorecards import customer_share, total, turned_card
from ccsim.mechanisms.management.empowerment import widened
from ccsim.mechanisms.management.implementation import card_in_use, enact_decree
from ccsim.mechanisms.management.realignment import realign, wanted
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState
from ccsim.model.week import step


def realigned_after(s: Settings, weeks: int, conviction: float = 1.0) -> ModelState:
    """Let an executive of a conviction realign for some weeks; the others believe nothing."""
    state = world_of(set_to())
    populations = state.populations
    populations.leaders.conviction[:] = 0.0
    populations.leaders.conviction[0] = conviction
    for _ in range(weeks):
        realign(populations.leaders, s.realignment)
    return state


OFF = {"realignment.rate": lambda s: not realigned_after(s, 3).populations.leaders.realigned.any()}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_convinced_executive_realigns_at_the_declared_rate() -> None:
    s = set_to({"realignment.rate": 0.1})
    assert realigned_after(s, 10).populations.leaders.realigned[0] == pytest.approx(1.0 - 0.9**10)
    assert not realigned_after(s, 10, conviction=0.5).populations.leaders.realigned.any()


def test_what_is_realigned_comes_down_level_by_level() -> None:
    leaders = realigned_after(set_to({"realignment.rate": 0.2}), 1).populations.leaders
    assert (leaders.realigned > 0.0).tolist() == (leaders.tier == 0).tolist()
    leaders = realigned_after(set_to({"realignment.rate": 0.2}), 2).populations.leaders
    assert (leaders.realigned > 0.0).tolist() == (leaders.tier <= 1).tolist()
    leaders = realigned_after(set_to({"realignment.rate": 0.2}), 3).populations.leaders
    assert (leaders.realigned > 0.0).all()


def test_where_departments_are_not_led_to_enact_it_the_card_in_use_stays() -> None:
    s = set_to({"realignment.rate": 0.2})
    state = realigned_after(s, 50).populations
    before = card_in_use(0, state.departments)
    enact_decree(state.staff, state.leaders, state.departments, s.staff_scorecard, s.implementation, s.mandate)
    assert state.leaders.conviction[state.leaders.tier > 0].max() == 0.0 and card_in_use(0, state.departments) == before


def test_an_executive_who_is_not_convinced_undoes_it() -> None:
    s = set_to({"realignment.rate": 0.1})
    state = realigned_after(s, 30)
    leaders = state.populations.leaders
    before = leaders.realigned.copy()
    leaders.conviction[0] = 0.3
    for _ in range(80):
        realign(leaders, s.realignment)
    assert (before > 0.5).all() and (leaders.realigned < 0.02).all()


def test_a_realigned_card_weighs_as_much_and_looks_at_customers_only() -> None:
    s = set_to()
    for card in (s.staff_scorecard, s.head_scorecard):
        assert turned_card(card, 0.0) == card
        assert total(turned_card(card, 0.4)) == pytest.approx(total(card))
        assert customer_share(turned_card(card, 1.0)) == pytest.approx(1.0)


def test_realigned_leaders_change_the_card_in_use_and_the_rights() -> None:
    s = set_to({"realignment.rate": 0.1, "implementation.gap": False})
    state = realigned_after(s, 100).populations
    enact_decree(state.staff, state.leaders, state.departments, s.staff_scorecard, s.implementation, s.mandate)
    assert card_in_use(0, state.departments).handling_time == pytest.approx(0.0, abs=0.01)
    assert widened(0.8, 0.0) == 0.8 and widened(0.8, 0.5) == pytest.approx(0.9)


def test_from_one_level_of_conviction_all_is_realigned_and_below_it_nothing() -> None:
    p = set_to({"realignment.min_conviction": 0.6}).realignment
    assert [wanted(c, p) for c in (0.3, 0.59, 0.6, 0.9)] == [0.0, 0.0, 1.0, 1.0]


def test_an_executive_who_changes_course_each_week_moves_what_is_set_by_no_more_than_the_declared_rate() -> None:
    s = set_to({"realignment.rate": 0.1})
    leaders = world_of(s).populations.leaders
    path = [0.0]
    for week in range(60):
        leaders.conviction[0] = s.realignment.min_conviction + (0.01 if week % 2 else -0.01)
        realign(leaders, s.realignment)
        path.append(float(leaders.realigned[0]))
    assert np.abs(np.diff(path)).max() <= 0.1
    assert path[-20:] == pytest.approx(np.full(20, 0.5), abs=0.05)


def test_a_convinced_top_sets_other_measures_than_a_doubtful_one() -> None:
    base = with_values(set_to(), {"realignment.rate": 0.15, "leadership.executive_disposition": 0.9})
    firm, without = world_of(base), world_of(with_values(base, {"realignment.rate": 0.0}))
    for state in (firm, without):
        for _ in range(20):
            step(state)
    assert (firm.populations.departments.by_handling_time < without.populations.departments.by_handling_time).all()
    assert 0.0 <= firm.populations.leaders.realigned.min() <= firm.populations.leaders.realigned.max() <= 1.0
    assert np.isfinite(tallies_of(base)["npv"]).all()
