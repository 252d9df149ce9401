import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, world_of

from ccsim.mechanisms.management.embedding import routine_update, update_routine

OFF = {
    "embedding.writing_rate": lambda s: (
        routine_update(0.2, 0.8, 9.0, s.embedding) == routine_update(0.2, 0.8, 0.0, s.embedding)
    ),
    "embedding.decay_rate": lambda s: routine_update(0.5, 0.5, 0.0, s.embedding) == 0.5,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_routine_left_alone_goes_stale_by_the_declared_share() -> None:
    p = set_to().embedding
    value = 0.8
    for _ in range(52):
        value = routine_update(value, 0.0, 0.0, p)
    assert value == pytest.approx(0.8 * (1 - p.decay_rate) ** 52)


def test_work_on_routines_has_diminishing_returns_and_never_passes_what_is_practised() -> None:
    p = set_to().embedding._replace(decay_rate=0.0)
    steps = np.diff(
        [
            routine_update(0.2, 0.8, hours, p)
            for hours in (0.0, p.half_saturation, 2 * p.half_saturation, 3 * p.half_saturation)
        ]
    )
    assert (steps > 0).all() and (np.diff(steps) < 0).all()
    assert routine_update(0.2, 0.8, p.half_saturation, p) == pytest.approx(0.2 + 0.6 * p.writing_rate / 2)
    assert routine_update(0.2, 0.8, 1e12, p._replace(writing_rate=1.0)) == pytest.approx(0.8)
    assert routine_update(0.8, 0.2, 1e12, p._replace(writing_rate=1.0)) == 0.8


def test_each_department_writes_down_its_own_mean_practice() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, departments = state.populations.staff, state.populations.departments
    departments.routine[:] = 0.0
    departments.embedding[1] = 1e12
    staff.habit[:] = 0.2 * (1 + staff.department)
    p = state.settings.embedding._replace(writing_rate=1.0, decay_rate=0.0)
    update_routine(staff, departments, p)
    assert departments.routine == pytest.approx([0.0, 0.4, 0.0])


def test_a_programme_that_writes_down_leaves_more_routine_than_one_that_does_not() -> None:
    base = {"programme.budget": 900.0, "programme.top_down_share": 0.0}
    much, none = (tallies_of(set_to({**base, "programme.embedding": part}), 40)["routine"][-1] for part in (1.0, 0.0))
    assert much > none
