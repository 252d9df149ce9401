import json
from dataclasses import replace
from pathlib import Path

import pytest

from ccsim.errors import ResultsError
from ccsim.execution.runner import replicate_seed, run_experiment, run_task
from ccsim.experiments.experiment import Experiment
from ccsim.results.results import open_results
from ccsim.results.store import Store, locked
from ccsim.scenarios.scenario import Intervention, load_scenario
from ccsim.simulation.simulation import simulate


@pytest.fixture
def folder(small_experiment: Experiment, tmp_path: Path) -> Path:
    run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    return tmp_path / "r"


def test_a_folder_holds_tidy_tables_scenarios_and_how_to_make_them_again(folder: Path) -> None:
    results = open_results(folder)
    assert list(results.runs.columns[:4]) == ["scenario", "replicate", "seed", "week"]
    assert set(results.departments["department"]) == {0, 1, 2}
    assert set(results.segments["segment"]) == {0, 1, 2}
    assert set(results.interventions["label"]) == {"The hero leaves"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "complete"
    assert {"python", "ccsim", "mesa", "numpy"} <= set(manifest["versions"])
    assert load_scenario(folder / "scenarios" / "busy.toml").levers == results.experiment.scenarios["busy"].levers


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
    with pytest.raises(ResultsError, match=r"part-.*cannot be read.*ccsim resume"):
        open_results(folder)


def test_folders_that_do_not_fit_are_refused(folder: Path, small_experiment: Experiment, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="contains results already"):
        run_experiment(small_experiment, workers=1, out=folder)
    with pytest.raises(ResultsError, match="another experiment"):
        run_experiment(small_experiment.with_changes(weeks=9), workers=1, out=folder, resume=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ResultsError, match="not results of ccsim"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "mine")
    with pytest.raises(ResultsError, match="cannot be written"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "mine" / "thesis.txt")
    with pytest.raises(ResultsError, match="not a results folder"):
        open_results(tmp_path / "mine")


def test_another_version_is_refused(folder: Path, small_experiment: Experiment) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"sources": "', '"sources": "0'))
    with pytest.raises(ResultsError, match="another version"):
        run_experiment(small_experiment, workers=1, out=folder, resume=True)


def test_two_processes_cannot_write_to_one_folder(small_experiment: Experiment, tmp_path: Path) -> None:
    with locked(tmp_path / "r"), pytest.raises(ResultsError, match="another process"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "r")


def stored(store: Store, replicate: int, *names: str) -> None:
    """Put runs into a store and write them as one shard."""
    for name in names:
        experiment = store.experiment
        seed = replicate_seed(experiment.seed, replicate)
        store.add(replicate, simulate(experiment.scenarios[name], seed, experiment.weeks))
    store.flush()


def test_shards_with_and_without_events_are_read_together(small_experiment: Experiment, tmp_path: Path) -> None:
    import pandas as pd

    store = Store.create(tmp_path / "r", small_experiment, [], False)
    stored(store, 0, "nothing")
    stored(store, 0, "busy")
    assert len(list((tmp_path / "r" / "interventions").iterdir())) == 2
    assert list(open_results(tmp_path / "r").interventions["label"]) == ["The hero leaves"]
    assert list(pd.read_parquet(tmp_path / "r" / "interventions")["label"]) == ["The hero leaves"]


def test_two_moves_of_one_label_in_one_week_are_two_events(small_experiment: Experiment) -> None:
    quiet = small_experiment.scenarios["nothing"]
    moves = tuple(
        Intervention.create({key: 1.0}, week=3, label="same") for key in ("programme.budget", "scorecards.strength")
    )
    twice = replace(small_experiment, scenarios={"nothing": replace(quiet, schedule=moves)}).with_changes(replicates=1)
    assert list(run_experiment(twice, workers=1).interventions["label"]) == ["same", "same"]


def test_what_a_kill_between_two_tables_leaves_is_passed_over_and_never_counted_twice(
    small_experiment: Experiment, tmp_path: Path
) -> None:
    whole = run_experiment(small_experiment, workers=1).hash()
    store = Store.create(tmp_path / "r", small_experiment, [], False)
    stored(store, 0, "nothing", "busy")
    stored(store, 1, "nothing", "busy")
    kept = open_results(tmp_path / "r").hash()
    before = set((tmp_path / "r" / "runs").iterdir())
    stored(store, 2, "nothing", "busy")
    (torn,) = set((tmp_path / "r" / "runs").iterdir()) - before
    torn.unlink()
    assert open_results(tmp_path / "r").hash() == kept
    assert run_experiment(small_experiment, workers=1, out=tmp_path / "r", resume=True).hash() == whole


@pytest.mark.parametrize("torn", [False, True])
def test_a_kill_before_the_manifest_is_whole_leaves_a_folder_that_can_be_used(
    torn: bool, small_experiment: Experiment, tmp_path: Path
) -> None:
    (tmp_path / "r").mkdir()
    if torn:
        (tmp_path / "r" / "manifest.json.tmp").write_bytes(b"{")
    assert run_experiment(small_experiment, workers=1, out=tmp_path / "r", resume=True).manifest["status"] == "complete"
    assert not list(tmp_path.rglob("*.tmp"))


def test_the_manifest_is_the_first_file_that_is_written(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ccsim.results import store

    written: list[Path] = []
    monkeypatch.setattr(store, "write_atomic", lambda path, data, **options: written.append(path))
    Store.create(tmp_path / "r", small_experiment, [], False)
    assert written[0].name == "manifest.json"


def test_scenarios_whose_names_clash_as_files_or_are_long_each_get_a_file(
    small_experiment: Experiment, tmp_path: Path
) -> None:
    quiet = small_experiment.scenarios["nothing"]
    names = ("a/b", "a:b", "A_b", "v" * 300, "ü" * 300)
    several = {name: quiet.with_values({"programme.budget": float(k)}) for k, name in enumerate(names)}
    experiment = replace(small_experiment, baseline="a/b", scenarios=several).with_changes(replicates=1)
    run_experiment(experiment, workers=1, out=tmp_path / "r")
    budgets = {load_scenario(path).levers["programme.budget"] for path in (tmp_path / "r" / "scenarios").iterdir()}
    assert budgets == {0.0, 1.0, 2.0, 3.0, 4.0}


def test_the_current_folder_takes_results(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "r").mkdir()
    monkeypatch.chdir(tmp_path / "r")
    assert len(run_experiment(small_experiment, workers=1, out=".").runs) == 2 * 4 * 16


def test_a_place_that_cannot_be_written_is_one_message(small_experiment: Experiment, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file" / "r", tmp_path / "file" / "deep" / "r", tmp_path / ("v" * 300)):
        with pytest.raises(ResultsError, match="cannot be written"):
            run_experiment(small_experiment, workers=1, out=out)


def test_tables_that_are_read_later_say_nothing_of_runs_that_came_in_the_meantime(
    small_experiment: Experiment, tmp_path: Path
) -> None:
    fewer = small_experiment.with_changes(replicates=2)
    run_experiment(fewer, workers=1, out=tmp_path / "r")
    opened = open_results(tmp_path / "r")
    store = Store.create(tmp_path / "r", fewer, [], resume=True)
    task = (2, ("nothing", "busy"))
    for run in run_task(small_experiment, task).runs:
        store.add(2, run)
    store.flush()
    assert set(open_results(tmp_path / "r").runs["replicate"]) == {0, 1, 2}
    for name, table in opened.tables.items():
        assert set(table["replicate"]) == {0, 1}, name
    with pytest.raises(KeyError):
        opened.tables["summaries"]
