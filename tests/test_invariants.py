"""The books balance, whatever legal levers, assumptions and sizes are set."""

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ccsim.engine.jit import PLAIN
from ccsim.engine.parameters import Parameter
from ccsim.model.kpis import KPIS, calculate
from ccsim.model.populations import Cases, Customers, Departments, Firm, Leaders, Segments, Staff
from ccsim.model.recorder import Record
from ccsim.model.settings import all_parameters
from ccsim.model.state import ModelState
from ccsim.scenarios.scenario import Intervention, Scenario
from ccsim.simulation.simulation import Simulation

WEEKS = 14
FREE = [row for row in all_parameters().values() if row.role != "size"]
LEVERS = [row for row in FREE if row.role == "lever"]
KINDS = {"staff": Staff, "leaders": Leaders, "customers": Customers, "cases": Cases, "departments": Departments,
         "segments": Segments, "firm": Firm}  # fmt: skip


@st.composite
def values(draw: st.DrawFn, rows: list[Parameter] = FREE) -> dict[str, Any]:
    """Draw some legal values, extremes among them."""
    found: dict[str, Any] = {}
    for row in draw(st.lists(st.sampled_from(rows), max_size=12, unique_by=lambda row: row.key)):
        low, high = row.legal[0], min(row.legal[1], max(10 * row.range[1], 1.0))
        if row.choices:
            found[row.key] = draw(st.sampled_from(row.choices))
        elif row.kind is bool:
            found[row.key] = draw(st.booleans())
        elif row.kind is int:
            found[row.key] = draw(st.integers(int(low), int(min(high, 60))))
        else:
            found[row.key] = draw(st.one_of(st.floats(low, high), st.sampled_from([low, high])))
    return found


@st.composite
def sizes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a small organisation of any shape."""
    departments = draw(st.integers(1, 4))
    customers = draw(st.integers(1, 80))
    return {
        "organisation.departments": departments,
        "organisation.front_departments": draw(st.integers(1, departments)),
        "organisation.staff": draw(st.integers(departments, 25)),
        "organisation.tiers": draw(st.integers(0, 3)),
        "organisation.span": draw(st.integers(1, 12)),
        "organisation.customers": customers,
        "organisation.segments": draw(st.integers(1, min(3, customers))),
        "organisation.prospects": draw(st.floats(0.0, 2.0)),
        "organisation.ties": draw(st.integers(0, 8)),
        "organisation.cross_ties": draw(st.floats(0.0, 1.0)),
        "organisation.warm_up": draw(st.integers(0, 3)),
    }


def count(state: ModelState, *states: int) -> int:
    return int(np.isin(state.populations.cases.state, states).sum())


class Before:
    """What the balances of a week start from."""

    def __init__(self, state: ModelState) -> None:
        self.active = int(state.populations.customers.active.sum())
        self.open = count(state, 1, 2)
        self.coming_back = count(state, 2)
        self.people = int((state.week + 1 >= state.populations.staff.vacant_until).sum())


SMALL = {
    "organisation.staff": 15, "organisation.customers": 60, "organisation.warm_up": 2, "organisation.departments": 3,
    "organisation.front_departments": 2, "organisation.segments": 1,
}  # fmt: skip
ONE_OF_ALL = {
    "organisation.staff": 1, "organisation.departments": 1, "organisation.front_departments": 1,
    "organisation.customers": 1, "organisation.segments": 1, "organisation.ties": 0,
}  # fmt: skip
EVERYBODY_LEAVES = {"turnover.quit_probability": 1.0, "turnover.sensitivity": 0.0, "turnover.vacancy_weeks": 0}


WHOLE = {
    "programme.budget": 900.0, "sensing.coverage": 1.0, "sensing.shared": 1.0, "sensing.action_hours": 5.0,
    "sensing.published": 1.0, "offer.cocreation": 0.5, "promise.level": 0.2, "market.challenger": 0.2,
    "technology.spending": 900.0, "technology.training": 2.0, "personalisation.level": 0.5, "self_service.share": 0.5,
    "proactive.share": 0.5, "structure.stage": 4, "segmentation.priority": 1.0, "segmentation.interval_weeks": 2,
    "recognition.level": 1.0, "sponsorship.patience": 0.0, "staffing.workload_response": 1.0,
    "staff_scorecard.internal": 0.5, "head_scorecard.internal": 0.5, "rollout.testing_share": 0.5, "rollout.planning_share": 0.2,
    "rollout.reach": 0.5, "visible_successes.broadcast_share": 1.0, "visible_successes.visibility": 0.5, "mandate.clarity": 0.5, "mandate.realism": 0.5,
}  # fmt: skip


@settings(max_examples=4 if PLAIN else 80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sizes(), values(), values(LEVERS), st.integers(0, 2**63 - 1))
@example({"organisation.customers": 1}, {}, {}, 0)
@example({"organisation.staff": 1, "organisation.departments": 1, "organisation.front_departments": 1}, {}, {}, 1)
@example(ONE_OF_ALL, {"demand.rate": 1.0}, {"programme.budget": 20000.0, "champions.count": 1}, 8)
@example({"organisation.tiers": 0}, EVERYBODY_LEAVES, {"champions.count": 3, "programme.budget": 900.0}, 2)
@example({"organisation.tiers": 3}, {**EVERYBODY_LEAVES, "leadership.turnover_probability": 1.0}, {}, 6)
@example({"organisation.tiers": 1}, {"programme.budget": 1e6, "champions.count": 10000, "champions.hours": 80.0}, {}, 3)
@example({"organisation.tiers": 1}, {"programme.budget": 0.0}, {"empowerment.rights": 0.0}, 7)
@example({"organisation.prospects": 0.0}, {"market.churn": 1.0}, {}, 4)
@example({}, {"segmentation.drift": 0.1}, {**WHOLE, "self_service.exit": False}, 9)
@example({}, WHOLE, {"staffing.cut": 0.9, "structure.stage": 5, "leadership.successor": 1}, 10)
@example({}, {"capacity.weekly_hours": 0.0, "demand.surge": 3.0}, {}, 5)
def test_customers_issues_contacts_hours_people_and_money_balance(
    size: dict, free: dict, moved: dict, seed: int
) -> None:
    simulation = Simulation(Scenario("any").with_values({**SMALL, **size, **free}), seed, WEEKS)
    state = simulation.state
    for week in range(WEEKS):
        if moved and week == WEEKS // 2:
            simulation.apply(Intervention.create(moved, week=week))
        before = Before(state)
        simulation.step()
        check_customers_and_issues(state, before)
        check_contacts(state, before)
        check_queues(state)
        check_hours_and_people(state, before)
        check_columns(state)
    check_money(simulation.record)


def check_customers_and_issues(state: ModelState, before: Before) -> None:
    departments, segments = state.populations.departments, state.populations.segments
    active = state.populations.customers.active.sum()
    assert before.active + segments.joined.sum() - segments.left.sum() == active == segments.customers.sum()
    assert segments.customers.sum() + segments.prospects.sum() == len(state.populations.customers.active)
    ended = departments.resolved.sum() + departments.abandoned.sum() + departments.withdrawn.sum()
    assert before.open + departments.raised.sum() - ended == count(state, 1, 2)
    assert not np.isin(state.populations.cases.state, (1, 2))[state.populations.customers.active == 0].any()


def check_contacts(state: ModelState, before: Before) -> None:
    departments = state.populations.departments
    choices = (departments.closed_fast + departments.followed_script + departments.solved + departments.handed_over
               + departments.escalated)  # fmt: skip
    assert (choices == departments.handled).all()
    assert departments.returned.sum() == before.coming_back
    # Every contact ends with a closing or with a hand-off, and whatever is handed off arrives somewhere.
    assert (departments.handled == departments.closed + departments.handoffs).all()
    assert departments.handoffs.sum() == departments.arriving.sum()
    assert (departments.resolved_first <= departments.closed_first).all()
    assert (departments.closed_first <= departments.closed).all()
    assert (departments.handoffs_lost <= departments.handoffs).all()
    assert state.populations.staff.handled.sum() == departments.handled.sum()
    assert state.populations.staff.solved.sum() == departments.solved.sum()


def check_queues(state: ModelState) -> None:
    cases, departments = state.populations.cases, state.populations.departments
    chained: list[int] = []
    for d in range(len(departments.queue)):
        waiting, case = 0, int(departments.queue_first[d])
        while case >= 0:
            chained.append(case)
            assert cases.state[case] in (1, 3) and cases.department[case] == d
            waiting += int(cases.state[case] == 1)
            last, case = case, int(cases.next_case[case])
            assert case >= 0 or last == departments.queue_last[d]
        assert waiting == departments.queue[d] == departments.backlog[d]
    assert len(set(chained)) == len(chained) == count(state, 1, 3)


def check_hours_and_people(state: ModelState, before: Before) -> None:
    staff, departments = state.populations.staff, state.populations.departments
    spent = departments.absent_hours + departments.programme_hours + departments.overhead_hours + departments.hours
    assert np.allclose(departments.paid_hours, spent)
    used = departments.worked - departments.overrun
    assert (used <= departments.hours + 1e-6 * (1 + departments.hours)).all()
    assert np.allclose(np.bincount(staff.department, staff.worked), departments.worked)
    assert (staff.overrun >= 0).all()
    assert np.allclose(staff.overrun, np.maximum(0.0, staff.worked - staff.hours))
    assert (state.populations.leaders.escalation_capacity >= -1e-9).all()
    assert len(state.populations.leaders) > 0 or departments.escalated.sum() == 0
    assert len(departments) > 1 or departments.handed_over.sum() == 0
    in_post = (state.week + 1 >= staff.vacant_until).sum()
    assert (
        before.people - departments.quits.sum() - departments.dismissed.sum() + departments.hires.sum()
        == in_post
        == departments.people.sum()
    )
    assert departments.posts.sum() == len(staff.person)


def check_columns(state: ModelState) -> None:
    for name, kind in KINDS.items():
        for column in kind.columns:  # type: ignore[attr-defined]
            found = np.asarray(getattr(getattr(state.populations, name), column.name))
            assert np.isfinite(found).all(), (name, column.name)
            if column.kind == "stock" and column.unit == "share":
                assert ((found >= 0) & (found <= 1)).all(), (name, column.name)
            if column.unit == "0/1":
                assert np.isin(found, (0, 1)).all(), (name, column.name)
            if column.kind == "flow" and column.name not in ("overrun", "success_loss") and name not in ("staff",):
                assert (found >= -1e-9).all(), (name, column.name)


def check_money(record: Record) -> None:
    kpis, tallies = calculate(record, 0.12), record.tallies()
    assert np.allclose(kpis["revenue"], tallies["spending"])
    parts = sum(tallies[name] for name in ("wages", "handling", "compensation", "spent", "turnover_cost",
                                           "acquisition_cost", "overhead", "severance", "design", "marketing_cost",
                                           "technology_cost", "personalisation_cost", "self_service_cost", "coordinators",
                                           "estimation_cost"))  # fmt: skip
    assert np.allclose(kpis["cost"], parts)
    assert np.allclose(kpis["profit"], kpis["revenue"] - parts)
    assert np.allclose(tallies["compensation"], tallies["goodwill"])
    weeks = np.arange(1, record.weeks + 1)
    assert np.allclose(kpis["npv"][-1], (kpis["profit"] * 1.12 ** (-weeks / 52)).sum())


SHARES = [name for name, row in KPIS.items() if row.unit == "share" and name != "word_of_mouth"]


@settings(max_examples=2 if PLAIN else 40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values(), st.integers(0, 2**63 - 1))
def test_kpis_that_are_shares_stay_between_0_and_1(free: dict, seed: int) -> None:
    simulation = Simulation(Scenario("any").with_values({**SMALL, **free}), seed, WEEKS)
    for _ in range(WEEKS):
        simulation.step()
    kpis = simulation.kpis()
    for name in SHARES:
        found = kpis[name][np.isfinite(kpis[name])]
        assert ((found >= -1e-9) & (found <= 1 + 1e-9)).all(), name
    assert ((kpis["csat"] >= 0) & (kpis["csat"] <= 100) | np.isnan(kpis["csat"])).all()
    assert ((kpis["nps"] >= -100) & (kpis["nps"] <= 100) | np.isnan(kpis["nps"])).all()


def test_with_every_mechanism_at_work_a_run_depends_on_scenario_and_seed_only() -> None:
    def begun(seed: int) -> Simulation:
        champions = {"champions.count": 2, "champions.authority": 0.5, "segmentation.drift": 0.1}
        return Simulation(Scenario("any").with_values({**SMALL, **WHOLE, **champions}), seed, WEEKS)

    alone = [begun(seed) for seed in (4, 5)]
    for simulation in alone:
        for _ in range(WEEKS):
            simulation.step()
    # The other way round, and week by week by turns.
    mixed = [begun(seed) for seed in (5, 4)]
    for _ in range(WEEKS):
        for simulation in mixed:
            simulation.step()
    for one, again in zip(alone, reversed(mixed), strict=True):
        for name, values in one.kpis().items():
            assert np.array_equal(values, again.kpis()[name], equal_nan=True), name
    first, second = (simulation.kpis()["profit"] for simulation in alone)
    assert (first != second).any()


@pytest.mark.slow
@pytest.mark.skipif(PLAIN, reason="this is the plain run")
def test_the_books_balance_in_a_plain_run_too_and_nothing_is_divided_by_or_read_that_is_not_there() -> None:
    # Compiled code checks neither bounds nor divisors; the same source run plain does.
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    environment = {**os.environ, "CCSIM_PLAIN": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
