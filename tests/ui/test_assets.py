"""What the installed Solara asks a browser to load is shipped, so that no page needs a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

solara = pytest.importorskip("solara")

import ccsim.ui  # noqa: E402

CDN = Path(ccsim.ui.__file__).parent / "cdn"
TEMPLATE = Path(solara.__file__).parent / "server" / "templates" / "solara.html.j2"


def asked() -> set[str]:
    """List the paths that the page's template asks for with Vue 2, minified, for ipywidgets 8."""
    paths = set(re.findall(r'(?:href|src)="\{\{cdn\}\}/([^"]+)"', TEMPLATE.read_text(encoding="utf-8")))
    ours = {path.replace("{{ipywidget_major_version}}", "8") for path in paths if "vuetify3" not in path}
    from solara.server import settings

    return {path for path in ours if not path.endswith("app8.js")} | {settings.assets.fontawesome_path.lstrip("/")}


def test_every_part_that_the_page_asks_for_is_shipped():
    paths = asked()
    assert len(paths) >= 4, "the template has changed: look at what it asks for now"
    assert not [path for path in paths if not (CDN / path).is_file()]


def test_style_sheets_find_their_letters():
    for sheet in CDN.rglob("*.css"):
        for name in re.findall(r"url\(([\w.-]+\.woff2)", sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / name).is_file(), (sheet.name, name)


def test_each_part_is_named_with_its_licence():
    notice = (CDN / "NOTICE.md").read_text(encoding="utf-8")
    for folder in (*CDN.glob("[!@]*@*"), *CDN.glob("@*/*")):
        name, _, version = folder.name.rpartition("@")
        assert (
            re.search(rf"{re.escape(name)}`? {re.escape(version)}", notice, re.I)
            or name.replace("-", " ") in notice.lower()
        )


def test_pages_ask_for_nothing_that_is_not_shipped():
    """Components that would load more: charts of other makers, Markdown with formulas."""
    for path in CDN.parent.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"solara\.(Markdown|FigureEcharts|FigureAltair)\b", text), path.name
