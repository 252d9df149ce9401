"""One game in progress: it takes choices and returns a manager's figures, quarter by quarter.

Time in the game is a number of quarters from 0. A move or event is a layer of levers; the values in force are the base
and all layers in the order in which they began, so that a layer that ends leaves the values of the others in force.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.engine.rng import Stream, uniforms4
from ccsim.errors import InputError, UnknownNameError
from ccsim.game.catalogue import FROM_BOTTOM, FROM_TOP, Catalogue, Event, Move, catalogue
from ccsim.game.class_rules import Terms
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.results.formatting import amount
from ccsim.scenarios.renamed import RenamedAttributes
from ccsim.scenarios.scenario import Intervention as Levers
from ccsim.scenarios.scenario import list_scenarios, load_scenario
from ccsim.simulation.simulation import Simulation

#: Levers of the programme that follow from the spending of running moves: the total per week, and the part that leaders direct.
BUDGET, SHARE = "programme.budget", "programme.top_down_share"


@dataclass(frozen=True)
class Choice:
    """A player's choice for a quarter.

    Attributes:
        start, stop: names of moves.
        expected: the player's predictions by KPI, made before the quarter is played.
        answers: answers to the questions after the previous quarter, in their order; they stay in the player's own file.
    """

    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    expected: Mapping[str, float] = field(default_factory=dict)
    answers: tuple[str, ...] = ()

    def without(self, name: str) -> Choice:
        """Return the choice without a move, which is neither started nor stopped."""
        start, stop = (tuple(row for row in rows if row != name) for rows in (self.start, self.stop))
        return replace(self, start=start, stop=stop)


@dataclass(frozen=True)
class Quarter(RenamedAttributes):
    """What a manager sees of a completed quarter.

    Attributes:
        number: from 0.
        reported: every reported KPI: the mean of a quarter, None while it is not known yet.
        shown: values found out by listening, by KPI.
        news: events that began or ended, and moves that they ended.
        money: EUR left in the budget.
        spent: EUR spent in the quarter.
    """

    _former: ClassVar[Mapping[str, str]] = {"figures": "reported"}

    number: int
    reported: dict[str, float | None]
    shown: dict[str, float]
    news: tuple[str, ...]
    money: float
    spent: float


@dataclass(frozen=True)
class _Layer:
    """A move or event in force, with the quarter in which it began."""

    row: Move | Event
    since: int

    def over(self, quarter: int) -> bool:
        return self.row.lasts > 0 and quarter >= self.since + self.row.lasts


class Game:
    """A management game.

    Args:
        seed: determines every draw, and which events come when.
        scenario: name of the scenario of the organisation.
        player: a name shown with the result; may be empty.
        rules: the catalogue; by default the one that comes with ccsim.
        terms: the lecturer's terms.
        assumptions: values of another world by key, such as an admitted one; by default the usual values.

    Attributes:
        choices: the choices so far, one per quarter.
        seen: the reports so far, one per quarter.
        coming: the quarter in which each event begins.

    Raises:
        InputError: an unknown scenario, or a seed or terms that are not accepted.
    """

    def __init__(
        self, seed: int = 0, scenario: str = "nothing", player: str = "", rules: Catalogue | None = None,
        terms: Terms | None = None, assumptions: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.catalogue, self.terms = rules or catalogue(), terms or Terms()
        self.terms.check(self.catalogue)
        self.catalogue = self.catalogue.shortened(self.terms.quarters)
        self.rules = self.catalogue.rules
        self.seed, self.scenario, self.player = seed, scenario, player
        self.simulation = _initialised(
            scenario, seed, self.rules.quarters * self.rules.weeks, tuple(sorted((assumptions or {}).items()))
        ).copy()
        self.choices: list[Choice] = []
        self.seen: list[Quarter] = []
        self.money = self.rules.budget
        self._layers: list[_Layer] = []
        self.coming = events_of(seed, self.catalogue, self.terms)
        self._in_force: dict[str, Any] = {}
        self._booked: list[float] = []  # EUR a quarter that the game books besides the model
        self._kpis: dict[str, FloatArray] | None = None

    def __copy__(self) -> Game:
        """Return an independent copy of the game; two games on the same organisation would affect each other."""
        return copy.deepcopy(self)

    @property
    def quarter(self) -> int:
        """The quarter to be decided, from 0; the number of quarters once all are played."""
        return len(self.choices)

    @property
    def over(self) -> bool:
        """Whether all quarters are played."""
        return self.quarter >= self.rules.quarters

    @property
    def running(self) -> dict[str, int]:
        """Moves that continue unless stopped, with the quarter in which they began."""
        rows = [layer for layer in self._layers if isinstance(layer.row, Move) and not layer.over(self.quarter)]
        return {layer.row.name: layer.since for layer in rows}

    def bill(self, choice: Choice) -> tuple[float, int]:
        """Return the cost of a choice in the coming quarter: EUR and points of attention of all moves that would run."""
        kept = [self.catalogue.moves[name] for name in self._kept(choice)]
        new = [self.catalogue.move(name) for name in choice.start]
        money = sum(row.once for row in new) + self.rules.weeks * sum(row.per_week for row in [*kept, *new])
        return money, sum(row.attention for row in new) + sum(row.upkeep for row in kept)

    def check(self, choice: Choice) -> None:
        """Raise an error for a choice that cannot be made.

        Raises:
            InputError: the game is over, a name is unknown, a move is locked, already running or not running, two moves
                exclude each other, attention or money is insufficient, or a required prediction is missing.
        """
        if self.over:
            raise InputError(f"the game is over: all {self.rules.quarters} quarters are played")
        for name in choice.stop:
            self.catalogue.move(name)
            if name not in self.running:
                raise InputError(f"{name!r} is not running, so it cannot be stopped")
        self._check_starts(choice)
        self._check_predictions(choice)
        money, attention = self.bill(choice)
        if attention > self.rules.attention:
            raise InputError(f"this takes {attention} points of attention; you have {self.rules.attention} a quarter")
        if money > self.money:
            raise InputError(f"this costs {amount(money)}; {amount(self.money)} is left: leave a move out or stop one")

    def _check_predictions(self, choice: Choice) -> None:
        for name, value in choice.expected.items():
            if name not in self.catalogue.predicted:
                raise UnknownNameError("predicted KPI", name, self.catalogue.predicted)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
                raise InputError(f"{name}: a prediction must be a number, got {value!r}")
        missing = [KPIS[name].title.lower() for name in self.catalogue.predicted if name not in choice.expected]
        if missing and self.terms.predict:
            raise InputError(f"say first what you expect: {' and '.join(missing)}")

    def _check_starts(self, choice: Choice) -> None:
        for number, name in enumerate(choice.start):
            self.catalogue.move(name)
            if why := self.terms.forbids(name):
                raise InputError(why)
            if name in choice.start[:number] or name in choice.stop:
                raise InputError(f"{name!r} is named twice in one quarter")
            if name in self.running:
                raise InputError(f"{name!r} is already running")
            for earlier in choice.start[:number]:
                if self.catalogue.excludes(name, earlier):
                    raise InputError(f"{earlier!r} and {name!r} exclude each other: they set the same lever")

    def play(self, choice: Choice) -> Quarter:
        """Play a quarter with a choice, and return what a manager sees of it.

        Returns:
            The quarter as the manager sees it: reported KPIs, news, and what the choice cost.

        Raises:
            InputError: the choice cannot be made; the game is unchanged.
        """
        self.check(choice)
        spent, _ = self.bill(choice)
        quarter = self.quarter
        for name in [name for name in self.running if name not in self._kept(choice)]:
            self._end(name)
        rows = [self.catalogue.moves[name] for name in choice.start]
        self._layers += [_Layer(row, quarter) for row in rows]
        news = self._begin_events(quarter)
        self._set_levers()
        for _ in range(self.rules.weeks):
            self.simulation.step()
        self._kpis = None
        moves = [layer.row for layer in self._layers if isinstance(layer.row, Move)]
        self._booked.append(sum(row.once for row in rows) + self.rules.weeks * sum(row.weekly for row in moves))
        shown = {kpi: self._mean(kpi, quarter) for row in moves for kpi in row.shows}
        self.choices.append(choice)
        self.money += self.rules.budget * (not self.over) - spent
        values = {
            row.kpi: self._mean(row.kpi, quarter - row.late) if quarter >= row.late else None
            for row in self.rules.report
        }
        self._layers = [layer for layer in self._layers if not layer.over(self.quarter)]
        self.seen.append(Quarter(quarter, values, shown, news, self.money, spent))
        return self.seen[-1]

    def kpis(self) -> dict[str, FloatArray]:
        """Return every KPI over the weeks so far, without the cost of the player's moves."""
        if self._kpis is None:
            self._kpis = self.simulation.kpis()
        return self._kpis

    def by_quarter(self, kpi: str) -> list[float]:
        """Return a KPI's mean in each quarter; profit and cost include the player's moves."""
        return [self._mean(kpi, quarter) for quarter in range(self.quarter)]

    def weekly(self, kpi: str) -> FloatArray:
        """Return a KPI over the weeks so far; profit and cost include the player's moves."""
        sign = {"profit": -1.0, "cost": 1.0}.get(kpi, 0.0)
        return self.kpis()[kpi] + sign * np.repeat(self._booked, self.rules.weeks) / self.rules.weeks

    def digest(self) -> str:
        """Return a fingerprint of every value of every week: equal if and only if the games are equal bit for bit."""
        digest = hashlib.sha256()
        for name, values in sorted(self.kpis().items()):
            digest.update(name.encode())
            # Processors write "not a number" in two ways; a game is the same on both.
            plain = np.where(np.isnan(values), np.nan, values)
            digest.update(np.ascontiguousarray(plain, dtype="<f8").tobytes())
        return digest.hexdigest()

    def _kept(self, choice: Choice) -> list[str]:
        """Return the running moves that continue: neither stopped nor excluded by a new one."""
        return [
            name for name in self.running
            if name not in choice.stop and not any(self.catalogue.excludes(name, new) for new in choice.start)
        ]  # fmt: skip

    def _begin_events(self, quarter: int) -> tuple[str, ...]:
        """Begin this quarter's events; an event ends the moves whose levers it sets."""
        news = []
        for name in (name for name, begins in self.coming.items() if begins == quarter):
            row = self.catalogue.events[name]
            news.append(f"{row.title}. {row.about}")
            for move in [move for move in self.running if self.catalogue.excludes(name, move)]:
                self._end(move)
                news.append(f"That ended: {self.catalogue.moves[move].title}.")
            self._layers.append(_Layer(row, quarter))
        return tuple(news)

    def _end(self, name: str) -> None:
        self._layers = [layer for layer in self._layers if layer.row.name != name]

    def _set_levers(self) -> None:
        """Set the levers to the values now in force; levers that no layer sets return to the scenario's values."""
        levers: dict[str, Any] = _programme([layer.row for layer in self._layers if isinstance(layer.row, Move)])
        for layer in self._layers:
            levers.update(layer.row.set)
        base = self.simulation.scenario.values()
        for key in self._in_force:
            levers.setdefault(key, base.get(key, all_parameters()[key].shown))
        changed = {key: value for key, value in levers.items() if self._in_force.get(key) != value}
        if changed:
            self.simulation.apply(Levers(changed, self.simulation.week + 1, label=f"quarter {self.quarter + 1}"))
        self._in_force = {key: value for key, value in levers.items() if not all_parameters()[key].impulse}

    def _mean(self, kpi: str, quarter: int) -> float:
        weeks = slice(quarter * self.rules.weeks, (quarter + 1) * self.rules.weeks)
        values = self.kpis()[kpi][weeks]
        mean = float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
        sign = {"profit": -1.0, "cost": 1.0}.get(kpi, 0.0)
        return mean + sign * self._booked[quarter] / self.rules.weeks


def play_through(
    choices: Sequence[Choice], seed: int, scenario: str = "nothing", rules: Catalogue | None = None,
    terms: Terms | None = None,
) -> Game:  # fmt: skip
    """Play a list of choices.

    Args:
        choices: the choice of each quarter.
        seed: seed of the game.
        scenario: name of the scenario that the game starts from.
        rules: the catalogue of moves; by default the one that ccsim ships.
        terms: a lecturer's terms; None for a game without a class.

    Returns:
        The game after the last choice.

    Raises:
        InputError: a choice cannot be made; the message names the quarter.
    """
    game = Game(seed, scenario, rules=rules, terms=terms)
    for number, choice in enumerate(choices):
        try:
            game.play(choice)
        except InputError as error:
            raise InputError(f"quarter {number + 1}: {error}") from None
    return game


def events_of(seed: int, rules: Catalogue, terms: Terms | None = None) -> dict[str, int]:
    """Return the events that the seed or the lecturer's terms bring, and the quarter (from 0) in which each begins.

    Args:
        seed: seed of the draws.
        rules: the catalogue of moves and events.
        terms: a lecturer's terms; None for a game without a class.
    """
    begins: dict[str, int] = {}
    dated = terms.events if terms else {}
    for number, row in enumerate(rules.events.values()):
        # Terms and the file count quarters from 1, as players do.
        if row.name in dated:
            begins |= {row.name: dated[row.name] - 1} if dated[row.name] else {}
            continue
        happens, when, _, _ = uniforms4(seed, int(Stream.GAME_EVENT), 0, number)
        if happens < row.chance:
            begins[row.name] = row.first - 1 + int(when * (row.last - row.first + 1))
    return begins


def _programme(rows: list[Move]) -> dict[str, Any]:
    """Return the programme's levers that follow from the spending of the running moves; empty if there is none."""
    parts = {part: sum(row.spend.get(part, 0.0) for row in rows) for part in FROM_TOP + FROM_BOTTOM}
    budget = sum(parts.values())
    if budget <= 0.0:
        return {}
    levers = {f"programme.{part}": euros / budget for part, euros in parts.items()}
    from_top = sum(parts[part] for part in FROM_TOP) / budget
    return {BUDGET: budget, SHARE: from_top, **levers}


@lru_cache(maxsize=16)
def _initialised(scenario: str, seed: int, weeks: int, assumptions: tuple[tuple[str, Any], ...] = ()) -> Simulation:
    if scenario not in list_scenarios():
        # A name only: games come from other people's files, and a path could open any file of the server.
        raise UnknownNameError("scenario", scenario, list_scenarios())
    chosen = load_scenario(scenario)
    own = chosen.values()
    return Simulation(chosen.with_values({key: value for key, value in assumptions if key not in own}), seed, weeks)
