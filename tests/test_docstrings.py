"""Docstrings say what arguments are. Ruff checks the form (Google's, D417); this checks that there is a section at all."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import ccsim
from ccsim.cli.main import app

SOURCES = Path(ccsim.__file__).parent
#: Public functions with as many parameters as this describe each of them.
MANY = 3
#: Packages that are documented whole. A package that is missing here has functions that are still to be described.
DOCUMENTED = (
    "engine", "mechanisms", "model", "scenarios", "simulation", "experiments", "results", "execution", "analysis",
    "organisations", "reports", "validation", "game", "app", "ui", "cli",
)  # fmt: skip


def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    """Go through the public functions and methods of a module or class."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node.body)
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def parameters(function: ast.FunctionDef) -> list[str]:
    """Return the names of a function's parameters, without the one that is bound."""
    spec = function.args
    return [one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs) if one.arg not in ("self", "cls")]


def lacking(source: str) -> list[str]:
    """Return the functions of a source with many parameters and no section that describes them."""
    functions = (one for one in public(ast.parse(source).body) if len(parameters(one)) >= MANY)
    return [one.name for one in functions if "\nArgs:\n" not in (ast.get_docstring(one) or "")]


def commands(command: Any) -> Iterator[Any]:
    """Go through the commands of the terminal, those of groups such as ``ccsim org`` too."""
    if not isinstance(command, typer.core.TyperGroup):
        yield command
        return
    context = typer.Context(command)
    for name in command.list_commands(context):
        yield from commands(command.get_command(context, name))


@pytest.mark.parametrize("package", DOCUMENTED)
def test_functions_with_many_parameters_describe_them(package: str) -> None:
    files = sorted((SOURCES / package).rglob("*.py"))
    assert files
    bare = {
        f"{path.relative_to(SOURCES).as_posix()}: {name}"
        for path in files
        for name in lacking(path.read_text(encoding="utf-8"))
    }
    if package == "cli":  # the parameters of a command are its options, each with its help: see the next test
        described = {
            inspect.unwrap(one.callback).__name__ for one in commands(typer.main.get_command(app)) if one.callback
        }
        bare = {name for name in bare if name.rpartition(" ")[2] not in described}
    assert not bare


def exported() -> Iterator[tuple[str, Any]]:
    """Go through the functions that ``ccsim`` exports, and the public methods of the classes that it exports."""
    for name in ccsim.__all__:
        item = getattr(ccsim, name)
        if not inspect.isclass(item):
            yield name, inspect.unwrap(item)
            continue
        for kind in item.__mro__:
            for method, value in vars(kind).items() if kind.__module__.startswith("ccsim.") else ():
                function = inspect.unwrap(getattr(value, "__func__", value))
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield f"{name}.{method}", function


def undescribed(function: Any) -> list[str]:
    """Return the parameters of a function that its docstring lacks, and ``Raises`` if it raises errors unannounced."""
    text = inspect.getdoc(function) or ""
    names = [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]
    lacking = [name for name in names if not re.search(rf"^    \*{{0,2}}{name}( \(.*\))?: ", text, re.MULTILINE)]
    raises = re.search(r"^\s+raise \w", inspect.getsource(function), re.MULTILINE)
    return lacking + (["Raises"] if raises and "\nRaises:\n" not in text else [])


def test_what_the_package_exports_describes_every_parameter_and_every_error() -> None:
    functions = dict(exported())
    assert {"compare", "Organisation.run", "Design.given", "CollectedOrganisation.latest"} <= set(functions)
    assert not {name: lacking for name, function in functions.items() if (lacking := undescribed(function))}


def test_every_option_of_every_command_has_a_help_text() -> None:
    rows = [(one.name, row) for one in commands(typer.main.get_command(app)) for row in one.params]
    assert len(rows) > 100
    assert not [
        f"{name} {row.name}" for name, row in rows if not getattr(row, "help", "") and not getattr(row, "hidden", False)
    ]


@pytest.mark.parametrize("package", DOCUMENTED)
def test_a_kernel_that_takes_columns_names_what_it_writes_or_returns(package: str) -> None:
    bare = []
    for path in sorted((SOURCES / package).rglob("*.py")):
        for node in public(ast.parse(path.read_text(encoding="utf-8")).body):
            kernel = any(ast.unparse(mark).startswith("kernel") for mark in node.decorator_list)
            text = ast.get_docstring(node) or ""
            returns = any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node))
            # A kernel that assigns nothing writes through rules, and these name what they write.
            assigns = any(isinstance(part, ast.Assign | ast.AugAssign) for part in ast.walk(node))
            if kernel and assigns and not returns and "\nWrites:\n" not in text:
                bare.append(f"{path.relative_to(SOURCES).as_posix()}: {node.name}")
    assert not bare


def test_a_long_rule_says_where_its_equation_comes_from() -> None:
    bare = []
    for path in sorted((SOURCES / "mechanisms").rglob("*.py")):
        for node in public(ast.parse(path.read_text(encoding="utf-8")).body):
            is_rule = any(ast.unparse(mark) == "rule" for mark in node.decorator_list)
            returns = any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node))
            # A published form with its year, or in words that it is assumed, or that it is no theory but arithmetic.
            source = re.search(r"\((?:[^()]* )?(?:19|20)\d\d\)|^Source: ", ast.get_docstring(node) or "", re.MULTILINE)
            if is_rule and returns and len(parameters(node)) >= MANY and not source:
                bare.append(f"{path.relative_to(SOURCES).as_posix()}: {node.name}")
    assert not bare, "name an article with its year in the docstring, or write a line 'Source: ...'"


def test_a_function_without_the_section_is_reported() -> None:
    bare = 'def f(a, b, c):\n    """Do it."""\n'
    assert lacking(bare) == ["f"]
    assert not lacking(bare.replace('it."""', 'it.\n\n    Args:\n        a: one.\n    """'))
    assert not lacking('def f(self, a, b):\n    """Do it."""\n')
