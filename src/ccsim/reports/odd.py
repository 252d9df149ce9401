"""The part of the ODD description that the code declares: entities, schedule, parameters, KPIs.

    python -m ccsim.reports.odd docs/odd.md

rewrites everything after the marker in that file; the text before it is hand-written.
"""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from inspect import getsource
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

from ccsim import mechanisms
from ccsim.engine.columns import Column
from ccsim.model import populations
from ccsim.model.extension import active, active_sources
from ccsim.model.kpis import KPIS
from ccsim.model.settings import default_settings
from ccsim.reports.tables import markdown_table

MARKER = "<!-- what follows is made from the declarations by python -m ccsim.reports.odd -->"
ENTITIES = ("Staff", "Leaders", "Customers", "Cases", "Departments", "Segments", "Firm")


def declared_text() -> str:
    """Return the generated part as Markdown."""
    parts = [MARKER, "\n## Entities, state variables and scales\n"]
    parts.append(
        "One step is one week. *Fixed* columns are set at founding, *stocks* last, *flows* are cleared weekly.\n"
    )
    for name in ENTITIES:
        kind: Any = getattr(populations, name)
        rows = [
            (f"`{column.name}`", column.kind, column.unit, column.meaning, ", ".join(column.owners))
            for column in (*kind.columns, *_own_columns(name))
        ]
        parts.append(
            f"### {name}\n\n{kind.__doc__}\n\n{markdown_table(('column', 'kind', 'unit', 'meaning', 'written by'), rows)}"
        )
    parts.append("## Process overview and scheduling\n\nThe week, as `ccsim.model.week.step_kernel` runs it:\n")
    parts.append(f"```python\n{_schedule()}```\n")
    parts.append(
        "## Submodels and parameters\n\nThe equations are the code itself: each rule is a sentence and what it computes. "
        "`clip01(x)` keeps x between 0 and 1, `relax(x, goal, rate)` is x + rate (goal - x), `half_saturation(x, half)` is "
        "x / (x + half), `logistic(x)` is 1 / (1 + exp(-x)), and `bell` makes four uniform draws a standard normal one, nearly.\n"
    )
    parts.append(_packs())
    documented: set[ModuleType] = set()
    for group in default_settings():
        described: Any = group
        module = sys.modules[type(group).__module__]
        text, rules = ("", "") if module in documented else (f"{_about(module)}\n\n", _rules(module))
        documented.add(module)
        parts.append(f"### {described.group}\n\n{type(group).__doc__}\n\n{text}{_parameters(described)}{rules}")
    parts.append("### Without parameters of their own\n")
    names = [name for _, name, package in walk_packages(mechanisms.__path__, mechanisms.__name__ + ".") if not package]
    others = [(name.rpartition(".")[2], import_module(name)) for name in names]
    extension = active()
    others += [(own.name, own.mechanism.module) for own in extension.mechanisms] if extension else []
    for name, module in others:
        if module not in documented:
            parts.append(f"#### {name}\n\n{_about(module)}\n{_rules(module)}")
    parts.append("## Observation\n")
    kpis = [(f"`{k.name}`", k.title, k.unit, k.direction, f"`{k.formula}`", k.meaning) for k in KPIS.values()]
    parts.append(markdown_table(("KPI", "title", "unit", "better", "formula", "meaning"), kpis))
    return "\n".join(parts)


def _about(module: ModuleType) -> str:
    return (module.__doc__ or "").strip()


def _packs() -> str:
    """Return how many assumptions the core has, and the packs as a table."""
    from ccsim.model.packs import behavioural, core, packs

    found, rows = packs(), core()
    beyond = sum(len(pack.members) for pack in found.values())
    known = sum(row.on_record for row in rows)
    lines = [
        (pack.name, ", ".join(f"`{key}`" for key in pack.switches), ", ".join(f"`{key}`" for key in pack.members))
        for pack in found.values()
    ]
    return (
        f"### Core and packs\n\nOf {len(rows) + beyond} assumptions {len(rows)} make the core: {len(behavioural(rows))} about how "
        f"people, customers and work behave, and {known} that an organisation can look up in its books or rosters (such as a wage). "
        f"The other {beyond} belong to packs. A pack is off in the ordinary organisation, and "
        "its assumptions act only once one of its switches is moved from its default. With no pack on, a run is the same to the "
        f"last bit whatever they are.\n\n{markdown_table(('pack', 'switched on by', 'assumptions'), lines)}"
    )


def _own_columns(entity: str) -> list[Column]:
    """Return the columns that users' mechanisms in force add to an entity."""
    extension = active()
    return [column for _, column in extension.columns_of(entity.lower()).values()] if extension else []


def _parameters(group: Any) -> str:
    """Return the parameters of a group as a table."""
    rows = [
        (
            f"`{row.name}`", row.role, f"{row.shown}", row.unit,
            " / ".join(row.choices) if row.choices else f"{row.range[0]:g}…{row.range[1]:g}",
            "" if row.off is None else f"{row.off:g}", "on record" if row.on_record else row.pack, row.meaning, row.source,
        )
        for row in group.declared
    ]  # fmt: skip
    return markdown_table(
        ("parameter", "role", "default", "unit", "plausible", "off", "pack", "meaning", "source"), rows
    )


def _rules(module: ModuleType) -> str:
    """Return the rules of a mechanism: the sentence of each, and its code as the equation."""
    found = []
    text = next((source.text for source in active_sources() if source.file == module.__file__), None)
    for node in ast.parse(getsource(module) if text is None else text).body:
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(mark) == "rule" for mark in node.decorator_list):
            sentence = (ast.get_docstring(node) or "").partition("\n\n")[0].replace("\n", " ")
            node.decorator_list = []
            node.returns = None
            for argument in node.args.args:
                argument.annotation = None
            node.body = node.body[1:] if ast.get_docstring(node) else node.body
            found.append(f"\n{sentence}\n\n```python\n{ast.unparse(node)}\n```\n")
    return "".join(found)


def _schedule() -> str:
    """Return the body of the week from its source."""
    from ccsim.model import week

    extension = active()
    source = getsource(week)
    if extension is not None:
        source = extension.week.SOURCE
    body = source[source.index("    staff, colleagues") : source.find("def step(") if "def step(" in source else None]
    return "\n".join(line[4:] for line in body.strip("\n").splitlines()).rstrip() + "\n"


def main(path: Path) -> None:
    """Rewrite the generated part of a file."""
    written = path.read_text(encoding="utf-8").split(MARKER)[0].rstrip() + "\n\n"
    path.write_text(written + declared_text(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
