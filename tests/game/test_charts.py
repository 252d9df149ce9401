"""Charts of games are pictures whatever they are given, and escape what they are told."""

from __future__ import annotations

import base64
import math
import re
import xml.etree.ElementTree as ET

import pytest

from ccsim.game.charts import BEST, YOU, Series, chart, dots, stacked


def drawing(text: str) -> str:
    """Return the SVG within a picture, which must be well-formed."""
    found = re.fullmatch(r'<img src="data:image/svg\+xml;base64,([\w+/=]+)" alt="([^"<>]*)">', text)
    assert found
    svg = base64.b64decode(found[1]).decode()
    ET.fromstring(svg)
    return svg


@pytest.mark.parametrize("values", [[], [None], [1.0], [0.0, 0.0], [None, 2.0, None, 3.0], [math.nan, 1e9, -1e9]])
def test_any_values_make_a_well_formed_picture(values: list[float | None]) -> None:
    drawing(chart("<t> & t", [Series("<b>x</b>", YOU, values)], [(0, "<i>")]))
    drawing(dots("t", [("<x>", value) for value in values if value is not None and value == value], []))


def test_lines_are_named_and_faint_ones_are_not() -> None:
    text = drawing(
        chart("t", [Series("one of many", YOU, [1.0, 2.0], faint=True), Series("the mean", BEST, [1.0, 3.0])])
    )
    assert "the mean" in text and "one of many" not in text


def test_a_gap_in_the_values_is_a_gap_in_the_line() -> None:
    def moves(values: list[float | None]) -> int:
        return len(re.findall(r"M [\d.]+ [\d.]+ \nL [\d.]+ [\d.]+ \n", drawing(chart("t", [Series("x", YOU, values)]))))

    assert moves([1.0, 2.0, None, 3.0, 4.0]) > moves([1.0, 2.0, 2.5, 3.0, 4.0])


def test_levels_are_named_with_their_points() -> None:
    assert "Best plan found 71" in drawing(dots("t", [("a", 50.0)], [("Best plan found", 70.6, BEST)]))


def test_dots_that_would_touch_stand_on_each_other() -> None:
    assert stacked([50.0, 50.1, 90.0], 1.0) == [0, 1, 0]
    assert stacked([50.0, 50.6, 51.2], 1.0) == [0, 1, 0]
