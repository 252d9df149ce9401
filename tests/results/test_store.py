"""What disks and kills do to a store, for real where this machine allows it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ccsim.engine.jit import MODEL_SOURCES
from ccsim.errors import ResultsError
from ccsim.execution.machine import Machine
from ccsim.execution.runner import run_experiment
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment
from ccsim.results import parquet
from ccsim.results.results import open_results
from ccsim.results.store import Store
from ccsim.simulation.simulation import replicate_seed, simulate

ROOT = os.name == "posix" and os.geteuid() == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of a few hundred kilobytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = ROOT and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)], capture_output=True, check=False
    ).returncode == 0  # fmt: skip
    if not mounted:
        pytest.skip("needs the right to mount a small tmpfs")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_full_disk_loses_nothing_and_says_what_to_do(
    small_disk: Path, small_experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccsim.execution.scheduler.FLUSH_SECONDS", 0.0)
    # There is room at the start: another program fills the disk in the meantime.
    monkeypatch.setattr("ccsim.execution.forecast.this_machine", lambda folder: Machine())
    experiment = small_experiment.with_changes(replicates=40)
    filler = small_disk / "filler"
    filler.write_bytes(b"0" * 150_000)
    with pytest.raises(ResultsError, match=r"No space left.*runs? kept.*Free disk space, then run: ccsim resume"):
        run_experiment(experiment, workers=1, out=small_disk / "r")
    kept = open_results(small_disk / "r").runs[["scenario", "replicate"]].drop_duplicates()
    assert 0 < len(kept) < 80
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    counted: list[int] = []
    again = run_experiment(
        experiment, workers=1, out=small_disk / "r", resume=True, progress=lambda done, *_: counted.append(done)
    )
    assert counted[0] == len(kept)
    assert again.hash() == run_experiment(experiment, workers=1).hash()


def test_a_folder_that_may_only_be_read_is_one_message(small_disk: Path, small_experiment: Experiment) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(ResultsError, match=r"cannot be written \(Read-only file system\)"):
        run_experiment(small_experiment, workers=1, out=small_disk / "r")


def put(store: Store, replicate: int, name: str) -> None:
    experiment = store.experiment
    run = simulate(experiment.scenarios[name], replicate_seed(experiment.seed, replicate), experiment.weeks)
    store.add(replicate, replace(run, scenario=name))
    store.flush()


def test_many_small_shards_become_few_and_say_the_same(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "COMPACT_AT", 3)
    store = Store.create(tmp_path / "r", small_experiment, [], False)
    for replicate in range(4):
        for name in small_experiment.scenarios:
            put(store, replicate, name)
    names = sorted(path.name[:5] for path in (tmp_path / "r" / "runs").iterdir())
    assert names == ["part-", "part-", "whole", "whole"]
    assert open_results(tmp_path / "r").hash() == run_experiment(small_experiment, workers=1).hash()


def test_a_kill_between_a_merged_shard_and_the_removal_of_its_parts_counts_nothing_twice(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "COMPACT_AT", 2)
    store = Store.create(tmp_path / "r", small_experiment, [], False)
    monkeypatch.setattr(Path, "unlink", lambda path, missing_ok=False: None)
    put(store, 0, "nothing")
    put(store, 0, "busy")
    monkeypatch.undo()
    assert len(list((tmp_path / "r" / "runs").iterdir())) == 3
    assert len(open_results(tmp_path / "r").runs) == 2 * 16
    assert run_experiment(small_experiment, workers=1, out=tmp_path / "r", resume=True).hash() == run_experiment(
        small_experiment, workers=1).hash()  # fmt: skip


def test_points_that_another_library_would_draw_are_refused(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = small_experiment.with_design(Design("sobol", ("programme.budget",), samples=2)).with_changes(
        replicates=1
    )
    run_experiment(experiment, workers=1, out=tmp_path / "r")
    monkeypatch.setattr(Design, "digest", lambda self: "other")
    with pytest.raises(ResultsError, match="other points here than when it was started"):
        run_experiment(experiment, workers=1, out=tmp_path / "r", resume=True)


def test_duckdb_and_pandas_read_a_store_as_it_is(small_experiment: Experiment, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    found = duckdb.sql(f"select count(*), count(distinct scenario) from '{tmp_path}/r/runs/*.parquet'").fetchall()
    assert found == [(2 * 4 * 16, 2)]


def test_every_module_that_a_run_imports_is_part_of_its_identity() -> None:
    """What can change a number must change the hash; a module that only words, reads or stores need not."""
    import grimp

    graph = grimp.build_graph("ccsim", exclude_type_checking_imports=True)
    needed, ahead = {"ccsim.simulation.simulation"}, ["ccsim.simulation.simulation"]
    while ahead:
        new = graph.find_modules_directly_imported_by(ahead.pop()) - needed - {"ccsim"}
        needed |= new
        ahead += new
    packages = {name.split(".")[1] for name in needed}
    assert packages - {"errors"} <= set(MODEL_SOURCES)


def test_the_manifest_keeps_the_first_command_and_says_where_it_was_made(
    small_experiment: Experiment, tmp_path: Path
) -> None:
    first = run_experiment(small_experiment, workers=1, out=tmp_path / "r", command=["ccsim", "compare", "x"]).manifest
    again = run_experiment(small_experiment, workers=1, out=tmp_path / "r", resume=True, command=["other"]).manifest
    assert (again["command"], again["started"]) == (first["command"], first["started"])
    assert {"system", "machine"} == set(again["environment"])


def test_runs_that_a_kill_left_in_two_small_shards_are_merged_once(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_experiment(small_experiment, workers=1, out=tmp_path / "r").hash()
    for path in list((tmp_path / "r").rglob("part-*.parquet")):
        (path.parent / f"part-0{path.name[6:]}").write_bytes(path.read_bytes())
    monkeypatch.setattr(parquet, "COMPACT_AT", 2)
    for table in ("segments", "departments", "runs", "interventions"):
        parquet.compact(tmp_path / "r" / table)
    assert not list((tmp_path / "r").rglob("part-*.parquet"))
    assert open_results(tmp_path / "r").hash() == whole
