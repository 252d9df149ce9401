"""Build the course: slides, pages to print, notebooks, and a zip to hand over.

    python teaching/build.py                     # build/course.zip and the folder build/course
    python teaching/build.py --no-pdf            # where there is no Chromium to print with

Needs the extra ``course``. Numbers in texts come from numbers.json (``python teaching/course_numbers.py``).
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import charts
import course_numbers
import deck
import printing

ROOT = HERE.parent
OUT = ROOT / "build" / "course"
#: Pages to print, and the name of each.
PRINTED = {
    "student/case.md": "case",
    "student/pre-reading.md": "pre-reading",
    "student/worksheet.md": "worksheet",
    "student/quick-card.md": "quick-card",
    "student/moves.md": "move-list",
    "student/bet.md": "bet-on-the-articles",
    "student/consent.md": "consent-and-privacy",
    "assessment/test.md": "eight-questions",
    "instructor/debrief-key.md": "debrief-key",
    "instructor/room-check.md": "room-check",
}
#: Printed for the lecturer only.
FOR_LECTURER = ("debrief-key", "room-check")
#: What goes into the zip as it is. Model answers go to the lecturer's folder.
FIRST = "start-here.md"
COPIED = ("sessions", "exercises", "notebooks", "assessment", "instructor", "student", "rubric.md", "README.md")


def numbers() -> dict[str, Any]:
    """Return the numbers of the course with the tables that are made of them."""
    found = course_numbers.read()
    plan = ["| quarter | begins | stops |", "| --- | --- | --- |"]
    plan += [
        f"| {row['quarter']} | {'; '.join(row['begins'])} | {'; '.join(row['stops'])} |"
        for row in found["best"]["plan"]
    ]
    found["best"]["table"] = "\n".join(plan)
    rows = [f"| **{name}** | {one['says']} | {one['watched']} | |" for name, one in found["claims"].items()]
    truth = [one["holds"] / 100.0 for one in found["claims"].values()]
    found["bet"] = {"rows": "\n".join(rows), "half": sum((0.5 - one) ** 2 for one in truth) / len(truth)}
    return found


def text_of(name: str, found: dict[str, Any]) -> str:
    """Return a text of the course with its numbers filled in.

    Args:
        name: its path from teaching/.
        found: what `numbers` returns.
    """
    text = move_list() if name == "student/moves.md" else (HERE / name).read_text(encoding="utf-8")
    return handed_over(course_numbers.fill(text, found))


def handed_over(text: str) -> str:
    """Return a text as it is in the zip: commands without the folder ``teaching``, no links out of the course.

    Args:
        text: of a page or script of ``teaching/``.
    """
    text = re.sub(r"<!-- repository -->.*?<!-- /repository -->\n?", "", text, flags=re.DOTALL)
    text = re.sub(r"(?<=[\s`])teaching/(?=[\w/]+\.py|exercises\b)", "", text)
    text = re.sub(r"\[([^\]]*)\]\((?:\.\./)+docs/[^)]*\)", r"\1", text)
    return text.replace("](../LICENSE-TEXTS.md)", "](LICENSE-TEXTS.md)")


def move_list() -> str:
    """Return the list of moves as a page, made from the game's catalogue."""
    from ccsim.game.catalogue import catalogue

    parts = [
        "# Move list\n\nEach quarter: EUR 110,000 and 8 points of attention. *Keep* is the attention that a running move takes in each later quarter.\n"
    ]
    for group, moves in catalogue().groups.items():
        parts.append(
            f'<div class="moves" markdown="1">\n\n## {group}\n\n| move | what it is | start | keep | EUR once | EUR a week |\n'
            "| --- | --- | ---: | ---: | ---: | ---: |"
        )
        for one in moves:
            weekly = one.weekly + one.in_model + sum(one.spend.values())
            parts.append(
                f"| **{one.title}** | {one.about} | {one.attention} | {one.upkeep or '–'} | {_money(one.once)} | {_money(weekly)} |"
            )
        parts.append("\n</div>\n")
    return "\n".join(parts)


def _money(value: float) -> str:
    return f"{value:,.0f}" if value else "–"


def decks(found: dict[str, Any]) -> list[deck.Deck]:
    """Return the decks of the course, pictures drawn.

    Args:
        found: what `numbers` returns.
    """
    made = []
    for source in sorted((HERE / "slides").glob("*.md")):
        slides = deck.parse(course_numbers.fill(source.read_text(encoding="utf-8"), found))
        names = {slide.chart for slide in slides if slide.chart}
        made.append(deck.Deck(source.stem, slides, {name: charts.png(charts.CHARTS[name](found)) for name in names}))
    return made


def write_deck(one: deck.Deck, folder: Path, pdf: bool) -> None:
    """Write a deck as HTML, PPTX and, if asked for, PDF.

    Args:
        one: the deck.
        folder: where to.
        pdf: whether to print it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{one.name}.html"
    page.write_text(deck.to_html(one), encoding="utf-8")
    deck.to_pptx(one, folder / f"{one.name}.pptx")
    if pdf:
        printing.to_pdf(page, folder / f"{one.name}.pdf")


def build(out: Path = OUT, pdf: bool = True) -> Path:
    """Build the course.

    Args:
        out: the folder to write; it is emptied first.
        pdf: whether to print PDFs.

    Returns:
        The path of its zip.
    """
    found = numbers()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for one in decks(found):
        write_deck(one, out / "slides", pdf)
    for name, title in PRINTED.items():
        text = text_of(name, found)
        folder = out / ("lecturer" if title in FOR_LECTURER else "to-print")
        folder.mkdir(exist_ok=True)
        for paper in printing.PAPERS:
            page = folder / f"{title}-{paper}.html"
            page.write_text(printing.to_html(text, title.replace("-", " "), paper), encoding="utf-8")
            if pdf:
                printing.to_pdf(page, page.with_suffix(".pdf"))
                page.unlink()
    for name in COPIED:
        source = HERE / name
        if source.is_dir():
            shutil.copytree(source, out / name, ignore=shutil.ignore_patterns("__pycache__", "answers", "*.pyc"))
        else:
            shutil.copy(source, out / name)
    (out / "student" / "moves.md").write_text(move_list(), encoding="utf-8")
    shutil.copytree(
        HERE / "exercises" / "answers", out / "lecturer" / "model-answers", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in (
        "course_numbers.py",
        "numbers.json",
        "room_check.py",
        "class_deck.py",
        "other_draws.py",
        "charts.py",
        "deck.py",
        "printing.py",
    ):
        shutil.copy(HERE / name, out / name)
    shutil.copy(HERE / FIRST, out / "START-HERE.md")
    for page in out.rglob("*.md"):
        filled = course_numbers.fill(page.read_text(encoding="utf-8"), found)
        page.write_text(handed_over(filled), encoding="utf-8")
    for script in out.rglob("*.py"):
        script.write_text(handed_over(script.read_text(encoding="utf-8")), encoding="utf-8")
    for name in ("LICENSE", "LICENSE-TEXTS.md", "CITATION.cff"):
        shutil.copy(ROOT / name, out / name)
    wheel = _software(out / "software")
    first = out / "START-HERE.md"
    first.write_text(first.read_text(encoding="utf-8").replace("ccsim-*.whl", wheel), encoding="utf-8")
    return _zip(out)


def _software(folder: Path) -> str:
    """Write the application as one file, and ccsim to install; return the name of what is to be installed."""
    from ccsim.app.single_file import single_page

    folder.mkdir()
    (folder / "application.html").write_text(single_page(), encoding="utf-8")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.resolve())]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if made.returncode:
        raise RuntimeError(f"ccsim could not be packed: {made.stderr.strip()[-300:]} (pip install -e '.[course]')")
    return next(folder.glob("*.whl")).name


def _zip(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, Path("ccsim-course") / file.relative_to(folder))
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the course."""
    parser = argparse.ArgumentParser(description="Build the course and its zip.")
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write; it is emptied first")
    parser.add_argument("--no-pdf", action="store_true", help="leave out the PDFs")
    options = parser.parse_args(arguments)
    if not options.no_pdf and printing.browser() is None:
        parser.error(f"no browser to print with: install one of {', '.join(printing.BROWSERS)}, or use --no-pdf")
    path = build(options.out, not options.no_pdf)
    print(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
