"""What a Dask scheduler costs: processor time a task of the scheduler, of the coordinator, and of the two workers.

    python -m benchmarks.scheduler --tasks 1000

A real scheduler and two real workers on the loopback address, each a process of its own, do tasks of 24 runs of a tiny
organisation. Processor time does not depend on what else the machine does; the work itself is measured in this process,
without them, and what the scheduler takes while nothing happens is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scale import POINTS, sweep_of
from ccsim.execution.runner import load_model, run_experiment, run_task

#: Runs that are little work beside what is measured.
TINY = {
    "organisation.staff": 12, "organisation.departments": 3, "organisation.front_departments": 2,
    "organisation.customers": 20, "organisation.warm_up": 1,
}  # fmt: skip
#: Seconds for which the scheduler is watched while nothing happens.
IDLE = 5.0
TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(pid: int) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def started(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a part of Dask."""
    return subprocess.Popen(
        [sys.executable, "-m", *words, "--no-dashboard"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def cluster(folder: Path) -> tuple[str, list[subprocess.Popen[bytes]]]:
    """Start a scheduler and two workers; return the address, and the processes, the scheduler first."""
    file = folder / "scheduler.json"
    words = ["--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(file)]
    processes = [started(folder, "distributed.cli.dask_scheduler", *words)]
    while not file.exists() or not file.read_text().strip():
        time.sleep(0.1)
    address = json.loads(file.read_text())["address"]
    for _ in range(2):
        own = [
            "distributed.cli.dask_worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--local-directory",
            str(folder),
        ]
        processes.append(started(folder, *own))
    return address, processes


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--weeks", type=int, default=2)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the processes of Dask end with this one
    experiment = sweep_of(options.tasks, options.weeks).with_changes(levers=TINY)
    load_model()
    begun = time.process_time()
    few = range(max(1, options.tasks // 10))
    for replicate in few:
        run_task(experiment, (replicate, tuple(experiment.scenarios)))
    work = (time.process_time() - begun) / len(few)
    with tempfile.TemporaryDirectory() as place:
        address, processes = cluster(Path(place))
        try:
            # Everything is started and loaded before it is measured.
            run_experiment(sweep_of(4, options.weeks).with_changes(levers=TINY), scheduler=address)
            begun = seconds_of(processes[0].pid)
            time.sleep(IDLE)
            idle = (seconds_of(processes[0].pid) - begun) / IDLE
            before, here = [seconds_of(one.pid) for one in processes], time.process_time()
            clock = time.perf_counter()
            run_experiment(experiment, scheduler=address)
            took = time.perf_counter() - clock
            scheduler, *workers = [seconds_of(one.pid) - then for one, then in zip(processes, before, strict=True)]
            coordinator = time.process_time() - here
        finally:
            for one in processes:
                one.kill()
                one.wait()
    each = [1000 * spent / options.tasks for spent in (scheduler - idle * took, coordinator, sum(workers))]
    print(f"a task of {POINTS} runs of {options.weeks} weeks: {1000 * work:.1f} ms of work; scheduler {each[0]:.2f} ms, "
          f"coordinator {each[1]:.1f} ms, worker {each[2]:.1f} ms, work included; {took:.0f} s, load {os.getloadavg()[0]:.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
