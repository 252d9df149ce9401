"""The commands of the tutorial run as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccsim.cli.main import app
from ccsim.organisations.columns import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "own-organisation.md"
SLOW = ("fit", "backtest", "forecast", "decide")


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines() if line.startswith("ccsim ")]


def run(words: list[str]) -> None:
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, (words, result.output)


def test_the_quick_commands_of_the_tutorial_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quick = [words for words in commands() if words[0] == "org" and words[1] not in SLOW]
    assert [words[1] for words in quick] == ["new", "check", "show", "assess"]
    for words in quick:
        run(words)


@pytest.mark.slow
def test_the_whole_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in commands():
        run([*words, "--worlds", "80"] if words[1] in SLOW else words)


def test_the_page_names_every_file_and_every_column() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for kind in KINDS.values():
        line = next(row for row in text.splitlines() if row.startswith(f"| `{kind.name}.csv`"))
        assert all(re.search(rf"\b{column.name}\b", line) for column in kind.columns), kind.name
        needed = {column.name for column in kind.columns if column.needed}
        assert set(re.findall(r"\*\*(\w+)\*\*", line)) == needed


def test_the_class_exercise_runs_from_an_empty_folder_to_what_answers_narrow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (PAGE.parents[1] / "teaching" / "student" / "assess.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    typed = [shlex.split(line)[1:] for line in re.findall(r"^ccsim .*$", page, re.MULTILINE)]
    new, form, add, check = typed
    run(new)
    for file in Path("known").glob("*.csv"):
        file.unlink()
    toml = "[sizes]\nstaff = 60\ndepartments = 4\nfront_departments = 2\ncustomers = 500\n"
    Path("known/organisation.toml").write_text(toml)
    run(form)
    assert Path(form[-1]).is_file()
    for number, file in enumerate(word for word in add if word.endswith(".csv")):
        rows = [f"staff,L1,{1 + (number + k) % 5}" for k in range(6)]
        Path(file).write_text("tier,item,answer\n" + "\n".join(rows) + "\n")
    output = CliRunner().invoke(app, add, catch_exceptions=False).output
    assert "mean 2.8 of 12 answers: leadership.executive_disposition between" in output
    run(check)
