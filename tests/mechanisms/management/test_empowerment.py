import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, world_of

from ccsim.mechanisms.incentives.scorecards import staff_share
from ccsim.mechanisms.management.empowerment import (
    delegate_rights,
    delegated_share,
    expectation_update,
    felt_latitude,
    monitoring_cost,
    risk_cost,
    update_safety,
)
from ccsim.mechanisms.management.implementation import closing_pace
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState


def unmoved(s: Settings, column: str) -> bool:
    state = world_of(set_to())
    state.reset_flows()
    populations = state.populations
    populations.staff.blamed[:] = 1.0
    populations.leaders.conviction[:] = 1.0
    before = populations.staff.safety.copy() if column == "safety" else populations.leaders.delegated_rights.copy()
    delegate_rights(
        populations.staff,
        populations.leaders,
        populations.departments,
        s.empowerment,
        s.implementation,
        s.head_scorecard,
        s.executive_scorecard,
    )
    update_safety(populations.staff, populations.departments, s.empowerment)
    after = populations.staff.safety if column == "safety" else populations.leaders.delegated_rights
    return bool((after == before).all())


OFF = {
    "empowerment.strictness": lambda s: monitoring_cost(s.empowerment) == 0.0,
    "empowerment.blame": lambda s: risk_cost(1.0, 0.0, 0.0, s.empowerment) == 0.0 == tallies_of(s, 6)["blamed"].sum(),
    "empowerment.blame_weight": lambda s: risk_cost(1.0, 0.0, 0.0, s.empowerment) == 0.0,
    "empowerment.monitoring_weight": lambda s: monitoring_cost(s.empowerment) == 0.0,
    "empowerment.adjustment_rate": lambda s: unmoved(s, "delegated_rights") and unmoved(s, "safety"),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def granted(control: float, conviction: float, rights: float = 0.8, tiers: int = 3) -> ModelState:
    state = world_of(set_to({"organisation.tiers": tiers, "implementation.gap": False}))
    state.reset_flows()
    leaders = state.populations.leaders
    leaders.control[:], leaders.conviction[:] = control, conviction
    for _ in range(3):  # as often as there are tiers, whether or not a week passes rights through all of them
        s = state.settings
        delegate_rights(
            state.populations.staff,
            leaders,
            state.populations.departments,
            s.empowerment._replace(adjustment_rate=1.0, rights=rights),
            s.implementation,
            s.head_scorecard,
            s.executive_scorecard,
        )
    return state


def test_without_need_for_control_all_rights_reach_the_front_line() -> None:
    assert granted(0.0, 0.2).populations.staff.latitude == pytest.approx(0.8)


def test_each_tier_keeps_back_its_part() -> None:
    kept = 1 - 0.5 * (1 - 0.4)
    assert delegated_share(1.0, 0.5, 0.4) == pytest.approx(kept)
    for tiers in (1, 2, 3):
        assert granted(0.5, 0.4, tiers=tiers).populations.staff.latitude == pytest.approx(0.8 * kept**tiers)


def test_without_leaders_the_rules_alone_decide() -> None:
    assert granted(0.9, 0.0, tiers=0).populations.staff.latitude == pytest.approx(0.8)


def test_conviction_loosens_the_grip() -> None:
    latitudes = [granted(0.8, conviction).populations.staff.latitude.mean() for conviction in (0.0, 0.5, 1.0)]
    assert latitudes == sorted(latitudes) and latitudes[2] == pytest.approx(0.8)


def test_latitude_counts_as_far_as_it_is_safe_and_cover_adds_to_it() -> None:
    assert (felt_latitude(0.8, 0.5, 0.0), felt_latitude(0.8, 0.0, 0.0), felt_latitude(0.8, 1.0, 0.6)) == pytest.approx(
        (0.4, 0.0, 1.0)
    )


def after_feeling(successes: float, blamed: float, weeks: int = 400) -> np.ndarray:
    state = world_of(set_to())
    staff = state.populations.staff
    for _ in range(weeks):
        state.reset_flows()
        staff.visible_successes[:], staff.blamed[:] = successes, blamed
        update_safety(staff, state.populations.departments, state.settings.empowerment)
    return np.asarray(staff.safety)


def test_safety_is_lowered_by_blame_raised_by_success_and_otherwise_ordinary() -> None:
    usual = 1.0 - 0.5 * set_to().empowerment.blame
    assert after_feeling(0.0, 0.0) == pytest.approx(usual, abs=1e-6)
    assert after_feeling(3.0, 0.0) == pytest.approx(min(1.0, usual + 0.3), abs=1e-6)
    assert after_feeling(0.0, 1.0) == pytest.approx(max(0.0, usual - 0.7), abs=1e-6)


def test_newcomers_feel_as_safe_as_the_rules_say() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff = state.populations.staff
    staff.safety[:], staff.arrived[:], staff.blamed[:] = 0.1, 1.0, 1.0
    update_safety(staff, state.populations.departments, state.settings.empowerment)
    assert staff.safety == pytest.approx(1.0 - 0.5 * state.settings.empowerment.blame)


def test_rights_that_are_cut_are_expected_for_longer_than_they_are_practised() -> None:
    state = world_of(set_to({"implementation.gap": False}))
    leaders, s = state.populations.leaders, state.settings
    for _ in range(500):
        delegate_rights(
            state.populations.staff,
            leaders,
            state.populations.departments,
            s.empowerment,
            s.implementation,
            s.head_scorecard,
            s.executive_scorecard,
        )
    passed = leaders.delegated_rights / leaders.expected_rights
    for rights in (0.1,) * 30 + (0.9,):
        p = s.empowerment._replace(rights=rights)
        delegate_rights(
            state.populations.staff,
            leaders,
            state.populations.departments,
            p,
            s.implementation,
            s.head_scorecard,
            s.executive_scorecard,
        )
        if rights == 0.1:
            assert (leaders.expected_rights > 0.1).all()
            assert (leaders.delegated_rights / leaders.expected_rights <= passed + 1e-12).all()
    assert (leaders.expected_rights == 0.9).all()


def test_expected_rights_rise_at_once_and_fall_slowly_at_the_pace_of_a_cut() -> None:
    p = set_to({"empowerment.adjustment_rate": 0.2}).empowerment
    assert expectation_update(0.9, 0.6, 0.9, 0.5, p) == 0.9
    assert expectation_update(0.2, 0.6, 0.3, 0.5, p) == pytest.approx(0.6 - 0.1 * 0.5 * 0.3)
    # What rises above the rules is expected sooner, whatever the pace.
    assert expectation_update(0.2, 0.6, 0.8, 0.5, p) == pytest.approx(0.6 + 0.1 * 0.2)
    assert expectation_update(0.2, 0.6, 0.6, 0.0, p) == 0.6
    assert expectation_update(0.59, 0.6, 0.3, 1.0, p) == 0.59


def test_each_leader_passes_on_a_part_of_what_the_level_above_has() -> None:
    state = world_of(set_to()).populations
    leaders, staff, departments = state.leaders, state.staff, state.departments
    s = set_to({
        "empowerment.rights": 0.6, "empowerment.adjustment_rate": 0.5, "head_scorecard.internal": 0.05,
        "executive_scorecard.internal": 0.25,
    })  # fmt: skip
    leaders.delegated_rights[:], leaders.expected_rights[:], leaders.realigned[:] = 0.5, 0.7, 0.0
    leaders.realigned[0], leaders.control[:], leaders.conviction[:] = 0.25, 0.8, 0.4
    departments.support[:] = (1.0, 0.5, 0.0)
    delegate_rights(
        staff, leaders, departments, s.empowerment, s.implementation, s.head_scorecard, s.executive_scorecard
    )
    top = 0.7 * (1.0 - 0.8 * (1.0 - staff_share(s.executive_scorecard)) * 0.6)
    top = 0.5 + 0.5 * closing_pace(1.0, s.implementation) * (top - 0.5)
    assert leaders.delegated_rights[0] == pytest.approx(top)
    assert 0.0 < staff_share(s.head_scorecard) < 0.1
    for tier, above in ((1, np.full(3, top)), (2, leaders.delegated_rights[leaders.tier == 1])):
        paces = np.array([closing_pace(support, s.implementation) for support in (1.0, 0.5, 0.0)])
        goals = above * (1.0 - 0.8 * (1.0 - staff_share(s.head_scorecard)) * 0.6)
        expected = 0.5 + 0.5 * paces * (goals - 0.5)
        rows = leaders.tier == tier
        assert leaders.delegated_rights[rows] == pytest.approx(expected[leaders.department[rows]])
    assert staff.latitude == pytest.approx(leaders.delegated_rights[staff.leader])


def test_safety_moves_towards_what_blame_and_success_make_of_it() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, departments, p = (
        state.populations.staff,
        state.populations.departments,
        set_to({"empowerment.blame": 0.6}).empowerment,
    )
    staff.safety[:], staff.visible_successes[:4], staff.blamed[:4] = 0.5, (1.5, 6.0, 0.0, 1.0), (0.0, 0.0, 0.25, 3.0)
    update_safety(staff, departments, p)
    goals = np.array([0.7 + 0.15, 1.0, 0.7 - 0.175, 0.7 + 0.1 - 0.7])
    assert staff.safety[:4] == pytest.approx(0.5 + p.adjustment_rate * (goals - 0.5))
    assert departments.blamed.tolist() == [3.25, 0.0, 0.0]


def test_blame_is_feared_by_what_a_case_exceeds_ones_latitude_and_may_fail() -> None:
    p = set_to(
        {
            "empowerment.blame": 0.5,
            "empowerment.blame_weight": 4.0,
            "empowerment.strictness": 0.3,
            "empowerment.monitoring_weight": 2.0,
        }
    ).empowerment
    assert risk_cost(0.9, 0.4, 0.75, p) == pytest.approx(4.0 * 0.5 * 0.5 * 0.25)
    assert risk_cost(0.4, 0.5, 0.75, p) == 0.0
    assert monitoring_cost(p) == pytest.approx(0.6)
