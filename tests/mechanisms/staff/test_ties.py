from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_world import check_off, set_to, with_values, world_of
from tests.organisations.own_folder import shared

from ccsim.mechanisms.staff.ties import (
    MOST,
    Ties,
    by_acquaintance,
    by_popularity,
    chosen,
    draw_uneven_ties,
    ends_of,
    first_free,
    has_named,
    most_named,
    next_name,
    place_of,
    share_out,
    stand,
)
from ccsim.model.initial_state import sample_initial
from ccsim.model.settings import Settings
from ccsim.model.ties import uneven_ties
from ccsim.organisations.knowledge import gini

OFFICE = np.repeat(np.arange(5), 40)


def matrix(ties: np.ndarray) -> np.ndarray:
    """Return 1 where the person of a row listens to that of a column, shape (people, people)."""
    found = np.zeros((len(ties), len(ties)))
    for i, row in enumerate(ties):
        found[i, row[row >= 0]] = 1.0
    return found


def traits(listens: np.ndarray, department: np.ndarray) -> dict[str, float]:
    """Return what is known of real networks: mean degree, Gini of both degrees, mutual, closed and cross share."""
    either = ((listens + listens.T) > 0).astype(float)
    known = either.sum(axis=1)
    away = department[:, None] != department[None, :]
    return {
        "ties": listens.sum() / len(listens),
        "out": gini(listens.sum(axis=1)),
        "in": gini(listens.sum(axis=0)),
        "mutual": (listens * listens.T).sum() / listens.sum(),
        "closed": ((either @ either) * either).sum() / (known * (known - 1)).sum(),
        "cross": (listens * away).sum() / listens.sum(),
    }


def drawn(department: np.ndarray, mean: float, cross: float, seeds: range, **values: float) -> dict[str, float]:
    """Return the mean traits of drawn networks."""
    p = Ties(**values)  # type: ignore[call-arg]  # the decorator makes it a named tuple
    found = [traits(matrix(uneven_ties(department, mean, cross, p, seed)), department) for seed in seeds]
    return {key: float(np.mean([each[key] for each in found])) for key in found[0]}


def listens_to_the_next_desks(s: Settings) -> bool:
    """Whether each of the first people of a department listens to those on both sides."""
    ties = sample_initial(
        with_values(s, {"organisation.cross_ties": 0.0, "organisation.ties": 2}), 3
    ).populations.colleagues
    return ties[1:4].tolist() == [[2, 0], [3, 1], [4, 2]]


OFF = {"ties.named": listens_to_the_next_desks}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_degrees_mutual_and_cross_shares_are_the_declared_ones() -> None:
    found = drawn(OFFICE, 8.0, 0.15, range(3), named=1.0, mutual=0.5)
    assert found["ties"] == pytest.approx(8.0)
    assert found["cross"] == pytest.approx(0.15, abs=0.03)
    assert found["mutual"] == pytest.approx(0.5, abs=0.05)
    assert 0.24 < found["in"] < 0.55 and 0.3 < found["out"] < 0.62


def test_without_any_spread_every_person_names_as_many() -> None:
    p = Ties(named=1e-9, naming=0.0, both=0.0, mutual=0.0)  # type: ignore[call-arg]  # a named tuple
    assert set(matrix(uneven_ties(OFFICE, 6.0, 0.2, p, 1)).sum(axis=1)) == {6.0}


def test_names_of_acquaintances_close_the_network() -> None:
    wide = np.repeat(np.arange(2), 300)
    alone, together = (drawn(wide, 6.0, 0.3, range(1), named=0.5, closed=share)["closed"] for share in (0.0, 0.6))
    assert together > 2 * alone


def test_no_person_is_named_twice_or_names_himself_even_where_all_are_named() -> None:
    p = Ties(named=1.3, naming=0.0)  # type: ignore[call-arg]  # a named tuple
    ties = uneven_ties(np.array([0, 0, 0, 1, 1]), 4.0, 0.2, p, 2)
    assert [sorted(row) for row in ties.tolist()] == [[k for k in range(5) if k != i] for i in range(5)]
    assert uneven_ties(np.zeros(1, np.int64), 8.0, 0.2, p, 2).shape == (1, 0)


@pytest.mark.parametrize(("name", "file", "dept", "values"), [
    ("high-tech-managers", "advice.csv", "dept", {"named": 1.4, "naming": 0.8, "both": 0.0, "mutual": 0.47}),
    ("high-tech-managers", "friendship.csv", "dept",
     {"named": 0.5, "naming": 1.0, "both": 0.1, "mutual": 0.45, "closed": 0.6}),
    ("research-institute-email", "email.csv", "department",
     {"named": 1.6, "naming": 1.2, "both": 0.9, "mutual": 0.75, "closed": 0.2}),
])  # fmt: skip
def test_some_values_draw_each_measured_network(name: str, file: str, dept: str, values: dict[str, float]) -> None:
    source = shared(name)
    people, edges = pd.read_csv(source / "people.csv"), pd.read_csv(source / file)
    edges = edges[edges["from"] != edges["to"]]
    place = {key: row for row, key in enumerate(people["id"])}
    department = pd.factorize(people[dept])[0].astype(np.int64)
    listens = np.zeros((len(people), len(people)))
    listens[edges["from"].map(place), edges["to"].map(place)] = 1.0
    real = traits(listens, department)
    found = drawn(np.sort(department), real["ties"], real["cross"], range(10 if len(people) < 100 else 1), **values)
    # What the network of e-mail has beyond departments, groups that write to each other, is not drawn.
    for key, within in {"ties": 0.02, "out": 0.1, "in": 0.11, "mutual": 0.1, "closed": 0.14, "cross": 0.08}.items():
        assert found[key] == pytest.approx(real[key], abs=within), key


def test_an_organisation_of_one_or_without_ties_has_none() -> None:
    for few in ({"organisation.ties": 0}, {"organisation.staff": 1, "organisation.departments": 1}):
        s = set_to({**few, "organisation.front_departments": 1, "ties.named": 1.0})
        assert not (sample_initial(s, 3).populations.colleagues >= 0).any()


def test_a_week_reads_uneven_ties_to_their_end_only() -> None:
    state = world_of(set_to({"ties.named": 1.0}))
    ties = state.populations.colleagues
    assert ((ties >= 0).sum(axis=1) == np.where((ties < 0).any(axis=1), (ties < 0).argmax(axis=1), ties.shape[1])).all()


def test_who_is_alone_in_a_department_finds_no_person_in_it() -> None:
    p, nobody = set_to().ties, np.full((3, 2), -1)
    alone = chosen(0, 0, 0, 1, False, np.zeros(3, np.int64), nobody, np.array([1.0, 2.0, 3.0]), p, 3)
    assert alone == -1
    pair = chosen(0, 0, 0, 2, False, np.zeros(3, np.int64), nobody, np.array([1.0, 2.0, 3.0]), p, 3)
    assert pair == 1


@pytest.mark.parametrize(
    ("relative", "mean", "most", "wanted"),
    [
        # Running totals are rounded, halves up: 0.5, 1.0, 1.5, 2.0 and 0.4, 0.8, 1.2, 1.6, 2.0.
        ([1.0] * 4, 0.5, 3, [1, 0, 1, 0]),
        ([1.0] * 5, 0.4, 3, [0, 1, 0, 1, 0]),
        ([1.0, 2.0, 5.0], 8 / 3, 9, [1, 2, 5]),
        # What the third person may not name goes to the first two in proportion to their weights.
        ([1.0, 2.0, 10.0], 2.0, 3, [1, 2, 3]),
        ([2.0, 2.0], 3.0, 3, [3, 3]),
    ],
)
def test_names_are_shared_out_in_proportion_up_to_the_most(
    relative: list[float], mean: float, most: int, wanted: list[int]
) -> None:
    shared_out = np.full(len(relative), 7)
    share_out(np.array(relative), mean, most, shared_out)
    assert shared_out.tolist() == wanted


def test_a_person_is_drawn_in_proportion_to_popularity() -> None:
    upto = np.array([0.0, 1.0, 3.0, 6.0, 10.0])
    assert [place_of(x, upto) for x in (0.0, 0.9, 1.0, 2.9, 3.0, 5.9, 6.0, 9.9, 10.0)] == [0, 0, 1, 1, 2, 2, 3, 3, 3]
    draws = (np.arange(700) + 0.5) / 700
    inside = [by_popularity(1, 3, False, draw, upto) for draw in draws]
    assert np.bincount(inside, minlength=4).tolist() == [0, 280, 420, 0]
    outside = [by_popularity(1, 3, True, draw, upto) for draw in draws]
    assert np.bincount(outside, minlength=4).tolist() == [140, 0, 0, 560]
    # The first draw past those before the department is the first person after it.
    assert by_popularity(1, 3, True, 0.2, upto) == 3


def test_an_acquaintance_is_a_colleague_of_a_colleague() -> None:
    colleagues, filled = np.array([[1, 2, -1], [3, 4, 0], [-1, -1, -1], [0, -1, -1]]), np.array([2, 3, 0, 1])
    assert [by_acquaintance(0, 0.2, draw, filled, colleagues) for draw in (0.0, 0.34, 0.99)] == [3, 4, 0]
    assert by_acquaintance(0, 0.7, 0.5, filled, colleagues) == 0  # the second colleague listens to no person
    assert by_acquaintance(3, 0.99, 0.5, filled, colleagues) == 2
    assert [has_named(0, other, 2, colleagues) for other in range(4)] == [False, True, True, False]
    # Places beyond the filled ones do not count.
    assert not has_named(0, -1, 2, colleagues) and not has_named(0, 2, 1, colleagues)


def test_the_first_free_colleague_is_sought_from_a_row_on_and_round_the_end() -> None:
    colleagues, filled = np.array([[1, 3, -1], [0, 2, 3], [-1, -1, -1], [2, -1, -1]]), np.array([2, 3, 0, 1])
    assert [first_free(0, start, filled, colleagues) for start in range(4)] == [2, 2, 2, 2]
    assert [first_free(3, start, filled, colleagues) for start in range(4)] == [0, 1, 0, 0]
    assert first_free(1, 0, filled, colleagues) == -1


def test_rows_of_departments_begin_with_0_and_end_with_the_number_of_people() -> None:
    rows = np.zeros(4, np.int64)
    ends_of(np.array([0, 0, 1, 2, 2, 2]), rows)
    assert rows.tolist() == [0, 2, 3, 6]


def test_most_names_are_a_multiple_of_the_mean_where_ties_are_uneven_and_the_mean_where_not() -> None:
    p = set_to().ties
    assert (most_named(5, p), most_named(5, p._replace(named=1e-9)), most_named(5, p._replace(named=0.0))) == (
        5 * MOST,
        5 * MOST,
        5,
    )


def test_popularity_and_naming_have_the_declared_spreads_and_correlation() -> None:
    p = set_to().ties._replace(named=1.5, naming=0.5, both=0.6)
    popular, wanted = np.empty(4000), np.empty(4000)
    stand(popular, wanted, p, 5)
    standing, naming = np.log(popular), np.log(wanted)
    assert (standing.mean(), naming.mean()) == pytest.approx((0.0, 0.0), abs=0.1)
    assert (standing.std(), naming.std()) == pytest.approx((1.5, 0.5), rel=0.05)
    assert np.corrcoef(standing, naming)[0, 1] == pytest.approx(0.6, abs=0.05)


def test_a_person_alone_in_a_department_listens_to_others_and_one_department_has_no_others() -> None:
    p, draws = set_to().ties, range(40)
    none, upto = np.full((4, 10), -1), np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    filled = np.zeros(4, np.int64)
    departments = np.array([0, 1, 1, 1])
    rows = np.array([0, 1, 4])
    alone = {next_name(0, 0, rows, departments, 0.0, filled, none, upto, p, seed) for seed in draws}
    assert alone == {1, 2, 3}
    inside = {next_name(2, 0, rows, departments, 0.0, filled, none, upto, p, seed) for seed in draws}
    assert inside == {1, 3}
    across = {next_name(2, 0, rows, departments, 1.0, filled, none, upto, p, seed) for seed in draws}
    assert across == {0}
    same = {
        next_name(2, 0, np.array([0, 4]), np.zeros(4, np.int64), 1.0, filled, none, upto, p, seed) for seed in draws
    }
    assert same == {0, 1, 3}


def test_ties_fill_the_first_places_and_are_mutual_up_to_the_declared_share() -> None:
    department = np.repeat(np.arange(2), 6)
    for mutual, share in ((0.0, (0.0, 0.5)), (0.5, (0.5, 0.7)), (1.0, (0.75, 1.0))):
        p = set_to().ties._replace(named=0.3, naming=0.0, both=0.0, closed=0.0, mutual=mutual)
        colleagues = np.full((12, 18), 99)
        draw_uneven_ties(colleagues, department, 3, 0.2, p, 4)
        assert ((colleagues >= 0).sum(axis=1) == 3).all() and (colleagues[:, 3:] == -1).all()
        listens = matrix(colleagues)
        assert share[0] <= (listens * listens.T).sum() / listens.sum() <= share[1], mutual
    untouched = np.zeros((3, 0), np.int64)
    draw_uneven_ties(untouched, np.zeros(3, np.int64), 3, 0.2, p, 4)
    assert untouched.shape == (3, 0)


def test_attempts_are_given_up_after_the_declared_number() -> None:
    # Only person 3 may be named, who is a hundredth as popular as the others and is drawn in few of 24 attempts.
    p, colleagues = set_to().ties._replace(closed=0.0), np.full((4, 3), -1)
    colleagues[0, :2] = (1, 2)
    filled, upto = np.array([2, 0, 0, 0]), np.array([0.0, 1.0, 2.0, 3.0, 3.03])
    chosen_ones = [chosen(0, 0, 0, 4, False, filled, colleagues, upto, p, seed) for seed in range(60)]
    assert set(chosen_ones) <= {-1, 3} and 36 <= chosen_ones.count(-1) <= 56
