"""Ties that files do not state: how many colleagues each person names, in which department, and who is popular."""

from __future__ import annotations

import numpy as np
import pytest
from tests.test_golden import layout

from ccsim.engine.rng import Stream, uniform
from ccsim.mechanisms.staff.ties import Ties
from ccsim.model.ties import NAMED, NAMES, _counts, _first, _normal, _uniform, drawn_ties, ties_of, uneven_ties

PEOPLE = np.repeat(np.arange(2), (3, 5))
#: Whom they name at a mean of 2.5, two fifths of it in the other department.
DRAWN = [
    [1, 2, 4, -1, -1, -1, -1],
    [0, -1, -1, -1, -1, -1, -1],
    [-1, -1, -1, -1, -1, -1, -1],
    [6, 0, -1, -1, -1, -1, -1],
    [6, -1, -1, -1, -1, -1, -1],
    [6, 4, 7, 3, 0, 1, 2],
    [5, 4, 0, 1, -1, -1, -1],
    [3, 0, -1, -1, -1, -1, -1],
]


def test_the_network_of_a_seed_stays_the_same() -> None:
    assert drawn_ties(PEOPLE, 2.5, 0.4, 5).tolist() == DRAWN
    assert (drawn_ties(PEOPLE, 2.5, 0.4, 6) != drawn_ties(PEOPLE, 2.5, 0.4, 7)).any()


@pytest.mark.parametrize("mean", [0.05, 0.5, 1.0, 2.5, 7.0, 30.0])
def test_people_name_as_many_colleagues_as_declared_but_no_more_than_there_are(mean: float) -> None:
    ties = drawn_ties(PEOPLE, mean, 0.4, 5)
    assert (ties >= 0).sum() == round(8 * min(mean, 7.0))


@pytest.mark.parametrize(("people", "mean"), [(1, 3.0), (0, 3.0), (5, 0.0), (5, -1.0)])
def test_where_no_person_can_or_is_to_be_named_there_is_no_tie(people: int, mean: float) -> None:
    department = np.zeros(people, np.int64)
    assert drawn_ties(department, mean, 0.2, 1).shape == (people, 0)
    p = Ties()
    assert uneven_ties(department, mean, 0.2, p, 1).shape == (people, 0)


def test_two_people_name_each_other() -> None:
    department = np.zeros(2, np.int64)
    assert drawn_ties(department, 1.0, 0.2, 1).tolist() == [[1], [0]]
    assert uneven_ties(department, 1.0, 0.2, Ties(), 1).tolist() == [[1], [0]]


@pytest.mark.parametrize(("cross", "inside"), [(0.0, 2), (0.5, 2), (0.75, 1), (1.0, 0), (1.5, 0)])
def test_ties_go_to_other_departments_in_the_declared_share(cross: float, inside: int) -> None:
    department = np.repeat(np.arange(3), 40)
    ties = drawn_ties(department, 4.0, cross, 3)
    for i, row in enumerate(ties):
        named = row[row >= 0]
        own = int((department[named] == department[i]).sum())
        assert own == (round(len(named) * (1.0 - cross)) if cross < 1.0 else 0)
    if inside == 2:
        assert (ties >= 0).sum() == 480


def test_what_a_department_has_no_room_for_goes_to_the_other_one() -> None:
    # All are to be named, whatever the share: three colleagues cannot be in a department of three.
    for cross in (0.0, 0.4, 1.0):
        ties = drawn_ties(PEOPLE, 7.0, cross, 5)
        assert [sorted(row) for row in ties.tolist()] == [[k for k in range(8) if k != i] for i in range(8)]
    within = drawn_ties(PEOPLE, 2.0, 0.0, 5)
    for i, row in enumerate(within):
        named = row[row >= 0]
        assert (PEOPLE[named] == PEOPLE[i]).sum() == min(len(named), np.bincount(PEOPLE)[PEOPLE[i]] - 1)


def test_popular_people_are_named_by_more_the_larger_the_spread_of_their_draws() -> None:
    ties = drawn_ties(np.zeros(400, np.int64), 8.0, 0.0, 2)
    popular = NAMED * _normal(400, 2, 1)
    named = np.bincount(ties[ties >= 0], minlength=400)
    assert np.corrcoef(popular, np.log(named + 0.5))[0, 1] > 0.85
    wanted = (ties >= 0).sum(axis=1)
    assert np.corrcoef(np.exp(NAMES * _normal(400, 2, 0)), wanted)[0, 1] > 0.98


def test_numbers_of_names_are_lognormal_up_to_the_most() -> None:
    counts = _counts(1000, 10.0, 999, 4)
    spread = np.exp(NAMES * _normal(1000, 4, 0))
    assert counts.sum() == 10_000 and counts == pytest.approx(10.0 * spread / spread.mean(), abs=1.0)
    limited = _counts(1000, 10.0, 20, 4)
    assert limited.sum() == 10_000 and limited.max() == 20 and limited.min() >= 0
    # Running totals are rounded, halves up: four people who name one half each.
    exact = np.cumsum(np.minimum(spread[:3] * 0.5 / spread[:3].mean(), 2))
    assert _counts(3, 0.5, 2, 4).sum() == int(exact[-1] + 0.5)


def test_the_first_in_a_race_are_chosen_among_those_who_take_part() -> None:
    race, among = np.array([0.5, 3.0, 2.0, 9.0, 1.0]), np.array([True, True, True, False, True])
    assert sorted(_first(race, among, 2).tolist()) == [1, 2]
    assert sorted(_first(race, among, 4).tolist()) == [0, 1, 2, 4]
    assert _first(race, among, 1).tolist() == [1]
    assert _first(race, among, 0).tolist() == [] == _first(race, among, -2).tolist()


def test_quantiles_of_the_normal_distribution_are_given_out_in_the_order_of_draws() -> None:
    draws = _uniform(5, 3, 7)
    assert draws == pytest.approx([uniform(3, int(Stream.INITIAL_STAFF_TIE), 7, i) for i in range(5)])
    normal = _normal(5, 3, 7)
    quantiles = [-1.2815515655446004, -0.5244005127080409, 0.0, 0.5244005127080407, 1.2815515655446004]
    assert np.sort(normal) == pytest.approx(quantiles)
    assert (np.argsort(normal) == np.argsort(draws)).all()


def test_known_ties_are_kept_and_others_are_drawn_by_the_rule_in_force() -> None:
    known = layout()
    uneven = ties_of(known, 4.0, 0.2, Ties(), 3)
    assert uneven.tolist() == uneven_ties(known.department, 4.0, 0.2, Ties(), 3).tolist()
    assert uneven.shape[1] == (uneven >= 0).sum(axis=1).max()
    even = ties_of(known, 4.0, 0.2, Ties(named=0.0), 3)  # type: ignore[call-arg]  # a named tuple
    assert even.tolist() == drawn_ties(known.department, 4.0, 0.2, 3).tolist() != uneven.tolist()
    object.__setattr__(known, "ties", np.full((26, 1), 7))
    assert ties_of(known, 4.0, 0.2, Ties(), 3).tolist() == [[7]] * 26


def test_the_ties_of_a_network_are_as_wide_as_the_most_that_a_person_has() -> None:
    for seed in range(12):
        ties = uneven_ties(np.zeros(6, np.int64), 2.0, 0.0, Ties(), seed)
        assert (ties >= 0).sum(axis=1).max() == ties.shape[1]
        assert (ties >= 0).sum() == 12


def test_of_many_the_very_first_are_chosen() -> None:
    race = np.random.default_rng(3).standard_normal(500)
    for count in (1, 50, 499):
        assert set(_first(race, np.ones(500, bool), count)) == set(np.argsort(-race)[:count])


def test_a_mean_of_a_twentieth_gives_one_person_in_twenty_a_tie() -> None:
    assert (drawn_ties(np.zeros(40, np.int64), 0.05, 0.0, 1) >= 0).sum() == 2
    assert (uneven_ties(np.zeros(40, np.int64), 0.05, 0.0, Ties(), 1) >= 0).sum() == 2


def test_any_spread_of_popularity_is_one() -> None:
    p = Ties(named=0.05)  # type: ignore[call-arg]  # a named tuple
    department = layout().department
    assert ties_of(layout(), 4.0, 0.2, p, 3).tolist() == uneven_ties(department, 4.0, 0.2, p, 3).tolist()
