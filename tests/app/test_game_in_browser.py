"""The game and the class in a real browser: as people use them, at three sizes, with nothing asked of other machines.

Skipped without Chromium, Playwright, or the page's own assets (a folder ``cdn``, or SOLARA_ASSETS_PROXY_CACHE_DIR).
Screenshots go to ``$CCSIM_SHOTS`` if it is set, else to the test's folder.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ccsim.game.playing import Choice, play_through
from ccsim.game.saved import save

pytest.importorskip("solara")
playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
SEED = 3
#: Milliseconds after which something is taken for missing: long, since a busy machine is no fault.
PATIENCE = 60_000
playwright.expect.set_options(timeout=PATIENCE)
SIZES = {"projector": (1280, 720), "laptop": (1366, 768), "phone": (390, 844)}


def _assets() -> str:
    places = [os.environ.get("SOLARA_ASSETS_PROXY_CACHE_DIR", ""), *map(str, (ROOT / "src/ccsim/app").glob("**/cdn"))]
    found = next((place for place in places if place and Path(place).is_dir()), None)
    return found or pytest.skip("no assets of the page: without them it stays blank")


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
        page.set_default_timeout(PATIENCE)
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
        page.get_by_text(f"Quarter {quarter + 1} of 12").wait_for()


def go_on(page, file: Path, move: str = "") -> None:
    """Load a game of which one quarter is left, and play that: most of a game is enough to be played once."""
    game = play_through([Choice((move,) if move else ()), *[Choice()] * 10], SEED)
    save(game, file)
    page.get_by_text("Go on with a saved game").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Play quarter 12", exact=True).wait_for()


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
    page.get_by_text("of 20.").wait_for(timeout=60_000)


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


def slide(page, name: str, key: str = "ArrowRight") -> None:
    page.get_by_role("slider", name=name).focus()
    page.keyboard.press(key)


def predict(page) -> None:
    """Accept both figures as they are for a prediction."""
    for left in (1, 0):
        page.get_by_role("button", name="As it is").first.click()
        playwright.expect(page.get_by_role("button", name="As it is")).to_have_count(left)


def option(page, label: str, *names: str) -> None:
    """Choose in a list."""
    page.get_by_role("button", name=label).click()
    for name in names:
        page.locator(".menuable__content__active").get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")


def held(visit, **what):
    """Open a class in a browser and return its page and code."""
    lecturer = visit("/class")
    lecturer.get_by_role("button", name="Open a class").wait_for()
    if not what.get("predict", True):
        lecturer.get_by_label("Predict, then reveal").uncheck(force=True)
    for title in ("Moves: lock or hide", "Events: when they come", "What counts"):
        lecturer.get_by_text(title).click()
    if "seed" in what:
        lecturer.get_by_label("Seed: decides").fill(what["seed"])
    for label in ("Locked", "Hidden"):
        if label in what:
            option(lecturer, label, what[label])
    for title, quarter in what.get("events", {}).items():
        option(lecturer, title, quarter)
    for title, weight in what.get("weights", {}).items():
        lecturer.get_by_label(title).fill(weight)
    return lecturer


def opened_code(lecturer) -> str:
    lecturer.get_by_role("button", name="Open a class").click()
    return lecturer.locator(".gm-code").inner_text()


def test_row_20_a_quarter_is_hidden_until_it_is_predicted_and_answers_reach_the_debrief(visit, shot, tmp_path):
    code = opened_code(held(visit, seed="3"))
    page = visit(f"/play?class={code}")
    begin(page)
    button = page.get_by_role("button", name="Play quarter 1", exact=True)
    playwright.expect(button).to_be_disabled()
    page.get_by_text("say first what you expect").wait_for()
    shot(page, "row-20-asked")
    slide(page, "Expected reported satisfaction")
    playwright.expect(page.get_by_role("button", name="As it is")).to_have_count(1)
    playwright.expect(button).to_be_disabled()
    page.get_by_role("button", name="As it is").click()
    go(page, 1)
    rings = page.locator(".gm-pair svg").first.locator("circle title")
    rings.get_by_text("You expected").first.wait_for(state="attached")
    for quarter in range(2, 13):
        if quarter in (5, 9):
            assert page.locator(".gm-ask textarea:not([readonly])").count() >= 3
            page.locator(".gm-ask textarea").nth(0).fill(f"Answer of quarter {quarter}")
            page.get_by_text("What happened so far").click()
            shot(page, f"row-20-reflection-{quarter}")
        predict(page)
        go(page, quarter)
    page.locator(".gm-score").wait_for()
    assert page.locator(".gm-charts svg").first.locator("circle title").count() >= 12
    page.get_by_text("What you wrote between the years").click()
    page.get_by_text("Answer of quarter 9").wait_for()
    with page.expect_download() as download:
        page.get_by_text("A report on one page").click()
    download.value.save_as(tmp_path / "game.html")
    text = (tmp_path / "game.html").read_text()
    assert "Answer of quarter 5" in text and "Answer of quarter 9" in text


def test_row_15_a_game_is_kept_as_table_and_as_one_page(visit, shot, browser, tmp_path):
    page = visit("/")
    go_on(page, tmp_path / "kept.json", "hero")
    go(page, 12)
    page.get_by_text("What each move was worth").wait_for()
    for name, file in (("Every week as a table", "game.csv"), ("A report on one page", "game.html")):
        with page.expect_download() as download:
            page.get_by_text(name).click()
        download.value.save_as(tmp_path / file)
    lines = (tmp_path / "game.csv").read_text().splitlines()
    assert lines[0] == "# scenario,nothing,seed,3" and sum(not line.startswith("#") for line in lines) == 157
    paper = browser.new_page(viewport={"width": 760, "height": 1080})
    paper.goto((tmp_path / "game.html").as_uri())
    assert paper.get_by_text("Free one hero").count() == 2, "in the decisions and among the worths"
    pages = paper.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n")
    shot(paper, "row-15-report")
    paper.close()
    assert pages == 1


def test_row_22_weights_are_the_lecturers_visible_and_sum_to_100(visit, shot):
    lecturer = held(visit, predict=False, weights={"Profit of all quarters": "10"})
    lecturer.get_by_text("the weights sum to 70").wait_for()
    lecturer.get_by_role("button", name="Open a class").click()
    lecturer.get_by_text("they must sum to 100").first.wait_for()
    lecturer.get_by_label("Customer satisfaction").fill("55")
    lecturer.get_by_text("The weights sum to 100.").wait_for()
    shot(lecturer, "row-22-weights")
    page = visit(f"/play?class={opened_code(lecturer)}")
    begin(page)
    page.get_by_text("How you will be judged").click()
    page.get_by_role("cell", name="55", exact=True).wait_for()


def test_row_24_a_lecturer_locks_hides_and_adds_a_folder_of_games(visit, shot, tmp_path):
    lecturer = held(visit, predict=False, seed="3", Locked="Free one hero", Hidden="Train everybody")
    shot(lecturer, "row-24-form")
    code = opened_code(lecturer)
    page = visit(f"/play?class={code}")
    begin(page)
    assert page.get_by_label("Free one hero (locked by your lecturer)").is_disabled()
    assert page.get_by_label("Train everybody").count() == 0
    for number, name in enumerate(("announce", "widen-rights", "coach-leaders", "no-blame", "meet-customers")):
        game = play_through([Choice((name,)), *[Choice()] * 11], 3)
        save(game, tmp_path / f"student-{number + 1}.json")
    (tmp_path / "torn.json").write_text((tmp_path / "student-1.json").read_text()[:200])
    lecturer.get_by_text("Add kept games from a folder").click()
    lecturer.locator("input[type=file]").set_input_files(tmp_path)
    lecturer.get_by_text("torn.json: is torn").wait_for()
    lecturer.get_by_text("5 handed in").wait_for()
    assert lecturer.get_by_role("cell", name="student-", exact=False).count() == 5
    assert lecturer.locator(".gm-dots circle").count() == 5
    lecturer.set_viewport_size({"width": 1280, "height": 1900})
    shot(lecturer, "row-24-class")


def test_row_25_an_event_comes_by_script_or_at_a_touch_with_marker_and_news(visit, shot):
    lecturer = held(visit, predict=False, events={"Demand surges": "quarter 2", "Bad press": "never"})
    code = opened_code(lecturer)
    page = visit(f"/play?class={code}")
    begin(page)
    go(page, 1)
    go(page, 2)
    page.locator(".gm-news").get_by_text("Demand surges").wait_for()
    lecturer.get_by_text("Let an event come").click()
    lecturer.get_by_role("button", name="Bad press next").click()
    lecturer.get_by_text("comes to everybody in quarter 4").wait_for()
    go(page, 3)
    assert page.locator(".gm-news").get_by_text("Bad press").count() == 0
    go(page, 4)
    page.locator(".gm-news").get_by_text("Bad press").wait_for()
    marks = page.locator(".gm-pair svg").first.locator("text title")
    assert marks.all_text_contents().count("Bad press") == 1 and "Demand surges" in marks.all_text_contents()
    page.get_by_text("What happened so far").click()
    page.get_by_role("cell", name="Bad press").wait_for()
    shot(page, "row-25-event")


def test_a_class_hands_in_and_the_lecturer_sees_it_by_itself(visit, shot, tmp_path):
    lecturer = held(visit, predict=False, seed=str(SEED))
    code = opened_code(lecturer)
    assert not lecturer.get_by_text("key=").is_visible(), "the class sees this page on the projector"
    for name, move in (("Ada", "widen-rights"), ("<b>Bob</b>", "announce")):
        page = visit(f"/play?class={code}", "laptop")
        go_on(page, tmp_path / f"{move}.json", move)
        go(page, 12)
        page.get_by_label("Name to show").fill(name)
        page.get_by_role("button", name="Hand in").click()
        page.get_by_text("Handed in.").wait_for()
    lecturer.get_by_text("2 playing, 2 handed in").wait_for()
    lecturer.get_by_role("cell", name="<b>Bob</b>").wait_for()
    lecturer.set_viewport_size({"width": 1280, "height": 1800})
    shot(lecturer, "class")


def test_row_28_a_class_of_browsers_plays_at_once(visit, browser, server):
    code = opened_code(held(visit, predict=False))
    pages = [visit(f"/play?class={code}") for _ in range(6)]
    for page in pages:
        page.get_by_role("button", name="Begin").click()
    for quarter in (1, 2):
        for page in pages:
            page.get_by_role("button", name=f"Play quarter {quarter}", exact=True).click()
    for page in pages:
        page.get_by_role("button", name="Play quarter 3", exact=True).wait_for()


def test_row_26_nothing_stands_in_the_way_of_a_screen_reader(visit, tmp_path):
    lecturer = held(visit)
    page = visit("/")
    page.get_by_text("Go on with a saved game").wait_for()
    readable(page, "briefing")
    go_on(page, tmp_path / "kept.json", "announce")
    page.get_by_text("How you will be judged").click()
    readable(page, "quarter")
    go(page, 12)
    page.get_by_text("What each move was worth").wait_for()
    readable(page, "debrief")
    readable(lecturer, "form of a class")
    opened_code(lecturer)
    lecturer.get_by_text("Let an event come").click()
    readable(lecturer, "class")


def readable(page, where: str) -> None:
    """Fail for what an automated scan calls serious or critical, in what these pages draw."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # What still fades in has no contrast yet.
    page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
    # The frame around a page (navigation, title) is not drawn by these pages.
    found = axe.run(page, context=".gm").response["violations"]
    bad = [
        f"{row['id']}: {node['html'][:160]}"
        for row in found if row["impact"] in ("serious", "critical") for node in row["nodes"]
        # Vuetify's list is a button around a text field that takes no focus of its own.
        if not (row["id"] == "nested-interactive" and 'aria-haspopup="listbox"' in node["html"])
    ]  # fmt: skip
    assert not bad, f"{where}: " + "\n".join(bad[:12])


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
    slide(page, "Expected reported satisfaction")
    page.get_by_text("I expect reported satisfaction of 73.0").wait_for()
    page.get_by_role("button", name="Play quarter 1", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Play quarter 2", exact=True).wait_for()
