"""The debrief: guesses first, reported beside true, the hinge as Python finds it, a best plan whose moves can be switched off."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ccsim.engine.jit import PLAIN
from ccsim.game.class_rules import Terms
from ccsim.game.debrief import drop_move, score
from ccsim.game.game import Choice, Game, play_through

Open = Callable[..., Any]
CHOICES = [
    Choice(("improvement-time", "measure-surveys"), expected={"reported_csat": 72.0, "profit": 30000.0}),
    Choice(("champion-network",)),
    Choice(("widen-rights",)),
    *[Choice()] * 3,
]
MIX = ("closed_fast", "followed_script", "solved", "handed_over", "escalated")


def _plain(choices: list[Choice]) -> list[dict[str, Any]]:
    return [{"start": list(row.start), "stop": list(row.stop), "expected": dict(row.expected)} for row in choices]


@pytest.fixture
def over(visit: Open) -> Any:
    """Open the debrief of a game of six quarters."""
    page = visit("about")
    kept = {"scenario": "nothing", "seed": 1, "all": False, "choices": _plain(CHOICES), "terms": {"quarters": 6}}
    page.evaluate("text => localStorage.setItem('ccsim.game', text)", json.dumps(kept))
    page.evaluate("location.hash = '#/play'; location.reload()")
    page.locator("main.debrief .guess").first.wait_for()
    return page


def _guess(page: Any, place: int, name: str) -> str:
    card = page.locator(".guess").nth(place)
    card.get_by_role("button", name=name).click()
    return str(card.locator("p").inner_text())


@pytest.mark.skipif(PLAIN, reason="a game of the whole organisation takes minutes uncompiled")
def test_three_sentences_are_guessed_first_and_are_true_of_this_game(over: Any) -> None:
    game = play_through(CHOICES, 1, terms=Terms(quarters=6))
    reported, true = game.by_quarter("reported_fcr")[-1], game.by_quarter("fcr")[-1]
    text = over.locator(".guess").nth(1).inner_text()
    assert f"{100 * reported:.1f} %" in text and f"{100 * true:.1f} %" not in text, "the truth waits for the guess"
    output = _guess(over, 1, "Lower")
    assert output.startswith("Right.") and f"Reported: {100 * reported:.1f} %. True: {100 * true:.1f} %." in output
    whole = score(game).total
    worth = {
        name: whole - score(play_through(drop_move(CHOICES, name), 1, terms=Terms(quarters=6))).total
        for name in ("improvement-time", "measure-surveys", "champion-network", "widen-rights")
    }
    assert max(worth, key=lambda name: worth[name]) == "champion-network"
    output = _guess(over, 2, "A network of champions")
    assert (
        output
        == f"Right. A network of champions: {worth['champion-network']:+.0f} points against the same game without it."
    )


def test_reported_resolution_stands_beside_the_true_one_and_says_why(over: Any) -> None:
    card = over.locator("section:has(#pair-title)")
    assert card.locator("path.line.run").count() == 1 and card.locator("path.line.said").count() == 1
    assert "unless the customer’s second call is traced" in card.inner_text()
    card.get_by_role("combobox").select_option("csat")
    card.get_by_text("Reported satisfaction is not embellished").wait_for()


def _lived(choices: list[Choice]) -> list[list[np.ndarray]]:
    """Return what decides, week by week: how departments handled cases, and whole numbers about staff."""
    game, weeks = Game(1, terms=Terms(quarters=6)), []
    lived = game.simulation.step

    def step() -> None:
        lived()
        found = game.simulation.state.populations
        weeks.append(
            [np.array(getattr(found.departments, name)) for name in MIX]
            + [np.array(getattr(found.staff, name)) for name in ("tipped_week", "vacant_until", "person")]
        )

    game.simulation.step = step  # type: ignore[method-assign]
    for choice in choices:
        game.play(choice)
    return weeks


@pytest.mark.skipif(PLAIN, reason="a game of the whole organisation takes minutes uncompiled")
def test_the_hinge_is_reported_to_the_first_decision_that_differs(over: Any) -> None:
    over.locator(".guess").nth(2).get_by_role("button").first.click()
    card = over.locator(".hinge")
    card.get_by_text("all decisions are the same in both games").wait_for()
    assert "Starting “A network of champions” in quarter 2." in card.inner_text()
    pairs = zip(_lived(CHOICES), _lived(drop_move(CHOICES, "champion-network")), strict=True)
    apart = next(n for n, (a, b) in enumerate(pairs, 1) if any(np.any(x != y) for x, y in zip(a, b, strict=True)))
    assert f"Until week {apart} all decisions are the same" in card.inner_text()


def test_moves_of_the_best_plan_can_be_switched_off(over: Any) -> None:
    over.get_by_role("heading", name="Best plan found:").wait_for()
    assert over.locator("ol.plan input:checked").count() > 5
    over.locator("ol.plan input").first.uncheck()
    over.get_by_text("Without the moves you switched off:").wait_for()
    over.locator("section:has(#ways-title) .check input").check()
    assert over.locator("section:has(#ways-title) path.line.pin").count() == 1


def test_chance_or_skill_is_a_chart_of_twenty_other_companies(over: Any) -> None:
    over.get_by_text("of 20 companies").wait_for()
    assert over.locator("section:has(#luck-title) circle").count() == 40


def test_points_can_be_worked_out_from_the_weeks_as_a_table(over: Any) -> None:
    with over.expect_download() as taken:
        over.get_by_role("button", name="Weeks as CSV").click()
    lines = Path(taken.value.path()).read_text(encoding="utf-8").splitlines()
    marks = {}
    for line in lines:
        if line.startswith("# criterion "):
            name, _, rest = line.removeprefix("# criterion ").partition(": weight ")
            weight, zero, hundred = (float(part.split()[-1]) for part in rest.split(", "))
            marks[name] = (weight, zero, hundred)
    table = [line.split(",") for line in lines if not line.startswith("#")]
    assert len(table) == 1 + 6 * 13
    total = 0.0
    for name, (weight, zero, hundred) in marks.items():
        column = [float(row[table[0].index(name)]) for row in table[1:]]
        value = sum(column) if name == "profit" else sum(column[-13:]) / 13
        total += weight * (value - zero) / (hundred - zero)
    # The points are told as soon as the same company without a move has been played for the comparison.
    over.get_by_role("heading", level=1, name="You made ").wait_for()
    assert over.get_by_role("heading", level=1).inner_text().startswith(f"You made {total:.0f} points")
