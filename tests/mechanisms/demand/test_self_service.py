import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, world_of

from ccsim.mechanisms.demand.self_service import (
    ROUNDABOUT,
    SOLVED,
    STUCK,
    THROUGH,
    book_cost,
    contact_outcome,
    try_self_service,
)

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


def test_each_way_out_of_the_machine_is_counted_where_it_belongs() -> None:
    p = set_to(
        {"self_service.quality": 0.8, "self_service.complexity_penalty": 0.5, "self_service.bypass_probability": 0.4}
    ).self_service
    customers, segments = world_of(set_to()).populations.customers, world_of(set_to()).populations.segments
    customers.segment[:4], shut = (0, 1, 1, 2), p._replace(exit=False)
    for name in ("bot_contacts", "bot_solved", "bot_stuck"):
        getattr(segments, name)[:] = 0.0
    customers.events[:], customers.quality[:] = 1.0, 0.25
    # At a complexity of one half the machine solves 0.8 * 0.75 of the issues.
    assert try_self_service(0, 0.5, 0.59, 0.0, customers, segments, p) < 0
    assert try_self_service(1, 0.5, 0.61, 0.0, customers, segments, p) == 1
    assert try_self_service(2, 0.5, 0.61, 0.39, customers, segments, shut) == 2
    assert try_self_service(3, 0.5, 0.61, 0.4, customers, segments, shut) < 0
    assert segments.bot_contacts.tolist() == [1.0, 2.0, 1.0]
    assert segments.bot_solved.tolist() == [1.0, 0.0, 0.0] and segments.bot_stuck.tolist() == [0.0, 0.0, 1.0]
    assert customers.events[:4].tolist() == [2.0, 1.0, 1.0, 2.0]
    qualities = [0.25 + p.solved_quality, 0.25, 0.25, 0.25 + p.trapped_quality]
    assert customers.quality[:4] == pytest.approx(qualities)


def test_the_machine_is_paid_for_each_contact_of_each_segment() -> None:
    segments, firm = world_of(set_to()).populations.segments, world_of(set_to()).populations.firm
    segments.bot_contacts[:], firm.self_service_cost[0] = (1.0, 4.0, 0.0), 2.0
    book_cost(segments, firm, set_to({"self_service.cost": 0.5}).self_service)
    assert firm.self_service_cost[0] == 4.5
