"""How many faults in the model do its tests find? Mutates single lines and runs the tests that should notice.

    python -m benchmarks.mutants                       # 40 mutants, an hour or more
    python -m benchmarks.mutants --count 3 --seed 7
    python -m benchmarks.mutants --at src/ccsim/mechanisms/staff/habit.py:60
    python -m benchmarks.mutants --verdicts build/mutants.jsonl --within 540     # in pieces: run it again to go on

Each mutant changes one sign, comparison, `and`/`or` or constant in the engine, the mechanisms or the model, in a copy of the
repository. Tests run plain (``CCSIM_PLAIN=1``): first the file's own, then the golden run and the invariants, then those of
its neighbours, then those elsewhere that import it; for the few files that only compiled runs read whole, the golden run
compiled comes last. A mutant is killed when a test fails or cannot be collected. It is also
killed when the tests of a stage do not end in time and, without the mutant, end in a fifth of that time; a stage that is
slow without the mutant, too, counts as passed. A survivor is either a missing test or a change without effect: read it. A
change without effect goes to ``EQUIVALENT`` with the reason, and is not counted. Run by hand; CI never does.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "mechanisms", "model")
#: What a copy needs to run the tests.
COPIED = (
    "src",
    "tests",
    "scenarios",
    "experiments",
    "claims",
    "facts",
    "docs",
    "benchmarks",
    "teaching",
    "pyproject.toml",
)
#: Tests of the model as a whole.
WHOLE = ("tests/test_golden.py", "tests/test_invariants.py")
GOLDEN = "test_the_weeks_are_as_before_to_the_last_bit"

#: What is said of tests that do not end, and how much faster they must be without the mutant to count as a kill.
NO_END = "no end within {:g} s"
FASTER = 5.0

#: Changes that leave every result as it is: part of the path, the line, what it becomes, and the reason.
EQUIVALENT = (
    ("mechanisms/", "if staff.arrived[i] > 0.0:", "if staff.arrived[i] > 0.1:", "the column is 0 or 1"),
    (
        "staff/habit.py",
        "speed = min(1.0 / max(p.formation_rate, 1e-9), 1.0 + reinforcement * staff.recognised[i])",
        "speed = min(1.0 / max(p.formation_rate, 1.25e-09), 1.0 + reinforcement * staff.recognised[i])",
        "a guard: the other bound, at most 2, is always the smaller one",
    ),
    ("engine/functions.py", "total = 0.0", "total = 0.1", "below the last bit: times the 26th power of at most 0.172"),
    (
        "staff/staffing.py",
        "step = max(1.0, p.adjustment_rate * posts)",
        "step = max(1.25, p.adjustment_rate * posts)",
        "posts are whole: less than two are one",
    ),
    (
        "staff/staffing.py",
        "for i in range(last - 1, first - 1, -1):",
        "for i in range(last - 1, first - 2, -1):",
        "one post stays, so the loop ends before the first row",
    ),
    ("management/centrality.py", "moved = 0.0", "moved = 0.1", "all rounds instead of some, at the same vector"),
    (
        "management/centrality.py",
        "if moved < 1e-10 * count:",
        "if moved < 1.25e-10 * count:",
        "the last of some rounds, at the same vector",
    ),
    ("management/centrality.py", "for _ in range(200):", "for _ in range(201):", "one round more, at the same vector"),
    (
        "management/centrality.py",
        "fill(before, 1.0 / np.sqrt(max(1, count)))",
        "fill(before, 1.0 * np.sqrt(max(1, count)))",
        "each round scales the vector to length 1",
    ),
    (
        "management/champions.py",
        "best = best_candidate(-1, staff, standing, p, seed, week)",
        "best = best_candidate(-2, staff, standing, p, seed, week)",
        "any negative number stands for all departments",
    ),
    (
        "management/sponsorship.py",
        "if leaders.superior[k] < 0:",
        "if leaders.superior[k] < 1:",
        "the first leader has no superior, and the loop ends there",
    ),
    ("demand/self_service.py", "return -1", "return -2", "any negative number is the end of the contact"),
    (
        "service/choice.py",
        "hand_over = escalate = -1.0e9",
        "hand_over = escalate = -1250000000.0",
        "e to either power is 0",
    ),
    ("experience/experience.py", "if i % A_LINE == 0:", "if i % A_LINE == 1:", "decides only when to prefetch"),
    ("experience/experience.py", "if i % A_LINE == 0:", "if i % A_LINE != 0:", "decides only when to prefetch"),
    (
        "management/centrality.py",
        "distance[source], ways[source], order[0] = 0, 1.0, source",
        "distance[source], ways[source], order[0] = 1, 1.0, source",
        "only differences of distances count",
    ),
    (
        "management/centrality.py",
        "distance[source], ways[source], order[0] = 0, 1.0, source",
        "distance[source], ways[source], order[0] = 0, 1.25, source",
        "only ratios of ways count",
    ),
    ("management/centrality.py", "fill(distance, -1)", "fill(distance, -2)", "any negative number is not reached"),
    ("experience/experience.py", "if contacts > 0.0:", "if contacts > 0.1:", "contacts are whole"),
    (
        "model/initial_state.py",
        "while draw > edge and segment < segments - 1:",
        "while draw > edge and segment < segments + 1:",
        "the last edge is 1, which no draw exceeds",
    ),
    ("model/ties.py", "for _ in range(50):", "for _ in range(51):", "the numbers have converged before"),
    (
        "model/kpis.py",
        "week = 1.0 + rate / 52.0",
        "week = 1.0 + rate / 65.0",
        "the rounds that follow converge from any start",
    ),
    (
        "model/kpis.py",
        "for row in range(1 if x.ndim == 1 else x.shape[1]):",
        "for row in range(2 if x.ndim == 1 else x.shape[1]):",
        "the same series is worked out twice",
    ),
    ("model/kpis.py", "for _ in range(12):", "for _ in range(13):", "the root has converged before"),
    (
        "model/ties.py",
        "scale = mean / spread.mean()",
        "scale = mean * spread.mean()",
        "the rounds that follow converge from any start",
    ),
    (
        "model/ties.py",
        "inside = min(int(own.sum()), round(wanted[i] * (1.0 - cross)) if cross < 1.0 else 0)",
        "inside = min(int(own.sum()), round(wanted[i] * (1.0 - cross)) if cross < 1.25 else 0)",
        "the share is at most 1, at which both are 0",
    ),
    (
        "model/own_mechanism.py",
        'return hashlib.sha256(f"{hash_with(sources)}{files!r}".encode()).hexdigest()[:16]',
        'return hashlib.sha256(f"{hash_with(sources)}{files!r}".encode()).hexdigest()[:17]',
        "the length of a name inside the process and of a folder in the cache",
    ),
    (
        "engine/by_reference.py",
        'super().__init__(name=f"{title}_{hashlib.sha256(text.encode()).hexdigest()[:8]}")',
        'super().__init__(name=f"{title}_{hashlib.sha256(text.encode()).hexdigest()[:9]}")',
        "the length of a name inside the process",
    ),
    (
        "engine/by_reference.py",
        'super().__init__(f"{title}{hashlib.sha256(repr(strides).encode()).hexdigest()[:8]}", fields)',
        'super().__init__(f"{title}{hashlib.sha256(repr(strides).encode()).hexdigest()[:9]}", fields)',
        "the length of a name inside the process",
    ),
    (
        "staff/staffing.py",
        "goal = max(1.0, target_posts(posts, open_now, departments.workload[d], p))",
        "goal = max(1.25, target_posts(posts, open_now, departments.workload[d], p))",
        "posts are whole: within half a post both are one",
    ),
    (
        "management/implementation.py",
        "store_card(d, card, 1.0, departments)",
        "store_card(d, card, 1.25, departments)",
        "from a pace of 1 on the weight is that of the decree",
    ),
    (
        "management/visible_successes.py",
        "if p.broadcast_share <= 0.0 or firm.improvements[0] <= 0.0:",
        "if p.broadcast_share <= 0.0 and firm.improvements[0] <= 0.0:",
        "the product of the two is 0, and nothing is added",
    ),
    ("accounting/aggregates.py", "if handled > 0.0:", "if handled > 0.1:", "contacts are whole"),
    ("management/embedding.py", "if people > 0.0:", "if people > 0.1:", "people are whole"),
    (
        "management/rollout.py",
        "return department < math.ceil(p.reach * department_count - 1e-9)",
        "return department < math.ceil(p.reach * department_count - 1.25e-09)",
        "a guard against rounding",
    ),
    (
        "model/initial_state.py",
        "rows[0, 0], rows[0, 1], rows[0, 2] = EXECUTIVE, -1, -1",
        "rows[0, 1], rows[0, 1], rows[0, 2] = EXECUTIVE, -1, -1",
        "the executive is tier 0, which the rows are from the start",
    ),
    (
        "model/ties.py",
        "return np.full((people, 0), -1, np.int64)",
        "return np.full((people, 0), -2, np.int64)",
        "no columns",
    ),
    (
        "model/initial_state.py",
        "customers.joined_week[i] = -32768",
        "customers.joined_week[i] = -32769",
        "both are before every week",
    ),
    (
        "model/initial_state.py",
        "rows[0, 0], rows[0, 1], rows[0, 2] = EXECUTIVE, -1, -1",
        "rows[1, 0], rows[0, 1], rows[0, 2] = EXECUTIVE, -1, -1",
        "the executive is tier 0, which the rows are from the start; the next row is set later",
    ),
    (
        "model/populations.py",
        "records = numbers.reshape(-1).view(kind)",
        "records = numbers.reshape(-2).view(kind)",
        "numpy takes any negative number for the length that is left",
    ),
    (
        "model/populations.py",
        'if together[0].kind != "flow":',
        'if together[1].kind != "flow":',
        "a group has at least two columns, only flows or none",
    ),
)

#: Lines that only prefetch: hints to the processor, which change no result.
HINT = re.compile(r"(prefetch|fetch_\w+)\(")

#: Files that plain runs leave out or read in part: the golden run is compiled for them, too, in a stage of its own.
COMPILED = ("engine/by_reference.py", "engine/jit.py", "engine/parts.py", "engine/prefetch.py", "model/first_start.py")

#: A test that fails after every change of the sources, whatever they do, kills nothing.
STALE = "tests/app/test_engine.py::test_the_shipped_engine_and_data_are_what_the_sources_give"

SIGNS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
}
COMPARISONS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lt: ("<", ">="), ast.LtE: ("<=", ">"), ast.Gt: (">", "<="), ast.GtE: (">=", "<"), ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="),
}  # fmt: skip
WORDS: dict[type[ast.AST], tuple[str, str]] = {ast.And: ("and", "or"), ast.Or: ("or", "and")}


@dataclass(frozen=True)
class Mutant:
    """One change of one place.

    Attributes:
        path: the file, relative to the root of the repository.
        line: line number, from 1.
        start: first column that is replaced.
        end: column after the last one that is replaced.
        new: what stands there instead.
        kind: sign, comparison, word or constant.
    """

    path: Path
    line: int
    start: int
    end: int
    new: str
    kind: str

    def apply(self, source: str) -> str:
        """Return the mutated source."""
        lines = source.splitlines(keepends=True)
        text = lines[self.line - 1]
        lines[self.line - 1] = text[: self.start] + self.new + text[self.end :]
        return "".join(lines)


def between(lines: list[str], left: ast.expr, right: ast.expr, token: str) -> tuple[int, int, int] | None:
    """Return line, first and last column of an operator between two operands; None if it cannot be told."""
    if left.end_lineno is None or left.end_col_offset is None:
        return None
    for row in range(left.end_lineno, right.lineno + 1):
        first = left.end_col_offset if row == left.end_lineno else 0
        last = right.col_offset if row == right.lineno else len(lines[row - 1])
        column = lines[row - 1].find(token, first, last)
        if column >= 0:
            return row, column, column + len(token)
    return None


def places(path: Path, source: str) -> Iterator[Mutant]:
    """Yield every mutant of a file, in the order of its places; bodies of functions only."""
    lines = source.splitlines()
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    nodes = [each for function in functions for statement in function.body for each in ast.walk(statement)]
    found: dict[tuple[int, int], Mutant] = {}

    def note(left: ast.expr, right: ast.expr, change: tuple[str, str], kind: str) -> None:
        place = between(lines, left, right, change[0])
        if place is not None:
            found[place[:2]] = Mutant(path, *place, change[1], kind)

    for node in nodes:
        if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
            note(node.left, node.right, SIGNS[type(node.op)], "sign")
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
            note(node.target, node.value, SIGNS[type(node.op)], "sign")
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
            note(node.left, node.comparators[0], COMPARISONS[type(node.ops[0])], "comparison")
        elif isinstance(node, ast.BoolOp):
            for left, right in zip(node.values, node.values[1:], strict=False):
                note(left, right, WORDS[type(node.op)], "word")
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.end_col_offset is not None:
            new = (
                repr(node.value + 1)
                if isinstance(node.value, int)
                else repr(node.value * 1.25 + 0.1 * (node.value == 0))
            )
            found[node.lineno, node.col_offset] = Mutant(
                path, node.lineno, node.col_offset, node.end_col_offset, new, "constant"
            )
    yield from (found[key] for key in sorted(found))


def population() -> list[Mutant]:
    """Return all mutants of the engine, the mechanisms and the model."""
    files = (path for package in PACKAGES for path in sorted((ROOT / "src" / "ccsim" / package).rglob("*.py")))
    return [each for path in files for each in places(path.relative_to(ROOT), path.read_text(encoding="utf-8"))]


def own_test(path: Path) -> Path:
    """Return where the tests of a source file stand."""
    return Path("tests") / path.relative_to("src/ccsim").with_name(f"test_{path.stem}.py")


def stages(path: Path) -> dict[str, list[str]]:
    """Return the tests of a source file, by stage, in the order in which they are run; none in two stages."""
    own = own_test(path)
    module = ".".join(path.relative_to("src").with_suffix("").parts)
    imports = re.compile(rf"^\s*(from|import) {re.escape(module)}\b", re.MULTILINE)
    files = sorted(each.relative_to(ROOT) for each in (ROOT / "tests").rglob("test_*.py"))
    importing = [each for each in files if imports.search((ROOT / each).read_text(encoding="utf-8"))]
    beside = [each for each in files if each.parent == own.parent]
    found: dict[str, list[str]] = {}
    wanted = {"own": [own] if own in files else [], "whole": [Path(name) for name in WHOLE]}
    for name, tests in {**wanted, "neighbours": beside, "importing": importing}.items():
        before = {test for stage in found.values() for test in stage}
        found[name] = [each.as_posix() for each in tests if each.as_posix() not in before]
    if any(name in path.as_posix() for name in COMPILED):
        found["compiled"] = [f"{WHOLE[0]}::{GOLDEN}[{name}]" for name in ("busy", "laid out")]
    return {name: tests for name, tests in found.items() if tests}


def run_tests(copy: Path, tests: list[str], timeout: float, *, plain: bool = True) -> str | None:
    """Run some tests on the copy, and return the first that fails; None if all pass."""
    # A source file that is restored within the same second must not be served from a compiled copy.
    environment = {
        **os.environ, "CCSIM_PLAIN": "1" if plain else "0", "CCSIM_CACHE_DIR": str(copy / "compiled"),
        "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    # The same examples for every mutant, and none remembered from the last one: a score can be had again.
    shutil.rmtree(copy / ".hypothesis", ignore_errors=True)
    examples = "--hypothesis-seed=0"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "--tb=no",
        examples,
        "-m",
        "not slow",
        "--deselect",
        STALE,
        *tests,
    ]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return NO_END.format(timeout)
    if done.returncode == 0:
        return None
    failed = [
        line.split(" - ")[0].split(" ", 1)[1]
        for line in done.stdout.splitlines()
        if line.startswith(("FAILED", "ERROR"))
    ]
    # A mutant that stops the tests from being collected at all leaves its traceback, and perhaps nothing else.
    return failed[0] if failed else (done.stdout.strip() or done.stderr.strip() or "no output").splitlines()[-1]


def kills(copy: Path, tests: list[str], killer: str, timeout: float) -> bool:
    """Return whether a failure is the mutant's doing, by running the tests without it.

    Args:
        copy: the copy of the repository, without the mutant.
        tests: the tests of the stage.
        killer: the failing test, or that the tests did not end.
        timeout: seconds that the tests had.
    """
    if killer == NO_END.format(timeout):
        return run_tests(copy, tests, timeout / FASTER) is None
    return run_tests(copy, [killer] if "::" in killer else tests, timeout) is None


def without_effect(mutant: Mutant) -> str:
    """Return why a mutant leaves every result as it is; empty if it may change one."""
    source = (ROOT / mutant.path).read_text(encoding="utf-8")
    before, after = (text.splitlines()[mutant.line - 1].strip() for text in (source, mutant.apply(source)))
    if HINT.match(before):
        return "a hint to the processor"
    known = (
        reason for path, *lines, reason in EQUIVALENT if path in mutant.path.as_posix() and lines == [before, after]
    )
    return next(known, "")


def verdict(copy: Path, mutant: Mutant, timeout: float) -> tuple[str, str]:
    """Return which stage kills a mutant (own, whole, neighbours, importing, compiled), or that it survives, and what fails.

    A test that fails without the mutant too gives no verdict; a stage that is slow without it is passed over.
    """
    file = copy / mutant.path
    before = file.read_text(encoding="utf-8")
    reason = without_effect(mutant)
    if reason:
        return "equivalent", reason
    file.write_text(mutant.apply(before), encoding="utf-8", newline="")
    try:
        for name, tests in stages(mutant.path).items():
            killer = run_tests(copy, tests, timeout, plain=name != "compiled")
            if killer is None:
                continue
            file.write_text(before, encoding="utf-8", newline="")
            if name == "compiled" or kills(copy, tests, killer, timeout):
                return name, killer
            if killer != NO_END.format(timeout):
                return "no verdict", killer
            file.write_text(mutant.apply(before), encoding="utf-8", newline="")
        return "survives", ""
    finally:
        file.write_text(before, encoding="utf-8", newline="")


def chosen(options: argparse.Namespace) -> list[Mutant]:
    """Return the mutants that are asked for.

    Raises:
        SystemExit: ``--at`` names a line that holds nothing to mutate.
    """
    everything = population()
    if options.at:
        name, _, line = options.at.rpartition(":")
        found = [each for each in everything if each.path.as_posix() == name and str(each.line) == line]
        if not found:
            raise SystemExit(f"mutants: --at {options.at}: nothing to mutate there; expected FILE:LINE in {PACKAGES}")
        return found
    if not 1 <= options.count <= len(everything):
        raise SystemExit(f"mutants: --count {options.count}: expected 1 to {len(everything)}")
    return random.Random(options.seed).sample(everything, options.count)


def copied(folder: Path) -> Path:
    """Copy what the tests need into a folder, and return it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "cdn"))
        else:
            shutil.copy(source, folder / name)
    return folder


def changed(mutant: Mutant) -> tuple[str, str, str]:
    """Return the text of the line that a mutant changes, what it takes away, and what it puts there."""
    line = (ROOT / mutant.path).read_text(encoding="utf-8").splitlines()[mutant.line - 1]
    return line.strip(), line[mutant.start : mutant.end], mutant.new


def described(mutant: Mutant) -> str:
    """Return place, change and kind of a mutant as the first cells of its row."""
    line, old, new = changed(mutant)
    change = f"`{old}` to `{new}` in `{line}`".replace("|", "\\|")
    return f"{mutant.path.as_posix()}:{mutant.line} | {change} | {mutant.kind}"


def known(file: Path | None) -> dict[str, list[str]]:
    """Return the verdicts of earlier pieces by the mutant they are about."""
    if file is None or not file.exists():
        return {}
    return dict(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


def main() -> None:
    """Try the mutants one by one, and print a table and the score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40, help="how many mutants (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default 1)")
    parser.add_argument("--at", metavar="FILE:LINE", help="all mutants of one line instead")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds for one stage of tests (default 900)")
    parser.add_argument(
        "--verdicts", type=Path, metavar="FILE", help="keep verdicts here; those it holds are not redone"
    )
    parser.add_argument("--within", type=float, default=float("inf"), help="start no mutant after so many seconds")
    options = parser.parse_args()
    mutants, verdicts, began = chosen(options), known(options.verdicts), time.perf_counter()
    print("| place | change | kind | killed by | first failing test | seconds |\n|---|---|---|---|---|---:|")
    with tempfile.TemporaryDirectory() as folder:
        copy: Path | None = None
        for mutant in mutants:
            name, start = described(mutant), time.perf_counter()
            if name not in verdicts:
                if start - began > options.within:
                    continue
                copy = copy or copied(Path(folder))
                stage, test = verdict(copy, mutant, options.timeout)
                verdicts[name] = [stage, test, f"{time.perf_counter() - start:.0f}"]
                if options.verdicts is not None:
                    with options.verdicts.open("a", encoding="utf-8") as file:
                        file.write(json.dumps([name, verdicts[name]]) + "\n")
            print(f"| {name} | {' | '.join(verdicts[name])} |", flush=True)
    stages_of = [verdicts[name][0] for name in map(described, mutants) if name in verdicts]
    tried = [stage for stage in stages_of if stage != "equivalent"]
    killed = sum(stage not in ("survives", "no verdict") for stage in tried)
    print(f"\n{killed} of {len(tried)} killed ({100 * killed / max(1, len(tried)):.0f} %)")
    if len(tried) < len(stages_of):
        print(f"{len(stages_of) - len(tried)} not counted: the change has no effect")
    if len(stages_of) < len(mutants):
        print(f"{len(mutants) - len(stages_of)} not tried yet: run it again")


if __name__ == "__main__":
    main()
