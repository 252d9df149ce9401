"""The application in a real browser: offline from one file, and served; what a visitor sees and does."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ready import PHONE, PROJECTOR, READY

from ccsim.app.single_file import write_single_file
from ccsim.game.catalogue import catalogue
from ccsim.game.debrief import play_feasible
from ccsim.game.game import Choice, Game

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
Open = Callable[..., Any]


def _wide(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def _line(page: Any) -> str:
    return str(page.locator(".big svg .line.run").get_attribute("d"))


def test_one_file_opens_with_no_network(visit: Open, tmp_path: Path) -> None:
    write_single_file(tmp_path / "ccsim.html")
    page = visit(url=(tmp_path / "ccsim.html").as_uri(), offline=True)
    assert page.get_by_role("heading", level=1).inner_text().startswith("Bottom-up: customers are")
    page.locator(".bandkey").wait_for()


def test_a_lever_redraws_the_whole_future(visit: Open) -> None:
    page = visit()
    before, text = _line(page), page.locator("#answer").inner_text()
    page.get_by_label("Budget", exact=True).fill("20000")
    page.wait_for_function("d => document.querySelector('.big svg .line.run').getAttribute('d') !== d", arg=before)
    assert page.locator("#answer").inner_text() != text
    assert "Bottom-up with Budget €20,000 a week" in page.locator("#answer").inner_text()
    assert "programme.budget=20000" in page.url


def test_the_figures_are_those_of_the_command_line(visit: Open) -> None:
    from ccsim.model.kpis import final_value
    from ccsim.simulation.simulation import simulate

    page = visit(query="?from=combined&seed=7&weeks=26")
    weekly = simulate("combined", 7, 26).kpis["csat"]
    page.wait_for_function("document.querySelector('#answer').textContent.startsWith('Combined')")
    assert page.locator("text.end.run").text_content() == f"{final_value('csat', weekly):.1f}"


def test_a_lever_that_does_nothing_yet_says_what_it_needs(visit: Open) -> None:
    page = visit(query="?from=nothing")
    page.wait_for_function("document.querySelector('#answer').textContent.startsWith('Doing nothing')")
    assert page.get_by_text("Does nothing yet: needs Budget above €0 a week.").count() == 1


def test_a_value_that_is_not_accepted_is_one_message(visit: Open) -> None:
    page = visit()
    field = page.get_by_label("Budget: type a value")
    for typed in ("many", "-3", "1e999"):
        field.fill(typed)
        field.press("Tab")
        page.get_by_role("alert").get_by_text("Enter a number").wait_for()
    field.fill("9000")
    field.press("Tab")
    page.wait_for_function("location.hash.includes('programme.budget=9000')")
    assert page.get_by_role("alert").count() == 0


@pytest.mark.parametrize(
    "query",
    ["?from=nope", "?from=top-down&no.such=1&programme.budget=x&seed=-1&weeks=9999", "?show=%3Cb%3E&from=top-down"],
)
def test_an_absurd_link_is_reported_and_the_page_lives_on(query: str, visit: Open) -> None:
    page = visit(query=query)
    assert "left out" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Close").click()
    assert page.get_by_role("alert").count() == 0


def test_a_link_brings_plan_pinned_run_and_figure_again(visit: Open) -> None:
    page = visit(query="?from=top-down&programme.budget=4000&show=fcr&pin.from=combined")
    page.get_by_text("Pinned: Combined").wait_for()
    page.wait_for_function(
        "document.querySelector('#answer').textContent.startsWith('Top-down with Budget €4,000 a week')"
    )
    assert page.locator("#chart-title").inner_text().startswith("First-contact resolution")


def test_a_question_is_answered_by_runs(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name="Top-down or bottom-up?").click()
    page.get_by_text("does most for customers").wait_for()
    assert page.locator(".rows .row").count() == 3


def test_back_returns_to_the_page_before(visit: Open) -> None:
    page = visit()
    page.get_by_role("link", name="Compare").click()
    page.locator(".preset").first.wait_for()
    page.go_back()
    page.locator(READY["explore"]).wait_for()


def test_language_and_theme_are_kept(visit: Open) -> None:
    page = visit()
    page.get_by_label("Language").first.select_option("de")
    page.get_by_role("link", name="Vergleichen").wait_for()
    assert page.evaluate("document.documentElement.lang") == "de"
    page.get_by_label("Darstellung").first.select_option("dark")
    page.reload()
    page.locator(READY["explore"]).wait_for()
    assert page.evaluate("document.documentElement.dataset.theme + document.documentElement.lang") == "darkde"


def test_compare_answers_with_a_verdict_on_one_press(visit: Open) -> None:
    page = visit("compare")
    page.get_by_role("button", name="Direction of change").click()
    page.get_by_text("does most for customers").wait_for()
    page.get_by_text("30 companies each").wait_for(timeout=180_000)
    assert page.locator("[aria-labelledby=table-title] tbody tr").count() == 4
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Table as CSV").click()
    text = Path(taken.value.path()).read_text(encoding="utf-8").splitlines()
    assert "30 paired runs" in text[0] and len(text) == 6


def test_a_run_is_taken_away_as_weeks_pictures_and_scenario(visit: Open, tmp_path: Path) -> None:
    from ccsim.scenarios.scenario import load_scenario

    page = visit(query="?from=bottom-up&programme.budget=9000&champions.selection=at+random&weeks=26")
    page.wait_for_function(
        "document.querySelector('#answer').textContent.includes('2 levers') || document.querySelector('#answer').textContent.includes('9,000')"
    )
    taken = {}
    for name in ("Weeks as CSV", "Chart as PNG", "Chart as SVG", "Scenario file (TOML)"):
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        taken[name] = Path(download.value.path()).read_bytes()
    rows = [row for row in taken["Weeks as CSV"].decode().splitlines() if not row.startswith("#")]
    assert len(rows) == 1 + 2 * 26
    assert taken["Chart as PNG"].startswith(b"\x89PNG") and taken["Chart as SVG"].startswith(b"<svg")
    (tmp_path / "mine.toml").write_bytes(taken["Scenario file (TOML)"])
    levers = load_scenario(tmp_path / "mine.toml").values()
    assert levers["programme.budget"] == 9000 and levers["champions.selection"] == "at random"


@pytest.mark.parametrize("size", [PHONE, PROJECTOR])
@pytest.mark.parametrize("name", list(READY))
def test_no_page_is_wider_than_its_window(name: str, size: tuple[int, int], visit: Open) -> None:
    assert _wide(visit(name, size)) <= 0
    page = visit(name, size)
    page.evaluate("localStorage.setItem('ccsim.language', 'de')")
    page.reload()
    page.wait_for_selector("html[lang=de]", state="attached")
    assert _wide(page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(READY))
def test_axe_finds_nothing(name: str, scheme: str, browser: Any, address: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in web/")
    for size in (PHONE, PROJECTOR):
        # axe is put into the page, which the page's own policy forbids.
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, bypass_csp=True, locale="en-GB"
        )
        page = context.new_page()
        page.goto(f"{address}#/{name}")
        page.locator(READY[name]).first.wait_for(timeout=60_000)
        page.add_script_tag(path=AXE)
        found = page.evaluate(
            "axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.target).join()))"
        )
        context.close()
        assert not found, (name, scheme, size)


def test_the_first_picture_does_not_jump(visit: Open) -> None:
    page = visit()
    page.wait_for_timeout(500)
    shift = page.evaluate(
        "new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value })"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300) })"
    )
    assert shift < 0.05


def test_on_a_phone_a_lever_and_the_chart_are_in_view_together(visit: Open) -> None:
    page = visit(size=PHONE)
    page.get_by_role("button", name="Show more levers").click()
    page.wait_for_timeout(300)
    chart, lever = page.locator("#big-chart").bounding_box(), page.get_by_label("Budget", exact=True).bounding_box()
    assert chart["y"] >= 40 and chart["y"] + 150 < lever["y"] < 844


def test_the_keyboard_reaches_answer_and_levers_first(visit: Open) -> None:
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "levers"


# The game


def _begin(page: Any) -> None:
    page.get_by_role("button", name="Begin").click()
    page.locator(".tray").wait_for()


def test_a_game_survives_a_reload(visit: Open) -> None:
    page = visit("play")
    _begin(page)
    page.get_by_text("Paid time to improve things").first.click()
    page.get_by_role("button", name="Play quarter 1").click()
    page.get_by_role("heading", name="Quarter 1: Reported satisfaction is").wait_for()
    text = page.locator("#result").inner_text()
    page.get_by_text("Staff meet real customers").first.click()
    page.reload()
    page.locator("#result").wait_for()
    assert page.locator("#result").inner_text() == text
    assert page.locator(".tray").get_by_text("Staff meet real customers").count() == 1, "the draft is kept, too"


def test_on_a_phone_the_predicted_result_is_on_screen_when_it_comes(visit: Open) -> None:
    page = visit("play", PHONE)
    _begin(page)
    page.get_by_role("textbox", name="Reported satisfaction").fill("80")
    page.get_by_role("button", name="Play quarter 1").click()
    page.get_by_role("heading", name="you expected 80.0").wait_for()
    page.wait_for_function("scrollY === 0")
    assert page.locator("main.play .bottom").is_visible()


def test_a_prediction_that_no_person_made_is_none(visit: Open) -> None:
    page = visit("play")
    _begin(page)
    page.get_by_role("button", name="Play quarter 1").click()
    page.get_by_role("heading", name="Quarter 1: Reported satisfaction is").wait_for()
    kept = json.loads(page.evaluate("localStorage.getItem('ccsim.game')"))
    assert kept["choices"][0]["expected"] == {} and page.locator(".ring").count() == 0


def _random_game(seed: int) -> Game:
    """Play a game whose choices are drawn, among those that can be made."""
    dice, game = random.Random(seed), Game(seed)
    names = list(catalogue().moves)
    while not game.over:
        stop = tuple(name for name in game.running if dice.random() < 0.15)
        play_feasible(game, Choice(tuple(dice.sample(names, 4)), stop))
    return game


def test_a_game_in_the_browser_is_pythons_to_the_last_bit(visit: Open) -> None:
    page = visit("about")
    for seed in (1, 4):
        game = _random_game(seed)
        choices = [{"start": list(row.start), "stop": list(row.stop)} for row in game.choices]
        found = page.evaluate(
            """async ({seed, choices}) => {
                const [wasm, model] = await Promise.all([fetch('engine.wasm').then(r => r.arrayBuffer()), fetch('model.json').then(r => r.json())]);
                const worker = new Worker('worker.js');
                worker.postMessage({kind: 'open', wasm, model});
                worker.postMessage({kind: 'game', id: 1, request: {scenario: 'nothing', seed, choices}});
                const told = await new Promise(done => { worker.onmessage = event => done(event.data) });
                worker.terminate();
                if (told.error) return told;
                const kpis = Object.fromEntries(Object.entries(told.value.kpis).map(([name, row]) => [name, [...row].map(v => Number.isFinite(v) ? v : null)]));
                return {kpis, money: told.value.quarters.map(q => q.money), coming: told.value.coming};
            }""",
            {"seed": seed, "choices": choices},
        )
        assert "error" not in found, found
        assert found["coming"] == game.coming
        assert found["money"] == [row.money for row in game.seen]
        theirs = {name: np.array(row, dtype=float) for name, row in found["kpis"].items()}
        assert not [name for name, row in game.kpis().items() if not np.array_equal(row, theirs[name], equal_nan=True)]


# Bet and living figures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [PHONE, PROJECTOR])
def test_a_bet_is_scored_when_every_claim_has_one_and_survives_a_reload(visit: Open, size: tuple[int, int]) -> None:
    page = visit("bet", size)
    claims = json.loads((Path(__file__).parents[2] / "web" / "src" / "bet.json").read_text(encoding="utf-8"))["claims"]
    stakes = page.locator("main.bet input")
    assert stakes.count() == len(claims)
    assert page.locator("main.bet .go").is_disabled()
    for place in range(len(claims)):
        stakes.nth(place).fill("60")
    # What is kept is written after the page is drawn.
    page.wait_for_function(
        "count => Object.keys(JSON.parse(localStorage.getItem('ccsim.bet') ?? '{}')).length === count", arg=len(claims)
    )
    page.reload()
    page.locator("main.bet .go").click()
    score = sum((0.6 - row["holds"] / 100) ** 2 for row in claims) / len(claims)
    assert f"{score:.3f}" in page.locator("main.bet .result").inner_text()
    assert page.locator("main.bet li b").count() == len(claims)
    assert _wide(page) <= 0


@pytest.mark.parametrize("size", [PHONE, (900, 700)])
def test_a_living_figure_shows_its_levers_and_moves_with_them(visit: Open, size: tuple[int, int]) -> None:
    query = "?from=hero-leaves&pin.from=hero&show=adoption&lever=champions.count&lever=empowerment.rights"
    page = visit("figure", size, query)
    assert page.locator("header").count() == 0
    assert page.locator("main.figure input[type=range]").count() == 2
    before = page.locator("#answer").inner_text()
    page.locator("main.figure input[type=range]").first.fill("8")
    page.wait_for_function("(before) => document.querySelector('#answer').innerText !== before", arg=before)
    assert "champions.count=8" in page.url and "lever=empowerment.rights" in page.url
    assert _wide(page) <= 0
