"""Every KPI: its formula evaluates, a few are checked by hand, and all keep to what their unit allows."""

import math

import numpy as np
import pytest

from ccsim.errors import DeclarationError
from ccsim.model.initial_state import initialise
from ccsim.model.kpis import KPIS, QUARTER, SERIES, available, by_series, calculate, discount_weeks, final_value, kpi
from ccsim.model.recorder import TALLIES, Record
from ccsim.model.settings import default_settings, replace_values
from ccsim.model.week import step

WEEKS = 20


@pytest.fixture(scope="module")
def record() -> Record:
    sizes = {"organisation.staff": 24, "organisation.departments": 3, "organisation.front_departments": 2,
             "organisation.customers": 160, "organisation.warm_up": 6, "programme.budget": 900.0, "champions.count": 1}  # fmt: skip
    state = initialise(replace_values(default_settings(), sizes), 4)
    made = Record.of(state, WEEKS)
    for _ in range(WEEKS):
        step(state)
        made.add(state)
    return made


@pytest.fixture(scope="module")
def kpis(record: Record) -> dict[str, np.ndarray]:
    return calculate(record, 0.12)


def written(**tallies: float) -> Record:
    """Return a record of one week in which only these tallies are not zero."""
    blocks = {population: np.zeros((1, 1, len(names))) for population, names in TALLIES.items()}
    for name, value in tallies.items():
        for population, names in TALLIES.items():
            if name in names:
                blocks[population][0, 0, names.index(name)] = value
    return Record(blocks, weeks=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "csat"}, "KPI 'csat': is declared twice"),
        ({"name": "two words"}, "KPI 'two words': name must be a Python identifier"),
        ({"direction": "lower"}, "direction must be one of more, less, neither, got 'lower'"),
        ({"aggregation": "mean"}, "aggregation must be one of level, sum, last, got 'mean'"),
        ({"title": ""}, "title must be a few words, got ''"),
        ({"meaning": " "}, "meaning must be a few words, got ' '"),
        ({"unit": "shares"}, "unknown unit 'shares' (did you mean 'share'"),
        ({"formula": "resolvd / handled"}, "unknown name 'resolvd' in formula: it is neither a tally nor a KPI above it (did you mean 'resolved'"),
        ({"formula": "100 * customer_equty"}, "unknown name 'customer_equty' in formula: it is neither a tally nor a KPI above it (did you mean 'customer_equity'"),
        ({"formula": "new + 1"}, "unknown name 'new' in formula: it is neither a tally nor a KPI above it"),
        ({"formula": "resolved /"}, "formula must be arithmetic, such as 'resolved / handled', got 'resolved /'"),
    ],
)  # fmt: skip
def test_a_faulty_declaration_is_refused_and_leaves_no_kpi(change: dict[str, str], message: str) -> None:
    before = dict(KPIS)
    row = {
        "name": "new",
        "title": "New",
        "unit": "share",
        "direction": "more",
        "formula": "joined",
        "meaning": "a test",
    }
    with pytest.raises(DeclarationError) as caught:
        kpi(**{**row, **change})
    assert message in str(caught.value) and "test_kpis.py:" in str(caught.value)
    assert before == KPIS


def test_titles_and_formulas_are_not_repeated() -> None:
    assert len({row.title for row in KPIS.values()}) == len(KPIS)
    assert len({row.formula for row in KPIS.values()}) == len(KPIS)


@pytest.mark.parametrize("name", KPIS)
def test_every_formula_evaluates_in_every_week(name: str, kpis: dict) -> None:
    assert kpis[name].shape == (WEEKS,)
    assert np.isfinite(kpis[name]).mean() > 0.9, name


@pytest.mark.parametrize("name", [name for name, row in KPIS.items() if row.unit == "share"])
def test_shares_are_shares(name: str, kpis: dict) -> None:
    low = -1.0 if name == "word_of_mouth" else 0.0
    values = kpis[name][np.isfinite(kpis[name])]
    assert values.min() >= low - 1e-12 and values.max() <= 1.0 + 1e-12


HAND = [
    ("csat", 75.0, {"satisfaction": 150.0, "customers": 200.0, "left": 9.0}),
    ("nps", 15.0, {"promoters": 70.0, "detractors": 40.0, "customers": 200.0, "left": 9.0}),
    ("churn", 52 * 2 / 202, {"left": 2.0, "customers": 200.0}),
    ("acquisition", 3.0, {"joined": 3.0}),
    ("active", 200.0, {"customers": 200.0}),
    ("word_of_mouth", -0.05, {"positive_mentions": 10.0, "negative_mentions": 20.0, "customers": 200.0}),
    ("fcr", 0.7, {"resolved_first": 35.0, "closed_first": 50.0}),
    ("aht", 5.5, {"worked": 550.0, "handled": 100.0}),
    ("time_to_resolution", 1.5, {"resolution_weeks": 60.0, "resolved": 40.0}),
    ("backlog", 12.0, {"backlog": 12.0}),
    ("failure_demand", 0.25, {"raised": 75.0, "returned": 25.0}),
    ("handoff_loss", 0.3, {"handoffs_lost": 3.0, "handoffs": 10.0}),
    ("utilisation", 0.9, {"worked": 100.0, "overrun": 10.0, "hours": 100.0}),
    ("staff_turnover", 0.26, {"quits": 1.0, "people": 200.0}),
    ("adoption", 0.2, {"adopters": 40.0, "people": 200.0}),
    ("hero_dependency", 1.0, {"influence": 10.0, "largest_influence": 10.0}),
    ("hero_dependency", 0.25, {"influence": 20.0, "largest_influence": 5.0}),
    ("reported_csat", 80.0, {"survey": 80.0, "handled": 100.0}),
    ("reported_fcr", 0.9, {"claimed": 45.0, "closed_first": 50.0}),
    ("cost", 28.0, {"wages": 1.0, "handling": 2.0, "compensation": 3.0, "spent": 4.0, "turnover_cost": 5.0,
                    "acquisition_cost": 6.0, "overhead": 7.0}),
    ("cost_per_resolved", 3.0, {"wages": 100.0, "handling": 40.0, "compensation": 10.0, "spent": 999.0, "resolved": 50.0}),
    ("profit", 60.0, {"revenue": 100.0, "wages": 30.0, "spent": 10.0}),
    ("npv", 60.0 * 1.12 ** (-1 / 52), {"revenue": 100.0, "wages": 40.0}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "tallies"), HAND)
def test_a_kpi_worked_out_by_hand(name: str, value: float, tallies: dict) -> None:
    assert calculate(written(**tallies), 0.12)[name][0] == pytest.approx(value, rel=1e-12)


def test_customer_equity_is_the_margin_times_r_over_1_plus_i_minus_r() -> None:
    # Gupta, Lehmann & Stuart 2004: value per customer m r / (1 + i - r).
    made = calculate(written(customers=99.0, left=1.0, revenue=990.0), 0.12)
    retention = (1 - 1 / 100) ** 52
    margin = 52 * 990.0 / 99.0
    assert made["customer_equity"][0] == pytest.approx(99 * margin * retention / (1 + 0.12 - retention))


@pytest.mark.parametrize(("retention", "elasticity"), [(0.8, 3.5), (0.85, 4.15), (0.9, 5.09)])
def test_one_per_cent_more_retention_is_worth_what_gupta_and_others_published(
    retention: float, elasticity: float
) -> None:
    def equity(r: float) -> float:
        left = 1000.0 * (1 - r ** (1 / 52))
        return float(calculate(written(customers=1000.0 - left, left=left, revenue=1.0), 0.12)["customer_equity"][0])

    # The same margin, spread over however many customers and summed again: only retention moves equity.
    step = 1e-6
    less, more = (equity(r) for r in (retention * (1 - step), retention * (1 + step)))
    assert (math.log(more) - math.log(less)) / (2 * step) == pytest.approx(elasticity, abs=0.005)


def test_nothing_to_divide_by_is_nan_and_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    made = calculate(written(), 0.12)
    assert math.isnan(made["csat"][0]) and math.isnan(made["fcr"][0])
    assert (made["profit"][0], made["npv"][0], made["backlog"][0]) == (0.0, 0.0, 0.0)
    assert not recwarn.list


def test_present_value_is_discounted_by_the_year(record: Record) -> None:
    for rate in (0.0, 0.12):
        made = calculate(record, rate)
        weights = (1 + rate) ** (-np.arange(1, WEEKS + 1) / 52)
        assert made["npv"] == pytest.approx(np.cumsum(made["profit"] * weights))


def test_lately_is_the_mean_of_up_to_a_quarter() -> None:
    x = np.arange(40.0)
    rolling_mean = by_series(SERIES["rolling_mean"], x)
    assert rolling_mean[0] == 0.0
    assert rolling_mean[5] == pytest.approx(x[:6].mean())
    assert rolling_mean[30] == pytest.approx(x[30 - QUARTER + 1 : 31].mean())
    both = by_series(SERIES["rolling_mean"], np.stack([x, 2 * x], axis=1))
    assert both[30].tolist() == pytest.approx([rolling_mean[30], 2 * rolling_mean[30]])
    assert by_series(SERIES["cumulative"], x)[-1] == x.sum()


def test_weeks_combine_as_the_kpi_says() -> None:
    weekly = np.arange(30.0)
    assert final_value("csat", weekly) == weekly[-13:].mean()
    assert final_value("profit", weekly) == weekly.sum()
    assert final_value("npv", weekly) == 29.0
    assert final_value("fcr", np.array([np.nan, 0.5])) == 0.5
    assert math.isnan(final_value("fcr", np.full(20, np.nan))) and math.isnan(final_value("csat", weekly[:0]))


def test_kpis_by_group_are_those_of_its_tallies_and_weigh_up_to_the_whole(record: Record, kpis: dict) -> None:
    by_department, by_segment = calculate(record, 0.12, "department"), calculate(record, 0.12, "segment")
    assert set(by_department) == set(available("department")) and "fcr" in by_department and "csat" not in by_department
    assert set(by_segment) == set(available("segment")) and "csat" in by_segment and "fcr" not in by_segment
    weights = record.tallies("department")["closed_first"]
    assert np.nansum(by_department["fcr"] * weights, axis=1) / weights.sum(axis=1) == pytest.approx(kpis["fcr"])
    assert by_segment["active"].sum(axis=1) == pytest.approx(kpis["active"])


def test_a_later_first_week_gives_the_same_plain_kpis(record: Record, kpis: dict) -> None:
    later = calculate(record, 0.12, first=7)
    for name in ("csat", "fcr", "profit", "adoption"):
        assert np.array_equal(later[name], kpis[name][7:], equal_nan=True), name


def test_the_choices_add_up(kpis: dict) -> None:
    assert sum(kpis[name] for name in ("fast", "script", "solve", "hand_over", "escalate")) == pytest.approx(1.0)


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.5, 2.0])
def test_the_weeks_of_a_year_discount_by_its_rate(rate: float) -> None:
    present = np.empty(105)
    discount_weeks(rate, present)
    assert present == pytest.approx((1.0 + rate) ** (-np.arange(1, 106) / 52.0), rel=1e-13)


def test_a_weekly_factor_is_compounded_to_a_year() -> None:
    x = np.array([0.0, 0.9, 0.999, 1.0, 1.01])
    assert by_series(SERIES["yearly"], x) == pytest.approx(x**52, rel=1e-13)
