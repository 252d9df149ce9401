import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.staff.staffing import target_posts
from ccsim.model.week import step

QUIET = {"turnover.quit_probability": 0.0}
CUT = {"staffing.cut": 0.25, "staffing.adjustment_rate": 1.0}


OFF = {
    "staffing.cut": lambda s: target_posts(20, 20, 0.9, s.staffing) == 20,
    "staffing.workload_response": lambda s: target_posts(20, 20, 0.3, s.staffing) == 20,
    "staffing.severance": lambda s: lived_after_cut(s)["severance"].sum() == 0.0,
}


def lived_after_cut(s: object) -> dict:
    return tallies_of(with_values(s, {**QUIET, **CUT, "organisation.warm_up": 0}), 4)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_cut_closes_its_share_of_posts_and_pays_those_who_go() -> None:
    s = set_to({**QUIET, **CUT, "organisation.warm_up": 0})
    t = tallies_of(s, 4)
    assert t["dismissed"].sum() == 24 - t["people"][-1] == pytest.approx(0.25 * 24, abs=2)
    assert t["severance"] == pytest.approx(s.staffing.severance * s.accounts.wage * t["dismissed"])
    assert t["wages"][-1] < t["wages"][0]


def test_closed_posts_open_again_when_the_cut_is_taken_back() -> None:
    state = world_of(set_to({**QUIET, **CUT}))
    for _ in range(3):
        step(state)
    assert state.populations.staff.closed.sum() > 0
    state.settings = set_to({**QUIET, "staffing.adjustment_rate": 1.0})
    for _ in range(4):
        step(state)
    assert state.populations.staff.closed.sum() == 0
    assert state.populations.departments.people.sum() == 24


def test_a_post_that_waits_for_a_person_stays_closed_once_cut() -> None:
    state = world_of(
        set_to({"turnover.quit_probability": 0.5, "turnover.sensitivity": 0.0, "turnover.vacancy_weeks": 1, **CUT})
    )
    for _ in range(20):
        step(state)
        staff = state.populations.staff
        assert not (staff.worked[staff.closed == 1] > 0).any() or state.week == 0
        assert (staff.vacant_until[staff.closed == 1] > state.week).all()


def test_posts_follow_the_work_within_bounds() -> None:
    p = set_to({"staffing.workload_response": 1.0}).staffing
    assert target_posts(20, 20, p.target_workload, p) == 20
    assert target_posts(20, 20, 0.6, p) < 20
    assert target_posts(20, 12, 1.2, p) > 12
    assert target_posts(20, 10, 0.0, p) == p.min_share * 20
    assert target_posts(20, 20, 9.0, p) == 20


def test_a_department_keeps_at_least_one_post() -> None:
    state = world_of(set_to({**QUIET, "staffing.cut": 0.9, "staffing.adjustment_rate": 1.0}))
    for _ in range(6):
        step(state)
    staff = state.populations.staff
    open_posts = np.bincount(staff.department, staff.closed == 0)
    assert open_posts.min() >= 1
