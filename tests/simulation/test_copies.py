"""A copy of a run in progress lives on as the run itself would have, and neither lives in the other."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
import pytest

from ccsim import Employee, InputError, Organisation
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.simulation import Simulation

WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda one: pickle.loads(pickle.dumps(one)),
    "copy of a copy": lambda one: copy.deepcopy(pickle.loads(pickle.dumps(copy.copy(one)))),
}


@pytest.fixture(params=list(WAYS))
def copied(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    return WAYS[request.param]


def same(one: Any, other: Any) -> bool:
    return set(one) == set(other) and all(np.array_equal(one[key], other[key], equal_nan=True) for key in one)


@pytest.mark.parametrize("scenario", ["combined", "hero-leaves"])
@pytest.mark.parametrize("weeks", [0, 5])
def test_a_copied_organisation_lives_on_as_the_unbroken_run(
    copied: Callable[[Any], Any], scenario: str, weeks: int, small: dict
) -> None:
    unbroken = Organisation(scenario, rng=3, weeks=12, levers=small).run()
    org = Organisation(scenario, rng=3, weeks=12, levers=small)
    for _ in range(weeks):
        org.step()
    org.agents.get("unique_id")
    twin = copied(org)
    assert twin.week == org.week == weeks - 1
    twin.run()
    assert org.week == weeks - 1, "the copy lives in the original"
    for one in (twin, org.run()):
        assert same(one.simulation.kpis(), unbroken.simulation.kpis())
        assert same(one.simulation.kpis("department"), unbroken.simulation.kpis("department"))
        assert same(one.simulation.kpis("segment"), unbroken.simulation.kpis("segment"))
        assert one.events == unbroken.events
        assert not any(
            (a != b).any() for a, b in zip(one.state.populations.staff, unbroken.state.populations.staff, strict=True)
        )


def test_a_copied_simulation_lives_on_as_the_unbroken_run(copied: Callable[[Any], Any], small: dict) -> None:
    def lived(simulation: Simulation, weeks: int) -> Simulation:
        for _ in range(weeks):
            simulation.step()
        return simulation

    scenario = load_scenario("combined").with_values(small)
    unbroken = lived(Simulation(scenario, 4, 10), 10)
    simulation = lived(Simulation(scenario, 4, 10), 4)
    twin = copied(simulation)
    lived(twin, 6)
    assert simulation.record.weeks == 4
    lived(simulation, 6)
    assert same(twin.kpis(), unbroken.kpis()) and same(simulation.kpis(), unbroken.kpis())


@pytest.mark.parametrize("way", ["deepcopy", "pickle"])
def test_a_copied_world_has_flows_and_columns_in_one_memory(way: str, small: dict) -> None:
    org = Organisation("combined", rng=1, weeks=4, levers=small)
    org.step()
    state = WAYS[way](org.state)
    for name, block in state.flows.items():
        block[...] = 7.0
        kind = getattr(state.populations, name)
        last = kind[-1] if isinstance(kind, tuple) else kind[kind.dtype.names[-1]]
        assert (last == 7.0).all(), name
    assert not (org.state.flows["staff"] == 7.0).all()


def test_a_component_that_refers_to_the_world_refers_to_the_copy_in_a_copy(small: dict) -> None:
    org = Organisation("combined", rng=1, weeks=4, levers=small)
    org.watched = [org.state, org.state.populations.staff, org.employee(0)]  # type: ignore[attr-defined]
    twin = copy.deepcopy(org)
    state, staff, person = twin.watched  # type: ignore[attr-defined]
    assert state is twin.state and staff is twin.state.populations.staff and person is twin.employee(0)


def test_the_arrays_of_a_world_cannot_be_exchanged_for_parted_ones(small: dict) -> None:
    org = Organisation("combined", rng=1, weeks=4, levers=small)
    for name in ("populations", "flows"):
        with pytest.raises(InputError, match=f"state.{name} cannot be replaced"):
            setattr(org.state, name, copy.deepcopy(getattr(org.state, name)))


def test_agents_of_a_copy_belong_to_the_copy(copied: Callable[[Any], Any], small: dict) -> None:
    class Adviser(mesa.Agent):
        pass

    globals()["Adviser"] = Adviser  # a class is pickled by its name in a module
    Adviser.__qualname__ = "Adviser"
    org = Organisation("nothing", rng=1, weeks=4, levers=small)
    Adviser.create_agents(org, 3)
    twin = copied(org)
    assert {agent.unique_id for agent in twin.agents} == {agent.unique_id for agent in org.agents}
    assert all(agent.model is twin for agent in twin.agents)
    Adviser(twin)
    assert len({agent.unique_id for agent in twin.agents}) == len(twin.agents) == len(org.agents) + 1
    twin.agents_by_type[Employee].set("habit", 1.0)
    assert not (org.state.populations.staff.habit == 1.0).all()
