"""A message about an option names it as it was typed, whatever the argument behind it is called."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from ccsim.cli.main import app, main
from ccsim.cli.option_names import as_typed

COMMANDS = typer.main.get_command(app)
#: What each command needs besides the option that is tried.
NEEDED = {
    "run": ["nothing"], "compare": ["direction"], "sweep": ["nothing", "--factor", "programme.budget=0:9"],
    "sensitivity": ["nothing"], "discover": ["nothing", "--where", "csat > 70"],
    "optimise": ["nothing", "--factor", "programme.budget=0:9", "--maximise", "csat"],
    "calibrate": ["nothing", "--parameter", "habit.formation_rate", "--target", "csat=70±1"], "diff": ["nothing", "combined"],
    "test-claims": [], "validate": [], "worlds": [],
}  # fmt: skip
#: Any number is accepted.
FREE = {("optimise", "--max-cost")}
#: Above every limit.
LARGE = "1" + "0" * 30


def numbers() -> Iterator[Any]:
    """Go through every option that takes a number."""
    kinds = ("integer", "float", "integer range", "float range")
    for name in NEEDED:
        for row in COMMANDS.commands[name].params:  # type: ignore[attr-defined]  # it is a group
            option = next((each for each in row.opts if each.startswith("--")), None)
            if option and row.type.name in kinds and (name, option) not in FREE:
                yield pytest.param(name, option, id=f"{name} {option}")


@pytest.mark.parametrize(("command", "option"), numbers())
@pytest.mark.parametrize("value", ["-7", LARGE])
def test_a_number_that_is_not_accepted_is_told_with_the_option(
    command: str, option: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ccsim.execution.runner.Store.create", lambda *_: pytest.fail("a run was begun"))
    monkeypatch.setattr(sys, "argv", ["ccsim", command, *NEEDED[command], f"{option}={value}"])
    with pytest.raises(SystemExit) as end:
        main()
    told = capsys.readouterr().err
    assert end.value.code == 2, told
    assert option in told, told
    assert "Traceback" not in told


def test_keys_and_files_stay_as_they_are() -> None:
    message = "scenario.toml:3: weeks: must be 1\nprogramme.budget: must be 0\npoints: must be 8"
    assert as_typed(message, COMMANDS, ["sweep", "nothing"]).splitlines() == [
        "scenario.toml:3: weeks: must be 1", "programme.budget: must be 0", "--samples: must be 8",
    ]  # fmt: skip
