"""Kill an experiment again and again: worker or coordinator, at random moments, with SIGKILL.

Prints how many kills it took, whether the final hash is that of an undisturbed run, and how many runs that were on the
disk were done again (which must be none).

    python -m benchmarks.kills --kills 200
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.processes import workers_of

#: The horizon of the runs.
WEEKS = 156
CODE = """
import sys
from ccsim import load_experiment
from ccsim.execution.runner import run_experiment
small = {"organisation.staff": 60, "organisation.customers": 600, "organisation.warm_up": 10}
experiment = load_experiment("direction").with_changes(replicates=int(sys.argv[2]), weeks=int(sys.argv[3]), levers=small)
print(run_experiment(experiment, workers=2, out=sys.argv[1], resume=True).hash())
"""


def begin(folder: Path, replicates: int) -> subprocess.Popen[str]:
    """Start or go on with the experiment in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", CODE, str(folder), str(replicates), str(WEEKS)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def enough(kills: int, every: float, place: Path) -> int:
    """Return replicates that keep this machine busy until all kills are made."""
    times = {}
    for replicates in (1, 50):
        start = time.perf_counter()
        begin(place / str(replicates), replicates).communicate()
        times[replicates] = time.perf_counter() - start
    # Two starts under load may take the same time, and would ask for more runs than are accepted.
    return 50 + int(kills * every / max((times[50] - times[1]) / 49, 0.01))


def stored(folder: Path) -> dict[tuple[str, int], int]:
    """Return how often each run is on the disk."""
    import pandas as pd

    found: dict[tuple[str, int], int] = {}
    for path in (folder / "runs").glob("*.parquet"):
        try:
            rows = pd.read_parquet(path, columns=["scenario", "replicate"]).value_counts()
        except OSError:  # merged into another while we look
            continue
        for run, count in rows.items():
            found[run] = found.get(run, 0) + count // WEEKS
    return found


def disturbed(folder: Path, replicates: int, kills: int, seed: int = 1, every: float = 1.0) -> tuple[str, int, int]:
    """Run an experiment under kills, ``every`` so many seconds; return its hash, the kills, and the runs done again."""
    chance, made = random.Random(seed), 0
    while True:
        process = begin(folder, replicates)
        while process.poll() is None and made < kills:
            time.sleep(chance.expovariate(1.0 / every))
            workers = workers_of(process.pid)
            if process.poll() is not None:
                break
            if workers and chance.random() < 0.5:
                os.kill(chance.choice(workers), signal.SIGKILL)
                made += 1
            elif workers:
                process.kill()
                made += 1
        out, errors = process.communicate()
        sys.stderr.write(f"{made} kills; {len(stored(folder)):,} runs are on the disk\n")
        if process.returncode == 0:
            twice = sum(count - 1 for count in stored(folder).values())
            return out.split()[-1], made, twice
        # Processes that are killed faster than they start make a session give up; its folder goes on like any other.
        if process.returncode != -signal.SIGKILL and "WorkerCrashLoopError" not in errors:
            raise SystemExit(f"it ended by itself with {process.returncode}:\n{errors}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--replicates", type=int, default=0, help="by default enough to last until the last kill")
    # Shorter than a session takes to start, and nothing would ever be finished.
    parser.add_argument("--every", type=float, default=3.0, help="seconds from kill to kill, on the average")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        replicates = options.replicates or enough(options.kills, options.every, Path(place))
        start = time.perf_counter()
        found, made, twice = disturbed(Path(place) / "killed", replicates, options.kills, every=options.every)
        middle = time.perf_counter()
        whole = begin(Path(place) / "whole", replicates).communicate()[0].split()[-1]
        print(f"{made} SIGKILLs over {4 * replicates:,} runs: {'the same hash' if found == whole else 'ANOTHER HASH'}, "
              f"{twice} stored runs done again; {middle - start:.0f} s against {time.perf_counter() - middle:.0f} s "
              "undisturbed")  # fmt: skip
    raise SystemExit(found != whole or twice > 0)


if __name__ == "__main__":
    main()
