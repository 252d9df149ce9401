"""Every code block and command of the site is run: by a test here, by `test_examples`, or by the test that a table names."""

from __future__ import annotations

import importlib
import re
import shlex
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ccsim.cli.main import app

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / "docs" / "hooks"

pytestmark = pytest.mark.skipif(not HOOKS.exists(), reason="the tests run outside the repository")
sys.path.insert(0, str(HOOKS))
examples = importlib.import_module("run_examples") if HOOKS.exists() else None
sys.path.remove(str(HOOKS))

BLOCK = re.compile(r"^ *```(?P<kind>\w*)(?P<options>[^\n]*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
#: Pages whose equations and rules are printed from the code that runs: the page is compared with it.
PRINTED = {"docs/odd.md", "docs/model-tour.md"}
#: Commands that no test types as they stand, because they install, serve until they are stopped, wait for a person or
#: measure for minutes: how each begins, and the file of tests or of CI that runs it in another way.
OTHERWISE = {
    "python3 -m venv": "test.sh",
    ". .venv/bin/activate": "test.sh",
    "pip ": "test.sh",
    "./test.sh": ".ci/run",
    "mkdocs build": "tests/docs/test_site.py",
    "ccsim app --host": "tests/app/test_class_service.py",
    "ccsim app ": "tests/app/test_pages.py",
    "ccsim mesa": "tests/ui/test_serving.py",
    "ccsim game play": "tests/cli/test_game.py",
    "ccsim validate": "tests/cli/test_validate.py",
    "ccsim test-claims": "tests/validation/claims/test_ledger.py",
    "ccsim org ": "tests/organisations/test_tutorial.py",
    "ccsim reproduce my-org": "tests/organisations/test_tutorial.py",
    "ccsim sensitivity": "tests/analysis/test_docs.py",
    "ccsim discover": "tests/analysis/test_docs.py",
    "ccsim optimise": "tests/analysis/test_docs.py",
    "ccsim calibrate": "tests/analysis/test_docs.py",
    "dask ": "tests/execution/test_dask_cluster.py",
    "python -m benchmarks.kills": "tests/benchmarks/test_kills.py",
    "python -m benchmarks.pairing": "tests/benchmarks/test_pairing.py",
    "python -m benchmarks.": "benchmarks/README.md",
    "python -m examples.replications": "tests/examples/replications",
    "python -m ccsim.app.build_engine": "tests/app/test_engine.py",
    "python room_check.py": "tests/teaching/test_course.py",
    "python teaching/build.py": "tests/teaching/test_course.py",
    "python teaching/instructor/expected.py": "tests/teaching/test_teaching.py",
    "python teaching/notebooks/as_ipynb.py": "tests/teaching/test_course.py",
    "python teaching/reading_time.py": "tests/teaching/test_time.py",
    "python teaching/assessment/gain.py": "tests/teaching/test_course.py",
    "python teaching/exercises/check.py": "tests/teaching/test_teaching.py",
    "cp teaching/exercises": "tests/teaching/test_teaching.py",
}
#: Pages whose other `ccsim` lines are typed here one after another, in an empty folder.
TYPED = (
    "README.md",
    "docs/answers.md",
    "docs/app.md",
    "docs/experiments.md",
    "docs/game.md",
    "docs/how-to/install.md",
    "docs/own-mechanism.md",
)
#: What stands in a line for something of the reader's.
NAMES = {" KEY": " direction/bottom-up/csat/difference", " FOLDER ": " . "}
#: The least that makes a long command short; what stands last on a command line counts.
LEAST = ["--weeks", "60", "--replicates", "2", "--workers", "1"]
SHORTER = {"compare": LEAST, "sweep": [*LEAST, "--samples", "4"], "run": ["--weeks", "4"], "diff": ["--weeks", "4"]}
PYTHON = {
    "README.md": {"replicates=30": "replicates=1", '"experiments/direction.toml"': '"direction"'},
    "docs/analysis.md": {"replicates=2": "replicates=1", '"habit", "conviction"': '"habit"', "points=120": "points=40"},
    "docs/answers.md": {},
    "docs/own-mechanism.md": {'compare("direction", ': 'compare("direction", replicates=1, weeks=4, '},
    "docs/own-organisation.md": {'out="my-org/results': 'worlds=40, out="my-org/results', "worlds=200": "worlds=40"},
    "docs/experiments.md": {"samples=128": "samples=2", "replicates=8": "replicates=1"},
    "docs/replications.md": {},
}


def pages() -> list[str]:
    """Return the pages of the site and of the course that show code, by their path."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    found += [page for page in (ROOT / "teaching").rglob("*.md") if "slides" not in page.parts]
    names = sorted(page.relative_to(ROOT).as_posix() for page in found)
    return [name for name in names if name not in PRINTED]


def blocks(name: str) -> list[tuple[str, str, str]]:
    """Return kind, options and text of each block of code of a page."""
    return BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))


def lines(body: str) -> list[str]:
    """Return the command lines of a block without their comments."""
    stripped = (re.sub(r"\s+#.*", "", line).strip() for line in body.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def otherwise(line: str) -> str:
    """Return where a command is run that no test types as it stands; nothing if that is not declared."""
    return next((place for start, place in OTHERWISE.items() if f"{line} ".startswith(start)), "")


@pytest.mark.parametrize("name", pages())
def test_every_block_of_a_page_is_run_or_names_what_runs_it(name: str) -> None:
    in_order = name.removeprefix("docs/") in examples.PAGES
    for kind, options, body in blocks(name):
        if in_order and (kind in ("console", "python", "text") or "title=" in options):
            continue
        if kind == "toml":
            assert name in TOML, f"{name}: a block of TOML that no test reads"
        elif kind == "python":
            assert name in (*PYTHON, "docs/extending.md"), f"{name}: a block of Python that no test runs"
        else:
            assert kind in ("sh", ""), f"{name}: a block of {kind}"
            for line in lines(body):
                typed = name in TYPED and line.startswith("ccsim ")
                assert typed or otherwise(line), f"{name}: no test runs {line!r}"


def test_what_runs_a_command_otherwise_exists() -> None:
    assert not [place for place in OTHERWISE.values() if not (ROOT / place).exists()]


def test_no_page_hides_a_command_in_an_indented_block() -> None:
    for name in pages():
        text = BLOCK.sub("", (ROOT / name).read_text(encoding="utf-8"))
        assert not re.search(r"\n\n    (?:ccsim|python|pip|dask|from|import) ", text), name


def _named(line: str) -> str:
    """Return a command line with what exists in the place of a reader's names."""
    typed = f"{line} "
    for what, by in NAMES.items():
        typed = typed.replace(what, by)
    return typed


@pytest.mark.slow
@pytest.mark.parametrize("name", TYPED)
def test_the_commands_of_a_page_run_as_they_stand(
    name: str, small: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ccsim.game import Choice, play_through, save

    monkeypatch.chdir(tmp_path)
    typed = [line for kind, _, body in blocks(name) if kind in ("sh", "") for line in lines(body)]
    if name == "docs/answers.md":
        typed.insert(0, "ccsim compare direction")
    if name == "docs/own-mechanism.md":
        (tmp_path / "mood.py").write_text(blocks(name)[0][2], encoding="utf-8")
    if name == "docs/game.md":
        save(play_through([Choice()] * 12, 3), tmp_path / "my-game.json")
    for line in typed:
        if otherwise(line) and "--export" not in line and "--folder" not in line:
            continue
        words = shlex.split(_named(line))[1:]
        sizes = [word for key, value in small.items() for word in ("--set", f"{key}={value}")]
        more = [*SHORTER[words[0]], *sizes] if words[0] in SHORTER else []
        output = CliRunner().invoke(app, [*words, *more], env={"COLUMNS": "120"})
        assert output.exit_code == 0, f"{name}: {line}\n{output.output}\n{output.exception!r}"


@pytest.mark.slow
@pytest.mark.parametrize("name", PYTHON)
def test_the_python_of_a_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "page"}
    if name == "docs/own-organisation.md":
        assert not CliRunner().invoke(app, ["org", "new", "my-org"]).exit_code
        names["ccsim"] = importlib.import_module("ccsim")
    if name == "docs/own-mechanism.md":
        (tmp_path / "mood.py").write_text(blocks(name)[0][2], encoding="utf-8")
    for kind, _, body in blocks(name):
        if kind == "python":
            text = body
            if name == "docs/own-mechanism.md" and "@parameters" in body:
                continue  # the file itself, which the next block names
            for long, short in PYTHON[name].items():
                text = text.replace(long, short)
            exec(compile(text, name, "exec"), names)


def _scenario(text: str) -> None:
    from ccsim.scenarios.scenario import load_scenario

    Path("mine.toml").write_text(text, encoding="utf-8")
    assert load_scenario("mine.toml").title == "My idea"


def _experiment(text: str) -> None:
    from ccsim import load_experiment

    Path("mine.toml").write_text(text, encoding="utf-8")
    assert load_experiment("mine.toml").scenarios


def _claims(text: str) -> None:
    from ccsim.validation.claims.schema import load_claims

    Path("mine.toml").write_text(text, encoding="utf-8")
    assert [claim.id for claim in load_claims(folder=Path())] == ["X1"]


def _move(text: str) -> None:
    from ccsim.game.catalogue import catalogue

    wanted = set(tomllib.loads(text)["move"][0])
    shipped = tomllib.loads((ROOT / "src" / "ccsim" / "game" / "moves.toml").read_text(encoding="utf-8"))["move"]
    assert catalogue() and wanted <= set().union(*shipped)


def _targets(text: str) -> None:
    from ccsim.cli.calibrate import _read

    Path("mine.toml").write_text(text, encoding="utf-8")
    assert [target.outcome for target in _read(Path("mine.toml"))] == ["fcr"]


def _own(text: str) -> None:
    from ccsim.scenarios.scenario import load_scenario

    assert not CliRunner().invoke(app, ["org", "new", "my-org"]).exit_code
    Path("mine.toml").write_text(f'title = "Mine"\nextends = "nothing"\n{text}', encoding="utf-8")
    assert load_scenario("mine.toml").name == "mine"


#: What reads the block of TOML of each page.
TOML = {
    "docs/analysis.md": _targets,
    "docs/own-organisation.md": _own,
    "README.md": _scenario,
    "docs/experiments.md": _experiment,
    "docs/extending.md": _claims,
    "docs/game.md": _move,
}


@pytest.mark.parametrize("name", TOML)
def test_the_file_that_a_page_shows_is_accepted(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (text,) = [body for kind, _, body in blocks(name) if kind == "toml"]
    TOML[name](text)
