"""Small organisations and a browser for tests."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ccsim.experiments.experiment import Experiment
from ccsim.scenarios.scenario import Scenario, load_scenario

SMALL: dict[str, Any] = {
    "organisation.staff": 24,
    "organisation.departments": 3,
    "organisation.front_departments": 2,
    "organisation.customers": 160,
    "organisation.warm_up": 6,
}

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--js-flags=--expose-gc"]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start Chromium: Debian's, or what ``$CCSIM_CHROMIUM`` names; without one the test is passed over.

    It is closed after each file: while it is open, no other event loop can run in the process.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("CCSIM_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not program:
        pytest.skip("no Chromium")
    with playwright.sync_playwright() as found:
        opened = found.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def small() -> dict[str, Any]:
    """Sizes of an organisation that lives a year in a few milliseconds."""
    return dict(SMALL)


@pytest.fixture
def small_experiment() -> Experiment:
    """Two scenarios, a schedule, a few replicates."""
    quiet = load_scenario("nothing").with_values(SMALL)
    busy = load_scenario("hero-leaves").with_values({**SMALL, "programme.budget": 900.0}, name="busy")
    moved = tuple(replace(move, week=6) for move in busy.schedule)
    scenarios: dict[str, Scenario] = {"nothing": quiet, "busy": replace(busy, schedule=moved)}
    return Experiment(
        "small", "Small", "Does it run?", "nothing", scenarios, weeks=16, replicates=4, kpis=("csat", "npv")
    )


@pytest.fixture
def rewritten() -> Callable[[Path, Callable[[Any], Any]], None]:
    """Replace a shard by one with other rows, written as a store writes it: as if the runs had come out otherwise."""
    return _rewritten


def _rewritten(shard: Path, change: Callable[[Any], Any]) -> None:
    import json

    import pandas as pd
    import pyarrow.parquet as pq

    from ccsim.results.parquet import write_shard

    mark = json.loads(pq.read_schema(shard).metadata[b"ccsim"])["mark"]
    frame = change(pd.read_parquet(shard))
    runs = list(frame[["scenario", "replicate"]].drop_duplicates().itertuples(index=False, name=None))
    shard.unlink()
    write_shard(shard.parent, frame, runs, mark)


@pytest.fixture(scope="session")
def ccsim() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command line in a folder as its own process would, in this one: a start takes seconds."""
    return _command


def _command(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    from ccsim.cli.main import main

    words, out, errors = [str(word) for word in arguments], io.StringIO(), io.StringIO()
    before, sys.argv = sys.argv, ["ccsim", *words]
    try:
        with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            main()
    except SystemExit as end:
        return subprocess.CompletedProcess(words, int(end.code or 0), out.getvalue(), errors.getvalue())
    finally:
        sys.argv = before
