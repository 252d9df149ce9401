"""Check texts for control, bidirectional or invisible characters.

TOML and JSON can contain these characters as escapes. A file that looks harmless could therefore move the cursor of a
terminal, reverse a line, or contain two labels that look the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

#: Characters that count as letters but are invisible: fillers of Hangul, the blank of Braille.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
#: Joiners and variation selectors, which some scripts and emoji need.
JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")


def unseen_sign(text: str) -> str:
    """Return the first invisible or bidirectional character of a text; empty if there is none.

    Line ends and tabs are allowed, and so are joiners after a letter or emoji beyond ASCII.
    """
    if text.isascii() and text.isprintable():
        return ""
    for place, sign in enumerate(text):
        if sign in "\n\t" or (sign in JOINERS and place and not text[place - 1].isascii()):
            continue
        if sign in BLANK or sign in JOINERS or unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            return sign
    return ""


def unseen_texts(data: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Go through nested tables and lists; yield the path of each text or key with such a character, and the character."""
    if isinstance(data, str):
        if sign := unseen_sign(data):
            yield above, sign
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(key, str) and (sign := unseen_sign(key)):
                yield (*above, key), sign
            else:
                yield from unseen_texts(value, (*above, key))
    elif isinstance(data, (list, tuple)):
        for place, value in enumerate(data):
            yield from unseen_texts(value, (*above, place))


def refusal(sign: str) -> str:
    """Return the message for a text with such a character."""
    return f"contains an invisible character ({sign.encode('unicode_escape').decode()}): remove it"
