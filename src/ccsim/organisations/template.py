"""Write a template folder: a commented ``organisation.toml`` and small invented files that run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from ccsim.errors import InputError, writing
from ccsim.organisations.questionnaire import ITEMS

TOML = """# Your own organisation. Every file is optional: delete the files that you do not have, and
# `ccsim org check {name}` shows what is then known and what is assumed instead. No data leaves this folder.
name = "{title}"
currency = "EUR"             # appears in tables and figures
start_date = 2025-12-29      # date of week 0; dates in files are relative to it
smallest_group = 10          # people or answers below which a group is not shown (at least 10)

# Names of your columns, if they differ: name in ccsim = "name in your file", or a list of names (the first match is used).
[columns.people]
id = "employee"
manager = "reports to"

# Your own words for yes, no, vacant and closed. `outside` lists words for a superior outside the organisation.
[words]
yes = ["Y"]
no = ["N"]
outside = ["board"]

# The period of each amount: week, month, quarter or year.
[periods]
pay = "year"
revenue = "month"
churn = "year"

# Your words for KPIs (the documentation lists the names in ccsim) and for external drivers.
[kpis]
"customer satisfaction" = "csat"

[drivers]
"demand" = "demand.surge"

# Sizes that no file states, and values that you know: see `ccsim parameters --all`.
[sizes]
prospects = 1.0

[assumptions.service]
handling_hours = 5.0                  # hours of work on an ordinary contact
"""

IGNORE = """# No file of this folder belongs in a repository.
*
!.gitignore
"""

#: Options for the decision, by file.
OPTIONS = {
    "training.toml": """# An option: `ccsim org decide {name} --options {name}/options/training.toml {name}/options/rights.toml`
title = "Training"
about = "Twice the present training, directed by leaders."
extends = "nothing"
[levers.programme]
budget = 6000
top_down_share = 1.0
""",
    "rights.toml": """title = "Rights for staff"
about = "Staff decide more themselves, and errors are blamed less; training continues unchanged."
extends = "nothing"
[levers.empowerment]
rights = 0.8
blame = 0.2
""",
}

DEPARTMENTS = (("Hotline", 44, True), ("Branches", 30, True), ("Contracts", 22, False), ("Technology", 14, False))


def write_template(folder: Path) -> list[Path]:
    """Write a folder to start from.

    Returns:
        The files written.

    Raises:
        InputError: the folder exists already and is not empty, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: exists already and is not empty; choose another name")
    title = folder.name.replace("-", " ").replace("_", " ").capitalize().replace('"', "")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / ".gitignore", folder / "organisation.toml"]
        files[0].write_text(IGNORE, encoding="utf-8")
        files[1].write_text(TOML.format(name=folder, title=title), encoding="utf-8")
        for name, head, rows in _tables():
            files.append(folder / f"{name}.csv")
            with files[-1].open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([head, *rows])
        (folder / "options").mkdir()
        for name, text in OPTIONS.items():
            files.append(folder / "options" / name)
            files[-1].write_text(text.format(name=folder), encoding="utf-8")
    return files


def _tables() -> Iterable[tuple[str, Sequence[str], list[list[object]]]]:
    yield "people", ("employee", "reports to", "department", "hired", "fte", "pay"), _people()
    yield "departments", ("department", "front"), [[name, "yes" if front else "no"] for name, _, front in DEPARTMENTS]
    yield (
        "segments", ("segment", "customers", "revenue", "churn"),
        [["private", 900, 450, 0.20], ["business", 180, 900, 0.10], ["partners", 40, 2100, 0.05]],
    )  # fmt: skip
    yield "history", ("date", "kpi", "value", "error", "answers"), _history()
    yield "events", ("date", "label", "lever", "value"), [["2024-10-07", "Service training", "programme.budget", 3000]]
    yield "answers", ("tier", "item", "answer"), _answers()


def _people() -> list[list[object]]:
    """Return a manager, a head of each department, team leads, and the people below them."""
    rows: list[list[object]] = [["E001", "board", "Hotline", "2016-03-01", 1.0, 140000]]
    number = 1

    def add(above: str, department: str, pay: int) -> str:
        nonlocal number
        number += 1
        hired = f"{2012 + number * 7 % 13}-{1 + number % 12:02d}-01"
        rows.append([f"E{number:03d}", above, department, hired, 0.5 if number % 9 == 0 else 1.0, pay])
        return f"E{number:03d}"

    for name, size, _ in DEPARTMENTS:
        head = add("E001", name, 90000)
        leads = [add(head, name, 62000) for _ in range(1 + size // 15)]
        for person in range(size):
            add(leads[person % len(leads)], name, 38000 + 500 * (person % 9))
    return rows


def _history() -> list[list[object]]:
    """Return four years of quarters: satisfaction, recommendation, first-contact resolution, turnover, engagement."""
    rows: list[list[object]] = []
    noise = (0.4, -0.6, 0.1, 0.7, -0.3, -0.1, 0.5, -0.7, 0.2, 0.3, -0.5, 0.6, -0.2, 0.0, 0.4, -0.4)
    for quarter, deviation in enumerate(noise):
        year, month = 2022 + quarter // 4, 3 * (quarter % 4) + 3
        day = f"{year}-{month:02d}-{31 if month in (3, 12) else 30}"
        rows += [
            [day, "customer satisfaction", round(72.5 + 0.15 * quarter + deviation, 1), 0.8, 400],
            [day, "fcr", round(0.63 + 0.002 * quarter + deviation / 100, 3), 0.01, 900],
            [day, "staff_turnover", round(0.22 - deviation / 40, 3), 0.03, ""],
            [day, "engagement", round(0.61 + deviation / 100, 3), 0.02, 90],
        ]
    return rows


def _answers() -> list[list[object]]:
    """Return answers in which the top has a better opinion of the organisation than its staff."""
    rows: list[list[object]] = []
    for tier, people, mean in (("top", 10, 4), ("middle", 12, 3), ("staff", 30, 2)):
        for person in range(people):
            for number, item in enumerate(ITEMS):
                rows.append([tier, item, min(5, max(1, mean + (person + number) % 3 - 1))])
    return rows
