"""The benchmark of recovery: right intervals cover, and a posterior that is too sure is seen."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.recovery import AHEAD, part_of, rank_tests, recovered

from ccsim.analysis.forecasting.ensemble import PAST_STEPS, Ensemble
from ccsim.analysis.parameter_space import dimensions


def linear_worlds(count: int, seed: int) -> Ensemble:
    """Return worlds whose satisfaction is a line in two values, with little noise in each figure."""
    rng = np.random.default_rng(seed)
    space = dimensions(["market.churn_sensitivity", "market.churn_reference"])
    unit = rng.random((count, 2))
    low, high = (np.array([getattr(one, end) for one in space]) for end in ("low", "high"))
    level = 60 + 20 * unit[:, :1] + rng.normal(0, 1, (count, 1))
    figures = level + rng.normal(0, 1, (count, PAST_STEPS + AHEAD))
    return Ensemble(space, low + (high - low) * unit, {"csat": figures})


def test_intervals_of_fit_and_forecast_hold_known_values_about_as_often_as_they_say() -> None:
    table, ranks = recovered(linear_worlds(160, 1), 60, 1, ("csat",))
    assert table["fits"].mean() > 0.9
    # Of 240 forecasts and 120 values that depend on each other: beyond four standard errors of 60 independent ones.
    assert table["csat"].mean() > 0.75 and table["values"].mean() > 0.75
    # A wrong alarm in 1 % of cases.
    assert rank_tests(ranks).min() > 0.01


def test_ranks_of_a_posterior_that_is_too_sure_are_reported() -> None:
    rng = np.random.default_rng(1)
    right, sure = rng.random((80, 1)), np.round(rng.random((80, 1)))
    assert list(rank_tests(np.hstack([right, sure])) <= 0.01) == [False, True]


def test_a_truth_is_no_part_of_the_worlds_that_it_is_fitted_by() -> None:
    whole = linear_worlds(50, 2)
    rest = part_of(whole, np.arange(10, 50))
    assert len(rest.numbers) == 40 == len(rest.values["csat"])
    assert rest.numbers[0] == pytest.approx(whole.numbers[10])
