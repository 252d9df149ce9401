from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccsim.cli.main import app
from ccsim.errors import InputError
from ccsim.validation.facts.history import FILE, Version, read_history, record
from ccsim.validation.facts.measures import Estimate
from ccsim.validation.facts.schema import load_studies
from ccsim.validation.facts.scorecard import Score

HISTORY = Path(__file__).parents[3] / "docs" / "model-history.md"


def test_the_history_on_record_is_the_one_that_the_page_tells() -> None:
    text = HISTORY.read_text(encoding="utf-8")
    for one in read_history():
        assert f"| {one.inside} | {one.undecided} | {one.outside} |" in text, one.model
        assert len(one.out) in (0, one.outside)


def test_a_scorecard_is_kept_under_its_name_and_takes_the_place_of_the_former(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("model,sources,runs,inside,undecided,outside,out\nold,abc,1,2,1,1,x\n")
    study = load_studies(["technology"])[0]
    scores = [Score(study, fact, Estimate(9.0, 9.0, 9.0, 3)) for fact in study.facts]
    record(scores, "new", "def", 1.0, tmp_path)
    record(scores, "new", "ghi", 0.5, tmp_path)
    assert read_history(tmp_path) == [
        Version("old", "abc", 1.0, 2, 1, 1, ("x",)),
        Version("new", "ghi", 0.5, 1, 0, 1, ("technology-alone",)),
    ]


def test_a_row_that_cannot_be_read_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("model,sources,runs,inside,undecided,outside,out\nold,abc,1,two,1,1,x\n")
    with pytest.raises(InputError, match=r"history\.csv: line 2: must have the columns model, sources"):
        read_history(tmp_path)


def test_the_command_shows_the_history_and_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    output = CliRunner().invoke(app, ["validate", "--history"])
    assert output.exit_code == 0 and "release 0.2.0" in output.output and not list(tmp_path.iterdir())
    refused = CliRunner().invoke(app, ["validate", "units", "--record", "mine"])
    assert refused.exit_code == 2 and "scorecards of all facts" in refused.output
