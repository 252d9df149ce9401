"""The game on its page: kept, saved and opened, six quarters or twelve, a practice quarter, help within reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ready import PHONE, READY

from ccsim.game.class_rules import Terms
from ccsim.game.game import Choice, play_through
from ccsim.game.save_file import game_of, read_game, text_of

Open = Callable[..., Any]


def _begin(page: Any, length: str = "12 quarters") -> None:
    page.get_by_label(length).check()
    page.get_by_role("button", name="Begin").click()
    page.locator(".tray").wait_for()


def _play(page: Any, quarter: int) -> None:
    page.get_by_role("button", name=f"Play quarter {quarter}", exact=True).click()
    page.get_by_role("heading", name=f"Quarter {quarter}: ").wait_for()


def _saved(page: Any) -> bytes:
    with page.expect_download() as taken:
        page.get_by_role("button", name="Save to a file").click()
    return Path(taken.value.path()).read_bytes()


def test_a_game_outlives_back_and_a_closed_tab_and_is_offered_on_return(visit: Open) -> None:
    page = visit("explore")
    page.get_by_role("link", name="Play").click()
    _begin(page)
    page.get_by_text("Paid time to improve things").first.click()
    _play(page, 1)
    page.go_back()
    page.locator(READY["explore"]).wait_for()
    tab = page.context.new_page()
    tab.goto(page.url.partition("#")[0])
    page.close()
    tab.get_by_text("You have an unfinished game: quarter 2 of 12.").wait_for()
    tab.get_by_role("link", name="Go on playing").click()
    tab.get_by_role("heading", name="Quarter 1: ").wait_for()
    assert tab.locator(".tray").get_by_text("Paid time to improve things").count() == 1


def test_a_saved_game_is_read_by_python_bit_for_bit_and_by_the_page(visit: Open, tmp_path: Path) -> None:
    page = visit("play")
    _begin(page, "6 quarters")
    page.get_by_text("Paid time to improve things").first.click()
    page.get_by_role("textbox", name="Reported satisfaction").fill("72")
    _play(page, 1)
    content = _saved(page)
    found = game_of(content)
    assert found.same and found.game.terms == Terms(quarters=6)
    assert found.game.choices == [Choice(("improvement-time",), expected={"reported_csat": 72.0})]
    (tmp_path / "game.json").write_bytes(content)
    other = visit("play")
    other.get_by_label("Open a saved game").set_input_files(tmp_path / "game.json")
    other.get_by_role("heading", name="you expected 72.0").wait_for()
    assert other.get_by_role("alert").count() == 0 and "Quarter 2 of 6" in other.locator(".tray").inner_text()


def test_a_game_that_python_saved_opens_in_the_page(visit: Open, tmp_path: Path) -> None:
    game = play_through([Choice(("hero",), expected={"profit": 20000.0}, answers=("Größe",)), Choice()], 5)
    (tmp_path / "game.json").write_text(text_of(game), encoding="utf-8")
    page = visit("play")
    page.get_by_label("Open a saved game").set_input_files(tmp_path / "game.json")
    page.get_by_role("heading", name="Quarter 2: ").wait_for()
    assert page.get_by_role("alert").count() == 0
    (tmp_path / "again.json").write_bytes(_saved(page))
    again = read_game(tmp_path / "again.json")
    assert again.same and again.game.choices == game.choices


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[:-40], "incomplete"),
        (lambda text: "{}", "not a saved game"),
        (lambda text: text.replace('"seed": 5', '"seed": 6'), "changed by hand"),
        (lambda text: text.replace('"version": 1', '"version": 9'), "version 9"),
        (lambda text: text.replace('"seed": 5', '"seed": -5'), "damaged at seed"),
    ],
)
def test_a_file_that_is_no_game_is_one_message(
    change: Callable[[str], str], message: str, visit: Open, tmp_path: Path
) -> None:
    text = text_of(play_through([Choice(("hero",))], 5))
    (tmp_path / "game.json").write_text(change(text), encoding="utf-8")
    page = visit("play")
    page.get_by_label("Open a saved game").set_input_files(tmp_path / "game.json")
    page.get_by_role("alert").get_by_text("game.json was not opened").wait_for()
    assert message in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Begin").wait_for()


def test_a_kept_game_that_cannot_be_played_is_one_message(visit: Open) -> None:
    page = visit("play")
    kept = {"scenario": "nothing", "seed": 1, "all": True, "choices": [{"start": ["no-such-move"], "stop": []}]}
    page.evaluate("text => localStorage.setItem('ccsim.game', text)", json.dumps(kept))
    page.evaluate("location.reload()")
    page.get_by_text("cannot be played in this version").wait_for()
    page.get_by_role("button", name="Begin").wait_for()


def test_a_practice_quarter_leads_through_its_steps_and_does_not_count(visit: Open) -> None:
    page = visit("play")
    page.get_by_role("button", name="Try one quarter first").click()
    page.get_by_text("Step 1 of 4").wait_for()
    page.get_by_text("Paid time to improve things").first.click()
    page.get_by_text("Step 2 of 4").wait_for()
    page.get_by_role("textbox", name="Reported satisfaction").fill("72")
    page.keyboard.press("Tab")
    page.get_by_text("Step 3 of 4").wait_for()
    _play(page, 1)
    page.get_by_text("Step 4 of 4").wait_for()
    page.get_by_role("button", name="Set up a real game").click()
    page.get_by_role("button", name="Begin").wait_for()
    assert page.evaluate("localStorage.getItem('ccsim.game')") is None


@pytest.mark.parametrize("size", [PHONE, (1280, 720)])
def test_briefing_and_what_counts_are_within_reach_in_every_quarter(size: tuple[int, int], visit: Open) -> None:
    page = visit("play", size)
    _begin(page)
    for _ in range(2):
        page.get_by_role("button", name="Briefing and help").click()
        output = page.get_by_role("dialog").inner_text()
        assert "You lead the change" in output and "Profit of all quarters: weight 40" in output
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")
        if page.locator("#result").count() == 0:
            _play(page, 1)


def test_a_search_finds_moves_and_the_starter_set_has_twelve(visit: Open) -> None:
    page = visit("play")
    _begin(page)
    assert page.locator(".move").count() == 12
    page.get_by_role("button", name="All 39 moves").click()
    assert page.locator(".move").count() == 39
    page.get_by_label("Search moves").fill("chatbot")
    assert page.locator(".move").count() == 1


def test_on_a_phone_money_and_attention_stay_in_view(visit: Open) -> None:
    page = visit("play", PHONE)
    _begin(page)
    page.get_by_text("Staff meet real customers").first.click()
    for place in (0, 800, 4000):
        page.evaluate(f"scrollTo(0, {place})")
        purse = page.locator(".bottom .purse").bounding_box()
        assert purse["y"] > 600 and purse["y"] + purse["height"] <= 844
    assert "Attention: 1 of 8 points" in page.locator(".bottom .purse").inner_text()
