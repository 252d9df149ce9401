"""What a person does on the pages, as functions."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
SIZES = {"projector": (1280, 720), "laptop": (1366, 768), "tablet": (820, 1180), "phone": (390, 844)}
#: An organisation that is founded in a moment.
SMALL = "organisation.staff=60&organisation.customers=300&organisation.warm_up=12"


def week_of(page) -> int:
    """Return the weeks lived, as the page says."""
    found = re.search(r"Week (\d+) of", page.locator(".stepno").inner_text())
    return int(found[1]) if found else 0


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def until(page, week: int) -> None:
    """Wait until so many weeks are lived, and drawn to the last component of the page."""
    page.wait_for_function(
        """want => { const lived = +((document.querySelector('.stepno').innerText.match(/Week (\\d+) of/) || [0, 0])[1])
          return lived >= want && [...document.querySelectorAll('[data-weeks]')].every(one => +one.dataset.weeks >= want) }""",
        arg=week,
    )


def step(page, weeks: int = 1) -> None:
    """Press One week so many times, each answered by the page."""
    for _ in range(weeks):
        before = week_of(page)
        press(page, "One week")
        until(page, before + 1)


def set_lever(page, key: str, value: str) -> None:
    """Find a lever and type a value."""
    page.get_by_label("Find a lever").fill(key)
    field = page.locator(f".ex-lever[data-key='{key}'] input[type=number]")
    field.fill(value)
    field.press("Enter")
    field.blur()


def to_end(page) -> None:
    press(page, "To the end")
    page.get_by_text("The run is over").wait_for()
    until(page, int(re.search(r"of (\d+)", page.locator(".stepno").inner_text())[1]))


def tile(page, name: str) -> float:
    """Return a key figure with every digit."""
    return float(page.locator(f".tile-{name} .value").get_attribute("data-value"))
