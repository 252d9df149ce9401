"""Kill an experiment again and again, and damage its files between the kills.

A session runs in a process forked from this one, is killed with SIGKILL at a random moment, and now and then a file is
cut, altered, removed, doubled or replaced by one of other results before the next session goes on. A session must end
with the hash of an undisturbed run, or with one message that names a file of the folder. What the message says to
remove is removed, and the next session goes on. Prints the counts; any other end is a fault. Moments are counted in the
processor time of the session, so that a busy machine kills as far into the work as an idle one. ``--seconds`` ends a
long run earlier, with the counts so far.

    python -m benchmarks.kills_with_damage --kills 1000
"""

from __future__ import annotations

import argparse
import math
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from benchmarks.fuzz.results_folders import Stock, cut, double, experiment, flip, foreign, remove
from ccsim.errors import CcsimError
from ccsim.execution import scheduler
from ccsim.execution.runner import run_experiment
from ccsim.experiments.experiment import Experiment

WAYS = (cut, flip, flip, remove, double, foreign)
#: Sessions that a folder may take to its end.
MOST_SESSIONS = 400
#: Processor time of a session before it is killed, on the average, in seconds.
LEAST_OFTEN = 0.25
#: Seconds after which a session that uses no processor time is killed all the same.
STUCK = 120.0


def subject() -> Experiment:
    """Return an experiment of 240 runs, which take milliseconds each."""
    return replace(experiment(), replicates=120)


def session(folder: Path, pipe: Connection) -> None:
    """Go on with the experiment, send what came of it, and end the process."""
    scheduler.FLUSH_SECONDS = 0.02
    try:
        results = run_experiment(subject(), workers=1, out=folder, resume=True)
        pipe.send(("hash", results.hash()))
    except CcsimError as error:
        pipe.send(("message", str(error)))
    except BaseException:  # noqa: BLE001  # this is what is looked for
        pipe.send(("traceback", traceback.format_exc(limit=-4)))
    finally:
        os._exit(0)


def used(pid: int) -> float:
    """Return the processor time of a process in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def killed_or_ended(folder: Path, seconds: float) -> tuple[str, str]:
    """Run a session for so much processor time at most; return ``("killed", "")`` or how it ended."""
    ours, theirs = Pipe(duplex=False)
    pid = os.fork()
    if pid == 0:
        session(folder, theirs)
    theirs.close()
    try:
        deadline = time.monotonic() + STUCK
        while used(pid) < seconds and time.monotonic() < deadline:
            if not ours.poll(0.005):
                continue
            try:
                kind, text = ours.recv()
            except EOFError:
                return "traceback", "the process ended without a word"
            return str(kind), str(text)
        os.kill(pid, signal.SIGKILL)
        return "killed", ""
    finally:
        os.waitpid(pid, 0)
        ours.close()


def heal(folder: Path, message: str) -> bool:
    """Do what a message says, if it says what to remove; say whether it did."""
    named = [Path(line.partition(": ")[0]) for line in message.splitlines() if "remove it" in line]
    for path in named:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return bool(named)


def disturbed(
    kills: int,
    seed: int,
    place: Path,
    stock: Stock,
    tell: Callable[[str], object] = sys.stderr.write,
    *,
    seconds: float = math.inf,
) -> Counter[str]:
    """Kill and damage until so many kills are made.

    Args:
        kills: SIGKILLs and damages together.
        seed: of the moments and the damages.
        place: where folders are made.
        stock: other results, whose files are put where they do not belong.
        tell: is called with each fault.
        seconds: after which no further session begins.

    Returns:
        How often each outcome came about, by its name.
    """
    chance = random.Random(seed)
    deadline, start = time.monotonic() + seconds, time.process_time()
    whole = run_experiment(subject(), workers=1, out=place / "undisturbed").hash()
    often = max(LEAST_OFTEN, 0.4 * (time.process_time() - start))
    counts: Counter[str] = Counter(
        dict.fromkeys(("kills", "damages", "same hash", "clear message", "traceback", "silent-wrong"), 0)
    )
    folder, sessions, done = place / "folder", 0, list[str]()
    while counts["kills"] + counts["damages"] < kills and time.monotonic() < deadline:
        sessions += 1
        kind, text = killed_or_ended(folder, chance.expovariate(1.0 / often))
        counts["kills"] += kind == "killed"
        fresh = kind == "hash" or sessions > MOST_SESSIONS
        if kind == "hash":
            counts["same hash" if text == whole else "silent-wrong"] += 1
            if text != whole:
                tell(f"another hash after {done}\n")
        elif kind == "message":
            counts["clear message" if str(folder) in text else "traceback"] += 1
            if str(folder) not in text:
                tell(f"a message that names no file after {done}: {text}\n")
            fresh = not heal(folder, text)
        elif kind == "traceback":
            counts["traceback"] += 1
            tell(f"after {done}: {text}\n")
            fresh = True
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
            sessions, done = 0, []
        elif any(folder.rglob("*.parquet")) and chance.random() < 0.5:
            done.append(chance.choice(WAYS)(chance, folder, stock))
            counts["damages"] += 1
    return counts


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000, help="SIGKILLs and damages together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin no session after so long")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        stock = Stock.made(Path(place) / "stock")
        counts = disturbed(given.kills, given.seed, Path(place), stock, seconds=given.seconds)
    output = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    print(f"{output}; {time.perf_counter() - start:.0f} s")
    raise SystemExit(bool(counts["traceback"] or counts["silent-wrong"]))


if __name__ == "__main__":
    main()
