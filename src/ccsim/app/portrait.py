"""The organisation as a picture: people in their departments, leaders above them, customers as a crowd."""

from __future__ import annotations

from html import escape

from ccsim.app.laboratory import COLOURS, People

#: From low to high: light to dark, so that it reads in grey, too (after Okabe & Ito's blue).
SCALE = ("#e8eef4", "#bfd3e6", "#8fb4d4", "#4f8bbd", "#15609c", "#06365f")
INK, QUIET, MARK = "#222222", "#4f4f4f", "#d55e00"


def colour(value: float, low: float, high: float) -> str:
    """Return the colour of a value."""
    place = (value - low) / (high - low)
    return SCALE[min(len(SCALE) - 1, max(0, int(place * len(SCALE))))]


def organisation(people: People, by: str, width: int = 560) -> str:
    """Draw the organisation: a dot for each person, a ring where the penny dropped, a star for champions.

    Args:
        people: who is there.
        by: the column that colours them, one of ``COLOURS``.
        width: of the picture.
    """
    words, low, high = COLOURS[by]
    departments = int(people.department.max()) + 1 if len(people.department) else 0
    space = width / max(1, departments)
    across = max(3, int(space // 15))
    rows = max((int((people.department == d).sum()) + across - 1) // across for d in range(departments))
    height = 92 + 15 * rows + 34
    parts = [
        f'<svg class="ex-people" viewBox="0 0 {width} {height}" role="img" aria-label="The organisation, by {words}">'
    ]
    for tier, department, conviction in people.leaders:
        parts.append(_leader(tier, department, conviction, space, width))
    for d in range(departments):
        left = d * space + (space - 15 * across) / 2 + 7
        parts.append(_text(d * space + space / 2, 82, f"Department {d + 1}", "middle"))
        for place, i in enumerate((people.department == d).nonzero()[0]):
            x, y = left + 15 * (place % across), 98 + 15 * (place // across)
            parts.append(_person(i, x, y, people, by, low, high))
    parts.append(_legend(words, low, high, height))
    return "".join(parts) + "</svg>"


def _leader(tier: int, department: int, conviction: float, space: float, width: int) -> str:
    """Draw a leader as a square: the executive on top, heads above their department; team leads are left out."""
    if tier > 1:
        return ""
    x = width / 2 if department < 0 else department * space + space / 2
    y, size = (20, 20) if tier == 0 else (56, 15)
    title = f"{'Executive' if tier == 0 else 'Head of department'}: conviction {100 * conviction:.0f} %"
    return (
        f'<rect x="{x - size / 2:.1f}" y="{y - size / 2:.1f}" width="{size}" height="{size}" rx="2" '
        f'fill="{colour(conviction, 0.0, 1.0)}" stroke="{INK}"><title>{title}</title></rect>'
    )


def _person(i: int, x: float, y: float, people: People, by: str, low: float, high: float) -> str:
    if not people.present[i]:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="none" stroke="#c9c9c9" stroke-dasharray="2 2"/>'
    value = float(people.columns[by][i])
    ring = f' stroke="{MARK}" stroke-width="1.8"' if people.tipped[i] >= 0 else ' stroke="#9aa5b1" stroke-width="0.6"'
    tip = f", the penny dropped in week {int(people.tipped[i])}" if people.tipped[i] >= 0 else ""
    hero = "★" if people.champion[i] > 0 else ""
    title = f"<title>Number {i}: {by} {100 * value:.0f} %{tip}{', champion' if hero else ''}</title>"
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.6" fill="{colour(value, low, high)}"{ring}>{title}</circle>'
    return dot + (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" text-anchor="middle" fill="{MARK}">★</text>' if hero else ""
    )


def _legend(words: str, low: float, high: float, height: int) -> str:
    boxes = "".join(
        f'<rect x="{8 + 22 * k}" y="{height - 22}" width="22" height="9" fill="{one}"/>' for k, one in enumerate(SCALE)
    )
    return (
        boxes + _text(8, height - 2, f"{words}: {100 * low:.0f} %", "start") + _text(150, height - 14, f"{100 * high:.0f} %", "start")
        + f'<circle cx="222" cy="{height - 18}" r="5" fill="none" stroke="{MARK}" stroke-width="1.8"/>'
        + _text(232, height - 14, "the penny has dropped", "start")
        + f'<text x="388" y="{height - 13}" font-size="13" fill="{MARK}">★</text>' + _text(404, height - 14, "champion", "start")
    )  # fmt: skip


def crowd(people: People, width: int = 560) -> str:
    """Draw customers: for each segment, how many are how satisfied."""
    segments, tenths = people.satisfaction.shape
    most = max(1, int(people.satisfaction.max()))
    height = 26 + 40 * segments + 16
    parts = [f'<svg class="ex-people" viewBox="0 0 {width} {height}" role="img" aria-label="Customers by segment and satisfaction">',
             _text(4, 14, "Customers by segment and satisfaction", "start", INK, 13)]  # fmt: skip
    cell = (width - 96) / tenths
    for s in range(segments):
        floor = 26 + 40 * (s + 1) - 4
        parts.append(_text(4, floor - 8, f"Segment {s + 1}", "start"))
        for k in range(tenths):
            count = int(people.satisfaction[s, k])
            tall = 32 * count / most
            title = f"<title>{count} customers of satisfaction {10 * k} to {10 * k + 10}</title>"
            parts.append(
                f'<rect x="{90 + cell * k:.1f}" y="{floor - tall:.1f}" width="{cell - 3:.1f}" height="{tall:.1f}" '
                f'fill="{SCALE[min(5, 1 + k // 2)]}">{title}</rect>'
            )
    for k in range(0, tenths + 1, 2):
        parts.append(_text(90 + cell * k, height - 2, str(10 * k), "middle"))
    return "".join(parts) + "</svg>"


def _text(x: float, y: float, text: str, anchor: str, fill: str = QUIET, size: float = 11.5) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
    )
