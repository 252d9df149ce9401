"""Draw the model in one picture: `docs/figures/model.svg`.

python docs/hooks/model_picture.py
"""

from __future__ import annotations

from html import escape
from pathlib import Path

FILE = Path(__file__).parents[1] / "figures" / "model.svg"
WIDTH, HEIGHT = 960, 470
BLUE, ORANGE, GREY = "#0b4f7d", "#b84a00", "#5a6570"

#: Boxes by name: left, top, width, height, colour, heading, lines.
BOXES = {
    "levers": (20, 60, 180, 250, ORANGE, "Levers", ["programmes", "scorecards", "decision rights", "champions, heroes", "structure", "technology"]),
    "staff": (270, 60, 200, 250, BLUE, "Staff", ["reward", "belief", "what colleagues do", "habit, skill", "effort, fatigue", "fear of blame"]),
    "acts": (540, 60, 160, 250, BLUE, "Five acts", ["close fast", "follow the script", "solve", "hand over", "escalate"]),
    "customers": (770, 60, 170, 250, BLUE, "Customers", ["outcome", "expectation", "satisfaction", "word of mouth", "stay or leave"]),
    "leaders": (20, 370, 380, 76, BLUE, "Leaders", ["see reports, press harder, or let go"]),
    "reports": (470, 370, 200, 76, ORANGE, "Reports", ["late, partial, one embellished"]),
    "money": (740, 370, 200, 76, GREY, "Money", ["revenue minus cost"]),
}  # fmt: skip
#: Arrows: points of a path, and a word beside it at a place.
ARROWS = (
    ([(200, 185), (268, 185)], "", (0, 0)),
    ([(470, 185), (538, 185)], "choose", (504, 176)),
    ([(700, 185), (768, 185)], "serve", (734, 176)),
    ([(855, 310), (855, 368)], "spend", (880, 344)),
    ([(620, 310), (620, 368)], "are counted", (664, 344)),
    ([(470, 408), (402, 408)], "", (0, 0)),
    ([(740, 408), (672, 408)], "", (0, 0)),
    ([(110, 370), (110, 312)], "move", (134, 344)),
    ([(330, 370), (330, 312)], "lead, press, pass on rights", (424, 344)),
    ([(800, 60), (800, 26), (620, 26), (620, 58)], "unsolved cases come back", (710, 18)),
)


def picture() -> str:
    """Return the picture as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="Helvetica, Arial, sans-serif">',
        "<title>The model in one picture</title>",
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L10 5L0 10z" fill="{GREY}"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for points, word, (x, y) in ARROWS:
        path = "M" + " L".join(f"{left} {top}" for left, top in points)
        parts.append(f'<path d="{path}" fill="none" stroke="{GREY}" stroke-width="2" marker-end="url(#tip)"/>')
        if word:
            parts.append(
                f'<text x="{x}" y="{y}" font-size="14" fill="{GREY}" text-anchor="middle">{escape(word)}</text>'
            )
    for left, top, width, height, colour, heading, lines in BOXES.values():
        parts.append(
            f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="8" fill="#fff" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(
            f'<path d="M{left} {top + 34} v-26 a8 8 0 0 1 8 -8 h{width - 16} a8 8 0 0 1 8 8 v26 z" fill="{colour}"/>'
        )
        middle = left + width / 2
        parts.append(
            f'<text x="{middle:g}" y="{top + 23}" font-size="17" font-weight="bold" fill="#fff" text-anchor="middle">{escape(heading)}</text>'
        )
        step = 34 if len(lines) > 1 else 0
        start = top + (34 + height) / 2 - step * (len(lines) - 1) / 2 + 5
        for row, line in enumerate(lines):
            parts.append(
                f'<text x="{middle:g}" y="{start + step * row:g}" font-size="15" fill="#22303a" text-anchor="middle">{escape(line)}</text>'
            )
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    FILE.write_text(picture(), encoding="utf-8")
