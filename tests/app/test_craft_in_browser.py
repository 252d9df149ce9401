"""Craft in a real browser: axe on every state of every page in both themes, no jump, no page too wide, keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest
from ready import PHONE, PROJECTOR, TABLET

OVER = {
    "scenario": "nothing", "seed": 1, "all": False, "terms": {"quarters": 6},
    "choices": [{"start": ["improvement-time", "measure-surveys"], "stop": [], "expected": {"reported_csat": 72}},
                {"start": ["champion-network"], "stop": []}, *[{"start": [], "stop": []}] * 4],
}  # fmt: skip
Step = Callable[[Any], None]


def _keep(game: dict[str, Any]) -> Step:
    def kept(page: Any) -> None:
        page.evaluate("text => localStorage.setItem('ccsim.game', text)", json.dumps(game))
        page.evaluate("location.hash = '#/play'; location.reload()")
        page.locator("main.debrief, main.play").wait_for()

    return kept


def _explored(page: Any) -> None:
    page.goto(page.url.partition("#")[0] + "#/explore?from=top-down&pin.from=bottom-up&w30.programme.budget=9000")
    page.locator(".big svg .line.pin").wait_for()
    page.locator("svg.people circle").first.wait_for()
    page.locator(".lever .info").first.dispatch_event("click")
    page.get_by_role("button", name="Show as a table").click()
    page.get_by_role("button", name="Look at one person").click()
    page.get_by_role("button", name="What this person weighs").click()
    page.get_by_role("button", name="Solve it with judgement").click()
    page.get_by_role("button", name="By department").click()
    page.get_by_role("button", name="By customer segment").click()


def _all_levers(page: Any) -> None:
    page.get_by_role("button", name="All 84 levers").click()


def _asked(page: Any) -> None:
    page.get_by_role("button", name="Top-down or bottom-up?").click()
    page.locator(".reply p:not(.soft)").wait_for()


def _compared(page: Any) -> None:
    page.goto(page.url.partition("#")[0] + "#/compare?r1.from=nothing&r1.weeks=30&r2.from=bottom-up&r2.weeks=30")
    page.get_by_text("What was changed").wait_for()
    page.get_by_text("2 of 2").or_(page.get_by_text("30 companies each")).first.wait_for()


def _exporting(page: Any) -> None:
    page.get_by_role("button", name="Export").click()


def _link_made(page: Any) -> None:
    page.goto(page.url.partition("#")[0] + "#/class")
    page.get_by_role("button", name="Make the link").click()
    page.locator(".termslink").wait_for()


def _linked(page: Any) -> None:
    page.goto(page.url.partition("#")[0] + "#/play?seed=3&quarters=6&moves=starter&predict=1")
    page.get_by_text("What your lecturer has set").wait_for()
    page.get_by_role("button", name="Play without these terms").click()


def _began(page: Any) -> None:
    page.goto(page.url.partition("#")[0] + "#/play")
    page.get_by_role("button", name="Begin").wait_for()


def _practised(page: Any) -> None:
    page.get_by_role("button", name="Try one quarter first").click()
    page.locator(".tray").wait_for()


def _helped(page: Any) -> None:
    page.get_by_role("button", name="Briefing and help").click()


def _debriefed(page: Any) -> None:
    page.keyboard.press("Escape")
    _keep(OVER)(page)
    page.locator(".guess").nth(2).get_by_role("button").first.click()
    page.locator(".hinge").wait_for()
    page.locator("#luck-title").wait_for()
    page.locator("section:has(#ways-title) .check input").check()


def _told(page: Any) -> None:
    page.goto(page.url.partition("#")[0] + "#/nowhere")
    page.get_by_role("alert").wait_for()


#: States of the pages, one after the other.
STATES: list[Step] = [
    _explored, _all_levers, _asked, _compared, _exporting, _link_made, _linked, _began, _practised, _helped, _debriefed, _told,
]  # fmt: skip


@pytest.fixture
def walk(browser: Any, address: str) -> Iterator[Callable[..., Iterator[tuple[str, Any]]]]:
    """Walk through all states of the pages."""
    contexts: list[Any] = []

    def walked(size: tuple[int, int], scheme: str = "light") -> Iterator[tuple[str, Any]]:
        # axe is put into the page, which the page's own policy forbids.
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, bypass_csp=True, locale="en-GB"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{address}#/about")
        page.locator("main.text table").wait_for()
        for step in STATES:
            step(page)
            yield step.__name__, page

    yield walked
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(PHONE, "light"), (PHONE, "dark"), (PROJECTOR, "light"), (PROJECTOR, "dark"), (TABLET, "light")],
)
@pytest.mark.slow
def test_axe_finds_nothing_in_any_state_and_none_is_wider_than_its_window(
    size: tuple[int, int], scheme: str, walk: Any
) -> None:
    found = {}
    for state, page in walk(size, scheme):
        if not page.evaluate("'axe' in window"):
            page.add_script_tag(path=str(files("axe_playwright_python").joinpath("axe.min.js")))
        output = page.evaluate(
            "axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.target).join()))"
        )
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if output or wide > 0:
            found[state] = (output, wide)
    assert not found


@pytest.mark.parametrize("name", ["explore", "compare", "play"])
@pytest.mark.parametrize("size", [PHONE, PROJECTOR])
def test_no_page_jumps_while_it_fills(name: str, size: tuple[int, int], visit: Any) -> None:
    page = visit(name, size)
    page.wait_for_timeout(1500)
    shift = page.evaluate(
        "new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value })"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300) })"
    )
    assert shift < 0.05


def test_a_quarter_is_played_by_keyboard_alone(visit: Any) -> None:
    page = visit("play")
    page.get_by_role("button", name="Begin").focus()
    page.keyboard.press("Enter")
    page.locator(".tray").wait_for()
    page.keyboard.press("Tab")
    for name in ("Skip to the answer", "Skip to the moves", "Skip to running moves and Play"):
        page.locator(".skip", has_text=name).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "tray"
    page.locator(".skip", has_text="Skip to the moves").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator(".move input:checked").count() == 1
    page.get_by_role("button", name="Play quarter 1").focus()
    page.keyboard.press("Enter")
    page.locator("#result").wait_for()
    assert page.evaluate("document.activeElement.id") == "result"
