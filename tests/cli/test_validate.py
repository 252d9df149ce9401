"""``ccsim validate`` from the command line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from ccsim.cli.main import app
from ccsim.errors import InputError, InputErrors, UnknownNameError

run = CliRunner()
FACT = """
title = "Formula"
subject = "formula"
[[fact]]
id = "right"
statement = "One per cent more margin is worth one per cent."
published = 1.0
low = 0.999
high = 1.001
tag = "exact"
source = "a test"
measure = { kind = "identity", of = "margin", retention = 0.8 }
[[fact]]
id = "wrong"
statement = "It is worth two."
low = 1.9
high = 2.1
tag = "V-P"
source = "a test"
measure = { kind = "identity", of = "margin", retention = 0.8 }
[[apart]]
statement = "Something else."
source = "a test"
why = "Nothing to compare it with."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "formula.toml").write_text(FACT)
    return tmp_path / "facts"


def test_the_scorecard_is_printed_and_written(folder: Path, tmp_path: Path) -> None:
    told = run.invoke(app, ["validate", "--folder", str(folder), "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    assert "2 facts checked: 1 inside, 1 outside." in told.output
    page = (tmp_path / "out" / "validation.md").read_text()
    assert "Something else. a test. *Nothing to compare it with.*" in page and "not edited by hand" in page
    frame = pd.read_parquet(tmp_path / "out" / "validation.parquet")
    assert frame["verdict"].tolist() == ["inside", "outside"]
    assert (tmp_path / "out" / "figures" / "validation" / "formula.png").exists()


def test_names_choose(folder: Path, tmp_path: Path) -> None:
    told = run.invoke(app, ["validate", "right", "--folder", str(folder), "--out", str(tmp_path / "out")])
    assert "1 fact checked: 1 inside." in told.output


@pytest.mark.parametrize(
    ("text", "arguments", "error", "words"),
    [
        (FACT, ["rigth"], UnknownNameError, "did you mean 'right'"),
        (FACT, ["--size", "0"], InputError, "a factor above 0"),
        (
            FACT.replace("retention = 0.8 }", "retentoin = 0.8 }", 1),
            [],
            InputErrors,
            "formula.toml:12: fact.0.measure.retentoin: unknown key (did you mean 'retention'?)",
        ),
        (FACT.replace('of = "margin"', 'of = "profit"', 1), [], InputErrors, "formula.toml:12"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    text: str, arguments: list[str], error: type[Exception], words: str, folder: Path
) -> None:
    (folder / "formula.toml").write_text(text)
    told = run.invoke(app, ["validate", *arguments, "--folder", str(folder)])
    assert isinstance(told.exception, error) and words in str(told.exception)
