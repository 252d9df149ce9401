"""The same core loop in other frameworks and by hand: time per agent and week, start-up, and whether results are equal.

    python -m benchmarks.peers                   # all of them, at three sizes
    python -m benchmarks.peers --only jax c      # some of them
    python -m benchmarks.peers --write           # and the table into docs/explanation/frameworks.md

Each framework is installed from the package registry into an environment of its own (``--environments``, by default a
folder of the user's cache), so the first run takes minutes. What is measured is the time of the processor, with one thread each, in
processes that take turns; the lowest of the rounds counts, because other work on the machine only adds. Draws are shared
(``core_loop/shared.py``), so the weekly KPIs of all must be equal to those of plain numpy, which is checked.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import platformdirs

HERE = Path(__file__).parent / "core_loop"
PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "frameworks.md"
SIZES = ((200, 2_000, 105), (2_000, 20_000, 53), (10_000, 100_000, 11))
ONE_THREAD = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}  # fmt: skip


class Peer(NamedTuple):
    """A way to write the loop.

    Attributes:
        title: what it is called in the table.
        file: its program in ``core_loop``.
        packages: what is installed for it; None for what ccsim itself is installed with.
    """

    title: str
    file: str
    packages: tuple[str, ...] | None


PEERS = {
    "mesa": Peer("Mesa, an object per agent", "mesa_agents.py", ("mesa>=3.1,<4",)),
    "mesa-frames": Peer("mesa-frames", "mesa_frames_sets.py", ("mesa-frames==0.1.0a0",)),
    "starsim": Peer("Starsim, arrays of people", "starsim_module.py", ("starsim>=3.1,<4",)),
    "numpy": Peer("plain numpy", "plain_numpy.py", ("numpy",)),
    "jax": Peer("JAX on the processor", "jax_arrays.py", ("jax>=0.4",)),
    "c": Peer("C", "plain_c.py", ("numpy",)),
    "ccsim": Peer("ccsim's rules and kernels", "ccsim_kernels.py", None),
}


def python_of(peer: Peer, name: str, folder: Path) -> str:
    """Return the interpreter of a peer's environment, which is made if it is not there."""
    if peer.packages is None:
        return sys.executable
    environment = folder / name
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = environment / "installed"
    if not done.is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *peer.packages], check=True)
        done.touch()
    return str(python)


def lived(
    python: str, file: str, sizes: tuple[tuple[int, int, int], ...], places: dict[str, str]
) -> list[dict[str, Any]]:
    """Return what a program says of some sizes."""
    words = [",".join(map(str, size)) for size in sizes]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    output = subprocess.run(
        [python, HERE / file, *words], env=environment | ONE_THREAD | places, capture_output=True, text=True, check=False
    )  # fmt: skip
    if output.returncode:
        raise RuntimeError(output.stderr.strip()[-2000:])
    measurements: list[dict[str, Any]] = json.loads(output.stdout.splitlines()[-1])
    return measurements


def agreement(measurements: list[dict[str, Any]], reference: list[dict[str, Any]]) -> str:
    """Say how a peer's KPIs compare with the reference: equal, or how far the means of all weeks are off."""
    worst = single = 0.0
    for one, other in zip(measurements, reference, strict=True):
        left, right = np.array(one["kpis"]), np.array(other["kpis"])
        if np.allclose(left, right, rtol=1e-6, atol=0.0):
            single = max(single, float(np.max(np.abs(left - right) / np.maximum(np.abs(right), 1e-300))))
        else:
            worst = max(worst, float(np.max(np.abs(left.mean(axis=0) / right.mean(axis=0) - 1.0))))
    if worst == 0.0:
        return "equal" if single < 1e-9 else "equal in single precision"
    return f"means within {worst:.1%}"


def measured(names: list[str], folder: Path, rounds: int) -> list[str]:
    """Return the rows of the table."""
    folder.mkdir(parents=True, exist_ok=True)
    measurements: dict[str, list[list[dict[str, Any]]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as built:
        places = {"CORE_LOOP_BUILD": built}
        pythons, faults = {}, {}
        for name in names:
            try:
                pythons[name] = python_of(PEERS[name], name, folder)
                lived(pythons[name], PEERS[name].file, SIZES[:1], places)  # compiles what is kept
            except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
                faults[name] = str(error).splitlines()[-1]
                sys.stderr.write(f"{name}: {error}\n")
        for _ in range(rounds):
            for name in pythons.keys() - faults.keys():
                measurements[name].append(lived(pythons[name], PEERS[name].file, SIZES, places))
    reference = measurements["numpy"][0]
    rows = []
    for name in names:
        if not measurements[name]:
            rows.append(f"| {PEERS[name].title} | could not be run: {faults[name]} |")
            continue
        times = [min(each[k]["ns"] for each in measurements[name]) for k in range(len(SIZES))]
        begin = min(each[0]["start"] for each in measurements[name])
        peak = min(each[-1]["peak"] for each in measurements[name])
        cells = [f"{ns:,.0f}" if ns >= 10 else f"{ns:.1f}" for ns in times]
        rows.append(
            f"| {PEERS[name].title} | {' | '.join(cells)} | {begin:.1f} s | {peak:,.0f} MB | {agreement(measurements[name][0], reference)} |"
        )
    return rows


def main() -> None:
    """Measure and print; with ``--write`` into the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS), help="which; numpy is always measured")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run, by turns")
    parser.add_argument("--environments", type=Path, default=platformdirs.user_cache_path("ccsim") / "peers")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    chosen = parser.parse_args()
    names = [name for name in PEERS if name in chosen.only or name == "numpy"]
    sizes = " | ".join(f"{staff:,} / {customers:,}" for staff, customers, _ in SIZES)
    head = [f"| | {sizes} | start-up | memory | weekly KPIs |", "| --- |" + " ---: |" * (len(SIZES) + 2) + " --- |"]
    table = "\n".join([*head, *measured(names, chosen.environments, chosen.rounds)])
    sys.stdout.write(table + "\n")
    if chosen.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- table -->\n")
        after = rest.partition("<!-- end of table -->")[2]
        PAGE.write_text(f"{before}<!-- table -->\n\n{table}\n\n<!-- end of table -->{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
