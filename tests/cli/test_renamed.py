"""Former names on the command line."""

from pathlib import Path

import pytest

from ccsim.cli.main import app
from ccsim.errors import FORMER_NAMES, InputError, InputErrors, UnknownNameError
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters, default_settings, replace_values
from ccsim.scenarios.renamed import COMMANDS, OPTIONS, PARAMETERS, refuse_old_words
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
    options = {option for name, one in commands.items() if name not in ("org", "game", "worlds")
               for parameter in one.params for option in parameter.opts}  # fmt: skip
    new = {name for one in OPTIONS.values() for name in ([one] if isinstance(one, str) else one.values())}
    assert new <= options
    assert not set(OPTIONS) & options


def test_a_former_table_of_a_scenario_file_is_refused_with_the_new_name(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    file.write_text('title = "Old"\n[before.programme]\nbudget = 100\n', encoding="utf-8")
    with pytest.raises(InputErrors, match=r"old.toml:2: before: the table is called \[history\] now"):
        load(file)


def test_a_former_parameter_is_answered_with_the_present_one_in_files_and_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text('title = "Old"\n[levers.structure]\nstep = 2\n')
    with pytest.raises(
        InputErrors,
        match=r"the parameter is called structure\.stage now",
    ):
        load(path)
    with pytest.raises(InputError, match=r"habit\.pull: the parameter is called habit\.utility_weight now"):
        replace_values(default_settings(), {"habit.pull": 1.0})


def test_every_present_parameter_name_exists_and_no_former_one_does() -> None:
    assert set(PARAMETERS.values()) <= set(all_parameters())
    assert not set(PARAMETERS) & set(all_parameters())


def test_a_former_name_of_a_kpi_or_parameter_is_answered_with_the_present_one() -> None:
    for (kind, old), new in FORMER_NAMES.items():
        assert new in KPIS or new in all_parameters()
        assert str(UnknownNameError(kind, old, KPIS)) == f"{old}: the {kind} is called {new} now"
