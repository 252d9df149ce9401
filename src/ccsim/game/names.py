"""Names that players enter, reduced to text that every page, table and file can show."""

from __future__ import annotations

import unicodedata

from ccsim.scenarios.visible import BLANK, JOINERS

#: Largest number of marks kept on one letter; more would overlap the lines above and below.
MOST_MARKS = 2
#: Characters that a spreadsheet takes for the start of a formula, after full-width characters are normalised.
FORMULA_SIGNS = ("=", "+", "-", "\u2212", "@", "|", "%")


def clean_name(name: str, longest: int) -> str:
    """Return a name without control, bidirectional and invisible characters and lone surrogates.

    Args:
        name: the name as entered.
        longest: largest number of characters kept.

    Returns:
        The name with single spaces; empty if nothing visible is left.
    """
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8")):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind.startswith("M") else 0
        if kind.startswith("Z") or letter in "\t\n\r\v\f\x85":
            kept.append(" ")
        elif not kind.startswith("C") and marks <= MOST_MARKS and letter not in BLANK and letter not in JOINERS:
            kept.append(letter)
    text = " ".join("".join(kept).split())[:longest].strip()
    return text if any(not unicodedata.category(letter).startswith("M") for letter in text) else ""


def begins_formula(text: str) -> bool:
    """Return whether a spreadsheet would take a text for a formula, whatever the width of its first character."""
    return unicodedata.normalize("NFKC", text).lstrip().startswith(FORMULA_SIGNS)


def spreadsheet_cell(text: str) -> str:
    """Return a text for a cell of a table, with an apostrophe before what a spreadsheet would take for a formula."""
    risky = begins_formula(text) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if risky else text
