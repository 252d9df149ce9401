import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccsim.errors import InputError, InputErrors
from ccsim.scenarios.toml_positions import Key, key_lines, line_of, read_toml

TEXT = '''\
# a comment with [brackets] = and "quotes"
title = "a # that is no comment"   # a comment
about = """three
lines, [not] = a table
"""
path = 'C:\\temp'  # "
a.b.c = 1
"quoted key"."with.dot" = 1979-05-27 07:32:00

[organisation]
staff = 200

[levers.programme]
budget = 1.5e3
values = [
    1,  # one
    2, [3,
    4],
    { x = 1, y = { z = "}" } },
]

[[schedule]]
week = 1
[schedule.set.champions]
departures = 1
[[schedule]]
weeks = [10, 20]
set = { champions = { count = 2 } }
[[schedule.inner]]
deep = true
[[schedule.inner]]
deep = false
[levers.habit]
formation_rate = 0.1
[ spaced . "out" ]
key = -inf
'''

LINES = {
    ("title",): 2,
    ("about",): 3,
    ("path",): 6,
    ("a", "b", "c"): 7,
    ("quoted key", "with.dot"): 8,
    ("organisation",): 10,
    ("organisation", "staff"): 11,
    ("levers",): 13,
    ("levers", "programme"): 13,
    ("levers", "programme", "budget"): 14,
    ("levers", "programme", "values"): 15,
    ("levers", "programme", "values", 0): 16,
    ("levers", "programme", "values", 2): 17,
    ("levers", "programme", "values", 2, 1): 18,
    ("levers", "programme", "values", 3, "y", "z"): 19,
    ("schedule", 0): 22,
    ("schedule", 0, "week"): 23,
    ("schedule", 0, "set", "champions"): 24,
    ("schedule", 0, "set", "champions", "departures"): 25,
    ("schedule", 1): 26,
    ("schedule", 1, "weeks", 1): 27,
    ("schedule", 1, "set", "champions", "count"): 28,
    ("schedule", 1, "inner", 0): 29,
    ("schedule", 1, "inner", 1, "deep"): 32,
    ("levers", "habit", "formation_rate"): 34,
    ("spaced", "out", "key"): 36,
}


def keys(value: Any, above: Key = ()) -> Iterator[Key]:
    """Yield the path of everything in TOML data."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in rows:
        yield (*above, name)
        yield from keys(part, (*above, name))


@pytest.mark.parametrize("key", LINES)
def test_a_key_has_the_line_on_which_it_stands(key: Key) -> None:
    assert key_lines(TEXT)[key] == LINES[key]


def test_everything_in_a_file_has_a_place_and_nothing_else_has() -> None:
    assert set(key_lines(TEXT)) == set(keys(tomllib.loads(TEXT)))


def test_what_has_no_place_is_reported_with_the_place_around_it() -> None:
    places = key_lines(TEXT)
    assert line_of(places, ("organisation", "missing")) == 10
    assert line_of(places, ("schedule", 0, "set", "x", "y")) == 24
    assert line_of(places, ("nowhere",)) is None


names = st.text(st.sampled_from(string.ascii_lowercase + '.# "é'), min_size=1, max_size=4)
scalars = st.one_of(
    st.integers(-9, 9),
    st.booleans(),
    st.floats(allow_nan=False),
    st.text(st.sampled_from("a#[]{}=,.\"'\\\n"), max_size=8),
)
values = st.recursive(scalars, lambda parts: st.lists(parts, max_size=3) | st.dictionaries(names, parts, max_size=3))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(names, values, max_size=5))
def test_everything_in_any_file_has_a_place(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    places = key_lines(text)
    assert set(places) == set(keys(tomllib.loads(text)))
    lines = text.split("\n")
    for key, line in places.items():
        if isinstance(key[-1], str) and key[-1].isalpha() and key[-1].isascii():
            assert key[-1] in lines[line - 1]


@pytest.mark.parametrize("text", ["", "#", "[a]", "[[a]]", "a = 1", "a = [1]", "a = {b = 1}", 'a = "" # x'])
def test_a_file_may_end_without_a_line_end(text: str) -> None:
    assert set(key_lines(text)) == set(keys(tomllib.loads(text)))


def test_windows_line_ends_and_a_byte_order_mark_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    data, places = read_toml(path)
    assert data == tomllib.loads(TEXT)
    assert places[("levers", "habit", "formation_rate")] == 34


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\nb = [1,\n2\n", 3),
        ('a = 1\n\nb = "x\n', 3),
        ("a = 1\nb = 2\na = 3\n", 3),
        ("[a]\nx = 1\n[a]\n", 3),
        ("[a]\nx = 1\n[b]\n[a.x]\n", 4),
        ("a = 1979-13-01\n", 1),
        ("a = {x = 1, x = 2}\n", 1),
        ("a = 1\na.b = 2\n", 2),
        ("[[a]]\n[a]\n", 2),
        ('a = 1\n"quo\\ed" = 2\n', 2),
        ("a = [" + "[" * 3000, 1),
    ],
)
def test_what_is_no_toml_is_reported_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(InputErrors) as caught:
        read_toml(path)
    assert caught.value.issues[0].line == line
    assert str(caught.value).startswith(f"{path}:{line}: this is not TOML")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_slip_of_the_keyboard_never_ends_in_anything_but_a_fault(data: st.DataObject, tmp_path: Path) -> None:
    start = data.draw(st.integers(0, len(TEXT)))
    typed = data.draw(st.text(st.sampled_from("a1[]{}=,.\"'\\\n #\x00é"), max_size=3))
    path = tmp_path / "slip.toml"
    path.write_text(TEXT[:start] + typed + TEXT[start + data.draw(st.integers(0, 3)) :], encoding="utf-8")
    try:
        found, places = read_toml(path)
    except InputErrors as error:
        assert error.issues[0].line is not None
    else:
        assert set(keys(found)) == set(places)


def test_what_cannot_be_opened_is_one_message(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "a\0b.toml"):
        with pytest.raises(InputError, match=r"cannot be read|no file can have this path"):
            read_toml(path)
