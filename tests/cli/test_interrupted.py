"""What a command says when it is stopped, and whether the command that it prints goes on."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ccsim.cli import interrupted
from ccsim.execution import runner
from ccsim.results.manifest import read_manifest

SIZES = ["--set", "organisation.staff=24", "--set", "organisation.customers=160", "--set", "organisation.warm_up=6"]
COMPARE = ("compare", "direction", "--weeks", "4", "--replicates", "4", "--workers", "1", "--format", "csv", *SIZES)
SEARCH = ("sensitivity", "nothing", "--factor", "habit.utility_weight", "--factor", "habit.decay_rate", "--samples", "40", "--weeks", "4",
          "--replicates", "1", "--workers", "1", "--format", "csv", *SIZES)  # fmt: skip


def command_in(words: str) -> list[str]:
    return shlex.split(words.partition("To continue: ")[2])


@pytest.mark.parametrize("words", [COMPARE, SEARCH], ids=["compare", "sensitivity"])
def test_the_printed_command_goes_on_however_often_it_is_stopped(
    words: tuple[str, ...], ccsim: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ccsim(*words, "--out", "whole", cwd=tmp_path)
    assert whole.returncode == 0, whole.stderr
    real, left = runner.simulate, [3]

    def stops(*given: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return real(*given, **options)

    monkeypatch.setattr(runner, "simulate", stops)
    output = ccsim(*words, "--out", "my results", cwd=tmp_path)
    times = 1
    while output.returncode == 130:
        again = command_in(output.stderr)
        assert again == ["ccsim", "resume", "my results"]
        left[0] = 4 * 2**times
        output = ccsim(*again[1:], "--workers", "1", "--format", "csv", cwd=tmp_path)
        times += 1
    assert output.returncode == 0, output.stderr
    assert times > 2
    assert output.stdout == whole.stdout
    manifests = list((tmp_path / "my results").rglob("manifest.json"))
    assert manifests and all(read_manifest(path.parent)["status"] == "complete" for path in manifests)


def test_a_command_that_has_stored_nothing_starts_again(tmp_path: Path) -> None:
    interrupted.working_in(tmp_path / "nothing yet")
    assert interrupted.how_to_go_on() == "stopped; run the same command to start again"
    interrupted.forget()
    assert interrupted.how_to_go_on("stopped; nothing is kept") == "stopped; nothing is kept"


def test_a_command_that_goes_on_by_itself_says_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out" / "part").mkdir(parents=True)
    (tmp_path / "out" / "part" / "manifest.json").touch()
    interrupted.working_in(tmp_path / "out")
    monkeypatch.setattr(sys, "argv", ["/bin/ccsim", "validate", "--out=x", "habits", "--resume"])
    output = interrupted.how_to_go_on("stopped; 3 of 4 runs kept in part")
    assert command_in(output) == ["ccsim", "validate", "habits", "--out", str(tmp_path / "out"), "--resume"]
    interrupted.forget()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_ctrl_c_at_any_moment_of_a_command_is_one_message_without_a_traceback(tmp_path: Path) -> None:
    for number in range(12):
        folder = tmp_path / str(number)
        process = subprocess.Popen(
            [sys.executable, "-m", "ccsim", "compare", "direction", "--weeks", "8", "--replicates", "40", "--out", str(folder),
             *SIZES],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        time.sleep(0.15 + 0.4 * number)
        for _ in range(5):
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.01)
        out, errors = process.communicate()
        assert process.returncode in (0, 130, -signal.SIGINT), errors
        assert "Traceback" not in out + errors or process.returncode == -signal.SIGINT, errors
