import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.management.technology import apply_system, build_system, readiness, time_effect
from ccsim.model.week import step

BUILT = {"technology.spending": 2000.0}


def after(s: object, weeks: int = 8, **firm: float) -> object:
    state = world_of(s)  # type: ignore[arg-type]
    for name, value in firm.items():
        getattr(state.populations.firm, name)[:] = value
    for _ in range(weeks):
        step(state)
    return state.populations


OFF = {
    "technology.spending": lambda s: after(s).firm.system[0] == 0.0,
    "technology.training": lambda s: (
        readiness(0.5, s.technology.training, s.technology) == readiness(0.5, 0.0, s.technology)
    ),
    "technology.build_rate": lambda s: after(with_values(s, BUILT)).firm.system[0] == 0.0,
    "technology.depreciation_rate": lambda s: after(s, 1, system=0.8).firm.system[0] == 0.8,
    "technology.adoption_rate": lambda s: not after(with_values(s, BUILT)).staff.system_use.any(),
    "technology.training_effect": lambda s: readiness(0.0, 9.0, s.technology._replace(usability=0.0)) == 0.0,
    "technology.conviction_effect": lambda s: readiness(1.0, 0.0, s.technology._replace(usability=0.0)) == 0.0,
    "technology.time_saving": lambda s: time_effect(1.0, 1.0, s.technology) == 0.0,
    "technology.non_use_time": lambda s: time_effect(1.0, 0.0, s.technology) == 0.0,
    "technology.skill_gain": lambda s: (
        after(with_values(s, {"sensing.skill_gain": 0.0}), 3, system=1.0).staff.knowledge_bonus == 0.0
    ).all(),
    "technology.engagement_effect": lambda s: (
        not after(with_values(s, {"technology.usability": 1.0}), 1, system=1.0).staff.engagement_bonus.any()
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_system_helps_who_uses_it_and_hinders_who_does_not() -> None:
    p = set_to().technology
    assert time_effect(1.0, 1.0, p) == -p.time_saving < 0.0 < p.non_use_time == time_effect(1.0, 0.0, p)
    assert time_effect(0.0, 0.0, p) == 0.0


def test_people_are_ready_for_what_is_usable_taught_and_believed_in() -> None:
    p = set_to().technology
    base = readiness(0.3, 0.0, p)
    assert readiness(0.9, 0.0, p) > base and readiness(0.3, 1.0, p) > base
    assert readiness(0.3, 0.0, p._replace(usability=1.0)) > base
    assert (
        0.0 <= readiness(0.0, 0.0, p._replace(usability=0.0)) <= readiness(1.0, 1e9, p._replace(usability=1.0)) <= 1.0
    )


def test_money_builds_a_system_with_diminishing_returns_and_time_wears_it() -> None:
    built = [
        after(set_to({"technology.spending": spending})).firm.system[0] for spending in (0.0, 500.0, 1000.0, 1500.0)
    ]
    gains = np.diff(built)
    assert (gains > 0).all() and (np.diff(gains) < 0).all() and built[-1] < 1.0
    assert after(set_to(), 4, system=0.8).firm.system[0] < 0.8


def test_newcomers_start_without_the_system() -> None:
    state = world_of(set_to(BUILT))
    state.populations.staff.system_use[:] = 0.7
    state.populations.staff.arrived[0] = 1.0
    build_system(state.populations.staff, state.populations.firm, state.settings.technology, 0)
    assert state.populations.staff.system_use[0] == 0.0 < state.populations.staff.system_use[1:].min()


def test_spending_is_booked() -> None:
    assert tallies_of(set_to(BUILT), 3)["technology_cost"] == pytest.approx(2000.0)


def test_a_system_that_is_built_in_keeps_its_defects() -> None:
    acting = {"sensing.action_hours": 10.0, "technology.depreciation_rate": 0.0}
    free, cemented = (after(set_to(acting), 10, system=system).departments.defects.mean() for system in (0.0, 1.0))
    assert cemented > free


def test_half_an_hour_of_being_taught_gives_three_quarters_of_what_an_hour_gives() -> None:
    p = set_to().technology._replace(usability=0.0, training_effect=0.4)
    assert [readiness(0.0, hours, p) for hours in (0.0, 0.5, 1.0)] == pytest.approx([0.0, 0.3, 0.4])


def test_what_is_neither_taught_nor_willed_comes_with_a_usable_system() -> None:
    p = set_to().technology._replace(usability=0.5, training_effect=0.4, conviction_effect=0.3)
    assert readiness(0.0, 0.0, p) == pytest.approx(0.5 * 0.3)
    assert readiness(1.0, 1.0, p) == pytest.approx(0.5 * 0.3 + 0.4 + 0.3)


def test_a_little_of_a_system_and_a_little_training_are_felt_by_every_person() -> None:
    for system, training in ((0.05, 0.0), (0.0, 0.05), (0.05, 0.05)):
        state = world_of(set_to())
        state.reset_flows()
        state.populations.firm.system[:], state.populations.staff.system_use[:] = system, 0.5
        p = state.settings.technology._replace(
            training=training, non_use_time=0.4, time_saving=0.2, skill_gain=0.3, engagement_effect=0.2
        )
        apply_system(state.populations.staff, state.populations.firm, p._replace(usability=0.75), 0)
        staff = state.populations.staff
        assert staff.overhead_hours == pytest.approx(training)
        assert staff.time_penalty == pytest.approx(0.1 * system) and staff.knowledge_bonus == pytest.approx(
            0.15 * system
        )
        assert staff.engagement_bonus == pytest.approx(0.05 * system)


def test_a_system_is_built_by_the_money_for_each_post_and_used_by_those_in_post() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, firm = state.populations.staff, state.populations.firm
    p = set_to({"technology.spending": 480.0, "technology.half_saturation": 60.0, "technology.build_rate": 0.1, "technology.depreciation_rate": 0.01,
                "technology.adoption_rate": 0.2, "technology.training": 0.5}).technology  # fmt: skip
    staff.vacant_until[:], staff.vacant_until[2], staff.arrived[:], staff.arrived[5] = 6, 7, 0, 1
    staff.system_use[:], staff.conviction[:], staff.training_hours[:], firm.system[0] = 0.1, 0.6, 0.25, 0.02
    build_system(staff, firm, p, 6)
    assert firm.system[0] == pytest.approx((0.02 + 0.1 * 0.25 * 0.98) * 0.99)
    used = 0.1 + 0.2 * (readiness(0.6, 0.75, p) - 0.1)
    assert staff.system_use == pytest.approx([0.1 if i == 2 else 0.0 if i == 5 else used for i in range(24)])
    assert firm.system_use[0] == pytest.approx(22 * used) and firm.technology_cost[0] == 480.0
    assert readiness(0.6, 0.75, p) == pytest.approx(
        p.usability * (1.0 - p.training_effect - p.conviction_effect)
        + p.training_effect * 0.6 * 1.5
        + p.conviction_effect * 0.6
    )


def test_a_vacant_post_is_not_slowed_by_a_system() -> None:
    state = world_of(set_to())
    state.reset_flows()
    state.populations.firm.system[:], state.populations.staff.vacant_until[:12] = 0.5, 7
    state.populations.staff.vacant_until[12:] = 6
    apply_system(state.populations.staff, state.populations.firm, state.settings.technology, 6)
    assert (state.populations.staff.time_penalty != 0.0).tolist() == [False] * 12 + [True] * 12
