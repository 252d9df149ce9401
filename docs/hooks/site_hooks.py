"""Hooks of the site: generated pages, documents from other folders, and a check that no page asks another server.

MkDocs runs the functions that are called ``on_...``; `mkdocs.yml` names this file.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))
from pictures import PICTURES
from reference_pages import OTHERS, PAGES

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"(?P<start>!?\[[^\]]*\]\()(?P<target>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
ROLE = re.compile(r":(?:class|func|mod|meth|data|attr):(?=<code>)")
#: What loads something when a page is opened; a plain link to another site does not.
LOADS = re.compile(
    r"<(?:script|img|iframe|source|audio|video)\b[^>]*\ssrc=[\"'](?:https?:)?//"
    r"|<link\b(?=[^>]*\srel=[\"']?(?:stylesheet|preload|preconnect|icon|prefetch))[^>]*\shref=[\"']?(?:https?:)?//"
    r"|url\([\"']?(?:https?:)?//",
    re.IGNORECASE,
)


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add the generated pages, and the documents that stand outside of ``docs/``."""
    for uri, write in PAGES.items():
        files.append(File.generated(config, uri, content=write()))
    for name, uri in OTHERS.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, uri, content=_moved(text, Path(name).parent, Path(uri).parent)))
    # The application as one file: the model runs in the reader's browser.
    from ccsim.app.single_file import single_page

    files.append(File.generated(config, "try.html", content=single_page()))
    return files


def _moved(text: str, old: Path, new: Path) -> str:
    """Return a document with its relative links as they are from its place in the site."""

    def link(found: re.Match[str]) -> str:
        target, anchor = found["target"], found["anchor"] or ""
        if not target or re.match(r"[a-z]+:", target):
            return found[0]
        inside = _normal(old / target)
        if inside.startswith("docs/"):
            page = inside.removeprefix("docs/")
        elif inside in OTHERS:
            page = OTHERS[inside]
        else:
            return f"`{inside}`"  # a file of the repository that is no page
        return f"{found['start']}{_relative(page, new)}{anchor})"

    return LINK.sub(link, text)


def _normal(path: Path) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _relative(page: str, folder: Path) -> str:
    return "../" * len(folder.parts) + page


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead links out of ``docs/`` to the pages that those documents became, and leave out pictures not made yet."""
    folder = Path(page.file.src_uri).parent

    def link(found: re.Match[str]) -> str:
        target, anchor = found["target"], found["anchor"] or ""
        if not target or re.match(r"[a-z]+:", target):
            return found[0]
        if (
            found["start"].startswith("!")
            and ("figures/tour/" in target or Path(target).name in PICTURES)
            and not (ROOT / "docs" / folder / target).exists()
        ):
            return ""
        place = _above(folder, target)
        if place in OTHERS:
            return f"{found['start']}{_relative(OTHERS[place], folder)}{anchor})"
        return found[0]

    return LINK.sub(link, markdown)


def _above(folder: Path, target: str) -> str:
    """Return where a link leads in the repository, if it leaves ``docs/``; nothing otherwise."""
    try:
        place = _normal(Path("docs") / folder / target)
    except IndexError:
        return ""
    return "" if place.startswith("docs/") else place


def on_page_content(html: str, **_: Any) -> str:
    """Take the roles of reStructuredText out of docstrings."""
    return ROLE.sub("", html)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Refuse a page that would ask another server for something when it is opened."""
    if found := LOADS.search(output):
        raise PluginError(f"{page.file.src_uri}: asks another server: {found[0]}")
    return output
