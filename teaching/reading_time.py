"""How long each step of a session takes: texts at 200 words a minute, speech at 130, pages of the game as they were measured.

    python teaching/reading_time.py              # writes instructor/time.md

Words of texts and slides are counted when the page is written. Words of the game's pages are those that a test counts in a
browser (`tests/teaching/test_time.py`); a test also holds each plan to the minutes of its slides.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import build
import deck

FILE = HERE / "instructor" / "time.md"
READ, SPEAK = 200.0, 130.0
#: Words that a player reads on each page of the game, with the starter set of moves.
PAGES = {"briefing": 204, "first quarter": 413, "later quarter": 109, "debrief": 600}
#: Minutes that reading does not cover, from playing the game with the clock: to choose and predict, and to answer questions.
JOIN, CHOOSE_FIRST, CHOOSE, CHOOSE_AGAIN, QUESTIONS, GUESS = 1.0, 2.0, 1.5, 1.0, 2.0, 0.5
TEXTS = {
    "student/pre-reading.md": "pre-reading",
    "student/case.md": "the case",
    "student/bet.md": "bet on the articles",
    "assessment/test.md": "eight questions",
    "README.md": "overview of the course",
    "instructor/guide.md": "instructor guide",
    "instructor/debrief-key.md": "debrief key",
}


def words(text: str) -> int:
    """Return the number of words of a text, without its marks."""
    return len(re.findall(r"\w[\w'’-]*", re.sub(r"<[^>]+>|\]\([^)]*\)", " ", text)))


def speech(slide: deck.Slide) -> float:
    """Return the minutes to read a slide and to say its question and its answer."""
    said = " ".join(text for kind, text in slide.notes if kind in ("Question", "Answer", "Say"))
    return words(f"{slide.title} {slide.body}") / READ + words(said) / SPEAK


def minutes(slide: deck.Slide) -> float:
    """Return the minutes that the notes of a slide allow for it."""
    return next((float(text) for kind, text in slide.notes if kind == "Minutes"), 0.0)


def game(quarters: int, again: bool = False) -> float:
    """Return the minutes that a pair needs for a game, from the code on the screen to the end of its debrief.

    Args:
        quarters: of the game.
        again: whether it is the second game, whose moves and pages are known.
    """
    later = PAGES["later quarter"] / READ + (CHOOSE_AGAIN if again else CHOOSE)
    first = later if again else (PAGES["briefing"] + PAGES["first quarter"]) / READ + CHOOSE_FIRST
    return JOIN + first + (quarters - 1) * later + (quarters - 1) // 4 * QUESTIONS


def debrief_page() -> float:
    """Return the minutes to make the three guesses of the debrief page and to read it."""
    return GUESS + PAGES["debrief"] / READ


def text() -> str:
    """Return the page."""
    found = build.numbers()
    rows = [f"| read: {title} | {words(build.text_of(name, found)) / READ:.0f} |" for name, title in TEXTS.items()]
    rows += [
        f"| one game of {quarters} quarters{', the second one' if again else ''} | {game(quarters, again):.0f} |"
        for quarters, again in ((6, False), (6, True), (12, False))
    ]
    rows.append(f"| the debrief page: three guesses, then read | {debrief_page():.0f} |")
    slides = [
        f"| {one.name} {number}: {slide.title} | {speech(slide):.1f} | {minutes(slide):.0f} |"
        for one in build.decks(found)
        for number, slide in enumerate(one.slides, start=1)
    ]
    return "\n".join(
        [
            "# How long each step takes\n",
            "Written by `teaching/reading_time.py`. Do not edit.\n",
            f"A reader takes {READ:.0f} words a minute and a speaker {SPEAK:.0f}. To the words of the game's pages come {CHOOSE_FIRST:.0f} minutes to choose",
            f"and predict in the first quarter, {CHOOSE} in later ones ({CHOOSE_AGAIN:.0f} in a second game), {QUESTIONS:.0f} for the questions after a year, and {JOIN:.0f} to join. The",
            "page plays a quarter in less than a second.\n",
            "| step | minutes |\n| --- | ---: |",
            *rows,
            "\n## Slides\n",
            "*Says* is what the slide and its notes take to read and say; *plan* also has the answers of the class.\n",
            "| slide | says | plan |\n| --- | ---: | ---: |",
            *slides,
            "",
        ]
    )


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"Wrote {FILE}")
