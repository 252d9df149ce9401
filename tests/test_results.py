import json
from pathlib import Path

import pytest

from ccsim.errors import ResultsError
from ccsim.experiment import Experiment
from ccsim.results import locked, open_results
from ccsim.run import run_experiment
from ccsim.scenario import load


@pytest.fixture
def folder(small_experiment: Experiment, tmp_path: Path) -> Path:
    run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    return tmp_path / "r"


def test_a_folder_holds_tidy_tables_scenarios_and_how_to_make_them_again(folder: Path) -> None:
    results = open_results(folder)
    assert list(results.runs.columns[:4]) == ["scenario", "replicate", "seed", "week"]
    assert set(results.departments["department"]) == {0, 1, 2}
    assert set(results.segments["segment"]) == {0, 1, 2}
    assert set(results.events["label"]) == {"The hero leaves"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "complete"
    assert {"python", "ccsim", "mesa", "numpy"} <= set(manifest["versions"])
    assert load(folder / "scenarios" / "busy.toml").levers == results.experiment.scenarios["busy"].levers


def test_parquet_is_read_by_pandas_alone(folder: Path) -> None:
    import pandas as pd

    assert len(pd.read_parquet(folder / "runs")) == 2 * 4 * 16


def test_a_torn_temporary_file_is_passed_over_and_swept_up(folder: Path, small_experiment: Experiment) -> None:
    before = open_results(folder).hash()
    (folder / "runs" / "part-x.parquet.tmp").write_bytes(b"PAR1 torn")
    assert open_results(folder).hash() == before
    assert run_experiment(small_experiment, workers=1, out=folder, resume=True).hash() == before
    assert not list(folder.rglob("*.tmp"))


def test_a_torn_shard_is_one_clear_message(folder: Path) -> None:
    next((folder / "runs").glob("*.parquet")).write_bytes(b"PAR1 torn")
    with pytest.raises(ResultsError, match=r"part-.*cannot be read.*--resume"):
        open_results(folder)


def test_folders_that_do_not_fit_are_refused(folder: Path, small_experiment: Experiment, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="already holds results"):
        run_experiment(small_experiment, workers=1, out=folder)
    with pytest.raises(ResultsError, match="another experiment"):
        run_experiment(small_experiment.changed(weeks=9), workers=1, out=folder, resume=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ResultsError, match="not results of ccsim"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "mine")
    with pytest.raises(ResultsError, match="cannot be written"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "mine" / "thesis.txt")
    with pytest.raises(ResultsError, match="no results folder"):
        open_results(tmp_path / "mine")


def test_another_version_is_refused(folder: Path, small_experiment: Experiment) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"sources": "', '"sources": "0'))
    with pytest.raises(ResultsError, match="another version"):
        run_experiment(small_experiment, workers=1, out=folder, resume=True)


def test_two_processes_cannot_write_to_one_folder(small_experiment: Experiment, tmp_path: Path) -> None:
    with locked(tmp_path / "r"), pytest.raises(ResultsError, match="another process"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "r")
