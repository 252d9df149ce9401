"""One real browser for all tests of pages: a second one in the same process cannot be started."""

from __future__ import annotations

import os
import shutil

import pytest

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--js-flags=--expose-gc"]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    """Start Chromium: Debian's, or what ``$CCSIM_CHROMIUM`` names; without one the test is passed over."""
    playwright = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("CCSIM_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not program:
        pytest.skip("no Chromium")
    with playwright.sync_playwright() as found:
        opened = found.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()
