import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of

from ccsim.mechanisms.demand.self_service import ROUNDABOUT, SOLVED, STUCK, THROUGH, contact_outcome

FIRST = {"self_service.share": 1.0, "organisation.warm_up": 0}

OFF = {
    "self_service.share": lambda s: tallies_of(s, 4)["bot_contacts"].sum() == 0.0,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_contact_with_the_machine_ends_in_one_of_four_ways() -> None:
    p = set_to({"self_service.quality": 0.8}).self_service
    shut = p._replace(exit=False)
    assert contact_outcome(0.0, 0.79, 0.0, p) == SOLVED != contact_outcome(0.0, 0.81, 0.0, p) == THROUGH
    assert contact_outcome(1.0, 0.79, 0.0, shut._replace(complexity_penalty=1.0)) == ROUNDABOUT
    assert contact_outcome(1.0, 0.79, 0.99, shut._replace(complexity_penalty=1.0)) == STUCK


@pytest.mark.parametrize("exit_", [True, False])
def test_issues_that_go_to_the_machine_are_solved_stuck_or_passed_on(exit_: bool) -> None:
    t = tallies_of(
        set_to({**FIRST, "self_service.exit": exit_, "demand.abandonment_rate": 0.0, "market.churn": 0.0}), 6
    )
    assert t["bot_contacts"] == pytest.approx(t["bot_solved"] + t["bot_stuck"] + t["raised"])
    assert (t["bot_stuck"].sum() == 0.0) == exit_


def test_a_perfect_machine_leaves_nothing_to_people() -> None:
    t = tallies_of(set_to({**FIRST, "self_service.quality": 1.0, "self_service.complexity_penalty": 0.0}), 6)
    assert t["raised"].sum() == 0.0 < t["bot_solved"].sum() == t["bot_contacts"].sum()


def test_the_machine_costs_by_the_contact() -> None:
    s = set_to(FIRST)
    t = tallies_of(s, 6)
    assert t["self_service_cost"] == pytest.approx(s.self_service.cost * t["bot_contacts"])


def test_no_way_out_hurts_satisfaction() -> None:
    out, shut = (
        tallies_of(set_to({"self_service.share": 0.7, "self_service.quality": 0.4, "self_service.exit": exit_}), 40)[
            "csat"
        ][-1]
        for exit_ in (True, False)
    )
    assert shut < out


def test_worse_machines_solve_less() -> None:
    solved = [tallies_of(set_to({**FIRST, "self_service.quality": q}), 6)["bot_solved"].sum() for q in (0.3, 0.6, 0.9)]
    assert np.all(np.diff(solved) > 0)
