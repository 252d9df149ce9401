"""``--with FILE`` at commands that run: the tutorial's mechanism is in force in them, and a mistake is one message."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from ccsim.cli.main import app
from ccsim.errors import InputError

TUTORIAL = Path(__file__).parents[2] / "docs" / "own-mechanism.md"
SIZES = "organisation = { staff = 24, departments = 3, front_departments = 2, customers = 160, warm_up = 4 }"
CLAIM = f"""
title = "Mood"
[[claim]]
id = "MOOD"
statement = "A lift of engagement lifts the mood."
kind = "difference"
kpi = "mood"
weeks = [11]
[claim.scenarios.lifted]
extends = "combined"
{SIZES}
levers = {{ mood = {{ lift = 0.2 }} }}
[claim.scenarios.plain]
extends = "combined"
{SIZES}
"""
FACT = f"""
title = "Mood"
about = "A small organisation."
replicates = 4
weeks = [11]
[scenarios.lifted]
extends = "combined"
{SIZES}
levers = {{ mood = {{ lift = 0.2 }} }}
[[fact]]
id = "mood"
statement = "Mood is a share."
low = 0.0
high = 1.0
tag = "exact"
source = "a test"
measure = {{ kind = "mean", y = "mood" }}
"""


@pytest.fixture
def mood(tmp_path: Path) -> str:
    found = re.search(r"```python\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    file = tmp_path / "mood.py"
    file.write_text(found.group(1), encoding="utf-8")
    return str(file)


@pytest.mark.slow
def test_a_claim_is_about_a_users_lever_and_kpi(mood: str, tmp_path: Path) -> None:
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "mood.toml").write_text(CLAIM)
    words = ["test-claims", "--folder", str(tmp_path / "claims"), "--replicates", "4", "--workers", "1"]
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out"), "--with", mood])
    assert done.exit_code == 0, done.output
    assert pd.read_parquet(tmp_path / "out" / "claims.parquet")["kpi"].tolist() == ["mood"]


@pytest.mark.slow
def test_a_fact_is_measured_in_a_users_kpi(mood: str, tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "mood.toml").write_text(FACT)
    words = ["validate", "--folder", str(tmp_path / "facts"), "--workers", "1", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [*words, "--with", mood])
    assert done.exit_code == 0, done.output
    assert "1 fact checked: 1 inside." in done.output


@pytest.mark.parametrize("command", ["test-claims", "validate", "worlds", "mesa", "app"])
def test_a_file_that_is_not_there_is_one_message(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--with", "nowhere.py"])
    assert isinstance(done.exception, InputError) and str(done.exception) == "nowhere.py: there is no such file"
