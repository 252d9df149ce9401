"""What happens to a command from outside: another process in its folder, a kill, more runs than anybody can mean."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ccsim.results.results import open_results

Command = Callable[..., subprocess.CompletedProcess[str]]
SMALL = [
    word for key, value in (("staff", 24), ("customers", 160), ("warm_up", 6), ("departments", 3), ("front_departments", 2))
    for word in ("--set", f"organisation.{key}={value}")
]  # fmt: skip


def begun(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ccsim.cli.main", *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip


def wait_for(process: subprocess.Popen[str], folder: Path, files: str) -> None:
    """Wait until a process has written such a file."""
    until = time.monotonic() + 300
    while not any(folder.rglob(files)) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    assert any(folder.rglob(files)), process.communicate()


@pytest.mark.slow
def test_the_second_process_in_a_folder_is_reported_and_the_first_is_not_disturbed(
    ccsim: Command, tmp_path: Path
) -> None:
    words = ["compare", "direction", "--weeks", "20", "--replicates", "40", "--workers", "1", *SMALL]
    first = begun(tmp_path, *words, "--out", "r")
    wait_for(first, tmp_path / "r", "manifest.json")
    first.send_signal(signal.SIGSTOP)  # so that it is at work while the others come, however fast it is
    try:
        assert first.poll() is None
        for others in ([*words, "--out", "r"], [*words, "--out", "r", "--resume"], ["resume", "r"]):
            output = begun(tmp_path, *others)
            _, errors = output.communicate()
            assert output.returncode == 1
            assert errors.strip().splitlines()[-1:] == [
                "ccsim: r: another process is writing to it; wait, or name another folder"
            ]
            assert "Traceback" not in errors
    finally:
        first.send_signal(signal.SIGCONT)
    _, errors = first.communicate()
    assert first.returncode == 0, errors
    assert ccsim(*words, "--out", "alone", cwd=tmp_path).returncode == 0
    one, other = open_results(tmp_path / "r"), open_results(tmp_path / "alone")
    assert one.manifest["status"] == "complete"
    assert one.hash() == other.hash()


@pytest.mark.parametrize(
    "words",
    [
        ("--samples", "1000000", "--replicates", "1000000"),
        ("--design", "factorial", "--levels", "10", *(w for k in ("top_down_share", "training", "coaching", "communication")
                                                      for w in ("--factor", f"programme.{k}=0:1")),
         "--factor", "programme.budget=0:9000", "--factor", "promise.level=0:1", "--replicates", "1000000"),
    ],
)  # fmt: skip
def test_a_design_of_a_million_million_runs_is_one_message(
    ccsim: Command, tmp_path: Path, words: tuple[str, ...]
) -> None:
    vary = () if "--factor" in words else ("--factor", "programme.budget=0:20000")
    output = ccsim("sweep", "combined", *vary, *words, cwd=tmp_path)
    assert (output.returncode, output.stdout) == (2, "")
    (line,) = output.stderr.strip().splitlines()
    assert "1000000000000 runs; at most 1000000 are accepted" in line
    assert not list(tmp_path.iterdir())


CLAIM = """
title = "Money"

[[claim]]
id = "R1"
statement = "What is spent is spent."
article = "000"
kind = "difference"
kpi = "spend"
direction = "more"
weeks = [29]
"""


@pytest.mark.slow
def test_a_ledger_that_was_killed_goes_on(ccsim: Command, tmp_path: Path) -> None:
    sizes = "organisation = { staff = 24, departments = 3, front_departments = 2, customers = 160, warm_up = 6 }"
    scenarios = "".join(
        f"[claim.scenarios.{name}]\n{sizes}\nlevers.programme.budget = {budget}\n"
        for name, budget in (("some", 9000.0), ("none", 0.0))
    )
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "money.toml").write_text(CLAIM + scenarios)
    words = ["test-claims", "R1", "--folder", "claims", "--replicates", "400", "--robustness", "2", "--workers", "1"]
    first = begun(tmp_path, *words, "--out", "r")
    wait_for(first, tmp_path / "r", "summaries/*.parquet")
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "r").rglob("part-*.parquet")}
    done = len(open_results(tmp_path / "r" / "defaults").summaries)
    assert 0 < done < 800
    output = ccsim("resume", "r", "--workers", "1", cwd=tmp_path)
    assert output.returncode == 0, output.stderr
    assert {path: path.stat().st_mtime_ns for path in kept if path.exists()} == kept
    assert ccsim(*words, "--out", "whole", cwd=tmp_path).returncode == 0
    for part in ("defaults", "space"):
        assert open_results(tmp_path / "r" / part).hash() == open_results(tmp_path / "whole" / part).hash()
    one, other = (pd.read_parquet(tmp_path / name / "claims.parquet") for name in ("r", "whole"))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
