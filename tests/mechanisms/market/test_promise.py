import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.market.promise import attraction, promised_quality, set_promise, trust_update

LOUD = {"promise.level": 0.3}


def expectations(s: object, trust: float = 1.0) -> np.ndarray:
    state = world_of(set_to())
    customers = state.populations.customers
    customers.expectation[:] = 0.5
    customers.trust[:] = trust
    state.populations.firm.recent_quality[:] = 0.6
    set_promise(customers, state.populations.firm, s.promise)  # type: ignore[attr-defined]
    return customers.expectation[customers.active == 1]


OFF = {
    "promise.level": lambda s: (expectations(s) == 0.5).all() and attraction(1.0, s.promise) == 0.0,
    "promise.expectation_rate": lambda s: (expectations(with_values(s, LOUD)) == 0.5).all(),
    "promise.attraction": lambda s: attraction(1.0, with_values(s, LOUD).promise) == 0.0,
    "promise.trust_rate": lambda s: trust_update(0.4, 1.0, 0.5, with_values(s, LOUD).promise) == 0.4,
    "promise.lip_service": lambda s: (
        tallies_of(with_values(s, LOUD), 8)["cynicism"][-1]
        == tallies_of(with_values(s, {**LOUD, "promise.lip_service": 0.0}), 8)["cynicism"][-1]
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_promise_moves_what_is_expected_as_far_as_it_is_trusted() -> None:
    s = set_to(LOUD)
    assert (expectations(s) > 0.5).all()
    assert (expectations(s, trust=0.0) == 0.5).all()
    assert promised_quality(0.9, s.promise) == 1.0


def test_a_trusted_promise_draws_people_and_a_distrusted_one_puts_them_off() -> None:
    p = set_to(LOUD).promise
    assert attraction(1.0, p) > 0.0 == attraction(0.5, p) > attraction(0.0, p)


def test_trust_follows_whether_a_contact_was_as_good_as_expected() -> None:
    p = set_to(LOUD).promise
    assert trust_update(0.5, 0.7, 0.6, p) > 0.5 > trust_update(0.5, 0.5, 0.6, p)


def test_where_nothing_is_promised_trust_stays() -> None:
    p = set_to().promise
    assert trust_update(0.5, 0.7, 0.6, p) == 0.5 == trust_update(0.5, 0.5, 0.6, p)
    assert (tallies_of(set_to(), 12)["trust"] == 0.5).all()


def test_promises_beyond_practice_cost_trust_and_are_paid_for() -> None:
    loud, silent = tallies_of(set_to({"promise.level": 0.4}), 40), tallies_of(set_to(), 40)
    assert loud["trust"][-1] < silent["trust"][-1]
    assert loud["marketing_cost"].min() > 0.0 == silent["marketing_cost"].max()
    assert loud["cynicism"][-1] > silent["cynicism"][-1]
    assert loud["cx_gap"][-1] > silent["cx_gap"][-1]


def test_without_a_promise_beyond_practice_nothing_is_said() -> None:
    assert tallies_of(set_to(), 2)["promise_excess"].sum() == pytest.approx(0.0)


def test_a_small_promise_is_a_promise() -> None:
    p = set_to({"promise.level": 0.05}).promise
    assert trust_update(0.5, 0.6, 0.6, p) == pytest.approx(0.5 + 0.5 * p.trust_rate)  # as good as expected is kept
    assert trust_update(0.5, 0.59, 0.6, p) == pytest.approx(0.5 - 0.5 * p.trust_rate)
    assert attraction(0.75, p) == pytest.approx(p.attraction * 0.05 * 0.5)


def test_a_promise_is_paid_for_each_customer_and_believed_by_the_mean() -> None:
    state = world_of(set_to())
    customers, firm, p = state.populations.customers, state.populations.firm, set_to({"promise.level": 0.05}).promise
    inside = customers.active == 1
    customers.trust[:], customers.expectation[:] = 0.9, 0.5
    customers.trust[np.flatnonzero(inside)[0]] = 0.1
    firm.recent_quality[0], firm.marketing_cost[0] = 0.6, 10.0
    set_promise(customers, firm, p)
    count = int(inside.sum())
    assert firm.marketing_cost[0] == pytest.approx(10.0 + count * p.cost * 0.05)
    assert firm.mean_trust[0] == pytest.approx((0.1 + 0.9 * (count - 1)) / count)
    assert firm.promise_excess[0] == 0.05
    expected = 0.5 + p.expectation_rate * customers.trust * (0.65 - 0.5)
    assert customers.expectation == pytest.approx(np.where(inside, expected, 0.5))
    customers.active[:] = 0
    set_promise(customers, firm, p)
    assert firm.mean_trust[0] == pytest.approx((0.1 + 0.9 * (count - 1)) / count)


def test_the_trust_of_one_customer_is_the_mean() -> None:
    populations = world_of(set_to()).populations
    customers, firm = populations.customers, populations.firm
    customers.active[:], customers.active[5], customers.trust[5], firm.mean_trust[0] = 0, 1, 0.8, 0.1
    set_promise(customers, firm, set_to(LOUD).promise)
    assert firm.mean_trust[0] == 0.8
