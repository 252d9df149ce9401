"""``ccsim org``, from an empty folder on; no output holds an identifier of the input."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from ccsim.cli.main import app


def call(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def readable(path: Path) -> bytes:
    """Return what a file says: of compressed pictures nothing, because their bytes hold four signs in a row by chance.

    Beside each PNG stands the same picture as SVG; pictures in pages are decoded.
    """
    if path.suffix == ".png":
        return b""
    return re.sub(rb"base64,([A-Za-z0-9+/=]+)", lambda found: base64.b64decode(found[1]), path.read_bytes())


def test_new_check_show_and_assess_run_and_no_output_holds_an_identifier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    output = call("org", "new", "my")
    output += call("org", "check", "my") + call("org", "show", "my") + call("org", "assess", "my")
    output += call("run", "nothing", "--organisation", "my", "--weeks", "2", "--out", "run", "--workers", "1",
                 "--set", "organisation.warm_up=2")  # fmt: skip
    output += call("org", "decide", "my", "--options", "my/options/training.toml", "my/options/rights.toml", "--worlds", "40",
                 "--weeks", "14", "--workers", "1")  # fmt: skip
    assert "Service training, Customer satisfaction" in Path("my/results/decision-1/board.html").read_text()
    identifiers = set(pd.read_csv("my/people.csv", dtype=str)["employee"])
    written = b"".join(
        readable(path) for folder in (Path("my/results"), Path("run")) for path in folder.rglob("*") if path.is_file()
    )  # fmt: skip
    assert len(identifiers) > 100 and len(written) > 10_000
    assert not [one for one in identifiers if one in output or one.encode() in written]
    for path in Path("run").rglob("*.parquet"):
        assert not {str(value) for column in pd.read_parquet(path).values.T for value in column} & identifiers


def test_new_leaves_a_folder_alone_that_is_not_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my").mkdir()
    Path("my/notes.txt").write_text("mine")
    with pytest.raises(Exception, match="exists already and is not empty"):
        call("org", "new", "my")


def test_faults_of_files_are_reported_before_any_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call("org", "new", "my")
    Path("my/segments.csv").write_text("segment,customers\nA,0\n")
    with pytest.raises(Exception, match=r"segments\.csv:2: customers: must be at least 1, got 0"):
        call("run", "nothing", "--organisation", "my", "--workers", "1")
