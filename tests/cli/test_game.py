"""The game on the command line."""

from __future__ import annotations

import base64
import re

import pytest
from typer.testing import CliRunner

from ccsim.cli.main import app
from ccsim.game.game import Choice, play_through
from ccsim.game.save_file import read_game, save

run = CliRunner()


@pytest.fixture
def finished(tmp_path):
    save(play_through([Choice(("announce",)), *[Choice()] * 11], 3), tmp_path / "game.json")
    return tmp_path / "game.json"


def test_a_saved_game_is_replayed_and_revealed(finished):
    output = run.invoke(app, ["game", "replay", str(finished)])
    assert output.exit_code == 0, output.output
    for words in ("bit for bit", "Quarter 12", "Best plan found", "What each move was worth", "start announce"):
        assert words in output.output


def test_moves_tell_price_and_levers():
    output = run.invoke(app, ["game", "moves"])
    assert "champions.count = 5" in output.output and "programme.training: EUR 2,400 a week" in output.output


def test_a_game_in_the_terminal_is_kept_and_goes_on(tmp_path):
    file = tmp_path / "game.json"
    output = run.invoke(app, ["game", "play", str(file), "--seed", "3"], input="announce\n73\n\nanounce\n\n\n")
    assert "did you mean 'announce'" in output.output
    game = read_game(file).game
    assert game.quarter == 1 and game.choices[0].expected == {"reported_csat": 73.0}
    output = run.invoke(
        app,
        ["game", "play", str(file)],
        input="-announce\n\n\n" + "\n\n\n" * 2 + "late\n\n\n" + "\n\n\n" * 4 + "\n\nhabit\n" + "\n\n\n" * 4,
    )
    assert output.exit_code == 0, output.output
    assert "What really happened" in output.output
    choices = read_game(file).game.choices
    assert choices[1].stop == ("announce",)
    assert choices[4].answers == ("late", "", "") and choices[8].answers == ("", "", "habit")


def test_a_game_that_asks_for_predictions_waits_for_them(tmp_path):
    file = tmp_path / "game.json"
    output = run.invoke(app, ["game", "play", str(file), "--predict"], input="\n\n\n\n70\n20000\n")
    assert "say first what you expect" in output.output
    assert read_game(file).game.choices[0].expected == {"reported_csat": 70.0, "profit": 20000.0}


def test_a_finished_game_becomes_one_page_and_a_table(finished, tmp_path):
    page, table = tmp_path / "game.html", tmp_path / "game.csv"
    output = run.invoke(app, ["game", "report", str(finished), "--out", str(page), "--csv", str(table)])
    assert output.exit_code == 0, output.output
    assert "seed 3" in page.read_text() and "Announce that customers come first" in page.read_text()
    assert sum(not line.startswith("#") for line in table.read_text().splitlines()) == 157


def test_a_folder_of_games_is_compared(finished, tmp_path):
    (tmp_path / "torn.json").write_text(finished.read_text()[:300])
    page, table = tmp_path / "class.html", tmp_path / "class.csv"
    output = run.invoke(app, ["game", "compare", str(tmp_path), "--out", str(page), "--csv", str(table)])
    assert output.exit_code == 0, output.output
    pictures = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page.read_text())
    assert "torn.json: is incomplete" in output.output
    assert any(b"Doing nothing" in base64.b64decode(picture) for picture in pictures)
    assert "announce" in table.read_text()


def test_a_page_that_cannot_be_written_is_a_message(finished, tmp_path):
    output = run.invoke(app, ["game", "report", str(finished), "--out", str(tmp_path / "no" / "x.html")])
    assert output.exit_code != 0


def test_a_short_search_writes_its_plan_with_its_command(tmp_path):
    output = run.invoke(app, ["game", "search", "--plans", "3", "--seeds", "1", "--out", str(tmp_path / "plan.json")])
    assert output.exit_code == 0, output.output
    assert "ccsim game search --plans 3 --seeds 1 --seed 0" in (tmp_path / "plan.json").read_text()
