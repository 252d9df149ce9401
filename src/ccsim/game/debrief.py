"""The debrief: what really happened, what each move was worth, and how other ways to play do on the same draws."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ccsim.errors import InputError
from ccsim.game.catalogue import Catalogue
from ccsim.game.class_rules import check_weights
from ccsim.game.game import Choice, Game
from ccsim.results.formatting import title_of

BEST = Path(__file__).parent / "best.json"


@dataclass(frozen=True)
class Score:
    """The score of a game.

    Attributes:
        values: each criterion's KPI.
        points: each criterion's points before weighting, 100 at the value for a hundred in the rules.
        weights: each criterion's weight; they sum to 100.
    """

    values: dict[str, float]
    points: dict[str, float]
    weights: dict[str, float]

    @property
    def total(self) -> float:
        """Weighted points."""
        return sum(self.points[name] * self.weights[name] for name in self.points) / 100.0


@dataclass(frozen=True)
class Line:
    """One way to play the game.

    Attributes:
        title: its title.
        score: its score.
        kpis: KPIs by quarter.
    """

    title: str
    score: Score
    kpis: dict[str, list[float]]


@dataclass(frozen=True)
class MoveContribution:
    """The worth of a move: the game less the same game without it, on the same draws.

    Attributes:
        name, title: the move.
        points: difference of the score.
        profit: difference of the profit of all quarters, EUR.
        csat: difference of true satisfaction at the end.
    """

    name: str
    title: str
    points: float
    profit: float
    csat: float


@dataclass(frozen=True)
class Debrief:
    """The debriefing at the end of a game.

    Attributes:
        lines: the player's, doing nothing, and the best plan found by search; by ``"you"``, ``"nothing"``, ``"best"``.
        contributions: every move started, the most valuable first.
        events: (quarter, title) of every external event.
        answers: (number of quarters played, question, answer) of every answer.
    """

    lines: dict[str, Line]
    contributions: tuple[MoveContribution, ...]
    events: tuple[tuple[int, str], ...]
    answers: tuple[tuple[int, str, str], ...]


def score(game: Game, weights: Mapping[str, float] | None = None) -> Score:
    """Return the score of a game so far.

    Args:
        game: the game.
        weights: by KPI; they must name criteria and sum to 100. By default those of the game's terms, or of the rules.

    Raises:
        InputError: the weights cannot be used.
    """
    used = game.terms.weights_under(game.catalogue) if weights is None else weights
    values = {row.kpi: _value(game, row.kpi) for row in game.rules.criterion if row.kpi in used}
    return score_of(values, used, game.catalogue)


def score_of(values: Mapping[str, float], weights: Mapping[str, float], rules: Catalogue) -> Score:
    """Return the score for values of the criteria.

    Args:
        values: by KPI.
        weights: by KPI; they must name criteria and sum to 100.
        rules: the catalogue with the values for 0 and 100 points.

    Raises:
        InputError: the weights cannot be used.
    """
    check_weights(weights, [row.kpi for row in rules.rules.criterion])
    rows = [row for row in rules.rules.criterion if row.kpi in weights]
    points = {row.kpi: 100.0 * (values[row.kpi] - row.zero) / (row.hundred - row.zero) for row in rows}
    return Score({row.kpi: values[row.kpi] for row in rows}, points, dict(weights))


def debrief(game: Game) -> Debrief:
    """Print what really happened in a finished game.

    Returns:
        The debriefing: scores, contributions of the choices, events, and the answers to the terms.

    Raises:
        InputError: the game is not finished.
    """
    if not game.over:
        raise InputError(f"the game goes on: {game.quarter} of {game.rules.quarters} quarters are played")
    lines = {
        "you": playthrough("Your game", game),
        "nothing": playthrough("Doing nothing", feasible(do_nothing(game.catalogue), game)),
        "best": playthrough("Best plan found", feasible(best_plan(), game)),
    }
    return Debrief(lines, leave_one_out(game), events(game), answers(game))


def playthrough(title: str, game: Game) -> Line:
    """Return a game as a way to play, for comparison with others."""
    names = [*dict.fromkeys([*game.catalogue.hidden, *(row.kpi for row in game.rules.report)])]
    names += [row.kpi for row in game.rules.criterion if row.kpi not in names]
    return Line(title, score(game), {name: game.by_quarter(name) for name in names})


def do_nothing(rules: Catalogue) -> list[Choice]:
    """Return the choices of a player who does nothing."""
    return [Choice()] * rules.rules.quarters


def leave_one_out(game: Game) -> tuple[MoveContribution, ...]:
    """Replay the game without each move in turn, and return the worth of each."""
    total = score(game).total
    rows = []
    for name in dict.fromkeys(name for choice in game.choices for name in choice.start):
        rest = feasible(drop_move(game.choices, name), game)
        profit = _value(game, "profit") - _value(rest, "profit")
        csat = _value(game, "csat") - _value(rest, "csat")
        rows.append(MoveContribution(name, game.catalogue.move(name).title, total - score(rest).total, profit, csat))
    return tuple(sorted(rows, key=lambda row: -row.points))


def drop_move(choices: list[Choice], name: str) -> list[Choice]:
    """Return the choices without a move."""
    return [choice.without(name) for choice in choices]


def feasible(choices: Sequence[Choice], like: Game) -> Game:
    """Play choices on a game's organisation and draws, skipping what cannot be done.

    A plan made for other draws, or one without one of its moves, may stop a move that is not running (an event or another
    move ended it), or start one that is already running.

    Args:
        choices: the choice of each quarter.
        like: the game whose organisation, rules and terms are used.

    Returns:
        The finished game.
    """
    terms = like.terms.model_copy(update={"predict": False})
    game = Game(like.seed, like.scenario, rules=like.catalogue, terms=terms)
    for choice in choices[: game.rules.quarters]:
        play_feasible(game, choice)
    return game


def play_feasible(game: Game, choice: Choice) -> None:
    """Play a quarter with the feasible part of a choice: all possible stops, and each start that still fits.

    Args:
        game: the game, which advances by a quarter.
        choice: moves to stop and to start, in order of priority.
    """
    stop = tuple(name for name in choice.stop if name in game.running)
    start: tuple[str, ...] = ()
    for name in choice.start:
        try:
            game.check(Choice((*start, name), stop))
        except InputError:
            continue
        start = (*start, name)
    try:
        game.play(Choice(start, stop))
    except InputError:
        # Running moves can no longer be paid for: stop all of them, as a manager without money must.
        game.play(Choice((), tuple(game.running)))


def events(game: Game) -> tuple[tuple[int, str], ...]:
    """Return the external events in order of time."""
    begun = {name: quarter for name, quarter in game.coming.items() if quarter < game.quarter}
    return tuple(sorted((quarter, game.catalogue.events[name].title) for name, quarter in begun.items()))


def answers(game: Game) -> tuple[tuple[int, str, str], ...]:
    """Return the player's answers: (number of quarters played, question, answer)."""
    return tuple(
        (row.after, ask, answer)
        for row in game.rules.reflection
        if row.after < game.quarter
        for ask, answer in zip(row.ask, game.choices[row.after].answers, strict=False)
        if answer
    )


@cache
def best_plan() -> list[Choice]:
    """Return the best plan that ``ccsim game search`` has found; the file names the command."""
    data = json.loads(BEST.read_text(encoding="utf-8"))
    return [Choice(tuple(row.get("start", ())), tuple(row.get("stop", ()))) for row in data["choices"]]


def best_command() -> str:
    """Return the command with which the best plan was found."""
    return str(json.loads(BEST.read_text(encoding="utf-8"))["command"])


def scored(kpi: str) -> str:
    """Return the label of a criterion: profit is that of all quarters, the others are of the last quarter."""
    return "Profit of all quarters (EUR)" if kpi == "profit" else title_of(kpi)


def _value(game: Game, kpi: str) -> float:
    """Return a KPI as used in the score: the profit of all quarters, or the last quarter's mean of another KPI."""
    values = game.by_quarter(kpi)
    return float(np.sum(values) * game.rules.weeks) if kpi == "profit" else values[-1]
