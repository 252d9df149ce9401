"""The benchmark of the page finds a page that plays, and prints what it measured; no time is asserted."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("solara")


@pytest.mark.slow
def test_it_counts_frames_and_answers():
    if not shutil.which("chromium"):
        pytest.skip("no Chromium")
    command = [sys.executable, "-m", "benchmarks.pages", "--seconds", "3", "--times", "2", "--weeks", "40"]
    said = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True).stdout
    frames = [float(one) for one in re.findall(r"([\d.]+) frames/s", said)]
    assert len(frames) == 4 and min(frames) > 0
    for name in ("pause", "play", "slider, its number", "person, who it is"):
        assert re.search(rf"^{name}: median \d+ ms", said, re.M)
    assert len(re.findall(r"server \d+ MB, page [\d.]+ MB", said)) >= 2
