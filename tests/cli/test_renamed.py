"""Former names on the command line."""

from pathlib import Path

import pytest

from ccsim.cli.main import app
from ccsim.errors import InputError, InputErrors
from ccsim.scenarios.renamed import COMMANDS, OPTIONS, refuse_old_words
from ccsim.scenarios.scenario import load


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["explore", "combined"], "explore: the command is called discover now"),
        (["sweep", "combined", "--vary=programme.budget"], "--vary: the option is called --factor now"),
        (["optimise", "combined", "--over", "assumptions"], "--over: the option is called --uncertain now"),
        (["calibrate", "combined", "--over", "habit.pull"], "--over: the option is called --parameter now"),
    ],
)
def test_a_former_name_is_refused_with_the_new_one(words: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        refuse_old_words(words)


def test_every_new_name_exists_and_no_former_one_does() -> None:
    import typer.main

    group = typer.main.get_command(app)
    commands = group.commands  # type: ignore[attr-defined]
    assert set(COMMANDS.values()) <= set(commands)
    assert not set(COMMANDS) & set(commands)
    options = {option for name, one in commands.items() if name not in ("org", "game")
               for parameter in one.params for option in parameter.opts}  # fmt: skip
    new = {name for one in OPTIONS.values() for name in ([one] if isinstance(one, str) else one.values())}
    assert new <= options
    assert not set(OPTIONS) & options


def test_a_former_table_of_a_scenario_file_is_refused_with_the_new_name(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    file.write_text('title = "Old"\n[before.programme]\nbudget = 100\n', encoding="utf-8")
    with pytest.raises(InputErrors, match=r"old.toml:2: before: the table is called \[history\] now"):
        load(file)
