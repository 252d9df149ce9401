"""The same source, compiled and as it stands."""

import os
import subprocess
import sys

RUNS = """
import hashlib
import numpy as np
from examples.replications import lending_centre, mutual_learning, service_erosion
from examples.replications.tipping import contagion, conventions, naming_game, thresholds

small = {"people": 9, "dimensions": 11}
orders, absence = lending_centre.noise(3)
parts = {
    "firm": mutual_learning.run({**small, "turnover": 0.1, "turbulence": 0.05}, periods=25)[:2],
    "closed firm": [mutual_learning.equilibria(small, runs=3, longest=200)],
    "jumping": [mutual_learning.equilibria({**small, "reading": "jumping"}, runs=2, longest=200)],
    "literal": [mutual_learning.equilibria({**small, "reading": "literal"}, runs=2, longest=50)],
    "erosion": service_erosion.run(service_erosion.seesaw(0.1), changes=service_erosion.DOGAN_2007),
    "centre": lending_centre.run(orders, absence),
    "naming": naming_game.run({"people": 40, "committed": 0.15}, sweeps=30)[0],
    "mean field": naming_game.large(0.1, sweeps=20),
    "conventions": [conventions.histories(runs=3, rounds=30)],
    "thresholds": [thresholds.run(thresholds.normal_crowd(300, deviation=0.13))],
    "contagion": [contagion.histories({"rows": 10, "columns": 10, "rewired": r, "alone": 0.1}, runs=2) for r in (0, 1)],
}
for name, arrays in parts.items():
    print(name, hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest())
"""


def fingerprints(plain: str) -> dict[str, str]:
    """Return a hash of each classic's small run, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", RUNS],
        env={**os.environ, "CCSIM_PLAIN": plain},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())


def test_compiled_and_plain_runs_agree_bit_for_bit() -> None:
    plain = fingerprints("1")
    assert len(set(plain.values())) == 11
    assert fingerprints("0") == plain
