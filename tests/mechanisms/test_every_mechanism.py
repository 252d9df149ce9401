"""The tests of mechanisms leave none out, and a mechanism that is off might as well not be there."""

import importlib.util
import os
import subprocess
import sys
import textwrap
import types
from pathlib import Path

import pytest

import ccsim.mechanisms
from ccsim.model.settings import all_parameters

HERE = Path(__file__).parent
SOURCES = Path(ccsim.mechanisms.__file__).parent
MECHANISMS = sorted(path.relative_to(SOURCES).with_suffix("").as_posix() for path in SOURCES.rglob("[a-z]*.py"))


def file_for(mechanism: str) -> Path:
    """Return the file of a mechanism's tests; a mechanism is named by its path, such as ``staff/habit``."""
    folder, _, name = mechanism.rpartition("/")
    return HERE / folder / f"test_{name}.py"


def imported(path: Path) -> types.ModuleType:
    """Import a file of tests."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_has_its_tests(mechanism: str) -> None:
    assert file_for(mechanism).exists()


def test_every_off_value_is_tested() -> None:
    modules = [imported(file_for(mechanism)) for mechanism in MECHANISMS]
    tested = {key for module in modules for key in getattr(module, "OFF", {})}
    declared = {key for key, row in all_parameters().items() if row.off is not None}
    assert not declared - tested, "give each a line in the dictionary OFF of the test of its mechanism"
    assert not tested - declared, "no parameter with an off value; take it out of OFF"


#: Module, kernels that are taken out of the week, and the values at which they do nothing anyway.
REMOVED = {
    "programme": (("inform", "pay"), {"programme.budget": 0.0}),
    "participation": (("involve_volunteers",), {"programme.budget": 0.0}),
    "champions": (("appoint",), {"champions.count": 0}),
    "coaching": (("coach",), {"champions.count": 0}),
    "word_of_mouth": (("update_opinion",), {"word_of_mouth.influence": 0.0, "experience.forgetting_rate": 0.0}),
    "market": (("acquire_customers", "lose_customers"), {"market.joining_probability": 0.0, "market.churn": 0.0}),
    "demand": (("abandon_queues",), {"demand.abandonment_rate": 0.0}),
    "turnover": (("replace_staff",), {}),
    "conviction": (
        ("update_conviction",),
        # To count a person as tipped is a definition and no mechanism; where no conviction moves, none reaches it.
        {f"conviction.{name}": 0.0 for name in ("evidence_rate", "tipping_probability", "leader_rate", "reversion_rate")},
    ),
    "skills": (("update_skill",), {f"skills.{name}": 0.0 for name in ("training_rate", "coaching_rate", "practice_rate", "decay_rate")}),
    "habit": (("update_habit",), {"habit.formation_rate": 0.0, "habit.decay_rate": 0.0}),
    "embedding": (("update_routine",), {"embedding.writing_rate": 0.0, "embedding.decay_rate": 0.0}),
    "empowerment": (("delegate_rights", "update_safety"), {"empowerment.adjustment_rate": 0.0, "empowerment.blame": 0.0}),
    "engagement": (("update_engagement",), {"engagement.adjustment_rate": 0.0}),
    "fatigue": (("update_fatigue",), {f"fatigue.{name}": 0.0 for name in ("strain", "overload", "demand_control", "recovery", "disillusion", "cynicism_recovery")}),
    "leadership": (("replace_leaders",), {"leadership.escalation_capacity": 0.0, "leadership.turnover_probability": 0.0}),
    "reporting": (("update_reports",), {"leadership.reporting_rate": 0.0, "leadership.memory_rate": 0.0}),
    "commitment": (
        ("update_commitment",),
        {f"leadership.{name}": 0.0 for name in ("superior_rate", "scorecard_rate", "results_rate", "successes_rate", "reporting_rate", "memory_rate", "credibility_rate")} | {"conviction.reversion_rate": 0.0},
    ),
    "experience": (
        ("update_satisfaction",),
        {"market.joining_probability": 0.0, "promise.trust_rate": 0.0,
         **{f"experience.{name}": 0.0 for name in ("adaptation_rate", "forgetting_rate", "talk_probability", "noticing_rate")}},
    ),
}  # fmt: skip

#: What the ordinary organisation does not have.
OFF_ORDINARILY = ("programme", "participation", "champions", "coaching")

CODE = """
import hashlib, sys, types
import numpy as np
from ccsim.model import initial_state
from ccsim.model import settings
from ccsim.model import week
from test_every_mechanism import OFF_ORDINARILY, REMOVED

small = {"organisation.staff": 12, "organisation.departments": 3, "organisation.front_departments": 2,
         "organisation.customers": 40, "organisation.warm_up": 4, "market.joining_probability": 0.05, "market.churn": 0.02,
         "demand.abandonment_rate": 0.5, "service.handling_hours": 12.0}
busy = {**small, "programme.budget": 600.0, "champions.count": 2, "champions.hours": 6.0, "champions.authority": 0.5}

def digest(world):
    found = hashlib.sha256()
    for population in world.populations:
        for array in [population] if isinstance(population, np.ndarray) else population:
            found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()

def lived(name, without):
    kernels, values = REMOVED[name]
    plain = small if name in OFF_ORDINARILY else busy
    # Nobody comes or goes: whoever arrives starts afresh in every mechanism.
    world = initial_state.initialise(settings.replace_values(settings.default_settings(), {**plain, "turnover.quit_probability": 0.0}), 5)
    world.settings = settings.replace_values(world.settings, values)
    module = getattr(week, name)
    nothing = {kernel: lambda *arguments: None for kernel in kernels}
    if without:
        setattr(week, name, types.SimpleNamespace(**{**vars(module), **nothing}))
    for _ in range(4):
        week.step(world)
    setattr(week, name, module)
    return digest(world)

def at_work(name):
    kernels, _ = REMOVED[name]
    REMOVED[name] = (kernels, {})
    return lived(name, without=True) != lived(name, without=False)

for name in REMOVED:
    same = lived(name, without=True) == lived(name, without=False)
    print(name, same, at_work(name) if REMOVED[name][1] and name not in OFF_ORDINARILY else True)
"""


@pytest.fixture(scope="module")
def without() -> dict[str, tuple[bool, bool]]:
    """Per mechanism: whether a run without it equals one with it off, and differs from one with it on."""
    paths = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "CCSIM_PLAIN": "1", "PYTHONPATH": paths}
    command = [sys.executable, "-c", textwrap.dedent(CODE)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    return {name: (same == "True", works == "True") for name, same, works in rows}


@pytest.mark.parametrize("name", REMOVED)
def test_a_week_with_a_mechanism_off_is_a_week_without_it_bit_for_bit(name: str, without: dict) -> None:
    same, works = without[name]
    assert same, f"{name} leaves a trace although it is off"
    assert works, f"the test cannot see {name}"
