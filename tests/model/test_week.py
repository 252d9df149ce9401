"""The engine: compiled and plain agree bit for bit; every stock is written by its owners only."""

import itertools
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import ccsim.mechanisms
from ccsim.engine.jit import PLAIN
from ccsim.experiments.experiment import load_experiment
from ccsim.model import week
from ccsim.model.initial_state import initialise
from ccsim.model.populations import Cases, Customers, Departments, Firm, Leaders, Segments, Staff
from ccsim.model.settings import Settings, default_settings, replace_values
from ccsim.scenarios.scenario import list_scenarios, load_scenario
from ccsim.simulation.simulation import past

KINDS = [Staff, Leaders, Customers, Cases, Departments, Segments, Firm]
SOURCES = {path.stem: path for path in Path(ccsim.mechanisms.__file__).parent.rglob("[a-z]*.py")}
MECHANISMS = set(SOURCES)

SMALL = """
from tests.busy_organisation import busy_values
SMALL = {"organisation.staff": 18, "organisation.departments": 3, "organisation.front_departments": 2,
         "organisation.customers": 60, "organisation.warm_up": 3}
BUSY = {**SMALL, **busy_values(), "turnover.quit_probability": 0.05, "turnover.vacancy_weeks": 2,
        "leadership.turnover_probability": 0.05, "demand.rate": 0.5, "sponsorship.patience": 0.0,
        "sponsorship.interval_weeks": 2, "visible_successes.broadcast_share": 1.0, "realignment.min_conviction": 0.4,
        "trials.stop_below": 1.0, "trials.min_attempts": 1.0, "trials.interval_weeks": 2, "trials.uncertainty": 0.0,
        "rollout.planning_share": 0.0, "visible_successes.size": 0.4, "market.joining_probability": 0.2}
"""


def python(code: str, plain: bool) -> str:
    environment = {**os.environ, "CCSIM_PLAIN": "1" if plain else "0"}
    command = [sys.executable, "-c", SMALL + textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def types_of(values: object) -> object:
    return tuple(map(types_of, values)) if isinstance(values, tuple) else type(values)


@pytest.mark.parametrize("name", [*list_scenarios(), "direction", "hero", "metrics"])
def test_a_week_is_always_given_the_same_types(name: str) -> None:
    """It is called without a look at them (``skip_dispatch``), so that another type would be read as what it is not."""
    scenarios = load_experiment(name).scenarios.values() if name not in list_scenarios() else [load_scenario(name)]
    for scenario in scenarios:
        levers = replace_values(past(scenario), scenario.levers)
        for move in scenario.schedule:
            levers = replace_values(levers, move.set)
        assert types_of(levers) == types_of(Settings())


@pytest.mark.skipif(PLAIN, reason="nothing is compiled")
def test_a_week_called_straight_is_the_week() -> None:
    before, after = initialise(default_settings(), 3), initialise(default_settings(), 3)
    for number in range(4):
        after.week = number
        after.reset_flows()
        week.step_kernel(after.populations, after.settings, after.seed, after.week)
        week.step(before)
        assert before.populations.customers.satisfaction.tobytes() == after.populations.customers.satisfaction.tobytes()
        for mine, theirs in zip(before.populations.staff, after.populations.staff, strict=True):
            assert mine.tobytes() == theirs.tobytes()


@pytest.mark.skipif(PLAIN or not hasattr(signal, "setitimer"), reason="nothing is compiled, or nothing interrupts")
def test_no_interrupt_is_lost_in_a_week(small: dict) -> None:
    """The tables of numba may take one for a missing key: they are not to be asked week by week."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    state, before = initialise(replace_values(default_settings(), small), 1), signal.signal(signal.SIGALRM, interrupt)
    try:
        for number in range(60):
            with pytest.raises(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, 0.001 + number * 1e-4)
                for _ in range(20_000):
                    week.step(state)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def test_compiled_and_plain_runs_agree_bit_for_bit() -> None:
    code = """
    import hashlib
    import numpy as np
    from ccsim.engine import jit
    from ccsim.model import initial_state
    from ccsim.model import kpis
    from ccsim.model import recorder
    from ccsim.model import settings
    from ccsim.model import week
    print(jit.PLAIN)
    flat = {**SMALL, "organisation.departments": 1, "organisation.front_departments": 1, "organisation.tiers": 0,
            "organisation.ties": 0, "organisation.segments": 1, "capacity.induction_weeks": 0.0}
    harsh = {**SMALL, "empowerment.blame": 1.0, "scorecards.strength": 9.0, "demand.abandonment_rate": 0.5, "demand.surge": 3.0,
             "market.joining_probability": 0.2, "market.churn": 0.1, "champions.count": 3, "champions.selection": "best connected",
             "champions.placement": "together"}
    for name, values in (("busy", BUSY), ("flat", flat), ("harsh", harsh)):
        world = initial_state.initialise(settings.replace_values(settings.default_settings(), values), 11)
        record = recorder.Record.of(world, 6)
        for number in range(6):
            if number == 3:
                world.settings = settings.replace_values(world.settings, {"champions.departures": 1, "staffing.cut": 0.2, "segmentation.priority": 0.5,
                                                                     "conviction.evidence_rate": 0.5, "empowerment.rights": 0.5, **{
                f"staff_scorecard.{name}": 0.35 for name in ("handling_time", "cost", "csat", "resolution", "journey", "internal")}})
            week.step(world)
            record.add(world)
        digest = hashlib.sha256()
        for population in world.populations:
            for array in [population] if isinstance(population, np.ndarray) else population:
                digest.update(np.ascontiguousarray(array).tobytes())
        for values in kpis.calculate(record, 0.12).values():
            digest.update(values.tobytes())
        print(name, digest.hexdigest())
    """
    compiled, plain = python(code, plain=False).splitlines(), python(code, plain=True).splitlines()
    assert (compiled[0], plain[0]) == ("False", "True")
    assert compiled[1:] == plain[1:]
    assert len(set(plain)) == 4


def test_each_kernel_changes_only_stocks_that_its_mechanism_owns_and_flows() -> None:
    code = """
    import types
    import numpy as np
    from ccsim.model import initial_state
    from ccsim.model import settings
    from ccsim.model import week
    def columns(state):
        found = {}
        for name, population in zip(state._fields, state):
            if name == "colleagues":
                found["colleagues"] = (population, None)
                continue
            kind = KINDS[name]
            for column in kind.columns:
                found[f"{name}.{column.name}"] = (np.asarray(getattr(population, column.name)), column)
        return found
    from ccsim.model.populations import Cases, Customers, Departments, Firm, Leaders, Segments, Staff
    KINDS = {"staff": Staff, "leaders": Leaders, "customers": Customers, "cases": Cases, "departments": Departments,
             "segments": Segments, "firm": Firm}
    world = initial_state.initialise(settings.replace_values(settings.default_settings(), BUSY), 5)
    seen, wrong = set(), set()
    def watched(mechanism, function):
        def call(*arguments):
            before = {key: array.copy() for key, (array, _) in columns(world.populations).items()}
            result = function(*arguments)
            for key, (array, column) in columns(world.populations).items():
                if not np.array_equal(array, before[key], equal_nan=True):
                    seen.add(key)
                    if column is None or (column.kind != "flow" and mechanism not in column.owners):
                        wrong.add((mechanism, function.__name__, key))
            return result
        return call
    for name, module in list(vars(week).items()):
        if isinstance(module, types.ModuleType) and module.__name__.startswith("ccsim.mechanisms."):
            short = module.__name__.rsplit(".", 1)[1]
            replaced = types.SimpleNamespace(**{
                key: watched(short, value) if callable(value) and getattr(value, "__module__", "") == module.__name__
                else value for key, value in vars(module).items()})
            setattr(week, name, replaced)
    for number in range(8):
        if number == 4:
            world.settings = settings.replace_values(world.settings, {"champions.departures": 1, "staffing.cut": 0.2, "segmentation.priority": 0.5,
                                                                     "conviction.evidence_rate": 0.5, "empowerment.rights": 0.5, **{
                f"staff_scorecard.{name}": 0.35 for name in ("handling_time", "cost", "csat", "resolution", "journey", "internal")}})
        week.step(world)
    stocks = {key for key, (_, column) in columns(world.populations).items() if column is not None and column.kind == "stock"}
    print("WRONG", sorted(wrong))
    print("NEVER", sorted(stocks - seen))
    """
    wrong, never = python(code, plain=True).strip().splitlines()
    assert wrong == "WRONG []"
    assert never in ("NEVER []", "NEVER ['staff.overrun']")


@pytest.mark.parametrize("kind", KINDS)
def test_every_stock_has_owners_that_exist_and_live_in_the_week(kind: type) -> None:
    for column in kind.columns:  # type: ignore[attr-defined]
        assert bool(column.owners) == (column.kind == "stock"), column.name
        # A module of rules may declare what those who call its rules write.
        assert set(column.owners) <= MECHANISMS, column.name
        assert set(column.owners) & set(vars(week)) or column.kind != "stock", column.name


#: Called by other kernels, or when an organisation is founded.
CALLED_BY_KERNELS = {"centrality", "ties", "customer_differences"}


def test_every_mechanism_with_kernels_is_lived() -> None:
    # Mechanisms of rules only (what is imported by others) have no place of their own in the week.
    for mechanism in MECHANISMS - CALLED_BY_KERNELS:
        source = SOURCES[mechanism].read_text()
        assert ("@kernel" in source) == hasattr(week, mechanism), mechanism


def test_every_kernel_has_its_line_in_the_week() -> None:
    output = Path(week.__file__).read_text()
    elsewhere = {
        "champions.measure_standing",
        "trials.draw_returns",
        "implementation.store_first_cards",
    }  # in other kernels, at founding
    for mechanism in MECHANISMS & set(vars(week)):
        lines = SOURCES[mechanism].read_text().splitlines()
        for mark, line in itertools.pairwise(lines):
            if mark.startswith("@kernel"):
                name = f"{mechanism}.{line.removeprefix('def ').split('(')[0]}"
                assert output.count(f"{name}(") == (name not in elsewhere), name


def test_a_week_starts_from_cleared_flows_and_counts_on(small: dict) -> None:
    state = initialise(replace_values(default_settings(), small), 3)
    dirty = state.copy()
    for block in dirty.flows.values():
        block[...] = 7.0
    for one in (state, dirty):
        week.step(one)
        assert one.week == 0
    for name, block in state.flows.items():
        assert np.array_equal(block, dirty.flows[name]), name
