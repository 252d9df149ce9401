"""A message about an option names it as it was typed, whatever the argument behind it is called."""

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer

from ccsim.analysis.problem import Runner
from ccsim.cli.analysis_options import OutputDir
from ccsim.cli.main import app, main
from ccsim.cli.option_names import as_typed
from ccsim.cli.options import Form

COMMANDS = typer.main.get_command(app)


@pytest.mark.parametrize(("words", "option"), [
    ("run nothing --weeks=-7", "--weeks"),
    ("run nothing --workers=0", "--workers"),
    ("sweep nothing --factor programme.budget=0:9 --samples=-7", "--samples"),
    ("sweep nothing --factor programme.budget=0:9 --samples=9 --report-week=900", "--report-week"),
    ("sensitivity nothing --samples=-7", "--samples"),
    ("discover nothing --where csat>70 --min-density=7", "--min-density"),
    ("optimise nothing --factor programme.budget=0:9 --maximise csat --trials=-7", "--trials"),
    ("calibrate nothing --parameter habit.formation_rate --target csat=70±1 --waves=0", "--waves"),
])  # fmt: skip
def test_a_number_that_is_not_accepted_is_reported_with_the_option(
    words: str, option: str, monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ccsim", *words.split()])
    with pytest.raises(SystemExit) as end:
        main()
    output = capsys.readouterr().err
    assert end.value.code == 2, output
    assert f"\nccsim: {option}: " in f"\n{output}", output  # a note on the admitted worlds may come before it


def test_keys_and_files_stay_as_they_are() -> None:
    message = "scenario.toml:3: weeks: must be 1\nprogramme.budget: must be 0\nsamples: must be 8"
    assert as_typed(message, COMMANDS, ["sweep", "nothing"]).splitlines() == [
        "scenario.toml:3: weeks: must be 1", "programme.budget: must be 0", "--samples: must be 8",
    ]  # fmt: skip


def test_an_analysis_that_finds_nothing_shows_its_notes_without_a_table(capsys: Any, tmp_path: Path) -> None:
    output = OutputDir(tmp_path, Runner(), Form.table)
    output.show(pd.DataFrame([]), title="Where csat > 70", notes=["No region differs."])
    assert "No region differs.\nTables, figures and runs: " in capsys.readouterr().out
