"""The shipped engine, driven by Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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
