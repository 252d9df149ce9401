"""The KPIs of a finished game as lines of a chart: doing nothing, the best plan, the player's game, the predictions."""

from __future__ import annotations

from collections.abc import Iterable

from ccsim.game import charts
from ccsim.game.debrief import Debrief
from ccsim.game.game import Game
from ccsim.results.formatting import drawn

STYLES = {"nothing": charts.NOTHING, "best": charts.BEST, "you": charts.YOU}
#: Title of the chart of :func:`satisfaction`.
SATISFACTION = "Satisfaction, true and reported (of 100)"


def courses(result: Debrief, kpi: str, names: Iterable[str] = tuple(STYLES)) -> list[charts.Series]:
    """Return a KPI over the quarters in each of the named ways to play.

    Args:
        result: the debrief of the game.
        kpi: the KPI.
        names: ways to play, keys of :data:`STYLES`.
    """
    rows = result.lines
    return [charts.Series(rows[name].title, STYLES[name], drawn(kpi, rows[name].kpis[kpi])) for name in names]


def guesses(game: Game, kpi: str) -> list[charts.Series]:
    """Return the player's predictions of a KPI as rings of a chart; None if there are none."""
    values = [choice.expected.get(kpi) for choice in game.choices]
    if all(value is None for value in values):
        return []
    return [charts.Series("You expected", charts.EXPECTED, drawn(kpi, values), points=True)]


def satisfaction(game: Game, result: Debrief, names: Iterable[str] = tuple(STYLES)) -> list[charts.Series]:
    """Return true satisfaction in the named ways to play, the player's last, with reported values and predictions.

    Args:
        game: the finished game.
        result: the debrief of the game.
        names: ways to play, keys of :data:`STYLES`; the player's game last.
    """
    *others, mine = courses(result, "csat", names)
    reported = charts.Series("Reported to you", charts.REPORTED, result.lines["you"].kpis["reported_csat"])
    return [*others, reported, mine, *guesses(game, "reported_csat")]
