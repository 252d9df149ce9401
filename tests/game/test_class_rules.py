"""What a lecturer sets binds the game, in the browser, in the terminal and in a file."""

from __future__ import annotations

import pytest

from ccsim.errors import InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.class_rules import Terms
from ccsim.game.debrief import debrief, feasible, score
from ccsim.game.game import Choice, Game, play_through
from ccsim.game.save_file import game_of, text_of

BOTH = {"reported_csat": 70.0, "profit": 20000.0}


@pytest.mark.parametrize("terms", [Terms(locked=("hero",)), Terms(hidden=("hero",))])
def test_a_locked_move_cannot_be_made(terms):
    with pytest.raises(InputError, match="locked"):
        Game(1, terms=terms).play(Choice(("hero",)))


def test_a_quarter_is_not_played_before_every_prediction_is_made():
    game = Game(1, terms=Terms(predict=True))
    for expected in ({}, {"profit": 1.0}):
        with pytest.raises(InputError, match="say first what you expect"):
            game.play(Choice(expected=expected))
    assert game.quarter == 0 and not game.seen
    assert game.play(Choice(expected=BOTH)).number == 0


def test_events_come_when_they_are_wanted_or_never():
    game = play_through([Choice()] * 3, 1, terms=Terms(events={"surge": 3, "sponsor-leaves": 0}))
    assert [any("Demand surges" in line for line in seen.news) for seen in game.seen] == [False, False, True]
    assert "sponsor-leaves" not in game.coming


def test_terms_and_answers_come_back_from_a_file_bit_for_bit():
    game = play_through(
        [Choice(expected=BOTH)] * 4, 2, terms=Terms(predict=True, hidden=("hero",), events={"surge": 9, "bad-press": 6})
    )
    game.play(Choice(expected=BOTH, answers=("why", "", "so")))
    game.play(Choice(expected=BOTH))
    again = game_of(text_of(game).encode())
    assert again.same and again.game.terms == game.terms and again.game.coming == game.coming
    assert again.game.choices == game.choices


def test_weights_decide_the_score_of_every_line():
    game = play_through([Choice(("hero",)), *[Choice()] * 11], 3, terms=Terms(weights={"csat": 60, "habit": 40}))
    found = debrief(game)
    for row in found.lines.values():
        assert row.score.weights == {"csat": 60, "habit": 40}
        assert row.score.total == pytest.approx(0.6 * row.score.points["csat"] + 0.4 * row.score.points["habit"])


def test_other_lines_keep_to_the_terms():
    game = Game(3, terms=Terms(locked=("hero",), predict=True))
    other = feasible([Choice(("hero", "announce")), *[Choice()] * 11], game)
    assert other.choices[0].start == ("announce",) and score(other).total != 0.0


@pytest.mark.parametrize(
    ("terms", "why"),
    [(Terms(locked=("heros",)), "hero"), (Terms(events={"surge": 13}), "quarter must be 1 to 12, .*got 13"), (Terms(events={"x": 1}), "event"),
     (Terms(weights={"csat": 99}), "sum to 99"), (Terms(weights={"csats": 100}), "csat")],
)  # fmt: skip
def test_terms_that_cannot_be_served_are_refused(terms, why):
    with pytest.raises(InputError, match=why):
        Game(1, terms=terms)


def test_six_quarters_are_a_game_with_marks_of_its_length():
    game = play_through([Choice(("hero",)), *[Choice()] * 5], 3, terms=Terms(quarters=6))
    assert game.over and game.rules.criterion[0].hundred == catalogue().rules.criterion[0].hundred / 2
    assert [row.after for row in game.rules.reflection] == [4]
    assert len(debrief(game).lines["best"].kpis["csat"]) == 6
    assert game_of(text_of(game).encode()).same


def test_more_quarters_than_the_rules_have_are_refused():
    with pytest.raises(InputError, match="quarters: must be 1 to 12, got 13"):
        Game(1, terms=Terms(quarters=13))
