from typing import Any

import numpy as np
import pytest
from small_world import after_programme, check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.management.programme import hours_bought, inform, pay, people_reached
from ccsim.model.settings import Settings, all_parameters


def no_flow_moved(s: Settings) -> bool:
    return not any(block.any() for block in after_programme(s).flows.values())


OFF = {
    "programme.budget": no_flow_moved,
    "visible_successes.completion_probability": lambda s: (
        not after_programme(with_values(s, {"programme.budget": 9000.0})).populations.staff.visible_successes.any()
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_without_a_budget_no_other_lever_of_the_programme_matters() -> None:
    plain = tallies_of(set_to(), 8)
    other = tallies_of(
        set_to({"programme.top_down_share": 1.0, "programme.communication": 9.0, "programme.cost_per_hour": 20.0}), 8
    )
    assert all(np.array_equal(plain[name], other[name], equal_nan=True) for name in plain)


def test_the_top_buys_announcements_training_and_coaching_in_the_declared_parts() -> None:
    s = set_to({"programme.budget": 4500.0, "programme.top_down_share": 1.0, "programme.cost_per_hour": 45.0,
                "programme.communication": 2.0, "programme.training": 1.0, "programme.coaching": 1.0})  # fmt: skip
    state = after_programme(s).populations
    # What is meant for a vacant post is not bought.
    assert state.firm.training_hours[0] == pytest.approx(25.0 * (state.staff.announced_hours > 0).sum() / 24)
    assert state.firm.coaching_hours[0] == pytest.approx(25.0)
    assert state.firm.announced_hours[0] == pytest.approx(
        state.staff.announced_hours.sum() + state.leaders.announced_hours.sum()
    )
    assert not (state.firm.improvement_hours[0] or state.firm.customer_hours[0] or state.firm.embedding_hours[0])
    assert state.firm.spent[0] <= 4500.0 + 1e-9


def test_money_not_needed_is_not_spent() -> None:
    p = {
        "programme.budget": 1e6,
        "programme.top_down_share": 0.0,
        "programme.immersion": 0.0,
        "programme.embedding": 0.0,
    }
    s = set_to(p)
    state = after_programme(s)
    assert state.populations.staff.improvement_hours.max() == s.programme.max_hours
    assert state.populations.firm.spent[0] <= 24 * s.programme.max_hours * s.programme.cost_per_hour + 1e-6


def test_parts_of_nothing_are_nothing() -> None:
    nothing = {f"programme.{name}": 0.0 for name in ("communication", "training", "coaching", "improvement", "immersion", "embedding")}  # fmt: skip
    assert hours_bought(100.0, 0.0, 0.0, 45.0) == 0.0
    assert after_programme(set_to({**nothing, "programme.budget": 900.0})).populations.firm.spent[0] == 0.0


def test_without_leaders_and_customers_to_spare_a_programme_still_runs() -> None:
    t = tallies_of(set_to({"organisation.tiers": 0, "programme.budget": 900.0}), 8)
    assert (t["spend"] > 0).all() and np.isfinite(t["spend"]).all()


def test_an_organisation_of_one_person_trains_that_person() -> None:
    alone = {
        "organisation.staff": 1,
        "organisation.departments": 1,
        "organisation.front_departments": 1,
        "organisation.tiers": 0,
    }
    state = world_of(set_to(alone))
    state.reset_flows()
    p = state.settings.programme._replace(budget=90.0, top_down_share=1.0, communication=0.25, training=0.75, coaching=0.0, cost_per_hour=45.0)  # fmt: skip
    populations = state.populations
    populations.staff.vacant_until[:] = 0
    inform(
        populations.staff, populations.leaders, populations.departments, populations.firm, p, state.settings.rollout, 0
    )
    assert (populations.staff.announced_hours[0], populations.staff.training_hours[0]) == pytest.approx((0.5, 1.5))


def test_the_smallest_purse_is_spent_too() -> None:
    firm = after_programme(set_to({"programme.budget": 0.05, "programme.top_down_share": 1.0})).populations.firm
    assert firm.announced_hours[0] > 0.0 and firm.training_hours[0] > 0.0


def informed(vacant: int = 0, **values: float) -> Any:
    """Let the top spend a week's budget in an organisation of one leader; return its populations."""
    state = world_of(
        set_to(
            {
                "organisation.tiers": 1,
                "organisation.span": 100,
                "organisation.departments": 1,
                "organisation.front_departments": 1,
            }
        )
    )
    state.reset_flows()
    populations, s = state.populations, set_to(values)
    populations.staff.vacant_until[:], populations.staff.vacant_until[:vacant] = 5, 6
    populations.firm.sponsorship[0] = 0.5
    inform(populations.staff, populations.leaders, populations.departments, populations.firm, s.programme, s.rollout, 5)
    pay(populations.staff, populations.leaders, populations.firm, s.programme, s.rollout)
    return populations


def test_each_hour_that_the_top_buys_is_shared_by_those_for_whom_it_is_meant() -> None:
    values = {
        "programme.budget": 4000.0, "programme.top_down_share": 0.5, "programme.cost_per_hour": 40.0, "rollout.planning_share": 0.2,
        "programme.communication": 0.5, "programme.training": 0.3, "programme.coaching": 0.2,
    }  # fmt: skip
    populations = informed(4, **values)
    hours = 4000.0 * 0.5 * 0.8 * 0.5 / 40.0
    staff, leaders, firm = populations.staff, populations.leaders, populations.firm
    assert len(leaders) == 1
    assert staff.announced_hours == pytest.approx([0.0] * 4 + [0.5 * hours / 25] * 20)
    assert staff.training_hours == pytest.approx([0.0] * 4 + [0.3 * hours / 24] * 20)
    assert (leaders.announced_hours[0], leaders.coaching_hours[0]) == pytest.approx((0.5 * hours / 25, 0.2 * hours))
    assert firm.announced_hours[0] == pytest.approx(0.5 * hours * 21 / 25)
    assert firm.training_hours[0] == pytest.approx(0.3 * hours * 20 / 24)
    assert firm.coaching_hours[0] == pytest.approx(0.2 * hours)
    assert firm.planning_hours[0] == pytest.approx(4000.0 * 0.5 * 0.2 / 40.0)
    bought = firm.announced_hours[0] + firm.training_hours[0] + firm.coaching_hours[0] + firm.planning_hours[0]
    assert firm.spent[0] == pytest.approx(40.0 * bought)


def test_a_budget_of_cents_is_spent_and_parts_without_weight_buy_nothing() -> None:
    populations = informed(**{"programme.budget": 0.1, "programme.top_down_share": 1.0})
    assert populations.staff.training_hours.min() > 0.0
    nothing = informed(
        **{
            "programme.budget": 900.0,
            "programme.communication": 0.0,
            "programme.training": 0.0,
            "programme.coaching": 0.0,
        }
    )
    assert nothing.firm.spent[0] == 0.0
    assert hours_bought(90.0, 0.02, 0.05, 45.0) == pytest.approx(0.8)


def test_the_budget_goes_to_the_posts_of_the_departments_that_are_reached() -> None:
    departments = world_of(set_to()).populations.departments
    sizes = (departments.last_staff - departments.first_staff).tolist()
    reached = [people_reached(departments, set_to({"rollout.reach": reach}).rollout) for reach in (0.2, 0.5, 1.0)]
    assert reached == [sizes[0], sizes[0] + sizes[1], 24]
    assert people_reached(departments, set_to().rollout._replace(reach=0.0)) == 1


@pytest.mark.parametrize("part", ["communication", "training", "coaching", "improvement", "immersion", "embedding"])
def test_parts_of_the_programme_are_weights_of_which_only_the_ratios_count(part: str) -> None:
    row = all_parameters()[f"programme.{part}"]
    assert (row.range, row.legal, row.role, row.unit) == ((0.0, 1.0), (0.0, 1000.0), "lever", "weight")
