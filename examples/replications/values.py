"""Values for a classic's parameters: the declared ones, with some of them changed by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccsim.errors import InputError, UnknownNameError


def chosen(group: Any, changes: Mapping[str, Any] | None = None) -> Any:
    """Return the group's parameters with the changed ones checked against their declarations.

    Args:
        group: a class made by ``@parameters``.
        changes: new values by the parameter's own name, such as ``{"socialisation": 0.9}``.

    Raises:
        UnknownNameError: the group has no parameter of that name.
        InputError: a value is not legal.
    """
    declared = {row.name: row for row in group.declared}
    numbers = {name: row.kind(row.default) for name, row in declared.items()}
    for name, value in (changes or {}).items():
        if name not in declared:
            raise UnknownNameError("parameter", name, declared)
        try:
            numbers[name] = declared[name].encode(declared[name].check(value))
        except InputError as fault:
            raise InputError(f"{declared[name].key}: {fault}") from None
    return group(**numbers)


def run_seed(seed: int, run: int) -> int:
    """Return the seed of one of many runs: the same under every set of values, so that runs pair."""
    return seed * 1_000_000 + run
