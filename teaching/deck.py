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
section { position: relative; width: 1280px; height: 720px; margin: 24px auto; padding: 56px 72px 52px; background: #fff;
  scroll-snap-align: center; overflow: hidden; display: flex; flex-direction: column; break-after: page; }
section.first { justify-content: center; background: #0b4f7d; color: #fff; }
h1 { font-size: 58px; line-height: 1.15; margin: 0 0 20px; max-width: 22ch; }
h2 { font-size: 38px; line-height: 1.2; margin: 0 0 24px; color: #0b4f7d; }
section.first p { font-size: 26px; margin: 0; opacity: .92; }
ul { margin: 0; padding-left: 1.1em; } li { margin: 0 0 14px; font-size: 25px; } li::marker { color: #b84a00; }
p { margin: 0 0 16px; font-size: 25px; }
img { display: block; flex: 1 1 auto; min-height: 0; max-width: 100%; object-fit: contain; object-position: left top; margin: 0 auto; }
section.words { justify-content: flex-start; } section.words h2 { font-size: 44px; margin-bottom: 40px; }
section.words li, section.words p { font-size: 33px; line-height: 1.35; margin-bottom: 26px; } section.words table { font-size: 28px; } section.words td { padding: 16px 18px 16px 0; }
table { border-collapse: collapse; font-size: 21px; width: 100%; } th { text-align: left; color: #0b4f7d; border-bottom: 2px solid #0b4f7d; }
th, td { padding: 9px 14px 9px 0; vertical-align: top; } td { border-bottom: 1px solid #d5dbe0; }
footer { position: absolute; left: 72px; right: 72px; bottom: 18px; font-size: 14px; color: #6a7680; display: flex; justify-content: space-between; }
section.first footer { color: #cfe0ec; }
aside { display: none; width: 1280px; margin: -12px auto 24px; padding: 18px 72px; background: #fff7ef; border-left: 8px solid #b84a00; font-size: 19px; }
aside p { font-size: 19px; margin: 0 0 8px; } body.notes aside { display: block; }
nav { position: fixed; right: 12px; top: 12px; font-size: 14px; }
nav button { font: inherit; padding: 6px 12px; border: 1px solid #6a7680; border-radius: 4px; background: #fff; cursor: pointer; }
@media print { body { background: #fff; } section { margin: 0; } aside, nav { display: none !important; } }
"""
SCRIPT = """
const slides = [...document.querySelectorAll('section')];
const here = () => slides.findIndex(s => s.getBoundingClientRect().bottom > innerHeight / 2);
const go = n => slides[Math.max(0, Math.min(slides.length - 1, n))].scrollIntoView({block: 'center'});
const notes = () => document.body.classList.toggle('notes');
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
    """Return a deck as one HTML file that needs nothing else. Arrow keys move, *n* shows the notes."""
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(deck.slides[0].title)}</title>'
        f'<meta name="viewport" content="width=1320"><style>{STYLE}</style></head><body>'
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
            f"<footer><span>ccsim course · CC BY 4.0</span><span>{number}</span></footer></section>"
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
    from pptx.util import Inches, Pt

    shown = Presentation()
    shown.slide_width, shown.slide_height = Inches(13.333), Inches(7.5)
    blue, white, ink = RGBColor(0x0B, 0x4F, 0x7D), RGBColor(255, 255, 255), RGBColor(0x1D, 0x2A, 0x33)

    def write(slide, box, lines, size, colour, bold=False, bullet=False):  # type: ignore[no-untyped-def]
        frame = slide.shapes.add_textbox(*(Inches(one) for one in box)).text_frame
        frame.word_wrap = True
        for number, line in enumerate(lines):
            row = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            row.space_after = Pt(8)
            run = row.add_run()
            run.text = f"•  {line}" if bullet else line
            run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, colour

    for one in deck.slides:
        slide = shown.slides.add_slide(shown.slide_layouts[5])
        title = slide.shapes.title
        title.left, title.top, title.width, title.height = (
            Inches(v) for v in (0.75, 2.4 if one.first else 0.4, 11.8, 1.2)
        )
        title.text_frame.word_wrap = True
        title.text = one.title
        row = title.text_frame.paragraphs[0]
        row.alignment = 1
        row.font.size, row.font.bold = Pt(44 if one.first else 30), True
        row.font.color.rgb = white if one.first else blue
        if one.first:
            slide.background.fill.solid()
            slide.background.fill.fore_color.rgb = blue
            write(slide, (0.75, 3.8, 11.8, 1.5), one.text or [""], 22, white)
        else:
            top = 1.55
            if one.text:
                write(slide, (0.75, top, 11.8, 0.5 * len(one.text) + 0.3), one.text, 20, ink)
                top += 0.42 * sum(1 + len(line) // 95 for line in one.text) + 0.2
            if one.bullets:
                size = 26 if len(one.bullets) < 6 and not one.chart else 18
                write(slide, (0.75, top, 11.8, 0.5 * len(one.bullets) + 0.3), one.bullets, size, ink, bullet=True)
                top += 0.5 * sum(1 + len(line) // 75 for line in one.bullets) + 0.1
            if rows := one.table:
                grid = slide.shapes.add_table(
                    len(rows), len(rows[0]), Inches(0.75), Inches(top), Inches(11.8), Inches(0.4 * len(rows))
                ).table
                for y, cells in enumerate(rows):
                    for x, cell in enumerate(cells):
                        grid.cell(y, x).text = cell
                        for line in grid.cell(y, x).text_frame.paragraphs:
                            line.font.size = Pt(14)
            if one.chart:
                height = min(7.5 - top - 0.5, 5.2)
                slide.shapes.add_picture(
                    io.BytesIO(deck.pictures[one.chart]), Inches(0.75), Inches(top), height=Inches(height)
                )
        if one.notes:
            slide.notes_slide.notes_text_frame.text = "\n\n".join(f"{kind}. {text}" for kind, text in one.notes)
    shown.save(str(path))
