"""A class collects finished games of one organisation and one set of draws; only its lecturer sees them."""

from __future__ import annotations

import threading

import pytest

from ccsim.errors import InputError
from ccsim.game.class_rules import Terms
from ccsim.game.game import Choice, play_through
from ccsim.game.save_file import text_of
from ccsim.game.tables import named
from ccsim.ui.rooms import LETTERS, MOST_GAMES, MOST_ROOMS, Rooms


@pytest.fixture(scope="module")
def finished():
    first = Choice(("announce",), expected={"reported_csat": 72.0}, answers=("My name is Eve",))
    return play_through([first, *[Choice()] * 11], 3)


@pytest.fixture
def rooms():
    return Rooms()


def test_a_game_is_handed_in_under_the_name_chosen_or_none(rooms, finished):
    room = rooms.open(3)
    rooms.hand_in(room.code, "a", finished, "  Ada   Lovelace ")
    rooms.hand_in(room.code.lower() + " ", "b", finished)
    assert [name for name, _ in named(list(room.games.values()))] == ["Ada Lovelace", "Player 2"]


def test_what_a_player_wrote_does_not_reach_the_class(rooms, finished):
    room = rooms.open(3)
    rooms.hand_in(room.code, "a", finished)
    assert "Eve" not in repr(room)


def test_a_second_game_takes_the_place_of_the_first(rooms, finished):
    room = rooms.open(3)
    for name in ("one", "two"):
        rooms.hand_in(room.code, "a", finished, name)
    assert [name for name, _ in named(list(room.games.values()))] == ["two"]


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


def test_a_game_that_broke_the_terms_is_refused(rooms, finished):
    for terms, why in (
        (Terms(locked=("announce",)), "locked"), (Terms(predict=True), "without predictions"),
        (Terms(events={"surge": 2}), "other events"),
    ):  # fmt: skip
        room = rooms.open(3, terms=terms)
        with pytest.raises(InputError, match=why):
            rooms.hand_in(room.code, "a", finished)
        assert not room.games


def test_points_are_those_of_the_classes_weights(rooms, finished):
    room = rooms.open(3, terms=Terms(weights={"csat": 100}))
    rooms.hand_in(room.code, "a", play_through(finished.choices, 3))
    row = room.games["a"]
    assert row.score.weights == {"csat": 100} and row.score.total == pytest.approx(row.score.points["csat"])


def test_an_event_comes_to_all_in_a_quarter_that_nobody_has_begun(rooms):
    room = rooms.open(3)
    rooms.progress(room.code, "slow", 1)
    rooms.progress(room.code, "fast", 4)
    assert rooms.trigger(room, "bad-press") == 6
    rooms.progress(room.code, "fast", 11)
    with pytest.raises(InputError, match="no quarter is left"):
        rooms.trigger(room, "challenger")
    with pytest.raises(InputError, match="came already"):
        rooms.trigger(room, "bad-press")


def test_five_files_are_five_rows_and_a_torn_one_is_a_message(rooms, finished):
    room = rooms.open(3)
    for number in range(5):
        rooms.add_file(room, text_of(finished).encode(), f"student-{number}.json")
    rooms.add_file(room, text_of(finished).encode(), "student-0.json")
    assert [name for name, _ in named(list(room.games.values()))] == [f"student-{number}" for number in range(5)]
    with pytest.raises(InputError, match=r"torn\.json: is torn"):
        rooms.add_file(room, text_of(finished).encode()[:300], "torn.json")
    with pytest.raises(InputError, match=r"short\.json: the game goes on"):
        rooms.add_file(room, text_of(play_through([], 3)).encode(), "short.json")


def test_a_class_with_players_is_never_pushed_out(rooms, finished):
    played = rooms.open(3)
    rooms.progress(played.code, "a", 1)
    for _ in range(3 * MOST_ROOMS):
        rooms.open(3)
    assert rooms.find(played.code) is played
    for room in list(rooms._rooms.values()):
        rooms.progress(room.code, "a", 1)
    with pytest.raises(InputError, match=r"full: 40 classes are open, and all of them have players"):
        rooms.open(3)
