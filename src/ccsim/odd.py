"""The part of the ODD description that the code declares: entities, schedule, parameters, KPIs.

    python -m ccsim.odd docs/odd.md

rewrites what follows the marker in that file; what stands before it is written by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from inspect import getsource
from pathlib import Path
from typing import Any

from ccsim import populations
from ccsim.kpis import KPIS
from ccsim.settings import Settings

MARKER = "<!-- what follows is made from the declarations by python -m ccsim.odd -->"
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
            for column in kind.columns
        ]
        parts.append(
            f"### {name}\n\n{kind.__doc__}\n\n{_table(('column', 'kind', 'unit', 'meaning', 'written by'), rows)}"
        )
    parts.append("## Process overview and scheduling\n\nThe week, as `ccsim.week.one_week` runs it:\n")
    parts.append(f"```python\n{_schedule()}```\n")
    parts.append("## Submodels and parameters\n")
    for group in Settings():
        described: Any = group
        module = import_module(type(group).__module__)
        described_rows = [
            (
                f"`{row.name}`", row.role, f"{row.shown}", row.unit,
                " / ".join(row.choices) if row.choices else f"{row.range[0]:g}…{row.range[1]:g}",
                "" if row.off is None else f"{row.off:g}", row.meaning, row.source,
            )
            for row in described.declared
        ]  # fmt: skip
        head = ("parameter", "role", "default", "unit", "plausible", "off", "meaning", "source")
        text = (module.__doc__ or "").strip()
        parts.append(f"### {described.group}\n\n{type(group).__doc__}\n\n{text}\n\n{_table(head, described_rows)}")
    parts.append("## Observation\n")
    kpis = [(f"`{k.name}`", k.title, k.unit, k.better, f"`{k.formula}`", k.meaning) for k in KPIS.values()]
    parts.append(_table(("KPI", "title", "unit", "better", "formula", "meaning"), kpis))
    return "\n".join(parts)


def _schedule() -> str:
    """Return the body of the week, as it stands in the code."""
    from ccsim import week

    source = getsource(week)
    body = source[source.index("    staff, colleagues") : source.index("def live")]
    return "\n".join(line[4:] for line in body.strip("\n").splitlines()).rstrip() + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def main(path: Path) -> None:
    """Rewrite the generated part of a file."""
    written = path.read_text(encoding="utf-8").split(MARKER)[0].rstrip() + "\n\n"
    path.write_text(written + declared_text(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
