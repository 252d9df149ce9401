"""Texts that everybody who reads them sees as they are: no control, bidirectional or invisible signs.

TOML and JSON write such signs as escapes, so that a file which looks harmless can move the cursor of a
terminal, turn a line around, or hold two labels that nobody can tell apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

#: Letters that count as letters and show nothing: fillers of Hangul, the blank of Braille.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
#: Signs that join letters, or choose how the sign before them is drawn; some scripts and pictures are written with them.
JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")


def unseen_sign(text: str) -> str:
    """Return the first sign of a text that no reader can see, or that turns the text around; empty if there is none.

    Line ends and tabs are seen, and a joiner after a letter or picture beyond ASCII belongs to it.
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
    """Go through tables and lists within each other; yield the path of each text and key with such a sign, and it."""
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
    """Return what messages say of a text with such a sign."""
    return f"holds a sign that cannot be seen ({sign.encode('unicode_escape').decode()}): remove it"
