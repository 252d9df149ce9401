import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.service.defects import apply_defects, repair_defects, repaired, share_of_causes_known
from ccsim.model.settings import Settings
from ccsim.model.week import step

ACTING = {"sensing.action_hours": 10.0}


def improved(s: Settings, linked: float = 0.0) -> float:
    """Return the defects of one department after a week of much improvement in an organisation of three."""
    state = world_of(set_to())
    state.reset_flows()
    populations = state.populations
    populations.departments.action_hours[:], populations.departments.integration[:] = 50.0, linked
    repair_defects(populations.staff, populations.departments, populations.firm, s.defects, s.demand.journeys)
    return float(populations.departments.defects[0])


OFF = {
    "defects.arrival_rate": lambda s: repaired(0.02, 0.0, 1.0, 0.0, s.defects) == 0.02,
    "defects.removal_rate": lambda s: repaired(s.defects.baseline, 9.0, 1.0, 0.0, s.defects) == s.defects.baseline,
    "defects.automation_lock_in": lambda s: (
        repaired(0.1, 9.0, 1.0, 1.0, s.defects) == repaired(0.1, 9.0, 1.0, 0.0, s.defects)
    ),
    "defects.cross_department_share": lambda s: improved(s) == improved(with_values(s, {"demand.journeys": 0.0})),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_without_improvement_defects_stay_at_the_ordinary_level() -> None:
    assert tallies_of(set_to(), 20)["defects"] == pytest.approx(set_to().defects.baseline)


def test_acting_on_signals_takes_defects_out_and_faster_with_insight() -> None:
    p = set_to().defects
    informed, blind = (repaired(0.1, 1.0, share_of_causes_known(insight, p), 0.0, p) for insight in (1.0, 0.0))
    assert informed < blind < 0.1
    assert tallies_of(set_to(ACTING), 20)["defects"][-1] < 0.1


def test_fewer_defects_mean_more_success() -> None:
    few, many = (
        tallies_of(set_to({"defects.baseline": level, "defects.removal_rate": 0.0}), 1) for level in (0.1, 0.1)
    )
    assert np.array_equal(few["resolved"], many["resolved"])
    state = world_of(with_values(set_to(), {"organisation.warm_up": 0}))
    spoilt = state.copy()
    spoilt.populations.departments.defects[:] = 0.9
    for one in (state, spoilt):
        for _ in range(3):
            step(one)
    assert spoilt.populations.departments.success_loss.min() > 0.7
    assert spoilt.populations.departments.survey.sum() < state.populations.departments.survey.sum()


def test_a_share_of_defects_stays_a_share() -> None:
    p = set_to().defects._replace(removal_rate=1.0, arrival_rate=1.0, baseline=0.9)
    for defects in (0.0, 0.5, 1.0):
        assert 0.0 <= repaired(defects, 1e9, 1.0, 0.0, p) <= 1.0


def test_what_lies_between_departments_needs_what_both_know_and_a_structure_that_links_them() -> None:
    s = set_to({"defects.cross_department_share": 1.0, "demand.journeys": 0.5})
    alone, whole = improved(s), improved(set_to())
    assert whole < improved(s, linked=1.0) < alone < s.defects.baseline
    p = set_to({"defects.uninformed_share": 0.25}).defects
    assert [share_of_causes_known(insight, p) for insight in (0.0, 1.0)] == [0.25, 1.0]


def test_defects_are_removed_by_hours_insight_and_links_and_arrive_again() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, departments, firm = state.populations.staff, state.populations.departments, state.populations.firm
    p = set_to(
        {"defects.cross_department_share": 0.5, "defects.uninformed_share": 0.2, "defects.automation_lock_in": 0.4}
    ).defects
    departments.first_staff[:], departments.last_staff[:] = (0, 10, 24), (10, 24, 24)
    departments.insight[:], departments.integration[:] = (0.5, 1.0, 0.0), (0.25, 0.5, 0.0)
    departments.action_hours[:], departments.defects[:], firm.system[0] = (2.0, 0.0, 3.0), (0.2, 0.1, 0.15), 0.5
    staff.improvement_hours[:10] = 0.8
    repair_defects(staff, departments, firm, p, 0.6)
    known = np.array([0.6, 1.0, 0.2])
    others = (known.sum() - known) / 2.0
    linked = known * (0.7 + 0.3 * others * np.array([0.25, 0.5, 0.0]))
    gone = p.removal_rate * (1.0 / (1.0 + p.half_saturation)) * linked[0] * (1.0 - 0.4 * 0.5)
    rest = 0.2 * (1.0 - gone)
    assert departments.defects[0] == pytest.approx(rest + p.arrival_rate * (p.baseline - rest))
    assert departments.defects[1] == pytest.approx(0.1 + p.arrival_rate * (p.baseline - 0.1))
    assert departments.defects[2] == 0.15  # where there is no post, nothing is repaired and nothing arrives


def test_success_is_lost_as_far_as_defects_exceed_the_ordinary() -> None:
    departments, p = world_of(set_to()).populations.departments, set_to().defects
    departments.success_loss[:], departments.defects[:] = 0.05, (0.3, p.baseline, 0.0)
    apply_defects(departments, p)
    assert departments.success_loss == pytest.approx([0.35 - p.baseline, 0.05, 0.05 - p.baseline])
