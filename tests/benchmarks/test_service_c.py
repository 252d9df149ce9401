"""The hand-written service phase does the engine's work, bit for bit."""

import numpy as np
import pytest
from benchmarks.service_c.build import build, compiler
from benchmarks.service_c.measure import before_service, differing
from benchmarks.worlds import BUSY, WHOLE, world_of

from ccsim.mechanisms.service import service

needs_compiler = pytest.mark.skipif(compiler() is None, reason="there is no C compiler")


@pytest.fixture(scope="module")
def in_c(tmp_path_factory):
    return build(tmp_path_factory.mktemp("service_c"))


@needs_compiler
@pytest.mark.parametrize(
    "levers",
    [
        {},
        BUSY,
        WHOLE,
        {"demand.surge": 3.0, "organisation.tiers": 1, "staff_scorecard.journey": 2.0},
        {"organisation.departments": 1, "organisation.front_departments": 1, "organisation.tiers": 0},
    ],
)
def test_the_service_phase_in_c_leaves_the_same_columns(in_c, levers):
    state, arguments = before_service(world_of(30, 300, past=10, seed=6, levers=levers))
    engine, c = state.copy(), state.copy()
    service.serve(*arguments(engine))
    in_c(*arguments(c))
    assert engine.populations.departments.handled.sum() > 20
    assert differing(engine, state)
    assert differing(engine, c) == []


@needs_compiler
def test_the_service_phase_in_c_leaves_the_same_columns_where_departments_differ(in_c):
    state, arguments = before_service(world_of(30, 300, past=10, seed=6))
    departments = state.populations.departments
    departments.time_factor[:] = np.linspace(0.8, 1.3, len(departments))
    departments.transfer_share[:] = np.linspace(0.2, 1.0, len(departments))
    departments.by_journey[0] = 2.0
    engine, c = state.copy(), state.copy()
    service.serve(*arguments(engine))
    in_c(*arguments(c))
    assert engine.populations.departments.handoffs.sum() > 5
    assert differing(engine, c) == []
