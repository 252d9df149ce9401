"""Format numbers for pages, tables, figures and the terminal. Files contain unformatted numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ccsim.errors import count_noun
from ccsim.model.kpis import KPIS, Kpi
from ccsim.model.settings import all_parameters

#: Units with small values, which are written with two decimals.
FINE = ("hours", "hours/person", "weeks")


#: The word for money: that of the organisation whose values are shown.
_CURRENCY: ContextVar[str] = ContextVar("currency", default="EUR")


@contextmanager
def in_currency(word: str) -> Iterator[None]:
    """Write money in another currency within the block; amounts are not converted."""
    token = _CURRENCY.set(word)
    try:
        yield
    finally:
        _CURRENCY.reset(token)


def money(unit: str) -> str:
    """Return a unit with the word for money in force."""
    return unit.replace("EUR", _CURRENCY.get())


def unit_of(name: str) -> str:
    """Return the unit in which a KPI is shown: shares in per cent."""
    return money(KPIS[name].unit.replace("share", "%", 1))


def title_of(name: str) -> str:
    """Return a KPI's title with the unit in which it is shown."""
    return f"{KPIS[name].title} ({unit_of(name)})"


def kpi_value(name: str, value: float | None) -> str:
    """Write a KPI in the unit of :func:`unit_of`; an unknown value is a dash."""
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


def change(name: str, step: float) -> str:
    """Write the change of a KPI, with its sign."""
    written = kpi_value(name, abs(step))
    if not math.isfinite(step):
        return written
    if _is_zero(written):
        return f"±{written}"
    return f"{'+' if step > 0 else '−'}{written}"


def minus(written: str) -> str:
    """Return a number with a minus sign instead of a hyphen."""
    return written.replace("-", "−")


def _is_zero(written: str) -> bool:
    return not any(digit in written for digit in "123456789")


def times(name: str) -> float:
    """Return the factor that converts a KPI to the unit of :func:`unit_of`."""
    return 100.0 if KPIS[name].unit.startswith("share") else 1.0


def drawn(name: str, values: Iterable[float | None]) -> list[float | None]:
    """Return values of a KPI for charts, in the unit of :func:`unit_of`."""
    return [None if value is None else times(name) * value for value in values]


def number(value: float, digits: int = 3, *, hyphen: bool = False) -> str:
    """Write a number with a number of significant digits; larger numbers are written as whole numbers.

    Args:
        value: the number; nan becomes a dash, infinity an ellipsis.
        digits: significant digits.
        hyphen: whether a hyphen is used as minus sign, for files and terminals.

    Returns:
        The number as text.
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "…"
    written = f"{value:,.{digits}g}" if abs(value) < 10.0 ** (digits - 1) else f"{value:,.0f}"
    return written if hyphen else minus(written)


def signed(value: float, *, hyphen: bool = False) -> str:
    """Write a number with its sign and two decimals."""
    written = f"{value:+.2f}"
    return written if hyphen else minus(written)


def p_value(value: float) -> str:
    """Write a p-value with three decimals, or as below the smallest; nothing if it is not known."""
    return "" if math.isnan(value) else "< 0.001" if value < 0.001 else f"{value:.3f}"


def exact(value: float) -> str:
    """Write a number with six digits, for files and for comparisons; nothing if it is not known."""
    return "" if math.isnan(value) else f"{value:.6g}"


def interval(low: float, high: float) -> str:
    """Return an interval as text; a half-open interval becomes "below" or "above"."""
    if low == -float("inf"):
        return f"below {number(high, hyphen=True)}"
    if high == float("inf"):
        return f"above {number(low, hyphen=True)}"
    return f"{number(low, hyphen=True)} to {number(high, hyphen=True)}"


def share(value: float, digits: int = 0) -> str:
    """Write a share in per cent with a number of decimals; a share that would round to zero is written as below the last digit."""
    least = 10.0**-digits
    return f"<{least:g} %" if 0 < 100 * value < least / 2 else f"{100 * value:.{digits}f} %"


def amount(value: float) -> str:
    """Write an amount of money as a whole number, after the word for money in force."""
    return f"{_CURRENCY.get()} {value:,.0f}"


def points(value: float, *, sign: bool = False) -> str:
    """Write points of a game's score with one decimal."""
    return minus(f"{value:{'+' if sign else ''}.1f}")


def parameter_value(key: str, value: Any) -> str:
    """Write a parameter's value with its unit."""
    row = all_parameters()[key]
    if isinstance(value, bool) or row.kind is bool:
        return "on" if value else "off"
    if row.choices:
        return str(value)
    if row.unit in ("share", "probability"):
        return f"{100 * value:.4g} %"
    return f"{value:,.6g}" + (f" {money(row.unit)}" if row.unit else "")


def table_value(kpi: Kpi, value: float, *, sign: bool = False, digits: int | None = None) -> str:
    """Write a value of a KPI in the unit of :func:`table_unit`, with its usual or a given number of decimals.

    Args:
        kpi: the KPI.
        value: the value, in the unit of the model.
        sign: whether a plus sign is written.
        digits: number of decimals; by default the usual number of the KPI.

    Returns:
        The value as text.
    """
    if not math.isfinite(value):
        return "–"
    shown = value / _divisor(kpi)
    text = f"{shown:{'+' if sign else ''},.{_digits(kpi, shown) if digits is None else digits}f}"
    # What rounds to zero has no sign.
    return text.lstrip("+-") if _is_zero(text) else text


def table_unit(kpi: Kpi) -> str:
    """Return the unit that :func:`table_value` uses."""
    if kpi.unit.startswith("share"):
        return kpi.unit.replace("share/", "% a ").replace("share", "%")
    if kpi.unit == "EUR/week" and kpi.aggregation == "sum":
        return money("k EUR, total")
    return money(kpi.unit.replace("EUR", "k EUR") if _divisor(kpi) == 1000.0 else kpi.unit)


def with_interval(kpi: Kpi, value: float, low: float, high: float, *, sign: bool = False) -> str:
    """Write a value with the half-width of its 95 % interval, both with as many digits as the half-width needs.

    Args:
        kpi: the KPI.
        value: the value, in the unit of the model.
        low: lower end of its interval.
        high: upper end.
        sign: whether a plus sign is written.

    Returns:
        The value and the half-width, as text.
    """
    if math.isnan(low) or math.isnan(value):
        return table_value(kpi, value, sign=sign)
    half = (high - low) / 2 / _divisor(kpi)
    digits = _digits(kpi, value / _divisor(kpi))
    while digits < 4 and 0 < half < 0.95 * 10.0**-digits:
        digits += 1
    written, width = (
        table_value(kpi, value, sign=sign, digits=digits),
        table_value(kpi, (high - low) / 2, digits=digits),
    )
    return f"{written} ±{width}"


def _divisor(kpi: Kpi) -> float:
    if kpi.unit.startswith("share"):
        return 0.01
    return 1000.0 if "EUR" in kpi.unit and kpi.aggregation in ("sum", "last") else 1.0


def _digits(kpi: Kpi, shown: float) -> int:
    if kpi.unit.startswith("share"):
        return 1
    large = 10 if _divisor(kpi) == 1000.0 else 1000
    return 0 if abs(shown) >= large else 1 if abs(shown) >= 10 or large == 10 else 2


def kpi_difference(kpi: str, value: float) -> str:
    """Return a difference in a KPI as text."""
    if value != value:
        return "–"
    scale, unit = difference_scale(kpi)
    digits = f"{scale * value:+,.0f}" if scale < 1.0 else f"{scale * value:+.1f}" if scale > 1.0 else f"{value:+.3g}"
    return f"{digits} {unit}"


def difference_scale(kpi: str) -> tuple[float, str]:
    """Return the factor and the unit for plotting a difference in a KPI."""
    row = KPIS[kpi]
    unit = row.unit.removesuffix("/week") if row.aggregation == "sum" else row.unit
    if unit.startswith("EUR") and kpi != "cost_per_resolved":
        return 1e-3, money("k EUR" + unit.removeprefix("EUR"))
    if unit.startswith("share") or unit == "0/1":
        return 100.0, "% points" + unit.removeprefix("share").removeprefix("0/1")
    return 1.0, "points" if unit == "of 100" else money(unit)


def byte_size(count: float) -> str:
    """Return a number of bytes in words: ``0.7 GB``."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= 0.95 * size or unit == "kB":
            number = count / size
            return f"{number:,.0f} {unit}" if number >= 9.5 or unit == "kB" else f"{number:.1f} {unit}"
    raise AssertionError(count)


def duration(seconds: float) -> str:
    """Return a time in words: ``2.5 minutes``."""
    for unit, size in (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0)):
        if seconds >= 1.95 * size:
            number = seconds / size
            return f"{round(number, 1):g} {unit}s" if number < 9.5 else f"{number:.0f} {unit}s"
    return count_noun(max(1, round(seconds)), "second")


def clock_time(seconds: float) -> str:
    """Return a time in the form of a clock."""
    hours, rest = divmod(round(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
