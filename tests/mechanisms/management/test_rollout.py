import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.management.rollout import know_how_update, reaches, update_know_how
from ccsim.model.week import step

BOTTOM = {"programme.budget": 600.0, "programme.top_down_share": 0.0}


OFF = {
    "rollout.reach": lambda s: all(reaches(d, 5, s.rollout) for d in range(5)),
    "rollout.testing_share": lambda s: (
        know_how_update(0.6, 0.0, s.rollout.testing_share * 1.0, (1 - s.rollout.testing_share) * 1.0, s.rollout)
        == know_how_update(0.6, 0.0, 0.0, 1.0, s.rollout)
    ),
    "rollout.planning_share": lambda s: tallies_of(with_values(s, BOTTOM), 3)["planning_hours"].sum() == 0.0,
    "rollout.learning_rate": lambda s: know_how_update(0.2, 9.0, 9.0, 9.0, s.rollout) == 0.2,
    "rollout.untested_learning": lambda s: know_how_update(0.6, 0.0, 0.0, 9.0, s.rollout) == 0.6,
    "rollout.plannable_share": lambda s: know_how_update(0.1, 9.0, 0.0, 0.0, s.rollout) == 0.1,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


@pytest.mark.parametrize(("reach", "reached"), [(0.0, 0), (0.2, 1), (0.4, 2), (0.5, 3), (1.0, 5)])
def test_departments_are_reached_one_after_the_other(reach: float, reached: int) -> None:
    p = set_to().rollout._replace(reach=reach)
    assert [reaches(d, 5, p) for d in range(5)] == [True] * reached + [False] * (5 - reached)


def test_plans_go_only_so_far_and_testing_to_the_end() -> None:
    p = set_to().rollout
    planned = tested = 0.0
    for _ in range(2000):
        planned, tested = know_how_update(planned, 9.0, 0.0, 0.0, p), know_how_update(tested, 0.0, 9.0, 0.0, p)
    assert planned == pytest.approx(p.plannable_share, abs=1e-6) and tested == pytest.approx(1.0, abs=1e-6)
    assert know_how_update(0.2, 0.0, 1.0, 0.0, p) > know_how_update(0.2, 0.0, 0.0, 1.0, p) > 0.2


def test_the_same_money_goes_to_those_who_are_reached() -> None:
    s = set_to({**BOTTOM, "rollout.reach": 0.3, "programme.max_hours": 10.0})
    state = world_of(set_to())
    state.settings = s
    step(state)
    staff = state.populations.staff
    assert staff.improvement_hours[staff.department == 0].sum() > 0.0
    assert (
        not staff.improvement_hours[staff.department > 0].any() and not staff.customer_hours[staff.department > 0].any()
    )


def test_who_only_plans_does_nothing_and_pays_the_same() -> None:
    planning = tallies_of(set_to({**BOTTOM, "rollout.planning_share": 1.0}), 4)
    assert planning["improvement_hours"].sum() == 0.0
    assert planning["spent"] == pytest.approx(600.0)


def test_know_how_comes_from_plans_up_to_their_limit_and_from_practice() -> None:
    p = set_to(
        {
            "rollout.learning_rate": 0.2,
            "rollout.half_saturation": 0.5,
            "rollout.untested_learning": 0.4,
            "rollout.plannable_share": 0.6,
        }
    ).rollout
    assert know_how_update(0.2, 0.5, 0.0, 0.0, p) == pytest.approx(0.2 + 0.1 * 0.4)
    assert know_how_update(0.6, 9.0, 0.0, 0.0, p) == 0.6
    assert know_how_update(0.7, 9.0, 0.5, 1.5, p) == pytest.approx(0.7 + 0.1 * (0.5 + 0.4 * 0.75) * 0.3)


def test_hours_of_improvement_count_by_the_person_tested_or_not() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, firm = state.populations.staff, state.populations.firm
    p = set_to({"rollout.testing_share": 0.25}).rollout
    staff.improvement_hours[:4], firm.planning_hours[0], firm.know_how[0] = (3.0, 6.0, 9.0, 6.0), 12.0, 0.2
    update_know_how(staff, firm, p)
    assert firm.know_how[0] == pytest.approx(know_how_update(0.2, 0.5, 0.25, 0.75, p))


def test_one_person_learns_from_the_own_hours() -> None:
    state = world_of(
        set_to({"organisation.staff": 1, "organisation.departments": 1, "organisation.front_departments": 1})
    )
    state.reset_flows()
    p = set_to({"rollout.testing_share": 0.25}).rollout
    state.populations.staff.improvement_hours[0], state.populations.firm.know_how[0] = 2.0, 0.2
    update_know_how(state.populations.staff, state.populations.firm, p)
    assert state.populations.firm.know_how[0] == pytest.approx(know_how_update(0.2, 0.0, 0.5, 1.5, p))
