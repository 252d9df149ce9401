"""What a player sees while deciding: time and purse, news, reported figures beside predictions, what happened so far."""

from __future__ import annotations

from html import escape

import solara

from ccsim.game.debrief import scored
from ccsim.game.game import Choice, Game
from ccsim.model.kpis import KPIS
from ccsim.reports.formatting import change, drawn, figure, times, unit_of, with_unit
from ccsim.ui import sketch
from ccsim.ui.fold import Details

STYLE = ("#222222", "")
#: Width and height of a chart on a quarter's page; its narrowest place is 268 pixels, where letters still have 11.
SMALL = (290, 158)


@solara.component
def StatusBar(game: Game, turn: int, choice: Choice) -> None:
    """Which quarter it is, and what of money and attention is left with the choice as it stands."""
    rules, (money, attention) = game.rules, game.bill(choice)
    track = "".join(
        f'<i class="{"on" if number < game.quarter else "now" if number == game.quarter else ""}"></i>'
        for number in range(rules.quarters)
    )
    points = "".join(
        f'<span class="gm-point {"over" if number >= rules.attention else "used" if number < attention else ""}"></span>'
        for number in range(max(rules.attention, attention))
    )
    left = game.money - money
    solara.HTML(
        tag="div",
        classes=["gm-head"],
        unsafe_innerHTML=f'<span class="gm-when">Quarter {game.quarter + 1} of {rules.quarters}</span>'
        f'<span class="gm-track" aria-hidden="true">{track}</span>'
        f'<span class="gm-have">Money: EUR {game.money:,.0f}, of which {"" if left >= 0 else "<b>"}EUR {left:,.0f} stay'
        f"{'' if left >= 0 else '</b>'}</span>"
        f'<span class="gm-have">Attention: {attention} of {rules.attention} <span aria-hidden="true">{points}</span>'
        "</span>",
    )


@solara.component
def QuarterNews(game: Game, turn: int) -> None:
    """What the quarter before brought: news, what listening showed, predictions beside what came."""
    if not game.seen:
        said = "Your first quarter. The figures are those of the week before you came."
        if game.terms.predict:
            said += " Your lecturer asks you to predict: you see a quarter only after saying what you expect of it."
        solara.HTML(tag="div", classes=["gm-learn"], unsafe_innerHTML=said)
        return
    seen, parts = game.seen[-1], []
    for line in seen.news:
        solara.HTML(tag="div", classes=["gm-news"], unsafe_innerHTML=escape(line))
    for kpi, value in seen.shown.items():
        parts.append(f"You learned: <b>{escape(KPIS[kpi].title)}</b> was {with_unit(kpi, value)}.")
    for kpi in game.catalogue.predicted:
        late = next(row.late for row in game.rules.report if row.kpi == kpi)
        number, came = seen.number - late, seen.figures[kpi]
        if came is None or kpi not in game.choices[number].expected:
            continue
        guess = game.choices[number].expected[kpi]
        parts.append(
            f"{escape(KPIS[kpi].title)}, quarter {number + 1}: you expected {figure(kpi, guess)}, "
            f"reported is <b>{figure(kpi, came)}</b> {unit_of(kpi)}."
        )
    if parts:
        solara.HTML(tag="div", classes=["gm-learn"], unsafe_innerHTML="<br>".join(parts))


@solara.component
def Figures(game: Game, turn: int) -> None:
    """Every reported figure with its course; those that are predicted as charts with the predictions in them."""
    predicted = game.catalogue.predicted
    if game.seen:
        charts = [f"<div>{course_chart(game, kpi)}</div>" for kpi in predicted]
        solara.HTML(tag="div", classes=["gm-pair"], unsafe_innerHTML="".join(charts))
    rows = [row for row in game.rules.report if row.kpi not in predicted or not game.seen]
    tiles = [tile(game, row.kpi, row.late) for row in rows]
    solara.HTML(tag="div", classes=["gm-tiles"], unsafe_innerHTML="".join(tiles))


def course_chart(game: Game, kpi: str) -> str:
    """Return a chart of what was reported by quarter, with the player's predictions and the events so far."""
    late = next(row.late for row in game.rules.report if row.kpi == kpi)
    room: list[float | None] = [None] * game.rules.quarters
    came = [seen.figures[kpi] for seen in game.seen][late:]
    told = [choice.expected.get(kpi) for choice in game.choices]
    series = [
        sketch.Series("You expected", sketch.EXPECTED, drawn(kpi, [*told, *room[len(told) :]]), points=True),
        sketch.Series("Reported", STYLE, drawn(kpi, [*came, *room[len(came) :]])),
    ]
    marks = [(quarter, game.catalogue.events[name].title) for name, quarter in game.coming.items()]
    marks = [row for row in marks if row[0] < game.quarter]
    unit = unit_of(kpi) + (", a quarter late" if late else "")
    predict = next(row.predict for row in game.rules.report if row.kpi == kpi)
    return sketch.chart(
        f"{KPIS[kpi].title} ({unit})", series, marks, *SMALL, least=8 * predict[2] * times(kpi) if predict else 0.0
    )


def tile(game: Game, name: str, late: int) -> str:
    """Return a reported figure with its change and course."""
    kpi, course = KPIS[name], [seen.figures[name] for seen in game.seen]
    known = [value for value in course if value is not None]
    value = known[-1] if known else game.before[name]
    moved = change(name, known[-1] - known[-2]) if len(known) > 1 else ""
    when = "the week before" if not known else "a quarter late" if late else "in a quarter" if moved else ""
    told = ", ".join(part for part in (moved, when) if part) if late else f"{moved} {when}"
    unit = unit_of(name)
    beside, under = (unit, "") if len(unit) <= 6 else ("", f", {unit}")
    return (
        f'<div class="gm-tile low" title="{escape(kpi.meaning)}"><div class="gm-name">{escape(kpi.title + under)}</div>'
        f'<div class="gm-line"><span class="gm-value">{figure(name, value)} <small>{escape(beside)}</small></span>'
        f"{sketch.spark(course[late:], kpi.title + ' by quarter') if len(known) > 1 else ''}</div>"
        f'<div class="gm-small">{told}</div></div>'
    )


@solara.component
def History(game: Game, turn: int) -> None:
    """What was decided and what happened, the latest quarter first; and what will count."""
    with Details("How you will be judged"):
        solara.HTML(tag="div", classes=["gm-wide"], unsafe_innerHTML=criteria_table(game))
    if game.seen:
        with Details("What happened so far"):
            solara.HTML(tag="div", classes=["gm-wide"], unsafe_innerHTML=log_table(game, latest_first=True))


def log_table(game: Game, latest_first: bool = False) -> str:
    """Return the decision log: quarter, what was begun and stopped, what it cost, and the news."""
    titles = {name: row.title for name, row in game.catalogue.moves.items()}
    rows = []
    for choice, seen in zip(game.choices, game.seen, strict=True):
        did = [titles[name] for name in choice.start] + [f"stop: {titles[name]}" for name in choice.stop]
        news = " ".join(seen.news)
        rows.append(
            f"<tr><td>{seen.number + 1}</td><td>{escape('; '.join(did) or '–')}</td><td>{seen.spent:,.0f}</td>"
            f"<td>{escape(news) or '–'}</td></tr>"
        )
    body = "".join(reversed(rows) if latest_first else rows)
    return (
        '<table class="gm-log"><tr><th>Quarter</th><th>You began</th><th>EUR</th><th>News</th></tr>' + body + "</table>"
    )


def criteria_table(game: Game) -> str:
    """Return what is counted in the end: criteria, weights, what is worth nothing and what a hundred points."""
    weights = game.terms.weights or {row.kpi: row.weight for row in game.rules.criterion}
    rows = "".join(
        f"<tr><td>{escape(scored(row.kpi))}</td><td>{weights[row.kpi]:g}</td><td>{figure(row.kpi, row.zero)}</td>"
        f"<td>{figure(row.kpi, row.hundred)}</td></tr>"
        for row in game.rules.criterion
        if weights.get(row.kpi)
    )
    return (
        f"<table><tr><th>Criterion</th><th>Weight, %</th><th>0 points at</th><th>100 points at</th></tr>{rows}</table>"
        "<p>Points go on in proportion below 0 and beyond 100. All but the profit are the last quarter's mean.</p>"
    )
