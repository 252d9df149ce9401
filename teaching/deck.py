"""Slides from one Markdown source: HTML, PDF and PPTX, with speaker notes.

A deck is a Markdown file. ``---`` alone on a line separates slides. A slide begins with ``#`` (title slide) or ``##``. A picture
``![text](chart:NAME)`` is drawn by charts.py. What follows a line ``Notes:`` is for the speaker:

Notes:
    Question: what to ask the class
    Answer: what a good answer is
    Trap: what goes wrong here
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import markdown

PICTURE = re.compile(r"!\[(?P<text>[^\]]*)\]\(chart:(?P<name>[\w-]+)\)")
BLUE, ORANGE, INK, WHITE, GREY, SKY, PALE = "0B4F7D", "B84A00", "1D2A33", "FFFFFF", "6A7680", "CFE0EC", "EEF3F6"
LICENCE = "ccsim course · CC BY 4.0"
KINDS = ("Question", "Answer", "Trap", "Say", "Minutes")


@dataclass(frozen=True)
class Slide:
    """A slide: its heading, its body in Markdown, the name of its chart, and its notes by kind."""

    title: str
    body: str
    chart: str = ""
    chart_text: str = ""
    first: bool = False
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def bullets(self) -> list[str]:
        """The lines of the body that are points of a list."""
        return [plain(line[2:]) for line in self.body.splitlines() if line.startswith("- ")]

    @property
    def table(self) -> list[list[str]]:
        """The rows of the body's table, heads first; empty if there is none."""
        rows = [line.strip().strip("|").split("|") for line in self.body.splitlines() if line.startswith("|")]
        return [[plain(cell) for cell in row] for row in rows if not set("".join(row)) <= set("-: ")]

    @property
    def text(self) -> list[str]:
        """The paragraphs of the body that are neither list nor table."""
        return [plain(line) for line in self.body.splitlines() if line and not line.startswith(("- ", "|"))]


@dataclass(frozen=True)
class Deck:
    """Slides, and the pictures that they show, by name as PNG."""

    name: str
    slides: tuple[Slide, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def plain(text: str) -> str:
    """Return a line of Markdown without its marks."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`]", r"\1", text).strip()


def parse(text: str) -> tuple[Slide, ...]:
    """Return the slides of a source.

    Raises:
        ValueError: a slide has no heading, or a note that is of no known kind.
    """
    return tuple(_slide(part.strip()) for part in re.split(r"^---$", text, flags=re.MULTILINE) if part.strip())


def _slide(part: str) -> Slide:
    shown, _, spoken = part.partition("\nNotes:\n")
    head, _, body = shown.partition("\n")
    if not head.startswith("#"):
        raise ValueError(f"a slide begins with a heading, not with {head!r}")
    picture = PICTURE.search(body)
    notes: list[tuple[str, str]] = []
    for line in spoken.strip().splitlines():
        kind, colon, said = line.partition(": ")
        if colon and kind in KINDS:
            notes.append((kind, said.strip()))
        elif notes:
            notes[-1] = (notes[-1][0], f"{notes[-1][1]} {line.strip()}")
        else:
            raise ValueError(f"{head}: a note begins with one of {', '.join(KINDS)}, not {line!r}")
    return Slide(
        head.lstrip("# "), PICTURE.sub("", body).strip(), picture["name"] if picture else "", picture["text"] if picture else "",
        not head.startswith("##"), tuple(notes),
    )  # fmt: skip


STYLE = """
@page { size: 338.7mm 190.5mm; margin: 0; }
* { box-sizing: border-box; }
html { scroll-snap-type: y mandatory; }
body { margin: 0; font: 22px/1.45 "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; color: #1d2a33; background: #d9dee2; }
section { position: relative; width: 1280px; height: 720px; margin: 0 auto; zoom: var(--fit, 1); padding: 56px 72px 52px; background: #fff;
  scroll-snap-align: center; overflow: hidden; display: flex; flex-direction: column; break-after: page; }
section.first { justify-content: center; background: #0b4f7d; color: #fff; }
h1 { font-size: 58px; line-height: 1.15; margin: 0 0 20px; max-width: 22ch; }
h2 { font-size: 38px; line-height: 1.2; margin: 0 0 24px; color: #0b4f7d; }
section.first p { font-size: 26px; margin: 0; opacity: .92; }
ul { margin: 0; padding-left: 1.1em; } li { margin: 0 0 14px; font-size: 25px; } li::marker { color: #b84a00; }
p { margin: 0 0 16px; font-size: 25px; }
img { display: block; flex: 1 1 auto; min-height: 0; max-width: 100%; object-fit: contain; object-position: left top; margin: 0 auto; }
section.words { justify-content: flex-start; } section.words h2 { font-size: 44px; margin-bottom: 40px; }
section.words li, section.words p { font-size: 36px; line-height: 1.35; margin-bottom: 32px; } section.words table { font-size: 30px; } section.words td { padding: 14px 18px 14px 0; }
table { border-collapse: collapse; font-size: 21px; width: 100%; } th { text-align: left; color: #0b4f7d; border-bottom: 2px solid #0b4f7d; }
th, td { padding: 9px 14px 9px 0; vertical-align: top; } td { border-bottom: 1px solid #d5dbe0; }
footer { position: absolute; left: 72px; right: 72px; bottom: 18px; font-size: 15px; color: #6a7680; display: flex; justify-content: space-between; }
section.first footer { color: #cfe0ec; }
aside { display: none; width: 1280px; zoom: var(--fit, 1); margin: 0 auto 24px; padding: 18px 72px; background: #fff7ef; border-left: 8px solid #b84a00; font-size: 19px; }
aside p { font-size: 19px; margin: 0 0 8px; } body.notes aside { display: block; }
nav { position: fixed; right: 12px; top: 12px; font-size: 14px; }
nav button { font: inherit; padding: 6px 12px; border: 1px solid #6a7680; border-radius: 4px; background: #fff; cursor: pointer; }
@media screen and (max-width: 900px) { html { scroll-snap-type: none; } section, aside { width: auto; zoom: 1; margin: 0 0 8px; padding: 24px 20px 48px; }
  section { height: auto; min-height: 56vw; overflow-x: auto; } section.first { min-height: 70vw; } h1 { font-size: 32px; } h2, section.words h2 { font-size: 24px; margin-bottom: 16px; }
  li, p, section.first p, section.words li, section.words p, aside p { font-size: 18px; margin-bottom: 12px; } section.words table, table { font-size: 16px; }
  footer { left: 20px; right: 20px; font-size: 12px; } aside { padding-bottom: 18px; } nav { top: auto; bottom: 8px; } }
@media print { body { background: #fff; } section { margin: 0; zoom: 1; } aside, nav { display: none !important; } }
"""
SCRIPT = """
const slides = [...document.querySelectorAll('section')];
const here = () => slides.findIndex(s => s.getBoundingClientRect().bottom > innerHeight / 2);
const go = n => slides[Math.max(0, Math.min(slides.length - 1, n))].scrollIntoView({block: 'center'});
const fit = () => {
  const room = document.body.classList.contains('notes') ? 0.7 : 1;
  const size = room * Math.min(document.documentElement.clientWidth / 1280, innerHeight / 720);
  document.documentElement.style.setProperty('--fit', size);
};
const notes = () => { const n = here(); document.body.classList.toggle('notes'); fit(); go(n); };
addEventListener('resize', fit);
fit();
document.querySelector('nav button').addEventListener('click', notes);
addEventListener('keydown', e => {
  if (['ArrowRight', 'PageDown', ' '].includes(e.key)) { e.preventDefault(); go(here() + 1); }
  if (['ArrowLeft', 'PageUp'].includes(e.key)) { e.preventDefault(); go(here() - 1); }
  if (e.key === 'n') notes();
});
"""


def _kind(slide: Slide) -> str:
    return "first" if slide.first else "picture" if slide.chart else "words"


def to_html(deck: Deck) -> str:
    """Return a deck as one HTML file that needs nothing else. It fills the window; arrow keys move, *n* shows the notes."""
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(deck.slides[0].title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body>'
        "<nav><button>Speaker notes (n)</button></nav>"
    ]
    for number, slide in enumerate(deck.slides, start=1):
        tag = "h1" if slide.first else "h2"
        body = markdown.markdown(slide.body, extensions=["tables"])
        image = ""
        if slide.chart:
            data = base64.b64encode(deck.pictures[slide.chart]).decode()
            image = f'<img alt="{escape(slide.chart_text)}" src="data:image/png;base64,{data}">'
        parts.append(
            f'<section class="{_kind(slide)}"><{tag}>{escape(slide.title)}</{tag}>{body}{image}'
            f"<footer><span>{LICENCE}</span><span>{number}</span></footer></section>"
        )
        if slide.notes:
            said = "".join(f"<p><b>{kind}.</b> {escape(text)}</p>" for kind, text in slide.notes)
            parts.append(f"<aside>{said}</aside>")
    return "".join([*parts, f"<script>{SCRIPT}</script></body></html>"])


def to_pptx(deck: Deck, path: Path) -> None:
    """Write a deck as PPTX with speaker notes.

    Args:
        deck: the deck.
        path: the file.
    """
    from pptx import Presentation
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches, Pt

    shown = Presentation()
    shown.slide_width, shown.slide_height = Inches(13.333), Inches(7.5)
    for number, one in enumerate(deck.slides, start=1):
        slide = shown.slides.add_slide(shown.slide_layouts[5])
        title = slide.shapes.title
        title.left, title.top, title.width, title.height = (
            Inches(v) for v in (0.75, 2.2 if one.first else 0.45, 11.8, 1.5 if one.first else 0.9)
        )
        title.text_frame.word_wrap = True
        title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if one.first else MSO_ANCHOR.MIDDLE
        title.text = one.title
        row = title.text_frame.paragraphs[0]
        row.alignment = PP_ALIGN.LEFT
        row.font.size, row.font.bold = Pt(44 if one.first else 34 if len(one.title) < 40 else 30), True
        row.font.color.rgb = RGBColor.from_string(WHITE if one.first else BLUE)
        if one.first:
            slide.background.fill.solid()
            slide.background.fill.fore_color.rgb = RGBColor.from_string(BLUE)
            _write(slide, (0.75, 3.8, 11.8, 1.5), one.text or [""], 24, WHITE)
        else:
            top = 1.6
            if one.text:
                _write(slide, (0.75, top, 11.8, 0.5 * len(one.text) + 0.3), one.text, 22, INK)
                top += 0.46 * sum(1 + len(line) // 85 for line in one.text) + 0.2
            if one.bullets:
                size = 20 if one.chart or one.table else 28
                each = 0.45 if size == 20 else 0.78
                height = each * sum(1 + len(line) // 62 for line in one.bullets) + 0.2
                _write(slide, (0.75, top, 11.8, height), one.bullets, size, INK, bullet=True)
                top += height
            if one.table:
                _table(slide, top, one.table)
            if one.chart:
                picture = slide.shapes.add_picture(io.BytesIO(deck.pictures[one.chart]), Inches(0.75), Inches(top))
                scale = min(Inches(11.8) / picture.width, Inches(6.8 - top) / picture.height)
                picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
                picture.left = int((shown.slide_width - picture.width) / 2)
                picture._element.nvPicPr.cNvPr.set("descr", one.chart_text)
        foot = SKY if one.first else GREY
        _write(slide, (0.75, 6.95, 6.0, 0.35), [LICENCE], 11, foot)
        _write(slide, (11.55, 6.95, 1.0, 0.35), [str(number)], 11, foot, right=True)
        if one.notes:
            slide.notes_slide.notes_text_frame.text = "\n\n".join(f"{kind}. {text}" for kind, text in one.notes)
    shown.save(str(path))


def _write(  # type: ignore[no-untyped-def]
    slide, box, lines, size, colour, bullet=False, right=False
) -> None:
    """Write lines into a box of a slide, as points of a list if asked for."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    frame = slide.shapes.add_textbox(*(Inches(one) for one in box)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    for number, line in enumerate(lines):
        row = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        row.space_after = Pt(size * 0.6 if bullet else 6)
        row.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        if bullet:
            _bullet(row)
        run = row.add_run()
        run.text = line
        run.font.size, run.font.color.rgb = Pt(size), RGBColor.from_string(colour)


def _bullet(row) -> None:  # type: ignore[no-untyped-def]
    """Make a paragraph a point of a list, so that its second line begins under the first one's text."""
    from pptx.oxml.ns import qn
    from pptx.util import Inches

    properties = row._p.get_or_add_pPr()
    properties.set("marL", str(Inches(0.4)))
    properties.set("indent", str(-Inches(0.4)))
    colour = properties.makeelement(qn("a:buClr"), {})
    colour.append(colour.makeelement(qn("a:srgbClr"), {"val": ORANGE}))
    properties.append(colour)
    properties.append(properties.makeelement(qn("a:buFont"), {"typeface": "Arial"}))
    properties.append(properties.makeelement(qn("a:buChar"), {"char": "•"}))


def _table(slide, top: float, rows: list[list[str]]) -> None:  # type: ignore[no-untyped-def]
    """Draw a table in the colours of the deck, large enough for the last row of a room."""
    from pptx.dml.color import RGBColor
    from pptx.util import Inches, Pt

    size = 22 if len(rows) < 6 and len(rows[0]) < 4 else 18
    grid = slide.shapes.add_table(
        len(rows), len(rows[0]), Inches(0.75), Inches(top), Inches(11.8), Inches(0.6 * len(rows))
    ).table
    grid.horz_banding = False
    for y, cells in enumerate(rows):
        for x, cell in enumerate(cells):
            place = grid.cell(y, x)
            place.text = cell
            place.fill.solid()
            place.fill.fore_color.rgb = RGBColor.from_string(BLUE if y == 0 else PALE if y % 2 else WHITE)
            place.margin_top = place.margin_bottom = Inches(0.08)
            for line in place.text_frame.paragraphs:
                line.font.size, line.font.bold = Pt(size), y == 0
                line.font.color.rgb = RGBColor.from_string(WHITE if y == 0 else INK)
