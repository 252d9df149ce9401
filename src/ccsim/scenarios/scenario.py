"""Scenarios: parameter values and scheduled moves, read from TOML files that may extend one another.

A scenario is frozen data: sizes, assumptions, the levers of the warm-up, the levers of week 0, and a schedule of
moves. It contains neither a seed nor a generator. Every fault of a file is reported with file, line
and key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ccsim.engine.counts import whole_number
from ccsim.errors import InputError, UnknownNameError, shown
from ccsim.model.extension import Own, takes_mechanisms
from ccsim.model.settings import all_parameters, check_sizes
from ccsim.scenarios.conditions import Condition
from ccsim.scenarios.paths import is_file
from ccsim.scenarios.renamed import PARAMETERS, renamed_arguments
from ccsim.scenarios.toml_text import toml_text

Values = dict[str, Any]

#: Tables of a scenario file, and the role of the parameters that each accepts.
TABLES = {"organisation": "size", "assumptions": "assumption", "history": "lever", "levers": "lever"}
#: The last week in which a move may be due.
LAST_WEEK = 100_000
#: Key among values that names the folder of files from which an organisation is founded.
SOURCE = "organisation.from"
_TABLE_OF = {"size": "[organisation]", "assumption": "[assumptions]", "lever": "[levers] or [history]"}
_KIND_OF = {"size": "a size, fixed at founding", "assumption": "an assumption", "lever": "a lever"}


@dataclass(frozen=True)
class Intervention:
    """Levers that are set together, in a week or once a condition holds.

    Attributes:
        set: levers by key.
        week: the week at whose start the move is made; None if it waits for a condition.
        when: the condition; the move is made once, in the week after the first one in which it holds.
        earliest_week: first week in which the condition is checked.
        label: label of the move on figures.
    """

    set: Values
    week: int | None = None
    when: Condition | None = None
    earliest_week: int = 0
    label: str = ""

    @classmethod
    @renamed_arguments(after="earliest_week")
    def create(
        cls, values: Mapping[str, Any], *, week: int | None = None, when: str | None = None,
        earliest_week: int = 0, label: str = "",
    ) -> Intervention:  # fmt: skip
        """Return a checked move.

        Args:
            values: new values of levers, by key.
            week: week in which they are set.
            when: condition over KPIs; the levers are set the first time that it holds.
            earliest_week: first week in which the condition is checked.
            label: label of the move; by default its values.

        Returns:
            The move.

        Raises:
            InputError: a name is not a lever, a value or a week is invalid, or the condition cannot be read.
        """
        if not values:
            raise InputError("a move sets at least one lever, got none")
        if week is not None and when is not None:
            raise InputError(f"a move takes week or when, not both, got week {week!r} and when {when!r}")
        if week is not None:
            week = whole_number("week", week, 0, LAST_WEEK)
        if whole_number("earliest_week", earliest_week, 0, LAST_WEEK) and when is None:
            raise InputError(f"earliest_week goes with when, got {earliest_week!r} without it")
        checked = {key: check(key, value, ("lever",)) for key, value in values.items()}
        condition = Condition(when) if when is not None else None
        return cls(checked, week, condition, earliest_week, label or default_label(checked))


def default_label(values: Mapping[str, Any]) -> str:
    """Return a label for a move from the values that it sets."""
    return ", ".join(f"{key} = {value}" for key, value in values.items())


@dataclass(frozen=True)
class Scenario:
    """A scenario, with its parents already merged in.

    Attributes:
        name: the name of the file without its suffix.
        title: a short title.
        about: one or two sentences.
        organisation: sizes that differ from the ordinary organisation, by key.
        assumptions: assumptions that differ, by key.
        history: levers in force during the warm-up, until they are moved.
        levers: levers set at week 0.
        schedule: later moves, in the order of the files.
        files: the files from which it was read, the oldest parent first.
        source: folder of files from which the organisation is founded; empty if it is drawn from its sizes.
    """

    name: str
    title: str = ""
    about: str = ""
    organisation: Values = field(default_factory=dict)
    assumptions: Values = field(default_factory=dict)
    history: Values = field(default_factory=dict)
    levers: Values = field(default_factory=dict)
    schedule: tuple[Intervention, ...] = ()
    files: tuple[str, ...] = ()
    source: str = ""

    def with_values(self, levers: Mapping[str, Any], name: str | None = None, title: str | None = None) -> Scenario:
        """Return the scenario with some values changed, each in the table of its role; levers from week 0.

        Args:
            levers: values to set, by key.
            name: name of the new scenario; None to keep the present one.
            title: title for tables and figures; None to keep the present one.

        Raises:
            InputError: a name is unknown, or a value is not accepted.
        """
        tables = {table: dict(getattr(self, table)) for table in ("organisation", "assumptions", "levers")}
        home = {"size": "organisation", "assumption": "assumptions", "lever": "levers"}
        source = str(levers.get(SOURCE, self.source))
        for key, value in levers.items():
            if key == SOURCE:
                continue
            checked = check(key, value)
            tables[home[all_parameters()[key].role]][key] = checked
        changed = replace(
            self,
            name=name or self.name,
            title=title or self.title,
            source=source,
            **tables,  # type: ignore[arg-type]  # tables by name
        )
        problems = check_sizes(changed.organisation)
        if problems:
            raise InputError("\n".join(f"{key}: {problem}" for key, problem in problems))
        return changed

    def resolved(self) -> dict[str, Any]:
        """Return the scenario as plain data in the form of a file without ``extends``."""
        data: dict[str, Any] = {"title": self.title, "about": self.about}
        tables = {table: _nested(getattr(self, table)) for table in TABLES if getattr(self, table)}
        if self.source:
            tables["organisation"] = {
                "organisation": {"from": self.source} | tables.get("organisation", {}).get("organisation", {})
            }
        data.update(tables | tables.get("organisation", {}))
        moves = []
        for move in self.schedule:
            row: dict[str, Any] = {"label": move.label, "set": _nested(move.set)}
            row |= (
                {"week": move.week}
                if move.when is None
                else {"when": move.when.text, "earliest_week": move.earliest_week}
            )
            moves.append(row)
        return {**data, "schedule": moves} if moves else data

    def to_toml(self) -> str:
        """Return the text of a file that loads to this scenario."""
        return toml_text(self.resolved())

    def values(self) -> Values:
        """Return all values that the scenario sets and that are in force in week 0, by key."""
        return {**self.organisation, **self.assumptions, **self.history, **self.levers}

    def in_force(self) -> Iterator[Values]:
        """Yield the values that the scenario sets in the warm-up, in week 0, and by each later move, by key."""
        yield from (self.history, self.values(), *(move.set for move in self.schedule))

    def diff(self, other: Scenario) -> list[tuple[str, Any, Any]]:
        """Return the differences from another scenario at week 0.

        Args:
            other: the other scenario.

        Returns:
            Key, value here and value there, in order of display.
        """
        own, there = self.values(), other.values()
        rows = [
            (key, own.get(key, row.shown), there.get(key, row.shown))
            for key, row in all_parameters().items()
            if key in own or key in there
        ]
        return [row for row in rows if row[1] != row[2]]


def check(key: str, value: Any, roles: tuple[str, ...] = ("lever", "assumption", "size")) -> Any:
    """Return a value as its parameter declares it.

    Args:
        key: key of the parameter.
        value: the given value.
        roles: roles that the parameter may have, such as ``("lever",)``.

    Raises:
        UnknownNameError: there is no parameter with the key; for a name without its group, the message gives the full key.
        InputError: the value is not accepted, or the parameter has another role.
    """
    if key == SOURCE:
        return str(value)
    row = all_parameters().get(key)
    if row is None:
        own = [known for known in all_parameters() if known.startswith(f"{key}.")]
        if own:
            raise InputError(f"{key!r} is a group of parameters: set one of its parameters, such as {own[0]!r}")
        if key in PARAMETERS:
            raise UnknownNameError("parameter", key, ())
        full = [known for known in all_parameters() if known.split(".")[1] == key.split(".")[-1]]
        if full:
            raise InputError(f"there is no parameter {key!r} (did you mean {' or '.join(map(repr, full))}?)")
        raise UnknownNameError("parameter", key, all_parameters())
    if row.role not in roles:
        raise InputError(f"{key} is {_KIND_OF[row.role]}: it belongs in {_TABLE_OF[row.role]}")
    try:
        return row.check(value)
    except InputError as error:
        raise InputError(f"{key}: {error}") from None
    except OverflowError:
        raise InputError(f"{key}: must be {row.accepts()}, got a number that is too large") from None


@takes_mechanisms
def load_scenario(name: str | Path, *, mechanisms: Iterable[Own] | Own | None = None) -> Scenario:
    """Return a scenario by its name or by the path of its file.

    Args:
        name: the name or the path.
        mechanisms: users' mechanisms whose parameters the scenario sets, as paths of files or as modules.

    Raises:
        InputError: the scenario does not exist, or its file has faults; all are listed.
    """
    from ccsim.scenarios.io import read_scenario

    return read_scenario(resolve_path(name))


def resolve_path(name: str | Path, folder: Path = Path(), near: Sequence[Path] = ()) -> Path:
    """Return the file of a scenario.

    Args:
        name: a path that ends in .toml, or a name.
        folder: the folder to which a path is relative.
        near: folders in which a name is looked up before ``scenarios/`` and the library.

    Raises:
        UnknownNameError: the name does not exist; a path is not checked here.
        InputError: no file can have this name.
    """
    if "\0" in str(name):
        raise InputError(f"{shown(str(name))} cannot be the name of a file")
    if Path(name).suffix.lower() == ".toml":
        return folder / name
    for place in (*near, Path("scenarios"), *data_dirs("scenarios")):
        if is_file(place / f"{name}.toml"):
            return place / f"{name}.toml"
    known = {path.stem for place in near for path in place.glob("*.toml")}
    raise UnknownNameError("scenario", str(name), known | set(list_scenarios()))


def data_dirs(kind: str) -> list[Path]:
    """Return the folders of the files that ccsim ships, in an installed package or a checkout."""
    here = Path(__file__).parents[1]
    return [place for place in (here / "library" / kind, here.parents[1] / kind) if place.is_dir()]


def list_scenarios(kind: str = "scenarios") -> dict[str, Path]:
    """Return the available scenarios or experiments: those of the current folder and of the library.

    Args:
        kind: ``"scenarios"`` or ``"experiments"``.

    Returns:
        The files by name.
    """
    places = [*reversed(data_dirs(kind)), Path(kind)]
    found = {path.stem: path for place in places for path in sorted(place.glob("*.toml"))}
    return dict(sorted(found.items()))


def flatten(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value of nested tables with its path; an empty table counts as a value."""
    for name, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from flatten(value, (*above, name))
        else:
            yield (*above, name), value


def _nested(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        group, name = key.split(".")
        tables.setdefault(group, {})[name] = value
    return tables


def scaffold(name: str) -> str:
    """Return the commented text of a new scenario file."""
    import tomlkit

    title = tomlkit.string(name.replace("-", " ").replace("_", " ").capitalize()).as_string()
    return f"""# A scenario: differences from the ordinary organisation. `ccsim describe` shows the result.
title = {title}
about = "One or two sentences on what the scenario tries."
extends = "nothing"          # name of another scenario, or a path that ends in .toml

# Levers are set at week 0. `ccsim parameters` lists all levers.
[levers.programme]
budget = 4000                # EUR/week
top_down_share = 0.5         # share of the budget that leaders direct

# Assumptions about the world belong under [assumptions.…], sizes under [organisation],
# and levers that were in force long before week 0 under [history.…].

# Later moves, by week or by condition:
[[schedule]]
week = 104
label = "The programme ends"
[schedule.set.programme]
budget = 0
"""
