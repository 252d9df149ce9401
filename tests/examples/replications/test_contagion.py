"""Centola 2010 and Eckles et al. 2018: both signs, by one parameter. Percentages are not claimed."""

import numpy as np
import pytest
from examples.replications.tipping import contagion as classic

from ccsim.errors import InputError


def lead_of_clustered(alone: float, weeks: int = 20, **changes: float) -> np.ndarray:
    """Return, run by run, adoption on the clustered network less that on the random one."""
    ends = [
        classic.histories({"alone": alone, "rewired": rewired, **changes}, weeks=weeks, runs=30)[:, -1]
        for rewired in (0.0, 1.0)
    ]
    return ends[0] - ends[1]


def test_who_needs_two_is_reached_through_clustered_ties() -> None:
    assert lead_of_clustered(0.0).min() > 0.3


def test_a_little_adoption_alone_makes_random_ties_win() -> None:
    assert lead_of_clustered(0.1).max() < -0.3


def test_the_lead_turns_from_clustered_to_random_ties_once_as_adoption_alone_rises() -> None:
    leads = np.array([lead_of_clustered(alone).mean() for alone in (0.0, 0.01, 0.02, 0.05, 0.08, 0.15)])
    assert (np.sign(leads) == [1, 1, 1, -1, -1, -1]).all()


def test_where_one_is_enough_random_ties_win_at_once() -> None:
    assert lead_of_clustered(0.0, weeks=6, needed=1).max() < -0.5


def test_a_hexagonal_lattice_has_two_fifths_of_its_triangles() -> None:
    assert classic.clustering(classic.network()) == pytest.approx(0.4)


@pytest.mark.parametrize("rewired", [0.0, 0.2, 1.0])
def test_rewiring_keeps_ties_mutual_and_six_for_every_person(rewired: float) -> None:
    ties = classic.network({"rewired": rewired}).tolist()
    assert all(len(set(row)) == classic.TIES and i not in row for i, row in enumerate(ties))
    assert all(i in ties[j] for i, row in enumerate(ties) for j in row)


def test_rewiring_takes_the_triangles_away() -> None:
    found = [classic.clustering(classic.network({"rewired": share})) for share in (0.0, 0.2, 0.5, 1.0)]
    assert (np.diff(found) < 0).all() and found[-1] < 0.01


def test_adopters_stay_and_only_neighbours_of_adopters_join() -> None:
    adoption = classic.histories({"alone": 0.05}, runs=5)
    assert (np.diff(adoption, axis=1) >= 0).all()
    assert (adoption[:, 0] == 7 / (36 * 42)).all()


def test_a_lattice_that_cannot_close_is_refused() -> None:
    with pytest.raises(InputError, match="even number"):
        classic.network({"rows": 7})
