"""TOML with places: the data of a file, and the line on which each key stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError

from ccsim.errors import Fault, InputError, InputFaults

Key = tuple[str | int, ...]


def read_toml(path: Path) -> tuple[dict[str, Any], dict[Key, int]]:
    """Return a file's data and the line of each key (a path of names, with numbers for the tables of a list).

    Raises:
        InputError: the file cannot be read.
        InputFaults: it is not TOML; the fault says where.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    try:
        data = tomlkit.parse(text).unwrap()
    except ParseError as error:
        problem = str(error).split(" at line ")[0]
        raise InputFaults([Fault(str(path), error.line, "", f"this is not TOML: {problem}")]) from None
    except TOMLKitError as error:
        raise InputFaults([Fault(str(path), None, "", f"this is not TOML: {error}")]) from None
    return data, _places(text)


def line_of(places: dict[Key, int], key: Key) -> int | None:
    """Return the line of a key, or of the nearest thing around it."""
    while key:
        if key in places:
            return places[key]
        key = key[:-1]
    return None


def _places(text: str) -> dict[Key, int]:
    """Find the line of every key of a text that is known to be TOML.

    Statement by statement: each is as many lines as it takes to be TOML by itself, and says by itself which keys it
    sets. What a header opens holds until the next one.
    """
    places: dict[Key, int] = {}
    lists: dict[Key, int] = {}
    table: Key = ()
    statement, start = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        statement, start = (statement + "\n" + line, start) if statement else (line, number)
        try:
            data = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        header = statement.lstrip().startswith("[")
        for path, is_list in _paths(data):
            if header and is_list:
                lists[_numbered(path, lists)] = lists.get(_numbered(path, lists), -1) + 1
            key = _numbered(path, lists) if header else (*table, *path)
            if header and is_list:
                places.setdefault(key, start)
                key = (*key, lists[key])
            for length in range(1, len(key) + 1):
                places.setdefault(key[:length], start)
            table = key if header else table
        statement = ""
    return places


def _paths(data: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield each path that a statement sets, deepest last, and whether it opens a table of a list."""
    for name, value in data.items():
        path = (*above, name)
        if isinstance(value, dict) and value:
            yield from _paths(value, path)
        else:
            yield path, value == [{}]


def _numbered(path: tuple[str, ...], lists: dict[Key, int]) -> Key:
    """Put the number of its present table behind each list on the way to a path's last name."""
    key: Key = ()
    for name in path:
        if key in lists:
            key = (*key, lists[key])
        key = (*key, name)
    return key
