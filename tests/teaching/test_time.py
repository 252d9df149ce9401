"""The plans fit the clock: a step is as long as its slides, its texts and its game take."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parents[2] / "teaching"
ROW = re.compile(r"^\| (\d+)–(\d+) \| ([^|]+) \| ([^|]+) \|(?: ([^|]+) \|)?$", re.MULTILINE)
SLIDES = re.compile(r"(briefing|debrief|evidence) ([\d–, ]+)")

pytestmark = pytest.mark.skipif(not HERE.exists(), reason="the tests run outside the repository")


@pytest.fixture(scope="module")
def clock() -> ModuleType:
    pytest.importorskip("markdown", reason="the extra course is not installed")
    sys.path.insert(0, str(HERE))
    try:
        return importlib.import_module("reading_time")
    finally:
        sys.path.remove(str(HERE))


@pytest.fixture(scope="module")
def decks(clock: ModuleType) -> dict[str, Any]:
    return {one.name: one.slides for one in clock.build.decks(clock.build.numbers())}


def numbers(text: str) -> list[int]:
    """Return the numbers that a text such as ``1–2, 4`` names."""
    found = []
    for part in text.replace(" ", "").strip(",").split(","):
        first, _, last = part.partition("–")
        found += range(int(first), int(last or first) + 1)
    return found


def test_the_page_of_times_is_what_its_command_writes(clock: ModuleType) -> None:
    assert clock.FILE.read_text(encoding="utf-8") == clock.text(), "run python teaching/reading_time.py"


@pytest.mark.parametrize("plan", ["45-minutes", "90-minutes"])
def test_slides_fit_the_minutes_of_their_step(plan: str, decks: dict[str, Any], clock: ModuleType) -> None:
    rows = ROW.findall((HERE / "sessions" / f"{plan}.md").read_text(encoding="utf-8"))
    shown = 0
    for start, end, name, _, slides in rows:
        for deck, which in SLIDES.findall(slides):
            takes = sum(clock.minutes(decks[deck][number - 1]) for number in numbers(which))
            assert takes <= int(end) - int(start), f"minute {start}, {name}"
            shown += 1
    assert shown >= 5 and int(rows[-1][1]) == int(plan.partition("-")[0])


def test_a_slide_is_given_the_time_to_say_it(decks: dict[str, Any], clock: ModuleType) -> None:
    slow = [
        (name, one.title)
        for name, slides in decks.items()
        for one in slides
        if clock.speech(one) > max(1.0, clock.minutes(one))
    ]
    assert not slow


def test_games_fit_the_minutes_of_their_step(clock: ModuleType) -> None:
    def length(plan: str, *names: str) -> int:
        rows = ROW.findall((HERE / "sessions" / f"{plan}.md").read_text(encoding="utf-8"))
        return sum(int(end) - int(start) for start, end, name, *_ in rows if name in names)

    assert clock.game(6) <= length("45-minutes", "Join", "Play")
    assert clock.debrief_page() <= length("45-minutes", "Look")
    assert clock.game(6) + clock.debrief_page() <= length("90-minutes", "Game 1")
    assert clock.game(6, again=True) + clock.debrief_page() <= length("90-minutes", "Game 2") + 0.5
    assert clock.game(12) <= length("two-sessions", "Game")


@pytest.mark.slow
def test_the_pages_of_the_game_have_as_many_words_as_the_clock_counts(
    browser: Any, clock: ModuleType, tmp_path: Path
) -> None:
    from ccsim.app.single_file import single_page

    (tmp_path / "ccsim.html").write_text(single_page(), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{(tmp_path / 'ccsim.html').as_uri()}#/play")

    def count() -> int:
        return clock.words(page.locator("main").inner_text())

    page.get_by_role("button", name="Begin").wait_for()
    found = {"briefing": count()}
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Play quarter 1").wait_for()
    found["first quarter"] = count()
    page.get_by_label(re.compile("Widen decision rights")).first.check()
    for quarter in range(1, 13):
        page.get_by_role("button", name=re.compile("Play quarter|Predict and play")).first.click()
        heading = f"Quarter {quarter}" if quarter < 12 else "The game is over"
        page.locator("main h1", has_text=heading).wait_for(timeout=60_000)
        if quarter == 2:
            found["later quarter"] = clock.words(page.locator("main").inner_text().partition("Choose moves")[0])
    # A game of one move without predictions has one question to guess.
    page.locator(".guess").nth(1).get_by_role("button").first.click(timeout=60_000)
    page.get_by_text("With other luck").wait_for(timeout=120_000)
    found["debrief"] = count()
    page.close()
    assert found == {name: pytest.approx(words, rel=0.2) for name, words in clock.PAGES.items()}
