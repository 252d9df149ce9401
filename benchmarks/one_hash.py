"""One small experiment under several interpreters, numbers of workers and orders of work: is its hash one?

    python -m benchmarks.one_hash .venv/bin/python .venv-newer/bin/python

Each interpreter named runs it in processes of its own, with the sources that this one runs. Without a name this one does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import ccsim

CODE = """
import random, sys
import mesa, numba, numpy
import ccsim
from ccsim.execution.scheduler import Scheduler
from ccsim.execution.runner import run_experiment

small = {"organisation.staff": 60, "organisation.customers": 600, "organisation.warm_up": 10}
experiment = ccsim.load_experiment("direction").with_changes(replicates=6, weeks=40, levers=small)
in_order = Scheduler.pending_runs

def shuffled(crew, replicates):
    runs = list(in_order(crew, replicates))
    random.Random(1).shuffle(runs)
    return iter(runs)

if sys.argv[2] == "shuffled":
    Scheduler.pending_runs = shuffled
print("Python", sys.version.split()[0], "Mesa", mesa.__version__, "numpy", numpy.__version__, "numba", numba.__version__)
print(run_experiment(experiment, workers=int(sys.argv[1])).hash())
"""
WAYS = ((1, "in order"), (2, "in order"), (1, "shuffled"), (2, "shuffled"))


def hash_under(python: str, workers: int, order: str) -> tuple[str, str]:
    """Return the versions at work, and the hash."""
    # Only the sources: an interpreter has libraries of its own.
    environment = {**os.environ, "PYTHONPATH": str(Path(ccsim.__file__).parents[1])}
    done = subprocess.run(
        [python, "-c", CODE, str(workers), order], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        raise SystemExit(f"{python}: cannot run it:\n{done.stderr}")
    versions, found = done.stdout.splitlines()
    return versions, found


def main() -> None:
    """Print every hash, and whether they are one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("python", nargs="*", default=[sys.executable], help="interpreters with the model's libraries")
    found = set()
    for python in parser.parse_args().python:
        if shutil.which(python) is None:
            parser.error(f"{python}: no such interpreter")
        for workers, order in WAYS:
            versions, one = hash_under(python, workers, order)
            found.add(one)
            print(f"{one[:16]}  {versions}, workers {workers}, tasks {order}", flush=True)
    print("one hash" if len(found) == 1 else f"{len(found)} HASHES")
    raise SystemExit(len(found) != 1)


if __name__ == "__main__":
    main()
