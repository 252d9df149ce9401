"""The core of the model, and packs: mechanisms that have no effect until a lever or an assumption switches them on.

A pack is declared where its mechanism is: ``@parameters("self_service", pack="self-service")`` for a group, or
``parameter(..., pack="self-service")``; and ``parameter(..., switches=("self-service",))`` for what switches it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ccsim.engine.parameters import Parameter
from ccsim.errors import DeclarationError
from ccsim.model.settings import all_parameters


@dataclass(frozen=True)
class Pack:
    """One or more mechanisms that are off in the ordinary organisation.

    Attributes:
        name: as declared.
        switches: keys of levers and assumptions; moving one of them from its default switches the pack on.
        members: keys of the assumptions that act only if the pack is on.
    """

    name: str
    switches: tuple[str, ...]
    members: tuple[str, ...]


def packs() -> dict[str, Pack]:
    """Return all packs by name, in order of their members.

    Raises:
        DeclarationError: a pack has no switch, or a switch names a pack without members.
    """
    rows = all_parameters().values()
    members: dict[str, list[str]] = {}
    switches: dict[str, list[str]] = {}
    for row in rows:
        if row.pack:
            members.setdefault(row.pack, []).append(row.key)
        for name in row.switches:
            switches.setdefault(name, []).append(row.key)
    for name in members.keys() ^ switches.keys():
        wrong = "no parameter switches it on" if name in members else "no parameter belongs to it"
        raise DeclarationError(f"pack {name!r}: {wrong}")
    return {name: Pack(name, tuple(switches[name]), tuple(keys)) for name, keys in members.items()}


def core() -> list[Parameter]:
    """Return the assumptions that belong to no pack and so act in the ordinary organisation."""
    return [row for row in all_parameters().values() if row.role == "assumption" and not row.pack]


def behavioural(rows: Iterable[Parameter]) -> list[Parameter]:
    """Return core assumptions about the behaviour of people, customers and work, without book entries and definitions."""
    return [row for row in rows if not row.on_record and not row.source.startswith("definition")]


def switched_on(values: Mapping[str, float | str]) -> list[str]:
    """Return the names of the packs that the given values switch on.

    Args:
        values: values by key, such as a scenario's.
    """
    rows = all_parameters()
    moved = {key for key, value in values.items() if rows[key].encode(value) != rows[key].default}
    return [pack.name for pack in packs().values() if moved.intersection(pack.switches)]
