"""Pages to print: Markdown to HTML and, with Chromium, to PDF in A4 and Letter."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import markdown

PAPERS = ("A4", "Letter")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
STYLE = """
@page { size: PAPER; margin: 17mm 18mm 18mm; @bottom-left { content: "LICENCE"; font: 8pt "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; color: #66727b; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; color: #66727b; } }
body { font: 10.5pt/1.42 "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; color: #1d2a33; max-width: 178mm; margin: 0 auto; padding: 0 .6mm; }
h1 { font-size: 21pt; line-height: 1.2; margin: 0 0 4mm; color: #0b4f7d; } h2 { font-size: 14pt; margin: 7mm 0 2mm; color: #0b4f7d; break-after: avoid; }
h3 { font-size: 11.5pt; margin: 4mm 0 1mm; break-after: avoid; } p, li { orphans: 3; widows: 3; } p { margin: 0 0 2.6mm; } li { margin-bottom: 1mm; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; margin: 2mm 0 4mm; } th { text-align: left; color: #0b4f7d; }
th, td { border: .4pt solid #9aa6af; padding: 1.6mm 2mm; vertical-align: top; } tr { break-inside: avoid; } th { background: #eef3f6; }
td[style*="right"] { font-variant-numeric: tabular-nums; white-space: nowrap; } .short table { break-inside: avoid; }
.blank td { height: 12mm; } .blank table { table-layout: fixed; } .blank th:first-child { width: 42mm; } .plan th:nth-child(2) { width: 20mm; } .log td { height: 12.6mm; }
.log th:first-child { width: 16mm; } .log th:nth-child(4), .log th:nth-child(5) { width: 21mm; } .log th:last-child { width: 46mm; }
.moves table { table-layout: fixed; } .moves th:first-child { width: 38mm; } .moves th:nth-child(n+3) { width: 8mm; } .moves th:nth-child(n+5) { width: 12mm; }
.card { font-size: 13pt; } .card table { font-size: 13pt; margin: 4mm 0 6mm; } .card td { padding: 3.2mm 3mm; } .card p { margin-bottom: 4.5mm; } .card thead { display: none; } .keep ul { list-style: none; padding-left: 4mm; margin: 0 0 3mm; } blockquote { break-inside: avoid; } .keep { break-inside: avoid; } .page { break-before: page; } blockquote { margin: 0 0 3mm; padding: 2mm 4mm; border-left: 1.2mm solid #b84a00; background: #fdf4ec; }
blockquote p { margin: 0 0 1mm; } img { max-width: 100%; } code { font-size: 9pt; } pre { background: #f3f5f7; padding: 2mm 3mm; font-size: 9pt; white-space: pre-wrap; }
hr { border: 0; border-top: .4pt solid #9aa6af; margin: 4mm 0; } .line { border-bottom: .5pt solid #66727b; height: 8mm; }
.org { display: grid; grid-template-columns: repeat(5, 1fr); gap: 0 2.5mm; margin: 2mm 0 4mm; font-size: 9pt; line-height: 1.3; text-align: center; }
.org .box { border: .6pt solid #0b4f7d; border-radius: 1.5mm; padding: 1.5mm; background: #f6f9fb; } .org .top { grid-column: 2 / 5; justify-self: center; min-width: 62mm; }
.org .down { grid-column: 1 / 6; height: 4mm; width: 0; border-left: .8pt solid #0b4f7d; justify-self: center; }
.org .across { grid-column: 1 / 6; height: 0; border-top: .8pt solid #0b4f7d; margin: 0 8.4%; } .org .stem { height: 3mm; width: 0; border-left: .8pt solid #0b4f7d; justify-self: center; }
.org .side { border-style: dashed; background: #fff; } .licence { margin-top: 6mm; font-size: 8pt; color: #66727b; } @media print { .licence { display: none; } }
"""
LICENCE = "ccsim course. Texts and pictures: CC BY 4.0, the ccsim developers."


def to_html(text: str, title: str, paper: str = "A4") -> str:
    """Return a text in Markdown as a page to print.

    Args:
        text: the text.
        title: of the page.
        paper: ``A4`` or ``Letter``.
    """
    body = markdown.markdown(text, extensions=["tables", "attr_list", "md_in_html", "sane_lists", "fenced_code"])
    style = STYLE.replace("PAPER", paper).replace("LICENCE", LICENCE)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>'
        f'<body>{body}<p class="licence">{LICENCE}</p></body></html>'
    )


def browser() -> str | None:
    """Return the path of a browser that can print, if there is one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def to_pdf(page: Path, out: Path) -> None:
    """Print an HTML file to PDF.

    Args:
        page: the file.
        out: the PDF.

    Raises:
        RuntimeError: there is no browser, or it printed nothing.
    """
    program = browser()
    if program is None:
        raise RuntimeError(f"no browser to print with: install one of {', '.join(BROWSERS)}")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
        ]
        made = subprocess.run(
            [*command, f"--print-to-pdf={out}", page.resolve().as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    if not out.exists():
        raise RuntimeError(f"{page.name}: the browser printed nothing: {made.stderr[-300:]}")
