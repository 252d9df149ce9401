"""The game in the browser: decide and predict, see what a manager sees, and learn in the end what really happened.

Everything that a player does is a :class:`~ccsim.game.Choice`; this page only collects it. A page's game belongs to
its session and to nothing else. User text is only ever drawn as text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from threading import Thread
from typing import Any

import solara

from ccsim.errors import InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.game import Choice, Game
from ccsim.game.save_file import LARGEST, NOTE, text_of
from ccsim.model.kpis import KPIS
from ccsim.reports.formatting import unit_of, with_unit
from ccsim.ui.file_field import FileField
from ccsim.ui.fold import Details
from ccsim.ui.ranking import NameField
from ccsim.ui.seen import Figures, History, QuarterNews, StatusBar
from ccsim.ui.table import TURN, Table, after_quarter, asked, loaded, started, ticking, usual, visitor
from ccsim.ui.unveiled import DebriefView

CSS = Path(__file__).with_name("game.css")


@solara.component
def PlayPage(seed: int | None = None, code: str = "") -> None:
    """The game: briefing, twelve quarters, debrief.

    Args:
        seed: of the draws; by default what the address says (``?seed=7``), else 1.
        code: of a class; by default what the address says (``?class=ABCDE``).
    """
    search = solara.use_router().search
    wanted = solara.use_memo(lambda: asked(search), [])
    table = solara.use_reactive(Table(problem=wanted[2]))
    solara.Style(CSS)
    with solara.Div(classes=["gm"]):
        game = table.value.game
        if game is None:
            Briefing(table, wanted[0] if seed is None else seed, code or wanted[1])
        elif game.over:
            DebriefView(game, table.value.code, visitor(), TURN, lambda: table.set(Table()))
        else:
            Deciding(table.value, table)


@solara.component
def Briefing(table: solara.Reactive[Table], seed: int | None, code: str) -> None:
    """What it is about, and the start: on a seed, in a class, or from a file."""
    rules = catalogue().rules
    number = solara.use_reactive("1" if seed is None else str(seed))
    typed, name = solara.use_reactive(code), solara.use_reactive("")

    # While the briefing is read, the model is compiled and the organisation founded. Nothing on the page waits for it.
    solara.use_effect(lambda: Thread(target=started, args=(number.peek(), ""), daemon=True).start(), [])

    def begin() -> None:
        table.set(replace(table.value, **started(number.value, typed.value, name.value)))

    def load(file: str, content: bytes) -> None:
        table.set(replace(table.value, **loaded(file, content, typed.peek(), name.peek())))

    solara.HTML(tag="h1", unsafe_innerHTML="Three years to make a company customer-centric")
    solara.Text(rules.brief.strip(), classes=["gm-brief"], style={"max-width": "75ch", "display": "block"})
    solara.HTML(
        tag="div",
        unsafe_innerHTML=f"<h2>How it goes</h2><ol><li>Each quarter, choose moves. Each takes some of your "
        f"{rules.attention} points of attention, and many take money: EUR {rules.budget:,.0f} come in every quarter."
        "</li><li>Say what you expect <b>before</b> you see what comes. That is where the learning is.</li>"
        "<li>Watch the figures, and doubt them: a survey asks some people and can be made to look good, profit comes a quarter late. Some moves only listen."
        f"</li><li>After quarter {rules.quarters} you see what people really believed and did, what each of your moves "
        "was worth on the very same draws, and how doing nothing would have gone.</li></ol>",
    )
    with solara.Div(classes=["gm-row"]):
        solara.InputText("Class code (if your lecturer gave one)", value=typed, continuous_update=True)
        if typed.value.strip():
            NameField(name)
        else:
            solara.InputText("Seed: the same number brings the same events", value=number, continuous_update=True)
        solara.Button("Begin", on_click=begin, color="primary", classes=["gm-begin"])
    # Always there, empty or not: what comes and goes would make the fold below anew, and close it.
    solara.Text(table.value.problem, classes=["gm-bad"])
    with Details("Go on with a saved game"):
        solara.Text(
            "With a class code above, the game goes on in that class. So does a game whose server was stopped: the file is all it needs."
        )
        FileField(load, "A saved game", LARGEST)


@solara.component
def Deciding(now: Table, table: solara.Reactive[Table]) -> None:
    """One quarter: what is known on the left, moves on the right, the prediction and the button below.

    Only the page listens to the table, and what lies on it is handed down: each listener would draw once more.
    """
    game = now.game
    assert game is not None
    choice = now.choice()

    def change(**what: Any) -> None:
        table.set(replace(table.peek(), **what))

    StatusBar(game, now.turn, choice)
    with solara.Div(classes=["gm-two"]):
        with solara.Div():
            QuarterNews(game, now.turn)
            Figures(game, now.turn)
            Questions(
                game, now.turn, now.answers,
                lambda place, text: change(answers={**table.peek().answers, place: str(text or "")[:NOTE]}),
            )  # fmt: skip
            History(game, now.turn)
        MoveList(game, now.turn, now.starts, now.stops, table)
    with solara.Div(classes=["gm-foot"]):
        for kpi in game.catalogue.predicted:
            Guess(game, kpi, choice.expected.get(kpi), lambda new: change(expected={**table.peek().expected, **new}))
        problem = why_not(game, choice)
        solara.Button(
            f"Play quarter {game.quarter + 1}",
            on_click=lambda: table.set(after_quarter(table.peek())),
            color="primary", large=True, disabled=bool(problem), classes=["gm-go"],
        )  # fmt: skip
        solara.Text(problem or now.problem, classes=["gm-no"])
        with solara.Div(classes=["gm-keep"]):
            solara.FileDownload(lambda: text_of(game), "ccsim-game.json", label="Keep in a file")


def why_not(game: Game, choice: Choice) -> str:
    """Say why a choice cannot be made; nothing if it can."""
    try:
        game.check(choice)
    except InputError as error:
        return str(error)
    return ""


@solara.component
def Questions(game: Game, turn: int, answers: dict[int, str], put: Callable[[int, Any], None]) -> None:
    """Questions between the years; the answers are kept in the player's file only."""
    asks = game.catalogue.asks(game.quarter)
    if not asks:
        return
    with solara.Div(classes=["gm-ask"]):
        solara.HTML(
            tag="h2", unsafe_innerHTML=f"Year {game.quarter // 4} is over. Before you go on ({len(asks)} questions)"
        )
        for place, ask in enumerate(asks):
            # Above the field, since a long label in it is cut off.
            solara.Text(ask, classes=["gm-question"])
            solara.v.Textarea(
                label="Your answer", attributes={"aria-label": ask}, v_model=answers.get(place, ""), rows=2, outlined=True, dense=True, auto_grow=True,
                hide_details=True, on_v_model=partial(put, place),
            )  # fmt: skip
        solara.Text("Your answers stay in your own file and report.", classes=["gm-quiet"])


@solara.component
def MoveList(
    game: Game, turn: int, starts: tuple[str, ...], stops: tuple[str, ...], table: solara.Reactive[Table]
) -> None:
    """Every move under its heading, ticked if it runs or shall start."""

    def tick(name: str, on: bool) -> None:
        table.set(ticking(table.peek(), name, on))

    # One function for the whole life of the page: a row is drawn anew only when what it says changes.
    kept = solara.use_memo(lambda: tick, [])
    with solara.Div(classes=["gm-moves"]):
        for group, rows in game.catalogue.groups.items():
            shown = [row for row in rows if row.name not in game.terms.hidden]
            if shown:
                solara.HTML(tag="h3", unsafe_innerHTML=escape(group))
            for row in shown:
                runs = row.name in game.running
                ticked = row.name in starts or (runs and row.name not in stops)
                ends = ", ".join(ended_by(game, row.name)) if row.name in starts else ""
                MoveRow(row.name, runs, ticked, row.name in game.terms.locked, ends, kept)


def ended_by(game: Game, name: str) -> list[str]:
    """Return the titles of the running moves that a new one ends."""
    return [game.catalogue.moves[other].title for other in game.running if game.catalogue.excludes(name, other)]


@solara.component
def MoveRow(name: str, runs: bool, ticked: bool, locked: bool, ends: str, tick: Callable[[str, bool], None]) -> None:
    """A move: a box to tick, what it costs, what it means."""
    row = catalogue().move(name)
    price = row.price(runs)
    said = f"{price[:1].upper()}{price[1:]}. {row.about}" + (f" ▸ Ends: {ends}." if ends else "")
    # One widget a row: what a class waits for when all begin at once is the making of widgets.
    solara.v.Checkbox(
        label=row.title + (" (running)" if runs else " (locked by your lecturer)" if locked else ""), v_model=ticked,
        dense=True, hint=said, persistent_hint=True, disabled=locked and not runs, on_v_model=lambda on: tick(name, bool(on)), class_=f"gm-move gm-{name}",
    )  # fmt: skip


@solara.component
def Guess(game: Game, kpi: str, value: float | None, put: Callable[[dict[str, float]], None]) -> None:
    """The prediction of a KPI for the coming quarter; None until the player has made one."""
    low, high, step = next(row.predict for row in game.rules.report if row.kpi == kpi) or (0.0, 1.0, 0.01)
    now, title = usual(game, kpi), KPIS[kpi].title.lower()

    def guess(new: Any) -> None:
        # The browser's limits bind the browser only.
        if isinstance(new, int | float) and not isinstance(new, bool) and new == new:
            put({kpi: min(high, max(low, float(new)))})

    with solara.Div(classes=["gm-guess", *(["open"] if value is None else [])]):
        with solara.Div(classes=["gm-row"]):
            solara.Text(
                f"I expect {title} of {with_unit(kpi, value)}" if value is not None else f"What {title} do you expect?"
            )
            if value is None:
                solara.Button(
                    f"As it is: {with_unit(kpi, now)}", on_click=lambda: guess(now), small=True, outlined=True
                )
        solara.v.Slider(
            v_model=now if value is None else value, min=low, max=high, step=step, on_v_model=guess, dense=True,
            hide_details=True, attributes={"aria-label": f"Expected {title}, {unit_of(kpi)}"},
        )  # fmt: skip
