"""A server of our own and a real browser: nothing may fail on a page, and nothing may be asked of another machine.

Skipped without Chromium or Playwright. Screenshots go to ``$CCSIM_SHOTS`` if it is set, else to the test's folder.
"""

from __future__ import annotations

import os
import re
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

ROOT = Path(__file__).parents[3]
SIZES = {"projector": (1280, 720), "laptop": (1366, 768), "tablet": (820, 1180), "phone": (390, 844)}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--js-flags=--expose-gc"]  # fmt: skip
#: An organisation that is founded in a moment.
SMALL = "organisation.staff=60&organisation.customers=300&organisation.warm_up=12"


@pytest.fixture(scope="session")
def browser():
    names = ("chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("CCSIM_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not program:
        pytest.skip("no Chromium")
    with playwright.sync_playwright() as found:
        opened = found.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def serving(tmp_path_factory):
    """Start `ccsim app` as a user does; yield its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }
    env.pop("SOLARA_ASSETS_PROXY_CACHE_DIR", None)
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen([sys.executable, "-m", "ccsim.cli", "app", "--no-open", "--port", str(port)],
                                   env=env, stdout=output, stderr=subprocess.STDOUT)  # fmt: skip
    for _ in range(480):
        if process.poll() is not None:
            pytest.fail(log.read_text())
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1)
            break
        except OSError:
            time.sleep(0.25)
    yield f"http://127.0.0.1:{port}", process, log
    process.terminate()
    process.wait(10)


@pytest.fixture
def visit(browser, serving):
    """Open pages as new visitors; afterwards, nothing may have failed or asked another machine."""
    faults, contexts = [], []

    def opened(query: str = "", size: str = "projector", ready: bool = True):
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(40_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 400 else None)
        page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url
                   or route.request.url.startswith(("data:", "blob:"))
                   else (faults.append(route.request.url), route.abort()))  # fmt: skip
        page.goto(f"{serving[0]}/{'?' if query and not query.startswith(('play', 'class')) else ''}{query}")
        if ready:
            page.locator(".ex-tile").first.wait_for(timeout=120_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def shot(tmp_path):
    folder = Path(os.environ.get("CCSIM_SHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name, whole=False: page.screenshot(path=folder / f"{name}.png", full_page=whole)


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
