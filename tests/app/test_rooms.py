"""A class collects finished games of one organisation and one set of draws; only its lecturer sees them."""

from __future__ import annotations

import csv
import threading

import pytest

from ccsim.app.rooms import LETTERS, MOST_GAMES, MOST_ROOMS, Rooms, as_csv
from ccsim.errors import InputError
from ccsim.game.playing import Choice, play_through


@pytest.fixture(scope="module")
def finished():
    first = Choice(("announce",), expected={"reported_csat": 72.0}, note="My name is Eve")
    return play_through([first, *[Choice()] * 11], 3)


@pytest.fixture
def rooms():
    return Rooms()


def test_a_game_is_handed_in_under_the_name_chosen_or_none(rooms, finished):
    room = rooms.open(3)
    rooms.hand_in(room.code, "a", finished, "  Ada   Lovelace ")
    rooms.hand_in(room.code.lower() + " ", "b", finished)
    assert [name for name, _ in room.named()] == ["Ada Lovelace", "Player 2"]


def test_what_a_player_wrote_does_not_reach_the_class(rooms, finished):
    room = rooms.open(3)
    rooms.hand_in(room.code, "a", finished)
    assert "Eve" not in repr(room) + as_csv(room)


def test_a_second_game_takes_the_place_of_the_first(rooms, finished):
    room = rooms.open(3)
    for name in ("one", "two"):
        rooms.hand_in(room.code, "a", finished, name)
    assert [name for name, _ in room.named()] == ["two"]


def test_a_game_on_other_draws_or_unfinished_is_refused(rooms, finished):
    room = rooms.open(4)
    with pytest.raises(InputError, match="other draws"):
        rooms.hand_in(room.code, "a", finished)
    with pytest.raises(InputError, match="goes on"):
        rooms.hand_in(room.code, "a", play_through([], 4))
    assert not room.games


def test_an_unknown_code_says_what_may_have_happened(rooms):
    for code in ("ABCDE", "", "x" * 500, "<script>"):
        with pytest.raises(InputError, match="restarted"):
            rooms.find(code)


def test_only_the_key_opens_the_lecturers_page(rooms):
    room, other = rooms.open(), rooms.open()
    assert rooms.enter(room.code, room.key) is room
    for key in ("", other.key, "ключ"):
        with pytest.raises(InputError, match="key"):
            rooms.enter(room.code, key)


def test_classes_do_not_see_each_other(rooms, finished):
    one, other = rooms.open(3), rooms.open(3)
    rooms.hand_in(one.code, "a", finished)
    assert one.code != other.code and not other.games and other.version == 0


def test_codes_can_be_read_from_a_screen(rooms):
    assert all(letter in LETTERS for letter in rooms.open().code)
    assert not set("IOQ0") & set(LETTERS)


def test_a_server_keeps_a_limited_number_of_classes_and_games(rooms, finished):
    first = rooms.open(3)
    for _ in range(MOST_ROOMS):
        last = rooms.open(3)
    with pytest.raises(InputError):
        rooms.find(first.code)
    for number in range(MOST_GAMES + 5):
        rooms.progress(last.code, str(number), 1)
    assert len(last.quarters) == MOST_GAMES


def test_forty_hand_in_at_once(rooms, finished):
    room = rooms.open(3)
    threads = [threading.Thread(target=rooms.hand_in, args=(room.code, str(n), finished, f"P{n}")) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(room.games) == 40 and room.version == 40


def test_the_table_has_a_row_for_each_game_and_no_formulas(rooms, finished):
    room = rooms.open(3)
    rooms.hand_in(room.code, "a", finished, "=HYPERLINK(1)")
    rows = list(csv.reader(as_csv(room).splitlines()))
    assert len(rows) == 2 and rows[0][:4] == ["seed", "scenario", "player", "points"]
    assert rows[1][2] == "'=HYPERLINK(1)" and "announce" in rows[1]
    assert float(rows[1][3]) == pytest.approx(room.named()[0][1].score.total, abs=0.01)
    assert as_csv(Rooms().open()).count("\n") == 1
