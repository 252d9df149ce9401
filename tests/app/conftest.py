"""The shipped engine, driven by Node."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ready import PROJECTOR, READY

from ccsim.app.pages import StaticPages
from ccsim.app.server import PagesServer

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def in_node() -> Callable[[list[dict[str, Any]]], list[Any]]:
    """Answer requests by the shipped engine in Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")

    def answered(requests: list[dict[str, Any]]) -> list[Any]:
        done = subprocess.run(
            [node, str(HERE / "run_engine.mjs")],
            input=json.dumps(requests),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: list[Any] = json.loads(done.stdout)
        return found

    return answered


@pytest.fixture(scope="session")
def differing() -> Callable[[dict[str, Any], dict[str, str]], list[str]]:
    """Name the KPIs of which a week differs in a bit; what is not a number is equal to its like."""

    def named(kpis: dict[str, Any], series: dict[str, str]) -> list[str]:
        assert set(kpis) == set(series)
        found = []
        for name, values in kpis.items():
            theirs = np.frombuffer(bytes.fromhex(series[name]), "<f8")
            mine = np.where(np.isnan(values), np.nan, values)
            theirs = np.where(np.isnan(theirs), np.nan, theirs)
            if mine.astype("<f8").tobytes() != theirs.tobytes():
                found.append(name)
        return found

    return named


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the pages on a free port."""
    served = PagesServer("127.0.0.1", 0, StaticPages(["127.0.0.1"]))
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_address[1]}/"
    served.shutdown()
    served.server_close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open the application as a new visitor; afterwards nothing may have failed or asked another machine."""
    faults: list[str] = []
    contexts: list[Any] = []

    def opened(
        page: str = "explore", size: tuple[int, int] = PROJECTOR, query: str = "", url: str = "", **more: Any
    ) -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="en-GB", accept_downloads=True, **more
        )
        contexts.append(context)
        found = context.new_page()
        found.set_default_timeout(60_000)
        found.on("pageerror", lambda error: faults.append(str(error)))
        found.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        found.on(
            "request",
            lambda asked: (
                None if asked.url.startswith((address, "file:", "data:", "blob:")) else faults.append(asked.url)
            ),
        )
        found.goto(url or f"{address}#/{page}{query}")
        found.locator(READY[page]).first.wait_for()
        return found

    yield opened
    for context in contexts:
        context.close()
    assert not faults
