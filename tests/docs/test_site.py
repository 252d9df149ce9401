"""The site builds without a warning, holds every page, and asks no other server."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / "docs" / "hooks"

pytestmark = pytest.mark.skipif(not (ROOT / "mkdocs.yml").exists(), reason="the tests run outside the repository")


@pytest.fixture(scope="module")
def reference():
    sys.path.insert(0, str(HOOKS))
    yield importlib.import_module("reference_pages")
    sys.path.remove(str(HOOKS))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for library in ("mkdocs", "material", "mkdocstrings"):
        pytest.importorskip(library, reason="the extra docs is not installed")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return out


def test_the_site_builds_with_warnings_as_errors(site: Path) -> None:
    assert (site / "index.html").exists() and (site / "search" / "search_index.json").exists()


def test_the_application_is_on_the_site_as_one_file(site: Path) -> None:
    assert 'id="ccsim-engine"' in (site / "try.html").read_text(encoding="utf-8")
    assert "try.html" in (site / "index.html").read_text(encoding="utf-8")


def test_no_page_asks_another_server_when_it_is_opened(site: Path) -> None:
    sys.path.insert(0, str(HOOKS))
    try:
        loads = importlib.import_module("site_hooks").LOADS
    finally:
        sys.path.remove(str(HOOKS))
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    assert not [page.name for page in pages if loads.search(page.read_text(encoding="utf-8"))]
    assert loads.search('<script src="https://cdn.example/x.js">') and loads.search("url(//fonts.example/a.woff)")
    assert not loads.search('<a href="https://example.org">')


def test_every_public_name_is_on_a_page_of_the_reference(site: Path, reference) -> None:
    names = reference.python_names()
    written = "".join(page.read_text(encoding="utf-8") for page in (site / "reference").glob("python*.html"))
    assert {"ccsim.compare", "ccsim.mechanism.rule", "ccsim.game.Game"} <= set(names)
    assert not [name for name in names if f'id="{name}"' not in written]


def test_every_command_parameter_and_kpi_is_in_the_reference(reference) -> None:
    from typer.main import get_command

    from ccsim.cli.main import app
    from ccsim.model.kpis import KPIS
    from ccsim.model.settings import all_parameters

    pages = {uri: write() for uri, write in reference.PAGES.items()}
    paths = [" ".join(path) for path, _ in reference.commands(get_command(app))]
    assert "ccsim compare" in paths and "ccsim game play" in paths
    assert not [path for path in paths if not re.search(rf"^#+ {path}$", pages["reference/command-line.md"], re.M)]
    declared = "".join(pages[f"reference/{name}.md"] for name in ("levers", "assumptions", "sizes"))
    assert not [key for key in all_parameters() if f"`{key}`" not in declared]
    assert not [name for name in KPIS if f"| `{name}` |" not in pages["reference/kpis.md"]]


def test_every_document_has_a_place_in_the_navigation() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    listed = set(re.findall(r"([\w/-]+\.md)", nav))
    documents = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}
    assert not documents - listed, "add the page to nav in mkdocs.yml"


def test_the_picture_of_the_model_is_what_its_command_draws() -> None:
    sys.path.insert(0, str(HOOKS))
    try:
        drawn = importlib.import_module("model_picture")
    finally:
        sys.path.remove(str(HOOKS))
    assert drawn.FILE.read_text(encoding="utf-8") == drawn.picture()


def test_the_command_that_builds_the_site_stands_in_the_guide() -> None:
    for name in ("CONTRIBUTING.md", "README.md"):
        assert "mkdocs build" in (ROOT / name).read_text(encoding="utf-8"), name


def test_every_living_figure_names_a_scenario_levers_and_a_kpi_that_exist() -> None:
    from urllib.parse import parse_qs

    from ccsim.model.kpis import KPIS
    from ccsim.model.settings import all_parameters

    scenarios = {path.stem for path in (ROOT / "scenarios").glob("*.toml")}
    found = 0
    for page in (ROOT / "docs" / "findings").glob("*.md"):
        for query in re.findall(r'src="\.\./try\.html#/figure\?([^"]+)"', page.read_text(encoding="utf-8")):
            asked = parse_qs(query.replace("&amp;", "&"))
            assert {*asked["from"], *asked.get("pin.from", ())} <= scenarios, page
            assert set(asked["lever"]) <= set(all_parameters()), page
            assert set(asked.get("show", ())) <= set(KPIS.shipped), page
            found += 1
    assert found >= 3


def test_the_tour_is_what_its_command_writes_and_has_its_pictures() -> None:
    pytest.importorskip("playwright", reason="the tour is made with Playwright")
    sys.path.insert(0, str(HOOKS))
    try:
        tour = importlib.import_module("application_tour")
    finally:
        sys.path.remove(str(HOOKS))
    assert tour.PAGE.read_text(encoding="utf-8") == tour.text(), "python docs/hooks/application_tour.py"
    assert {path.stem for path in tour.PICTURES.glob("*.png")} == {screen.name for screen in tour.SCREENS}


def test_every_picture_stands_beside_the_command_that_makes_it() -> None:
    command = re.compile(r"`[^`]*(?:ccsim|python) [^`]+`|^(?:ccsim|python) ", re.MULTILINE)
    missing = []
    for page in (ROOT / "docs").rglob("*.md"):
        rows = page.read_text(encoding="utf-8").splitlines()
        whole = command.search("\n".join(rows[:12] + rows[-12:]))  # a generated page names its command first or last
        for number, row in enumerate(rows):
            near = command.search("\n".join(rows[max(0, number - 12) : number + 4]))
            if re.search(r"!\[[^\]]*\]\(", row) and not (whole or near):
                missing.append(f"{page.name}:{number + 1}")
    assert not missing
