"""The form with which a lecturer opens a class: organisation, seed, predictions, moves, events, and what counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import solara
import solara.lab

from ccsim.errors import CcsimError, InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.class_rules import Terms, check_weights
from ccsim.game.debrief import scored
from ccsim.scenarios.scenario import list_scenarios, load
from ccsim.ui.fold import Details
from ccsim.ui.lecturer import COOKIE, LECTURER
from ccsim.ui.rooms import ROOMS, Room
from ccsim.ui.table import TURN, seed_of

BY_SEED, NEVER = "as the seed decides", "never"


@dataclass(frozen=True)
class Wish:
    """The form as it stands: what a browser sent, not yet checked.

    Attributes:
        seed: as typed.
        scenario: of the organisation.
        predict: whether a prediction is asked for before each quarter.
        locked, hidden: moves.
        events: by event, BY_SEED, NEVER or ``"quarter 5"``.
        weights: by criterion, as typed.
    """

    seed: str = "1"
    scenario: str = "nothing"
    predict: bool = True
    locked: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    events: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)


def usual_weights() -> dict[str, str]:
    """Return the weights of the rules, as they would be typed."""
    return {row.kpi: f"{row.weight:g}" for row in catalogue().rules.criterion}


def terms_of(wish: Wish) -> Terms:
    """Return the terms that a form asks for.

    Raises:
        InputError: a weight that is no number, weights that do not sum to 100, an unknown name.
    """
    typed = {**usual_weights(), **wish.weights}
    weights = {kpi: _number(f"the weight of {scored(kpi)}", text) for kpi, text in typed.items()}
    check_weights(weights, usual_weights())
    events = {}
    for name, said in wish.events.items():
        if said != BY_SEED:
            events[name] = 0 if said == NEVER else _quarter(name, said)
    terms = Terms(
        locked=wish.locked, hidden=wish.hidden, events=events, predict=wish.predict,
        weights={} if typed == usual_weights() else {kpi: weight for kpi, weight in weights.items() if weight},
    )  # fmt: skip
    terms.check(catalogue())
    return terms


def open_class(wish: Wish, secret: object = "") -> Room:
    """Open the class that a form asks for.

    Args:
        wish: the form.
        secret: what the visitor has of the lecturer's secret.

    Raises:
        InputError: the visitor is not the lecturer, or what the form asks for cannot be had.
    """
    LECTURER.check(secret)
    try:
        seed = seed_of(wish.seed)
    except InputError as error:
        raise InputError(f"seed: {error}") from None
    terms = terms_of(wish)
    with TURN:
        return ROOMS.open(seed, wish.scenario, terms)


def secret_of_browser() -> str:
    """Return the lecturer's secret that this browser brought from the printed link; empty if it has none."""
    try:
        cookies = solara.lab.cookies.value  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - outside a server there are no cookies, and no common error for it
        return ""
    return str((cookies or {}).get(COOKIE, ""))


@solara.component
def Opening(problem: str, opened: Callable[[Room], None]) -> None:
    """Choose what everybody plays and how, and open the class."""
    wish, said = solara.use_reactive(Wish()), solara.use_reactive(problem)
    given = solara.use_reactive("")

    def change(**what: Any) -> None:
        wish.set(replace(wish.peek(), **what))

    def begin() -> None:
        try:
            opened(open_class(wish.value, given.value or secret_of_browser()))
        except CcsimError as error:
            said.set(str(error))

    solara.HTML(tag="h1", unsafe_innerHTML="Play with a class")
    solara.Text(
        "Everybody plays the same organisation on the same draws, each in an own browser. Finished games that are handed "
        "in appear here side by side. All of it stays in the memory of this computer and is gone when the server stops; "
        "of a player nothing is kept but the game and the name that the player chooses to give.",
        style={"max-width": "75ch", "display": "block"},
    )
    now = wish.value
    if not LECTURER.knows(secret_of_browser()):
        solara.InputText("Lecturer's secret: on the terminal of this server", value=given, password=True)
    with solara.Div(classes=["gm-row"]):
        solara.v.Select(
            label="Organisation", v_model=now.scenario, on_v_model=lambda name: change(scenario=str(name)),
            items=[{"text": load(name).title, "value": name} for name in sorted(list_scenarios())],
        )  # fmt: skip
        solara.InputText(
            "Seed: decides draws and events",
            value=now.seed,
            on_value=lambda text: change(seed=text),
            continuous_update=True,
        )
        solara.Button("Open a class", on_click=begin, color="primary", large=True)
    solara.v.Switch(
        label="Predict, then reveal: nobody sees a quarter before saying what to expect of it", v_model=now.predict,
        on_v_model=lambda on: change(predict=bool(on)), hide_details=True,
    )  # fmt: skip
    # Always there, empty or not: what comes and goes would make the folds below anew, and close them.
    solara.Text(said.value, classes=["gm-bad"])
    with Details("Moves: lock or hide"):
        MoveChoice(now, change)
    with Details("Events: when they come"):
        EventChoice(now, change)
    with Details("What counts: the weights of the score"):
        WeightChoice(now, change)


@solara.component
def MoveChoice(now: Wish, change: Callable[..., None]) -> None:
    """Moves that players see and cannot make, and moves that they do not see."""
    items = [{"text": row.title, "value": row.name} for row in catalogue().moves.values()]
    solara.v.Select(
        label="Locked: shown, but cannot be chosen", v_model=list(now.locked), items=items, multiple=True,
        small_chips=True, on_v_model=lambda names: change(locked=tuple(map(str, names or ()))),
    )  # fmt: skip
    solara.v.Select(
        label="Hidden: not shown at all", v_model=list(now.hidden), items=items, multiple=True, small_chips=True,
        on_v_model=lambda names: change(hidden=tuple(map(str, names or ()))),
    )  # fmt: skip


@solara.component
def EventChoice(now: Wish, change: Callable[..., None]) -> None:
    """When each event comes."""

    def put(name: str) -> Callable[[object], None]:
        return lambda said: change(events={**now.events, name: str(said)})

    quarters = [BY_SEED, NEVER, *(f"quarter {number + 1}" for number in range(catalogue().rules.quarters))]
    with solara.Div(classes=["gm-row"]):
        for name, row in catalogue().events.items():
            solara.v.Select(
                label=row.title, v_model=now.events.get(name, BY_SEED), items=quarters, on_v_model=put(name)
            )  # fmt: skip


@solara.component
def WeightChoice(now: Wish, change: Callable[..., None]) -> None:
    """What each criterion weighs."""

    def put(kpi: str) -> Callable[[object], None]:
        return lambda text: change(weights={**now.weights, kpi: str(text)})

    typed = {**usual_weights(), **now.weights}
    with solara.Div(classes=["gm-row"]):
        for kpi, text in typed.items():
            solara.v.TextField(label=scored(kpi), v_model=text, type="number", suffix="%", on_v_model=put(kpi))
    try:
        terms_of(now)
        solara.Text("The weights sum to 100.", classes=["gm-good"])
    except InputError as error:
        solara.Text(str(error), classes=["gm-bad"])


def _quarter(event: str, said: str) -> int:
    number = said.removeprefix("quarter ")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= catalogue().rules.quarters):
        raise InputError(f"{event}: must be a quarter from 1 to {catalogue().rules.quarters}, got {said[:20]!r}")
    return int(number)


def _number(what: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{what}: must be a number, got {text[:20]!r}") from None
