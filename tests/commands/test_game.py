"""The game on the command line."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from ccsim.cli import app
from ccsim.game.playing import Choice, play_through
from ccsim.game.saved import read_game, save

run = CliRunner()


@pytest.fixture
def finished(tmp_path):
    save(play_through([Choice(("announce",)), *[Choice()] * 11], 3), tmp_path / "game.json")
    return tmp_path / "game.json"


def test_a_saved_game_is_replayed_and_revealed(finished):
    told = run.invoke(app, ["game", "replay", str(finished)])
    assert told.exit_code == 0, told.output
    for words in ("bit for bit", "Quarter 12", "Best plan found", "What each move was worth", "start announce"):
        assert words in told.output


def test_moves_tell_price_and_levers():
    told = run.invoke(app, ["game", "moves"])
    assert "champions.count = 5" in told.output and "programme.training: EUR 2,400 a week" in told.output


def test_a_game_in_the_terminal_is_kept_and_goes_on(tmp_path):
    file = tmp_path / "game.json"
    told = run.invoke(app, ["game", "play", str(file), "--seed", "3"], input="announce\n73\n\nanounce\n\n\n")
    assert "did you mean 'announce'" in told.output
    game = read_game(file).game
    assert game.quarter == 1 and game.choices[0].expected == {"reported_csat": 73.0}
    told = run.invoke(app, ["game", "play", str(file)], input="-announce\n\n\n" + "\n\n\n" * 10)
    assert told.exit_code == 0, told.output
    assert "What really happened" in told.output
    assert read_game(file).game.choices[1].stop == ("announce",)


def test_a_short_search_writes_its_plan_with_its_command(tmp_path):
    told = run.invoke(app, ["game", "search", "--plans", "3", "--seeds", "1", "--out", str(tmp_path / "plan.json")])
    assert told.exit_code == 0, told.output
    assert "ccsim game search --plans 3 --seeds 1 --seed 0" in (tmp_path / "plan.json").read_text()
