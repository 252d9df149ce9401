from typing import Any

import numpy as np
import pytest
from small_world import SERVING, after_champions, check_off, set_to, with_values, world_of

from ccsim.engine.functions import half_saturation
from ccsim.mechanisms.management.coaching import coach, commanded, lent_rights
from ccsim.model.settings import Settings


def heard(s: Settings) -> float:
    """Return how much champions spoke for the change by their example in a week."""
    return float(after_champions(with_values(s, SERVING)).populations.staff.sources.sum())


OFF = {
    "champions.authority": lambda s: (
        not after_champions(with_values(s, SERVING)).populations.staff.borrowed_rights.any()
    ),
    "champions.example_share": lambda s: heard(s) == heard(with_values(s, {"champions.example_share": 0.0})),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_time_is_spent_once_on_colleagues_and_on_routines() -> None:
    for part in (0.0, 0.3, 1.0):
        state = after_champions(set_to({**SERVING, "champions.embedding": part}))
        departments, staff = state.populations.departments, state.populations.staff
        assert departments.champion_hours.sum() == pytest.approx(30.0)
        assert departments.embedding.sum() == pytest.approx(30.0 * part)
        assert staff.coaching_hours.sum() == pytest.approx(30.0 * (1.0 - part))


def test_authority_opens_the_own_department_and_lends_rights() -> None:
    without = after_champions(set_to({**SERVING, "champions.count": 1})).populations.staff
    backed = after_champions(set_to({**SERVING, "champions.count": 1, "champions.authority": 0.5})).populations.staff
    home = backed.department[backed.champion > 0][0]
    colleagues = (backed.department == home) & (backed.champion == 0)
    assert (backed.borrowed_rights[colleagues] > 0).all()
    assert (backed.coaching_hours > 0).sum() >= (without.coaching_hours > 0).sum()
    assert backed.coaching_hours[backed.champion > 0].sum() == 0.0


def test_more_time_lends_more_with_diminishing_returns_up_to_the_authority() -> None:
    p = set_to().champions
    steps = np.diff(
        [lent_rights(hours, 0.6, p) for hours in (0.0, p.half_saturation, 2 * p.half_saturation, 3 * p.half_saturation)]
    )
    assert (steps > 0).all() and (np.diff(steps) < 0).all()
    assert (
        lent_rights(p.half_saturation, 0.6, p)
        == pytest.approx(0.3)
        == 0.6 * half_saturation(p.half_saturation, p.half_saturation)
    )


def test_an_example_seen_whole_speaks_louder_and_teaches_no_person_more() -> None:
    divided, whole = (
        after_champions(set_to({**SERVING, "champions.example_share": one})).populations.staff for one in (0.0, 1.0)
    )
    assert whole.sources.sum() > divided.sources.sum() > 0.0
    assert whole.coaching_hours == pytest.approx(divided.coaching_hours)


def coached(p: object, listeners: dict[int, int]) -> tuple[Any, Any]:
    """Let the champion in row 5, who has 10 hours, coach those who listen to him; return staff and departments.

    Args:
        p: parameters of champions.
        listeners: by row of a person, the place of the champion among the colleagues to whom the person listens.
    """
    state = world_of(set_to())
    state.reset_flows()
    staff, departments = state.populations.staff, state.populations.departments
    colleagues = np.full((24, 3), -1, np.int32)
    for row, place in listeners.items():
        colleagues[row, :place], colleagues[row, place] = (row + 1) % 24, 5
    for name in ("champion_hours", "coaching_hours", "borrowed_rights", "sources", "influence"):
        getattr(staff, name)[:] = 0.0
    staff.champion_hours[5] = 10.0
    coach(staff, colleagues, departments, p)
    return staff, departments


def test_a_champion_divides_the_hours_among_those_who_listen() -> None:
    p = set_to({"champions.count": 1, "champions.embedding": 0.2, "champions.example_share": 0.25}).champions
    staff, departments = coached(p, {0: 0, 9: 2, 20: 1})
    assert staff.coaching_hours[[0, 9, 20]] == pytest.approx(8.0 / 3.0)
    assert staff.coaching_hours.sum() == pytest.approx(8.0)
    example = 2.0 * half_saturation(8.0 / 3.0 + 0.25 * (8.0 - 8.0 / 3.0), p.half_saturation)
    assert staff.sources[[0, 9, 20]] == pytest.approx(example) and staff.sources.sum() == pytest.approx(3 * example)
    assert staff.influence[5] == pytest.approx(3 * example) == staff.influence.sum()
    assert not staff.borrowed_rights.any()
    home = staff.department[5]
    assert departments.champion_hours[home] == 10.0 == departments.champion_hours.sum()
    assert departments.embedding[home] == 2.0 == departments.embedding.sum()


def test_one_listener_gets_all_the_time_and_without_listeners_it_is_spent_on_routines_only() -> None:
    p = set_to({"champions.count": 1, "champions.embedding": 0.2}).champions
    staff, _ = coached(p, {9: 0})
    assert staff.coaching_hours[9] == 8.0 == staff.coaching_hours.sum()
    staff, departments = coached(p, {})
    assert staff.coaching_hours.sum() == 0.0 == staff.sources.sum()
    assert departments.embedding.sum() == 2.0
    # No champion coaches the champion.
    assert coached(p, {5: 1})[0].coaching_hours.sum() == 0.0


def test_authority_reaches_the_rows_of_the_own_department_and_no_other() -> None:
    p = set_to({"champions.count": 1, "champions.embedding": 0.0, "champions.authority": 0.5}).champions
    staff, departments = coached(p, {23: 0})
    home = staff.department[5]
    rows = set(range(departments.first_staff[home], departments.last_staff[home])) - {5} | {23}
    assert set(np.flatnonzero(staff.coaching_hours).tolist()) == rows
    assert staff.borrowed_rights[sorted(rows)] == pytest.approx(lent_rights(10.0 / len(rows), 0.5, p))
    assert commanded(2, departments, p) == (departments.first_staff[2], departments.last_staff[2])
    assert commanded(2, departments, p._replace(authority=0.0)) == (0, 0)
