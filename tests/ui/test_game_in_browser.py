"""The game and the class in a real browser: as people use them, with nothing asked of other machines."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from benchmarks.class_load import Player

from ccsim.game.game import Choice, play_through
from ccsim.game.save_file import save

pytest.importorskip("solara")
ConnectionClosed = pytest.importorskip("websockets").ConnectionClosed
playwright = pytest.importorskip("playwright.sync_api")

SEED = 3
#: Milliseconds after which something is taken for missing: long, since a busy machine is no fault.
PATIENCE = 60_000
playwright.expect.set_options(timeout=PATIENCE)
SIZES = {"projector": (1280, 720), "laptop": (1366, 768), "phone": (390, 844)}


@pytest.fixture
def visit(open_page, serving):
    """Open an address of the server as a new visitor."""
    return lambda address, size="projector": open_page(serving[0] + address, SIZES[size], PATIENCE)


def begin(page) -> None:
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Play quarter 1", exact=True).wait_for()


def go(page, quarter: int) -> None:
    button = page.get_by_role("button", name=f"Play quarter {quarter}", exact=True)
    button.click()
    try:
        button.wait_for(state="hidden", timeout=PATIENCE / 6)
    except playwright.TimeoutError:
        button.click()  # a press while the page is drawn anew is lost, as a person sees
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


def keep(page, label: str, file: Path) -> str:
    """Download what a button keeps; return its text."""
    with page.expect_download() as download:
        page.get_by_text(label).click()
    download.value.save_as(file)
    return file.read_text()


def test_a_kept_game_goes_on_in_another_browser_and_nothing_else_does(visit, tmp_path):
    page, other = visit("/play?seed=3"), visit("/play")
    begin(page)
    tick(page, "Free one hero")
    go(page, 1)
    keep(page, "Keep in a file", tmp_path / "kept.json")
    assert other.get_by_role("button", name="Begin").is_visible()
    other.get_by_text("Go on with a saved game").click()
    other.locator("input[type=file]").set_input_files(tmp_path / "kept.json")
    other.get_by_role("button", name="Play quarter 2", exact=True).wait_for()
    other.get_by_text("Free one hero (running)").wait_for()
    go(other, 2)
    assert page.get_by_role("button", name="Play quarter 2", exact=True).is_visible()


def test_a_torn_file_or_a_wrong_code_is_one_message_and_the_page_lives_on(visit, tmp_path):
    page = visit("/play?class=ZZZZZ&sed=3")
    page.get_by_text("no class has the code 'ZZZZZ'").wait_for()
    page.get_by_text("(did you mean 'seed'?)").wait_for()
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("(did you mean 'seed'?)").wait_for(state="detached")
    page.get_by_text("no class has the code 'ZZZZZ'").wait_for()
    (tmp_path / "torn.json").write_text('{"format": "ccsim game", "ver')
    page.get_by_text("Go on with a saved game").click()
    page.get_by_label("Class code").fill("")
    page.locator("input[type=file]").set_input_files(tmp_path / "torn.json")
    page.get_by_text("torn.json: is torn").wait_for()
    begin(page)


def test_an_address_that_cannot_be_used_is_one_message(visit):
    page = visit("/play?seed=-1")
    page.get_by_text("seed: must be a whole number from 0 to").wait_for()
    assert page.get_by_label("Seed: the same number").input_value() == "1"
    page = visit("/class?clas=ABCDE")
    page.get_by_text("no setting of this page is called 'clas' (did you mean 'class'?)").wait_for()
    page = visit("/class?class=ABCDE&key=wrong")
    page.get_by_text("no class has the code 'ABCDE'").wait_for()


def legible(page, where: str) -> None:
    """Fail for letters of a chart that are smaller than 11 pixels as they are seen, or that are cut off."""
    small = page.evaluate("""() => [...document.querySelectorAll('.gm svg text')].filter(one => {
        const shown = one.getBoundingClientRect(), frame = one.ownerSVGElement.getBoundingClientRect()
        const size = parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a
        return size < 11 || shown.left < frame.left - 1 || shown.right > frame.right + 1
    }).map(one => one.textContent)""")
    assert not small, (where, small)


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


def test_rows_15_20_21_a_whole_game_predicted_revealed_reflected_on_and_kept(visit, shot, browser, tmp_path):
    code = opened_code(held(visit, seed="3"))
    page = visit(f"/play?class={code}")
    page.get_by_text("Three years to make a company customer-centric").wait_for()
    begin(page)
    tick(page, "Measure staff by survey scores")
    tick(page, "Ask customers independently")
    page.get_by_text("Attention: 2 of 8").wait_for()
    button = page.get_by_role("button", name="Play quarter 1", exact=True)
    playwright.expect(button).to_be_disabled()
    page.get_by_text("say first what you expect").wait_for()
    shot(page, "row-20-asked")
    slide(page, "Expected reported satisfaction")
    playwright.expect(page.get_by_role("button", name="As it is")).to_have_count(1)
    playwright.expect(button).to_be_disabled()
    page.get_by_role("button", name="As it is").click()
    go(page, 1)
    page.get_by_text("You learned").wait_for()
    page.get_by_text("you expected").first.wait_for()
    rings = page.locator(".gm-pair svg").first.locator("circle title")
    rings.get_by_text("You expected").first.wait_for(state="attached")
    assert page.locator(".gm-tile", has_text="Reported resolution").locator(".gm-value small").inner_text() == "%"
    for size in ("phone", "projector"):
        page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
        page.wait_for_function("width => innerWidth === width", arg=SIZES[size][0])
        legible(page, size)
    for quarter in range(2, 13):
        if quarter in (5, 9):
            assert page.locator(".gm-ask textarea:not([readonly])").count() >= 3
            page.locator(".gm-ask textarea").nth(0).fill(f"Answer of quarter {quarter}")
            page.get_by_text("What happened so far").click()
            shot(page, f"row-20-reflection-{quarter}")
        predict(page)
        go(page, quarter)
    page.get_by_text("What each move was worth").wait_for()
    assert page.locator(".gm-charts svg").count() >= 8
    assert page.locator(".gm-charts svg").first.locator("circle title").count() >= 12
    page.get_by_text("What you wrote between the years").click()
    page.get_by_text("Answer of quarter 9").wait_for()
    page.get_by_role("button", name="Play my choices on 20 other draws").click()
    page.get_by_text("of 20.").wait_for()
    shot(page, "row-21-debrief", whole=True)
    lines = keep(page, "Every week as a table", tmp_path / "game.csv").splitlines()
    assert lines[0] == "# scenario,nothing,seed,3" and sum(not line.startswith("#") for line in lines) == 157
    text = keep(page, "A report on one page", tmp_path / "game.html")
    assert "Answer of quarter 5" in text and "Answer of quarter 9" in text
    assert text.count("Measure staff by survey scores") == 2, "in the decisions and among the worths"
    paper = browser.new_page(viewport={"width": 760, "height": 1080})
    paper.goto((tmp_path / "game.html").as_uri())
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


@pytest.mark.slow
def test_row_24_a_lecturer_locks_hides_and_collects_games_by_hand_and_from_a_folder(visit, shot, tmp_path):
    lecturer = held(visit, predict=False, seed=str(SEED), Locked="Free one hero", Hidden="Train everybody")
    shot(lecturer, "row-24-form", whole=True)
    code = opened_code(lecturer)
    assert not lecturer.get_by_text("key=").is_visible(), "the class sees this page on the projector"
    page = visit(f"/play?class={code}", "laptop")
    begin(page)
    assert page.get_by_label("Free one hero (locked by your lecturer)").is_disabled()
    assert page.get_by_label("Train everybody").count() == 0
    page.reload()
    go_on(page, tmp_path / "bob.json", "announce")
    go(page, 12)
    page.get_by_label("Team or player").fill("<b>Bob</b>")
    page.get_by_role("button", name="Hand in").click()
    page.get_by_text("Handed in.").wait_for()
    lecturer.get_by_text("1 has handed in").wait_for()
    assert not lecturer.get_by_role("cell", name="<b>Bob</b>").is_visible(), (
        "who is where is shown when the lecturer wants it"
    )
    lecturer.get_by_label("Show the ranking").check(force=True)
    lecturer.locator(".gm-ranks").get_by_role("cell", name="<b>Bob</b>").wait_for()
    page.locator(".gm-ranks .mine").get_by_text("<b>Bob</b>").wait_for()
    lecturer.get_by_label("Show the ranking").uncheck(force=True)
    page.locator(".gm-ranks").wait_for(state="detached")
    kept = tmp_path / "games"
    kept.mkdir()
    for number, name in enumerate(("announce", "widen-rights", "coach-leaders", "no-blame", "meet-customers")):
        save(play_through([Choice((name,)), *[Choice()] * 11], SEED), kept / f"student-{number + 1}.json")
    (kept / "torn.json").write_text((kept / "student-1.json").read_text()[:200])
    lecturer.get_by_text("Add kept games from a folder").click()
    lecturer.locator("input[type=file]").set_input_files(kept)
    lecturer.get_by_text("torn.json: is torn").wait_for()
    lecturer.get_by_text("All 6 have handed in").wait_for()
    lecturer.get_by_text("Games, with names and points").click()
    assert lecturer.get_by_role("cell", name="student-", exact=False).count() == 5
    assert lecturer.locator(".gm-dots circle").count() == 6
    shot(lecturer, "row-24-class", whole=True)


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


@pytest.mark.slow
def test_row_28_thirty_play_at_once_and_a_server_that_stops_and_comes_back_loses_no_kept_game(
    open_page, start_server, shot, tmp_path
):
    """Besides: a server ends when told to, though thirty pages are open, and forgets who has gone."""
    address, process, _ = start_server()
    port = int(address.rpartition(":")[2])
    page = open_page(f"{address}/class", SIZES["projector"], PATIENCE)
    page.get_by_label("Predict, then reveal").uncheck(force=True)
    code = opened_code(page)
    page.goto(f"{address}/play?class={code}")
    begin(page)
    tick(page, "Free one hero")
    players = [Player(port, number, f"?class={code}") for number in range(30)]
    with ThreadPoolExecutor(1) as crowd:
        playing = crowd.submit(asyncio.run, together(players))
        go(page, 1)
        keep(page, "Keep in a file", tmp_path / "kept.json")
        while min(player.played for player in players) < 1 and not playing.done():
            time.sleep(0.2)
        assert not playing.done(), playing.result()
        process.terminate()
        process.wait(10)
        assert all(isinstance(fault, ConnectionClosed) for fault in playing.result())
    page.get_by_text("Server disconnected").wait_for(state="attached")
    start_server(port=port, SOLARA_KERNEL_CULL_TIMEOUT="1s", SOLARA_RESOURCEZ_TOKEN="of-this-test")
    page.get_by_text("Could not restore session").wait_for()
    shot(page, "restarted")
    # That the server was away is no fault of the page.
    open_page.faults.clear()
    page.reload()
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("ask for a new code if the server was restarted").wait_for()
    page.get_by_label("Class code").fill("")
    page.get_by_text("Go on with a saved game").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "kept.json")
    page.get_by_text("Free one hero (running)").wait_for()
    go(page, 2)
    assert kernels(address) == 1
    page.context.close()
    while kernels(address):
        time.sleep(0.2)


async def together(players: list[Player]) -> list[object]:
    """Let everybody play a whole game; return what became of each."""
    return await asyncio.gather(*(player.play(12, 1.0) for player in players), return_exceptions=True)


def kernels(address: str) -> int:
    """Return how many pages a server keeps in mind."""
    asked = urllib.request.Request(f"{address}/resourcez", headers={"Authorization": "Bearer of-this-test"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)["kernels"]["total"]


@pytest.mark.slow
def test_row_26_nothing_is_cut_off_or_stands_in_the_way_of_a_screen_reader(visit, shot, tmp_path):
    lecturer = held(visit)
    page = visit("/play")
    page.get_by_text("Go on with a saved game").wait_for()
    readable(page, "briefing", shot)
    go_on(page, tmp_path / "kept.json", "announce")
    page.get_by_text("How you will be judged").click()
    readable(page, "quarter", shot)
    go(page, 12)
    page.get_by_text("What each move was worth").wait_for()
    readable(page, "debrief", shot)
    readable(lecturer, "form", shot)
    opened_code(lecturer)
    lecturer.get_by_text("Let an event come").click()
    readable(lecturer, "class", shot)


def readable(page, where: str, shot) -> None:
    """Fail for what is cut off at a size, and for what an automated scan calls serious or critical."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for size in ("phone", "laptop", "projector"):
        page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
        page.wait_for_function("width => innerWidth === width", arg=SIZES[size][0])
        shot(page, f"{where}-{size}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], (where, size)
        legible(page, f"{where}, {size}")
    # What still fades in has no contrast yet.
    page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
    # The frame around a page (navigation, title) has tests of its own.
    found = axe.run(page, context=".gm").response["violations"]
    bad = [
        f"{row['id']}: {node['html'][:160]}"
        for row in found if row["impact"] in ("serious", "critical") for node in row["nodes"]
        # Vuetify's list is a button around a text field that takes no focus of its own.
        if not (row["id"] == "nested-interactive" and 'aria-haspopup="listbox"' in node["html"])
    ]  # fmt: skip
    assert not bad, f"{where}: " + "\n".join(bad[:12])


def test_row_26_a_game_can_be_played_with_the_keyboard(visit):
    page = visit("/play?seed=3")
    begin(page)
    page.get_by_label("Free one hero").focus()
    page.keyboard.press("Space")
    page.get_by_text("Attention: 1 of 8").wait_for()
    said = page.get_by_text("I expect reported satisfaction of")
    before = said.inner_text()
    slide(page, "Expected reported satisfaction")
    playwright.expect(said).not_to_have_text(before)
    page.get_by_role("button", name="Play quarter 1", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Play quarter 2", exact=True).wait_for()
