import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.processes import workers_of

from ccsim.errors import InputError, ResultsError
from ccsim.execution import runner as running
from ccsim.execution import scheduler
from ccsim.execution.runner import replicate_seed, run_experiment, run_task
from ccsim.experiments.experiment import Experiment
from ccsim.model.kpis import KPIS
from ccsim.results.results import open_results


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
    first = running.run_task
    done = []

    def stops(experiment: Experiment, task: scheduler.Task) -> scheduler.TaskResult:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(task)
        return first(experiment, task)

    monkeypatch.setattr(running, "run_task", stops)
    with pytest.raises(running.RunInterrupted, match="4 of 8 runs kept"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    assert len(open_results(tmp_path / "r").runs) == 4 * 16
    again = []
    monkeypatch.setattr(running, "run_task", lambda e, task: (again.append(task), first(e, task))[1])
    assert run_experiment(small_experiment, workers=1, out=tmp_path / "r", resume=True).hash() == whole
    assert not {task[0] for task in again} & {task[0] for task in done}


def test_a_failing_run_takes_no_other_with_it(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = running.simulate

    def fails(scenario, seed, weeks, **options):  # type: ignore[no-untyped-def]
        if scenario.name == "busy" and seed == replicate_seed(1, 2):
            raise RuntimeError("out of luck")
        return real(scenario, seed, weeks, **options)

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
    import ccsim, ccsim.execution.runner
    def main():
        experiment = ccsim.load_experiment("direction").with_changes(
            replicates=40, weeks=40,
            levers={"organisation.staff": 60, "organisation.customers": 600, "organisation.warm_up": 10})
        def show(done, planned, failed):
            print(done, flush=True)
        try:
            print(ccsim.execution.runner.run_experiment(experiment, workers=2, out=sys.argv[1], resume=len(sys.argv) > 2, progress=show).hash())
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
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("needs /proc")
    return workers_of(process.pid)


def test_killed_workers_and_ctrl_c_lose_nothing_and_end_the_same(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    folder = tmp_path / "r"

    process = start(script, str(folder))  # a worker is killed, and then Ctrl-C is pressed
    wait_for_runs(process, 20)
    os.kill(children(process)[0], signal.SIGKILL)
    wait_for_runs(process, 60)
    process.send_signal(signal.SIGINT)
    assert "ccsim resume" in process.communicate()[0]
    kept = len(open_results(folder).runs)
    assert 60 * 40 <= kept < 160 * 40

    process = start(script, str(folder), "on")  # the coordinator is killed
    wait_for_runs(process, kept // 40 + 20)
    process.kill()
    process.communicate()

    experiment = open_results(folder).experiment
    again = run_experiment(experiment, workers=1, out=folder, resume=True)
    assert again.hash() == run_experiment(experiment, workers=1).hash()


def deadly(experiment: Experiment, task: scheduler.Task) -> scheduler.TaskResult:
    """Stand in for a worker's function: one replicate kills its process at once, the others take a moment."""
    if task[0] == 2:
        os._exit(9)
    time.sleep(0.1)
    return run_task(experiment, task)


class Torn:
    """What cannot be sent whole: its process ends while it is being written."""

    def __reduce__(self) -> tuple[object, ...]:
        for worker in [fd for fd in range(3, 64) if _is_pipe(fd)]:
            os.write(worker, (1 << 20).to_bytes(4, "big") + b"half")
        os._exit(9)


def _is_pipe(fd: int) -> bool:
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False


def half_a_message(experiment: Experiment, task: scheduler.Task) -> object:
    """Stand in for a worker's function: one replicate's answer is cut off by a kill."""
    return Torn() if task[0] == 2 else run_task(experiment, task)


def deadly_to_all(experiment: Experiment, task: scheduler.Task) -> scheduler.TaskResult:
    os._exit(9)


def test_a_replicate_that_kills_its_process_takes_no_other_with_it(
    small_experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "run_task", deadly)
    results = run_experiment(small_experiment.with_changes(replicates=8), workers=2)
    assert set(results.runs["replicate"]) == set(range(8)) - {2}
    assert {failure["replicate"] for failure in results.manifest["failures"]} == {2}
    assert "the process died" in results.manifest["failures"][0]["error"]


def test_processes_that_die_before_they_finish_anything_are_one_message(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "run_task", deadly_to_all)
    with pytest.raises(scheduler.WorkerCrashLoopError, match="--workers 1"):
        run_experiment(small_experiment.with_changes(replicates=20), workers=2, out=tmp_path / "r")
    monkeypatch.undo()
    again = small_experiment.with_changes(replicates=20)
    assert len(run_experiment(again, workers=1, out=tmp_path / "r", resume=True).runs) == 2 * 20 * 16


def test_a_script_without_a_guard_runs_in_several_processes(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import ccsim\n"
        "small = {'organisation.staff': 24, 'organisation.customers': 160, 'organisation.warm_up': 6}\n"
        "experiment = ccsim.load_experiment('direction').with_changes(replicates=4, weeks=8, levers=small)\n"
        "print(len(ccsim.compare(experiment, workers=2).runs))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (str(4 * 4 * 8), "")


SPAWNED = """
import multiprocessing, sys
from ccsim.execution import process_pool
process_pool._FORKS = False
process_pool._CONTEXT = multiprocessing.get_context("spawn")  # as on Windows and macOS
import ccsim
small = {"organisation.staff": 12, "organisation.departments": 3, "organisation.front_departments": 2,
         "organisation.customers": 20, "organisation.warm_up": 1}
experiment = ccsim.load_experiment("direction").with_changes(replicates=8, weeks=2, levers=small)
print(ccsim.compare(experiment, workers=2, out=sys.argv[1]).results.hash(), ccsim.compare(experiment, workers=1).results.hash())
print(len(multiprocessing.active_children()))
"""


@pytest.mark.slow
def test_processes_that_are_started_anew_give_the_same_results(tmp_path: Path) -> None:
    script = tmp_path / "script with a space.py"
    script.write_text(SPAWNED)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "r")], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    hashes, left = done.stdout.splitlines()
    assert len(set(hashes.split())) == 1
    assert left == "0"


def test_ctrl_c_to_all_processes_as_they_start_is_one_message(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "r")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while process.poll() is None and not children(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    out, errors = process.communicate()
    assert "ccsim resume" in out
    assert errors == ""


def test_stopped_in_memory_says_that_nothing_is_kept(
    small_experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(experiment: Experiment, task: scheduler.Task) -> scheduler.TaskResult:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "run_task", stops)
    with pytest.raises(running.RunInterrupted, match="no runs are kept") as output:
        run_experiment(small_experiment, workers=1)
    assert (output.value.folder, output.value.done, output.value.total) == (None, 0, 8)


def test_a_scenario_goes_by_the_name_that_the_experiment_gives_it(small_experiment: Experiment) -> None:
    quiet = small_experiment.scenarios["nothing"]
    pair = {"as it is": quiet, "paid": quiet.with_values({"programme.budget": 5000.0})}
    results = run_experiment(replace(small_experiment, baseline="as it is", scenarios=pair), workers=1)
    assert list(dict.fromkeys(results.runs["scenario"])) == ["as it is", "paid"]
    assert len(results.runs) == 2 * 4 * 16


def test_runs_that_all_fail_are_reported_with_the_reason_and_a_broken_first_scenario_stops_no_other(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, broken = running.simulate, {"nothing"}

    def fails(scenario, seed, weeks, **options):  # type: ignore[no-untyped-def]
        if scenario.name in broken:
            raise RuntimeError("out of luck")
        return real(scenario, seed, weeks, **options)

    monkeypatch.setattr(running, "simulate", fails)
    results = run_experiment(small_experiment, workers=1, out=tmp_path / "some")
    assert set(results.runs["scenario"]) == {"busy"}
    broken.add("busy")
    with pytest.raises(ResultsError, match=r"every run failed(.|\n)*out of luck"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "none")


def test_a_mistake_of_the_users_in_every_run_is_one_line(
    small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(scenario, seed, weeks, **options):  # type: ignore[no-untyped-def]
        raise InputError("mood.py:78: in spread: TypeError: an argument is missing")

    monkeypatch.setattr(running, "simulate", fails)
    with pytest.raises(ResultsError, match=r"\Aevery run failed: mood\.py:78: in spread: [^\n]*\Z"):
        run_experiment(small_experiment, workers=1, out=tmp_path / "none")


def test_figures_are_those_of_runs_that_end_in_their_week(small_experiment: Experiment, tmp_path: Path) -> None:
    kept = run_experiment(replace(small_experiment, report_weeks=(7, 15)), workers=2, out=tmp_path / "r")
    assert len(kept.summaries) == 2 * 4 * 2
    short = run_experiment(small_experiment.with_changes(weeks=8), workers=1).summaries
    whole = run_experiment(small_experiment, workers=1).summaries
    for week, other in ((7, short), (15, whole)):
        mine = kept.summaries[kept.summaries["week"] == week].reset_index(drop=True)
        assert mine[["scenario", "replicate"]].equals(other[["scenario", "replicate"]])
        np.testing.assert_array_equal(mine[list(KPIS)].to_numpy(), other[list(KPIS)].to_numpy())
    assert open_results(tmp_path / "r").hash() == kept.hash()
    again = run_experiment(replace(small_experiment, report_weeks=(7, 15)), workers=1, out=tmp_path / "r", resume=True)
    assert again.hash() == kept.hash()


def test_a_process_killed_in_the_middle_of_a_message_costs_its_task_only(
    small_experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "run_task", half_a_message)
    results = run_experiment(small_experiment.with_changes(replicates=6), workers=2)
    assert set(results.runs["replicate"]) == set(range(6)) - {2}


NESTED = textwrap.dedent("""
    import concurrent.futures, multiprocessing, os, sys
    import ccsim

    def hashed(number):
        small = {"organisation.staff": 24, "organisation.customers": 160, "organisation.warm_up": 6}
        experiment = ccsim.load_experiment("direction").with_changes(replicates=2, weeks=8, levers=small)
        limit = "10m" if number else None
        from ccsim.execution.runner import run_experiment
        return run_experiment(experiment, workers=2, time_limit=limit).hash()

    if __name__ == "__main__":
        here = hashed(0)
        for method in multiprocessing.get_all_start_methods():
            context = multiprocessing.get_context(method)
            with context.Pool(1) as pool:
                found = pool.map(hashed, range(2))
            assert found == [here, here], (method, "Pool")
            with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
                assert list(pool.map(hashed, range(2))) == [here, here], (method, "ProcessPoolExecutor")
        print("one hash")
""")


@pytest.mark.slow
def test_a_worker_of_another_pool_runs_an_experiment_in_its_own_process(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(NESTED)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=300)
    assert (done.stdout.strip(), done.stderr) == ("one hash", "")


def test_a_folder_that_is_deleted_in_mid_run_is_one_message(small_experiment: Experiment, tmp_path: Path) -> None:
    def delete(done: int, planned: int, failed: int) -> None:
        if done:
            shutil.rmtree(tmp_path / "r", ignore_errors=True)

    with pytest.raises(
        ResultsError, match=r"was removed while it was being written\. Run the same command to start again"
    ):
        run_experiment(small_experiment, workers=1, out=tmp_path / "r", progress=delete)
    assert len(run_experiment(small_experiment, workers=1, out=tmp_path / "r").runs) == 2 * 4 * 16
