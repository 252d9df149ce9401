"""Folders for tests: the template's, and those made of shared real data, which is not part of the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "data"


def shared(name: str) -> Path:
    """Return a folder of shared data, or skip the test."""
    for above in Path(__file__).resolve().parents:
        if (above / "shared" / "data" / name).is_dir():
            return above / "shared" / "data" / name
    pytest.skip(f"../shared/data/{name} is not here")


def folder_of(place: Path, files: dict[str, str]) -> Path:
    """Write a folder of texts."""
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


PASSPORT = """name = "Passport office"
currency = "GBP"
[files]
posts = ["senior.csv", "junior.csv"]
[columns.posts]
department = "Unit"
post = "Post Unique Reference"
reports_to = ["Reports to Senior Post", "Reporting Senior Post"]
fte = ["FTE", "Number of Posts in FTE"]
pay = ["Payscale Minimum (£)", "Actual Pay Floor (£)"]
pay_high = ["Payscale Maximum (£)", "Actual Pay Ceiling (£)"]
status = "Name"
[words]
vacant = ["Vacant"]
closed = ["Eliminated"]
outside = ["XX"]
[periods]
pay = "year"
"""


def passport(place: Path) -> Path:
    """Return the passport office's folder."""
    source = shared("passport-office-2013")
    folder_of(place, {"organisation.toml": PASSPORT})
    for name in ("senior.csv", "junior.csv"):
        shutil.copy(source / name, place / name)
    return place


def managers(place: Path, ties: bool = True) -> Path:
    """Return the high-tech managers' folder."""
    source = shared("high-tech-managers")
    text = '[columns.people]\nmanager = "reports_to"\ndepartment = "dept"\nyears = "tenure"\n'
    folder_of(place, {"organisation.toml": 'name = "Managers"\n' + text})
    shutil.copy(source / "people.csv", place / "people.csv")
    if ties:
        shutil.copy(source / "advice.csv", place / "ties.csv")
    return place
