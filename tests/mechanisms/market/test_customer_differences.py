from __future__ import annotations

import numpy as np
import pytest
from small_world import check_off, set_to, with_values, world_of

from ccsim.mechanisms.experience.experience import judged_quality
from ccsim.mechanisms.market.customer_differences import LARGEST, factor_of, most_mobile_person
from ccsim.model.initial_state import initialise, sample_initial
from ccsim.model.settings import Settings
from ccsim.model.week import step

#: Everybody in the market, many of them, with nobody who serves: only what people are like differs.
MANY = {"organisation.customers": 4000, "organisation.warm_up": 0}


def column(name: str, s: Settings) -> np.ndarray:
    """Return what people in a large market are like."""
    return np.array(getattr(sample_initial(with_values(s, MANY), 3).populations.customers, name))


OFF = {
    "customer_differences.leniency_spread": lambda s: not column("leniency", s).any(),
    "customer_differences.mobility_spread": lambda s: (column("mobility", s) == 1.0).all(),
    "customer_differences.demand_spread": lambda s: (column("request_factor", s) == 1.0).all(),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


@pytest.mark.parametrize(("name", "key"), [("mobility", "mobility_spread"), ("request_factor", "demand_spread")])
def test_factors_have_mean_one_and_the_declared_spread(name: str, key: str) -> None:
    found = column(name, set_to({f"customer_differences.{key}": 0.6}))
    assert found.mean() == pytest.approx(1.0, abs=0.03)
    assert np.log(found).std() == pytest.approx(0.6, abs=0.03)


def test_leniency_has_mean_zero_and_the_declared_spread() -> None:
    found = column("leniency", set_to({"customer_differences.leniency_spread": 0.1}))
    assert found.mean() == pytest.approx(0.0, abs=0.005) and found.std() == pytest.approx(0.1, abs=0.005)


def test_no_person_exceeds_the_mobility_that_the_market_is_searched_with() -> None:
    s = set_to({"customer_differences.mobility_spread": 1.2})
    assert column("mobility", s).max() < most_mobile_person(s.customer_differences) == factor_of(LARGEST, 1.2)


def test_without_a_spread_no_person_differs_and_with_the_least_of_one_every_person_does() -> None:
    assert factor_of(LARGEST, 0.0) == factor_of(LARGEST, 1e-6) == 1.0
    assert factor_of(LARGEST, 1.1e-6) > 1.0 > factor_of(-LARGEST, 1.1e-6)


def test_the_kind_judge_the_same_better_within_what_a_share_can_be() -> None:
    assert judged_quality(0.7, 0.0) == 0.7 and judged_quality(0.7, 0.1) == pytest.approx(0.8)
    assert judged_quality(0.95, 0.3) == 1.0 and judged_quality(0.1, -0.3) == 0.0


def stayed(s: Settings) -> np.ndarray:
    """Return, by person who is a customer in week 0 and never asks, whether he or she is still one a year later."""
    still = with_values(s, {**MANY, "market.joining_probability": 0.0, "demand.rate": 0.0, "market.churn": 0.008})
    state = initialise(still, 3)
    customers = state.populations.customers
    began = customers.active == 1
    for _ in range(52):
        step(state)
    return np.array(customers.active[began] == 1)


def test_with_nothing_to_tell_them_apart_all_leave_alike_and_else_the_mobile_first() -> None:
    s = set_to({"customer_differences.mobility_spread": 0.8})
    mobility, stays = column("mobility", s)[:4000], stayed(s)
    alike = stayed(set_to())
    assert mobility[~stays].mean() > 1.3 > 1.0 > mobility[stays].mean()
    # Those who leave first are gone: fewer leave in a year than if all were as mobile as the mean.
    assert stays.mean() > alike.mean()


def test_what_pleases_a_person_lasts() -> None:
    state = world_of(set_to({"customer_differences.leniency_spread": 0.1}))
    customers = state.populations.customers
    before = customers.satisfaction[customers.active == 1].copy()
    kind = customers.leniency[customers.active == 1]
    assert np.corrcoef(before, kind)[0, 1] > 0.3
    for _ in range(30):
        step(state)
    active = customers.active == 1
    assert np.corrcoef(customers.satisfaction[active], customers.leniency[active])[0, 1] > 0.5
