"""Read scenario files: shape by pydantic, values by the parameters' declarations, and every fault with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ccsim.errors import Fault, InputError, InputFaults, did_you_mean
from ccsim.scenario import TABLES, Move, Scenario, Values, check, default_label, find, flattened
from ccsim.settings import impossible
from ccsim.toml_places import Key, line_of, read_toml

Week = Annotated[int, Field(ge=0, le=100_000, strict=True)]


class Shape(BaseModel):
    """A table whose keys are all known."""

    model_config = ConfigDict(extra="forbid", strict=True)


class MoveShape(Shape):
    """One table of a schedule."""

    set: dict[str, Any] = {}
    week: Week | None = None
    weeks: list[Week] | None = None
    when: str | None = None
    after: Week = 0
    label: str = ""


class ScenarioShape(Shape):
    """A scenario file."""

    title: str = ""
    about: str = ""
    extends: str | None = None
    organisation: dict[str, Any] = {}
    assumptions: dict[str, Any] = {}
    before: dict[str, Any] = {}
    levers: dict[str, Any] = {}
    schedule: list[dict[str, Any]] = []


class Reader:
    """Collect the faults of one file while it is read.

    Args:
        file: its path, as messages name it.
        places: the line of each key.
        above: path of the part of the file that is read.
    """

    def __init__(self, file: Path, places: Mapping[Key, int], above: Key = ()) -> None:
        self.file, self.places, self.above = file, dict(places), above
        self.faults: list[Fault] = []

    def fault(self, key: Key, problem: str, shown: str | None = None) -> None:
        """Note a fault."""
        whole = (*self.above, *key)
        name = ".".join(str(part) for part in whole) if shown is None else shown
        self.faults.append(Fault(str(self.file), line_of(self.places, whole), name, problem))

    def shape(self, kind: type[BaseModel], data: Mapping[str, Any], above: Key = ()) -> Any:
        """Return the data in a shape; what does not fit is noted and left out, so that the rest is read all the same.

        None if what is left lacks something that the shape needs.
        """
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for row in error.errors():
                self.fault((*above, *row["loc"]), _in_words(row, kind))
            wrong = {row["loc"][0] for row in error.errors()}
        try:
            return kind.model_validate({key: value for key, value in data.items() if key not in wrong})
        except ValidationError:
            return None

    def values(self, table: str, data: Mapping[str, Any], roles: tuple[str, ...], above: Key = ()) -> Values:
        """Return a table's values, checked, by parameter key."""
        found = {}
        for path, value in flattened(data):
            key = ".".join((table, *path) if table == "organisation" else path)
            try:
                found[key] = check(key, value, roles)
            except InputError as error:
                self.fault((*above, table, *path), str(error).removeprefix(f"{key}: "))
        return found

    def finish(self) -> None:
        """Raise what was found."""
        if self.faults:
            raise InputFaults(self.faults)


def _in_words(row: Any, kind: type[BaseModel]) -> str:
    """Say a fault of the shape as ccsim says things."""
    if row["type"] == "extra_forbidden":
        return f"there is no such key{did_you_mean(str(row['loc'][-1]), kind.model_fields)}"
    if row["type"] == "missing":
        return "is missing"
    wanted = row["msg"].removeprefix("Input should be ").replace("a valid string", "text").replace(
        "a valid integer", "a whole number").replace("a valid dictionary", "a table").replace("a valid list", "a list")
    return f"{row['input']!r} is not accepted; it takes {wanted}"


def read_scenario(file: Path, chain: tuple[Path, ...] = ()) -> Scenario:
    """Return the scenario of a file, its parents merged in.

    Raises:
        InputError: the file cannot be read.
        InputFaults: what is wrong with it, or with a parent, all of it.
    """
    data, places = read_toml(file)
    reader = Reader(file, places)
    scenario = scenario_of(reader, data, file.stem, (*chain, file.resolve()))
    reader.finish()
    assert scenario is not None
    return scenario


def scenario_of(reader: Reader, data: Mapping[str, Any], name: str, chain: tuple[Path, ...]) -> Scenario | None:
    """Return the scenario that data describes; faults go to the reader."""
    shape = reader.shape(ScenarioShape, dict(data))
    if shape is None:
        return None
    tables = {table: reader.values(table, getattr(shape, table), (role,)) for table, role in TABLES.items()}
    schedule = [move for number, row in enumerate(shape.schedule) for move in _moves(reader, row, number)]
    parent = _parent(reader, shape, chain)
    if not shape.title and shape.extends is None and "title" not in data:
        reader.fault(("title",), "is missing: a few words that name the scenario")
    own = Scenario(name, shape.title, shape.about, **tables, schedule=tuple(schedule), files=(str(reader.file),))
    merged = _merged(parent, own) if parent else own
    for key, problem in impossible(merged.organisation) if not reader.faults else []:
        reader.fault(("organisation", key.split(".")[1]), problem)
    _refuse_contradictions(reader, merged.schedule)
    return merged


def _parent(reader: Reader, shape: ScenarioShape, chain: tuple[Path, ...]) -> Scenario | None:
    """Return the scenario that a file extends."""
    if shape.extends is None:
        return None
    try:
        file = find(shape.extends, reader.file.parent)
        if file.resolve() in chain:
            circle = [path.stem for path in (*chain[chain.index(file.resolve()) :], file)]
            raise InputError(f"a scenario cannot extend itself: {' -> '.join(circle)}")
        return read_scenario(file, chain)
    except InputFaults as error:
        reader.faults += error.faults
    except InputError as error:
        reader.fault(("extends",), str(error))
    return None


def _merged(parent: Scenario, child: Scenario) -> Scenario:
    """Lay a child over its parent: key by key, the child wins; schedules follow one another."""
    tables = {table: {**getattr(parent, table), **getattr(child, table)} for table in TABLES}
    return replace(
        child, title=child.title or parent.title, about=child.about or parent.about,
        schedule=parent.schedule + child.schedule, files=parent.files + child.files, **tables,
    )  # fmt: skip


def _moves(reader: Reader, data: Mapping[str, Any], number: int) -> list[Move]:
    """Return the moves of one table of the schedule: one for each of its weeks."""
    place: Key = ("schedule", number)
    before = len(reader.faults)
    row = reader.shape(MoveShape, data, place)
    if row is None:
        return []
    if sum(key in data for key in ("week", "weeks", "when")) != 1:
        reader.fault(place, "a move takes exactly one of week, weeks, when")
    if not data.get("set"):
        reader.fault((*place, "set"), "a move sets at least one lever")
    if "after" in data and "when" not in data:
        reader.fault((*place, "after"), "goes with when")
    values = reader.values("set", row.set, ("lever",), place)
    try:
        move = Move.of({}, when=row.when)
    except InputError as error:
        reader.fault((*place, "when"), str(error))
    if len(reader.faults) > before:
        return []
    label = row.label or default_label(values)
    if row.when is not None:
        return [replace(move, set=values, after=row.after, label=label)]
    weeks = [row.week] if row.week is not None else row.weeks or []
    return [Move(values, week, label=label) for week in weeks]


def _refuse_contradictions(reader: Reader, schedule: tuple[Move, ...]) -> None:
    """Refuse a schedule that sets one lever to two values in one week."""
    first: dict[tuple[int, str], Any] = {}
    for move in schedule:
        for key, value in move.set.items():
            if move.week is None:
                continue
            known = first.setdefault((move.week, key), value)
            if known != value:
                reader.fault(("schedule",), f"in week {move.week}, {key} is set to {known!r} and to {value!r}")
