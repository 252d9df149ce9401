"""Check the text of a user's mechanism: one line with the closest match, instead of forty lines of numba."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ccsim.engine.columns import POPULATIONS
from ccsim.engine.declarations import short_path
from ccsim.engine.steps import Step
from ccsim.errors import FORMER_NAMES, DeclarationError, did_you_mean
from ccsim.model import populations, settings
from ccsim.model.extension import Source
from ccsim.model.mechanism import Mechanism


def step_arguments(name: str, mechanism: Mechanism, columns: Mapping[str, Any]) -> dict[str, str]:
    """Return the possible arguments of a step of a mechanism, each with its expression in the week.

    Args:
        name: name of the mechanism.
        mechanism: its declarations.
        columns: the populations of all users' mechanisms, by names such as ``"mood_staff"``.
    """
    arguments = {kind.group: f"p.{kind.group}" for kind in (*settings.GROUPS, *mechanism.groups)}
    arguments |= {"seed": "seed", "week": "week", "colleagues": "state.colleagues"}
    arguments |= {population: f"state.{population}" for population in POPULATIONS}
    arguments |= {population: f"own.{population}" for population in columns}
    arguments |= {f"own_{kind.population}": f"own.{name}_{kind.population}" for kind in mechanism.columns}
    return arguments | ({"p": f"p.{mechanism.groups[0].group}"} if len(mechanism.groups) == 1 else {})


def check_text(source: Source, mechanism: Mechanism, steps: tuple[Step, ...], columns: Mapping[str, Any]) -> None:
    """Refuse a mechanism whose text lacks something or misspells a name.

    Args:
        source: the file of the mechanism.
        mechanism: its declarations.
        steps: its steps.
        columns: the columns of each population, by name of the population.

    Raises:
        DeclarationError: no docstring, no step, an argument or a column that does not exist, or a foreign stock that is
            written.
    """
    file = short_path(source.file)
    tree = ast.parse(source.text)
    if not (ast.get_docstring(tree) or "").strip():
        raise DeclarationError(f"{file}:1: a mechanism must open with a docstring that says what it is")
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.decorator_list and not ast.get_docstring(node):
            raise DeclarationError(f"{file}:{node.lineno}: class {node.name}: a docstring must say what it is")
    if not steps:
        raise DeclarationError(f"{file}:1: no step: a mechanism must have a function with @step(after=...)")
    _check_steps(steps, step_arguments(source.name, mechanism, columns))
    writes = {step.name: step.writes for step in steps}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            _check_function(
                function, file, source.name, mechanism, columns, writes.get(function.name, ()), function.name in writes
            )


def _check_steps(steps: tuple[Step, ...], known: Mapping[str, str]) -> None:
    """Check the arguments of steps and the columns that they declare to write."""
    for step in steps:
        for argument in step.arguments:
            if argument not in known:
                hint = did_you_mean(argument, known)
                raise DeclarationError(
                    f"{step.where}: step {step.name}: there is no argument {argument!r}{hint}; a step may take populations, "
                    f"own_staff (and so on) for its own columns, p or a group of parameters, seed, week"
                )
        for stock in step.writes:
            population, _, name = stock.partition(".")
            if population not in POPULATIONS or name not in _names(population):
                raise DeclarationError(f"{step.where}: step {step.name}: writes: there is no column {stock!r}")


def _check_function(
    function: ast.FunctionDef, file: str, name: str, mechanism: Mechanism, columns: Mapping[str, Any],
    writes: tuple[str, ...], is_step: bool,
) -> None:  # fmt: skip
    """Check that a function reads columns and parameters that exist, and writes what it may."""
    arguments = [argument.arg for argument in function.args.args]
    known = {
        argument: names for argument in arguments if (names := _readable(argument, name, mechanism, columns, is_step))
    }
    for node in ast.walk(function):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        attributes = known.get(node.value.id)
        if attributes is not None and node.attr not in attributes:
            present = FORMER_NAMES.get(("column", f"{node.value.id}.{node.attr}"))
            hint = f"; the column is now called {present!r}" if present else did_you_mean(node.attr, attributes)
            raise DeclarationError(f"{file}:{node.lineno}: {function.name}: {node.value.id} has no {node.attr!r}{hint}")
    for population, column, line in _written(function):
        if population not in POPULATIONS or population not in arguments:
            continue
        row = _names(population)[column]
        if row.kind != "flow" and f"{population}.{column}" not in writes:
            owners = ", ".join(row.owners) or "the founding"
            hint = f" (step(writes=('{population}.{column}',)) allows it)" if row.kind == "stock" else ""
            raise DeclarationError(
                f"{file}:{line}: {function.name}: {population}.{column} is a {row.kind} column, which {owners} writes{hint}"
            )


def _readable(argument: str, name: str, mechanism: Mechanism, columns: Mapping[str, Any], is_step: bool) -> set[str]:
    """Return the valid attributes of an argument; none if it is not known."""
    if argument in POPULATIONS:
        return set(_names(argument))
    own = columns.get(argument) or columns.get(re.sub("^own_", f"{name}_", argument))
    if own is not None:
        return {column.name for column in own.columns}
    groups = {kind.group: kind for kind in (*settings.GROUPS, *mechanism.groups)} if is_step else {}
    group = mechanism.groups[0] if is_step and argument == "p" else groups.get(argument)
    return {row.name for row in group.declared} if group else set()


def _names(population: str) -> dict[str, Any]:
    kind: Any = getattr(populations, population.capitalize())
    return {column.name: column for column in kind.columns}


def _written(function: ast.FunctionDef) -> Iterator[tuple[str, str, int]]:
    """Yield the columns that a function assigns to, as (argument, column, line)."""
    for node in ast.walk(function):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            for element in target.elts if isinstance(target, ast.Tuple) else [target]:
                match element:
                    case ast.Subscript(value=ast.Attribute(value=ast.Name(id=argument), attr=column)):
                        yield argument, column, element.lineno
