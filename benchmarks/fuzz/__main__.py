"""Fuzz the inputs: ``python -m benchmarks.fuzz --inputs 100000 --seed 1``.

Prints the counts of clear, accepted, traceback and silent-wrong answers by kind, and each fault; exits with 1 if there
is one. ``--only KIND`` tries one kind; the folders of results and the messages of the socket have commands of their own. A long
run can be made in parts: ``--seconds`` ends it after so long, and ``--first`` goes on where it ended.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from pathlib import Path

from benchmarks.fuzz.inputs import KINDS, fuzzed


def main() -> int:
    """Run the fuzzers and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(KINDS))
    parser.add_argument("--first", type=int, default=0, help="number of the first input to give")
    parser.add_argument("--seconds", type=float, default=math.inf, help="give no input after so long")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kinds = (given.only,) if given.only else tuple(KINDS)
        counts = fuzzed(given.inputs, given.seed, Path(folder), kinds, first=given.first, seconds=given.seconds)
    print(f"{'':<14}{'clear':>9}{'accepted':>9}{'traceback':>11}{'silent-wrong':>13}")
    for kind, count in counts.items():
        print(f"{kind:<14}{count.clear:>9}{count.accepted:>9}{count.traceback:>11}{count.silent_wrong:>13}")
    tried = sum(count.clear + count.accepted + count.traceback + count.silent_wrong for count in counts.values())
    print(f"inputs {given.first} to {given.first + tried} of seed {given.seed}")
    faults = [fault for count in counts.values() for fault in count.faults]
    for where, what in faults[:50]:
        print(f"{where}: {what}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
