"""March 1991. Published: means of 10,000 runs in the public output of Workiewicz's reconstruction.

A table agrees when the squared distances of its cells, in standard errors of both sides, are what chance makes of them
in 999 of 1,000 tables. Seeds are fixed and differ between cells, so a test passes always or never.
"""

from typing import Any

import numpy as np
import pytest
from examples.replications import mutual_learning as classic
from examples.replications.published import KNOWLEDGE, KNOWLEDGE_RUNS, SOCIALISATION, WRONG_READINGS
from examples.replications.values import chosen
from scipy import stats

from ccsim.errors import InputError, UnknownNameError

SMALL = {"people": 7, "dimensions": 9}


def table(runs: int, learning: tuple[float, ...] = (0.1, 0.5, 0.9), **changes: Any) -> np.ndarray:
    """Return published value, our mean and the standard error of their difference, cell by cell."""
    rows = []
    for cell, (rate, k) in enumerate((rate, k) for rate in learning for k in range(len(SOCIALISATION))):
        values = {"socialisation": SOCIALISATION[k], "learning": rate, **changes}
        known = classic.equilibria(values, runs=runs, seed=1 + cell, longest=1_000)
        error = known.std(ddof=1) * np.sqrt(1 / runs + 1 / KNOWLEDGE_RUNS)
        rows.append((KNOWLEDGE[rate][k], known.mean(), error))
    return np.array(rows).T


def chance_of(published: np.ndarray, ours: np.ndarray, error: np.ndarray) -> float:
    """Return how often chance alone would put two equal tables at least this far apart."""
    return float(stats.chi2.sf((((ours - published) / error) ** 2).sum(), len(ours)))


def test_the_published_table_is_reproduced() -> None:
    assert chance_of(*table(100)) > 0.001


@pytest.mark.parametrize("reading", ["jumping", "literal"])
def test_other_readings_of_the_paper_are_distinguished_from_it(reading: str) -> None:
    assert chance_of(*table(100, (0.5,), reading=reading)) < 1e-6


@pytest.mark.slow
def test_the_whole_table_is_within_the_error_of_1000_runs() -> None:
    published, ours, error = table(1_000)
    assert chance_of(published, ours, error) > 0.001
    assert np.abs(ours - published).max() <= 0.012
    slow, medium, fast = ours.reshape(3, 9)
    assert (np.diff(medium) < 0).all() and (np.diff(fast) < 0).all()
    assert slow.argmax() == 0 and 1 < slow.argmin() < 7  # a code that learns slowly: bad in the middle


@pytest.mark.slow
@pytest.mark.parametrize(("reading", "expected"), WRONG_READINGS.items())
def test_the_wrong_readings_differ_as_in_an_independent_program(reading: str, expected: tuple) -> None:
    # That program's number of runs is 1,000 at least; ours and its error are added.
    for speed, value in zip((0.1, 0.5, 0.9), expected, strict=True):
        known = classic.equilibria({"socialisation": speed, "reading": reading}, runs=1_000, longest=500)
        assert abs(known.mean() - value) < 4 * known.std() * np.sqrt(2 / 1_000)


def at_the_end(periods: int, **changes: Any) -> np.ndarray:
    return classic.histories(changes, periods=periods, runs=150)[:, -1]


def test_turnover_helps_a_firm_that_socialises_fast_and_harms_one_that_does_so_slowly() -> None:
    for speed, sign in ((0.9, 1), (0.1, -1)):
        gain = at_the_end(20, socialisation=speed, turnover=0.1) - at_the_end(20, socialisation=speed)
        assert sign * gain.mean() > 4 * gain.std() / np.sqrt(len(gain))


def test_turbulence_wears_knowledge_down_to_nothing_unless_people_come_and_go() -> None:
    without = at_the_end(150, socialisation=0.5, turbulence=0.02)
    turning = at_the_end(150, socialisation=0.5, turbulence=0.02, turnover=0.1)
    assert abs(without.mean()) < 4 * without.std() / np.sqrt(len(without))
    assert turning.mean() > 0.4


def test_a_code_that_does_not_learn_knows_nothing_for_ever() -> None:
    known = classic.run({"learning": 0.0, **SMALL}, periods=30)
    assert (known.code == 0).all() and (known.people == known.people[0]).all()


def test_people_who_are_not_socialised_keep_their_beliefs() -> None:
    known = classic.run({"socialisation": 0.0, **SMALL}, periods=30)
    assert (known.people == known.people[0]).all() and known.code[-1] > 0


def test_in_a_settled_firm_every_person_knows_what_the_code_knows() -> None:
    known = classic.run(periods=500)
    assert known.periods < 500
    assert known.people[-1] == known.code[-1]
    assert (known.code[known.periods :] == known.code[-1]).all()


OWNED = {
    classic.change: {"belief", "reality"},
    classic.act: {"act", "score"},
    classic.socialise: {"belief"},
}


@pytest.mark.parametrize(("phase", "owned"), OWNED.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_phase_changes_only_what_it_owns(phase: Any, owned: set[str]) -> None:
    p = chosen(classic.MutualLearning, {"turnover": 0.5, "turbulence": 0.5, **SMALL})
    firm = classic.empty_firm(p)
    classic.found(firm, np.uint64(1))
    firm.code[:] = 1
    before = {name: column.copy() for name, column in firm._asdict().items()}
    phase(firm, p, np.uint64(1), 1)
    assert {name for name, column in firm._asdict().items() if (column != before[name]).any()} == owned


def test_learning_changes_only_the_code() -> None:
    p = chosen(classic.MutualLearning, SMALL)
    firm = classic.empty_firm(p)
    classic.found(firm, np.uint64(1))
    classic.act(firm, p, np.uint64(1), 1)
    before = {name: column.copy() for name, column in firm._asdict().items()}
    classic.learn(firm, p, np.uint64(1), 1, 0)
    assert {name for name, column in firm._asdict().items() if (column != before[name]).any()} == {"code"}


def test_one_more_person_leaves_the_others_as_initialised() -> None:
    few, many = (classic.empty_firm(chosen(classic.MutualLearning, {**SMALL, "people": n})) for n in (7, 8))
    for firm in (few, many):
        classic.found(firm, np.uint64(3))
    assert (many.belief[:7] == few.belief).all() and (many.reality == few.reality).all()


def test_a_wrong_name_or_value_is_answered_with_what_is_accepted() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'socialisation'"):
        classic.run({"socialization": 0.5})
    with pytest.raises(InputError, match=r"mutual_learning\.turnover: must be a number from 0 to 1"):
        classic.run({"turnover": 2})
    with pytest.raises(InputError, match="did you mean 'literal'"):
        classic.run({"reading": "litteral"})
