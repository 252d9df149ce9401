"""Visits to the pages Explore and Compare."""

from __future__ import annotations

import pytest
from driving import SIZES

pytest.importorskip("playwright.sync_api")


@pytest.fixture
def visit(open_page, serving):
    """Open the page as a new visitor, by default until its key figures are there."""

    def opened(query: str = "", size: str = "projector", ready: bool = True):
        mark = "?" if query and not query.startswith(("play", "class")) else ""
        page = open_page(f"{serving[0]}/{mark}{query}", SIZES[size])
        if ready:
            page.locator(".ex-tile").first.wait_for(timeout=120_000)
        return page

    return opened
