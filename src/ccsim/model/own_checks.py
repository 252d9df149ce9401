"""Check the text of a user's mechanism: one line with the closest match, instead of forty lines of numba."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ccsim.engine.columns import POPULATIONS
from ccsim.engine.steps import Step
from ccsim.errors import FORMER_NAMES, DeclarationError, did_you_mean
from ccsim.model import populations, settings
from ccsim.model.extension import Source
from ccsim.model.mechanism import Mechanism


def given(name: str, mechanism: Mechanism, columns: Mapping[str, Any]) -> dict[str, str]:
    """Return the possible arguments of a step of a mechanism, each with its expression in the week.

    Args:
        name: name of the mechanism.
        mechanism: its declarations.
        columns: the populations of all users' mechanisms, by names such as ``"mood_staff"``.
    """
    found = {"seed": "seed", "week": "week", "colleagues": "state.colleagues"}
    found |= {population: f"state.{population}" for population in POPULATIONS}
    found |= {each: f"own.{each}" for each in columns}
    found |= {f"own_{kind.population}": f"own.{name}_{kind.population}" for kind in mechanism.columns}
    found |= {
        kind.group: f"p.{kind.group}" for kind in (*settings.GROUPS, *mechanism.groups) if kind.group not in found
    }
    return found | ({"p": f"p.{mechanism.groups[0].group}"} if len(mechanism.groups) == 1 else {})


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
    file = _short(source.file)
    tree = ast.parse(source.text)
    if not (ast.get_docstring(tree) or "").strip():
        raise DeclarationError(f"{file}:1: a mechanism must open with a docstring that says what it is")
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.decorator_list and not ast.get_docstring(node):
            raise DeclarationError(f"{file}:{node.lineno}: class {node.name}: a docstring must say what it is")
    if not steps:
        raise DeclarationError(f"{file}:1: no step: a mechanism must have a function with @step(after=...)")
    _check_steps(steps, given(source.name, mechanism, columns))
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
        mine = known.get(node.value.id)
        if mine is not None and node.attr not in mine:
            former = FORMER_NAMES.get(("column", f"{node.value.id}.{node.attr}"))
            hint = f"; the column is now called {former!r}" if former else did_you_mean(node.attr, mine)
            raise DeclarationError(f"{file}:{node.lineno}: {function.name}: {node.value.id} has no {node.attr!r}{hint}")
    for population, column, line in _written(function):
        if population not in POPULATIONS or population not in arguments:
            continue
        kind = _names(population)[column].kind
        if kind != "flow" and f"{population}.{column}" not in writes:
            owners = ", ".join(_names(population)[column].owners) or "the founding"
            may = f" (step(writes=('{population}.{column}',)) allows it)" if kind == "stock" else ""
            raise DeclarationError(
                f"{file}:{line}: {function.name}: {population}.{column} is a {kind} column, which {owners} writes{may}"
            )


def _readable(argument: str, name: str, mechanism: Mechanism, columns: Mapping[str, Any], is_step: bool) -> set[str]:
    """Return the valid attributes of an argument; none if it is not known."""
    if argument in POPULATIONS:
        return set(_names(argument))
    own = columns.get(argument) or columns.get(
        f"{name}_{argument.removeprefix('own_')}" if argument.startswith("own_") else ""
    )
    if own is not None:
        return {column.name for column in own.columns}
    groups = {kind.group: kind for kind in (*settings.GROUPS, *mechanism.groups)}
    if is_step and argument == "p":
        return {row.name for row in mechanism.groups[0].declared}
    return {row.name for row in groups[argument].declared} if is_step and argument in groups else set()


def _names(population: str) -> dict[str, Any]:
    kind: Any = getattr(populations, population.capitalize())
    return {column.name: column for column in kind.columns}


def _written(function: ast.FunctionDef) -> Iterator[tuple[str, str, int]]:
    """Yield the columns that a function assigns to, as (argument, column, line)."""
    for node in ast.walk(function):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        flat = [each for target in targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
        for each in flat:
            column = each.value if isinstance(each, ast.Subscript) else None
            if isinstance(column, ast.Attribute) and isinstance(column.value, ast.Name):
                yield column.value.id, column.attr, each.lineno


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file
