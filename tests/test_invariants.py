"""The books balance, whatever legal levers, assumptions and sizes are set."""

from typing import Any

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ccsim.kpis import calculate
from ccsim.recorder import Record
from ccsim.scenario import Scenario
from ccsim.settings import declared
from ccsim.simulation import Simulation
from ccsim.world import World

WEEKS = 14
FREE = [row for row in declared().values() if row.role != "size"]


@st.composite
def values(draw: st.DrawFn) -> dict[str, Any]:
    """Draw some legal values, extremes among them."""
    found: dict[str, Any] = {}
    for row in draw(st.lists(st.sampled_from(FREE), max_size=12, unique_by=lambda row: row.key)):
        low, high = row.legal[0], min(row.legal[1], max(10 * row.range[1], 1.0))
        if row.choices:
            found[row.key] = draw(st.sampled_from(row.choices))
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


def open_cases(world: World) -> int:
    return int(np.isin(world.state.cases.state, (1, 2)).sum())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sizes(), values(), st.integers(0, 2**63 - 1))
@example({"organisation.customers": 1, "organisation.segments": 1}, {}, 0)
@example({"organisation.staff": 1, "organisation.departments": 1, "organisation.front_departments": 1}, {}, 1)
@example({"organisation.tiers": 0}, {"turnover.quitting": 1.0, "turnover.vacancy": 0}, 2)
@example({"organisation.tiers": 1}, {"programme.budget": 1e6, "champions.count": 10000, "champions.hours": 80.0}, 3)
@example({"organisation.prospects": 0.0}, {"market.churn": 1.0}, 4)
@example({}, {"capacity.week": 0.0, "demand.surge": 3.0}, 5)
def test_customers_cases_hours_and_money_balance(size: dict, free: dict, seed: int) -> None:
    small = {"organisation.staff": 15, "organisation.customers": 60, "organisation.warm_up": 2,
             "organisation.departments": 3, "organisation.front_departments": 2, "organisation.segments": 1}  # fmt: skip
    simulation = Simulation(Scenario("any").changed({**small, **size, **free}), seed, WEEKS)
    world = simulation.world
    for _ in range(WEEKS):
        active, waiting = int(world.state.customers.active.sum()), open_cases(world)
        simulation.step()
        check_week(world, active, waiting)
    check_money(simulation.record)


def check_week(world: World, active: int, waiting: int) -> None:
    state = world.state
    departments, segments = state.departments, state.segments
    assert (
        active + segments.joined.sum() - segments.left.sum() == state.customers.active.sum() == segments.customers.sum()
    )
    ended = departments.resolved.sum() + departments.abandoned.sum() + departments.withdrawn.sum()
    assert waiting + departments.raised.sum() - ended == open_cases(world)
    assert departments.backlog.sum() == (state.cases.state == 1).sum()
    choices = (departments.closed_fast + departments.followed_script + departments.solved + departments.handed_over
               + departments.escalated)  # fmt: skip
    assert (choices == departments.handled).all()
    assert np.allclose(
        departments.paid_hours, departments.absent_hours + departments.programme_hours + departments.hours
    )
    used = departments.worked - departments.overrun
    assert (used <= departments.hours + 1e-6 * (1 + departments.hours)).all()
    assert np.allclose(np.bincount(state.staff.department, state.staff.worked), departments.worked)
    assert departments.people.sum() == (world.week + 1 >= state.staff.vacant_until).sum()
    for population in (state.staff, state.leaders, state.customers, state.cases):
        for column in type(population).columns if hasattr(type(population), "columns") else ():
            assert np.isfinite(getattr(population, column.name)).all(), column.name
    for column in ("skill", "conviction", "habit", "latitude", "safety", "engagement", "fatigue", "cynicism"):
        values_of = getattr(state.staff, column)
        assert ((values_of >= 0) & (values_of <= 1)).all(), column
    for column in ("satisfaction", "expectation", "opinion"):
        values_of = getattr(state.customers, column)
        assert ((values_of >= 0) & (values_of <= 1)).all(), column


def check_money(record: Record) -> None:
    kpis, tallies = calculate(record, 0.12), record.tallies()
    assert np.allclose(kpis["revenue"], tallies["spending"])
    parts = sum(tallies[name] for name in ("wages", "handling", "compensation", "spent", "turnover_cost",
                                           "acquisition_cost", "overhead"))  # fmt: skip
    assert np.allclose(kpis["profit"], kpis["revenue"] - parts)
    assert np.allclose(tallies["compensation"], tallies["goodwill"])
    weeks = np.arange(1, record.weeks + 1)
    assert np.allclose(kpis["npv"][-1], (kpis["profit"] * 1.12 ** (-weeks / 52)).sum())
