"""The examples on the pages of the site run, and print what the pages show."""

from __future__ import annotations

import importlib
import re
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / "docs" / "hooks"

pytestmark = pytest.mark.skipif(not HOOKS.exists(), reason="the tests run outside the repository")
sys.path.insert(0, str(HOOKS))
examples = importlib.import_module("run_examples") if HOOKS.exists() else None
sys.path.remove(str(HOOKS))
BLOCK = re.compile(r"^```(sh|console|)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", examples.PAGES if examples else [])
def test_a_page_shows_what_its_examples_print(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = (ROOT / "docs" / name).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    now = examples.run_page(kept)
    assert not examples.drift(kept, now), "run python docs/hooks/run_examples.py"


def test_a_changed_number_or_word_is_drift_and_a_rounded_digit_is_none() -> None:
    assert not examples.drift("csat 74.6 ±1.0\n", "csat 74.7 ±1.0\n")
    assert examples.drift("csat 74.6\n", "csat 74.9\n")
    assert examples.drift("csat 74.6 better\n", "csat 74.6 worse\n")
    assert examples.drift("one\n", "one\ntwo\n")


def test_a_failing_command_stops_the_run() -> None:
    with pytest.raises(RuntimeError, match="ended with"):
        examples.run_page("```console\n$ ccsim describe no-such-scenario\n```")


def pages() -> list[str]:
    """Return the pages whose commands are checked word by word."""
    outside = ["README.md", "CONTRIBUTING.md"]
    inside = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]
    return [*outside, *(name for name in inside if not name.endswith(("odd.md", "model-history.md")))]


@pytest.mark.parametrize("name", pages())
def test_every_command_on_a_page_exists_with_its_options(name: str) -> None:
    from typer.main import get_command

    from ccsim.cli.main import app

    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for _, body in BLOCK.findall(text) for line in body.splitlines()]
    for line in lines:
        found = re.match(r"(?:\$ |    )?(ccsim [^#|&]+)", line)
        if found is None:
            continue
        command, words = get_command(app), shlex.split(found[1])[1:]
        while words and words[0] in getattr(command, "commands", {}):
            command, words = command.commands[words[0]], words[1:]  # type: ignore[attr-defined]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help", "--version"}
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert used <= known, f"{name}: {line}"
        assert command is not get_command(app) or not words or words[0].startswith("-"), f"{name}: {line}"
