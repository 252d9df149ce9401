"""Read scenario files: pydantic checks the shape, declarations of parameters the values; every fault names its line.

A scenario file may extend another. The result is one scenario with its parents merged in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ccsim.errors import InputError, InputErrors, InputIssue, UnknownNameError, count_noun, did_you_mean
from ccsim.model.settings import all_parameters, check_sizes
from ccsim.scenarios.conditions import Condition
from ccsim.scenarios.paths import resolved
from ccsim.scenarios.renamed import KEYS
from ccsim.scenarios.scenario import (
    LAST_WEEK,
    TABLES,
    Intervention,
    Scenario,
    Values,
    check,
    default_label,
    flatten,
    resolve_path,
)
from ccsim.scenarios.toml_positions import Key, line_of, read_toml

Week = Annotated[int, Field(ge=0, le=LAST_WEEK, strict=True)]


class Schema(BaseModel):
    """A table that accepts only known keys."""

    model_config = ConfigDict(extra="forbid", strict=True)


class InterventionSchema(Schema):
    """One table of a schedule."""

    set: dict[str, Any] = Field(default_factory=dict)
    week: Week | None = None
    weeks: Annotated[list[Week], Field(min_length=1)] | None = None
    when: str | None = None
    earliest_week: Week = 0
    label: str = ""


class ScenarioSchema(Schema):
    """A scenario file."""

    title: str = ""
    about: str = ""
    extends: str | None = None
    organisation: dict[str, Any] = Field(default_factory=dict)
    assumptions: dict[str, Any] = Field(default_factory=dict)
    history: dict[str, Any] = Field(default_factory=dict)
    levers: dict[str, Any] = Field(default_factory=dict)
    schedule: list[dict[str, Any]] = Field(default_factory=list)


#: Maximum number of faults per file that are found and reported.
MOST_ISSUES = 50
#: Maximum length of a chain of scenarios that extend one another, because reading is recursive.
MOST_PARENTS = 100


class Parser:
    """Collect the faults of one file while it is read.

    Args:
        file: its path, as messages name it.
        places: the line of each key.
        near: folders in which named scenarios are looked up first.
        above: path of the part of the file that is being read.
    """

    def __init__(self, file: Path, places: dict[Key, int], near: tuple[Path, ...] = (), above: Key = ()) -> None:
        self.file, self.places, self.near, self.above = file, places, near, above
        self.issues: list[InputIssue] = []

    @property
    def full(self) -> bool:
        """Whether the maximum number of faults is reached, so that the search can end."""
        return len(self.issues) >= MOST_ISSUES

    def sub(self, *key: str | int) -> Parser:
        """Return a reader of a part of the file, with the same list of faults."""
        reader = Parser(self.file, self.places, self.near, (*self.above, *key))
        reader.issues = self.issues
        return reader

    def add_error(self, key: Key, problem: str) -> None:
        """Record a fault, up to the maximum number."""
        if self.full:
            return
        whole = (*self.above, *key)
        name = ".".join(str(part) for part in whole)
        self.issues.append(InputIssue(str(self.file), line_of(self.places, whole), name, problem))

    def validate(self, kind: type[BaseModel], data: Mapping[str, Any], above: Key = ()) -> Any:
        """Return the data in a shape in which all keys have defaults.

        Values that do not fit are recorded as faults and left out, so that the rest can still be read.

        Args:
            kind: class that declares the keys and their types.
            data: the table.
            above: keys of the tables around it.
        """
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for row in error.errors()[: MOST_ISSUES - len(self.issues)]:
                self.add_error((*above, *row["loc"]), _describe(row, kind))
            wrong = {row["loc"][0] for row in error.errors()}
        return kind.model_validate({key: value for key, value in data.items() if key not in wrong})

    def whole(self, kind: type[BaseModel], data: Mapping[str, Any]) -> Any:
        """Return the data in a shape with required keys; None if there is a fault, which is recorded."""
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for row in error.errors()[: MOST_ISSUES - len(self.issues)]:
                self.add_error(tuple(row["loc"]), _describe(row, kind))
        return None

    def values(self, table: str, data: Mapping[str, Any], roles: tuple[str, ...], above: Key = ()) -> Values:
        """Return the checked values of a table, by parameter key; faults are recorded by the parser.

        Args:
            table: name of the table in the file, for messages.
            data: the table.
            roles: roles of the parameters that the table accepts, such as ``("lever",)``.
            above: keys of the tables around it.

        Returns:
            The values that are valid.
        """  # noqa: DOC501  # they are caught here
        found: Values = {}
        groups = {row.group for row in all_parameters().values()}
        for path, value in flatten(data):
            if self.full:
                break
            key = ".".join((table, *path) if table == "organisation" else path)
            if value == {} and key in groups:
                continue
            try:
                if value == {}:
                    raise UnknownNameError("group", key, groups)
                if key in found:
                    raise InputError("is set twice")
                found[key] = check(key, value, roles)
            except InputError as error:
                self.add_error((*above, table, *path), str(error).removeprefix(f"{key}: "))
        return found

    def finish(self) -> None:
        """Raise the faults found. The faults of a parent are listed once, even if it is a parent several times."""
        if self.full:
            more = f"only the first {MOST_ISSUES} faults are listed; there may be more"
            raise InputErrors(dict.fromkeys([*self.issues[:MOST_ISSUES], InputIssue(str(self.file), None, "", more)]))
        if self.issues:
            raise InputErrors(dict.fromkeys(self.issues))


def _describe(row: Any, kind: type[BaseModel]) -> str:
    """Return a fault of the shape in ccsim's wording."""
    if row["type"] == "missing":
        return "is missing"
    if row["type"] == "extra_forbidden":
        present = KEYS.get(kind.__name__, {}).get(str(row["loc"][-1]))
        if present is not None:
            return (
                f"the table is now called [{present}]" if kind is ScenarioSchema else f"the key is now called {present}"
            )
        return f"unknown key{did_you_mean(str(row['loc'][-1]), kind.model_fields)}"
    wanted = _wanted(row)
    shown = count_noun(len(row["input"]), "value") if row["type"] == "too_long" else repr(row["input"])
    verb = "have" if row["type"] in ("too_short", "too_long") else "be"
    return f"must {verb} {wanted}, got {shown}"


def _wanted(row: Any) -> str:
    """Return a description of a valid value."""
    limits = row.get("ctx", {})
    wanted: dict[str, str] = {
        "string_type": "text",
        "int_type": "a whole number",
        "float_type": "a number",
        "bool_type": "true or false",
        "date_from_datetime_parsing": "a date such as 2026-01-31",
        "date_type": "a date such as 2026-01-31",
        "string_too_short": "a short text",
        "string_pattern_mismatch": "letters, digits, '-' and '_', starting with a letter or digit",
        "greater_than": f"a number above {limits.get('gt')}",
        "less_than": f"a number below {limits.get('lt')}",
        "dict_type": "a table",
        "list_type": "a list",
        "greater_than_equal": f"a number of at least {limits.get('ge')}",
        "less_than_equal": f"a number of at most {limits.get('le')}",
        "too_short": f"at least {count_noun(limits.get('min_length', 1), 'value')}",
        "too_long": f"at most {count_noun(limits.get('max_length', 1), 'value')}",
    }
    return wanted.get(row["type"], str(row["msg"]))


def read_scenario(file: Path, chain: tuple[Path, ...] = ()) -> Scenario:
    """Return the scenario of a file, with its parents merged in.

    Raises:
        InputError: the file cannot be read.
        InputErrors: the file or a parent has faults; all are listed.
    """
    data, places = read_toml(file)
    reader = Parser(file, places, near=(file.parent,))
    scenario = parse_scenario(reader, data, file.stem, (*chain, resolved(file)))
    reader.finish()
    return scenario


def parse_scenario(reader: Parser, data: Mapping[str, Any], name: str, chain: tuple[Path, ...] = ()) -> Scenario:
    """Return the scenario that the data describes. Faults are recorded by the parser, and faulty parts are left out.

    Args:
        reader: records faults and knows the lines of the file.
        data: the file's content.
        name: name of the scenario.
        chain: the files that extend one another up to here; a file must not occur twice.

    Returns:
        The scenario with its parents merged in.
    """
    shape = reader.validate(ScenarioSchema, data)
    source = _source(reader, shape)
    tables = {table: reader.values(table, getattr(shape, table), (role,)) for table, role in TABLES.items()}
    parent = _parent(reader, shape, chain)
    if "title" not in data and "extends" not in data:
        reader.add_error(("title",), "is missing: a short text that names the scenario")
    schedule = _schedule(reader, shape, parent)
    own = Scenario(
        name, shape.title, shape.about, **tables, schedule=schedule, files=(str(reader.file),), source=source
    )
    merged = _merged(parent, own) if parent else own
    for key, problem in check_sizes(merged.organisation) if not reader.issues else ():
        reader.add_error(("organisation", key.split(".")[1]), problem)
    return merged


def _source(reader: Parser, shape: ScenarioSchema) -> str:
    """Take ``from`` out of the sizes, and return the folder that it names, relative to the scenario's folder."""
    named = shape.organisation.pop("from", "")
    if not isinstance(named, str):
        reader.add_error(("organisation", "from"), f"must be the path of a folder, got {named!r}")
        return ""
    if not named or Path(named).is_absolute():
        return named
    beside = reader.file.parent / named
    return str(beside if beside.is_dir() else Path(named))


def _parent(reader: Parser, shape: ScenarioSchema, chain: tuple[Path, ...]) -> Scenario | None:
    """Return the scenario that a file extends."""
    if shape.extends is None:
        return None
    try:
        file = resolve_path(shape.extends, reader.file.parent, reader.near)
        if resolved(file) in chain:
            circle = [path.stem for path in (*chain[chain.index(resolved(file)) :], file)]
            raise InputError(f"a scenario cannot extend itself: {' -> '.join(circle)}")
        if len(chain) >= MOST_PARENTS:
            raise InputError(f"more than {MOST_PARENTS} scenarios extend one another")
        return read_scenario(file, chain)
    except InputErrors as error:
        reader.issues += error.issues
    except InputError as error:
        reader.add_error(("extends",), str(error))
    return None


def _merged(parent: Scenario, child: Scenario) -> Scenario:
    """Merge a child into its parent: the child's keys take precedence; schedules are concatenated."""
    tables = {table: {**getattr(parent, table), **getattr(child, table)} for table in TABLES}
    return replace(
        child, title=child.title or parent.title, about=child.about or parent.about,
        schedule=parent.schedule + child.schedule, files=parent.files + child.files,
        source=child.source or parent.source,
        **tables,  # type: ignore[arg-type]  # tables by name
    )  # fmt: skip


def _schedule(reader: Parser, shape: ScenarioSchema, parent: Scenario | None) -> tuple[Intervention, ...]:
    """Return the moves of a file; refuse a move that contradicts an earlier move of the same week."""
    moves: list[Intervention] = []
    first: dict[tuple[int | None, str], Any] = {
        (move.week, key): value
        for move in (parent.schedule if parent else ())
        for key, value in move.set.items()
        if move.week is not None
    }
    for number, row in enumerate(shape.schedule):
        for move in _interventions(reader, row, number):
            moves.append(move)
            for key, value in move.set.items() if move.week is not None else ():
                known = first.setdefault((move.week, key), value)
                if known != value:
                    problem = f"in week {move.week}, {key} is set to both {known!r} and {value!r}"
                    reader.add_error(("schedule", number, "set", *key.split(".")), problem)
    return tuple(moves)


def _interventions(reader: Parser, data: Mapping[str, Any], number: int) -> list[Intervention]:
    """Return the moves of one table of the schedule, one for each of its weeks."""
    place: Key = ("schedule", number)
    if reader.full:
        return []
    before = len(reader.issues)
    row = reader.validate(InterventionSchema, data, place)
    if sum(key in data for key in ("week", "weeks", "when")) != 1:
        reader.add_error(place, "a move must have exactly one of week, weeks, when")
    if not data.get("set"):
        reader.add_error((*place, "set"), "a move must set at least one lever")
    if "earliest_week" in data and "when" not in data:
        reader.add_error((*place, "earliest_week"), "can only be used with when")
    values = reader.values("set", row.set, ("lever",), place)
    condition = None
    try:
        condition = Condition(row.when) if row.when is not None else None
    except InputError as error:
        reader.add_error((*place, "when"), str(error))
    if len(reader.issues) > before:
        return []
    label = row.label or default_label(values)
    if condition is not None:
        return [Intervention(values, None, condition, row.earliest_week, label)]
    weeks = [row.week] if row.week is not None else dict.fromkeys(row.weeks)
    return [Intervention(values, week, label=label) for week in weeks]
