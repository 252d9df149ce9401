"""How much of the engine, the mechanisms and the model does a plain run of their tests cover?

    python -m benchmarks.plain_coverage              # fails below 95 % of any of the three
    python -m benchmarks.plain_coverage --least 98

Compiled code is invisible to coverage, so the tests run with ``CCSIM_PLAIN=1``. Tests that would take most of the time,
and run no line that others do not, are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "mechanisms", "model")
TESTS = (
    "tests/engine",
    "tests/mechanisms",
    "tests/model",
    "tests/organisations/test_layout.py",
    "tests/test_golden.py",
    "tests/test_invariants.py",
)

#: What makes machine code: a plain run makes none. The golden records hold it, since compiled and plain runs must agree.
COMPILED_ONLY = ("engine/by_reference.py", "engine/parts.py", "model/first_start.py")

#: Words in the names of tests that are left out: long runs, and checks repeated for each of some 400 parameters.
LEFT_OUT = (
    "test_off_has_no_effect_whatever", "test_a_week_with_a_mechanism_off", "test_switched_off_a_mechanism_leaves",
    "test_compiled_and_plain_runs_agree", "test_the_share_that_tips", "test_people_differ_by_the_declared_spread",
    "test_overload_paralyses", "test_priority_by_value_serves", "test_newcomers_bring_the_skill",
    "test_signals_that_are_read_and_not_acted_on", "test_right_and_wrong_contacts", "test_the_faster_needs_drift",
    "test_an_offer_that_fits_less", "test_recognition_lifts", "test_without_signals_insight_fades",
    "test_a_programme_that_writes_down", "test_more_loss_means_fewer", "test_an_unrealistic_mandate",
    "test_contacts_that_no_person_needed", "test_promises_beyond_practice", "test_no_way_out_hurts",
    "test_announcements_without_deeds", "test_shorter_contacts_leave",
    "test_with_nothing_to_tell_them_apart", "test_returns_have_mean_one", "test_a_segment_that_comes_and_goes",
    "test_drawn_ties_are_as_unequal", "test_a_leader_who_cuts_rights",
    "test_a_programme_spends_its_budget",
)  # fmt: skip


def measure(folder: Path, processes: str) -> dict[str, Any]:
    """Run the tests plain under coverage.

    Args:
        folder: where the data are written.
        processes: how many test processes, as pytest-xdist takes it; ``"0"`` for none.

    Returns:
        coverage's report: file names and, for each, what was covered.

    Raises:
        SystemExit: a test fails.
    """
    environment = {**os.environ, "CCSIM_PLAIN": "1", "COVERAGE_FILE": str(folder / "data")}
    coverage = [sys.executable, "-m", "coverage"]
    sources = ",".join(f"src/ccsim/{package}" for package in PACKAGES)
    tests = ["pytest", "-q", "-m", "not slow", "-k", "not (" + " or ".join(LEFT_OUT) + ")", "-n", processes, *TESTS]
    done = subprocess.run(
        [*coverage, "run", f"--source={sources}", "-m", *tests], cwd=ROOT, env=environment, check=False
    )
    if done.returncode:
        raise SystemExit("plain_coverage: the tests do not pass, so nothing was measured")
    subprocess.run([*coverage, "combine", "--quiet"], cwd=ROOT, env=environment, check=True)
    report = folder / "report.json"
    subprocess.run([*coverage, "json", "--quiet", "-o", str(report)], cwd=ROOT, env=environment, check=True)
    return json.loads(report.read_text(encoding="utf-8"))["files"]


def by_package(files: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Return how many statements of each package were run, and how many there are."""
    counts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for name, file in files.items():
        if name.endswith(COMPILED_ONLY):
            continue
        package = Path(name).relative_to("src/ccsim").parts[0]
        run, there = counts[package]
        counts[package] = run + file["summary"]["covered_lines"], there + file["summary"]["num_statements"]
    return dict(counts)


def ranges(lines: list[int]) -> str:
    """Write line numbers shortly: ``3-5, 9``."""
    parts: list[list[int]] = []
    for line in lines:
        if parts and line == parts[-1][-1] + 1:
            parts[-1].append(line)
        else:
            parts.append([line])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)


def main() -> int:
    """Print the share of each package that was run, and the lines that were not; return 1 if it is too little."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--least", type=float, default=95.0, help="per cent of each package that must be run")
    parser.add_argument("--processes", default="auto", help="test processes (default: one a processor; 0: none)")
    options = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        files = measure(Path(folder), options.processes)
    for name, file in sorted(files.items()):
        if file["missing_lines"] and not name.endswith(COMPILED_ONLY):
            print(f"{name}: not run: {ranges(file['missing_lines'])}")
    shares = {package: 100.0 * run / there for package, (run, there) in by_package(files).items()}
    for package in PACKAGES:
        print(f"{package}: {shares[package]:.1f} %")
    print(f"{time.perf_counter() - start:.0f} s")
    short = [package for package in PACKAGES if shares[package] < options.least]
    if short:
        print(f"plain_coverage: below {options.least:g} %: {', '.join(short)}", file=sys.stderr)
    return 1 if short else 0


if __name__ == "__main__":
    raise SystemExit(main())
