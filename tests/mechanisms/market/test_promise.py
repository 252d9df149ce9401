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
