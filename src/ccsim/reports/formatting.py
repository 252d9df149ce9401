"""How a KPI reads on the pages and in the game: shares in per cent, large sums short. Files keep the plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ccsim.model.kpis import KPIS

#: Units in which a figure is small, so that it is written with two digits after the point.
FINE = ("hours", "hours/person", "weeks")


def unit_of(name: str) -> str:
    """Return the unit in which a KPI is shown: shares in per cent."""
    return KPIS[name].unit.replace("share", "%", 1)


def title_of(name: str) -> str:
    """Return a KPI's title with the unit in which it is shown."""
    return f"{KPIS[name].title} ({unit_of(name)})"


def figure(name: str, value: float | None) -> str:
    """Write a KPI in the unit of :func:`unit_of`; what is not known is a dash."""
    if value is None or not math.isfinite(value):
        return "–"
    shown = times(name) * value
    size = abs(shown)
    if size >= 1e6:
        written = f"{shown / 1e6:,.2f}\u00a0m"
    elif size >= 1e4:
        written = f"{shown / 1e3:,.0f}\u00a0k"
    else:
        whole = size >= (100 if KPIS[name].unit.startswith("EUR") else 1000)
        written = f"{shown:,.0f}" if whole else f"{shown:.{2 if KPIS[name].unit in FINE else 1}f}"
    # What rounds to zero has no sign.
    return written.removeprefix("-") if _is_zero(written) else minus(written)


def with_unit(name: str, value: float | None) -> str:
    """Write a KPI with its unit."""
    return f"{figure(name, value)} {unit_of(name)}"


def change(name: str, step: float) -> str:
    """Write by how much a KPI has changed, with its sign."""
    written = figure(name, abs(step))
    if not math.isfinite(step):
        return written
    if _is_zero(written):
        return f"±{written}"
    return f"{'+' if step > 0 else '−'}{written}"


def minus(written: str) -> str:
    """Return a figure with a minus for its hyphen."""
    return written.replace("-", "−")


def _is_zero(written: str) -> bool:
    return not any(digit in written for digit in "123456789")


def times(name: str) -> float:
    """Return by what a KPI is multiplied to be in the unit of :func:`unit_of`."""
    return 100.0 if KPIS[name].unit.startswith("share") else 1.0


def drawn(name: str, values: Iterable[float | None]) -> list[float | None]:
    """Return values of a KPI as charts draw them: in the unit of :func:`unit_of`."""
    return [None if value is None else times(name) * value for value in values]
