"""A server of our own and a real browser: nothing may fail on a page, and nothing may be asked of another machine.

Skipped without Chromium or Playwright. Screenshots go to ``$CCSIM_SHOTS`` if it is set, else to the test's folder.
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
from driving import ROOT, SIZES

pytest.importorskip("solara")
pytest.importorskip("playwright.sync_api")


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
