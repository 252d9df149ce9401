import pytest

from ccsim.game.debrief import debrief
from ccsim.game.game import Choice, play_through
from ccsim.game.report_page import kpi_lines, satisfaction_lines


def test_what_was_reported_and_expected_stands_with_the_true_courses_in_the_unit_shown() -> None:
    game = play_through([Choice((), (), {"reported_csat": 71.5}), *[Choice()] * 11], 3)
    result = debrief(game)
    *_, expected = lines = satisfaction_lines(game, result)
    assert [row.name for row in lines] == ["Doing nothing", "Reported to you", "Your game", "You expected"]
    assert expected.points and expected.values[:2] == [71.5, None]
    without = satisfaction_lines(play_through([Choice()], 3), result)
    assert [row.name for row in without] == ["Doing nothing", "Reported to you", "Your game"]
    nothing, best, you = kpi_lines(result, "fcr")
    assert (nothing.name, best.name) == ("Doing nothing", "Best plan found")
    assert you.values == pytest.approx([100.0 * value for value in result.lines["you"].kpis["fcr"]])
