"""What the lecturer's page says of a class reads right at every moment of it."""

from __future__ import annotations

import pytest

pytest.importorskip("solara")

from ccsim.ui.classroom import asked, progress, who_table
from ccsim.ui.rooms import Room


@pytest.mark.parametrize(
    ("quarters", "games", "said"),
    [
        ({}, (), "Nobody has joined yet."),
        ({"a": 0, "b": 3}, (), "2 playing (the slowest in quarter 1), 0 handed in."),
        ({"a": 12, "b": 3}, ("a",), "1 playing (the slowest in quarter 4), 1 handed in."),
        (
            {"a": 12, "b": 12, "c": 1},
            ("a",),
            "1 playing (the slowest in quarter 2), 1 at the end and not handed in yet, 1 handed in.",
        ),
        ({"a": 12, "b": 12}, ("a",), "All 2 are at the end: 1 handed in, 1 not yet."),
        ({"a": 12, "b": 12}, (), "All 2 are at the end: nobody has handed in yet."),
        ({"a": 12}, (), "1 at the end, not handed in yet."),
        ({"a": 12, "b": 12}, ("a", "b"), "All 2 have handed in."),
        ({"a": 5, "b": 12}, ("a", "b"), "All 2 have handed in. 1 plays once more."),
        (dict.fromkeys("abcdef", 0), tuple("abcdef"), "All 6 have handed in. 6 play once more."),
        ({"a": 5, "b": 2}, ("a",), "1 playing (the slowest in quarter 3), 1 handed in. 1 plays once more."),
        ({}, ("from a file",), "1 has handed in."),
    ],
)
def test_who_is_how_far(quarters, games, said):
    assert progress(quarters, games, 12) == said


@pytest.mark.parametrize(
    ("search", "found", "told"),
    [(None, ("", ""), ""), ("?class=ABCDE&key=k", ("ABCDE", "k"), ""), ("class=" + "x" * 999, ("x" * 40, ""), ""),
     ("?class=ABCDE" + "&a=1" * 80, ("ABCDE", ""), "is called 'a' (known: class, key)"), ("clas=ABCDE", ("", ""), "(did you mean 'class'?)"),
     ("seed=7", ("", ""), "no setting of this page is called 'seed'"), ("key=k", ("", "k"), "only together with its code")],
)  # fmt: skip
def test_an_address_is_read_and_what_cannot_be_used_is_told(search, found, told):
    *values, problem = asked(search)
    assert tuple(values) == found and told in problem and bool(problem) == bool(told)


def test_who_is_how_far_by_name_the_slowest_first():
    room = Room("A", "k", 3, "nothing", quarters={"a": 12, "b": 3, "c": 5}, names={"a": "<b>", "b": "", "c": "Blue"})
    said = who_table(room, 12)
    assert "&lt;b&gt;" in said and "<b>" not in said
    assert said.index("(no name)") < said.index("Blue") < said.index("at the end")
