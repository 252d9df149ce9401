"""The version, the changelog and the files that state them agree."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

import ccsim

ROOT = Path(__file__).parents[1]
HEADING = re.compile(r"^## (?P<version>\S+) - (?P<date>\S+)$", re.MULTILINE)

pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="the tests run outside the repository")


def releases() -> list[tuple[str, str]]:
    """Return version and date of each release in the changelog, newest first."""
    return HEADING.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def test_the_version_is_that_of_the_newest_release_in_the_changelog() -> None:
    assert releases()[0][0] == ccsim.__version__


def test_releases_are_dated_and_in_order() -> None:
    versions = [tuple(int(part) for part in version.split(".")) for version, _ in releases()]
    dates = [date.fromisoformat(day) for _, day in releases()]
    assert versions == sorted(versions, reverse=True)
    assert dates == sorted(dates, reverse=True)


def test_unreleased_changes_stand_above_the_newest_release() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings.count("Unreleased") == 1


def test_the_project_file_takes_the_version_from_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/ccsim/__init__.py"


def test_the_citation_names_the_newest_release() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    version, day = releases()[0]
    assert re.search(rf"^version: {re.escape(version)}$", text, re.MULTILINE)
    assert re.search(rf'^date-released: "?{re.escape(day)}"?$', text, re.MULTILINE)


def requirements(*extras: str) -> set[str]:
    """Return the names of the libraries that the project requires, with those of some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {re.split(r"[<>=;\[ ]", line)[0] for line in lines} - {"ccsim"}


def extras() -> list[str]:
    """Return the names of all extras."""
    return list(
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    )


def test_every_dependency_is_explained() -> None:
    cells = re.findall(r"[\w-]+", (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"))
    assert requirements(*extras()) <= set(cells)


def test_every_dependency_has_an_upper_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for rows in project["optional-dependencies"].values() for line in rows)]
    assert not [line for line in lines if "<" not in line and not line.startswith("ccsim[")]


def test_every_dependency_is_pinned_for_the_default_interpreter() -> None:
    pinned = re.findall(r"^([\w.-]+)==\S+$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    canonical = {re.sub(r"[-_.]+", "-", name).lower() for name in pinned}
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in requirements(*extras())} <= canonical
