"""The identity of the compiled engine: a hash of everything that affects it, and the memory layout of rows."""

from __future__ import annotations

import ast
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from ccsim.model.extension import Source, active_sources, extended
from ccsim.model.populations import KINDS
from ccsim.model.settings import all_parameters

#: Folders whose sources are compiled, and files that determine how.
COMPILED = ("engine", "mechanisms", "model", "app")
_HOW = ("choice_entry.py", "entry_points.py", "object_file.py", "webassembly.py")
_DECLARING = ("parameters", "columns", "population")
#: The file that compiles users' mechanisms together with those of the package.
_OWN = "own_entry_points.py"


def engine_key() -> str:
    """Return a hash of everything that affects the compiled engine, including users' mechanisms in force."""
    return _key(active_sources())


@cache
def _key(sources: tuple[Source, ...]) -> str:
    with extended(()):
        shipped = _shipped_key()
    if not sources:
        return shipped
    how = (Path(__file__).parent / _OWN).read_text(encoding="utf-8")
    own = [(source.name, source.text) for source in sources]
    return hashlib.sha256(f"{shipped}{how}{own!r}".encode()).hexdigest()[:16]


@cache
def _shipped_key() -> str:
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for folder in COMPILED:
        for path in sorted((package / folder).rglob("*.py")):
            if folder != "app" or path.name in _HOW:
                digest.update(path.relative_to(package).as_posix().encode())
                digest.update(_shaping(path.read_text(encoding="utf-8")).encode())
    digest.update(json.dumps([[row.key, row.kind.__name__] for row in all_parameters().values()]).encode())
    digest.update(json.dumps(populations()).encode())
    return digest.hexdigest()[:16]


def _shaping(source: str) -> str:
    """Return the parts of a source that affect compiled code: functions and constants, without docstrings and messages."""
    module = ast.parse(source)
    kept: list[ast.stmt] = []
    for node in module.body:
        declares = isinstance(node, ast.ClassDef) and any(_called(row) in _DECLARING for row in node.decorator_list)
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.Call)
        if not declares and not text:
            kept.append(node)
    for parent in ast.walk(ast.Module(kept, [])):
        body = getattr(parent, "body", None)
        if isinstance(parent, ast.FunctionDef | ast.ClassDef) and isinstance(body, list):
            first = body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                parent.body = body[1:] or [ast.Pass()]
    return ast.unparse(_Messages().visit(ast.Module(kept, [])))


class _Messages(ast.NodeTransformer):
    """Leaves out texts with values in them: kernels have none, and interpreters write them in different ways."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Constant:  # the name that ast looks for
        return ast.Constant("")


def _called(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return function.id if isinstance(function, ast.Name) else ""


def populations() -> list[dict[str, Any]]:
    """Return the memory layout of the rows of each population, in the order of the state."""
    return [row_layout(kind.__name__.lower(), kind) for kind in KINDS]


def row_layout(name: str, kind: Any) -> dict[str, Any]:
    """Return the memory layout of the rows of a population, by its name and its class."""
    columns = [[row.name, row.dtype, row.kind, row.start] for row in kind.columns]
    return {"name": name, "storage": kind.storage, "columns": columns}
