"""How long ccsim takes to start, in seconds of a processor: help, a default run, a first run that compiles.

python -m benchmarks.cold_start
python -m benchmarks.cold_start --no-compile      # leaves out the first run (a quarter of a minute)
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

from benchmarks.worlds import median

RUN = "import ccsim; ccsim.Organisation('nothing', rng=1, weeks=156).run()"
MANY = "from ccsim.simulation.simulation import simulate\nfor seed in range({}): simulate('nothing', seed)"


def by_children() -> float:
    """Return the processor time of all processes started and ended here; the time of day where nobody counts it."""
    try:
        import resource
    except ImportError:
        return time.perf_counter()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def started(arguments: list[str], places: Mapping[str, str]) -> float:
    """Return the processor time that a Python process takes from start to end."""
    # As on a user's machine, where Python keeps its bytecode.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | dict(
        places
    )
    before = by_children()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)
    return by_children() - before


def print_command_times(rounds: int) -> None:
    """Compare commands with a Python that does nothing, by turns, everything compiled and cached before."""
    commands = {"python -c pass": ["-c", "pass"]}
    commands |= {f"ccsim {words}": ["-m", "ccsim", *words.split()] for words in ("--help", "run combined")}
    for command in commands.values():
        started(command, {})
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(started(command, {}))
    bare = median(times["python -c pass"])
    for name, taken in times.items():
        print(f"{name:<38}{median(taken):7.3f} s   {median(taken) - bare:.3f} s more")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="how often each short one is run")
    parser.add_argument("--no-compile", action="store_true", help="leave out the first run")
    chosen = parser.parse_args()
    print_command_times(chosen.rounds)
    imports = median([started(["-c", "import ccsim"], {}) for _ in range(chosen.rounds)])
    print(f"import ccsim                          {imports:7.3f} s")
    if not chosen.no_compile:
        with tempfile.TemporaryDirectory() as folder:
            places = {"CCSIM_CACHE_DIR": folder}
            first = started(["-c", RUN], places)
            second = started(["-c", RUN], places)
            more = f"{first / second:.1f} times the second"
            print(f"first run, nothing compiled           {first:7.3f} s   {more}")
            print(f"second run                            {second:7.3f} s")
    warm = median([started(["-c", RUN], {}) for _ in range(max(3, chosen.rounds // 2))])
    few, many = (started(["-c", MANY.format(runs)], {}) for runs in (1, 21))
    print(f"warm run of 156 weeks, all included   {warm:7.3f} s")
    print(f"each further run in the same process  {(many - few) / 20:7.3f} s   (with its 104 weeks of past)")


if __name__ == "__main__":
    main()
