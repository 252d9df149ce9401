import pytest

from ccsim.game.courses import courses, guesses, satisfaction
from ccsim.game.debrief import debrief
from ccsim.game.game import Choice, play_through


def test_what_was_reported_and_expected_stands_with_the_true_courses_in_the_unit_shown() -> None:
    game = play_through([Choice((), (), {"reported_csat": 71.5}), *[Choice()] * 11], 3)
    found = debrief(game)
    named = [row.name for row in satisfaction(game, found)]
    assert named == ["Doing nothing", "Best plan found", "Reported to you", "Your game", "You expected"]
    assert [row.name for row in satisfaction(game, found, ("nothing", "you"))] == [named[0], *named[2:]]
    assert guesses(game, "fcr") == [] and guesses(game, "reported_csat")[0].values[:2] == [71.5, None]
    (mine,) = courses(found, "fcr", ("you",))
    assert mine.values == pytest.approx([100.0 * value for value in found.lines["you"].kpis["fcr"]])
