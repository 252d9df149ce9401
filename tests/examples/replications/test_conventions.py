"""Centola et al. 2018: shares of adoption as an independent program had them over 300 runs, within both errors."""

import numpy as np
import pytest
from examples.replications.published import CONVENTION_ADOPTED, CONVENTION_RUNS
from examples.replications.tipping import conventions as classic

from ccsim.errors import InputError


@pytest.mark.parametrize("committed", CONVENTION_ADOPTED)
def test_a_quarter_of_the_group_tips_it_and_a_fifth_does_not(committed: int) -> None:
    adoption = classic.histories({"committed": committed}, rounds=100, runs=300)
    for now, expected in zip((adoption[:, 44], adoption[:, 99]), CONVENTION_ADOPTED[committed], strict=True):
        # Both means of 300 runs, and the other one's two digits.
        assert abs(now.mean() - expected) < 4 * now.std() * np.sqrt(1 / 300 + 1 / CONVENTION_RUNS) + 0.005


def test_adoption_in_the_number_of_committed_is_a_step_not_a_line() -> None:
    ends = [classic.histories({"committed": n}, rounds=100, runs=60)[:, -1].mean() for n in range(11)]
    slopes = np.diff(ends)
    assert slopes.max() > 5 * slopes.mean()
    assert slopes.argmax() in (4, 5, 6)


def test_the_longer_people_remember_the_more_must_be_committed() -> None:
    ends = [classic.histories({"memory": memory}, rounds=100, runs=60)[:, -1].mean() for memory in (6, 12, 24)]
    assert ends[0] > 0.95 and 0.5 < ends[1] < 0.95 and ends[2] < 0.05


def test_no_person_adopts_what_no_person_plays() -> None:
    assert (classic.histories({"committed": 0}, runs=5) == 0).all()


def test_a_group_that_cannot_pair_up_is_refused() -> None:
    with pytest.raises(InputError, match="even number"):
        classic.histories({"people": 23})
    with pytest.raises(InputError, match="fewer committed"):
        classic.histories({"committed": 24})
