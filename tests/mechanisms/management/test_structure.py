import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.management.implementation import closing_pace
from ccsim.mechanisms.management.structure import (
    advance_stage,
    conflict_time,
    effective_stage,
    integration_share,
    reserve_coordination,
)
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


@pytest.mark.parametrize(
    ("stage", "wanted", "weeks", "after"),
    [(1.0, 2, 50.0, 1.02), (1.95, 2, 50.0, 1.97), (1.99, 2, 50.0, 2.0), (2.0, 2, 50.0, 2.0), (2.05, 2, 50.0, 2.03),
     (2.01, 2, 50.0, 2.0), (4.0, 2, 1.0, 3.0), (0.0, 1, 1.0, 1.0)],
)  # fmt: skip
def test_a_week_moves_the_stage_by_its_part_up_or_down(stage: float, wanted: int, weeks: float, after: float) -> None:
    populations, s = world_of(set_to()).populations, set_to({"structure.stage": wanted})
    populations.firm.stage[0], populations.firm.coordinators[0] = stage, 5.0
    p = s.structure._replace(weeks_per_stage=weeks)
    advance_stage(populations.departments, populations.firm, p, s.implementation)
    assert populations.firm.stage[0] == pytest.approx(after)
    assert populations.firm.coordinators[0] == pytest.approx(5.0 + p.coordinator_cost * after)


def test_capability_is_learned_one_stage_ahead_as_fast_as_departments_follow() -> None:
    populations = world_of(set_to()).populations
    s = set_to({"structure.stage": 4, "structure.learning_rate": 0.2})
    populations.departments.support[:] = (0.2, 0.6, 1.0)
    pace = np.mean([closing_pace(support, s.implementation) for support in (0.2, 0.6, 1.0)])
    for stage, capability, reachable in ((4.0, 1.5, 2.5), (4.0, 3.5, 4.0), (4.0, 3.9, 4.0)):
        populations.firm.stage[0], populations.firm.capability[0] = stage, capability
        advance_stage(populations.departments, populations.firm, s.structure, s.implementation)
        assert populations.firm.capability[0] == pytest.approx(capability + 0.2 * pace * (reachable - capability))


def test_meetings_and_conflicts_take_the_time_of_people_in_post() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, departments, firm = state.populations.staff, state.populations.departments, state.populations.firm
    p = set_to({"structure.meeting_hours": 0.2, "structure.conflict_hours": 0.5}).structure
    staff.vacant_until[:], staff.vacant_until[3], staff.overhead_hours[:], departments.integration[:] = 5, 6, 0.1, 0.05
    firm.stage[0], firm.capability[0] = 3.5, 1.0
    reserve_coordination(staff, departments, firm, p, 5)
    hours = 0.2 * 3.5 + 0.5 * 1.5**2
    assert staff.overhead_hours == pytest.approx([0.1 if i == 3 else 0.1 + hours for i in range(24)])
    assert (firm.coordination[0], firm.conflict[0]) == pytest.approx((23 * 0.7, 23 * 0.5 * 1.5**2))
    assert departments.integration == pytest.approx(0.05 + integration_share(3.5, 1.0, p))
    share = p.integration / (1.0 + p.half_saturation) * (1.0 + p.half_saturation / 5.0)
    assert integration_share(3.5, 1.0, p) == pytest.approx(share)
    firm.stage[0] = 0.05
    reserve_coordination(staff, departments, firm, p, 5)
    assert firm.coordination[0] == pytest.approx(23 * (0.7 + 0.01))
