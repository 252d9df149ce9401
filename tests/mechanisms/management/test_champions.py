from typing import Any

import numpy as np
import pytest
from small_world import SERVING, after_champions, check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.management.champions import appoint, measure_standing, suitability
from ccsim.model.settings import Settings
from ccsim.model.week import step


def nothing_carried(s: Settings) -> bool:
    staff = after_champions(s).populations.staff
    return not (
        staff.champion.any() or staff.coaching_hours.any() or staff.borrowed_rights.any() or staff.sources.any()
    )


def nobody_called_away(s: Settings) -> bool:
    state = world_of(with_values(s, {**SERVING, "turnover.quit_probability": 0.0, "champions.departures": 0}))
    step(state)
    state.settings = with_values(state.settings, {"champions.departures": s.champions.departures})
    step(state)
    return state.populations.departments.quits.sum() == 0


OFF = {
    "champions.count": nothing_carried,
    "champions.departures": nobody_called_away,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_without_champions_no_other_of_their_levers_matters() -> None:
    plain = tallies_of(set_to(), 8)
    other = tallies_of(
        set_to({"champions.hours": 35.0, "champions.authority": 1.0, "champions.selection": "at random"}), 8
    )
    assert all(np.array_equal(plain[name], other[name], equal_nan=True) for name in plain)


def test_the_wanted_number_serves_and_no_more_than_there_are_people() -> None:
    assert (after_champions(set_to(SERVING)).populations.staff.champion > 0).sum() == 3
    everybody = after_champions(set_to({**SERVING, "champions.count": 10_000})).populations.staff
    assert (everybody.champion == 10.0).all()
    assert not after_champions(set_to({**SERVING, "champions.hours": 0.0})).populations.staff.champion.any()


def test_champions_sit_together_or_in_the_departments_in_turn() -> None:
    together = after_champions(set_to({**SERVING, "champions.placement": "together"})).populations.staff
    across = after_champions(set_to({**SERVING, "champions.placement": "across"})).populations.staff
    assert len(set(together.department[together.champion > 0])) == 1
    assert len(set(across.department[across.champion > 0])) == 3


def test_the_most_convinced_or_the_best_connected_are_chosen() -> None:
    one = {"champions.count": 1, "champions.hours": 10.0}
    for rule, fittest in (("most convinced", 5), ("best connected", 2)):
        state, p = world_of(set_to()).populations, set_to({**one, "champions.selection": rule}).champions
        state.staff.conviction[:], state.staff.habit[:], state.staff.skill[:] = 0.3, 0.3, 0.3
        state.staff.conviction[5] = 0.9
        state.colleagues[:, :4] = 2
        appoint(state.staff, state.colleagues, state.departments, p, 3, 0)
        # The first champion comes from the first department, in which both sit.
        assert np.flatnonzero(state.staff.champion).tolist() == [fittest]


def test_chosen_at_random_depends_on_the_seed_only() -> None:
    s = set_to({**SERVING, "champions.count": 2, "champions.selection": "at random"})
    picks = set()
    for seed in range(8):
        state = world_of(set_to(), seed).populations
        appoint(state.staff, state.colleagues, state.departments, s.champions, seed, 0)
        picks.add(tuple(np.flatnonzero(state.staff.champion).tolist()))
    assert len(picks) > 3


def test_called_away_champions_leave_and_their_time_is_gone() -> None:
    state = world_of(set_to({**SERVING, "turnover.quit_probability": 0.0, "turnover.vacancy_weeks": 3}))
    step(state)
    assert state.populations.departments.champion_hours.sum() == pytest.approx(30.0)
    state.settings = with_values(state.settings, {"champions.count": 0, "champions.departures": 2})
    step(state)
    assert state.populations.departments.quits.sum() == 2
    state.settings = with_values(state.settings, {"champions.departures": 0})
    step(state)
    assert state.populations.departments.champion_hours.sum() == 0.0
    assert state.populations.departments.people.sum() == 22


@pytest.mark.parametrize(
    ("rule", "fittest"), [("best connected", 1), ("eigenvector", 1), ("betweenness", 3), ("longest in post", 6)]
)
def test_the_first_champion_is_the_first_by_the_rule_in_force(rule: str, fittest: int) -> None:
    staff = type(everyone := world_of(set_to()).populations.staff)(*(column[:7] for column in everyone))
    # All of 0, 2 and 3 listen to 1, who listens back; 3 joins them to 4, 5 and 6.
    ties = np.array([[1, 2], [0, 2], [1, 3], [1, 4], [3, 5], [4, 6], [4, 5]], np.int32)
    staff.hired_week[:] = 0
    staff.hired_week[6] = -50
    standing = np.empty(7)
    measure_standing(standing, staff, ties, set_to({"champions.selection": rule}).champions, 10)
    assert int(np.argmax(standing)) == fittest


def appointed(staff: Any, week: int = 6, colleagues: np.ndarray | None = None, **values: object) -> list[int]:
    """Appoint champions among a staff in post; return the rows of those who serve, and check their hours."""
    populations = world_of(set_to()).populations
    ties = populations.colleagues if colleagues is None else colleagues
    p = set_to({f"champions.{name}": value for name, value in values.items()}).champions
    appoint(staff, ties, populations.departments, p, 3, week)
    rows = np.flatnonzero(staff.champion)
    assert (staff.champion[rows] == p.hours).all()
    return [int(row) for row in rows]


def equals() -> Any:
    """Return a staff of three departments of eight who differ in nothing but their rows."""
    staff = world_of(set_to()).populations.staff
    staff.department[:] = np.repeat([0, 1, 2], 8)
    staff.conviction[:], staff.habit[:], staff.skill[:] = 0.3, 0.3, 0.3
    staff.champion[:], staff.vacant_until[:], staff.hired_week[:] = 0.0, 6, 0
    return staff


def test_champions_are_appointed_together_with_the_first_who_serves() -> None:
    staff = equals()
    staff.champion[[9, 20]], staff.conviction[2], staff.conviction[12] = 4.0, 0.9, 0.8
    assert appointed(staff, count=3, hours=10.0, placement="together") == [9, 12, 20]
    staff = equals()
    staff.conviction[2], staff.conviction[12] = 0.9, 0.8
    assert appointed(staff, count=2, hours=10.0, placement="together") == [0, 2]
    assert appointed(equals(), count=4, hours=10.0, placement="across") == [0, 1, 8, 16]


def test_a_full_department_takes_the_best_of_the_others() -> None:
    staff = equals()
    staff.vacant_until[1:8], staff.conviction[[0, 17]] = 7, (0.95, 0.9)
    assert appointed(staff, count=2, hours=10.0, placement="together") == [0, 17]
    staff.vacant_until[:] = 7
    assert (
        appointed(staff, count=2, hours=10.0) == []
    )  # vacant posts have no champion, and none who served keeps the hours


def test_those_who_left_or_are_too_many_serve_no_longer() -> None:
    staff = equals()
    staff.champion[[1, 3, 5, 11]], staff.vacant_until[1], staff.hired_week[3] = 4.0, 7, 6
    assert appointed(staff, count=1, hours=10.0) == [5]
    staff.champion[[5, 11]] = 4.0
    assert appointed(staff, count=1, hours=10.0, departures=1) == [5, 11]
    assert appointed(staff, count=0, hours=10.0) == []


def test_who_is_suited_is_judged_by_conviction_habit_and_skill() -> None:
    staff = equals()
    staff.conviction[4], staff.habit[4], staff.skill[4] = 0.8, 0.6, 0.2
    standing = np.full(24, 2.0)
    p = set_to({"champions.selection": "most convinced"}).champions
    assert suitability(4, staff, standing, p, 3) == pytest.approx(0.4 + 0.18 + 0.04)
    for rule in ("best connected", "eigenvector", "betweenness", "longest in post"):
        p = set_to({"champions.selection": rule}).champions
        assert suitability(4, staff, standing, p, 3) == pytest.approx(2.0 + 0.8e-6, abs=1e-9)
    # Of two with the same standing the more convinced one is chosen.
    staff.conviction[:], staff.conviction[10] = 0.3, 0.4
    no_ties = np.full((24, 2), -1, np.int32)
    assert appointed(staff, colleagues=no_ties, count=1, hours=5.0, selection="best connected", placement="across") == [
        0
    ]
    staff.champion[:] = 0.0
    assert appointed(staff, colleagues=no_ties, count=2, hours=5.0, selection="best connected", placement="across") == [
        0,
        10,
    ]


def test_the_first_department_is_one_like_the_others() -> None:
    staff = equals()
    staff.champion[[3, 20]], staff.conviction[18] = 4.0, 0.9
    assert appointed(staff, count=3, hours=10.0, placement="together") == [0, 3, 20]
    staff = equals()
    staff.conviction[5], staff.conviction[18] = 0.9, 0.8
    assert appointed(staff, count=3, hours=10.0, placement="together") == [0, 1, 5]
