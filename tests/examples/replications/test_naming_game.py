"""Xie et al. 2011: the mean field to the digits, agents by what no seed may break."""

import numpy as np
import pytest
from examples.replications.published import CRITICAL_COMMITTED, OLD_OPINION
from examples.replications.tipping import naming_game as classic


def test_a_large_population_tips_at_9_79_per_cent() -> None:
    assert classic.critical_share(1e-5) == pytest.approx(CRITICAL_COMMITTED, abs=2e-5)


@pytest.mark.parametrize(("committed", "stays"), OLD_OPINION.items())
def test_below_it_the_old_opinion_rests_at_the_published_share(committed: float, stays: float) -> None:
    assert classic.remaining(committed) == pytest.approx(stays, abs=1e-4)


def test_above_it_no_person_keeps_the_old_opinion() -> None:
    assert classic.remaining(0.099) == 0.0


def test_people_turn_within_a_few_sweeps_above_it_and_not_within_300_below() -> None:
    for committed, turns in ((0.05, False), (0.08, False), (0.12, True), (0.15, True)):
        took = [classic.run({"committed": committed}, sweeps=300, seed=seed)[1] for seed in range(5)]
        assert all(0 < sweeps < 80 if turns else sweeps == -1 for sweeps in took), (committed, took)


def test_many_people_follow_the_mean_field() -> None:
    # The shares of N people differ from the mean field by about 1/sqrt(N): 0.007 here.
    people = classic.run({"people": 20_000, "committed": 0.08}, sweeps=20)[0]
    field = classic.large(0.08, sweeps=20)
    assert np.abs(people.old - field.old[::20]).max() < 4 * 0.007


def test_without_the_committed_no_person_ever_says_anything_new() -> None:
    shares, tipped = classic.run({"committed": 0.0}, sweeps=20)
    assert tipped == -1 and (shares.old == 1.0).all()


def test_every_person_committed_has_tipped_from_the_start() -> None:
    assert classic.run({"committed": 1.0, "people": 10}, sweeps=5)[1] == 0


def test_shares_add_up_to_those_who_are_not_committed() -> None:
    shares, _ = classic.run({"committed": 0.12}, sweeps=60)
    assert shares.new + shares.old + shares.both == pytest.approx(np.full(61, 1 - 0.12))


@pytest.mark.slow
def test_time_to_turn_grows_with_the_logarithm_of_people_above_and_explodes_below() -> None:
    def median(committed: float, people: int, sweeps: int) -> float:
        took = [classic.run({"committed": committed, "people": people}, sweeps=sweeps, seed=s)[1] for s in range(40)]
        return float(np.median([sweeps if one < 0 else one for one in took]))

    above = [median(0.15, people, 1_000) for people in (100, 1_000, 10_000)]
    assert abs((above[2] - above[1]) - (above[1] - above[0])) < 0.5 * (above[2] - above[0])
    below = [median(0.08, people, 20_000) for people in (50, 100, 150)]  # 4, 8 and 12 committed
    assert below[1] / below[0] > 2 and below[2] / below[1] > 2
