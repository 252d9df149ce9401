"""A saved game is played again bit for bit; a torn or foreign file is one clear message."""

from __future__ import annotations

import json

import pytest

from ccsim.errors import InputError
from ccsim.game.game import Choice, play_through
from ccsim.game.save_file import game_of, read_game, save, text_of


@pytest.fixture(scope="module")
def played():
    choices = [Choice(("announce", "widen-rights"), expected={"reported_csat": 72.5}), Choice(stop=("announce",))]
    game = play_through([*choices, Choice(answers=("The survey, because …", ""))], 7)
    game.player = "Ada"
    return game


def test_a_game_comes_back_bit_for_bit(played, tmp_path):
    save(played, tmp_path / "game.json")
    again = read_game(tmp_path / "game.json")
    assert again.same
    assert again.game.digest() == played.digest()
    assert again.game.choices == played.choices and again.game.seen == played.seen
    assert again.game.player == "Ada"
    assert list(tmp_path.iterdir()) == [tmp_path / "game.json"]


def test_a_game_that_came_back_can_go_on(played):
    again = game_of(text_of(played).encode()).game
    assert again.play(Choice()).number == 3


def test_every_torn_file_is_one_message_and_never_a_game(played):
    content = text_of(played).encode()
    for length in range(0, len(content.rstrip()), 7):
        with pytest.raises(InputError) as output:
            game_of(content[:length], "game.json")
        assert str(output.value).startswith("game.json: ") and "\n" not in str(output.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe", b"[]", b"null", b"{}", b'{"format": "other"}', b"PK\x03\x04", b"title = 1", b"[" * 5000,
     b'{"format": "ccsim game", "version": 1}', b'{"format": "ccsim game", "version": 99}', b"x" * 300_000,
     b'{"format": "ccsim game", "version": {"a": 1}}'],
)  # fmt: skip
def test_a_foreign_file_is_one_message(content):
    with pytest.raises(InputError) as output:
        game_of(content, "game.json")
    assert str(output.value).startswith("game.json: ") and "\n" not in str(output.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("seed", 8), ("seed", -1), ("seed", 1.5), ("seed", 2**64), ("player", "Eve"), ("player", "x" * 99),
     ("choices", []), ("choices", [{"start": ["widen-rights"] * 60}]), ("surplus", 1), ("scenario", 3)],
)  # fmt: skip
def test_a_file_changed_by_hand_is_refused(played, key, value):
    data = json.loads(text_of(played))
    data[key] = value
    with pytest.raises(InputError, match="damaged"):
        game_of(json.dumps(data).encode())


def _signed(data: dict) -> bytes:
    from ccsim.game.save_file import _sum_of

    data.pop("check", None)
    return json.dumps({**data, "check": _sum_of(data)}).encode()


def test_a_move_that_is_no_more_is_named_with_its_quarter(played):
    data = json.loads(text_of(played))
    data["choices"][0]["start"] = ["announce-loudly"]
    with pytest.raises(InputError, match=r"quarter 1: no move is called 'announce-loudly'"):
        game_of(_signed(data))


def test_other_figures_than_the_file_says_are_reported(played):
    data = json.loads(text_of(played))
    data["ccsim"], data["digest"] = "0.0.1", "0" * 64
    found = game_of(_signed(data))
    assert not found.same and "ccsim 0.0.1" in found.note


def test_a_scenario_cannot_be_a_path(played):
    data = json.loads(text_of(played))
    data["scenario"] = "/etc/passwd.toml"
    with pytest.raises(InputError, match="scenario"):
        game_of(_signed(data))


def test_a_missing_file_and_a_folder_are_one_message(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError):
            read_game(path)
    with pytest.raises(InputError, match="cannot be written"):
        save(play_through([], 1), tmp_path / "no" / "game.json")
