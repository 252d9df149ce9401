"""A finished game on one page, to print or hand in: score, KPIs over time, decisions, predictions, answers.

One file of HTML without scripts, pictures from elsewhere or fonts to load; it prints on one sheet of A4.
"""

from __future__ import annotations

from html import escape

from ccsim import __version__
from ccsim.game import charts
from ccsim.game.debrief import Debrief, best_command, scored
from ccsim.game.game import Game
from ccsim.reports.pages import render_page
from ccsim.results.formatting import amount, drawn, kpi_value, points, title_of
from ccsim.scenarios.scenario import load_scenario

STYLES = {"nothing": charts.NOTHING, "best": charts.BEST, "you": charts.YOU}
DRAWN = ("profit", "habit", "fatigue", "engagement", "active")

CSS = """
@page { size: A4; margin: 10mm; }
* { box-sizing: border-box; } body { font: 11px/1.35 system-ui, sans-serif; color: #222; max-width: 190mm; margin: 0 auto; padding: 8px; }
h1 { font-size: 18px; margin: 0 0 2px; } h2 { font-size: 12.5px; margin: 9px 0 3px; border-bottom: 1px solid #ccc; } p { margin: 0 0 4px; }
.facts { color: #4f4f4f; } .three { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px 10px; }
.two { display: grid; grid-template-columns: 3fr 2fr; gap: 14px; } .scores { display: flex; gap: 18px; margin: 6px 0; }
.scores div { border-top: 4px solid; padding-top: 2px; } .scores b { font-size: 20px; display: block; }
table { border-collapse: collapse; width: 100%; font-size: 10px; font-variant-numeric: tabular-nums; }
th, td { text-align: right; white-space: nowrap; padding: 1px 5px; border-bottom: 1px solid #e4e4e4; vertical-align: top; } th { color: #4f4f4f; }
th { white-space: normal; } th.t, td.t { text-align: left; white-space: normal; } img { width: 100%; height: auto; display: block; }
@media (max-width: 600px) { .two, .three { grid-template-columns: 1fr; } }
"""


def report_page(game: Game, result: Debrief) -> str:
    """Return the page.

    Args:
        game: a finished game.
        result: its debrief.
    """
    player = f" of {escape(game.player)}" if game.player else ""
    body = (
        f"<main><h1>Three years to make a company customer-centric: the game{player}</h1>"
        f'<p class="facts">{escape(load_scenario(game.scenario).title)} (<code>{escape(game.scenario)}</code>), seed {game.seed}, '
        f"{game.rules.quarters} quarters of {game.rules.weeks} weeks, {amount(game.rules.budget)} and "
        f"{game.rules.attention} points of attention a quarter; ccsim {__version__}. {_events(result)}</p>"
        f"{_scores(result)}{_charts(game, result)}"
        f'<div class="two"><section><h2>Decisions</h2>{_log(game)}</section>'
        f"<section>{_criteria(result)}{_worth(result)}</section></div>"
        f"{_answers(result)}<h2>How far to trust it</h2><p>One seed is one sequence of chance events: play the same choices on others "
        "before calling them good. The worth of a move holds for this game and these draws, and moves work together, so "
        "their worths do not add up. Most parameters of the model are assumed, each with its source or that mark "
        f"(<code>ccsim parameters</code>). The best plan was found by <code>{escape(best_command())}</code> without knowing "
        "these draws.</p></main>"
    )
    title = f"A game of ccsim{f' of {game.player}' if game.player else ''}"
    return render_page("game.html", {"title": title, "css": CSS, "body": body})


def _events(result: Debrief) -> str:
    words = "; ".join(f"quarter {quarter + 1}: {escape(title)}" for quarter, title in result.events)
    return f"What the world did: {words} (▾ in the charts)." if words else "The world did nothing."


def _scores(result: Debrief) -> str:
    tiles = "".join(
        f'<div style="border-color:{STYLES[name].colour}">{escape(row.title)}<b>{points(row.score.total)}</b>points</div>'
        for name, row in result.lines.items()
    )
    return f'<div class="scores">{tiles}</div>'


def _charts(game: Game, result: Debrief) -> str:
    lines = {"Satisfaction, true and reported (of 100)": satisfaction_lines(game, result)}
    lines |= {title_of(kpi): kpi_lines(result, kpi) for kpi in DRAWN}
    drawings = "".join(f"<div>{charts.chart(title, series, result.events)}</div>" for title, series in lines.items())
    return f'<div class="three">{drawings}</div>'


def kpi_lines(result: Debrief, kpi: str) -> list[charts.Series]:
    """Return a KPI over the quarters when doing nothing, with the best plan and in the game, in this order."""
    rows = [(result.lines[name], style) for name, style in STYLES.items()]
    return [charts.Series(row.title, style, drawn(kpi, row.kpis[kpi])) for row, style in rows]


def satisfaction_lines(game: Game, result: Debrief) -> list[charts.Series]:
    """Return true satisfaction when doing nothing and in the game, with reported values and any predictions as rings."""
    nothing, _, you = kpi_lines(result, "csat")
    reported = charts.Series("Reported to you", charts.REPORTED, result.lines["you"].kpis["reported_csat"])
    values = drawn("reported_csat", [choice.expected.get("reported_csat") for choice in game.choices])
    expected = charts.Series("You expected", charts.EXPECTED, values, points=True)
    return [nothing, reported, you, *([expected] if any(value is not None for value in values) else [])]


def _log(game: Game) -> str:
    """Return quarter by quarter what was decided, what it cost, what was expected and what came."""
    titles = {name: row.title for name, row in game.catalogue.moves.items()}
    kpis = game.catalogue.predicted
    came = {kpi: game.by_quarter(kpi) for kpi in kpis}
    rows = []
    for number, (choice, quarter) in enumerate(zip(game.choices, game.seen, strict=True)):
        did = [titles[name] for name in choice.start] + [f"stop: {titles[name]}" for name in choice.stop]
        pairs = "".join(
            f"<td>{kpi_value(kpi, choice.expected.get(kpi))}</td><td>{kpi_value(kpi, came[kpi][number])}</td>"
            for kpi in kpis
        )
        rows.append(
            f'<tr><td>{number + 1}</td><td class="t">{escape("; ".join(did) or "–")}</td><td>{quarter.spent:,.0f}</td>{pairs}'
            "</tr>"
        )
    head = "".join(f'<th colspan="2">{escape(title_of(kpi))} expected, came</th>' for kpi in kpis)
    return f'<table><tr><th>Q</th><th class="t">Decided</th><th>EUR</th>{head}</tr>{"".join(rows)}</table>'


def _criteria(result: Debrief) -> str:
    own = result.lines["you"].score
    rows = "".join(
        f'<tr><td class="t">{escape(scored(kpi))}</td><td>{kpi_value(kpi, own.values[kpi])}</td>'
        f"<td>{own.points[kpi]:.0f}</td><td>{weight:g} %</td></tr>"
        for kpi, weight in own.weights.items()
    )
    return (
        '<h2>Score</h2><table><tr><th class="t">Criterion</th><th>Value</th><th>Points</th><th>Weight</th></tr>'
        f"{rows}</table>"
    )


def _worth(result: Debrief) -> str:
    rows = "".join(
        f'<tr><td class="t">{escape(row.title)}</td><td>{points(row.points, sign=True)}</td></tr>'
        for row in result.contributions
    )
    return (
        f'<h2>Worth of each move</h2><table><tr><th class="t">The game less the same game without it</th><th>Points</th>'
        f"</tr>{rows}</table>"
        if rows
        else ""
    )


def _answers(result: Debrief) -> str:
    body = "".join(
        f"<p><b>After quarter {after}: {escape(ask)}</b> {escape(answer)}</p>" for after, ask, answer in result.answers
    )
    return f"<h2>Written between the years</h2>{body}" if body else ""
