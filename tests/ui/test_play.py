"""The page of the game, without a browser."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

solara = pytest.importorskip("solara")

import ipyvuetify as v  # noqa: E402

from ccsim.game.class_rules import Terms  # noqa: E402
from ccsim.game.debrief import debrief  # noqa: E402
from ccsim.game.game import Choice, Game, play_through  # noqa: E402
from ccsim.game.save_file import text_of  # noqa: E402
from ccsim.game.tables import result, weeks_csv  # noqa: E402
from ccsim.ui import play, table  # noqa: E402
from ccsim.ui.classroom import ClassPage  # noqa: E402
from ccsim.ui.gathered import games_table  # noqa: E402
from ccsim.ui.rooms import ROOMS  # noqa: E402
from ccsim.ui.seen import criteria_table, tile  # noqa: E402
from ccsim.ui.sheet import sheet  # noqa: E402
from ccsim.ui.unveiled import every_figure  # noqa: E402


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
    now = table.Table(play_through([Choice(("announce",))], 1))
    assert table.ticking(now, "hero", True).starts == ("hero",)
    assert table.ticking(table.ticking(now, "hero", True), "hero", False).starts == ()
    assert table.ticking(now, "announce", False).stops == ("announce",)
    assert table.ticking(table.ticking(now, "announce", False), "announce", True).stops == ()
    assert table.ticking(now, "drop table", True) is now


def test_a_quarter_that_cannot_be_played_changes_nothing_but_the_message():
    now = table.Table(Game(1), starts=("shared-record", "improvement-time"))
    after = table.after_quarter(now)
    assert after.game.quarter == 0 and "EUR" in after.problem and after.starts == now.starts


def test_the_prediction_that_stands_is_part_of_the_choice():
    now = table.Table(Game(1), expected={"reported_csat": 80.0})
    choice = table.after_quarter(now).game.choices[0]
    assert choice.expected["reported_csat"] == 80.0
    assert set(choice.expected) == {"reported_csat", "profit"}


@pytest.mark.parametrize("seed", ["", "x", "-1", "1.5", "9" * 30, "٣", "1e9", "nan"])
def test_an_absurd_seed_is_a_message(seed):
    told = table.started(seed, "")
    assert (
        told["problem"].startswith("seed: must be a whole number")
        and told["problem"].endswith(f"got {seed[:40]!r}")
        and "game" not in told
    )


@pytest.mark.parametrize(
    ("search", "found", "told"),
    [(None, (None, ""), ()), ("?seed=7", (7, ""), ()), ("seed=-1", (None, ""), ("seed: must be a whole number from 0 to 9223372036854775807, got '-1'",)),
     ("seed=abc", (None, ""), ("seed: must be a whole number from 0 to",)), ("seed=" + "9" * 40, (None, ""), ("got '9999",)),
     ("seed=", (None, ""), ("seed: must be a whole number", "got ''")), ("seed=1e400&class=" + "x" * 999, (None, "x" * 20), ("'1e400'", "no class has the code")),
     ("?seed=7&class=ABCDE", (7, "ABCDE"), ("no class has the code 'ABCDE'", "seed: 7 is left aside")),
     ("sed=7", (None, ""), ("is called 'sed' (did you mean 'seed'?)",)), ("%ff%00", (None, ""), ("no setting of this page",)),
     ("?seed=4" + "&a=1" * 80, (4, ""), ("is called 'a' (known: class, seed)",)), ("a=1" + "&a=1" * 300, (None, ""), ("more than 200 values",)),
     ("&".join(f"a{n}=1" for n in range(20)), (None, ""), ("and 16 more",)), ("x" * 9999, (None, ""), ("too long",))],
)  # fmt: skip
def test_an_address_is_read_and_what_cannot_be_used_is_told(search, found, told):
    *values, problem = table.asked(search)
    assert tuple(values) == found and len(problem) < 500 and "\n" not in problem
    assert all(words in problem for words in told) and bool(problem) == bool(told)


def test_a_class_that_is_open_is_no_fault_of_an_address():
    assert table.asked(f"class={ROOMS.open(3).code.lower()}")[2] == ""


def test_a_file_is_loaded_or_its_fault_is_told():
    content = text_of(play_through([Choice(("announce",))], 5)).encode()
    assert table.loaded("g.json", content)["game"].quarter == 1
    for bad in (content[:50], b"", b"{}", json.dumps([1]).encode(), b"x" * 10**6):
        assert "g.json: " in table.loaded("g.json", bad)["problem"]


def test_a_code_that_is_not_there_is_a_message():
    assert "no class has the code" in table.started("1", "ZZZZZ")["problem"]


def test_a_player_in_a_class_plays_its_draws_and_shows_progress():
    room = ROOMS.open(9)
    begun = table.started("1", room.code)
    assert begun["game"].seed == 9
    table.after_quarter(table.Table(begun["game"], code=room.code))
    assert list(room.quarters.values()) == [1]


def test_a_name_given_at_joining_is_the_games_and_the_lecturer_sees_who_is_how_far():
    room = ROOMS.open(9)
    begun = table.started("1", room.code, "  Team   Blue " + "x" * 99)
    assert begun["game"].player == "Team Blue " + "x" * 30
    after = table.after_quarter(table.Table(begun["game"], code=room.code))
    assert list(room.names.values()) == [after.game.player]
    kept = table.loaded("g.json", text_of(after.game).encode(), room.code)
    assert kept["game"].player == after.game.player
    assert table.loaded("g.json", text_of(after.game).encode(), room.code, "Team Red")["game"].player == "Team Red"


def test_a_prediction_that_is_asked_for_is_the_players_own():
    room = ROOMS.open(9, terms=Terms(predict=True))
    now = table.Table(table.started("1", room.code)["game"], code=room.code)
    assert now.choice().expected == {}
    assert "say first what you expect" in table.after_quarter(now).problem and now.game.quarter == 0
    ready = replace(now, expected={"reported_csat": 70.0, "profit": 20000.0})
    assert table.after_quarter(ready).game.quarter == 1


def test_an_event_that_a_lecturer_lets_come_comes_to_who_plays_already():
    room = ROOMS.open(1, terms=Terms(events={"surge": 0}))
    now = table.Table(table.started("1", room.code)["game"], code=room.code)
    table.after_quarter(now)
    quarter = ROOMS.trigger(room, "surge")
    while now.game.quarter < quarter:
        assert not any("Demand surges" in line for seen in now.game.seen for line in seen.news)
        table.after_quarter(now)
    assert any("Demand surges" in line for line in now.game.seen[-1].news)


def test_a_class_that_is_gone_lets_its_players_play_on():
    now = table.Table(Game(1), code="ZZZZZ")
    after = table.after_quarter(now)
    assert after.game.quarter == 1 and after.code == "" and "not open any more" in after.problem


def test_a_kept_game_goes_on_in_a_class():
    room = ROOMS.open(5)
    content = text_of(play_through([Choice(("announce",))], 5)).encode()
    found = table.loaded("g.json", content, room.code)
    assert found["code"] == room.code and list(room.quarters.values()) == [1]
    other = text_of(play_through([Choice()], 6)).encode()
    assert "other draws" in table.loaded("g.json", other, room.code)["problem"]


def test_locked_moves_are_shown_and_hidden_ones_are_not():
    room = ROOMS.open(3, terms=Terms(locked=("hero",), hidden=("announce",)))
    _, rc = solara.render(play.PlayPage(code=room.code), handle_error=False)
    button(rc, "Begin").click()
    boxes = {widget.label: widget for widget in rc.find(v.Checkbox).widgets}
    assert boxes["Free one hero (locked by your lecturer)"].disabled
    assert "Announce that customers come first" not in boxes
    rc.close()


def test_the_questions_between_the_years_are_part_of_the_next_choice():
    now = table.Table(play_through([Choice()] * 4, 1), answers={0: " profit ", 2: "listen"})
    after = table.after_quarter(now)
    assert after.game.choices[4].answers == ("profit", "", "listen") and after.answers == {}


def test_shares_are_shown_in_per_cent_everywhere_and_kept_as_shares():
    game = play_through([Choice()] * 12, 3)
    found = debrief(game)
    habit = game.by_quarter("habit")
    shown = f"<td>{100 * habit[-1]:.1f}</td>"
    row = next(row for row in every_figure(game, found).split("<tr>") if "Habit (%)" in row)
    assert row.count("<td>") == 13 and shown in row
    assert "<td>Habit (%)</td><td>10</td><td>30.0</td><td>90.0</td>" in criteria_table(game)
    assert shown in games_table([("A", result(game))]) and shown in sheet(game, found)
    assert f">{100 * game.seen[-1].figures['reported_fcr']:.1f} <small>%</small>" in tile(game, "reported_fcr", 0)
    for text in (
        every_figure(game, found),
        criteria_table(game),
        games_table([("A", result(game))]),
        sheet(game, found),
    ):
        assert "share" not in text
    lines = weeks_csv(game).splitlines()
    head = next(line for line in lines if line.startswith("week,")).split(",")
    assert float(lines[-1].split(",")[head.index("habit")]) == game.kpis()["habit"][-1]


def test_a_lecturer_opens_a_class():
    _, rc = solara.render(ClassPage(), handle_error=False)
    button(rc, "Open a class").click()
    assert not any("Open a class" in str(widget.children) for widget in rc.find(v.Btn).widgets)
    rc.close()
