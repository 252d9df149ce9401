import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsim.game.names import clean_name, spreadsheet_cell


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"), ("A\u202ebc\u2066d", "Abcd"), ("A\x00\x07\x1b[31mB", "A[31mB"),
        ("\u200b\u200d\ufeff\u00ad", ""), ("\u3164\u2800", ""), ("A\ud800B", "AB"), ("A\U000e0041\ue000", "A"),
        ("A\u2028B\x85C\tD", "A B C D"), ("e\u0301", "é"), ("e" + "\u0316" * 50, "e\u0316\u0316"), ("\u0316", ""),
        ("漢字 Ñandú", "漢字 Ñandú"), ("x" * 99, "x" * 40),
    ],
)  # fmt: skip
def test_a_name_is_kept_without_what_is_no_text(given_name: str, kept: str) -> None:
    assert clean_name(given_name, 40) == kept


@given(st.text(alphabet=st.characters()))
def test_every_name_is_text_that_can_be_shown_and_written(name: str) -> None:
    kept = clean_name(name, 40)
    kept.encode("utf-8")
    assert kept.isprintable() and len(kept) <= 40 and kept == clean_name(kept, 40)
    assert not any(unicodedata.category(letter).startswith("C") for letter in kept)


@pytest.mark.parametrize(
    "text", ["=1+1", "＝1", "+1", "＋1", "-1", "－1", "−1", "﹣1", "@x", "＠x", " =1", "\t=1", "|x", "%x"]
)
def test_what_begins_like_a_formula_in_any_width_is_no_formula_in_a_table(text: str) -> None:
    assert spreadsheet_cell(text) == f"'{text}"


def test_ordinary_names_stay_as_they_are_in_a_table() -> None:
    assert [spreadsheet_cell(text) for text in ("Ada", "", "漢", "a=b")] == ["Ada", "", "漢", "a=b"]
