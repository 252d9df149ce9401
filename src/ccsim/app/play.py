"""The game in the browser: decide and predict, see what a manager sees, and learn in the end what really happened.

Everything that a player does is a :class:`~ccsim.game.Choice`; this page only collects it. A page's game belongs to
its session and to nothing else. User text is only ever drawn as text.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import solara
import solara.lab

from ccsim.app import sketch
from ccsim.app.file_field import FileField
from ccsim.app.rooms import ROOMS
from ccsim.app.unveiled import Unveiled
from ccsim.errors import CcsimError, InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.playing import Choice, Game
from ccsim.game.saved import LARGEST, game_of, text_of
from ccsim.kpis import KPIS
from ccsim.simulation import LARGEST_SEED

CSS = Path(__file__).with_name("game.css")
#: Founding an organisation and revealing a game take a second of a processor: one at a time, so that others play on.
TURN = threading.Semaphore(1)


@dataclass(frozen=True)
class Table:
    """What lies on the table in one session: the game, and the choice that is being made.

    Attributes:
        game: None before the start.
        starts, stops: moves ticked and running moves unticked.
        expected: predictions that the player has changed.
        note: the answer to a question.
        code: the class played in; may be empty.
        problem: what went wrong last, in words.
        turn: grows with each quarter; handed to components, which are drawn anew only for new arguments, while the game
            itself stays the same object.
    """

    game: Game | None = None
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    expected: dict[str, float] = field(default_factory=dict)
    note: str = ""
    code: str = ""
    problem: str = ""
    turn: int = 0

    def choice(self) -> Choice:
        """Return the choice as it stands."""
        guesses = {kpi: self.expected.get(kpi, usual(self.game, kpi)) for kpi in catalogue().predicted if self.game}
        return Choice(self.starts, self.stops, guesses, self.note.strip())


def usual(game: Game | None, kpi: str) -> float:
    """Return the last known value of a predicted KPI, inside the range of its control."""
    row = next(row for row in catalogue().rules.report if row.kpi == kpi)
    low, high, step = row.predict or (0.0, 1.0, 0.01)
    known = [seen.figures[kpi] for seen in (game.seen if game else []) if seen.figures[kpi] is not None]
    value = known[-1] if known else (game.before[kpi] if game else low)
    return min(high, max(low, round(float(value or 0.0) / step) * step))


def visitor() -> str:
    """Return a mark of this browser's session, without meaning outside this server."""
    try:
        return solara.get_session_id()
    except Exception:  # noqa: BLE001 - outside a server there is no session, and no common error for it
        return "here"


def asked(search: str | None) -> tuple[int | None, str]:
    """Return the seed and class code that an address asks for; what cannot be used is left out."""
    found = parse_qs((search or "")[:500].lstrip("?"), max_num_fields=20) if search else {}
    seed = found.get("seed", [""])[0]
    number = int(seed) if seed.isascii() and seed.isdigit() and len(seed) < 20 and int(seed) <= LARGEST_SEED else None
    return number, found.get("class", [""])[0][:20]


@solara.component
def PlayPage(seed: int | None = None, code: str = "") -> None:
    """The game: briefing, twelve quarters, debrief.

    Args:
        seed: of the draws; by default what the address says (``?seed=7``), else 1.
        code: of a class; by default what the address says (``?class=ABCDE``).
    """
    wanted = asked(solara.use_router().search)
    table = solara.use_reactive(Table())
    solara.Style(CSS)
    with solara.Div(classes=["gm"]):
        game = table.value.game
        if game is None:
            Briefing(table, wanted[0] if seed is None else seed, code or wanted[1])
        elif game.over:
            Unveiled(game, table.value.code, visitor(), TURN, lambda: table.set(Table()))
        else:
            Deciding(table.value, table)


@solara.component
def Briefing(table: solara.Reactive[Table], seed: int | None, code: str) -> None:
    """What it is about, and the start: on a seed, in a class, or from a file."""
    rules = catalogue().rules
    number = solara.use_reactive("1" if seed is None else str(seed))
    typed = solara.use_reactive(code)

    # While the briefing is read, the model is compiled and the organisation founded.
    solara.use_thread(lambda _cancelled: started(number.peek(), ""), dependencies=[])

    def begin() -> None:
        table.set(replace(table.value, **started(number.value, typed.value)))

    def load(file: Any) -> None:
        table.set(replace(table.value, **loaded(file)))

    solara.HTML(tag="h1", unsafe_innerHTML="Three years to make a company customer-centric")
    solara.Text(rules.brief.strip(), classes=["gm-brief"], style={"max-width": "75ch", "display": "block"})
    solara.HTML(
        tag="div",
        unsafe_innerHTML=f"<h2>How it goes</h2><ol><li>Each quarter, choose moves. Each takes some of your "
        f"{rules.attention} points of attention, and many take money: EUR {rules.budget:,.0f} come in every quarter."
        "</li><li>Say what you expect <b>before</b> you see what comes. That is where the learning is.</li>"
        "<li>Watch the figures, and doubt them: surveys flatter, profit comes a quarter late. Some moves only listen."
        f"</li><li>After quarter {rules.quarters} you see what people really believed and did, what each of your moves "
        "was worth on the very same draws, and how doing nothing would have gone.</li></ol>",
    )
    with solara.Div(classes=["gm-row"]):
        solara.InputText("Class code (if your lecturer gave one)", value=typed, continuous_update=True)
        if not typed.value.strip():
            solara.InputText("Seed: the same number brings the same events", value=number, continuous_update=True)
        solara.Button("Begin", on_click=begin, color="primary", classes=["gm-begin"])
    if table.value.problem:
        solara.Text(table.value.problem, classes=["gm-bad"])
    with solara.Details("Go on with a saved game"):
        FileField(load)


def started(seed: str, code: str) -> dict[str, Any]:
    """Return what changes on the table when a game begins, or what stands in its way."""
    try:
        if code.strip():
            room = ROOMS.find(code)
            with TURN:
                game = Game(room.seed, room.scenario)
            ROOMS.progress(room.code, visitor(), 0)
            return {"game": game, "code": room.code, "problem": ""}
        if not (seed.strip().isascii() and seed.strip().isdigit() and len(seed.strip()) < 20):
            raise InputError(f"the seed {seed[:20]!r} is not accepted; it takes a whole number from 0")
        with TURN:
            return {"game": Game(int(seed)), "code": "", "problem": ""}
    except CcsimError as error:
        return {"problem": str(error)}


def loaded(file: Any) -> dict[str, Any]:
    """Return what changes on the table when a file is dropped, or what is wrong with the file."""
    try:
        content = file["file_obj"].read(LARGEST + 1)
        with TURN:
            found = game_of(content, str(file["name"])[:60])
        return {"game": found.game, "problem": "" if found.same else found.note, "turn": found.game.quarter}
    except CcsimError as error:
        return {"problem": str(error)}


def after_quarter(table: Table) -> Table:
    """Play the quarter that lies on the table; a choice that cannot be made changes nothing but the message."""
    if table.game is None or table.game.over:
        return table
    try:
        table.game.play(table.choice())
        if table.code:
            ROOMS.progress(table.code, visitor(), table.game.quarter)
    except CcsimError as error:
        return replace(table, problem=str(error), turn=table.game.quarter)
    return Table(table.game, code=table.code, turn=table.game.quarter)


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

    Head(game, choice)
    with solara.Div(classes=["gm-two"]):
        with solara.Div():
            Revealed(game, now.turn)
            Figures(game, now.turn)
            Question(game, now.turn, now.note, lambda text: change(note=str(text or "")[:2000]))
        MoveList(game, now.turn, now.starts, now.stops, table)
    with solara.Div(classes=["gm-foot"]):
        for kpi in game.catalogue.predicted:
            Guess(game, kpi, choice.expected[kpi], lambda new: change(expected={**table.peek().expected, **new}))
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
def Head(game: Game, choice: Choice) -> None:
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
def Revealed(game: Game, turn: int) -> None:
    """What the quarter before brought: news, what listening showed, predictions beside what came."""
    if not game.seen:
        solara.HTML(
            tag="div", classes=["gm-learn"],
            unsafe_innerHTML="Your first quarter. The figures are those of the week before you came.",
        )  # fmt: skip
        return
    seen, parts = game.seen[-1], []
    for line in seen.news:
        solara.HTML(tag="div", classes=["gm-news"], unsafe_innerHTML=escape(line))
    for kpi, value in seen.shown.items():
        parts.append(f"You learned: <b>{escape(KPIS[kpi].title)}</b> was {sketch.short(value)} {KPIS[kpi].unit}.")
    for kpi in game.catalogue.predicted:
        late = next(row.late for row in game.rules.report if row.kpi == kpi)
        number, came = seen.number - late, seen.figures[kpi]
        if came is None or kpi not in game.choices[number].expected:
            continue
        guess = game.choices[number].expected[kpi]
        parts.append(
            f"{escape(KPIS[kpi].title)}, quarter {number + 1}: you expected {sketch.short(guess)}, "
            f"reported is <b>{sketch.short(came)}</b> {KPIS[kpi].unit}."
        )
    if parts:
        solara.HTML(tag="div", classes=["gm-learn"], unsafe_innerHTML="<br>".join(parts))


@solara.component
def Question(game: Game, turn: int, note: str, put: Callable[[Any], None]) -> None:
    """A question between the years; the answer is kept in the player's file only."""
    for row in game.rules.reflection:
        if row.after == game.quarter:
            solara.Text(row.ask, style={"font-weight": "600"})
            solara.v.Textarea(
                label="Your answer stays in your own file", v_model=note, rows=2, outlined=True, dense=True,
                counter=2000, on_v_model=put,
            )  # fmt: skip


@solara.component
def Figures(game: Game, turn: int) -> None:
    """Every reported figure as a tile with its course."""
    tiles = []
    for row in game.rules.report:
        kpi = KPIS[row.kpi]
        course = [seen.figures[row.kpi] for seen in game.seen]
        known = [value for value in course if value is not None]
        value = known[-1] if known else game.before[row.kpi]
        change = (
            f"{'+' if known[-1] >= known[-2] else '−'}{sketch.short(abs(known[-1] - known[-2]))}"
            if len(known) > 1
            else ""
        )
        when = "the week before" if not known else "quarter before" if row.late else ""
        tiles.append(
            f'<div class="gm-tile" title="{escape(kpi.meaning)}"><div class="gm-name">{escape(kpi.title)}</div>'
            f'<div class="gm-value">{sketch.short(value)} <span class="gm-small">{change}</span></div>'
            f'<div class="gm-small">{escape(kpi.unit)}{", " if when else ""}{when}</div>'
            f"{sketch.spark(course[row.late :], kpi.title + ' by quarter') if len(known) > 1 else ''}</div>"
        )
    solara.HTML(tag="div", classes=["gm-tiles"], unsafe_innerHTML="".join(tiles))


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
            solara.HTML(tag="h3", unsafe_innerHTML=escape(group))
            for row in rows:
                runs = row.name in game.running
                ticked = row.name in starts or (runs and row.name not in stops)
                ends = ", ".join(ended_by(game, row.name)) if row.name in starts else ""
                MoveRow(row.name, runs, ticked, ends, kept)


def ended_by(game: Game, name: str) -> list[str]:
    """Return the titles of the running moves that a new one ends."""
    return [game.catalogue.moves[other].title for other in game.running if game.catalogue.excludes(name, other)]


@solara.component
def MoveRow(name: str, runs: bool, ticked: bool, ends: str, tick: Callable[[str, bool], None]) -> None:
    """A move: a box to tick, what it costs, what it means."""
    row = catalogue().move(name)
    said = f"{row.price(runs)}. {row.about}" + (f" ▸ Ends: {ends}." if ends else "")
    # One widget a row: what a class waits for when all begin at once is the making of widgets.
    solara.v.Checkbox(
        label=row.title + (" (running)" if runs else ""), v_model=ticked, dense=True, hint=said, persistent_hint=True,
        on_v_model=lambda on: tick(name, bool(on)), class_=f"gm-move gm-{name}",
    )  # fmt: skip


def ticking(table: Table, name: str, on: bool) -> Table:
    """Return the table after a box was ticked or cleared."""
    if table.game is None or name not in catalogue().moves:
        return table
    if name in table.game.running:
        stops = tuple(row for row in table.stops if row != name) + (() if on else (name,))
        return replace(table, stops=stops, problem="")
    starts = tuple(row for row in table.starts if row != name) + ((name,) if on else ())
    return replace(table, starts=starts, problem="")


@solara.component
def Guess(game: Game, kpi: str, value: float, put: Callable[[dict[str, float]], None]) -> None:
    """The prediction of a KPI for the coming quarter."""
    low, high, step = next(row.predict for row in game.rules.report if row.kpi == kpi) or (0.0, 1.0, 0.01)

    def guess(new: float) -> None:
        # The browser's limits bind the browser only.
        put({kpi: min(high, max(low, float(new))) if new == new else value})

    with solara.Div(classes=["gm-guess"]):
        solara.Text(f"I expect {KPIS[kpi].title.lower()} of {value:,.{1 if step < 1 else 0}f} {KPIS[kpi].unit}")
        solara.SliderFloat("", value=value, min=low, max=high, step=step, on_value=guess, thumb_label=False)
