"""The week with the lines of users' mechanisms: the source of the package's week, with a line for each of their steps.

It is written to a file beside its compiled form, so that a debugger and numba's cache find it.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ccsim.engine.steps import Step
from ccsim.errors import DeclarationError, did_you_mean
from ccsim.model import week
from ccsim.model.mechanism import Mechanism
from ccsim.model.own_checks import given

#: What the week is called with, the columns of users' mechanisms among it.
OURS = "def step_kernel(state, own, p, seed, week):"


class _Lines:
    """The lines of the week, each call of a kernel with what stands before it, and its name."""

    def __init__(self, source: str, function: ast.FunctionDef) -> None:
        lines = source.splitlines()
        self.parts: list[tuple[str, list[str]]] = []
        start = function.body[0].lineno - 1
        for node in function.body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                assert node.end_lineno is not None
                self.parts.append((ast.unparse(node.value.func), lines[start : node.end_lineno]))
                start = node.end_lineno
        self.rest = lines[start : function.end_lineno]

    def place(self, step: Step) -> int:
        """Return before which part a step's line belongs.

        Raises:
            DeclarationError: there is no such place.
        """
        wanted = str(step.after or step.before)
        found = [number for number, (name, _) in enumerate(self.parts) if wanted in (name, name.partition(".")[0])]
        if not found:
            known = {part for name, _ in self.parts for part in (name, name.partition(".")[0])}
            side = "after" if step.after else "before"
            raise DeclarationError(
                f"{step.where}: step {step.name}: {side}={wanted!r}: the week has no such place{did_you_mean(wanted, known)}; "
                "it takes a mechanism, such as 'habit', or a line of it, such as 'habit.update_habit'"
            )
        return found[-1] + 1 if step.after else found[0]

    def add(self, own: str, step: Step, call: str) -> None:
        """Put a step's line into its place."""
        place = self.place(step)
        before = []
        if place < len(self.parts) and step.before:
            # What stands before the line that it precedes, such as the heading of a phase, stays before both.
            name, lines = self.parts[place]
            head = next(number for number, line in enumerate(lines) if line.lstrip().startswith(name))
            before, self.parts[place] = lines[:head], (name, lines[head:])
        self.parts.insert(place, (f"{own}.{step.name}", [*before, f"    {call}"]))

    def text(self) -> list[str]:
        """Return all lines."""
        return [line for _, lines in self.parts for line in lines] + self.rest


def week_with(
    owns: Sequence[tuple[str, Mechanism, tuple[Step, ...]]],
    columns: Mapping[str, Any],
    package: str,
    folder: Path | None,
) -> ModuleType:
    """Return a module whose ``step_kernel`` lives the week with the steps of users' mechanisms.

    Args:
        owns: name, declarations and steps of each.
        columns: their populations, by names such as ``"mood_staff"``.
        package: the name of the package that holds their modules.
        folder: where the source is written; None to keep it in memory.

    Raises:
        DeclarationError: a place that the week does not have.
    """
    source = inspect.getsource(week)
    tree = ast.parse(source)
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "step_kernel")
    lines = _Lines(source, function)
    for name, mechanism, steps in owns:
        known = given(name, mechanism, columns)
        for step in steps:
            if not step.first:
                arguments = ", ".join(known[argument] for argument in step.arguments)
                lines.add(name, step, f"own_{name}.{step.name}({arguments})")
    imports = "\n".join(ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)))
    head = f'"""A week of ccsim with {", ".join(name for name, _, _ in owns)}; written by ccsim, not by hand."""'
    text = "\n".join([head, "", imports, "", "", "@kernel(allocates=True)", OURS, *lines.text(), ""])
    return _module(text, {f"own_{name}": mechanism.module for name, mechanism, _ in owns}, package, folder)


def _module(text: str, names: Mapping[str, ModuleType], package: str, folder: Path | None) -> ModuleType:
    module = ModuleType(f"{package}.week")
    file = f"<{package}.week>"
    if folder is not None:
        path = folder / "week.py"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        file = str(path)
    else:
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    vars(module).update(names)
    module.__file__ = file
    vars(module)["SOURCE"] = text
    sys.modules[module.__name__] = module
    exec(compile(text, file, "exec"), vars(module))
    return module
