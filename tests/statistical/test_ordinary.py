"""The ordinary organisation: nearly stationary, in the range that surveys report, and graded in its response.

Six seeds are fixed, so a test passes always or never. Bands are those of service organisations in surveys. Where a test
compares means it asks for a difference of more than four standard errors of seeds drawn apart: with so few seeds chance
alone would give that about once in a hundred choices of seeds.
"""

import numpy as np
import pytest
from scipy import stats

from ccsim.model.kpis import KPIS
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.simulation import simulate

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


#: The most that half a year at the end may differ from half a year at the start, small beside what levers do.
DRIFT = {
    "csat": 1.5, "fcr": 0.02, "engagement": 0.03, "conviction": 0.06, "utilisation": 0.03, "churn": 0.03, "aht": 0.15,
    "failure_demand": 0.02, "fatigue": 0.03, "latitude": 0.04, "skill": 0.04,
}  # fmt: skip


@pytest.mark.parametrize(("kpi", "most"), DRIFT.items())
def test_doing_nothing_is_nearly_stationary(kpi: str, most: float, nothing: dict) -> None:
    early, late = np.nanmean(nothing[kpi][:, :26]), np.nanmean(nothing[kpi][:, -26:])
    assert abs(late - early) < most


def test_adoption_does_not_grow_while_nothing_is_done() -> None:
    # Over 60 seeds it grows by 0.007 in three years (standard error 0.005). Over 40 seeds the chance of a false alarm is
    # below 1 in 1,000.
    runs = np.array([simulate("nothing", seed).kpis["adoption"] for seed in range(40)])
    assert abs(runs[:, -26:].mean() - runs[:, :26].mean()) < 0.03


def test_staff_turnover_does_not_trend(nothing: dict) -> None:
    # Leavers are few: about 25 a half-year and seed. Their counts are compared with four Poisson standard errors.
    leavers = [nothing["staff_turnover"][:, weeks].sum() * 200 / 52 for weeks in (slice(26), slice(-26, None))]
    assert abs(leavers[1] - leavers[0]) < 4 * np.sqrt(sum(leavers))


def test_levels_neither_run_to_a_floor_nor_to_a_ceiling_and_vary_from_week_to_week(nothing: dict) -> None:
    for name in ("fast", "script", "solve", "engagement", "conviction", "habit", "fcr", "empowerment"):
        assert nothing[name].min() > 0.05 and nothing[name].max() < 0.95, name
    for name in ("csat", "fcr", "solve", "aht"):
        assert (nothing[name][:, 26:].std(axis=1) > 0).all(), name


def test_profit_and_customers_neither_collapse_nor_explode(nothing: dict) -> None:
    assert 0.9 < nothing["active"][:, -13:].mean() / 2000 < 1.15
    assert nothing["profit"][:, -13:].mean() > 0


def test_people_and_departments_differ(nothing: dict) -> None:
    run = simulate("nothing", 1)
    assert np.nanstd(run.departments["solve"][-26:].mean(axis=0)) > 0.01
    assert simulate("nothing", 2).kpis["csat"][-1] != run.kpis["csat"][-1]


def test_the_response_to_incentive_strength_is_graded_and_not_a_jump() -> None:
    strengths = (0.0, 0.5, 1.0, 2.0, 4.0)
    base = load_scenario("scorecard-handling-time")
    means, errors = [], []
    for strength in strengths:
        times = [
            simulate(base.with_values({"scorecards.strength": strength}), seed, 78).kpis["aht"][-26:].mean()
            for seed in range(4)
        ]
        means.append(np.mean(times))
        errors.append(np.std(times, ddof=1) / 2)
    steps = -np.diff(means)
    assert (steps > 4 * np.hypot(errors[1:], errors[:-1])).all()
    assert steps.max() < 0.75 * steps.sum()


def test_a_journey_scorecard_serves_the_customer_more_the_more_it_binds() -> None:
    strengths = (0.0, 0.5, 1.0, 2.0, 4.0)
    base = load_scenario("scorecard-journey")
    solved = np.array([
        [simulate(base.with_values({"scorecards.strength": s}), seed, 78).kpis["solve"][-26:].mean() for seed in range(4)]
        for s in strengths
    ])  # fmt: skip
    # Paired by seed, every step of every seed goes up: without an effect that is one chance in 65,536.
    steps = np.diff(solved, axis=0)
    assert (steps > 0).all()
    assert steps.mean(axis=1).max() < 0.75 * steps.mean(axis=1).sum()


def test_a_scorecard_without_strength_is_no_scorecard() -> None:
    cards = [
        load_scenario(name).with_values({"scorecards.strength": 0.0})
        for name in ("scorecard-handling-time", "scorecard-journey")
    ]
    mixes = [np.mean([simulate(card, seed, 52).kpis["solve"][-26:].mean() for seed in range(3)]) for card in cards]
    # What leaders believe still depends on the card that staff have (their credibility), so the runs are not the same.
    assert abs(mixes[1] - mixes[0]) < 0.01


#: Drift over a year that is small beside what levers do.
DRIFT_A_YEAR = {"csat": 1.0, "fcr": 0.01, "aht": 0.1, "engagement": 0.02, "churn": 0.02, "solve": 0.02}


@pytest.mark.parametrize(("kpi", "bound"), DRIFT_A_YEAR.items())
def test_drift_over_the_years_is_within_its_bound(kpi: str, bound: float, nothing: dict) -> None:
    # Equivalence: the whole 95 % interval (t) of the drift lies within the bound. An organisation that drifts at the
    # bound would pass in at most 2.5 % of choices of seeds.
    yearly = nothing[kpi].reshape(len(SEEDS), 3, 52).mean(axis=2)
    drifts = (yearly[:, 2] - yearly[:, 0]) / 2.0
    half = stats.t.ppf(0.975, len(drifts) - 1) * stats.sem(drifts)
    assert abs(drifts.mean()) + half < bound
