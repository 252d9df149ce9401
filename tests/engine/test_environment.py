"""What the environment may do to numba: the model works as plain Python, or one sentence says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import sys
try:
    import ccsim
    org = ccsim.Organisation("nothing", rng=1, weeks=2, levers={
        "organisation.staff": 24, "organisation.customers": 100, "organisation.warm_up": 1})
    print(repr(float(org.run().kpis["csat"].iloc[-1])))
except ccsim.CcsimError as error:
    print("told:", error)
"""


def under(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run a small organisation with some variables of the environment set."""
    return subprocess.run(
        [sys.executable, "-c", CODE], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )


def test_without_numbas_compiler_the_model_runs_as_plain_python() -> None:
    assert under(NUMBA_DISABLE_JIT="1").stdout == under(CCSIM_PLAIN="1").stdout


@pytest.mark.parametrize("value", ["0", "-3"])
def test_a_number_of_threads_that_numba_refuses_is_one_sentence(value: str) -> None:
    output = under(NUMBA_NUM_THREADS=value, CCSIM_PLAIN="")
    assert output.stdout.startswith("told: numba cannot be loaded")
    assert f"NUMBA_NUM_THREADS={value}" in output.stdout and "CCSIM_PLAIN=1" in output.stdout
    assert len(output.stdout.splitlines()) == 1


def test_no_place_for_compiled_code_is_reported_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code = "from ccsim.engine import jit; jit.cache_folder(); jit.cache_folder()"
    output = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "CCSIM_CACHE_DIR": str(tmp_path / "file")},
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    assert "the model is compiled at every start" in output and "CCSIM_CACHE_DIR" in output
    assert len(output.splitlines()) == 1
