"""Files of a results folder that are missing, damaged or foreign: run again or told, never passed over."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.fuzz.results_folders import fuzzed

from ccsim.errors import ResultsError
from ccsim.execution.runner import run_experiment
from ccsim.experiments.experiment import Experiment
from ccsim.reports.query import query
from ccsim.reports.report import report
from ccsim.results import manifest as manifests
from ccsim.results.results import open_results

TABLES = ("runs", "departments", "segments", "interventions")


@pytest.fixture
def folder(small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a finished folder with several shards a table."""
    monkeypatch.setattr("ccsim.execution.scheduler.FLUSH_SECONDS", -1.0)
    run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    assert len(list((tmp_path / "r" / "runs").iterdir())) == 4
    return tmp_path / "r"


def shards(folder: Path, table: str) -> list[Path]:
    return sorted((folder / table).glob("*.parquet"))


@pytest.mark.parametrize("table", TABLES)
def test_a_run_that_one_table_lacks_is_reported_by_readers_and_run_again_by_resume(
    table: str, folder: Path, small_experiment: Experiment
) -> None:
    whole = open_results(folder).hash()
    shards(folder, table)[1].unlink()
    for read in (open_results, lambda place: query(place, "SELECT 1")):
        with pytest.raises(ResultsError, match=rf"8 runs had finished.*{table} \(6\).*ccsim resume"):
            read(folder)
    assert run_experiment(small_experiment, workers=1, out=folder, resume=True).hash() == whole
    assert open_results(folder).hash() == whole


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_gone_is_run_again(table: str, folder: Path, small_experiment: Experiment) -> None:
    whole = open_results(folder).hash()
    shutil.rmtree(folder / table)
    with pytest.raises(ResultsError, match=rf"{table} \(0\)"):
        open_results(folder)
    assert run_experiment(small_experiment, workers=1, out=folder, resume=True).hash() == whole


def test_any_flipped_bit_of_a_shard_is_reported(folder: Path, small_experiment: Experiment) -> None:
    path = shards(folder, "segments")[0]
    data = path.read_bytes()
    for place in (0, 5, len(data) // 2, len(data) - 300, len(data) - 6, len(data) - 1):
        path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        with pytest.raises(ResultsError, match=f"{path.name}: cannot be read.*remove it, and then: ccsim resume"):
            open_results(folder)
        with pytest.raises(ResultsError, match=f"{path.name}: cannot be read"):
            run_experiment(small_experiment, workers=1, out=folder, resume=True)


def test_pages_have_checksums_that_other_programs_check(folder: Path) -> None:
    path = shards(folder, "runs")[0]
    column = pq.read_metadata(path).row_group(0).column(5)
    data = bytearray(path.read_bytes())
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    with pytest.raises((OSError, pa.ArrowException), match=r"(?i)crc checksum"):
        pq.ParquetFile(pa.BufferReader(bytes(data)), page_checksum_verification=True).read()


@pytest.mark.parametrize("change", [
    lambda own: own.with_changes(seed=2),
    lambda own: own.with_changes(levers={"programme.budget": 1.0}),
    lambda own: replace(own, kpis=("csat",)),
])  # fmt: skip
def test_a_shard_of_another_experiment_is_reported(
    change: Callable[[Experiment], Experiment], folder: Path, small_experiment: Experiment, tmp_path: Path
) -> None:
    run_experiment(change(small_experiment), workers=1, out=tmp_path / "other")
    theirs, *_ = shards(tmp_path / "other", "runs")
    shutil.copy(theirs, folder / "runs" / theirs.name)
    with pytest.raises(ResultsError, match=f"{theirs.name}: belongs to other results"):
        open_results(folder)
    with pytest.raises(ResultsError, match=f"{theirs.name}: belongs to other results"):
        run_experiment(small_experiment, workers=1, out=folder, resume=True)
    (folder / "runs" / theirs.name).unlink()
    own = shards(folder, "runs")[0]
    shutil.copy(theirs, own)
    with pytest.raises(ResultsError, match=f"{own.name}: cannot be read"):
        open_results(folder)


def test_a_shard_of_other_sources_is_reported(
    folder: Path, small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "model_hash", lambda: "0" * 16)
    run_experiment(small_experiment, workers=1, out=tmp_path / "other")
    monkeypatch.undo()
    theirs, *_ = shards(tmp_path / "other", "interventions")
    shutil.copy(theirs, folder / "interventions")
    with pytest.raises(ResultsError, match=f"{theirs.name}: belongs to other results"):
        open_results(folder)


def test_a_shard_with_another_schema_is_reported(folder: Path, small_experiment: Experiment) -> None:
    path = shards(folder, "runs")[0]
    pq.write_table(pq.read_table(path).drop_columns(["csat"]), path)
    with pytest.raises(ResultsError, match=f"{path.name}: cannot be read"):
        run_experiment(small_experiment, workers=1, out=folder, resume=True)
    path.rename(path.with_name("mine.parquet"))
    with pytest.raises(ResultsError, match=r"mine\.parquet: was not written by ccsim"):
        open_results(folder)


def test_a_shard_in_the_wrong_table_is_reported(folder: Path) -> None:
    shutil.copy(shards(folder, "runs")[0], folder / "departments")
    with pytest.raises(ResultsError, match="belongs in the folder runs"):
        open_results(folder)


def test_a_manifest_of_other_results_is_reported_and_no_shard_is_blamed(
    folder: Path, small_experiment: Experiment, tmp_path: Path
) -> None:
    for other in (small_experiment.with_changes(seed=2), replace(small_experiment, report_weeks=(3,))):
        shutil.rmtree(tmp_path / "other", ignore_errors=True)
        run_experiment(other, workers=1, out=tmp_path / "other")
        shutil.copy(tmp_path / "other" / "manifest.json", folder)
        with pytest.raises(ResultsError, match=r"manifest\.json: does not belong to the files next to it") as output:
            open_results(folder)
        assert "remove" not in str(output.value)
        with pytest.raises(ResultsError, match=r"manifest\.json: does not belong to the files next to it"):
            run_experiment(other, workers=1, out=folder, resume=True)


def test_copies_and_what_systems_leave_in_folders_change_nothing(folder: Path, small_experiment: Experiment) -> None:
    whole = open_results(folder).hash()
    for table in TABLES:
        path = shards(folder, table)[0]
        shutil.copy(path, path.with_name("copy of a part.parquet"))
        path.rename(path.with_name(path.name.upper()))  # as some file systems write names
        for name in (".DS_Store", "Thumbs.db", f"._{path.name}"):
            (folder / table / name).write_bytes(b"anything")
    assert open_results(folder).hash() == whole
    assert query(folder, "SELECT count(*) AS n FROM runs")["n"][0] == 2 * 4 * 16
    assert run_experiment(small_experiment, workers=1, out=folder, resume=True).hash() == whole


@pytest.mark.parametrize("key", sorted(set(manifests.Manifest.model_fields) - {"mechanisms"}))
def test_each_key_of_the_manifest_that_is_missing_or_of_another_type_is_one_message(
    key: str, folder: Path, small_experiment: Experiment
) -> None:
    path = folder / "manifest.json"
    data: dict[str, Any] = json.loads(path.read_text())
    odd: list[Any] = [{name: value for name, value in data.items() if name != key}]
    odd += [{**data, key: value} for value in (3.5, True, [7], {"a": [1]}, [None])]
    # Folders of former versions do not say their format.
    output = r"manifest\.json: (is in format 1|'format')" if key == "format" else rf"manifest\.json: '{key}'"
    for one in odd:
        path.write_text(json.dumps(one))
        with pytest.raises(ResultsError, match=output):
            open_results(folder)
        with pytest.raises(ResultsError, match=output):
            run_experiment(small_experiment, workers=1, out=folder, resume=True)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"9" * 5000, '{"é": 1}'.encode("utf-16"), b"\xff\x00"]
)
def test_a_torn_manifest_is_one_message(data: bytes, folder: Path, ccsim: Callable[..., Any]) -> None:
    (folder / "manifest.json").write_bytes(data)
    for words in (("resume", folder), ("report", folder), ("query", folder, "SELECT 1")):
        output = ccsim(*words, cwd=folder.parent)
        assert output.returncode == 1
        assert f"{folder}/manifest.json: " in output.stderr
        assert len(output.stderr.splitlines()) == 1


def test_an_experiment_that_was_edited_in_the_manifest_is_reported(folder: Path) -> None:
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    data["experiment"]["replicates"] = 5
    path.write_text(json.dumps(data))
    with pytest.raises(ResultsError, match=r"manifest\.json: 'experiment' or 'points' was changed"):
        open_results(folder)


def test_a_scenario_file_that_was_damaged_is_written_anew(folder: Path, small_experiment: Experiment) -> None:
    path = folder / "scenarios" / "busy.toml"
    before = path.read_bytes()
    path.write_bytes(before[:10])
    run_experiment(small_experiment, workers=1, out=folder, resume=True)
    assert path.read_bytes() == before


def test_a_folder_is_read_while_its_files_are_merged(
    folder: Path, small_experiment: Experiment, monkeypatch: Any
) -> None:
    from ccsim.results import parquet

    opened = open_results(folder)
    whole = run_experiment(small_experiment, workers=1).tables["segments"]
    monkeypatch.setattr(parquet, "COMPACT_AT", 2)
    for table in TABLES:
        parquet.compact(folder / table)
    assert opened.segments.equals(whole)


def test_damaged_folders_are_reported_or_right(tmp_path: Path) -> None:
    """A short run of the generator; ``python -m benchmarks.fuzz.results_folders`` makes a long one."""
    wrong: list[str] = []
    counts = fuzzed(40, 3, tmp_path, wrong.append)
    assert wrong == []
    assert counts["clear"] > 40 and counts["accepted"] > 10


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("report.html", "link"),
        ("manifest.json.tmp", "broken link"),
        ("new", "link to a folder"),
        ("runs/x.parquet", "pipe"),
    ],
)
def test_a_folder_with_links_or_pipes_is_refused_before_anything_is_read_or_written(
    place: str, kind: str, folder: Path, small_experiment: Experiment, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    path = folder / place
    if kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has no pipes with a name")
        os.mkfifo(path)
    else:
        path.symlink_to({"link": victim, "broken link": tmp_path / "none", "link to a folder": tmp_path}[kind])
    resume = partial(run_experiment, small_experiment, workers=1, resume=True)
    for act in (open_results, lambda one: resume(out=one), report):
        with pytest.raises(ResultsError, match=f"{path.name}: is a (link|pipe).*Remove it"):
            act(folder)
    assert victim.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "none").exists()
