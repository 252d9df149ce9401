"""Collect answers to the questionnaire in ``answers.csv``, grouped by tier and item and not by person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from ccsim.errors import InputError, InputErrors, writing
from ccsim.organisations.assessment import people_of
from ccsim.organisations.checks import across
from ccsim.organisations.columns import KINDS
from ccsim.organisations.folder import LEAST_GROUP, Folder
from ccsim.organisations.privacy import Keys
from ccsim.organisations.questionnaire import ITEMS, TIERS
from ccsim.organisations.tables import WORDS, Dialect, read_table

FILE = "answers.csv"
COLUMNS = ("tier", "item", "answer")


def check_tier(tier: str) -> str:
    """Return a tier unchanged, after checking it.

    Raises:
        InputError: the tier does not exist.
    """
    if tier not in TIERS:
        raise InputError(f"{tier!r} is not a tier; must be one of {', '.join(TIERS)}")
    return tier


def answers_of(tier: str, given: Mapping[str, int]) -> pd.DataFrame:
    """Return the answers of a person as rows.

    Args:
        tier: top, middle or staff.
        given: answer by item.
    """
    return pd.DataFrame([(check_tier(tier), item, answer) for item, answer in given.items()], columns=COLUMNS)


def read_answers(files: Iterable[Path]) -> pd.DataFrame:
    """Return the answers from files, such as those that the form saves.

    Raises:
        InputErrors: files have faults; all are listed.
    """
    folder = Folder(Path(), "", "", None, LEAST_GROUP)
    faults = []
    for file in files:
        table, wrong = read_table(file, str(file), KINDS["answers"], Dialect({}, WORDS, {}, Keys(b"answers")))
        faults += wrong
        if table is not None:
            folder.tables.setdefault("answers", []).append(table)
    faults += across(folder)
    if faults:
        raise InputErrors(faults)
    return folder.frame("answers")[list(COLUMNS)].astype({"answer": int})


def add_answers(folder: Path, rows: pd.DataFrame) -> int:
    """Add answers to ``answers.csv`` of a folder, ordered by tier and item, so that rows of one person are not adjacent.

    Args:
        folder: the organisation's folder.
        rows: the answers.

    Returns:
        The number of people who have answered, measured by the item with the most answers.

    Raises:
        InputError: the file has another form, or cannot be written.
        InputErrors: the existing file has faults.
    """
    path = folder / FILE
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; ccsim org new {folder} makes one")
    if path.is_file():
        if path.read_text(encoding="utf-8-sig", errors="replace").split("\n", 1)[0].strip() != ",".join(COLUMNS):
            raise InputError(
                f"{path}: has another header, so nothing is added to it; use the header {','.join(COLUMNS)}, or "
                "list further files in [files] answers of organisation.toml"
            )
        rows = pd.concat([read_answers([path]), rows], ignore_index=True)
    order = {name: number for number, name in enumerate((*TIERS, *ITEMS))}
    rows = rows.sort_values(list(COLUMNS), key=lambda cells: cells.map(order) if cells.name != "answer" else cells)
    with writing(path):
        rows.to_csv(path, index=False)
    return people_of(rows)
