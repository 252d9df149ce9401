"""Small charts as SVG: sharp on a projector, no script in the browser, a few hundred bytes each.

Colours are those of the figures (Okabe & Ito 2008); dashes tell lines apart without any colour. Every text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

INK, QUIET, GRID = "#222222", "#4f4f4f", "#e0e0e0"
#: Colour and dashes of the player's line, of doing nothing, of the best plan, and of what was reported.
YOU, NOTHING, BEST, REPORTED = ("#d55e00", ""), ("#4d4d4d", "2 3"), ("#0072b2", "8 3"), ("#b8509a", "5 2 1 2")
#: Colour of predictions, which are drawn as rings.
EXPECTED = ("#00735c", "")


@dataclass(frozen=True)
class Series:
    """A line of a chart, or its points alone: None and nan are gaps."""

    name: str
    style: tuple[str, str]
    values: Sequence[float | None]
    faint: bool = False
    points: bool = False


def short(value: float | None) -> str:
    """Write a figure in few letters."""
    if value is None or not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:.1f} m"
    if size >= 1e4:
        return f"{value / 1e3:.0f} k"
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def spark(values: Sequence[float | None], said: str, width: int = 120, height: int = 26) -> str:
    """Return a line without axes; its last point is marked."""
    known = [(place, value) for place, value in enumerate(values) if value is not None and math.isfinite(value)]
    head = f'<svg class="gm-spark" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(said)}">'
    if not known:
        return head + "</svg>"
    low, high = _span([value for _, value in known])
    points = [
        (4 + (width - 8) * place / max(1, len(values) - 1), height - 4 - (height - 8) * (value - low) / (high - low))
        for place, value in known
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'{head}<polyline points="{path}" fill="none" stroke="{QUIET}" stroke-width="1.6"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{YOU[0]}"/></svg>'
    )


def chart(
    title: str,
    series: Sequence[Series],
    marks: Sequence[tuple[int, str]] = (),
    width: int = 360,
    height: int = 190,
    weeks: int = 0,
    least: float = 0.0,
) -> str:
    """Return lines over quarters (or weeks), with axes, a legend and marks of events.

    Args:
        title: with its unit.
        series: the lines; the last one is drawn on top.
        marks: (quarter from 0, what happened).
        width, height: of the picture.
        weeks: where lines have a point a week, the weeks that the axis has room for; 0 for quarters.
        least: what the axis spans at least, so that a small wobble does not look like a storm.
    """
    left, right, top, bottom = 44, 10, 28, 24
    legend, lines = _legend([row for row in series if not row.faint], width)
    height, bottom = height + 18 * lines, bottom + 18 * lines
    known = [value for row in series for value in row.values if value is not None and math.isfinite(value)]
    count = weeks or max((len(row.values) for row in series), default=1)
    low, high = _span(known or [0.0])
    short_of = max(0.0, least - (high - low)) / 2
    low, high = low - short_of, high + short_of
    ticks = _ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])

    def at(place: float, value: float) -> tuple[float, float]:
        across = left + (width - left - right) * place / max(1, count - 1)
        return across, height - bottom - (height - top - bottom) * (value - low) / (high - low)

    parts = [
        f'<svg class="gm-chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">',
        f'<text x="2" y="14" font-size="13" font-weight="600" fill="{INK}">{escape(title)}</text>',
    ]
    for tick in ticks:
        _, y = at(0, tick)
        parts.append(f'<line x1="{left}" x2="{width - right}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>')
        parts.append(_label(left - 5, y + 4, short(tick), "end"))
    for place in range(0, count, 26 if weeks else 1 if count <= 12 else 4):
        parts.append(_label(at(place, low)[0], height - bottom + 15, str(place + (not weeks)), "middle"))
    for quarter, said in marks:
        x = at(quarter, low)[0]
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{height - bottom}" stroke="{QUIET}" '
            f'stroke-dasharray="1 3"><title>{escape(said)}</title></line>'
            f'<text x="{x:.1f}" y="{top - 2}" font-size="11" text-anchor="middle" fill="{QUIET}">▾'
            f"<title>{escape(said)}</title></text>"
        )
    parts += [_line(row, at) for row in series]
    return "".join(parts) + f'<g transform="translate(0 {height - 18 * lines + 12})">{legend}</g></svg>'


def bars(title: str, rows: Sequence[tuple[str, float]], width: int = 560) -> str:
    """Return bars to either side of zero, each with its label and figure."""
    height, label = 30 + 24 * len(rows), 250
    most = max([abs(value) for _, value in rows] + [1e-9])
    room = (width - label - 110) / 2
    middle = label + 50 + room
    parts = [
        f'<svg class="gm-chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">',
        f'<text x="2" y="14" font-size="13" font-weight="600" fill="{INK}">{escape(title)}</text>',
    ]
    for number, (name, value) in enumerate(rows):
        y, length = 26 + 24 * number, room * abs(value) / most
        x = middle if value >= 0 else middle - length
        colour = BEST[0] if value >= 0 else YOU[0]
        anchor, end = ("start", middle + length + 5) if value >= 0 else ("end", middle - length - 5)
        parts.append(_label(label, y + 13, name, "end", INK, 12.5))
        parts.append(f'<rect x="{x:.1f}" y="{y}" width="{max(length, 0.5):.1f}" height="17" fill="{colour}"/>')
        parts.append(_label(end, y + 13, f"{value:+.1f}", anchor, INK, 12.5))
    parts.append(f'<line x1="{middle}" x2="{middle}" y1="22" y2="{height - 4}" stroke="{QUIET}"/>')
    return "".join(parts) + "</svg>"


def dots(title: str, values: Sequence[tuple[str, float]], lines: Sequence[tuple[str, float, tuple[str, str]]]) -> str:
    """Return one dot for each value on a common scale, with marked levels; those close together are stacked."""
    width, height, left, right = 720, 190, 20, 20
    low, high = _span([value for _, value in values] + [value for _, value, _ in lines] or [0.0])
    low, high = low - 0.04 * (high - low), high + 0.04 * (high - low)

    def at(value: float) -> float:
        return left + (width - left - right) * (value - low) / (high - low)

    parts = [
        f'<svg class="gm-chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">',
        f'<text x="2" y="14" font-size="13" font-weight="600" fill="{INK}">{escape(title)}</text>',
        f'<line x1="{left}" x2="{width - right}" y1="150" y2="150" stroke="{QUIET}"/>',
    ]
    for tick in _ticks(low, high):
        if low <= tick <= high:
            parts.append(_label(at(tick), 166, short(tick), "middle"))
    for number, (name, value, (colour, dash)) in enumerate(lines):
        x = at(value)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{40 + 14 * number}" y2="150" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        anchor = "end" if x > width * 0.75 else "start"
        parts.append(
            _label(x + (-5 if anchor == "end" else 5), 44 + 14 * number, f"{name} {value:.0f}", anchor, colour)
        )
    taken: dict[int, int] = {}
    for name, value in sorted(values, key=lambda row: row[1]):
        cell = round(at(value) / 13)
        taken[cell] = taken.get(cell, 0) + 1
        y = 150 - 13 * taken[cell] + 5
        parts.append(
            f'<circle cx="{13 * cell}" cy="{y}" r="5.5" fill="{YOU[0]}"><title>{escape(name)}: {value:.1f}</title></circle>'
        )
    parts.append(_label(width / 2, 184, "points", "middle"))
    return "".join(parts) + "</svg>"


def _line(row: Series, at) -> str:  # type: ignore[no-untyped-def]
    parts, run = [], []
    colour, dash = row.style
    if row.points:
        known = [(place, value) for place, value in enumerate(row.values) if value is not None and math.isfinite(value)]
        rings = [(at(place, value), value) for place, value in known]
        return "".join(_ring(x, y, colour, f"{row.name}: {short(value)}") for (x, y), value in rings)
    look = 'stroke-width="1" opacity="0.35"' if row.faint else 'stroke-width="2.2"'
    for place, value in [*enumerate(row.values), (0, None)]:
        if value is not None and math.isfinite(value):
            run.append(at(place, value))
        elif run:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
            parts.append(
                f'<polyline points="{path}" fill="none" stroke="{colour}" {look} stroke-dasharray="{dash}">'
                f"<title>{escape(row.name)}</title></polyline>"
            )
            run = []
    return "".join(parts)


def _legend(series: Sequence[Series], width: int) -> tuple[str, int]:
    """Return the legend, and how many lines it takes."""
    parts, x, line = [], 8.0, 0
    for row in series:
        colour, dash = row.style
        room = 36 + 6.4 * len(row.name)
        if x + room > width and x > 8.0:
            x, line = 8.0, line + 1
        y = 18 * line
        sample = (
            _ring(x + 10, y - 4, colour, row.name)
            if row.points
            else f'<line x1="{x:.0f}" x2="{x + 20:.0f}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" stroke-width="2.2" '
            f'stroke-dasharray="{dash}"/>'
        )
        parts.append(sample + _label(x + 24, y, row.name, "start", INK))
        x += room
    return "".join(parts), line + 1


def _ring(x: float, y: float, colour: str, said: str) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" fill="none" stroke="{colour}" stroke-width="2"><title>{escape(said)}'
        "</title></circle>"
    )


def _label(x: float, y: float, text: str, anchor: str, colour: str = QUIET, size: float = 11.5) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
    )


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    if high - low < 1e-9 * max(1.0, abs(high)):
        return low - 0.5 * max(abs(low), 1e-3), high + 0.5 * max(abs(high), 1e-3)
    return low, high


def _ticks(low: float, high: float) -> list[float]:
    """Return three to six round values that cover a span."""
    step = 10 ** math.floor(math.log10((high - low) / 3))
    step *= next((factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 5), 10)
    first = math.floor(low / step)
    return [step * number for number in range(first, math.ceil(high / step) + 1)]
