"""Every parameter and lever at its legal ends, and at absurd values: finite numbers, true shares, balanced books.

The test runs plain, so that numpy checks every index and divisor. By hand, with more draws:

    CCSIM_PLAIN=1 python -W error::RuntimeWarning -m pytest tests/test_numbers.py -m slow
"""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from tests.test_invariants import (
    SMALL,
    WHOLE,
    Before,
    check_columns,
    check_contacts,
    check_customers_and_issues,
    check_hours_and_people,
    check_money,
    check_queues,
)

from ccsim.engine.jit import PLAIN
from ccsim.engine.parameters import Parameter
from ccsim.errors import InputError
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters, check_sizes
from ccsim.scenarios.scenario import Intervention, Scenario
from ccsim.simulation.simulation import Simulation

ABSURD = (
    1e100,
    -1e100,
    1e300,
    1.8e308,
    -1.8e308,
    math.inf,
    -math.inf,
    math.nan,
    10**400,
    -(10**400),
    "1e100",
    None,
    [],
)
#: Sizes that a test can afford; the others are tried at both ends.
AFFORDABLE = {
    "organisation.staff": 40, "organisation.customers": 200, "organisation.departments": 15,
    "organisation.front_departments": 15, "organisation.prospects": 4.0, "organisation.warm_up": 8,
    "organisation.ties": 64, "organisation.span": 1_000_000,
}  # fmt: skip
ROWS = list(all_parameters().values())


def at_work(row: Parameter) -> Any:
    """Return a value at which what a parameter switches off by default is at work."""
    if row.choices:
        return next(choice for choice in reversed(row.choices) if choice != row.off)
    if row.kind is bool:
        return not row.off
    low, high = row.range
    return row.kind(high if row.off == low else low)


#: What is off unless a scenario sets it: trials, realignment, customers that differ, and all the levers.
SWITCHED_ON = {row.key: at_work(row) for row in ROWS if row.off is not None and row.default == row.off}
#: Every mechanism at work, in an organisation whose books are checked in a few milliseconds.
BASE = {
    **SWITCHED_ON, **SMALL, **WHOLE, "organisation.staff": 8, "organisation.customers": 24, "organisation.warm_up": 1,
    "champions.count": 1, "champions.authority": 0.5, "segmentation.drift": 0.1, "demand.rate": 0.4,
}  # fmt: skip
SHARES = [name for name, row in KPIS.items() if row.unit == "share" and name != "word_of_mouth"]


def test_every_mechanism_is_at_work_where_the_ends_are_tried() -> None:
    values = {**{row.key: row.default for row in ROWS}, **BASE}
    still_off = {row.key for row in ROWS if row.off is not None and values[row.key] == row.off}
    assert not still_off
    assert {"trials", "customer_differences", "programme"} <= {key.partition(".")[0] for key in SWITCHED_ON}


def ends(row: Parameter) -> list[Any]:
    """Return the lowest, a typical high and the highest legal value of a parameter, as a user would write them."""
    if row.choices:
        return [row.choices[0], row.choices[-1]]
    low, high = row.legal[0], AFFORDABLE.get(row.key, row.legal[1])
    if row.kind is bool:
        return [False, True]
    return [row.kind(value) for value in dict.fromkeys((low, high))]


def live(values: dict[str, Any], moved: dict[str, Any], seed: int, weeks: int) -> None:
    """Run a small organisation, levers moved half way, and check every number of every week."""
    scenario = {**BASE, **values}
    if check_sizes({key: value for key, value in scenario.items() if key.startswith("organisation.")}):
        scenario |= {"organisation.departments": 1, "organisation.front_departments": 1, "organisation.segments": 1}
    simulation = Simulation(Scenario("any").with_values(scenario), seed, weeks)
    state = simulation.state
    for week in range(weeks):
        if week == weeks // 2 and moved:
            simulation.apply(Intervention.create(moved, week=week))
        before = Before(state)
        simulation.step()
        check_columns(state)
        check_customers_and_issues(state, before)
        check_contacts(state, before)
        check_queues(state)
        check_hours_and_people(state, before)
    check_money(simulation.record)
    kpis = simulation.kpis()
    for name, series in kpis.items():
        assert not np.isinf(series).any(), name
    for name in SHARES:
        found = kpis[name][np.isfinite(kpis[name])]
        assert ((found >= -1e-9) & (found <= 1 + 1e-9)).all(), name
    credibility = kpis["leader_credibility"]
    assert ((credibility >= 0) & (credibility <= 1) | np.isnan(credibility)).all()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_absurd_values_are_refused_and_never_run(row: Parameter) -> None:
    for value in ABSURD:
        with pytest.raises(InputError, match=r"must be|unknown value|too large") as caught:
            Scenario("any").with_values({row.key: value})
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_at_its_legal_ends_a_parameter_gives_finite_numbers_and_balanced_books(row: Parameter) -> None:
    if not PLAIN:
        pytest.skip("runs plain, in a process of its own, below")
    for value in ends(row):
        live({row.key: value}, {}, 3, 3)
        if row.role == "lever":
            live({}, {row.key: value}, 4, 3)


def draw(rng: random.Random, rows: list[Parameter], chance: float) -> dict[str, Any]:
    """Return many parameters at one of their ends each."""
    return {row.key: rng.choice(ends(row)) for row in rows if rng.random() < chance}


def live_extremes(seed: int) -> None:
    """Live with a random share of all parameters at their ends, and move many levers to other ends."""
    rng = random.Random(seed)
    chance = rng.choice((0.02, 0.1, 0.3, 1.0))
    free = [row for row in ROWS if row.role != "size" or rng.random() < 0.3]
    live(draw(rng, free, chance), draw(rng, [row for row in ROWS if row.role == "lever"], chance), seed, 10)


@pytest.mark.parametrize("seed", range(40))
def test_many_parameters_at_their_ends_at_once_give_finite_numbers_and_balanced_books(seed: int) -> None:
    if not PLAIN:
        pytest.skip("runs plain, in a process of its own, below")
    live_extremes(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 4000))
def test_three_thousand_draws_at_legal_ends(seed: int) -> None:
    live_extremes(seed)


@pytest.mark.slow
@pytest.mark.skipif(PLAIN, reason="this is the plain run")
def test_the_ends_hold_in_a_plain_run_where_indices_and_divisors_are_checked() -> None:
    command = [
        sys.executable,
        "-W",
        "error::RuntimeWarning",
        "-m",
        "pytest",
        "-q",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
        __file__,
    ]
    environment = {**os.environ, "CCSIM_PLAIN": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
