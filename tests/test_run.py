import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ccsim import run as running
from ccsim.errors import InputError
from ccsim.experiment import Experiment
from ccsim.results import open_results
from ccsim.run import replicate_seed, run_experiment


def test_one_and_two_workers_and_memory_give_one_result(small_experiment: Experiment, tmp_path: Path) -> None:
    one = run_experiment(small_experiment, workers=1, out=tmp_path / "one")
    two = run_experiment(small_experiment, workers=2, out=tmp_path / "two")
    kept = run_experiment(small_experiment, workers=1)
    assert one.hash() == two.hash() == kept.hash()
    assert len(one.runs) == 2 * 4 * 16


def test_replicates_pair_and_do_not_repeat(small_experiment: Experiment) -> None:
    seeds = run_experiment(small_experiment, workers=1).runs.groupby("replicate")["seed"].unique()
    assert [list(row) for row in seeds] == [[replicate_seed(1, replicate)] for replicate in range(4)]


def test_resuming_computes_only_what_is_missing_and_ends_the_same(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_experiment(small_experiment, workers=1).hash()
    first = running.do_task
    done = []

    def stops(experiment: Experiment, task: running.Task) -> running.Done:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(task)
        return first(experiment, task)

    monkeypatch.setattr(running, "do_task", stops)
    with pytest.raises(running.Interrupted, match="4 of 8 runs are kept"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    assert len(open_results(tmp_path / "r").runs) == 4 * 16
    again = []
    monkeypatch.setattr(running, "do_task", lambda e, task: (again.append(task), first(e, task))[1])
    assert run_experiment(small_experiment, workers=1, out=tmp_path / "r", resume=True).hash() == whole
    assert not {task[0] for task in again} & {task[0] for task in done}


def test_a_failing_run_takes_no_other_with_it(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = running.simulate

    def fails(scenario, seed, weeks):  # type: ignore[no-untyped-def]
        if scenario.name == "busy" and seed == replicate_seed(1, 2):
            raise RuntimeError("out of luck")
        return real(scenario, seed, weeks)

    monkeypatch.setattr(running, "simulate", fails)
    results = run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    assert len(results.runs) == 7 * 16
    (failure,) = results.manifest["failures"]
    assert (failure["scenario"], failure["replicate"]) == ("busy", 2)
    assert "out of luck" in failure["error"]
    assert results.manifest["status"] == "incomplete"


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_an_impossible_number_of_workers_is_refused(workers: object, small_experiment: Experiment) -> None:
    with pytest.raises(InputError, match="workers"):
        run_experiment(small_experiment, workers=workers)  # type: ignore[arg-type]


SCRIPT = textwrap.dedent("""
    import os, sys, time
    import ccsim, ccsim.run
    def main():
        experiment = ccsim.load_experiment("direction").changed(
            replicates=300, weeks=40,
            levers={"organisation.staff": 60, "organisation.customers": 600, "organisation.warm_up": 10})
        def show(done, planned, failed):
            print(done, flush=True)
        try:
            print(ccsim.run.run_experiment(experiment, workers=2, out=sys.argv[1], resume=len(sys.argv) > 2, progress=show).hash())
        except ccsim.CcsimError as error:
            print("ended:", error)
    if __name__ == "__main__":
        main()
""")


def start(script: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(script), *arguments], stdout=subprocess.PIPE, text=True)


def wait_for_runs(process: subprocess.Popen[str], count: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip().isdigit() and int(line) >= count:
            return


def children(process: subprocess.Popen[str]) -> list[int]:
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not path.exists():
        pytest.skip("needs /proc")
    return [
        pid for pid in map(int, path.read_text().split())
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]  # fmt: skip


def test_killed_workers_and_ctrl_c_lose_nothing_and_end_the_same(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    whole = start(script, str(tmp_path / "whole")).communicate()[0].split()[-1]

    process = start(script, str(tmp_path / "killed"))
    wait_for_runs(process, 20)
    os.kill(children(process)[0], signal.SIGKILL)
    assert process.communicate()[0].split()[-1] == whole

    process = start(script, str(tmp_path / "stopped"))
    wait_for_runs(process, 20)
    process.send_signal(signal.SIGINT)
    assert "--resume" in process.communicate()[0]
    assert len(open_results(tmp_path / "stopped").runs) >= 20 * 40
    assert start(script, str(tmp_path / "stopped"), "on").communicate()[0].split()[-1] == whole

    process = start(script, str(tmp_path / "dead"))
    wait_for_runs(process, 20)
    time.sleep(0.2)
    process.kill()
    process.communicate()
    assert start(script, str(tmp_path / "dead"), "on").communicate()[0].split()[-1] == whole
