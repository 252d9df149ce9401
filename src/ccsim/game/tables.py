"""Games as tables for a spreadsheet: one game by week, a class by player. Both carry what its score is made of."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path

from ccsim.errors import InputError
from ccsim.game.debrief import Score, score
from ccsim.game.game import Choice, Game
from ccsim.game.names import clean_name, spreadsheet_cell
from ccsim.game.save_file import read_game
from ccsim.model.kpis import KPIS

#: What is kept of a game by quarter.
KEPT = ("csat", "reported_csat", "profit", "habit", "engagement", "fatigue")
#: Letters of a name in a table.
LONGEST_SHOWN = 60

FORMULA = "points = sum of weight x (value - zero) / (hundred - zero)"


@dataclass(frozen=True)
class Result:
    """What a class sees of a finished game.

    Attributes:
        name: what the player chose to be called; may be empty.
        scenario, seed: what was played.
        score: what the game is worth.
        kpis: some KPIs by quarter.
        choices: the choices without what the player wrote.
        surprise: mean distance of the predictions of satisfaction from what was reported; None without predictions.
    """

    name: str
    scenario: str
    seed: int
    score: Score
    kpis: dict[str, list[float]]
    choices: tuple[Choice, ...]
    surprise: float | None


def result(game: Game, name: str = "") -> Result:
    """Return what a class may see of a game.

    Raises:
        InputError: the game is not finished.
    """
    if not game.over:
        raise InputError(f"the game goes on: {game.quarter} of {game.rules.quarters} quarters are played")
    reported = game.by_quarter("reported_csat")
    errors = [
        abs(choice.expected["reported_csat"] - reported[number])
        for number, choice in enumerate(game.choices) if "reported_csat" in choice.expected
    ]  # fmt: skip
    kept = {kpi: game.by_quarter(kpi) for kpi in KEPT}
    choices = tuple(replace(choice, answers=()) for choice in game.choices)
    surprise = sum(errors) / len(errors) if errors else None
    return Result(name, game.scenario, game.seed, score(game), kept, choices, surprise)


def named(rows: Sequence[Result]) -> list[Result]:
    """Return results, best first, each with a name to show."""
    shown = [replace(row, name=row.name or f"Player {number}") for number, row in enumerate(rows, 1)]
    return sorted(shown, key=lambda row: -row.score.total)


def of_folder(folder: Path) -> tuple[list[Result], list[str]]:
    """Return the finished games of a folder's files, and what is wrong with the other files.

    Raises:
        InputError: there is no such folder, or no game in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder")
    rows, faults = [], []
    for file in sorted(folder.glob("*.json")):
        try:
            game = read_game(file).game
            rows.append(result(game, game.player or file.stem))
        except InputError as error:
            faults.append(str(error) if str(error).startswith(str(file)) else f"{file}: {error}")
    if not rows and not faults:
        raise InputError(f"{folder}: has no saved game (*.json)")
    return rows, faults


def class_csv(rows: Sequence[Result], like: Game) -> str:
    """Return a class's games, one a row, under the lines that say how points are made.

    Args:
        rows: the games.
        like: a game on the class's terms; tells weights and what is worth nothing and a hundred.
    """
    criteria = [row.kpi for row in like.rules.criterion if not like.terms.weights or row.kpi in like.terms.weights]
    table, text = _table(like)
    quarters = [f"quarter {number + 1}" for number in range(like.rules.quarters)]
    table.writerow(["seed", "scenario", "player", "points", *criteria, "mean error of predictions", *quarters])
    for row in named(rows):
        moves = [" ".join([*choice.start, *(f"-{stop}" for stop in choice.stop)]) for choice in row.choices]
        values = [round(row.score.values[kpi], 6) for kpi in criteria]
        shown = spreadsheet_cell(clean_name(row.name, LONGEST_SHOWN))
        error = "" if row.surprise is None else round(row.surprise, 2)
        table.writerow([row.seed, row.scenario, shown, round(row.score.total, 4), *values, error, *moves])
    return str(text.getvalue())


def weeks_csv(game: Game) -> str:
    """Return a game's KPIs, one week a row, with the moves of each quarter in its first week.

    Profit and cost are those after what the player's moves cost.
    """
    table, text = _table(game)
    weekly = {kpi: game.weekly(kpi) for kpi in KPIS}
    table.writerow(["week", "quarter", "started", "stopped", *(f"expected {kpi}" for kpi in game.catalogue.predicted),
                    *weekly])  # fmt: skip
    for week in range(game.quarter * game.rules.weeks):
        quarter, week_of_quarter = divmod(week, game.rules.weeks)
        choice = game.choices[quarter] if week_of_quarter == 0 else Choice()
        expected = [choice.expected.get(kpi, "") for kpi in game.catalogue.predicted]
        levels = [repr(float(values[week])) for values in weekly.values()]
        table.writerow([week, quarter + 1, " ".join(choice.start), " ".join(choice.stop), *expected, *levels])
    return str(text.getvalue())


def _table(game: Game):  # type: ignore[no-untyped-def]  # csv does not export the type of its writers
    """Begin a table with the lines that say what was played and how points are made."""
    text = io.StringIO()
    table = csv.writer(text)
    weights = game.terms.weights_under(game.catalogue)
    table.writerow(["# scenario", game.scenario, "seed", game.seed])
    table.writerow([f"# {FORMULA}"])
    for row in game.rules.criterion:
        if row.kpi in weights:
            measured = "sum of all weeks" if row.kpi == "profit" else "mean of the last quarter"
            table.writerow(["# criterion", row.kpi, "weight", weights[row.kpi], "zero", row.zero,
                            "hundred", row.hundred, measured])  # fmt: skip
    for name, quarter in sorted(game.coming.items(), key=itemgetter(1)):
        table.writerow(["# event", name, "quarter", quarter + 1])
    return table, text
