"""The debrief: what really happened, what each move was worth, and the other lines on the same draws."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from threading import Semaphore
from typing import Any

import solara
import solara.lab

from ccsim.errors import CcsimError
from ccsim.game.debrief import Debrief, best_command, debrief, rescore_on_seeds, scored
from ccsim.game.game import Game
from ccsim.game.save_file import text_of
from ccsim.game.tables import weeks_csv
from ccsim.reports.formatting import figure, minus, title_of
from ccsim.ui import sketch
from ccsim.ui.courses import SATISFACTION, STYLES, courses, guesses, satisfaction
from ccsim.ui.fold import Details
from ccsim.ui.ranking import NameField, Ranking
from ccsim.ui.rooms import ROOMS
from ccsim.ui.seen import log_table
from ccsim.ui.sheet import sheet

#: What is drawn; everything else is in the table.
DRAWN = ("profit", "fcr", "conviction", "habit", "fatigue", "engagement", "leader_conviction", "active")
#: Width and height of a chart; no wider than the narrowest place for it, so that letters never shrink.
LARGE = (345, 205)
PROMPTS = (
    "Which of your predictions were furthest off, and what did you believe then that was not so?",
    "Where do the reported and the true figures part, and who gained by that?",
    "Which move was worth most, which least? Would you have guessed?",
    "What would stay if you left?",
)


@solara.component
def DebriefView(game: Game, code: str, visitor: str, turn: Semaphore, again: Callable[[], None]) -> None:
    """The debrief of a finished game.

    Args:
        game: the game.
        code: the class it was played in; may be empty.
        visitor: whose game it is, for the class.
        turn: held while the other lines are worked out.
        again: what to do for a new game.
    """

    def reveal() -> Debrief:
        with turn:
            return debrief(game)

    work: Any = solara.lab.use_task(reveal, dependencies=[id(game)], raise_error=False)
    solara.HTML(tag="h1", unsafe_innerHTML="What really happened")
    # What comes late stands in a place of its own: without it the fields below would be made anew, and emptied.
    with solara.Div():
        if work.error:
            solara.Text("The debrief could not be worked out; keep the game in its file and load it again.")
        elif work.finished and work.value is not None:
            Lines(game, work.value)
            Luck(game, turn)
        else:
            solara.Text("Your game is played again without each of your moves, on the same draws. A few seconds …")
    joined = solara.use_reactive((code, 0))
    HandIn(game, code, visitor, lambda found: joined.set((found, joined.peek()[1] + 1)))
    Ranking(joined.value[0], visitor, joined.value[1])
    solara.HTML(tag="h2", unsafe_innerHTML="Keep")
    with solara.Div(classes=["gm-row"]):
        solara.FileDownload(lambda: text_of(game), "ccsim-game.json", label="The game, to replay")
        solara.FileDownload(lambda: weeks_csv(game), "ccsim-game.csv", label="Every week as a table (CSV)")
        if work.finished and work.value is not None:
            solara.FileDownload(lambda: sheet(game, work.value), "ccsim-game.html", label="A report on one page")
        solara.Button("Play again", on_click=again, outlined=True)


@solara.component
def Lines(game: Game, found: Debrief) -> None:
    """Scores, courses, worth of the moves, predictions."""
    rows = found.lines
    tiles = "".join(
        f'<div style="border-color:{STYLES[name][0]}"><span>{escape(row.title)}</span><b>{row.score.total:.0f}</b>'
        "points</div>"
        for name, row in rows.items()
    )
    solara.HTML(tag="div", classes=["gm-score"], unsafe_innerHTML=tiles)
    solara.HTML(
        tag="p",
        unsafe_innerHTML=f"{reached(found)} The best plan was found without knowing these draws: "
        f"<code>{escape(best_command())}</code>",
    )
    marks = found.events
    lines = {SATISFACTION: satisfaction(game, found)}
    lines |= {title_of(kpi): [*courses(found, kpi), *guesses(game, kpi)] for kpi in DRAWN}
    charts = [sketch.chart(title, series, marks, *LARGE) for title, series in lines.items()]
    solara.HTML(tag="div", classes=["gm-charts"], unsafe_innerHTML="".join(f"<div>{one}</div>" for one in charts))
    if marks:
        said = "; ".join(f"quarter {quarter + 1}: {escape(title)}" for quarter, title in marks)
        solara.HTML(tag="p", unsafe_innerHTML=f"▾ {said}.")
    if found.worth:
        solara.HTML(tag="h2", unsafe_innerHTML="What each move was worth")
        solara.Text("Points that your game has more than the same game, on the same draws, without the move.")
        solara.HTML(
            tag="div", style={"max-width": "760px"},
            unsafe_innerHTML=sketch.bars("Points", [(row.title, row.points) for row in found.worth]),
        )  # fmt: skip
    Tables(game, found)
    items = "".join(f"<li>{escape(prompt)}</li>" for prompt in PROMPTS)
    solara.HTML(tag="div", unsafe_innerHTML=f"<h2>To talk about</h2><ul>{items}</ul>")


def reached(found: Debrief) -> str:
    """Say how far the player came between doing nothing and the best plan."""
    share = found.reached
    if share > 1.0:
        return "You did better than the best plan found."
    if share < 0.0:
        return "Doing nothing would have been worth more."
    return f"You came {100 * share:.0f} % of the way from doing nothing to the best plan found."


@solara.component
def Tables(game: Game, found: Debrief) -> None:
    """The score's parts, the predictions, and every figure by quarter."""
    rows = found.lines
    head = "".join(f"<th>{escape(row.title)}</th>" for row in rows.values())
    body = "".join(
        f"<tr><td>{escape(scored(kpi))}, weight {weight:g}</td>"
        + "".join(
            f"<td>{figure(kpi, row.score.values[kpi])} ({minus(f'{row.score.points[kpi]:.0f}')})</td>"
            for row in rows.values()
        )
        + "</tr>"
        for kpi, weight in rows["you"].score.weights.items()
    )
    solara.HTML(
        tag="div", classes=["gm-wide"],
        unsafe_innerHTML="<h2>How the score is made</h2><table><tr><th>Last quarter (points of 100)</th>"
        f"{head}</tr>{body}</table>",
    )  # fmt: skip
    if found.expected:
        cells = "".join(
            f"<tr><td>{number + 1}</td><td>{escape(title_of(kpi))}</td><td>{figure(kpi, guess)}</td>"
            f"<td>{figure(kpi, came)}</td></tr>"
            for number, kpi, guess, came in found.expected
        )
        with Details("Your predictions"):
            solara.HTML(
                tag="div", classes=["gm-wide"],
                unsafe_innerHTML=f'<table class="gm-text"><tr><th>Quarter</th><th>Figure</th><th>Expected</th><th>Came</th></tr>{cells}</table>',
            )  # fmt: skip
    if found.answers:
        with Details("What you wrote between the years"):
            solara.HTML(tag="div", unsafe_innerHTML=answers_list(found))
    with Details("What you decided, and what happened"):
        solara.HTML(tag="div", classes=["gm-wide"], unsafe_innerHTML=log_table(game))
    with Details("Every figure by quarter"):
        solara.HTML(tag="div", classes=["gm-wide"], unsafe_innerHTML=every_figure(game, found))


def answers_list(found: Debrief) -> str:
    """Return the questions between the years with the player's answers."""
    return "".join(
        f"<p><b>After quarter {after}: {escape(ask)}</b><br>{escape(answer)}</p>"
        for after, ask, answer in found.answers
    )


def every_figure(game: Game, found: Debrief) -> str:
    """Return the player's figures as a table."""
    head = "".join(f"<th>{number + 1}</th>" for number in range(game.quarter))
    body = "".join(
        f"<tr><td>{escape(title_of(kpi))}</td>"
        + "".join(f"<td>{figure(kpi, value)}</td>" for value in values)
        + "</tr>"
        for kpi, values in found.lines["you"].kpis.items()
    )
    return f'<table class="gm-figures"><tr><th>Quarter</th>{head}</tr>{body}</table>'


@solara.component
def Luck(game: Game, turn: Semaphore) -> None:
    """Luck or skill: the same choices on other draws."""
    wanted = solara.use_reactive(0)

    def others() -> tuple[list[float], list[float]] | None:
        if not wanted.value:
            return None
        with turn:
            return rescore_on_seeds(game, 20)

    work: Any = solara.lab.use_task(others, dependencies=[wanted.value], raise_error=False)
    solara.HTML(tag="h2", unsafe_innerHTML="Luck or skill?")
    if work.finished and work.value is not None:
        yours, none = (sorted(values) for values in work.value)
        better = sum(one > other for one, other in zip(*work.value, strict=True))
        solara.Text(
            f"The same choices on 20 other draws, with other events: {yours[0]:.0f} to {yours[-1]:.0f} points, half of "
            f"them above {yours[10]:.0f}. Doing nothing: {none[0]:.0f} to {none[-1]:.0f}. Your choices were better than "
            f"doing nothing in {better} of 20."
        )
    else:
        busy = bool(wanted.value)
        with solara.Div(classes=["gm-row"]):
            solara.Button(
                "Working …" if busy else "Play my choices on 20 other draws", disabled=busy, outlined=True,
                on_click=lambda: wanted.set(1),
            )  # fmt: skip


@solara.component
def HandIn(game: Game, code: str, visitor: str, joined: Callable[[str], None]) -> None:
    """Hand the game in to a class, with a name or without; ``joined`` is told to which."""
    typed, name = solara.use_reactive(code), solara.use_reactive(game.player)
    said, bad = solara.use_reactive(""), solara.use_reactive(False)

    def hand_in() -> None:
        try:
            ROOMS.hand_in(typed.value, visitor, game, name.value)
            said.set("Handed in. Your lecturer sees your score, your choices and some of your figures.")
            bad.set(False)
            joined(typed.value)
        except CcsimError as error:
            said.set(str(error))
            bad.set(True)

    with solara.Div():
        solara.HTML(tag="h2", unsafe_innerHTML="Hand in to a class")
        with solara.Div(classes=["gm-row"]):
            solara.InputText("Class code", value=typed, continuous_update=True)
            NameField(name)
            solara.Button("Hand in", on_click=hand_in, color="primary", disabled=not typed.value.strip())
        if said.value:
            solara.Text(said.value, classes=["gm-bad"] if bad.value else ["gm-good"])
