"""The game and the class in a real browser: as people use them, at three sizes, with nothing asked of other machines.

Skipped without Chromium, Playwright, or the page's own assets (a folder ``cdn``, or SOLARA_ASSETS_PROXY_CACHE_DIR).
Screenshots go to ``$CCSIM_SHOTS`` if it is set, else to the test's folder.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("solara")
playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
SIZES = {"projector": (1280, 720), "laptop": (1366, 768), "phone": (390, 844)}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


def _assets() -> str:
    places = [os.environ.get("SOLARA_ASSETS_PROXY_CACHE_DIR", ""), *map(str, (ROOT / "src/ccsim/app").glob("**/cdn"))]
    found = next((place for place in places if place and Path(place).is_dir()), None)
    return found or pytest.skip("no assets of the page: without them it stays blank")


@pytest.fixture(scope="module")
def browser():
    names = ("chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("CCSIM_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not program:
        pytest.skip("no Chromium")
    with playwright.sync_playwright() as found:
        opened = found.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "SOLARA_ASSETS_PROXY_CACHE_DIR": _assets(),
           "SOLARA_THEME_SHOW_BANNER": "false", "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false"}  # fmt: skip
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [sys.executable, "-m", "solara", "run", str(Path(__file__).with_name("game_app.py"))]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port), "--no-open", "--production"],
            env=env, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    for _ in range(240):
        if process.poll() is not None:
            pytest.fail(log.read_text())
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1)
            break
        except OSError:
            time.sleep(0.25)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def visit(browser, server):
    """Open pages as new visitors; afterwards, nothing may have failed or asked another machine."""
    faults, contexts = [], []

    def opened(address: str, size: str = "projector"):
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 400 else None)
        page.on("request", lambda asked: faults.append(asked.url) if "127.0.0.1" not in asked.url
                and not asked.url.startswith(("data:", "blob:")) else None)  # fmt: skip
        page.goto(server + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def shot(tmp_path):
    folder = Path(os.environ.get("CCSIM_SHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png")


def begin(page) -> None:
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Play quarter 1", exact=True).wait_for()


def go(page, quarter: int) -> None:
    page.get_by_role("button", name=f"Play quarter {quarter}", exact=True).click()
    if quarter < 12:
        page.get_by_role("button", name=f"Play quarter {quarter + 1}", exact=True).wait_for()


def tick(page, title: str) -> None:
    page.get_by_label(title).check(force=True)


def test_a_game_from_briefing_to_debrief(visit, shot):
    page = visit("/?seed=3")
    page.get_by_text("Three years to make a company customer-centric").wait_for()
    begin(page)
    tick(page, "Measure staff by survey scores")
    tick(page, "Ask customers independently")
    page.get_by_text("Attention: 2 of 8").wait_for()
    shot(page, "play-first-quarter")
    go(page, 1)
    page.get_by_text("You learned").wait_for()
    page.get_by_text("you expected").first.wait_for()
    for quarter in range(2, 12):
        go(page, quarter)
    shot(page, "play-last-quarter")
    go(page, 12)
    page.locator(".gm-score").wait_for()
    page.get_by_text("What each move was worth").wait_for()
    assert page.locator(".gm-charts svg").count() >= 8
    page.set_viewport_size({"width": 1280, "height": 2000})
    shot(page, "play-debrief")
    page.get_by_role("button", name="Play my choices on 20 other draws").click()
    page.get_by_text("of 20.").wait_for()


def test_a_kept_game_goes_on_in_another_browser(visit, tmp_path):
    page = visit("/?seed=3")
    begin(page)
    tick(page, "Free one hero")
    go(page, 1)
    with page.expect_download() as download:
        page.get_by_text("Keep in a file").click()
    download.value.save_as(tmp_path / "kept.json")
    other = visit("/")
    other.get_by_text("Go on with a saved game").click()
    other.locator("input[type=file]").set_input_files(tmp_path / "kept.json")
    other.get_by_role("button", name="Play quarter 2", exact=True).wait_for()
    other.get_by_text("Free one hero (running)").wait_for()


def test_a_torn_file_is_one_message_and_the_page_lives_on(visit, tmp_path):
    page = visit("/")
    (tmp_path / "torn.json").write_text('{"format": "ccsim game", "ver')
    page.get_by_text("Go on with a saved game").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "torn.json")
    page.get_by_text("torn.json: is torn").wait_for()
    begin(page)


def test_two_visitors_do_not_share_a_game(visit):
    one, other = visit("/?seed=3"), visit("/?seed=3")
    begin(one)
    begin(other)
    go(one, 1)
    assert other.get_by_role("button", name="Play quarter 1", exact=True).is_visible()


def test_a_class_hands_in_and_the_lecturer_sees_it_by_itself(visit, shot):
    lecturer = visit("/class")
    lecturer.get_by_role("button", name="Open a class").click()
    code = lecturer.locator(".gm-code").inner_text()
    assert not lecturer.get_by_text("key=").is_visible(), "the class sees this page on the projector"
    for name, move in (("Ada", "Widen decision rights"), ("<b>Bob</b>", "Announce that customers come first")):
        page = visit(f"/play?class={code}", "laptop")
        begin(page)
        tick(page, move)
        for quarter in range(1, 13):
            go(page, quarter)
        page.get_by_label("Name to show").fill(name)
        page.get_by_role("button", name="Hand in").click()
        page.get_by_text("Handed in.").wait_for()
    lecturer.get_by_text("2 playing, 2 handed in").wait_for()
    lecturer.get_by_role("cell", name="<b>Bob</b>").wait_for()
    lecturer.set_viewport_size({"width": 1280, "height": 1800})
    shot(lecturer, "class")


def test_a_wrong_code_is_a_message(visit):
    page = visit("/play?class=ZZZZZ")
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("no class has the code").wait_for()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off_at_the_side(visit, shot, size):
    page = visit("/?seed=3", size)
    begin(page)
    go(page, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    shot(page, f"play-{size}")


def test_a_game_can_be_played_with_the_keyboard(visit):
    page = visit("/?seed=3")
    begin(page)
    page.get_by_label("Free one hero").focus()
    page.keyboard.press("Space")
    page.get_by_text("Attention: 1 of 8").wait_for()
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("I expect reported satisfaction of 73.0").wait_for()
    page.get_by_role("button", name="Play quarter 1", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Play quarter 2", exact=True).wait_for()
