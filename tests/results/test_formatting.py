"""A KPI reads the same on every page: shares in per cent, large sums short, unknown a dash."""

from __future__ import annotations

import math

import pytest

from ccsim.model.kpis import KPIS
from ccsim.results import formatting
from ccsim.results.formatting import (
    amount,
    byte_size,
    change,
    drawn,
    duration,
    interval,
    kpi_value,
    number,
    points,
    share,
    title_of,
    unit_of,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [("fcr", 0.7234, "72.3 %"), ("churn", 0.1, "10.0 %/year"), ("csat", 75.04, "75.0 of 100"), ("profit", 35_400.0, "35\u00a0k EUR/week"),
     ("npv", 5_671_000.0, "5.67\u00a0m EUR"), ("active", 2048.6, "2,049 people"), ("aht", 0.618, "0.62 hours"), ("profit", -1500.0, "−1,500 EUR/week"),
     ("cost", 858.2, "858 EUR/week"), ("cost_per_resolved", 31.46, "31.5 EUR"), ("fcr", -0.0001, "0.0 %"), ("fcr", None, "– %"), ("csat", math.nan, "– of 100")],
)  # fmt: skip
def test_a_figure_and_its_unit(name, value, text):
    assert f"{kpi_value(name, value)} {unit_of(name)}" == text


def test_a_title_names_the_unit_in_which_the_figure_is_shown():
    assert title_of("habit") == "Habit (%)" and unit_of("staff_turnover") == "%/year"


@pytest.mark.parametrize(
    ("name", "step", "text"),
    [("fcr", 0.012, "+1.2"), ("fcr", -0.012, "−1.2"), ("fcr", 1e-6, "±0.0"), ("fcr", math.nan, "–")],
)
def test_a_change_has_its_sign(name, step, text):
    assert change(name, step) == text


def test_charts_draw_what_figures_say():
    assert drawn("fcr", [0.5, None]) == [50.0, None] and drawn("csat", [70.0]) == [70.0]
    assert kpi_value("fcr", 0.5) == "50.0"


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.12345, "0.123"), (-2.0, "−2"), (999.7, "1,000"), (1234567.0, "1,234,567"), (math.nan, "–"), (math.inf, "…")],
)
def test_a_number_has_three_digits_or_is_whole(value: float, written: str) -> None:
    assert number(value) == written


def test_a_number_for_a_file_has_a_hyphen() -> None:
    assert number(-1234.5, hyphen=True) == "-1,234"
    assert number(-1.23456, 4, hyphen=True) == "-1.235"


def test_an_interval_without_an_end_is_a_comparison() -> None:
    assert interval(1.0, 2.5) == "1 to 2.5"
    assert interval(-math.inf, 2.5) == "below 2.5"
    assert interval(1.0, math.inf) == "above 1"


def test_a_small_share_is_not_written_as_nothing() -> None:
    assert [share(value) for value in (0.0, 0.001, 0.256)] == ["0 %", "<1 %", "26 %"]


def test_money_is_written_in_the_currency_of_the_organisation() -> None:
    from ccsim.reports.figures.layout import scale_of

    with formatting.in_currency("CHF"):
        assert formatting.table_unit(KPIS["npv"]) == "k CHF"
        assert formatting.kpi_difference("npv", 2000.0).endswith("k CHF")
        assert scale_of("npv", 3e6)[1] == "million CHF"
        assert formatting.parameter_value("programme.budget", 100).endswith("CHF/week")
    assert formatting.table_unit(KPIS["npv"]) == "k EUR"


def test_a_small_share_is_not_written_as_zero():
    assert [share(0.004), share(0.0004, 1), share(0.0), share(0.1234, 1)] == ["<1 %", "<0.1 %", "0 %", "12.3 %"]


def test_money_stands_after_its_word_and_points_have_one_digit():
    assert amount(1234.6) == "EUR 1,235" and points(-0.25, sign=True) == "−0.2" and points(3.0, sign=True) == "+3.0"
    with formatting.in_currency("CHF"):
        assert amount(10.0) == "CHF 10"


def test_sizes_and_times_are_written_in_the_unit_that_leaves_few_digits():
    assert [byte_size(9.6e8), byte_size(2e10)] == ["1.0 GB", "20 GB"]
    assert [duration(150.0), duration(1.0), duration(86400.0 * 12)] == ["2.5 minutes", "1 second", "12 days"]
