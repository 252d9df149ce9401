import numpy as np
import pytest
from small_world import check_off, first_mix, set_to, world_of

from ccsim.mechanisms.staff.habit import habit_update, update_habit

OFF = {
    "habit.formation_rate": lambda s: habit_update(0.4, 0.9, 0.0, s.habit) == 0.4,
    "habit.decay_rate": lambda s: habit_update(0.4, 0.1, 0.0, s.habit) == 0.4,
    "habit.utility_weight": lambda s: (first_mix(s, habit=0.0) == first_mix(s, habit=1.0)).all(),
    "habit.routine_protection": lambda s: habit_update(0.4, 0.1, 1.0, s.habit) == habit_update(0.4, 0.1, 0.0, s.habit),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_habit_moves_by_the_declared_share_of_the_distance_and_never_past_its_practice() -> None:
    p = set_to().habit
    assert habit_update(0.2, 0.7, 0.0, p) == pytest.approx(0.2 + 0.5 * p.formation_rate)
    assert habit_update(0.7, 0.2, 0.0, p) == pytest.approx(0.7 - 0.5 * p.decay_rate)
    assert habit_update(0.7, 0.7, 0.3, p) == pytest.approx(0.7)
    at_once = p._replace(formation_rate=1.0, decay_rate=1.0, routine_protection=0.0)
    assert (habit_update(0.2, 0.7, 0.0, at_once), habit_update(0.7, 0.2, 0.0, at_once)) == pytest.approx((0.7, 0.2))


def test_routines_slow_decay_and_not_formation() -> None:
    p = set_to().habit
    assert habit_update(0.7, 0.2, 0.0, p) < habit_update(0.7, 0.2, 0.5, p) < habit_update(0.7, 0.2, 1.0, p) < 0.7
    assert habit_update(0.2, 0.7, 0.0, p) == habit_update(0.2, 0.7, 1.0, p)


def test_a_strong_habit_makes_people_solve_more() -> None:
    assert first_mix(set_to(), habit=1.0)[2] > first_mix(set_to(), habit=0.0)[2]


def test_no_person_without_practice_changes_and_newcomers_start_from_half_of_the_routines() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, departments = state.populations.staff, state.populations.departments
    before = staff.habit.copy()
    departments.routine[:] = 0.6
    staff.arrived[2] = 1.0
    update_habit(staff, departments, state.settings.habit, 0.0)
    assert staff.habit[2] == pytest.approx(0.3)
    assert (np.delete(staff.habit, 2) == np.delete(before, 2)).all()


def test_paid_improvement_is_practice() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff = state.populations.staff
    staff.habit[:] = 0.5
    staff.improvement_hours[0] = 4.0
    staff.handled[1] = 4.0
    update_habit(staff, state.populations.departments, state.settings.habit, 0.0)
    assert staff.habit[0] > 0.5 > staff.habit[1]
