"""A lecturer's terms reach players by a link, without any server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ccsim.app.single_file import write_single_file

pytestmark = pytest.mark.slow
Visit = Callable[..., Any]


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return the address of the application as one file."""
    path = tmp_path / "ccsim.html"
    write_single_file(path)
    return path.as_uri()


def _made(page: Any) -> str:
    """Make a link to six quarters of the starter set with seed 3, predictions and other weights."""
    form = page.locator(".openform")
    form.get_by_label("Luck (seed)").fill("3")
    form.get_by_label("6 quarters").check()
    form.get_by_label("Starter set").check()
    form.get_by_text("What counts").click()
    for label, weight in (("Profit", "0"), ("Customer satisfaction", "100")):
        form.locator(".weights label", has_text=label).locator("input").fill(weight)
    for row in form.locator(".weights label").all():
        if "Customer satisfaction" not in row.inner_text():
            row.locator("input").fill("0")
    form.get_by_role("button", name="Make the link").click()
    return str(form.locator(".termslink").input_value())


def test_a_link_made_in_a_file_sets_the_game_of_another_file(visit: Visit, file: str) -> None:
    lecturer = visit("class", url=f"{file}#/class")
    link = _made(lecturer)
    assert link.startswith("#/play?seed=3&quarters=6&moves=starter&weight.csat=100")
    student = visit("play", url=f"{file}{link}")
    terms = student.locator("section.card").inner_text()
    assert "12 of 39 moves" in terms
    assert "Customer satisfaction 100 %" in terms
    student.reload()
    student.get_by_role("button", name="Begin").click()
    student.get_by_text("Quarter 1 of 6").first.wait_for()
    assert student.locator("#moves .move").count() == 12
    assert student.evaluate("location.hash") == "#/play"
    # The same link again goes on with the game that it began.
    student.goto(f"{file}{link}")
    student.get_by_text("Quarter 1 of 6").first.wait_for()


def test_a_link_is_pasted_where_the_page_is_a_file(visit: Visit, file: str) -> None:
    student = visit("play", url=f"{file}#/play")
    student.get_by_text("I have a link from my lecturer").click()
    student.get_by_label("Link with the terms").fill("https://elsewhere.example/ccsim/#/play?seed=4&predict=1")
    student.get_by_role("button", name="Use this link").click()
    student.get_by_text("What your lecturer has set").wait_for()
    student.get_by_role("button", name="Play without these terms").click()
    student.get_by_text("I have a link from my lecturer").wait_for()


@pytest.mark.parametrize(
    "query",
    [
        "seed=-1",
        "quarters=99",
        "moves=none",
        "hidden=nothing-like-it",
        "weight.csat=40",
        "event.nothing=3",
        "predict=yes",
        "other=1",
    ],
)
def test_an_absurd_link_is_one_message_and_the_game_begins_without_it(visit: Visit, query: str) -> None:
    page = visit("play", query=f"?{query}")
    page.get_by_role("alert").wait_for()
    page.get_by_role("button", name="Begin", exact=True).wait_for()
    assert page.evaluate("location.hash") == "#/play"
