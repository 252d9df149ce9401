"""The ordinary organisation: nearly stationary, in the range that surveys report, and graded in its response.

Six seeds are fixed, so a test passes always or never. The bands are those of docs/baseline.md; where a test compares
means it asks for a difference of more than four standard errors, which chance alone would give once in 10,000 seeds.
"""

import numpy as np
import pytest

from ccsim.kpis import KPIS
from ccsim.scenario import load
from ccsim.simulation import simulate

SEEDS = range(6)


@pytest.fixture(scope="module")
def nothing() -> dict[str, np.ndarray]:
    runs = [simulate("nothing", seed) for seed in SEEDS]
    return {name: np.array([run.kpis[name] for run in runs]) for name in KPIS}


BANDS = {
    "csat": (70, 80), "nps": (-15, 20), "churn": (0.10, 0.25), "fcr": (0.65, 0.80), "utilisation": (0.80, 0.97),
    "staff_turnover": (0.15, 0.35), "engagement": (0.55, 0.75), "failure_demand": (0.15, 0.35), "fast": (0.1, 0.4),
    "script": (0.2, 0.5), "solve": (0.2, 0.5), "adoption": (0.0, 0.3), "time_to_resolution": (0.3, 2.5),
}  # fmt: skip


@pytest.mark.parametrize(("kpi", "band"), BANDS.items())
def test_doing_nothing_is_in_the_range_that_surveys_report(kpi: str, band: tuple, nothing: dict) -> None:
    assert band[0] < np.nanmean(nothing[kpi][:, -52:]) < band[1]


@pytest.mark.parametrize(("kpi", "most"), [("csat", 1.5), ("fcr", 0.02), ("engagement", 0.03), ("conviction", 0.06)])
def test_doing_nothing_is_nearly_stationary(kpi: str, most: float, nothing: dict) -> None:
    early, late = np.nanmean(nothing[kpi][:, :26]), np.nanmean(nothing[kpi][:, -26:])
    assert abs(late - early) < most


def test_profit_and_customers_neither_collapse_nor_explode(nothing: dict) -> None:
    assert 0.9 < nothing["active"][:, -13:].mean() / 2000 < 1.15
    assert nothing["profit"][:, -13:].mean() > 0


def test_people_and_departments_differ(nothing: dict) -> None:
    run = simulate("nothing", 1)
    assert np.nanstd(run.departments["solve"][-26:].mean(axis=0)) > 0.01
    assert simulate("nothing", 2).kpis["csat"][-1] != run.kpis["csat"][-1]


def test_the_response_to_incentive_strength_is_graded_and_not_a_jump() -> None:
    strengths = (0.0, 0.5, 1.0, 2.0, 4.0)
    base = load("scorecard-handling-time")
    means, errors = [], []
    for strength in strengths:
        times = [
            simulate(base.changed({"scorecards.strength": strength}), seed, 78).kpis["aht"][-26:].mean()
            for seed in range(4)
        ]
        means.append(np.mean(times))
        errors.append(np.std(times, ddof=1) / 2)
    steps = -np.diff(means)
    assert (steps > 4 * np.hypot(errors[1:], errors[:-1])).all()
    assert steps.max() < 0.75 * steps.sum()
