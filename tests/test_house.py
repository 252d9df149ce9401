"""The house's limits: short files, short functions, names that say something. Exceptions are named, with a reason."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import ccsim

SOURCES = Path(ccsim.__file__).parent
MECHANISM, FILE, FUNCTION = 200, 400, 25
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "base", "core", "common", "misc"}

#: Files that may be longer.
LONG_FILES = {
    "model/kpis.py": "one declaration a KPI: a list that is read as one",
    "analysis/calibrate.py": "the fit, wave after wave, and the shape of its answer",
    "analysis/discovery.py": "the ways to find regions side by side, with what they share",
    "model/populations.py": "one declaration a column",
    "mechanisms/demand/demand.py": "who asks, where, and for what: the parts of one event",
    "mechanisms/staff/ties.py": "a network from its degrees to its last tie",
    "mechanisms/market/market.py": "coming and going, with the line that rules most customers out",
    "mechanisms/experience/experience.py": "what customers judge and tell, and what is asked of memory ahead of it",
    "analysis/optimise.py": "the search and the shape of its answer",
}
#: Functions that may be longer. Components of pages (in ``ui``, their names begin with a capital) may be longer too:
#: a page is described from top to bottom.
LONG_FUNCTIONS = {
    "reports.figures.calibration._parameters": "one check a field of a file",
    "reports.figures.calibration._targets": "one check a field of a file",
    "analysis.calibrate.fitted": "waves from the first to the last, in order",
    "cli.calibrate._read": "one check a field of a file",
    "model.week.step_kernel": "the schedule of a week, one line a phase: a list that is read as one",
    "mechanisms.management.centrality.betweenness": "a published algorithm (Brandes 2001), kept as it is published",
    "ui.guard._request": "one check a header, in the order in which they are made",
    "ui.guard._socket": "one check a message, in the order in which they are made",
    "ui.messages.parsed": "one check a part of a binary message",
    "app.model_data.model_data": "one line a kind of declaration",
    "app.build_engine.main": "a command from its options to its files, in order",
    "mechanisms.service.capacity.plan_hours": "one line a use of the week's hours",
    "mechanisms.experience.experience.update_satisfaction": "one pass over the market, in order",
    "mechanisms.demand.demand.generate_cases": "who asks, listed, then one after the other, in order",
    "mechanisms.management.commitment.update_commitment": "one pass over the leaders, in order",
    "app.object_file.link": "a link from its objects to its module, in order",
    "ui.serving.run": "a start from its options to its end, in order",
    "reports.odd.declared_text": "a document from top to bottom",
    "cli.main.compare": "a command's options, one a line",
    "cli.optimise.optimise": "a command's options, one a line",
    "cli.worlds.worlds": "a command's options, one a line",
    "validation.worlds.matching._admit": "batches from the first to the last, in order",
    "cli.calibrate.calibrate": "a command's options, one a line",
    "execution.runner.run_experiment": "a run from its plan to its record, in order",
    "model.initial_state.sample_initial": "a founding from its sizes to its last column, in order",
    "organisations.structure.structure_of": "posts, leaders and lines from one table, in order",
    "organisations.tickets.read_tickets": "one check a column of an export",
    "organisations.tables.read_table": "a file from its bytes to its checked cells, in order",
    "model.own_mechanism._refuse_clashes": "one check a kind of name",
    "mechanisms.staff.ties.draw_uneven_ties": "a network from its degrees to its last tie",
    "model.initial_state.draw_staff": "one line a trait that is drawn",
    "validation.claims.schema._claim": "one check a field of a record",
    "validation.claims.ledger.run_ledger": "a ledger from its records to its verdicts, in order",
    "validation.claims.report.draw": "a drawing from top to bottom",
    "reports.figures.optimisation._front": "a drawing from top to bottom",
    "analysis.optimise._search": "one line a setting of the search",
    "reports.references.read_key": "one check a part of a key",
    "reports.figures.svg.response_picture": "a drawing from top to bottom",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Go through all modules of the package, with their names as the exceptions above write them."""
    for path in sorted(SOURCES.rglob("*.py")):
        yield ".".join(path.relative_to(SOURCES).with_suffix("").parts), path


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Count the lines of a function's body that are neither empty, nor comment, nor its docstring."""
    body = function.body
    first = body[0].end_lineno if ast.get_docstring(function) is not None else body[0].lineno - 1
    assert first is not None
    texts = (line.strip() for line in lines[first : function.end_lineno])
    return sum(bool(text) and not text.startswith("#") for text in texts)


def lines_without_sections(source: str) -> int:
    """Count the lines of a file; of the docstring of a function only the first, since arguments are no second idea."""
    functions = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    texts = (function.body[0] for function in functions if ast.get_docstring(function) is not None)
    return len(source.splitlines()) - sum((text.end_lineno or text.lineno) - text.lineno for text in texts)


def long_functions() -> Iterator[str]:
    """Go through all functions above the limit."""
    for name, path in modules():
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            component = name.startswith("ui.") and node.name[0].isupper()
            if not component and code_lines(node, source.splitlines()) > FUNCTION:
                yield f"{name}.{node.name}"


def test_a_file_holds_one_idea() -> None:
    too_long = {}
    for name, path in modules():
        count = lines_without_sections(path.read_text(encoding="utf-8"))
        if count > (MECHANISM if name.startswith("mechanisms.") else FILE):
            too_long[path.relative_to(SOURCES).as_posix()] = count
    assert set(too_long) <= set(LONG_FILES), too_long


def test_a_function_is_one_thought() -> None:
    assert set(long_functions()) <= set(LONG_FUNCTIONS), sorted(set(long_functions()) - set(LONG_FUNCTIONS))


def test_a_modules_name_says_what_is_in_it() -> None:
    assert not [name for name, _ in modules() if EMPTY_NAMES & set(name.split("."))]


def test_the_count_of_code_lines_leaves_out_words() -> None:
    source = 'def f():\n    """Words.\n\n    More."""\n    # why\n    a = 1\n\n    return a\n'
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert code_lines(function, source.splitlines()) == 2


def test_sections_of_arguments_do_not_make_a_file_long() -> None:
    source = 'def f(a):\n    """Words.\n\n    Args:\n        a: one.\n    """\n    return a\n'
    assert lines_without_sections(source) == 3


def test_what_the_type_checker_or_the_linter_is_reported_to_ignore_has_a_reason() -> None:
    bare = re.compile(r"# (type: ignore|noqa)(\[[\w, -]+\]|: [A-Z0-9, ]+)?\s*$")
    found = [
        f"{name}:{number}"
        for name, path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert not found, found


def imports_within(package: Path) -> dict[str, set[str]]:
    """Return, by module of a package, the modules of the same package that it imports where it is loaded or typed.

    An import inside a function counts too if it is there for types only; one that waits for a call does not.
    """
    root = "ccsim." + ".".join(package.relative_to(SOURCES).parts)
    found: dict[str, set[str]] = {}
    for path in sorted(package.rglob("*.py")):
        name = "ccsim." + ".".join(path.relative_to(SOURCES).with_suffix("").parts)
        found[name] = set()
        for node in at_module_level(ast.parse(path.read_text(encoding="utf-8")).body):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(root):
                found[name] |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names if alias.name.startswith(root)}
    return {name: (imported & set(found)) - {name} for name, imported in found.items()}


def at_module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Go through the statements of a module, those under a condition such as ``TYPE_CHECKING`` too."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from at_module_level([*node.body, *node.orelse])


def circles(imports: dict[str, set[str]]) -> list[str]:
    """Return the modules between which there is a circle: what is left when all others are taken away."""
    left = dict(imports)
    while True:
        imported = set().union(*left.values())
        free = {name for name, names in left.items() if not names & set(left) or name not in imported}
        if not free:
            return sorted(left)
        left = {name: names for name, names in left.items() if name not in free}


@pytest.mark.parametrize("package", sorted(path.parent.name for path in SOURCES.glob("*/__init__.py")))
def test_the_modules_of_a_package_do_not_import_each_other_in_a_circle(package: str) -> None:
    assert circles(imports_within(SOURCES / package)) == []


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c"]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_the_layers_are_few_and_have_one_exception() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    layers, *_ = project["tool"]["importlinter"]["contracts"]
    packages = {f"ccsim.{path.parent.name}" for path in SOURCES.glob("*/__init__.py")}
    assert {name.strip() for line in layers["layers"] for name in line.split("|")} == {*packages, "ccsim.errors"}
    assert len(layers["layers"]) <= 16
    # The package itself imports its public names, and is imported for its version.
    assert len([row for row in layers["ignore_imports"] if "**" not in row]) == 1


def test_two_modules_lie_beside_the_packages() -> None:
    assert {path.name for path in SOURCES.glob("*.py")} == {"__init__.py", "__main__.py", "errors.py", "mechanism.py"}


def test_the_type_checker_is_strict_and_the_core_does_not_name_networkx() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["mypy"]["strict"] is True
    assert not [one for one in project["project"]["dependencies"] if one.startswith("networkx")]
