"""Shares are counted by package, over all of its files."""

import ast

from benchmarks import plain_coverage


def file(run: int, there: int) -> dict:
    return {"summary": {"covered_lines": run, "num_statements": there}}


def test_files_of_a_package_are_counted_together() -> None:
    files = {
        "src/ccsim/model/a.py": file(3, 4),
        "src/ccsim/model/b/c.py": file(0, 6),
        "src/ccsim/engine/d.py": file(5, 5),
    }
    assert plain_coverage.by_package(files) == {"model": (3, 10), "engine": (5, 5)}


def test_lines_are_written_as_ranges() -> None:
    assert plain_coverage.ranges([3, 4, 5, 9, 11, 12]) == "3-5, 9, 11-12"


def test_every_test_that_is_left_out_exists() -> None:
    folders = [plain_coverage.ROOT / name for name in plain_coverage.TESTS]
    paths = [path for each in folders for path in (each.rglob("test_*.py") if each.is_dir() else [each])]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    names = [node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [word for word in plain_coverage.LEFT_OUT if not any(name.startswith(word) for name in names)]
