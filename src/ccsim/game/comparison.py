"""Games of a class side by side, as charts and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from statistics import fmean

from ccsim.game import charts
from ccsim.game.catalogue import catalogue
from ccsim.game.debrief import best_plan, do_nothing, feasible, score, scored
from ccsim.game.game import Game
from ccsim.game.tables import Result
from ccsim.reports.pages import render_page
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


def page(title: str, rows: Sequence[Result], like: Game) -> str:
    """Return the comparison as a standalone file, with the levels of doing nothing and of the best plan.

    Args:
        title: description of the games.
        rows: games with the names to show.
        like: a game with the same draws.
    """
    heading = f"Games of {title}"
    none, best = (score(feasible(plan, like)).total for plan in (do_nothing(like.catalogue), best_plan()))
    levels = (("Doing nothing", none, charts.NOTHING), ("Best plan found", best, charts.BEST))
    dots = charts.dots("Points of all games", [(row.name, row.score.total) for row in rows], levels)
    fans = "".join(f"<div>{fan(kpi, rows)}</div>" for kpi in ("csat", "reported_csat", "profit", "habit"))
    body = (
        f'<main><h1>{escape(heading)}</h1><div class="dots">{dots}</div><div class="charts">{fans}</div>'
        f'<div class="wide"><h2>Moves</h2>{moves_table(rows)}</div>'
        f'<div class="wide"><h2>Games</h2>{games_table(rows)}</div></main>'
    )
    return render_page("game.html", {"title": heading, "css": CSS, "body": body})


def fan(kpi: str, rows: Sequence[Result]) -> str:
    """Draw a KPI of all games, with the class's mean, as HTML."""
    lines = [charts.Series(row.name, charts.YOU, drawn(kpi, row.kpis[kpi]), faint=True) for row in rows]
    mean = [fmean(values) for values in zip(*(row.kpis[kpi] for row in rows), strict=True)]
    return charts.chart(title_of(kpi), [*lines, charts.Series("Mean of the class", charts.BEST, drawn(kpi, mean))])


def moves_table(rows: Sequence[Result]) -> str:
    """Return how often each move was made, its mean first quarter, and the mean points of games with and without it.

    The difference between games with and without a move is not its effect, because such games differ in other moves too. Each player's debrief shows effects.
    """
    made_by: Counter[str] = Counter()
    for move in catalogue().moves.values():
        first = [
            next((number for number, choice in enumerate(row.choices, 1) if move.name in choice.start), None)
            for row in rows
        ]
        made = [row.score.total for row, quarter in zip(rows, first, strict=True) if quarter is not None]
        left = [row.score.total for row, quarter in zip(rows, first, strict=True) if quarter is None]
        if made:
            when = fmean(quarter for quarter in first if quarter is not None)
            cells = (
                f"<tr><td>{escape(move.title)}</td><td>{len(made)} of {len(rows)}</td><td>{when:.1f}</td>"
                f"<td>{fmean(made):.0f}</td><td>{f'{fmean(left):.0f}' if left else '–'}</td></tr>"
            )
            made_by[cells] = len(made)
    return (
        "<table><tr><th>Move</th><th>Made by</th><th>Mean first quarter</th><th>Mean points with</th>"
        f"<th>without</th></tr>{''.join(cells for cells, _ in made_by.most_common())}</table><p>The difference is not the "
        "effect of the move: games differ in other moves too. Each player's own debrief shows what a move was worth.</p>"
    )


def games_table(rows: Sequence[Result]) -> str:
    """Return the games, best first."""
    weights = rows[0].score.weights
    head = "".join(
        f"<th>{escape(scored(kpi).split(' (')[0])}, {weight:g}\u00a0%</th>" for kpi, weight in weights.items()
    )
    body = "".join(
        f"<tr><td>{escape(row.name)}</td><td>{points(row.score.total)}</td>"
        + "".join(f"<td>{kpi_value(kpi, row.score.values[kpi])}</td>" for kpi in weights)
        + f"<td>{kpi_value('reported_csat', row.surprise)}</td></tr>"
        for row in rows
    )
    return f"<table><tr><th>Player</th><th>Points</th>{head}<th>Error of predictions</th></tr>{body}</table>"
