"""A class in Chromium: a lecturer and two students, from opening to the ranking, with a server that goes away meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from classes import SECRET, served
from ready import PHONE, PROJECTOR

from ccsim.app import build_engine
from ccsim.app.server import PagesServer
from ccsim.app.single_file import write_single_file
from ccsim.engine.jit import PLAIN
from ccsim.game.save_file import game_of

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
Open = Callable[..., Any]

pytestmark = [
    pytest.mark.skipif(PLAIN, reason="the server replays whole games, which takes minutes uncompiled"),
    pytest.mark.skipif(
        any(fault.startswith("engine.wasm is older") for fault in build_engine.faults()),
        reason="the shipped engine is older than the kernels, which another test tells",
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "classes"


@pytest.fixture
def server(folder: Path) -> Iterator[PagesServer]:
    with served(folder, SECRET) as found:
        yield found


@pytest.fixture
def visit(browser: Any, server: PagesServer) -> Iterator[Open]:
    """Open a page as a visitor of the own; afterwards no script may have failed."""
    faults: list[str] = []
    contexts: list[Any] = []

    def opened(path: str, size: tuple[int, int] = PROJECTOR, **more: Any) -> Any:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB", **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(path if ":" in path else f"http://127.0.0.1:{server.server_address[1]}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def _open_class(page: Any) -> str:
    page.get_by_label("6 quarters").check()
    page.get_by_label("Together").check()
    page.get_by_role("button", name="Open a class").click()
    page.get_by_role("heading", name="What is open").wait_for()
    return str(page.url.rpartition("/")[2])


def _join(visit: Open, code: str, name: str) -> Any:
    page = visit(f"j/{code}", PHONE)
    page.get_by_label("Nickname").fill(name)
    page.get_by_role("button", name="Join").click()
    page.locator(".tray").wait_for()
    return page


def _play(page: Any, quarter: int, csat: float) -> None:
    for place, value in enumerate((csat, 20000)):
        field = page.locator(".predict input").nth(place)
        field.fill(str(value))
        field.press("Tab")
    page.get_by_role("button", name=f"Play quarter {quarter}", exact=True).click()


def _violations(page: Any) -> list[str]:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.target).join()))")
    return list(found)


def test_a_lecturer_and_two_students(visit: Open, server: PagesServer) -> None:
    desk = visit(f"#/class?lecturer={SECRET}")
    code = _open_class(desk)
    assert SECRET not in desk.url
    script = "<img src=x onerror=window.hacked=1>"
    students = [_join(visit, code, name) for name in (script, "Zoë")]
    screen = desk.context.new_page()
    screen.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})
    screen.goto(f"{desk.url.partition('#')[0]}#/class/screen/{code}")

    # Predictions fill the histogram, and nothing of what came is in any message before it is revealed.
    output: list[Any] = []
    screen.on("response", lambda answer: output.append(answer.json()) if "/look" in answer.url else None)
    for place, student in enumerate(students):
        _play(student, 1, 71 + place)
        student.get_by_role("heading", name="Quarter 1: ").wait_for()
        student.get_by_text("Everything so far has been sent to the class.").wait_for()
    screen.get_by_text("2 of 2 have predicted").wait_for()
    assert output and all(each["state"]["came"] is None for each in output if "state" in each)
    screen.get_by_role("button", name="Reveal").click()
    screen.locator("rect.bin.came").first.wait_for()

    # Quarter 2 is not open yet.
    assert students[0].get_by_role("button", name="Play quarter 2").is_disabled()
    students[0].get_by_text("Quarter 2 is not open yet").wait_for()
    desk.get_by_role("button", name="Open all").click()
    for quarter in range(2, 7):
        for student in students:
            student.locator("button:not([disabled])", has_text=f"Play quarter {quarter}").or_(
                student.locator(".predict")
            ).first.wait_for()
            student.get_by_text(f"Quarter {quarter} is not open yet").wait_for(state="detached")
            _play(student, quarter, 72)
            if quarter < 6:
                student.get_by_role("heading", name=f"Quarter {quarter}: ").wait_for()
    for student in students:
        student.get_by_text("Your game counts").wait_for()

    # Desk and projector come back from a reload; a name stays text.
    desk.get_by_label("Show the ranking").check()
    desk.reload()
    desk.get_by_role("button", name="Save the class as a table (CSV)").wait_for()
    screen.reload()
    screen.get_by_role("heading", name="Ranking of the class").wait_for()
    assert screen.get_by_text(script).count() == 1 and desk.evaluate("window.hacked") is None
    students[1].get_by_text("Place 1 of 2").wait_for()
    with desk.expect_download() as kept:
        desk.get_by_role("button", name="Save the class as a table (CSV)").click()
    table = Path(kept.value.path()).read_text(encoding="utf-8")
    assert len([line for line in table.splitlines() if line.startswith("1,nothing,")]) == 2
    assert not _violations(desk) and not _violations(screen) and not _violations(students[0])


def test_a_game_goes_on_while_the_server_is_away_and_is_reported_later(visit: Open) -> None:
    desk = visit(f"#/class?lecturer={SECRET}")
    code = _open_class(desk)
    desk.get_by_role("button", name="Open all").click()
    desk.get_by_text("All quarters can be played.").wait_for()
    student = _join(visit, code, "Ann")
    student.get_by_text("Quarter 1 is not open yet").wait_for(state="detached")
    student.context.set_offline(True)
    _play(student, 1, 71)
    student.get_by_role("heading", name="Quarter 1: ").wait_for()
    student.get_by_text("The server cannot be reached.").wait_for()
    student.context.set_offline(False)
    student.get_by_text("Everything so far has been sent to the class.").wait_for()
    desk.locator(".players td", has_text="in quarter 2").wait_for()


def test_a_student_who_reloads_goes_on(visit: Open) -> None:
    code = _open_class(visit(f"#/class?lecturer={SECRET}"))
    student = _join(visit, code, "Ann")
    _play(student, 1, 71)
    student.get_by_role("heading", name="Quarter 1: ").wait_for()
    student.reload()
    student.get_by_role("heading", name="Quarter 1: ").wait_for()
    student.get_by_text(f"Class {code}, as Ann.").wait_for()
    student.get_by_text("Everything so far has been sent to the class.").wait_for()


def test_a_device_is_tested_for_the_room(visit: Open) -> None:
    page = visit("room", PHONE)
    page.get_by_role("heading", name="This device is ready for the class").wait_for()
    assert not _violations(page)


def test_a_class_without_a_server(visit: Open, tmp_path: Path) -> None:
    """Games from a file and from pasted letters, in the one file with no network; a tampered one is refused."""
    write_single_file(tmp_path / "ccsim.html")
    page = visit((tmp_path / "ccsim.html").as_uri(), offline=True)
    page.get_by_role("link", name="Play", exact=True).click()
    page.get_by_label("6 quarters").check()
    page.get_by_role("button", name="Begin").click()
    for quarter in range(1, 7):
        page.get_by_role("button", name=f"Play quarter {quarter}", exact=True).click()
        if quarter < 6:
            page.get_by_role("heading", name=f"Quarter {quarter}: ").wait_for()
    page.get_by_label("Nickname").fill("Ann")
    with page.expect_download() as kept:
        page.get_by_role("button", name="Save as a file").click()
    text = Path(kept.value.path()).read_text(encoding="utf-8")
    replay = game_of(text.encode())
    assert replay.same and replay.game.player == "Ann"
    page.evaluate(
        "() => { if (navigator.clipboard) navigator.clipboard.writeText = () => Promise.reject(new Error()); }"
    )
    page.get_by_role("button", name="Copy as text").click()
    letters = page.get_by_label("Copy this text").input_value()
    assert len(letters) < 1500

    lecturer = visit((tmp_path / "ccsim.html").as_uri() + "#/class/files", offline=True)
    (tmp_path / "bob.json").write_text(text.replace('"Ann"', '"Bob"'), encoding="utf-8")
    (tmp_path / "ann.json").write_text(text, encoding="utf-8")
    (tmp_path / "torn.json").write_text(text[:200], encoding="utf-8")
    lecturer.locator("input[type=file]").set_input_files(
        [str(tmp_path / f"{name}.json") for name in ("ann", "bob", "torn")]
    )
    lecturer.get_by_text("Games compared: 1.").wait_for()
    lecturer.locator("ul.wrong li").nth(1).wait_for()
    message = lecturer.locator("ul.wrong").inner_text()
    assert (
        "bob.json was left out: it is damaged or was changed by hand" in message and "torn.json was left out" in message
    )
    lecturer.get_by_role("button", name="Remove all").click()
    lecturer.locator("textarea").fill(f"my game:\n{letters[:100]}\n{letters[100:]}\n")
    lecturer.get_by_role("button", name="Read the text").click()
    lecturer.get_by_text("Games compared: 1.").wait_for()
    assert lecturer.locator(".ranks tbody th").inner_text() == "Ann"
    assert json.loads(text)["player"] == "Ann" and not _violations(lecturer)
