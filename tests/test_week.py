"""The engine: compiled and plain agree; every column has one owner; the order of staff does not matter."""

import os
import subprocess
import sys
import textwrap

import pytest

from ccsim.populations import Cases, Customers, Departments, Firm, Leaders, Segments, Staff

SMALL = """
SMALL = {"organisation.staff": 18, "organisation.departments": 3, "organisation.front_departments": 2,
         "organisation.customers": 60, "organisation.warm_up": 3}
BUSY = {**SMALL, "programme.budget": 900.0, "champions.count": 2, "champions.hours": 6.0, "champions.authority": 0.5,
        "staff_scorecard.journey": 0.5, "turnover.quitting": 0.05, "turnover.vacancy": 2, "leadership.leaving": 0.05,
        "demand.rate": 0.5}
"""


def python(code: str, plain: bool) -> str:
    environment = {**os.environ, "CCSIM_PLAIN": "1" if plain else "0"}
    command = [sys.executable, "-c", SMALL + textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_compiled_and_plain_runs_agree_bit_for_bit() -> None:
    code = """
    import hashlib
    import numpy as np
    from ccsim import compiled, founding, settings, week
    world = founding.found(settings.with_values(settings.ordinary(), BUSY), 11)
    for _ in range(6):
        week.live(world)
    digest = hashlib.sha256()
    for population in world.state:
        for array in [population] if isinstance(population, np.ndarray) else population:
            digest.update(np.ascontiguousarray(array).tobytes())
    print(compiled.PLAIN, digest.hexdigest())
    """
    compiled, plain = python(code, plain=False).split(), python(code, plain=True).split()
    assert (compiled[0], plain[0]) == ("False", "True")
    assert compiled[1] == plain[1]


def test_each_kernel_changes_only_stocks_that_its_mechanism_owns_and_flows() -> None:
    code = """
    import types
    import numpy as np
    from ccsim import founding, settings, week
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
    from ccsim.populations import Cases, Customers, Departments, Firm, Leaders, Segments, Staff
    KINDS = {"staff": Staff, "leaders": Leaders, "customers": Customers, "cases": Cases, "departments": Departments,
             "segments": Segments, "firm": Firm}
    world = founding.found(settings.with_values(settings.ordinary(), BUSY), 5)
    seen, wrong = set(), set()
    def watched(mechanism, function):
        def call(*arguments):
            before = {key: array.copy() for key, (array, _) in columns(world.state).items()}
            result = function(*arguments)
            for key, (array, column) in columns(world.state).items():
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
            world.settings = settings.with_values(world.settings, {"champions.leave": 1})
        week.live(world)
    stocks = {key for key, (_, column) in columns(world.state).items() if column is not None and column.kind == "stock"}
    print("WRONG", sorted(wrong))
    print("NEVER", sorted(stocks - seen))
    """
    wrong, never = python(code, plain=True).strip().splitlines()
    assert wrong == "WRONG []"
    assert never in ("NEVER []", "NEVER ['staff.overrun']")


@pytest.mark.parametrize("kind", [Staff, Leaders, Customers, Cases, Departments, Segments, Firm])
def test_every_stock_has_owners_and_every_column_a_meaning(kind: type) -> None:
    for column in kind.columns:  # type: ignore[attr-defined]
        assert column.unit and column.meaning
        assert bool(column.owners) == (column.kind == "stock"), column.name
