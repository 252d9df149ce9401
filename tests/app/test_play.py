"""The page of the game, without a browser."""

from __future__ import annotations

import io
import json

import pytest

solara = pytest.importorskip("solara")

import ipyvuetify as v  # noqa: E402

from ccsim.app import play  # noqa: E402
from ccsim.app.classroom import ClassPage  # noqa: E402
from ccsim.app.rooms import ROOMS  # noqa: E402
from ccsim.game.playing import Choice, Game, play_through  # noqa: E402
from ccsim.game.saved import text_of  # noqa: E402


def button(rc, words):
    return next(widget for widget in rc.find(v.Btn).widgets if words in str(widget.children))


def test_a_whole_game_can_be_played():
    _, rc = solara.render(play.PlayPage(seed=3), handle_error=False)
    button(rc, "Begin").click()
    box = next(widget for widget in rc.find(v.Checkbox).widgets if widget.label == "Widen decision rights")
    box.v_model = True
    for quarter in range(12):
        button(rc, f"Play quarter {quarter + 1}").click()
    assert button(rc, "Play again") and button(rc, "Hand in")
    rc.close()


def test_a_running_move_is_shown_as_running_in_the_next_quarter():
    _, rc = solara.render(play.PlayPage(seed=3), handle_error=False)
    button(rc, "Begin").click()
    next(widget for widget in rc.find(v.Checkbox).widgets if widget.label == "Free one hero").v_model = True
    button(rc, "Play quarter 1").click()
    assert any(widget.label == "Free one hero (running)" and widget.v_model for widget in rc.find(v.Checkbox).widgets)
    rc.close()


def test_too_much_cannot_be_played():
    _, rc = solara.render(play.PlayPage(seed=3), handle_error=False)
    button(rc, "Begin").click()
    for title in ("Put the journey on the executive's own scorecard", "Win over the executive", "Coach the leaders"):
        next(widget for widget in rc.find(v.Checkbox).widgets if widget.label == title).v_model = True
    assert button(rc, "Play quarter 1").disabled
    rc.close()


def test_two_sessions_have_games_of_their_own():
    pages = [solara.render(play.PlayPage(seed=3), handle_error=False)[1] for _ in range(2)]
    for rc in pages:
        button(rc, "Begin").click()
    button(pages[0], "Play quarter 1").click()
    assert button(pages[0], "Play quarter 2") and button(pages[1], "Play quarter 1")
    for rc in pages:
        rc.close()


def test_ticking_starts_or_stops_and_knows_only_real_moves():
    table = play.Table(play_through([Choice(("announce",))], 1))
    assert play.ticking(table, "hero", True).starts == ("hero",)
    assert play.ticking(play.ticking(table, "hero", True), "hero", False).starts == ()
    assert play.ticking(table, "announce", False).stops == ("announce",)
    assert play.ticking(play.ticking(table, "announce", False), "announce", True).stops == ()
    assert play.ticking(table, "drop table", True) is table


def test_a_quarter_that_cannot_be_played_changes_nothing_but_the_message():
    table = play.Table(Game(1), starts=("shared-record", "improvement-time"))
    after = play.after_quarter(table)
    assert after.game.quarter == 0 and "EUR" in after.problem and after.starts == table.starts


def test_the_prediction_that_stands_is_part_of_the_choice():
    table = play.Table(Game(1), expected={"reported_csat": 80.0})
    choice = play.after_quarter(table).game.choices[0]
    assert choice.expected["reported_csat"] == 80.0
    assert set(choice.expected) == {"reported_csat", "profit"}


@pytest.mark.parametrize("seed", ["", "x", "-1", "1.5", "9" * 30, "٣", "1e9", "nan"])
def test_an_absurd_seed_is_a_message(seed):
    assert "problem" in play.started(seed, "") and "game" not in play.started(seed, "")


@pytest.mark.parametrize(
    ("search", "found"),
    [("?seed=7&class=ABCDE", (7, "ABCDE")), ("seed=-1", (None, "")), ("seed=1e400&class=" + "x" * 999, (None, "x" * 20)),
     ("seed=" + "9" * 40, (None, "")), ("%ff%00", (None, "")), (None, (None, ""))],
)  # fmt: skip
def test_an_address_is_read_or_left_out(search, found):
    assert play.asked(search) == found


def test_a_file_is_loaded_or_its_fault_is_told():
    content = text_of(play_through([Choice(("announce",))], 5)).encode()
    assert play.loaded({"file_obj": io.BytesIO(content), "name": "g.json"})["game"].quarter == 1
    for bad in (content[:50], b"", b"{}", json.dumps([1]).encode(), b"x" * 10**6):
        assert "g.json: " in play.loaded({"file_obj": io.BytesIO(bad), "name": "g.json"})["problem"]


def test_a_code_that_is_not_there_is_a_message():
    assert "no class has the code" in play.started("1", "ZZZZZ")["problem"]


def test_a_player_in_a_class_plays_its_draws_and_shows_progress():
    room = ROOMS.open(9)
    begun = play.started("1", room.code)
    assert begun["game"].seed == 9
    play.after_quarter(play.Table(begun["game"], code=room.code))
    assert list(room.quarters.values()) == [1]


def test_a_lecturer_opens_a_class():
    _, rc = solara.render(ClassPage(), handle_error=False)
    button(rc, "Open a class").click()
    assert not any("Open a class" in str(widget.children) for widget in rc.find(v.Btn).widgets)
    rc.close()
