"""One real browser and one server for all tests of Mesa's page: nothing may fail on it, or be asked of another machine.

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

ROOT = Path(__file__).parents[2]
#: An organisation that is founded in a moment, as the command takes it.
SMALL = [
    word
    for size in ("organisation.staff=20", "organisation.customers=60", "organisation.warm_up=4")
    for word in ("--set", size)
]


@pytest.fixture(scope="session")
def start_server(tmp_path_factory):
    """Start a server as a user does: a function that returns its address, its process and its log."""
    pytest.importorskip("solara")
    begun = []

    def start(*words: str, port: int = 0, **env: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = port or free.getsockname()[1]
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
        env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **proxies, **env}
        env.pop("SOLARA_ASSETS_PROXY_CACHE_DIR", None)
        log = tmp_path_factory.mktemp("server") / "log.txt"
        with log.open("w") as output:
            process = subprocess.Popen([sys.executable, "-m", "ccsim.cli.main", *(words or ("mesa", "top-down", *SMALL)),
                                        "--no-open", "--port", str(port)],
                                       env=env, stdin=subprocess.PIPE, stdout=output,
                                       stderr=subprocess.STDOUT)  # fmt: skip
        begun.append(process)
        for _ in range(1_200):
            if process.poll() is not None:
                pytest.fail(log.read_text())
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1)
                break
            except OSError:
                time.sleep(0.25)
        return f"http://127.0.0.1:{port}", process, log

    yield start
    for process in begun:
        process.terminate()
    for process in begun:
        process.wait(10)


@pytest.fixture(scope="session")
def serving(start_server):
    """Return the address, the process and the log of the server that tests of pages share."""
    return start_server()


@pytest.fixture
def open_page(browser):
    """Open pages as new visitors; afterwards, nothing may have failed or asked another machine."""
    faults, contexts = [], []

    def opened(address: str, size: tuple[int, int], patience: int = 40_000):
        width, height = size
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(patience)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 400 else None)
        page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url
                   or route.request.url.startswith(("data:", "blob:"))
                   else (faults.append(route.request.url), route.abort()))  # fmt: skip
        page.goto(address)
        return page

    opened.faults = faults
    yield opened
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def shot(tmp_path):
    folder = Path(os.environ.get("CCSIM_SHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name, whole=False: page.screenshot(path=folder / f"{name}.png", full_page=whole)
