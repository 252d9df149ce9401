"""Collect the declarations of a mechanism from its module: groups of parameters, and columns of populations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import ccsim.mechanisms


@dataclass(frozen=True)
class Mechanism:
    """The declarations of one module.

    Attributes:
        module: the module.
        groups: classes of parameters, in the order of the file.
        columns: classes of columns, in the order of the file.
    """

    module: ModuleType
    groups: tuple[Any, ...]
    columns: tuple[Any, ...]


def mechanism_of(module: ModuleType) -> Mechanism:
    """Return what a module declares, without what it imports from others."""
    own = [value for value in vars(module).values() if getattr(value, "__module__", None) == module.__name__]
    classes = [value for value in own if isinstance(value, type)]
    return Mechanism(
        module,
        tuple(kind for kind in classes if hasattr(kind, "declared")),
        tuple(kind for kind in classes if hasattr(kind, "population")),
    )


@cache
def mechanisms() -> tuple[Mechanism, ...]:
    """Return the mechanisms of the package, in the order of their names."""
    modules = walk_packages(ccsim.mechanisms.__path__, f"{ccsim.mechanisms.__name__}.")
    return tuple(mechanism_of(import_module(module.name)) for module in modules if not module.ispkg)
