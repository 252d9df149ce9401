import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.market.segmentation import care_weight, estimate_values, has_priority, value_update
from ccsim.mechanisms.service.queues import join_queue, take_next
from ccsim.model.week import step

FIRST = {"segmentation.priority": 1.0}


def studied(s: object) -> float:
    state = world_of(set_to())
    populations = state.populations
    p = s.segmentation  # type: ignore[attr-defined]
    for week in range(0, 105):
        estimate_values(populations.customers, populations.firm, s.accounts.revenue, p, 3, week)  # type: ignore[attr-defined]
    return float(populations.firm.estimation_cost[0])


OFF = {
    "segmentation.priority": lambda s: (
        care_weight(900.0, 100.0, s.segmentation) == 0.0 and not has_priority(900.0, 100.0, 0.0, s.segmentation)
    ),
    "segmentation.interval_weeks": lambda s: studied(s) == 0.0,
    "segmentation.utility_weight": lambda s: care_weight(900.0, 100.0, with_values(s, FIRST).segmentation) == 0.0,
    "segmentation.drift": lambda s: value_update(80.0, 100.0, 0.9, s.segmentation) == 80.0,
    "segmentation.estimation_cost": lambda s: studied(with_values(s, {"segmentation.interval_weeks": 52})) == 0.0,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_care_goes_to_the_valuable_from_the_others_and_has_limits() -> None:
    p = set_to(FIRST).segmentation
    assert care_weight(200.0, 100.0, p) == p.utility_weight == care_weight(1e9, 100.0, p)
    assert care_weight(100.0, 100.0, p) == 0.0 > care_weight(50.0, 100.0, p)
    assert care_weight(1.0, 0.0, p) == 0.0


def test_only_the_valuable_go_first_and_as_often_as_declared() -> None:
    p = set_to({"segmentation.priority": 0.3}).segmentation
    assert not has_priority(p.priority_threshold * 100.0, 100.0, 0.0, p)
    assert has_priority(p.priority_threshold * 100.0 + 1.0, 100.0, 0.29, p)
    assert not has_priority(p.priority_threshold * 100.0 + 1.0, 100.0, 0.31, p)


def test_cases_at_the_front_are_taken_first_and_the_chain_stays_whole() -> None:
    state = world_of(set_to({"organisation.warm_up": 0}))
    cases, departments = state.populations.cases, state.populations.departments
    join_queue(4, 0, 0, True, cases, departments)
    join_queue(5, 0, 0, False, cases, departments)
    join_queue(6, 0, 0, True, cases, departments)
    assert departments.queue[0] == 3
    assert [take_next(0, cases, departments) for _ in range(3)] == [6, 4, 5]
    assert (departments.queue[0], departments.queue_first[0], departments.queue_last[0]) == (0, -1, -1)


def test_values_drift_around_the_mean_and_never_below_a_tenth_of_it() -> None:
    p = set_to({"segmentation.drift": 0.5}).segmentation
    assert value_update(10.0, 100.0, 0.0, p) == 10.0
    p = set_to({"segmentation.drift": 0.01}).segmentation
    rng = np.random.default_rng(1)
    value = np.full(400, 100.0)
    for _ in range(200):
        value = np.array([value_update(one, 100.0, luck, p) for one, luck in zip(value, rng.random(400), strict=True)])
    assert value.mean() == pytest.approx(100.0, abs=5 * value.std() / 20)
    assert value.std() > 10.0


def test_the_organisation_knows_what_it_last_estimated() -> None:
    state = world_of(set_to({"segmentation.drift": 0.02}))
    for _ in range(8):
        step(state)
    customers = state.populations.customers
    assert not np.array_equal(customers.estimate, customers.value)
    state.settings = with_values(state.settings, {"segmentation.interval_weeks": 1})
    step(state)
    assert np.array_equal(customers.estimate, customers.value)


def test_priority_by_value_serves_the_valuable_better() -> None:
    tallies = tallies_of(set_to({**FIRST, "organisation.customers": 800, "organisation.staff": 60}), 40)
    assert tallies["csat"].min() > 0.0
    state = world_of(set_to(FIRST))
    step(state)
    customers = state.populations.customers
    rich = customers.value > 1.5 * state.settings.accounts.revenue
    assert (
        customers.care[rich].min() > customers.care[~rich].max()
        or customers.care[rich].mean() > customers.care[~rich].mean()
    )


def test_care_ends_with_the_priority_and_stays_while_nothing_changes() -> None:
    populations = world_of(set_to()).populations
    customers, firm, s = populations.customers, populations.firm, set_to(FIRST)
    customers.care[:] = 0.0
    estimate_values(customers, firm, 100.0, s.segmentation, 3, 5)
    assert firm.prioritised[0] == 1.0 and customers.care.any()
    estimate_values(customers, firm, 100.0, set_to().segmentation, 3, 6)
    assert firm.prioritised[0] == 0.0 and not customers.care.any()
    customers.care[:] = 0.3
    estimate_values(customers, firm, 100.0, set_to().segmentation, 3, 7)
    assert (customers.care == 0.3).all()


@pytest.mark.parametrize(
    ("week", "priority", "interval", "estimated", "paid"),
    [(-2, 0.0, 0, True, False), (-1, 0.0, 0, False, False), (0, 0.0, 0, False, False), (0, 0.05, 0, True, False),
     (1, 0.05, 0, False, False), (-4, 0.0, 4, True, False), (0, 0.0, 4, True, True), (3, 0.0, 4, False, False),
     (4, 0.0, 4, True, True), (5, 0.0, 1, True, True)],
)  # fmt: skip
def test_values_are_estimated_when_it_is_due_and_paid_for_from_week_0(
    week: int, priority: float, interval: int, estimated: bool, paid: bool
) -> None:
    populations = world_of(set_to()).populations
    customers, firm = populations.customers, populations.firm
    p = set_to({"segmentation.priority": priority, "segmentation.interval_weeks": interval}).segmentation
    customers.value[:], customers.estimate[:], firm.estimation_cost[0] = 7.0, 5.0, 0.0
    estimate_values(customers, firm, 100.0, p, 3, week)
    assert set(customers.estimate.tolist()) == {7.0 if estimated else 5.0}
    assert firm.estimation_cost[0] == pytest.approx(p.estimation_cost * customers.active.sum() * paid)


def test_a_value_moves_by_the_draw_and_back_to_the_mean() -> None:
    p = set_to({"segmentation.drift": 0.1}).segmentation
    assert value_update(50.0, 80.0, 0.75, p) == pytest.approx(50.0 + 0.1 * (0.5 * 3.0 * 50.0 + 0.2 * 30.0))
    assert value_update(50.0, 80.0, 0.5, p) == pytest.approx(50.0 + 0.1 * 0.2 * 30.0)


def test_a_small_priority_is_one() -> None:
    populations, small = world_of(set_to()).populations, set_to({"segmentation.priority": 0.05}).segmentation
    customers, firm = populations.customers, populations.firm
    customers.estimate[:], customers.care[:], firm.prioritised[0] = 200.0, 0.0, 0.0
    estimate_values(customers, firm, 100.0, small, 3, 5)
    assert customers.care == pytest.approx(0.05 * small.utility_weight) and firm.prioritised[0] == 0.05
    estimate_values(customers, firm, 100.0, set_to().segmentation, 3, 6)
    assert not customers.care.any() and firm.prioritised[0] == 0.0
    assert care_weight(0.4, 0.5, small) == pytest.approx(0.05 * small.utility_weight * -0.2)
    assert has_priority(200.0, 100.0, 0.04, small)
