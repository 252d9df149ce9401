import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.management.structure import advance_stage, conflict_time, effective_stage, integration_share
from ccsim.model.week import step

TOP = {"structure.stage": 5}


def reached(s: object, weeks: int = 10) -> tuple[float, float]:
    state = world_of(set_to())
    for _ in range(weeks):
        advance_stage(state.populations.departments, state.populations.firm, s.structure, s.implementation)  # type: ignore[attr-defined]
    return float(state.populations.firm.stage[0]), float(state.populations.firm.capability[0])


OFF = {
    "structure.stage": lambda s: reached(s) == (0.0, 0.0),
    "structure.learning_rate": lambda s: reached(with_values(s, TOP))[1] == 0.0,
    "structure.integration": lambda s: integration_share(5.0, 5.0, s.structure) == 0.0,
    "structure.meeting_hours": lambda s: (
        tallies_of(with_values(s, TOP), 6)["coordination"].sum()
        == pytest.approx(tallies_of(with_values(s, TOP), 6)["conflict"].sum())
    ),
    "structure.conflict_hours": lambda s: conflict_time(5.0, 0.0, s.structure) == 0.0,
    "structure.coordinator_cost": lambda s: tallies_of(with_values(s, TOP), 6)["coordinators"].sum() == 0.0,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_step_takes_its_weeks() -> None:
    s = set_to({"structure.stage": 2, "structure.weeks_per_stage": 10.0})
    assert reached(s, 10)[0] == pytest.approx(1.0)
    assert reached(s, 20)[0] == pytest.approx(2.0) == pytest.approx(reached(s, 200)[0])


def test_capabilities_grow_by_practice_and_never_beyond_the_step() -> None:
    s = set_to({**TOP, "implementation.gap": False})
    steps = [reached(s, weeks) for weeks in (5, 20, 60, 400)]
    assert all(capability <= step + 1e-12 for step, capability in steps)
    assert np.all(np.diff([capability for _, capability in steps]) > 0)
    assert steps[-1][1] == pytest.approx(5.0, abs=0.01)


def test_a_structure_achieves_what_people_can_and_each_step_less() -> None:
    p = set_to().structure
    assert effective_stage(4.0, 1.0) == 1.0
    assert integration_share(4.0, 1.0, p) == integration_share(1.0, 1.0, p)
    gains = np.diff([integration_share(step, 5.0, p) for step in range(6)])
    assert (gains > 0).all() and (np.diff(gains) < 0).all()
    assert integration_share(5.0, 5.0, p) == pytest.approx(p.integration)


def test_a_matrix_ahead_of_its_capabilities_makes_conflict() -> None:
    p = set_to().structure
    assert conflict_time(1.0, 0.0, p) == 0.0 < conflict_time(3.0, 0.0, p) < conflict_time(4.0, 0.0, p)
    rushed, slow = (
        tallies_of(set_to({"structure.stage": 4, "structure.weeks_per_stage": weeks, "organisation.warm_up": 0}), 20)[
            "conflict"
        ].sum()
        for weeks in (1.0, 60.0)
    )
    assert rushed > slow == 0.0


def test_joined_departments_lose_less_between_them() -> None:
    state = world_of(
        set_to({**TOP, "handoffs.loss_probability": 1.0, "handoffs.warm_factor": 1.0, "handoffs.cold_factor": 1.0})
    )
    state.populations.firm.stage[:] = 5.0
    state.populations.firm.capability[:] = 5.0
    step(state)
    departments = state.populations.departments
    assert departments.integration.min() == pytest.approx(0.8)
    assert departments.handoffs_lost.sum() < 0.7 * departments.handoffs.sum()


def test_a_step_back_is_taken_as_slowly() -> None:
    state = world_of(set_to())
    populations = state.populations
    populations.firm.stage[:] = 3.0
    advance_stage(
        populations.departments,
        populations.firm,
        set_to({"structure.stage": 0, "structure.weeks_per_stage": 10.0}).structure,
        set_to().implementation,
    )
    assert state.populations.firm.stage[0] == pytest.approx(2.9)
