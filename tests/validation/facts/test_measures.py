"""Measures on data whose answer is known.

Intervals are 95 %, so a true value is missed about once in twenty seeds; where a test looks at coverage it says how
far from that it may be.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsim.validation.facts.identities import AnalyticResult
from ccsim.validation.facts.measures import Correlation, CorrelationGap, Mean, Slope, estimate
from ccsim.validation.facts.paired import Asymmetry, Contrast, Elasticity, Spread
from ccsim.validation.facts.programmes import SuccessRate
from ccsim.validation.facts.shapes import HalfLife, Steepness, halving


def units(seed: int = 0, count: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, count))
    frame = pd.DataFrame({"fcr": x, "aht": 0.6 * x + 0.8 * z, "csat": 2.0 * x + 3.0 * z, "nps": rng.normal(size=count)})
    return frame.assign(unit=range(count), scenario="one", replicate=0)


def cells(**values: list[float]) -> pd.DataFrame:
    return pd.DataFrame([
        {"unit": k, "replicate": k, "scenario": name, "week": 155, "csat": value}
        for name, column in values.items() for k, value in enumerate(column)
    ])  # fmt: skip


def test_a_correlation_is_that_of_numpy_and_vanishes_when_the_common_cause_is_held_fixed() -> None:
    frame = units()
    found = estimate(Correlation(kind="correlation", x="aht", y="csat"), frame)
    assert found.value == pytest.approx(np.corrcoef(frame["aht"], frame["csat"])[0, 1])
    assert found.low < found.value < found.high and found.units == 400
    # csat = 2 fcr + 3 z and aht = .6 fcr + .8 z: with fcr fixed both are multiples of z.
    assert estimate(Correlation(kind="correlation", x="aht", y="csat", given=["fcr"]), frame).value == pytest.approx(
        1.0
    )


def test_a_slope_holds_the_other_predictors_fixed() -> None:
    found = estimate(Slope(kind="slope", x="fcr", y="csat", given=["aht"]), units())
    # csat = 2 fcr + 3 (aht - .6 fcr) / .8
    assert found.value == pytest.approx(2.0 - 3.0 * 0.6 / 0.8)
    standard = estimate(Slope(kind="slope", x="10 * fcr", y="csat", standard=True), units())
    assert standard.value == pytest.approx(np.corrcoef(units()["fcr"], units()["csat"])[0, 1])


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    # 40 intervals at 95 %: fewer than 34 hits have a chance of about 1 in 700.
    measure = Correlation(kind="correlation", x="fcr", y="aht")
    hits = 0
    for seed in range(40):
        found = estimate(measure, units(seed, 80), seed)
        hits += found.low <= 0.6 <= found.high
    assert 34 <= hits <= 40


def test_an_interval_belongs_to_independent_units_and_not_to_the_rows_inside_one() -> None:
    rng = np.random.default_rng(3)
    firms = np.repeat(rng.normal(size=12), 50)
    frame = pd.DataFrame({"csat": firms, "unit": np.repeat(range(12), 50), "scenario": "one", "replicate": 0})
    clustered = estimate(Mean(kind="mean", y="csat"), frame)
    assert clustered.units == 12
    assert clustered.high - clustered.low > 3.0 * 1.96 * 2.0 * firms.std() / np.sqrt(len(firms)) / 2.0


def test_an_estimate_is_the_same_whatever_the_order_of_the_rows() -> None:
    measure = CorrelationGap(kind="lead", x="fcr", y="csat", than="nps")
    here, there = estimate(measure, units()), estimate(measure, units().sample(frac=1.0, random_state=1))
    assert here.value == pytest.approx(there.value)


def test_what_does_not_vary_has_no_correlation() -> None:
    found = estimate(Correlation(kind="correlation", x="fcr", y="0 * csat"), units())
    assert np.isnan(found.value)


def test_contrasts_pair_runs() -> None:
    frame = cells(a=[1.0, 2.0, 4.0], b=[2.0, 4.0, 8.0], c=[0.5, 1.0, 2.0])
    difference = estimate(Contrast(kind="contrast", y="csat", scenarios={"b": 1.0, "a": -1.0}), frame)
    assert difference.value == pytest.approx(7.0 / 3.0)
    doubled = estimate(Contrast(kind="contrast", y="csat", scenarios={"b": 1.0, "a": -1.0}, log=True, per=2.0), frame)
    assert (doubled.value, doubled.low) == pytest.approx((np.log(2.0) / 2.0, np.log(2.0) / 2.0))
    assert estimate(
        Asymmetry(kind="asymmetry", y="csat", base="a", shock="b", opposite="c"), frame
    ).value == pytest.approx(0.5)
    assert estimate(Elasticity(kind="elasticity", y="csat ** 3", x="csat", low="a", high="b"), frame).value == (
        pytest.approx(3.0)
    )
    assert estimate(Spread(kind="spread", y="csat", scenario="b", than="a"), frame).value == pytest.approx(np.log(2.0))


@settings(deadline=None, max_examples=40)
@given(half=st.floats(0.5, 20.0), size=st.floats(-3.0, 3.0).filter(lambda x: abs(x) > 0.1))
def test_a_half_life_is_recovered(half: float, size: float) -> None:
    months = np.arange(1.0, 37.0, 3.0)
    found, explained = halving(months, size * (1.0 - 2.0 ** (-months / half)))
    assert found == pytest.approx(half, rel=1e-3) and explained == pytest.approx(1.0)


def test_the_ratio_of_two_half_lives() -> None:
    weeks = range(12, 156, 13)
    rows = []
    for unit in range(3):
        for week in weeks:
            months = (week - 6.0) / (52.0 / 12.0)
            for name, half in (("slow", 9.0), ("fast", 3.0)):
                gain = 0.05 * (1.0 - 2.0 ** (-months / half))
                rows.append({"unit": unit, "replicate": unit, "scenario": name, "week": week, "defects": 0.1 - gain})
            rows.append({"unit": unit, "replicate": unit, "scenario": "idle", "week": week, "defects": 0.1})
    ratio = HalfLife(
        kind="half-life", y="defects", scenario="slow", base="idle", than="fast", than_base="idle"
    )  # fmt: skip
    assert estimate(ratio, pd.DataFrame(rows)).value == pytest.approx(3.0, rel=1e-3)


def test_a_line_is_not_steep_and_a_step_is() -> None:
    def sweep(answer) -> pd.DataFrame:
        return pd.DataFrame([
            {"unit": u, "replicate": u, "scenario": f"x = {x}", "week": 9, "swept": float(x), "adoption": answer(x)}
            for u in range(3) for x in range(11)
        ])  # fmt: skip

    measure = Steepness(kind="steepness", y="adoption")
    assert estimate(measure, sweep(lambda x: 0.1 * x)).value == pytest.approx(1.0)
    assert estimate(measure, sweep(lambda x: float(x > 4))).value == pytest.approx(10.0)


def test_success_is_counted_against_the_same_organisation_without_the_programme() -> None:
    base = [10.0, 12.0, 14.0, 16.0, 18.0]  # standard deviation 3.16: half of it is 1.58
    frame = cells(
        nothing=base, good=[x + 2.0 for x in base], poor=[x + 1.0 for x in base],
        some=[x + 2.0 * (k < 2) for k, x in enumerate(base)],
    ).assign(**{"mandate.clarity": lambda f: 1.0 - f["unit"] / 4.0})  # fmt: skip

    def share(**how) -> float:
        return estimate(SuccessRate(kind="success", y="csat", base="nothing", **how), frame).value

    assert share(of=["good"]) == 1.0 and share(of=["poor"]) == 0.0
    assert share() == pytest.approx(7.0 / 15.0)
    assert share(of=["some"], than=["good"]) == pytest.approx(-0.6)
    assert share(of=["good"], practices=["mandate.clarity"]) == 1.0
    assert share(of=["some"], practices=["mandate.clarity"]) == float("inf")


@pytest.mark.parametrize("retention", [0.8, 0.85, 0.9])
def test_the_elasticity_of_customer_equity_is_the_published_formula(retention: float) -> None:
    found = AnalyticResult(kind="identity", of="retention", retention=retention)
    assert estimate(found, pd.DataFrame()).value == pytest.approx(1.12 / (1.12 - retention), rel=1e-9)


def test_five_points_of_retention_add_what_the_formula_says() -> None:
    found = estimate(AnalyticResult(kind="identity", of="gain", retention=0.8, to=0.85), pd.DataFrame())
    assert found.value == pytest.approx((0.85 / 0.27) / (0.8 / 0.32) - 1.0, abs=1e-9)
    assert round(found.value, 3) == 0.259
