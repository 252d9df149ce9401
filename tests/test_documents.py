"""Documents lead somewhere: their links, the files and the commands that they name."""

import importlib
import importlib.util
import re
import shlex
import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Folders whose Markdown files are not part of the project's own documents.
OTHERS = {"results", "build", "dist", "node_modules", "cdn"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="the tests run outside the repository")


def generated(path: Path) -> bool:
    """Whether a path is one that a command makes and that the repository leaves out (`.gitignore`, under ``docs``)."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    made = [line.strip("/") for line in lines if line.startswith("/docs/")]
    if not path.resolve().is_relative_to(ROOT.resolve()):
        return False
    name = path.resolve().relative_to(ROOT.resolve()).as_posix()
    return name in site_pages() or any(fnmatch(name, pattern) or name.startswith(f"{pattern}/") for pattern in made)


@cache
def site_pages() -> set[str]:
    """Return the pages that exist only in the site: its build makes them (`docs/hooks`) and checks their anchors."""
    sys.path.insert(0, str(ROOT / "docs" / "hooks"))
    try:
        made = importlib.import_module("reference_pages")
    finally:
        sys.path.pop(0)
    return {f"docs/{uri}" for uri in (*made.PAGES, *made.OTHERS.values(), "try.html")}


def documents() -> list[Path]:
    """Return all Markdown files of the project."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    ours = (path for path in found if not OTHERS & set(path.parts))
    return sorted(path for path in ours if path.parts[0] == ".github" or not path.parts[0].startswith("."))


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as the hosting site makes them."""
    titles = re.findall(r"^#{1,6} (.+?)\s*$", FENCE.sub("", text), re.MULTILINE)
    bare = (re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_`]", r"\1", title).lower() for title in titles)
    named = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
    return named | {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in bare}


def dead_links(page: Path) -> list[str]:
    """Return the relative links of a document that lead nowhere."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    dead = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        missing = not target.exists() and not generated(target)
        if missing or (
            anchor
            and target.exists()
            and target.suffix == ".md"
            and anchor not in anchors(target.read_text(encoding="utf-8"))
        ):
            dead.append(link)
    return dead


@pytest.mark.parametrize("page", documents(), ids=str)
def test_every_relative_link_leads_to_a_file_and_heading(page: Path) -> None:
    assert not dead_links(ROOT / page)


def test_a_link_to_a_missing_file_or_heading_is_reported(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One *fine* heading\n[a](#one-fine-heading) [b](gone.md) [c](#two) [d](https://x.org/y)\n")
    assert dead_links(page) == ["gone.md", "#two"]


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/design.md"])
def test_files_that_a_guide_names_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|docs|benchmarks|experiments|teaching|scenarios|facts|claims)/[\w./*-]+)`", text)
    assert named
    assert not [path for path in named if not list(ROOT.glob(path)) and not generated(ROOT / path)]


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/design.md", "benchmarks/README.md"])
def test_modules_and_scripts_that_a_guide_runs_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    modules = set(re.findall(r"python -m ((?:benchmarks|ccsim)[\w.]*)", text))
    scripts = set(re.findall(r"python ([\w/]+\.py)", text))
    assert modules or scripts
    assert not [module for module in modules if importlib.util.find_spec(module) is None]
    assert not [script for script in scripts if not (ROOT / script).exists()]


def test_commands_and_options_that_the_contributing_guide_runs_exist() -> None:
    from typer.main import get_command

    from ccsim.cli.main import app

    commands = re.findall(r"`?(ccsim [^`\n#|]+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    lines = [shlex.split(command)[1:] for command in commands]
    assert lines
    root = get_command(app)
    for line in lines:
        command, words = root, line
        while words and words[0] in getattr(command, "commands", {}):
            command, words = command.commands[words[0]], words[1:]  # type: ignore[attr-defined]
        assert command is not root, words
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, words


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "experiments").glob("*.py")))
def test_every_script_that_makes_documents_is_in_the_contributing_guide(script: str) -> None:
    assert f"experiments/{script}" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_workflows_run_files_and_modules_that_exist() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        named = re.findall(r"\b((?:tests|teaching|benchmarks)/[\w/.]+\.py)", text)
        assert not [name for name in named if not (ROOT / name).exists()], path.name
        for module in re.findall(r"python -m (benchmarks\.\w+)", text):
            assert importlib.util.find_spec(module) is not None, (path.name, module)


def test_pictures_that_a_command_makes_may_be_missing_and_others_may_not() -> None:
    assert generated(ROOT / "docs/figures/tour/00-market-challenger.png") and generated(ROOT / "docs/claims.html")
    assert not generated(ROOT / "docs/figures/direction.png")
