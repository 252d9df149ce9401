"""Moves, events, reports and criteria: two files of data, checked when they are read.

``moves.toml`` lists the moves, ``rules.toml`` everything else. Levers are checked against their declarations, so
a wrong lever is refused with the file, the line and the nearest name.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ccsim.errors import InputErrors, UnknownNameError
from ccsim.model.kpis import KPIS
from ccsim.results.formatting import amount
from ccsim.scenarios.io import Parser
from ccsim.scenarios.toml_positions import read_toml

HERE = Path(__file__).parent

#: Parts of the programme's two budgets, as named by the levers of the programme.
FROM_TOP = ("communication", "training", "coaching")
FROM_BOTTOM = ("improvement", "immersion", "embedding")

Money = Annotated[float, Field(ge=0, le=1e9)]
Points = Annotated[int, Field(ge=0, le=100, strict=True)]
Quarters = Annotated[int, Field(ge=0, le=1000, strict=True)]


class Part(BaseModel):
    """An immutable table whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Move(Part):
    """Something the player can do; ``moves.toml`` says what each field means."""

    name: str
    title: str
    about: str
    group: str
    attention: Points = 1
    upkeep: Points = 0
    once: Money = 0.0
    weekly: Money = 0.0
    in_model: Money = 0.0
    lasts: Quarters = 0
    spend: dict[str, Money] = Field(default_factory=dict)
    set: dict[str, Any] = Field(default_factory=dict)
    shows: tuple[str, ...] = ()

    @property
    def per_week(self) -> float:
        """EUR a week from the budget while it runs."""
        return self.weekly + self.in_model + sum(self.spend.values())

    def price(self) -> str:
        """Return the cost of starting and of running it, as text."""
        parts = [f"{self.attention} attention" + (f", then {self.upkeep}" if self.upkeep else "")]
        if self.once:
            parts.append(f"{amount(self.once)} once")
        if self.per_week:
            parts.append(f"{amount(self.per_week)} a week")
        return "; ".join(parts)


class Event(Part):
    """An external event that affects the organisation."""

    name: str
    title: str
    about: str
    chance: Annotated[float, Field(ge=0, le=1)]
    first: Quarters = Field(alias="from")
    last: Quarters = Field(alias="to")
    lasts: Quarters = 0
    set: dict[str, Any] = Field(min_length=1)


class Report(Part):
    """A KPI that the manager sees, some quarters late.

    ``predict`` (lowest, highest, step) asks the player for a prediction first.
    """

    kpi: str
    late: Quarters = 0
    predict: tuple[float, float, float] | None = None


class Criterion(Part):
    """A criterion of the score: 0 points at ``zero``, 100 at ``hundred``, linear in between and beyond."""

    kpi: str
    weight: Annotated[float, Field(ge=0, le=100)]
    zero: float
    hundred: float


class Reflection(Part):
    """Questions after a quarter; the answers belong to the next quarter's choice."""

    after: Quarters
    ask: Annotated[tuple[str, ...], Field(min_length=1)]


class Hidden(Part):
    """KPIs that only the debrief shows."""

    kpis: tuple[str, ...]


class Rules(Part):
    """The file of rules."""

    quarters: Annotated[int, Field(ge=1, le=100, strict=True)]
    weeks: Annotated[int, Field(ge=1, le=52, strict=True)]
    budget: Money
    attention: Points
    brief: str
    report: tuple[Report, ...]
    hidden: tuple[Hidden, ...]
    event: tuple[Event, ...]
    criterion: tuple[Criterion, ...]
    reflection: tuple[Reflection, ...]


class Moves(Part):
    """The file of moves."""

    move: tuple[Move, ...]


class Catalogue:
    """Rules and moves, ready for use.

    Attributes:
        rules: time, budget, attention, reports, events, criteria.
        moves: every move by name, in the order of the file.
        events: every event by name.
    """

    def __init__(self, rules: Rules, moves: Moves) -> None:
        self.rules = rules
        self.moves = {row.name: row for row in moves.move}
        self.events = {row.name: row for row in rules.event}

    def move(self, name: str) -> Move:
        """Return a move by its name.

        Raises:
            UnknownNameError: there is none.
        """
        if name not in self.moves:
            raise UnknownNameError("move", name, self.moves)
        return self.moves[name]

    def excludes(self, first: str, second: str) -> bool:
        """Return whether two moves (or a move and an event) set the same lever."""
        levers, others = ((self.moves.get(name) or self.events[name]).set for name in (first, second))
        return first != second and not levers.keys().isdisjoint(others)

    @property
    def groups(self) -> dict[str, list[Move]]:
        """The moves by heading."""
        groups: dict[str, list[Move]] = {}
        for row in self.moves.values():
            groups.setdefault(row.group, []).append(row)
        return groups

    def shortened(self, quarters: int) -> Catalogue:
        """Return this catalogue for a game of fewer quarters, with the criterion for total profit scaled down.

        Args:
            quarters: number of quarters played; 0, or the number in the rules, returns this catalogue itself.
        """
        if quarters in (0, self.rules.quarters):
            return self
        part = quarters / self.rules.quarters
        shorter = copy.copy(self)
        shorter.rules = self.rules.model_copy(
            update={
                "quarters": quarters,
                "criterion": tuple(
                    row.model_copy(update={"zero": row.zero * part, "hundred": row.hundred * part})
                    if row.kpi == "profit"
                    else row
                    for row in self.rules.criterion
                ),
                "reflection": tuple(row for row in self.rules.reflection if row.after < quarters),
            }
        )
        return shorter

    def asks(self, quarter: int) -> tuple[str, ...]:
        """Return the questions asked after a number of quarters."""
        return tuple(ask for row in self.rules.reflection if row.after == quarter for ask in row.ask)

    @property
    def predicted(self) -> list[str]:
        """KPIs that the player predicts before each quarter."""
        return [row.kpi for row in self.rules.report if row.predict]

    @property
    def hidden(self) -> list[str]:
        """KPIs that only the debrief shows."""
        return [name for row in self.rules.hidden for name in row.kpis]


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that comes with ccsim."""
    return read_catalogue(HERE / "rules.toml", HERE / "moves.toml")


def read_catalogue(rules_file: Path, moves_file: Path) -> Catalogue:
    """Return a catalogue read from two files.

    Raises:
        InputErrors: the files contain errors; all are listed with file and line.
    """
    rules_data, rules_places = read_toml(rules_file)
    moves_data, moves_places = read_toml(moves_file)
    rules_reader, moves_reader = Parser(rules_file, rules_places), Parser(moves_file, moves_places)
    _levers(moves_reader, moves_data, "move", ("lever",))
    _levers(rules_reader, rules_data, "event", ("lever", "assumption"))
    _kpis(rules_reader, rules_data)
    _parts(moves_reader, moves_data)
    faults = [*moves_reader.issues, *rules_reader.issues]
    if faults:
        raise InputErrors(faults)
    rules, moves = rules_reader.whole(Rules, rules_data), moves_reader.whole(Moves, moves_data)
    if rules and moves:
        _once(moves_reader, "move", "name", [row.name for row in moves.move])
        _once(rules_reader, "event", "name", [row.name for row in rules.event], [row.name for row in moves.move])
        for kind in ("report", "criterion"):
            _once(rules_reader, kind, "kpi", [row.kpi for row in getattr(rules, kind)])
        _in_order(rules_reader, rules)
    faults = [*moves_reader.issues, *rules_reader.issues]
    if faults:
        raise InputErrors(faults)
    return Catalogue(rules, moves)


def _once(reader: Parser, kind: str, key: str, names: list[str], taken: Sequence[str] = ()) -> None:
    """Raise an error for names that are used twice."""
    for number, name in enumerate(names):
        if name in names[:number] or name in taken:
            reader.add_error((kind, number, key), f"must be a name of its own, got {name!r}, which is there already")


def _in_order(reader: Parser, rules: Rules) -> None:
    """Raise an error for reversed ranges: an event's quarters, a prediction's range, a criterion's marks."""
    for number, event in enumerate(rules.event):
        if event.first > event.last:
            reader.add_error(("event", number, "to"), f"must be at least from, {event.first}, got {event.last}")
    for number, report in enumerate(rules.report):
        low, high, step = report.predict or (0, 1, 1)
        if not (low < high and step > 0):
            text = f"must be the lowest value, the highest and a step above 0, got {[low, high, step]}"
            reader.add_error(("report", number, "predict"), text)
    for number, criterion in enumerate(rules.criterion):
        if criterion.zero == criterion.hundred:
            reader.add_error(
                ("criterion", number, "hundred"), f"must differ from zero, got {criterion.hundred:g} for both"
            )


def _levers(reader: Parser, data: Mapping[str, Any], kind: str, roles: tuple[str, ...]) -> None:
    """Check every lever that the rows of a kind set; values are converted to their declared type."""
    for number, row in enumerate(data.get(kind, [])):
        row["set"] = reader.values("set", _nested(row.get("set", {})), roles, (kind, number))


def _nested(table: Mapping[str, Any]) -> dict[str, Any]:
    """Read ``"group.name" = value`` as ``group.name = value``."""
    nested: dict[str, Any] = {}
    for key, value in table.items():
        group, dot, name = key.partition(".")
        if dot:
            nested.setdefault(group, {})[name] = value
        else:
            nested[key] = value
    return nested


def _kpis(reader: Parser, data: Mapping[str, Any]) -> None:
    for kind in ("report", "criterion"):
        for number, row in enumerate(data.get(kind, [])):
            _known_kpi(reader, (kind, number, "kpi"), row.get("kpi"))
    for number, row in enumerate(data.get("hidden", [])):
        for name in row.get("kpis", []):
            _known_kpi(reader, ("hidden", number, "kpis"), name)


def _parts(reader: Parser, data: Mapping[str, Any]) -> None:
    for number, row in enumerate(data.get("move", [])):
        for part in row.get("spend", {}):
            if part not in FROM_TOP + FROM_BOTTOM:
                reader.add_error(
                    ("move", number, "spend", part), str(UnknownNameError("part", part, FROM_TOP + FROM_BOTTOM))
                )
        for name in row.get("shows", []):
            _known_kpi(reader, ("move", number, "shows"), name)


def _known_kpi(reader: Parser, key: tuple[str | int, ...], name: object) -> None:
    if name not in KPIS:
        reader.add_error(key, str(UnknownNameError("KPI", str(name), KPIS)))
