"""The glossary is short, in order, and each of its terms exists in the code."""

import importlib
import re
from pathlib import Path

import pytest

from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
MOST_TERMS = 60
ROW = re.compile(r"^\| (?P<term>[^|]+) \| (?P<meaning>[^|]+) \| (?P<place>[^|]+) \|$", re.MULTILINE)

pytestmark = pytest.mark.skipif(not GLOSSARY.exists(), reason="the tests run outside the repository")


def rows() -> list[tuple[str, str]]:
    """Return each term of the glossary with its place in the code."""
    text = GLOSSARY.read_text(encoding="utf-8") if GLOSSARY.exists() else ""
    return [(match["term"], match["place"]) for match in ROW.finditer(text) if set(match["term"]) != {"-"}][1:]


def exists(place: str) -> bool:
    """Whether a place is a KPI, a parameter, a command, or a name that can be imported."""
    from typer.main import get_command

    from ccsim.cli.main import app

    kind, _, name = place.replace("`", "").rpartition(" ")
    if kind:
        return (
            name
            in {"KPI": KPIS, "parameter": all_parameters(), "command": getattr(get_command(app), "commands", {})}[kind]
        )
    module, _, attribute = name.rpartition(".")
    try:
        return importlib.import_module(name) is not None
    except ModuleNotFoundError:
        return hasattr(importlib.import_module(module), attribute)


def test_the_glossary_holds_at_most_sixty_terms_in_order() -> None:
    terms = [term.lower() for term, _ in rows()]
    assert 0 < len(terms) <= MOST_TERMS
    assert terms == sorted(set(terms))


@pytest.mark.parametrize(("term", "place"), rows())
def test_a_term_exists_in_the_code(term: str, place: str) -> None:
    assert exists(place), term


@pytest.mark.parametrize(
    "place", ["KPI `happiness`", "parameter `programme.joy`", "command `dance`", "`ccsim.model.kpis.None_`"]
)
def test_a_place_that_does_not_exist_is_found(place: str) -> None:
    assert not exists(place)
