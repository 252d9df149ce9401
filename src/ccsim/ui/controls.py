"""Levers as the page shows them, made from the declarations: a mechanism's levers appear by themselves."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import solara

from ccsim.engine.parameters import Parameter
from ccsim.model.settings import Settings, all_parameters
from ccsim.ui.sealed import RawPayload, opened

#: Groups whose levers a visitor meets first; the others follow in the order of the declarations.
FIRST = ("programme", "champions", "staff_scorecard", "empowerment", "leadership")


@cache
def groups() -> list[dict[str, Any]]:
    """Return every group of parameters with its rows, as plain data for the page."""
    names = list(dict.fromkeys(row.group for row in all_parameters().values()))
    order = [*FIRST, *(name for name in names if name not in (*FIRST, "organisation")), "organisation"]
    found = []
    for name in order:
        rows = sorted(
            (row for row in all_parameters().values() if row.group == name), key=lambda row: row.role != "lever"
        )
        about = (getattr(Settings(), name).__doc__ or "").strip().split("\n")[0]
        found.append({"name": name, "title": spaced(name), "about": about, "rows": [_row(row) for row in rows]})
    return found


def _row(row: Parameter) -> dict[str, Any]:
    low, high = row.range
    step = 1.0 if row.kind is int else 10.0 ** math.floor(math.log10((high - low) / 40))
    return {
        "key": row.key, "name": spaced(row.name), "unit": _unit(row), "kind": row.kind.__name__,
        "choices": list(row.choices), "low": low, "high": high, "step": step, "start": row.shown,
        "least": row.legal[0], "most": row.legal[1] if math.isfinite(row.legal[1]) else None,
        "range": f"{low:g} to {high:g}", "usual": row.shown if row.choices else f"{row.default:g}",
        "meaning": row.meaning, "source": row.source, "role": row.role, "acts": acts(row), "locked": False,
    }  # fmt: skip


def acts(row: Parameter) -> str:
    """Say from when on a parameter acts."""
    if row.impulse:
        return "Acts once, in the coming week."
    if row.role == "lever":
        return "Acts from the coming week on."
    return "Fixed when the organisation is founded: acts when you start again."


def _unit(row: Parameter) -> str:
    return "" if row.unit in ("on/off", "weight") else row.unit


def spaced(name: str) -> str:
    """Return a name in words, with a capital."""
    words = name.replace("_", " ")
    return words if words == "csat" and words.upper() else words[:1].upper() + words[1:]


@solara.component_vue("vue/levers.vue", to_json=opened("groups", "values"))
def Levers(
    groups: RawPayload, values: RawPayload, changed: list[str], pending: list[str], turn: int = 0, event_put: Any = None
) -> None:
    """Every lever under its group, with a search; ``put`` is told ``{"key": …, "value": …}``.

    Args:
        groups: from :func:`groups`.
        values: what is in force, by key.
        changed: keys that differ from the scenario.
        pending: keys that act only when one starts again.
        turn: when it changes, what a visitor has typed gives way to ``values``.
        event_put: called with what a visitor sets.
    """
