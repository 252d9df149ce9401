"""What the lecturer's page says of a class reads right at every moment of it."""

from __future__ import annotations

import pytest

pytest.importorskip("solara")

from ccsim.app.classroom import asked, progress


@pytest.mark.parametrize(
    ("quarters", "games", "said"),
    [
        ({}, (), "0 playing, 0 handed in."),
        ({"a": 0, "b": 3}, (), "2 playing (the slowest is in quarter 1), 0 handed in."),
        ({"a": 12, "b": 3}, ("a",), "1 playing (the slowest is in quarter 4), 1 handed in."),
        ({"a": 12, "b": 12}, ("a",), "0 playing, 1 at the end but not handed in, 1 handed in."),
        ({"a": 12, "b": 12}, ("a", "b"), "All 2 handed in."),
        ({"a": 5, "b": 12}, ("a", "b"), "1 playing (the slowest is in quarter 6), 2 handed in."),
        ({}, ("from a file",), "1 handed in."),
    ],
)
def test_who_is_how_far(quarters, games, said):
    assert progress(quarters, games, 12) == said


@pytest.mark.parametrize(
    ("search", "found"),
    [(None, ("", "")), ("?class=ABCDE&key=k", ("ABCDE", "k")), ("class=" + "x" * 999, ("x" * 40, "")),
     ("%ff%00=;;&&", ("", "")), ("?class=ABCDE" + "&a=1" * 80, ("ABCDE", ""))],
)  # fmt: skip
def test_an_address_is_read_whatever_stands_in_it(search, found):
    assert asked(search) == found
