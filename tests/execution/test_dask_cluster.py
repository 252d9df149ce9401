"""A real scheduler and real workers, each a process of its own on the loopback address."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccsim.execution import dask_cluster
from ccsim.execution.dask_cluster import ClusterError
from ccsim.execution.runner import run_experiment
from ccsim.experiments.experiment import Experiment
from ccsim.results.results import open_results

pytest.importorskip("distributed")


@pytest.fixture
def scheduling(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a scheduler on a free port."""
    command = ["-m", "distributed.cli.dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard"]
    process = started([*command, "--scheduler-file", str(tmp_path / "scheduler.json")], tmp_path)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def scheduler(scheduling: subprocess.Popen[bytes], tmp_path: Path) -> str:
    """Return the address of a scheduler, once it has one."""
    file = tmp_path / "scheduler.json"
    until = time.monotonic() + 120
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    return str(json.loads(file.read_text())["address"])


def started(words: list[str], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def worker(address: str, folder: Path) -> subprocess.Popen[bytes]:
    words = ["-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
    return started([*words, "--local-directory", str(folder)], folder)


def test_two_workers_of_which_one_is_killed_give_the_same_result(
    scheduler: str, small_experiment: Experiment, tmp_path: Path
) -> None:
    experiment = small_experiment.with_changes(replicates=60)
    whole = run_experiment(experiment, workers=1).hash()
    workers = [worker(scheduler, tmp_path) for _ in range(2)]
    killed: list[int] = []

    def kill(done: int, planned: int, failed: int) -> None:
        if done >= 20 and not killed:
            os.kill(workers[0].pid, signal.SIGKILL)
            killed.append(done)

    try:
        results = run_experiment(experiment, out=tmp_path / "r", scheduler=scheduler, progress=kill)
    finally:
        for one in workers:
            one.kill()
            one.wait()
    assert killed
    assert results.hash() == whole == open_results(tmp_path / "r").hash()
    assert results.manifest["failures"] == []


def test_a_scheduler_without_workers_or_none_at_all_is_one_message(
    scheduler: str, small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "TIMEOUT", 2.0)
    with pytest.raises(ClusterError, match="has no workers; start some with: dask worker"):
        run_experiment(small_experiment, out=tmp_path / "r", scheduler=scheduler)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        with pytest.raises(ClusterError, match="cannot be reached"):
            run_experiment(small_experiment, out=tmp_path / "s", scheduler=address, resume=True)


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_a_scheduler_that_dies_is_one_message_and_what_has_finished_is_kept(
    signal_number: int,
    scheduling: subprocess.Popen[bytes],
    scheduler: str,
    small_experiment: Experiment,
    tmp_path: Path,
) -> None:
    experiment = small_experiment.with_changes(replicates=200)
    far, killed = worker(scheduler, tmp_path), []

    def kill(done: int, planned: int, failed: int) -> None:
        if done >= 20 and not killed:
            scheduling.send_signal(signal_number)
            killed.append(done)

    try:
        with pytest.raises(ClusterError, match=r"scheduler tcp://.*: is gone.*ccsim resume"):
            run_experiment(experiment, out=tmp_path / "r", scheduler=scheduler, progress=kill)
    finally:
        far.kill()
        far.wait()
    results = open_results(tmp_path / "r")
    assert results.manifest["status"] == "interrupted"
    assert 20 <= results.manifest["runs"]["done"] < 400


def test_workers_of_another_version_are_refused(small_experiment: Experiment) -> None:
    with pytest.raises(ClusterError, match="another version"):
        dask_cluster.remote_task(json.dumps(small_experiment.resolved()), "0", (0, ("nothing",)))


@pytest.mark.slow
def test_an_organisation_is_fitted_on_a_cluster_as_on_this_machine(scheduler: str, tmp_path: Path) -> None:
    import pandas as pd
    from typer.testing import CliRunner

    from ccsim.cli.main import app

    folder = tmp_path / "o"
    folder.mkdir()
    sizes = "[sizes]\nstaff = 20\ndepartments = 2\nfront_departments = 1\ncustomers = 100\nwarm_up = 2\n"
    (folder / "organisation.toml").write_text(sizes)
    days = pd.date_range("2022-03-31", periods=8, freq="QE")
    rows = "".join(f"{day:%Y-%m-%d},csat,{70 + k % 3},6\n" for k, day in enumerate(days))
    (folder / "history.csv").write_text("date,kpi,value,error\n" + rows)
    words = ["org", "fit", str(folder), "--worlds", "40", "--worlds-from", "declared"]
    fitted = []
    one = worker(scheduler, tmp_path)
    try:
        for where in (["--scheduler", scheduler], ["--workers", "1"]):
            output = CliRunner().invoke(app, [*words, *where], catch_exceptions=False)
            assert output.exit_code == 0, output.output
            fitted.append(pd.read_parquet(folder / "fitted.parquet"))
    finally:
        one.kill()
        one.wait()
    pd.testing.assert_frame_equal(*fitted)
