"""Small charts as SVG: sharp on a projector, no script in the browser, a few hundred bytes each.

A chart is scaled to its place, and its letters with it: a chart is made for a width that its place never falls
short of, so that letters have 12 pixels or more. What is as wide as the page is drawn in shares of its width instead.

Colours are those of the figures (Okabe & Ito 2008); dashes tell lines apart without any colour. Every text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from ccsim.reports.formatting import minus

INK, QUIET, GRID = "#222222", "#4f4f4f", "#e0e0e0"
#: Colour and dashes of the player's line, of doing nothing, of the best plan, and of what was reported.
YOU, NOTHING, BEST, REPORTED = ("#d55e00", ""), ("#4d4d4d", "2 3"), ("#0072b2", "8 3"), ("#b8509a", "5 2 1 2")
#: Pixels of the letters on axes and in legends.
LETTERS = 12
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


def tick_words(value: float, step: float) -> str:
    """Write a round value of an axis with as many digits as its neighbours differ by."""
    if abs(value) < step / 1e6:
        return "0"
    if abs(value) >= 1e6:
        return minus(f"{value / 1e6:.{0 if step >= 1e6 else 1}f} m")
    if abs(value) >= 1e4:
        return minus(f"{value / 1e3:.{0 if step >= 1e3 else 1}f} k")
    digits = 0 if step >= 1 else -math.floor(math.log10(step) + 1e-9)
    return minus(f"{value:,.{digits}f}")


def spark(values: Sequence[float | None], said: str, width: int = 120, height: int = 26) -> str:
    """Return a line without axes, as SVG; its last point is marked.

    Args:
        values: a figure a step; what is none or not finite is left out.
        said: what assistive software reads.
        width: of the picture, in pixels.
        height: likewise.
    """
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
    width: int = 300,
    height: int = 190,
    weeks: int = 0,
    least: float = 0.0,
) -> str:
    """Return lines over quarters (or weeks), with axes, a legend and marks of events.

    Args:
        title: with its unit.
        series: the lines; the last one is drawn on top.
        marks: (quarter from 0, what happened).
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        weeks: where lines have a point a week, the weeks that the axis has room for; 0 for quarters.
        least: what the axis spans at least, so that a small wobble does not look like a storm.
    """
    # The first and the last quarter stand a little inside, so that no ring touches a number of the axis.
    left, right, top, bottom, inside = 46, 4, 28, 24, 8
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
        across = left + inside + (width - left - right - 2 * inside) * place / max(1, count - 1)
        return across, height - bottom - (height - top - bottom) * (value - low) / (high - low)

    parts = [
        f'<svg class="gm-chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">',
        f'<text x="2" y="14" font-size="13" font-weight="600" fill="{INK}">{escape(title)}</text>',
    ]
    for tick in ticks:
        _, y = at(0, tick)
        parts.append(f'<line x1="{left}" x2="{width - right}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>')
        parts.append(_label(left - 5, y + 4, tick_words(tick, ticks[1] - ticks[0]), "end"))
    for place in _places(count, weeks, width - left - right - 2 * inside):
        parts.append(_label(at(place, low)[0], height - bottom + 16, str(place + (not weeks)), "middle"))
    for quarter, said in marks:
        x = at(quarter, low)[0]
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{height - bottom}" stroke="{QUIET}" '
            f'stroke-dasharray="1 3"><title>{escape(said)}</title></line>'
            f'<text x="{x:.1f}" y="{top - 2}" font-size="13" text-anchor="middle" fill="{QUIET}">▾'
            f"<title>{escape(said)}</title></text>"
        )
    parts += [_line(row, at) for row in series]
    return "".join(parts) + f'<g transform="translate(0 {height - 18 * lines + 12})">{legend}</g></svg>'


def bars(title: str, rows: Sequence[tuple[str, float]]) -> str:
    """Return bars to either side of zero, each with its label and figure: no picture, so that letters keep their size."""
    low, high = min([0.0, *(value for _, value in rows)]), max([1e-9, *(value for _, value in rows)])
    parts = []
    for name, value in rows:
        left, width = 100 * (min(0.0, value) - low) / (high - low), 100 * abs(value) / (high - low)
        colour = BEST[0] if value >= 0 else YOU[0]
        zero = 100 * -low / (high - low)
        shown = minus(f"{value:+.1f}")
        parts.append(
            f'<li><span>{escape(name)}</span><div><span style="left:{left:.2f}%;width:{width:.2f}%;background:{colour}">'
            f'</span><span style="left:{zero:.2f}%;width:1px;background:{QUIET}"></span></div><em>{shown}</em></li>'
        )
    return f'<ul class="gm-bars" aria-label="{escape(title)}">{"".join(parts)}</ul>'


def dots(title: str, values: Sequence[tuple[str, float]], lines: Sequence[tuple[str, float, tuple[str, str]]]) -> str:
    """Return one dot for each value on a common scale, with marked levels; those close together are stacked.

    Places are shares of the width, so that it is as wide as the page and its letters keep their size.
    """
    low, high = _span([value for _, value in values] + [value for _, value, _ in lines] or [0.0])
    ticks = _ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])

    def at(value: float) -> float:
        return 3 + 94 * (value - low) / (high - low)

    values = sorted(values, key=lambda row: row[1])
    places = [at(value) for _, value in values]
    # Eleven pixels of a page that is 1,000 wide, and of a phone's 350: the style sheet takes the one or the other.
    wide, narrow = _levels(places, 1.1), _levels(places, 3.1)
    base = 34 + 17 * len(lines) + 13 * (1 + max([3, *narrow]))
    parts = [
        f'<svg class="gm-strip" width="100%" height="{base + 40}" role="img" aria-label="{escape(title)}">',
        f'<text x="0" y="14" font-size="14" font-weight="600" fill="{INK}">{escape(title)}</text>',
        f'<line x1="1%" x2="99%" y1="{base}" y2="{base}" stroke="{QUIET}"/>',
    ]
    parts += [_label(at(tick), base + 17, tick_words(tick, ticks[1] - ticks[0]), "middle", unit="%") for tick in ticks]
    for number, (name, value, (colour, dash)) in enumerate(lines):
        x, top = at(value), 26 + 17 * number
        parts.append(
            f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="{top}" y2="{base}" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        anchor, aside = ("end", -6) if x > 55 else ("start", 6)
        parts.append(f'<g transform="translate({aside} 0)">')
        parts.append(_label(x, top + 11, f"{name} {value:.0f}", anchor, colour, 13, "%") + "</g>")
    for (name, value), x, here, there in zip(values, places, wide, narrow, strict=True):
        parts.append(
            f'<circle cx="{x:.2f}%" cy="{base - 8}" r="5.5" fill="{YOU[0]}" style="--wide:{-13 * here}px;--narrow:{-13 * there}px">'
            f"<title>{escape(name)}: {value:.1f}</title></circle>"
        )
    parts.append(_label(50, base + 34, "points", "middle", unit="%"))
    return "".join(parts) + "</svg>"


def _levels(places: Sequence[float], apart: float) -> list[int]:
    """Return for each of growing places the lowest level on which none stands nearer than ``apart``."""
    ends: list[float] = []
    found = []
    for x in places:
        level = next((number for number, end in enumerate(ends) if x - end >= apart), len(ends))
        ends[level : level + 1] = [x]
        found.append(level)
    return found


def _line(row: Series, at: Callable[[float, float], tuple[float, float]]) -> str:
    parts: list[str] = []
    run: list[tuple[float, float]] = []
    colour, dash = row.style
    if row.points:
        known = [(place, value) for place, value in enumerate(row.values) if value is not None and math.isfinite(value)]
        rings = [(at(place, value), value) for place, value in known]
        return "".join(_ring(x, y, colour, f"{row.name}: {value:,.1f}") for (x, y), value in rings)
    look = 'stroke-width="1" opacity="0.35"' if row.faint else 'stroke-width="2.2"'
    for place, value in [*enumerate(row.values), (0, None)]:
        if value is not None and math.isfinite(value):
            run.append(at(place, value))
        elif len(run) == 1:
            # A line of one point is none.
            x, y = run.pop()
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}"><title>{escape(row.name)}</title></circle>'
            )
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
        room = 30 + 6.6 * len(row.name)
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


def _label(
    x: float, y: float, text: str, anchor: str, colour: str = QUIET, size: float = LETTERS, unit: str = ""
) -> str:
    return (
        f'<text x="{x:.2f}{unit}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{escape(text)}'
        "</text>"
    )


def _places(count: int, weeks: int, room: float) -> range:
    """Return which quarters (or weeks) of an axis are named: as many as have room."""
    apart = room / max(1, count - 1)
    if weeks:
        return range(0, count, next((step for step in (26, 52, 104) if step * apart >= 26), 208))
    step = next((step for step in (1, 2, 4) if step * apart >= 19), 8)
    return range(step - 1, count, step)


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
