"""Games of a class side by side, as charts and tables."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from statistics import fmean

from ccsim.game import charts
from ccsim.game.catalogue import catalogue
from ccsim.game.debrief import best_plan, do_nothing, feasible, score, scored
from ccsim.game.game import Game
from ccsim.game.tables import Result
from ccsim.reports.pages import html_page
from ccsim.results.formatting import drawn, kpi_value, points, title_of

CSS = """
body { font: 15px/1.4 system-ui, sans-serif; max-width: 1400px; margin: 0 auto; padding: 8px 16px 16px; color: #222; }
h1 { font-size: 26px; margin: 4px 0 8px; } h2 { font-size: 18px; margin: 14px 0 6px; } p { margin: 0 0 8px; max-width: 70ch; }
img { width: 100%; height: auto; display: block; } .dots { max-width: 1100px; } .wide { overflow-x: auto; } table + p { margin-top: 6px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(345px, 100%), 1fr)); gap: 14px; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 3px 9px; border-bottom: 1px solid #e4e4e4; white-space: nowrap; vertical-align: top; }
th { white-space: normal; vertical-align: bottom; color: #4f4f4f; font-weight: 600; }
th:first-child, td:first-child { text-align: left; white-space: normal; }
"""
Rows = list[tuple[str, Result]]
Levels = tuple[tuple[str, float, charts.Style], ...]


def lines_of(like: Game) -> Levels:
    """Return the points of doing nothing and of the best plan on a game's draws and terms."""
    none, best = (score(feasible(plan, like)).total for plan in (do_nothing(like.catalogue), best_plan()))
    return ("Doing nothing", none, charts.NOTHING), ("Best plan found", best, charts.BEST)


def comparison(rows: Rows, levels: Levels, marks: Sequence[tuple[int, str]] = ()) -> str:
    """Return the comparison without names.

    Args:
        rows: games with the names to show.
        levels: other lines' points, to mark.
        marks: (quarter from 0, event).
    """
    dots = charts.dots("Points of all games", [(name, row.score.total) for name, row in rows], levels)
    fans = [fan(kpi, rows, marks) for kpi in ("csat", "reported_csat", "profit", "habit")]
    return (
        f'<div class="dots">{dots}</div><div class="charts">'
        + "".join(f"<div>{one}</div>" for one in fans)
        + f"</div>{marks_text(marks)}"
        f'<div class="wide"><h2>Moves</h2>{moves_table(rows)}</div>'
    )


def page(title: str, rows: Rows, like: Game) -> str:
    """Return the comparison as a standalone file, with the levels of doing nothing and of the best plan.

    Args:
        title: description of the games.
        rows: games with the names to show.
        like: a game with the same draws.
    """
    heading = f"Games of {title}"
    body = (
        f"<main><h1>{escape(heading)}</h1>{comparison(rows, lines_of(like))}"
        f'<div class="wide"><h2>Games</h2>{games_table(rows)}</div></main>'
    )
    return html_page("game", {"title": heading, "css": CSS, "body": body})


def marks_text(marks: Sequence[tuple[int, str]]) -> str:
    """Return the events as text, as marked in the charts."""
    words = "; ".join(f"quarter {quarter + 1}: {escape(title)}" for quarter, title in marks)
    return f"<p>▾ {words}.</p>" if words else ""


def fan(kpi: str, rows: Rows, marks: Sequence[tuple[int, str]] = ()) -> str:
    """Draw a KPI of all games, with the class's mean.

    Args:
        kpi: the KPI.
        rows: games with the names to show.
        marks: (quarter from 0, event).

    Returns:
        A picture as HTML.
    """
    lines = [charts.Series(name, charts.YOU, drawn(kpi, row.kpis[kpi]), faint=True) for name, row in rows]
    mean = [fmean(values) for values in zip(*(row.kpis[kpi] for _, row in rows), strict=True)]
    return charts.chart(
        title_of(kpi), [*lines, charts.Series("Mean of the class", charts.BEST, drawn(kpi, mean))], marks
    )


def moves_table(rows: Rows) -> str:
    """Return how often each move was made, its mean first quarter, and the mean points of games with and without it.

    The difference between games with and without a move is not its effect, because such games differ in other moves too. Each player's debrief shows effects.
    """
    body = []
    for move in catalogue().moves.values():
        first = [
            next((number for number, choice in enumerate(row.choices) if move.name in choice.start), None)
            for _, row in rows
        ]
        made = [row.score.total for (_, row), quarter in zip(rows, first, strict=True) if quarter is not None]
        left = [row.score.total for (_, row), quarter in zip(rows, first, strict=True) if quarter is None]
        if made:
            when = fmean(quarter + 1 for quarter in first if quarter is not None)
            body.append(
                (len(made), f"<tr><td>{escape(move.title)}</td><td>{len(made)} of {len(rows)}</td><td>{when:.1f}</td>"
                 f"<td>{fmean(made):.0f}</td><td>{f'{fmean(left):.0f}' if left else '–'}</td></tr>")
            )  # fmt: skip
    cells = "".join(text for _, text in sorted(body, key=lambda pair: -pair[0]))
    return (
        "<table><tr><th>Move</th><th>Made by</th><th>Mean first quarter</th><th>Mean points with</th>"
        f"<th>without</th></tr>{cells}</table><p>The difference is not the effect of the move: games differ in other moves too. Each "
        "player's own debrief shows what a move was worth.</p>"
    )


def games_table(rows: Rows) -> str:
    """Return the games, best first."""
    weights = rows[0][1].score.weights
    head = "".join(
        f"<th>{escape(scored(kpi).split(' (')[0])}, {weight:g}\u00a0%</th>" for kpi, weight in weights.items()
    )
    body = "".join(
        f"<tr><td>{escape(name)}</td><td>{points(row.score.total)}</td>"
        + "".join(f"<td>{kpi_value(kpi, row.score.values[kpi])}</td>" for kpi in weights)
        + f"<td>{kpi_value('reported_csat', row.surprise)}</td></tr>"
        for name, row in rows
    )
    return f"<table><tr><th>Player</th><th>Points</th>{head}<th>Error of predictions</th></tr>{body}</table>"
