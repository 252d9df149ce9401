import numpy as np
import pytest
from scipy import stats
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.engine.functions import exp
from ccsim.engine.rng import Stream, to_unit_interval, uniforms4
from ccsim.mechanisms.market.market import (
    acquire_customers,
    churn_probability,
    draw_random_words,
    joining_probability,
    joins,
    leaves,
    lose_customers,
    most_mobile,
    within_churn_bound,
)
from ccsim.mechanisms.service.queues import NO_CASE, RETURNING, WAITING, WITHDRAWN, join_queue
from ccsim.model.settings import Settings


def rate(hazard: object, *state: float, p: object, steps: int = 20_000) -> float:
    """Measure a hazard: the share of evenly spread draws at which it strikes."""
    return float(np.mean([hazard(*state, (k + 0.5) / steps, p) for k in range(steps)]))  # type: ignore[operator]


def leaving(s: Settings, satisfaction: float, opinion: float = 0.5) -> bool:
    # A draw between the hazards of the two states that the claims compare.
    return bool(leaves(satisfaction, opinion, 0.0, 0.7 * s.market.churn, s.market))


def joining(s: Settings, opinion: float) -> bool:
    return bool(joins(opinion, 0.0, 0.9 * s.market.joining_probability, s.market))


OFF = {
    "market.churn": lambda s: tallies_of(s, 26)["left"].sum() == 0.0,
    "market.churn_sensitivity": lambda s: leaving(s, 0.95) == leaving(s, 0.3),
    "market.word_of_mouth_churn": lambda s: leaving(s, 0.7, 1.0) == leaving(s, 0.7, 0.0),
    "market.challenger": lambda s: tallies_of(s, 8)["challenger_lead"].sum() == 0.0,
    "market.joining_probability": lambda s: tallies_of(s, 26)["joined"].sum() == 0.0,
    "market.word_of_mouth_joining": lambda s: joining(s, 0.0) == joining(s, 1.0),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_leaving_is_a_hazard_that_grows_by_a_constant_factor_per_step_of_lost_satisfaction() -> None:
    p = set_to({"market.churn": 0.02}).market
    hazards = [rate(leaves, satisfaction, 0.5, 0.0, p=p) for satisfaction in (0.7, 0.6, 0.5)]
    assert hazards[0] == pytest.approx(0.02, abs=1e-4)
    assert hazards[1] / hazards[0] == pytest.approx(exp(0.1 * p.churn_sensitivity), rel=0.01)
    assert hazards[2] / hazards[1] == pytest.approx(exp(0.1 * p.churn_sensitivity), rel=0.01)


def test_good_talk_brings_customers_and_keeps_them() -> None:
    p = set_to({"market.churn": 0.02, "market.joining_probability": 0.02}).market
    assert rate(joins, 0.5, 0.0, p=p) == pytest.approx(0.02, abs=1e-4)
    assert rate(joins, 0.9, 0.0, p=p) > rate(joins, 0.5, 0.0, p=p) > rate(joins, 0.1, 0.0, p=p)
    assert rate(leaves, 0.7, 0.9, 0.0, p=p) < rate(leaves, 0.7, 0.1, 0.0, p=p)


def test_no_hazard_exceeds_the_bound_that_lets_kernels_skip_it() -> None:
    for values in (
        {},
        {"market.word_of_mouth_churn": 9.0},
        {"market.churn_reference": 0.0, "market.churn_sensitivity": 9.0},
    ):
        p = set_to(values).market
        at_worst, at_best = churn_probability(0.0, 0.0, 0.0, p), churn_probability(1.0, 0.0, 0.0, p)
        for satisfaction in np.linspace(0.0, 1.0, 41):
            for opinion in (0.0, 0.5, 1.0):
                assert not leaves(
                    satisfaction, opinion, 0.0, churn_probability(satisfaction, 0.0, 0.0, p) * (1 + 1e-12), p
                )
                for draw in np.geomspace(1e-6, 1.0, 40):
                    if leaves(satisfaction, opinion, 0.0, draw, p):
                        assert within_churn_bound(satisfaction, draw, at_worst, at_best)
                assert not joins(opinion, 0.0, joining_probability(1.0, 0.0, p) * (1 + 1e-12), p)


def test_with_certainty_all_prospects_come_and_all_customers_go_with_their_open_issues() -> None:
    s = set_to({"market.churn": 0.0, "market.joining_probability": 0.0})
    state = world_of(s)
    populations = state.populations
    state.reset_flows()
    sure = with_values(s, {"market.churn": 1.0, "market.churn_sensitivity": 0.0, "market.joining_probability": 1.0,
                    "market.word_of_mouth_joining": 0.0, "market.word_of_mouth_churn": 0.0}).market  # fmt: skip
    outside = int((populations.customers.active == 0).sum())
    acquire_customers(
        populations.customers,
        populations.segments,
        populations.firm,
        sure,
        s.customer_differences,
        state.settings.promise,
        0,
    )
    assert populations.segments.joined.sum() == outside > 0 and (populations.customers.active == 1).all()
    assert (populations.customers.joined_week[160:] == 0).all() and (populations.customers.person[160:] == 1).all()
    open_before = int(np.isin(populations.cases.state, (1, 2)).sum())
    lose_customers(
        populations.customers,
        populations.cases,
        populations.departments,
        populations.segments,
        populations.firm,
        sure,
        s.customer_differences,
    )
    assert populations.segments.left.sum() == 320 and not populations.customers.active.any()
    assert populations.departments.withdrawn.sum() == open_before > 0
    assert (populations.departments.queue == 0).all() and not np.isin(populations.cases.state, (1, 2)).any()


def test_without_prospects_no_person_new_comes() -> None:
    t = tallies_of(set_to({"organisation.prospects": 0.0, "market.churn": 0.0, "market.joining_probability": 1.0}), 6)
    assert t["joined"].sum() == 0.0 and (t["active"] == 160).all()


def test_every_person_has_four_draws_a_week_that_are_uniform_and_independent() -> None:
    # Ten tests at the 0.1 % level; the seed is fixed, so they fail always or never.
    customers = world_of(set_to({"organisation.customers": 20_000, "organisation.warm_up": 0})).populations.customers
    draw_random_words(customers, 7, 3)
    words = [customers.u_join, customers.u_request, customers.u_talk, customers.u_churn]
    drawn = np.array([[to_unit_interval(word) for word in column] for column in words])
    assert all(stats.kstest(one, "uniform").pvalue > 0.001 for one in drawn)
    assert np.abs(np.corrcoef(drawn)[np.triu_indices(4, 1)]).max() < 3.3 / np.sqrt(drawn.shape[1])
    assert tuple(drawn[:, 11]) == uniforms4(7, int(Stream.MARKET), 3, 11)
    draw_random_words(customers, 7, 4)
    assert not np.isin([to_unit_interval(word) for word in customers.u_join], drawn[0]).any()


@pytest.mark.parametrize(("satisfaction", "churn"), [(0.0, 0.004), (0.5, 0.05), (1.0, 0.3)])
def test_every_person_whose_draw_is_below_the_own_chance_leaves_and_no_other(satisfaction: float, churn: float) -> None:
    s = set_to({"market.churn": churn})
    state = world_of(s)
    state.reset_flows()
    populations = state.populations
    customers, segments = populations.customers, populations.segments
    customers.active[:], customers.satisfaction[:], customers.opinion[:] = 1, satisfaction, 0.0
    populations.firm.challenger[:], segments.mobility[:] = 0.0, (0.8, 1.0, 1.5)
    draw_random_words(customers, state.seed, 7)
    expected = [
        leaves(satisfaction, 0.0, 0.0, to_unit_interval(word) / segments.mobility[segment], s.market)
        for word, segment in zip(customers.u_churn, customers.segment, strict=True)
    ]
    lose_customers(
        customers,
        populations.cases,
        populations.departments,
        segments,
        populations.firm,
        s.market,
        s.customer_differences,
    )
    assert (customers.active == 0).tolist() == expected
    assert 0 < sum(expected) < len(expected)


@pytest.mark.parametrize("mobility", [(1.0, 2.5, 2.0), (2.5, 1.0, 2.0), (1.0, 2.0, 2.5)])
def test_the_most_mobile_segment_may_be_any(mobility: tuple[float, ...]) -> None:
    segments = world_of(set_to()).populations.segments
    segments.mobility[:] = mobility
    assert most_mobile(segments) == 2.5


def test_the_chances_to_leave_and_to_join() -> None:
    p = set_to({"market.churn": 0.01, "market.churn_sensitivity": 4.0, "market.churn_reference": 0.7, "market.word_of_mouth_churn": 1.5,
                "market.joining_probability": 0.02, "market.word_of_mouth_joining": 3.0}).market  # fmt: skip
    assert churn_probability(0.6, 0.8, 0.05, p) == pytest.approx(0.01 * np.exp(4.0 * 0.15 - 1.5 * 0.3))
    assert joining_probability(0.8, -0.2, p) == pytest.approx(0.02 * np.exp(3.0 * 0.3 - 0.2))
    assert within_churn_bound(0.25, 0.35, 0.4, 0.2) and not within_churn_bound(0.25, 0.3501, 0.4, 0.2)


def test_a_challenger_gains_at_its_rate_and_costs_prospects() -> None:
    s = set_to({"market.challenger": 0.2, "market.challenger_rate": 0.1, "promise.level": 0.1})
    state = world_of(set_to())
    state.reset_flows()
    customers, segments, firm = state.populations.customers, state.populations.segments, state.populations.firm
    customers.active[:], customers.opinion[:], firm.challenger[0], firm.mean_trust[0] = 0, 0.6, 0.1, 0.75
    customers.mobility[:], segments.mobility[:], customers.joined_week[:] = 2.0, (0.8, 1.5, 1.0), -9
    lure = s.promise.attraction * 0.1 * 0.5 - s.market.churn_sensitivity * 0.11
    chance = joining_probability(0.6, lure, s.market)
    factors = 2.0 * np.asarray(segments.mobility)[customers.segment]
    below = np.arange(len(customers.active)) % 2 == 0
    customers.u_join[:] = np.where(below, 0.98, 1.02) * chance * factors * 2.0**32
    before = customers.person.copy()
    acquire_customers(
        customers, segments, firm, s.market, s.customer_differences._replace(mobility_spread=1.2), s.promise, 5
    )
    assert (firm.challenger[0], firm.challenger_lead[0]) == pytest.approx((0.11, 0.11))
    assert (customers.active == below).all() and (customers.joined_week == np.where(below, 5, -9)).all()
    assert (customers.person - before == below).all()
    assert segments.joined.tolist() == np.bincount(customers.segment[below], minlength=3).tolist()


def test_a_customer_who_leaves_takes_the_open_issue_out_of_the_queue() -> None:
    state = world_of(set_to({"organisation.warm_up": 0}))
    state.reset_flows()
    customers, cases, departments = state.populations.customers, state.populations.cases, state.populations.departments
    s = set_to({"market.churn": 1.0, "market.churn_sensitivity": 0.0, "market.word_of_mouth_churn": 0.0})
    customers.active[:], customers.active[:5] = 0, 1
    for case, department in ((0, 0), (1, 2), (9, 2)):
        join_queue(case, department, 0, False, cases, departments)
    cases.state[2], cases.department[2] = RETURNING, 1
    lose_customers(
        customers,
        cases,
        departments,
        state.populations.segments,
        state.populations.firm,
        s.market,
        s.customer_differences,
    )
    assert cases.state[[0, 1, 2, 3, 9]].tolist() == [WITHDRAWN, WITHDRAWN, NO_CASE, NO_CASE, WAITING]
    assert departments.withdrawn.tolist() == [1.0, 1.0, 1.0] and departments.queue.tolist() == [0, 0, 1]
    assert state.populations.segments.left.sum() == 5 and not customers.active.any()


def test_a_segment_that_moves_nine_times_as_readily_joins_and_leaves_as_its_draws_say() -> None:
    s = set_to({"market.churn": 0.01, "market.joining_probability": 0.01, "market.churn_sensitivity": 0.0, "market.word_of_mouth_churn": 0.0,
                "market.word_of_mouth_joining": 0.0})  # fmt: skip
    for leaving in (True, False):
        state = world_of(set_to())
        state.reset_flows()
        customers, segments, firm = state.populations.customers, state.populations.segments, state.populations.firm
        customers.active[:], customers.mobility[:], segments.mobility[:], firm.challenger[0] = (
            leaving,
            1.0,
            (1.0, 9.0, 1.0),
            0.0,
        )
        word = customers.u_churn if leaving else customers.u_join
        word[:] = 0.085 * 2.0**32
        if leaving:
            cases, departments = state.populations.cases, state.populations.departments
            lose_customers(customers, cases, departments, segments, firm, s.market, s.customer_differences)
        else:
            acquire_customers(customers, segments, firm, s.market, s.customer_differences, s.promise, 0)
        assert (customers.active == ((customers.segment == 1) != leaving)).all()
