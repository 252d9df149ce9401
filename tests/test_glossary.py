"""The glossary is short, in order, and each of its terms exists in the code."""

import importlib
import json
import re
from pathlib import Path

import pytest

from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
MOST_TERMS = 60
ROW = re.compile(r"^\| (?P<term>[^|]+) \| (?P<meaning>[^|]+) \| (?P<place>[^|]+) \|$", re.MULTILINE)

#: Words that texts must not use for a term of the glossary, and the term.
OTHER_WORDS = {
    r"interventions?": "move",
    r"(?:performance |key )?indicators?": "KPI",
    r"(?:four|five|six|all) (?:measures|metrics)": "KPI",
    r"time horizon": "horizon",
    r"(?:control|reference|base) (?:scenario|case|run)": "baseline",
    r"burn-in|spin-up": "warm-up",
    r"random seed": "seed",
    r"(?<!net )present value": "net present value",
    r"first[- ]call resolution|first-time resolution": "first-contact resolution",
    r"change (?:initiative|project)": "programme",
    r"customer turnover": "churn",
    r"paired draws|common random numbers": "pairing",
}

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
def test_a_location_that_does_not_exist_is_reported(place: str) -> None:
    assert not exists(place)


def _texts() -> dict[str, str]:
    """Return the prose of documents and course, without code, and the English words of the pages."""
    root = GLOSSARY.parents[1]
    pages = [root / "README.md", *(root / "docs").rglob("*.md"), *(root / "teaching").rglob("*.md")]
    quoted = {"odd.md", "claims.md", "validation.md", "replications.md"}  # they quote others
    words = json.loads((root / "web" / "src" / "words" / "en.json").read_text(encoding="utf-8"))
    found = {
        page.relative_to(root).as_posix(): re.sub(
            r"```.*?```|`[^`]*`|\]\([^)]*\)", "", page.read_text("utf-8"), flags=re.S
        )
        for page in pages
        if page.name not in quoted
    }
    return {**found, "en.json": "\n".join(words.values())}


@pytest.mark.parametrize("words", OTHER_WORDS)
def test_no_text_has_another_word_for_a_term(words: str) -> None:
    pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    used = {name: found[0] for name, text in _texts().items() if (found := pattern.search(text))}
    assert not used, f"the word is: {OTHER_WORDS[words]}"


def test_a_term_that_others_words_stand_for_is_in_the_glossary() -> None:
    known = {term.partition(" (")[0].lower() for term, _ in rows()}
    assert {term.lower() for term in OTHER_WORDS.values()} <= known
