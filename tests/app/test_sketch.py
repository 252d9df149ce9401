"""Charts are well-formed SVG whatever they are given, and escape what they are told."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

from ccsim.app.sketch import YOU, Series, bars, chart, dots, short, spark


@pytest.mark.parametrize(
    "values", [[], [None], [1.0], [0.0, 0.0], [None, 2.0, None, 3.0], [math.nan, 1e9, -1e9], [1e-12, 2e-12], [5, 5, 5]]
)
def test_any_values_make_a_well_formed_picture(values):
    for text in (
        spark(values, "a & b"), chart("<t>", [Series("<b>x</b>", YOU, values)], [(0, "<i>")]),
        bars("t", [("<x>", value or 0.0) for value in values if value == value]),
        dots("t", [("<x>", value) for value in values if value is not None and value == value], []),
    ):  # fmt: skip
        ET.fromstring(text)
        assert "nan" not in text and "inf" not in text
        assert "<b>" not in text and "<i>" not in text and "<x>" not in text


def test_a_gap_in_the_values_is_a_gap_in_the_line():
    assert chart("t", [Series("x", YOU, [1.0, 2.0, None, 3.0, 4.0])]).count("<polyline") == 2


def test_the_highest_value_is_drawn_highest():
    line = chart("t", [Series("x", YOU, [1.0, 3.0, 2.0])]).split('points="')[1].split('"')[0]
    heights = [float(point.split(",")[1]) for point in line.split()]
    assert heights[1] < heights[2] < heights[0]


def test_figures_are_short():
    assert [short(value) for value in (None, math.nan, 0.123, 12.34, 1234.5, 45678.0, 7654321.0)] == [
        "–", "–", "0.12", "12.3", "1,234", "46 k", "7.7 m",
    ]  # fmt: skip
