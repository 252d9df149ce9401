"""TOML with positions: the data of a file, and the line of each key."""

from __future__ import annotations

import re
import tomllib
from itertools import islice
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError

from ccsim.errors import InputError, InputErrors, InputIssue, deleted_folder, printable, shown
from ccsim.scenarios.visible import refusal, unseen_texts

#: A path into a file: names of keys, and indices of list elements.
Key = tuple[str | int, ...]

#: Maximum length of a text that tomlkit parses again for a better message; its time grows with the square of the length.
EXPLAINED = 20_000
#: Maximum depth of nested tables and lists.
DEEPEST = 40
#: Maximum number of reported texts with invisible characters per file.
MOST_UNSEEN = 10
#: Maximum size of a file; no file written by a person is larger.
LARGEST_FILE = 10_000_000

_TOKEN = re.compile(
    r'''(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<comment>\#[^\n]*)
    |(?P<sign>[][{}=,.\n])
    |(?P<word>[^][{}=,.\#"'\s]+)''',
    re.VERBOSE | re.DOTALL,
)


def read_toml(path: Path) -> tuple[dict[str, Any], dict[Key, int]]:
    """Return a file's data and the line of each key and of each element of a list.

    Raises:
        InputError: the file cannot be read.
        InputErrors: it is not TOML, or a text in it contains invisible characters; each fault names its line.
    """
    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as refused:
        best = _best_error(text, refused)
        # The standard library states the line of its errors; some errors of tomlkit have no position.
        place = re.search(r"\(at line (\d+)", str(refused))
        line = best.line if isinstance(best, ParseError) else int(place[1]) if place else None
        problem = re.split(r" at line | \(at ", str(best))[0].replace("'\\x00'", "the end of the file")
        raise InputErrors([InputIssue(str(path), line, "", f"this is not TOML: {problem}")]) from None
    _refuse_depth(data, path)
    places = key_lines(text)
    unseen = list(islice(unseen_texts(data), MOST_UNSEEN))
    if unseen:
        raise InputErrors(
            InputIssue(str(path), line_of(places, key), ".".join(map(str, key)), refusal(sign)) for key, sign in unseen
        )
    return data, places


def _refuse_depth(data: dict[str, Any], path: Path) -> None:
    """Refuse tables and lists that are nested deeper than any real file and than Python's recursion limit."""
    layer: list[Any] = [data]
    for _ in range(DEEPEST):
        inside = (each.values() if isinstance(each, dict) else each for each in layer)
        layer = [value for values in inside for value in values if isinstance(value, (dict, list))]
        if not layer:
            return
    raise InputError(f"{printable(str(path))}: tables or lists are nested more than {DEEPEST} deep")


def _best_error(text: str, refused: Exception) -> Exception:
    """Return tomlkit's error, which is clearer; for a large text, for which tomlkit is slow, return the given error."""
    if len(text) > EXPLAINED:
        return refused
    try:
        tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError) as error:
        return error
    return refused  # tomlkit accepts some mistakes, such as "\e" in a quoted key


def read_bytes(path: Path, largest: int) -> bytes:
    """Return the first bytes of a file, one more than it may have, if there are so many.

    Args:
        path: the file.
        largest: bytes that it may have.

    Raises:
        InputError: it cannot be read; the message says why.
    """
    try:
        if path.is_fifo():
            raise InputError(f"{printable(str(path))}: is a pipe, not a file")  # reading from it would never end
        with path.open("rb") as file:
            return file.read(largest + 1)
    except FileNotFoundError:
        gone = deleted_folder()
        raise InputError(f"{printable(str(path))}: there is no such file{f'; {gone}' if gone else ''}") from None
    except OSError as error:
        raise InputError(f"{printable(str(path))}: cannot be read ({error.strerror})") from None
    except ValueError:
        raise InputError(f"{shown(str(path))}: no file can have this path") from None


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark.

    Raises:
        InputError: the file cannot be read, is too large, or has another encoding; the message says what to do.
    """
    data = read_bytes(path, LARGEST_FILE)
    if len(data) > LARGEST_FILE:
        raise InputError(f"{printable(str(path))}: is too large; a file may have {LARGEST_FILE:,} bytes")
    mend = "save it as UTF-8 (in an editor: Save as, Encoding, UTF-8)"
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[1:400:2].count(0) + data[0:400:2].count(0) > 20
    if utf_16:
        raise InputError(f"{printable(str(path))}: is written in UTF-16 or UTF-32; {mend}")
    try:
        # Line ends of every system, as Python reads text files.
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{printable(str(path))}:{line}: is not UTF-8 (byte 0x{data[error.start]:02x}), perhaps Latin-1 or cp1252; {mend}"
        ) from None


def read_value(text: str) -> Any:
    """Return the value of an option, parsed as TOML; a word without quotes is text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def line_of(places: dict[Key, int], key: Key) -> int | None:
    """Return the line of a key, or of the closest enclosing element."""
    while key:
        if key in places:
            return places[key]
        key = key[:-1]
    return None


def key_lines(text: str) -> dict[Key, int]:
    """Return the line of every key and list element of a valid TOML text.

    tomlkit preserves a text but does not give the positions of its parts, so this function finds them.
    """
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.places


class _Scanner:
    """Go through the tokens of a text and record the lines of keys."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, int]] = []
        self.places: dict[Key, int] = {}
        self.lists: dict[Key, int] = {}  # the current table of each list that [[headers]] fill
        self.at, line = 0, 1
        for match in _TOKEN.finditer(text + "\n"):
            if match.lastgroup != "comment":
                self.tokens.append((match[0], line))
            line += match[0].count("\n")

    def scan(self) -> None:
        table: Key = ()
        while self.at < len(self.tokens):
            if self._take("\n"):
                continue
            if self.tokens[self.at][0] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Key:
        """Record a ``[table]`` or ``[[table of a list]]``, and return its path."""
        self._take("[")
        of_list, line = self._take("["), self.tokens[self.at][1]
        key: Key = ()
        for name in self._names():
            # Each list on the path is followed by the index of its current table.
            key = (*key, self.lists[key], name) if key in self.lists else (*key, name)
        self._note(key, line)
        if of_list:
            self.lists[key] = self.lists.get(key, -1) + 1
        if key in self.lists:
            key = (*key, self.lists[key])
            self._note(key, line)
        self._take("]")
        self._take("]")
        return key

    def _pair(self, table: Key) -> None:
        line = self.tokens[self.at][1]
        key = (*table, *self._names())
        self._note(key, line)
        self.at += 1  # =
        self._value(key)

    def _value(self, key: Key) -> None:
        if self._take("["):
            number = 0
            while not self._take("]"):
                if not self._take("\n") and not self._take(","):
                    self._note((*key, number), self.tokens[self.at][1])
                    self._value((*key, number))
                    number += 1
        elif self._take("{"):
            while not self._take("}"):
                if not self._take("\n") and not self._take(","):
                    self._pair(key)
        else:
            while self.tokens[self.at][0] not in ("\n", ",", "]", "}"):
                self.at += 1

    def _names(self) -> list[str]:
        names = [self._name()]
        while self._take("."):
            names.append(self._name())
        return names

    def _name(self) -> str:
        text = self.tokens[self.at][0]
        self.at += 1
        return tomllib.loads(f"name = {text}")["name"] if text[0] in "\"'" else text

    def _take(self, sign: str) -> bool:
        """Skip a character if it is the next token."""
        if self.tokens[self.at][0] != sign:
            return False
        self.at += 1
        return True

    def _note(self, key: Key, line: int) -> None:
        for length in range(1, len(key) + 1):
            self.places.setdefault(key[:length], line)
