"""Shared code of claims and facts files: where they are, unique names, a sweep in place of scenarios."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ccsim.errors import InputError, UnknownNameError
from ccsim.scenarios.io import Parser
from ccsim.scenarios.paths import toml_files
from ccsim.scenarios.scenario import Scenario, data_dirs


def declared_files(kind: str, folder: Path | None = None) -> list[Path]:
    """Return the TOML files of a kind, ``"claims"`` or ``"facts"``.

    Args:
        kind: name of the folder and of the records in its files.
        folder: the folder to read instead of the working folder or the one that ccsim ships.

    Raises:
        InputError: there are no files.
    """
    places = [folder] if folder else [Path(kind), *data_dirs(kind)]
    files = next((found for place in places if (found := toml_files(place))), [])
    if not files:
        raise InputError(f"{places[0]}: holds no {kind} (files that end in .toml)")
    return files


def refuse_twins(kind: str, declared: Iterable[tuple[str, str]]) -> None:
    """Raise an error for a name declared twice, ignoring case.

    Args:
        kind: kind of record, such as ``"claim"``.
        declared: each name with its file.

    Raises:
        InputError: a name is declared twice.
    """
    seen: dict[str, tuple[str, str]] = {}
    for name, file in declared:
        if name.casefold() in seen:
            first, where = seen[name.casefold()]
            raise InputError(f"{file}: there is already a {kind} {first!r}, in {where}")
        seen[name.casefold()] = name, file


def refuse_unknown(kind: str, names: Sequence[str], known: Iterable[str], offered: Iterable[str]) -> None:
    """Raise an error for names that are not declared, ignoring case.

    Args:
        kind: kind of record, such as ``"claim"``.
        names: the names asked for.
        known: the names declared.
        offered: the names that a message suggests.

    Raises:
        UnknownNameError: a name is not declared.
    """
    declared = {name.casefold() for name in known}
    for name in names:
        if name.casefold() not in declared:
            raise UnknownNameError(kind, name, offered)


def swept(
    part: Parser, above: tuple[str, ...], lever: str, values: Sequence[Any], base: Scenario
) -> dict[str, Scenario]:
    """Return a scenario for each value of a lever; errors go to the parser.

    Args:
        part: the parser of the sweep.
        above: key of the list of values.
        lever: key of the lever.
        values: its values.
        base: the scenario to which they are added.
    """
    found = {}
    for number, value in enumerate(values):
        name = f"{lever} = {value}"
        try:
            found[name] = base.with_values({lever: value}, name=name, title=name)
        except InputError as error:
            part.add_error((*above, number), str(error))
    return found
