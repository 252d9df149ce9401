"""A right answer to exercise 6: one row a person, a superior for everyone but the head of all.

Hint for students: `ccsim org new FOLDER` writes an example of every file. Which files can be left out?
"""

from collections.abc import Mapping
from pathlib import Path


def write(folder: Path, departments: Mapping[str, int]) -> None:
    """Write the files of an organisation into an empty folder."""
    (folder / "organisation.toml").write_text(
        'name = "Mine"\ncurrency = "EUR"\nstart_date = 2025-12-29\n', encoding="utf-8"
    )
    rows = ["department,id,manager"]
    top = ""
    for name, people in departments.items():
        rows.append(f"{name},{name}-1,{top}")
        top = top or f"{name}-1"
        rows += [f"{name},{name}-{number},{name}-1" for number in range(2, people + 1)]
    (folder / "people.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
