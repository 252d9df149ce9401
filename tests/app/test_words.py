"""All words of the pages are in the catalogues, in every language; what the model declares has its translation.

python -m tests.app.test_words     # list in untranslated.json what is shown in English until it is translated
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ccsim.app.model_data import model_data

WORDS = Path(__file__).parents[2] / "web" / "src" / "words"
pytestmark = pytest.mark.skipif(not WORDS.is_dir(), reason="the sources of the pages are not here")

#: Keys of what the model declares and German pages show in English.
UNTRANSLATED = Path(__file__).with_name("untranslated.json")
#: Words in the pages that are the same in every language.
SAME_EVERYWHERE = {"ccsim", "ccsim app", "English", "Deutsch", "i", "p", "or"}
#: Translations that are the same words.
SAME_WORDS = {"Champions", "Budget", "Net Promoter Score", "Net promoter score"}


def _catalogue(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((WORDS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _sources() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (WORDS.parent).rglob("*.ts*")}


def test_every_language_has_every_word_with_the_same_gaps() -> None:
    english, german = _catalogue("en"), _catalogue("de")
    assert set(english) == set(german)
    gaps = {
        key: (set(re.findall(r"\{\w+\}", text)), set(re.findall(r"\{\w+\}", german[key])))
        for key, text in english.items()
    }
    assert not [key for key, (here, there) in gaps.items() if here != there]
    assert not [key for key, text in german.items() if not text.strip()]


def test_every_word_that_the_pages_ask_for_is_there_and_none_is_idle() -> None:
    text = "\n".join(_sources().values())
    asked = set(re.findall(r'\bt\("([a-z0-9.]+)"', text))
    english = _catalogue("en")
    assert asked and asked <= set(english)
    named = set(re.findall(r'"([a-z0-9]+(?:\.[a-z0-9]+)+)"', text))
    idle = [key for key in english if key not in named and not key.startswith(("count.", "reason."))]
    assert not idle, f"take out of web/src/words/model.de.json: {idle}"


def test_no_page_has_words_of_its_own() -> None:
    found = []
    for name, text in _sources().items():
        if not name.endswith(".tsx"):
            continue
        code = re.sub(r"//.*|/\*.*?\*/", "", text)
        # Text between tags, and what assistive software reads aloud.
        texts = re.findall(r"<[a-z][^<>{}]*>\s*([^<>{}]*[A-Za-z]{2,}[^<>{}]*?)\s*</", code)
        texts += re.findall(r'\b(?:aria-label|title|placeholder|alt)="([^"]+)"', code)
        found += [(name, each) for each in texts if each.strip() not in SAME_EVERYWHERE]
    assert not found


def _declared() -> dict[str, str]:
    """Return every text of the model that a page shows, by its key in the catalogues."""
    data: dict[str, Any] = model_data()
    found = {}
    for row in data["parameters"]:
        if row["role"] == "assumption":
            continue  # Shown in the table of sources only, as files write it.
        found |= {f"lever.{row['key']}": row["title"], f"help.{row['key']}": row["help"]}
        found |= {f"option.{row['key']}.{option}": option for option in row["options"]}
        found[f"group.{row['group']}"] = row["group"]
    for row in data["kpis"]:
        found |= {f"kpi.{row['key']}": row["title"], f"kpihelp.{row['key']}": row["help"]}
    for row in data["scenarios"]:
        found |= {f"scenario.{row['key']}": row["title"], f"about.{row['key']}": row["description"]}
        found |= {f"event.{move['label']}": move["label"] for move in row["schedule"]}
    for row in data["comparisons"]:
        found |= {f"comparison.{row['key']}": row["title"], f"question.{row['key']}": row["question"]}
    for row in data["moves"]:
        found |= {f"move.{row['name']}": row["title"], f"moveabout.{row['name']}": row["about"]}
        found[f"movegroup.{row['group']}"] = row["group"]
    for row in data["rules"]["event"]:
        found |= {f"happening.{row['name']}": row["title"], f"happeningabout.{row['name']}": row["about"]}
    for row in data["rules"]["reflection"]:
        found |= {f"reflection.{row['after']}.{place}": ask for place, ask in enumerate(row["ask"])}
    return {**found, "brief": data["rules"]["brief"]}


def _untranslated() -> list[str]:
    """Return the keys of declared texts that the German catalogue lacks."""
    german = _catalogue("model.de")
    return sorted(key for key in _declared() if key not in german)


def test_what_the_model_declares_is_translated_or_listed_as_untranslated() -> None:
    declared, german = _declared(), _catalogue("model.de")
    listed = json.loads(UNTRANSLATED.read_text(encoding="utf-8"))
    lacking = [f'"{key}": "{declared[key]}"' for key in _untranslated() if key not in listed]
    assert not lacking, (
        f"translate into web/src/words/model.de.json and build the pages anew: {lacking}\n"
        "or list them as untranslated: python -m tests.app.test_words"
    )
    assert listed == _untranslated(), "list them anew: python -m tests.app.test_words"
    same = [key for key, text in declared.items() if german.get(key) == text and text not in SAME_WORDS]
    assert not same
    idle = [
        key for key in german if key not in declared and not key.startswith(("unit.", "claim.", "ledger.", "watched."))
    ]
    assert not idle, f"take out of web/src/words/model.de.json: {idle}"


def test_every_unit_of_a_lever_or_figure_is_translated() -> None:
    data = model_data()
    units = {row["unit"] for row in data["parameters"] if row["role"] != "assumption"} | {
        row["unit"] for row in data["kpis"]
    }
    german = _catalogue("model.de")
    lacking = [
        f"unit.{unit}" for unit in units - {"", "share", "probability", "factor"} if f"unit.{unit}" not in german
    ]
    assert not lacking, f"translate into web/src/words/model.de.json and build the pages anew: {lacking}"


def test_every_claim_of_the_bet_is_translated() -> None:
    bets = json.loads((WORDS.parent / "bet.json").read_text(encoding="utf-8"))["claims"]
    german = _catalogue("model.de")
    for row in bets:
        assert {f"claim.{row['id']}", f"ledger.{row['verdict']}", f"watched.{row['watched']}"} <= set(german), row


if __name__ == "__main__":
    UNTRANSLATED.write_text(json.dumps(_untranslated(), indent=1) + "\n", encoding="utf-8", newline="\n")
