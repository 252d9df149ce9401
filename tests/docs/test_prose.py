"""The prose of documents and course: spelling, words that we do not use, and what a linter for prose finds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Documents that are made from code or by other commands: their words are checked where they are written.
GENERATED = {"odd.md", "model-tour.md", "claims.md", "validation.md", "model-history.md", "ordinary.md", "worlds.md"}
#: Words that our texts avoid, and what they use instead.
AVOID = {
    r"whoever": "the person who, or: anyone who",
    r"(?:some|any|every)body": "someone, anyone, all; or name the role",
    r"of an own": "of their own",
    r"who is how far": "progress",
    r"home work": "homework",
    r"make good use": "use",
    r"utili[sz]e[sd]?": "use",
    r"leverage[sd]?": "use",
    r"in order to": "to",
    r"allows? to": "lets you",
    r"permits? to": "lets you",
    r"information on how": "how",
    r"sitting": "session",
    r"synergy|synergies": "say what works together",
    r"seamless(ly)?|effortless(ly)?|powerful|cutting-edge|best-in-class": "say what it does",
}
#: What proselint finds in texts of this kind without cause.
QUIET = (
    "curly_quotes",
    "lexical_illusions",
    "symbols.ellipsis",
    "weasel_words.very",
    "dates_times",
    "uncomparables",
    "punctuation.spacing",
)

pytestmark = pytest.mark.skipif(not (ROOT / "docs").exists(), reason="the tests run outside the repository")


def documents() -> list[Path]:
    """Return the documents that people write."""
    found = [
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "teaching").rglob("*.md"),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
    ]
    return sorted(path for path in found if path.name not in GENERATED and not path.name.endswith("-tables.md"))


def prose(text: str) -> str:
    """Return a document without code, addresses and quoted labels (in italics); lines keep their numbers."""
    text = re.sub(r"^(```|~~~).*?^\1", lambda block: "\n" * block[0].count("\n"), text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`|(?<!\*)\*[^*\n]+\*(?!\*)|\]\([^)]*\)|<[^>\n]+>", "x", text)


def avoided(text: str) -> list[str]:
    """Return the words of a text that we do not use, each with its line and what to write instead."""
    found = []
    for number, line in enumerate(prose(text).splitlines(), start=1):
        for word, instead in AVOID.items():
            if match := re.search(rf"\b({word})\b", line, re.IGNORECASE):
                found.append(f"line {number}: {match[0]!r}: {instead}")
    return found


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_document_uses_none_of_the_words_that_we_avoid(page: Path) -> None:
    assert not avoided(page.read_text(encoding="utf-8"))


def test_an_avoided_word_is_reported_in_prose_and_not_in_code() -> None:
    assert avoided("one\nWhoever reads") == ["line 2: 'Whoever': the person who, or: anyone who"]
    assert not avoided("`whoever` and\n```\nwhoever\n```\n")


def test_no_word_is_misspelt() -> None:
    command = shutil.which("codespell") or shutil.which("codespell", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("codespell is not installed (extra docs)")
    names = [str(path.relative_to(ROOT)) for path in documents()]
    output = subprocess.run([command, *names], cwd=ROOT, capture_output=True, text=True, check=False)
    assert output.returncode == 0, output.stdout


def test_a_linter_for_prose_finds_nothing(tmp_path: Path) -> None:
    command = shutil.which("proselint") or shutil.which("proselint", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("proselint is not installed (extra docs)")
    for page in documents():
        text = re.sub(r"^\|.*$", "", prose(page.read_text(encoding="utf-8")), flags=re.MULTILINE)
        (tmp_path / page.relative_to(ROOT).as_posix().replace("/", "--")).write_text(text, encoding="utf-8")
    output = subprocess.run([command, "check", str(tmp_path)], capture_output=True, text=True, check=False)
    found = [line for line in output.stdout.splitlines() if re.search(r"\.md:\d+:\d+:", line)]
    assert not [line for line in found if not any(check in line for check in QUIET)]
