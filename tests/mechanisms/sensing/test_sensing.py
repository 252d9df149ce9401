import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.sensing.sensing import collect_signals, read_signals, signals_collected, signals_understood
from ccsim.model.week import step

DEAF = {"sensing.coverage": 0.0, "sensing.staff_signals": 0.0}


def column(s: object, population: str, name: str, weeks: int = 3) -> np.ndarray:
    state = world_of(s)  # type: ignore[arg-type]
    for _ in range(weeks):
        step(state)
    return np.array(getattr(getattr(state.populations, population), name))


def image(s: object) -> float:
    t = tallies_of(s, 6)  # type: ignore[arg-type]
    return float(t["reported_satisfaction"][-1] - t["survey"][-1] / t["handled"][-1])


OFF = {
    "sensing.coverage": lambda s: signals_collected(10.0, 0.0, s.sensing) == 0.0,
    "sensing.shared": lambda s: signals_collected(10.0, 0.0, s.sensing) == 0.0,
    "sensing.staff_signals": lambda s: (
        signals_collected(10.0, 0.5, with_values(s, {"sensing.coverage": 0.0}).sensing) == 0.0
    ),
    "sensing.action_hours": lambda s: not column(s, "departments", "action_hours").any(),
    "sensing.published": lambda s: image(s) == pytest.approx(0.0, abs=1e-12),
    "sensing.reading_hours": lambda s: not column(s, "staff", "overhead_hours").any(),
    "sensing.learning_rate": lambda s: (column(s, "departments", "insight") == 0.35).all(),
    "sensing.skill_gain": lambda s: not column(s, "staff", "knowledge_bonus").any(),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_all_is_understood_up_to_what_can_be_digested_and_less_and_less_beyond() -> None:
    p = set_to().sensing
    assert signals_understood(0.5 * p.absorptive_capacity, p) == 0.5 * p.absorptive_capacity
    assert signals_understood(p.absorptive_capacity, p) == p.absorptive_capacity
    assert signals_understood(2.0 * p.absorptive_capacity, p) == pytest.approx(0.5 * p.absorptive_capacity)
    assert signals_understood(1e9, p) == pytest.approx(0.0, abs=1e-6)


def test_overload_paralyses_insight_has_a_best_volume() -> None:
    flood = {"sensing.coverage": 1.0, "sensing.shared": 1.0}
    insight = [
        tallies_of(set_to({**flood, "sensing.volume": volume}), 60)["insight"][-1] for volume in (0.02, 0.2, 20.0)
    ]
    assert insight[1] > insight[0] and insight[1] > insight[2]


def test_without_signals_insight_fades() -> None:
    t = tallies_of(set_to(DEAF), 80)
    assert t["insight"][-1] < 0.01


def test_signals_that_are_read_and_not_acted_on_are_unheeded() -> None:
    heard = {"sensing.coverage": 0.5, "sensing.shared": 1.0}
    ignored, heeded = (
        column(set_to({**heard, "sensing.action_hours": hours}), "departments", "ignored_signals")
        for hours in (0.0, 20.0)
    )
    assert (ignored > heeded).all() and (heeded >= 0.0).all()
    sour, sweet = (
        tallies_of(set_to({**heard, "sensing.action_hours": hours}), 40)["cynicism"][-1] for hours in (0.0, 20.0)
    )
    assert sour > sweet


def test_acting_takes_the_hours_that_are_declared() -> None:
    plain, acting = (tallies_of(set_to({**DEAF, "sensing.action_hours": hours}), 3) for hours in (0.0, 9.0))
    filled = acting["paid"] / 24
    assert acting["overhead_hours"] - plain["overhead_hours"] == pytest.approx(3 * 9.0 * filled, rel=0.15)


def test_published_leaders_see_what_customers_think_when_all_is_done() -> None:
    t = tallies_of(set_to({"sensing.published": 1.0}), 6)
    assert t["cx_gap"] == pytest.approx(0.0, abs=1e-9)
    assert tallies_of(set_to(), 6)["cx_gap"][-1] > 0.0


def test_reading_and_acting_take_the_time_of_people_in_post() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, departments = state.populations.staff, state.populations.departments
    p = set_to({"sensing.reading_hours": 0.1, "sensing.action_hours": 4.0, "sensing.skill_gain": 0.5}).sensing
    staff.vacant_until[:], staff.vacant_until[0] = 6, 7
    departments.signals[:], departments.insight[:] = (1.0, 2.0, 0.5), (0.2, 0.4, 0.6)
    read_signals(staff, departments, p, 6)
    posts = departments.last_staff - departments.first_staff
    hours = 0.1 * departments.signals + 4.0 / posts
    there = np.arange(24) != 0
    assert staff.overhead_hours == pytest.approx(hours[staff.department] * there)
    assert staff.knowledge_bonus == pytest.approx(0.5 * departments.insight[staff.department] * there)
    assert departments.action_hours == pytest.approx(4.0 / posts * np.bincount(staff.department[1:]))


def test_signals_of_a_week_move_insight_as_far_as_they_are_understood() -> None:
    state = world_of(set_to())
    state.reset_flows()
    departments = state.populations.departments
    p = set_to({"sensing.coverage": 0.5, "sensing.volume": 2.0, "sensing.shared": 0.8, "sensing.staff_signals": 0.25, "sensing.absorptive_capacity": 1.0,
                "sensing.half_saturation": 0.5, "sensing.learning_rate": 0.2, "sensing.action_hours": 2.0}).sensing  # fmt: skip
    departments.first_staff[:], departments.last_staff[:] = (0, 10, 20), (10, 20, 20)
    departments.handled[:], departments.defects[:], departments.insight[:] = (4.0, 25.0, 9.0), 0.4, 0.1
    departments.signals[:] = 7.0
    collect_signals(departments, p)
    collected = [4.0 * 0.9 / 10, 25.0 * 0.9 / 10]
    assert departments.signals == pytest.approx([*collected, 7.0])  # a department without posts collects none
    understood = [collected[0], 1.0 / collected[1]]
    levels = [taken / (taken + 0.5) for taken in understood]
    assert departments.insight == pytest.approx([*(0.1 + 0.2 * (level - 0.1) for level in levels), 0.1])
    assert departments.ignored_signals == pytest.approx([*(level * 0.5 for level in levels), 0.0])
