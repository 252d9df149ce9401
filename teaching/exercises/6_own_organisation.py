"""Exercise 6. Describe an organisation in files so that ccsim creates it as described.

    python teaching/exercises/check.py 6 this_file.py --student YOUR_NUMBER --task      # what your organisation is like
    python teaching/exercises/check.py 6 this_file.py --student YOUR_NUMBER

The task names departments and how many people each has. Write the folder; docs/own-organisation.md says how. The checker reads the folder,
looks for errors, and compares the organisation that ccsim creates with the task.
"""

from collections.abc import Mapping
from pathlib import Path


def write(folder: Path, departments: Mapping[str, int]) -> None:
    """Write the files of an organisation into an empty folder.

    Args:
        folder: the folder.
        departments: people by department, those of the leaders included.
    """
    # The code below does not write people.csv.
    (folder / "organisation.toml").write_text(
        'name = "Mine"\ncurrency = "EUR"\nstart_date = 2025-12-29\n', encoding="utf-8"
    )
