"""The questionnaire as a browser form: one page, opened from its file, that saves answers as a file."""

from __future__ import annotations

from pathlib import Path

from ccsim.errors import InputError
from ccsim.organisations.answers import COLUMNS
from ccsim.organisations.folder import Folder
from ccsim.organisations.questionnaire import ITEMS, TIERS
from ccsim.reports.pages import render_page, write_page

SCALE = ((0, "I do not know"), (1, "not at all"), (2, "a little"), (3, "half"), (4, "mostly"), (5, "fully"))
LEVELS = {"top": "Top: executives and heads", "middle": "Middle: managers of teams", "staff": "Staff: all others"}


def questionnaire_page(folder: Folder, out: Path) -> Path:
    """Write the form.

    Args:
        folder: the organisation.
        out: the page.

    Returns:
        The page written.

    Raises:
        InputError: it cannot be written.
    """
    text = render_page("questionnaire.html", {
        "name": folder.name, "items": [(code, item.text) for code, item in ITEMS.items()], "scale": SCALE,
        "tiers": [(tier, LEVELS[tier]) for tier in TIERS], "columns": ",".join(COLUMNS), "smallest": folder.smallest_group,
    })  # fmt: skip
    return write_page(out, text, InputError)
