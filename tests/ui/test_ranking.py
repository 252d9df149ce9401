"""The ranking of a class: best first, games of one name together, and shown only while the lecturer wants it."""

from __future__ import annotations

import pytest

solara = pytest.importorskip("solara")

from ccsim.game.debrief import Score  # noqa: E402
from ccsim.game.game import Choice, play_through  # noqa: E402
from ccsim.game.tables import Result  # noqa: E402
from ccsim.ui.ranking import Ranking, ranking, ranking_table  # noqa: E402
from ccsim.ui.rooms import ROOMS  # noqa: E402


def row(name, points):
    return Result(name, "nothing", 3, Score({"csat": 0.0}, {"csat": points}, {"csat": 100.0}), {}, (), None)


def test_best_first_and_equal_points_share_a_place():
    found = ranking([row("A", 10.0), row("B", 30.04), row("C", 30.0), row("D", 20.0)])
    assert [(one.place, one.name) for one in found] == [(1, "B"), (1, "C"), (3, "D"), (4, "A")]


def test_games_of_one_name_are_a_team_with_their_mean_and_nameless_ones_are_not():
    found = ranking([row("Team Blue", 10.0), row("team  blue", 30.0), row("", 50.0), row("", -4.0)])
    assert [(one.name, one.games, one.points) for one in found] == [
        ("Player 3", 1, 50.0), ("team  blue", 2, 20.0), ("Player 4", 1, -4.0),
    ]  # fmt: skip


def test_a_name_is_text_and_a_team_sees_its_own_row():
    said = ranking_table(ranking([row("<b>x</b>", 1.0), row("Blue", 2.0)]), "blue")
    assert "<b>" not in said and said.count('class="mine"') == 1 and "Games" not in said
    assert "mean of their points" in ranking_table(ranking([row("Blue", 1.0), row("Blue", 2.0)]))


def test_a_player_sees_the_ranking_after_handing_in_while_the_lecturer_shows_it():
    room, game = ROOMS.open(3), play_through([Choice()] * 12, 3)

    def sees(visitor):
        _, rc = solara.render(Ranking(room.code, visitor), handle_error=False)
        shown = any(
            "Ranking of the class" in widget.unsafe_innerHTML for widget in rc.find(solara.widgets.HTML).widgets
        )
        rc.close()
        return shown

    ROOMS.hand_in(room.code, "me", game, "Blue")
    assert not sees("me")
    ROOMS.show_ranking(room, True)
    assert sees("me") and not sees("somebody else")
    ROOMS.show_ranking(room, False)
    assert not sees("me")
