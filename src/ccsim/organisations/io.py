"""Read the folder of an organisation: ``organisation.toml`` and its data files; all faults are reported together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from ccsim.errors import InputError, did_you_mean, shown
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.organisations.checks import across
from ccsim.organisations.columns import KINDS, PERIODS
from ccsim.organisations.folder import LEAST_GROUP, Folder
from ccsim.organisations.privacy import Keys
from ccsim.organisations.tables import WORDS, Dialect, read_table
from ccsim.scenarios.io import Parser, Schema
from ccsim.scenarios.paths import is_file, is_folder
from ccsim.scenarios.scenario import check
from ccsim.scenarios.toml_positions import line_of, read_toml

FILE = "organisation.toml"
#: Columns whose values need a period.
WITH_PERIOD = ("pay", "churn", "revenue", "left")


class FolderSchema(Schema):
    """The file ``organisation.toml``."""

    name: str = ""
    currency: str = "EUR"
    start_date: date | None = None
    smallest_group: int = Field(default=LEAST_GROUP, ge=LEAST_GROUP)
    files: dict[str, Any] = Field(default_factory=dict)
    columns: dict[str, Any] = Field(default_factory=dict)
    words: dict[str, Any] = Field(default_factory=dict)
    periods: dict[str, Any] = Field(default_factory=dict)
    constants: dict[str, Any] = Field(default_factory=dict)
    kpis: dict[str, Any] = Field(default_factory=dict)
    drivers: dict[str, Any] = Field(default_factory=dict)
    sizes: dict[str, Any] = Field(default_factory=dict)
    assumptions: dict[str, Any] = Field(default_factory=dict)
    levers: dict[str, Any] = Field(default_factory=dict)


def read_folder(path: str | Path) -> Folder:
    """Read and check a folder.

    Args:
        path: the folder.

    Returns:
        The organisation, its measurements and its tables, all checked.

    Raises:
        InputError: the folder does not exist, or contains no ``organisation.toml``.
        InputErrors: its files have faults; all are listed.
    """
    folder = Path(path)
    if not is_folder(folder):
        raise InputError(f"{folder}: there is no such folder; ccsim org new {folder} makes one")
    if not is_file(folder / FILE):
        raise InputError(f"{folder}: contains no {FILE}; ccsim org new writes one to start from")
    data, places = read_toml(folder / FILE)
    reader = Parser(folder / FILE, places)
    schema = reader.validate(FolderSchema, data)
    organisation = Folder(folder, schema.name or folder.name, schema.currency, schema.start_date, schema.smallest_group)
    dialect = _dialect(reader, schema, organisation)
    _refuse_unknown(reader.sub("files"), schema.files, KINDS, "kind of file")
    for kind in KINDS.values():
        for file in _files_of(reader, schema, folder, kind.name):
            table, faults = read_table(file, str(file), kind, dialect)
            reader.issues += faults
            if table is not None:
                organisation.tables.setdefault(kind.name, []).append(table)
    _use_relative_values(organisation)
    reader.issues += across(organisation)
    reader.finish()
    return organisation


def _use_relative_values(folder: Folder) -> None:
    """Use a driver relative to its mean if its lever is a factor and most values are outside the range of factors."""
    frame = folder.frame("drivers")
    for name, lever in folder.drivers.items():
        row = all_parameters()[lever]
        _, highest = row.legal
        if row.unit == "factor" and frame["value"][frame["name"] == name].median() > highest:
            folder.relative.add(name)


def _files_of(reader: Parser, schema: FolderSchema, folder: Path, kind: str) -> list[Path]:
    """Return the files of a kind: the named ones, or the one with the default name if it exists."""
    if kind not in schema.files:
        default = folder / f"{kind}.csv"
        return [default] if default.is_file() else []
    named = schema.files[kind]
    files = []
    for number, name in enumerate(named if isinstance(named, list) else [named]):
        key = ("files", kind, number) if isinstance(named, list) else ("files", kind)
        if not isinstance(name, str) or not name:
            reader.add_error(key, f"{name!r} must be the name of a file")
        elif not is_file(folder / name):
            reader.add_error(key, f"{name!r}: there is no such file in {folder}")
        else:
            files.append(folder / name)
    return files


def _dialect(reader: Parser, schema: FolderSchema, folder: Folder) -> Dialect:
    """Return the format of files, and store the other settings of ``organisation.toml``."""
    columns = {
        kind: {name: _texts(part, name, text) or (name,) for name, text in table.items()}
        for kind, part, table in _by_kind(reader.sub("columns"), schema.columns)
    }
    constants = {
        kind: {name: str(value) for name, value in table.items()}
        for kind, _, table in _by_kind(reader.sub("constants"), schema.constants)
    }
    part = reader.sub("words")
    _refuse_unknown(part, schema.words, WORDS, "list of words")
    words = {name: {*usual, *_texts(part, name, schema.words.get(name, []))} for name, usual in WORDS.items()}
    part = reader.sub("periods")
    _refuse_unknown(part, schema.periods, WITH_PERIOD, "amount with a period")
    for name, value in schema.periods.items():
        if not isinstance(value, str) or value not in PERIODS:
            part.add_error((name,), f"must be one of {', '.join(PERIODS)}, got {value!r}")
        else:
            folder.periods[name] = value
    _names(reader, schema, folder)
    return Dialect(columns, words, constants, Keys.of_folder(folder.path))


def _names(reader: Parser, schema: FolderSchema, folder: Folder) -> None:
    """Store the KPIs, drivers, sizes and values that ``organisation.toml`` states."""
    for word, kpi in schema.kpis.items():
        if not isinstance(kpi, str) or kpi not in KPIS:
            reader.add_error(("kpis", word), f"there is no KPI {shown(kpi)}{did_you_mean(str(kpi), KPIS)}")
        else:
            folder.kpis[word] = kpi
    for word, setting in schema.drivers.items():
        _driver(reader, folder, word, setting)
    for name, value in schema.sizes.items():
        try:
            folder.sizes[name] = check(f"organisation.{name}", value, ("size",))
            folder.lines[name] = line_of(reader.places, ("sizes", name))
        except InputError as error:
            reader.add_error(("sizes", name), str(error).removeprefix(f"organisation.{name}: "))
    folder.values = {
        **reader.values("assumptions", schema.assumptions, ("assumption",)),
        **reader.values("levers", schema.levers, ("lever",)),
    }


def _driver(reader: Parser, folder: Folder, word: str, setting: Any) -> None:
    """Store the lever that a driver sets: a name, or a table with the name and whether values are relative."""
    levers = {key for key, row in all_parameters().items() if row.role == "lever"}
    table = setting if isinstance(setting, dict) else {"lever": setting}
    _refuse_unknown(reader.sub("drivers", word), table, ("lever", "relative"), "key of a driver")
    lever, relative = table.get("lever"), table.get("relative", False)
    if not isinstance(lever, str) or lever not in levers:
        reader.add_error(("drivers", word), f"there is no lever {shown(lever)}{did_you_mean(str(lever), levers)}")
        return
    if not isinstance(relative, bool):
        reader.add_error(("drivers", word, "relative"), f"must be true or false, got {relative!r}")
    elif relative:
        folder.relative.add(word)
    folder.drivers[word] = lever


def _by_kind(part: Parser, data: Mapping[str, Any]) -> Iterator[tuple[str, Parser, dict[str, Any]]]:
    """Yield the tables of known kinds of files, each with its parser; unknown kinds and columns are recorded as faults."""
    _refuse_unknown(part, data, KINDS, "kind of file")
    for kind, table in data.items():
        if kind in KINDS and not isinstance(table, dict):
            part.add_error((kind,), f"must be a table, got {table!r}")
        elif kind in KINDS:
            columns = [column.name for column in KINDS[kind].columns]
            _refuse_unknown(part.sub(kind), table, columns, f"column of {kind}")
            yield kind, part.sub(kind), table


def _refuse_unknown(part: Parser, names: Iterable[str], known: Collection[str], what: str) -> None:
    """Record a fault for each key of a table that is not known."""
    for name in names:
        if name not in known:
            part.add_error((name,), f"there is no such {what}{did_you_mean(name, known)}")


def _texts(part: Parser, name: str, value: Any) -> tuple[str, ...]:
    """Return a text or a list of texts as a list of texts."""
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        part.add_error((name,), f"must be a text or a list of texts, got {value!r}")
        return ()
    return tuple(texts)
