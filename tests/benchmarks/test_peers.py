"""The core loop is the same in every framework that is compared."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LOOPS = Path(__file__).parents[2] / "benchmarks" / "core_loop"


def kpis_of(file: str, **places: str) -> list[list[float]]:
    """Return the weekly KPIs of a small organisation."""
    output = subprocess.run(
        [sys.executable, LOOPS / file, "40,400,30"],
        env={**os.environ, **places}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert output.returncode == 0, output.stderr
    return json.loads(output.stdout)[0]["kpis"]


@pytest.mark.parametrize(
    ("file", "needs"),
    [
        ("mesa_agents.py", "mesa"),
        ("plain_c.py", "cc"),
        ("ccsim_kernels.py", "ccsim"),
        ("jax_arrays.py", "jax"),
        ("mesa_frames_sets.py", "mesa_frames"),
    ],
)
def test_every_version_has_the_weekly_kpis_of_plain_numpy(file: str, needs: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(needs) is None and shutil.which(needs) is None:
        pytest.skip(f"{needs} is not installed here; benchmarks.peers checks it in an environment of its own")
    mine = kpis_of(file, CORE_LOOP_BUILD=str(tmp_path), CCSIM_PLAIN="1")
    reference = kpis_of("plain_numpy.py")
    assert mine == [pytest.approx(row, rel=1e-9) for row in reference]
    solved, lost, adopters = (sum(row[k] for row in reference) for k in (1, 2, 4))
    assert solved > 500 and lost > 20 and adopters > 100, "the loop is at work in all its parts"
