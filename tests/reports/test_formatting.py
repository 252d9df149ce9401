"""A KPI reads the same on every page: shares in per cent, large sums short, unknown a dash."""

from __future__ import annotations

import math

import pytest

from ccsim.reports.formatting import change, drawn, figure, title_of, unit_of, with_unit


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("fcr", 0.7234, "72.3 %"), ("churn", 0.1, "10.0 %/year"), ("csat", 75.04, "75.0 of 100"), ("profit", 35_400.0, "35\u00a0k EUR/week"),
     ("npv", 5_671_000.0, "5.67\u00a0m EUR"), ("active", 2048.6, "2,049 people"), ("aht", 0.618, "0.62 hours"), ("profit", -1500.0, "−1,500 EUR/week"),
     ("cost", 858.2, "858 EUR/week"), ("cost_per_resolved", 31.46, "31.5 EUR"), ("fcr", -0.0001, "0.0 %"), ("fcr", None, "– %"), ("csat", math.nan, "– of 100")],
)  # fmt: skip
def test_a_figure_and_its_unit(name, value, said):
    assert with_unit(name, value) == said


def test_a_title_names_the_unit_in_which_the_figure_is_shown():
    assert title_of("habit") == "Habit (%)" and unit_of("staff_turnover") == "%/year"


@pytest.mark.parametrize(
    ("name", "step", "said"),
    [("fcr", 0.012, "+1.2"), ("fcr", -0.012, "−1.2"), ("fcr", 1e-6, "±0.0"), ("fcr", math.nan, "–")],
)
def test_a_change_has_its_sign(name, step, said):
    assert change(name, step) == said


def test_charts_draw_what_figures_say():
    assert drawn("fcr", [0.5, None]) == [50.0, None] and drawn("csat", [70.0]) == [70.0]
    assert figure("fcr", 0.5) == "50.0"
