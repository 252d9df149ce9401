"""Charts are well-formed SVG whatever they are given, and escape what they are told."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

from ccsim.game.sketch import YOU, Series, bars, chart, dots, spark, tick_words


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


@pytest.mark.parametrize(
    ("value", "step", "said"),
    [(75.0, 5.0, "75"), (0.45, 0.05, "0.45"), (-0.0, 1.0, "0"), (72.5, 0.5, "72.5"), (30_000.0, 5000.0, "30 k"), (12_500.0, 500.0, "12.5 k"),
     (-3e6, 1e6, "−3 m"), (1_500_000.0, 5e5, "1.5 m")],
)  # fmt: skip
def test_an_axis_has_as_many_digits_as_its_steps_need(value, step, said):
    assert tick_words(value, step) == said


def test_dots_that_would_touch_stand_on_each_other_in_their_own_places():
    root = ET.fromstring(
        dots("t", [("a", 50.0), ("b", 50.1), ("c", 90.0)], [("Doing nothing", 0.0, YOU), ("Best", 100.0, YOU)])
    )
    found = {one[0].text[0]: (float(one.get("cx")[:-1]), one.get("style")) for one in root.iter("circle")}
    assert found["a"][0] < found["b"][0] < found["c"][0]
    assert (
        found["b"][1] == "--wide:-13px;--narrow:-13px" and found["a"][1] == found["c"][1] == "--wide:0px;--narrow:0px"
    )
    near = dots("t", [("a", 50.0), ("b", 52.0)], [("Doing nothing", 0.0, YOU), ("Best", 100.0, YOU)])
    assert "--wide:0px;--narrow:-13px" in near, "a phone has less room than a projector"


def test_letters_are_never_smaller_than_twelve():
    text = chart("t", [Series("x", YOU, [1.0] * 12)], [(3, "e")], 250, 150) + dots("t", [("a", 1.0)], [("b", 2.0, YOU)])
    sizes = [float(part.split('"')[0]) for part in text.split('font-size="')[1:]]
    assert len(sizes) > 10 and min(sizes) >= 12


def test_quarters_that_have_no_room_are_not_named():
    narrow, wide = (chart("t", [Series("x", YOU, [1.0, 2.0] * 6)], (), width, 150) for width in (250, 420))
    assert ">11</text>" not in narrow and ">12</text>" in narrow and ">11</text>" in wide
