"""Each mutant changes one place of one line into valid code that means something else."""

import ast
from pathlib import Path

import pytest
from benchmarks import mutants

SOURCE = '''"""A module."""
LIMIT = 3


def rule(x, y, p):
    """Return something with a - in its words."""
    if x < p.most and y >= 2 or x == 0:
        return x - y * 0.5
    x += 1
    return (
        x
        / y
    )
'''


def found() -> list[mutants.Mutant]:
    return list(mutants.places(Path("module.py"), SOURCE))


def test_every_operator_and_constant_of_a_function_is_a_place_and_nothing_else() -> None:
    lines = SOURCE.splitlines()
    changes = [(each.line, lines[each.line - 1][each.start : each.end], each.new) for each in found()]
    assert changes == [
        (7, "<", ">="), (7, "and", "or"), (7, ">=", "<"), (7, "2", "3"), (7, "or", "and"), (7, "==", "!="), (7, "0", "1"),
        (8, "-", "+"), (8, "*", "/"), (8, "0.5", "0.625"),
        (9, "+", "-"), (9, "1", "2"),
        (12, "/", "*"),
    ]  # fmt: skip


def test_a_mutant_is_valid_code_that_differs_in_one_line() -> None:
    before = SOURCE.splitlines()
    for mutant in found():
        after = mutant.apply(SOURCE)
        assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(SOURCE))
        changed = [i for i, (one, other) in enumerate(zip(before, after.splitlines(), strict=True), 1) if one != other]
        assert changed == [mutant.line]


def test_every_mutant_of_the_model_is_valid_code() -> None:
    everything = mutants.population()
    assert {mutant.path.parts[2] for mutant in everything} == set(mutants.PACKAGES)
    for mutant in everything[::25]:
        ast.parse(mutant.apply((mutants.ROOT / mutant.path).read_text(encoding="utf-8")))


def test_the_files_own_test_is_run_first_and_its_neighbours_after_the_whole_models() -> None:
    found = mutants.stages(Path("src/ccsim/mechanisms/staff/habit.py"))
    assert list(found)[:3] == ["own", "whole", "neighbours"]
    assert found["own"] == ["tests/mechanisms/staff/test_habit.py"]
    assert found["whole"] == list(mutants.WHOLE)
    every = [test for tests in found.values() for test in tests]
    assert len(every) == len(set(every))


def test_tests_that_import_a_file_are_run_wherever_they_stand() -> None:
    found = mutants.stages(Path("src/ccsim/model/ties.py"))
    assert "tests/mechanisms/staff/test_ties.py" in found["importing"]
    assert "tests/mechanisms/staff/test_ties.py" not in found["neighbours"]


@pytest.mark.parametrize(("seconds", "killed"), [(0.0, True), (3600.0, False)])
def test_tests_that_do_not_end_are_a_kill_only_if_they_are_fast_without_the_mutant(seconds, killed, monkeypatch):
    def run_tests(copy: Path, tests: list[str], timeout: float) -> str | None:
        return None if seconds < timeout else mutants.NO_END.format(timeout)

    monkeypatch.setattr(mutants, "run_tests", run_tests)
    assert mutants.kills(Path(), ["tests/test_golden.py"], mutants.NO_END.format(300.0), 300.0) is killed


def test_verdicts_that_a_file_keeps_are_not_made_again(monkeypatch, tmp_path, capsys) -> None:
    tried: list[mutants.Mutant] = []
    monkeypatch.setattr(mutants, "verdict", lambda copy, mutant, timeout: tried.append(mutant) or ("own", "a test"))
    monkeypatch.setattr(mutants, "copied", lambda folder: folder)
    words = ["mutants", "--count", "2", "--verdicts", str(tmp_path / "verdicts.jsonl")]
    monkeypatch.setattr("sys.argv", [*words, "--within", "0"])
    mutants.main()
    assert "2 not tried yet" in capsys.readouterr().out and not tried
    monkeypatch.setattr("sys.argv", words)
    mutants.main()
    mutants.main()
    assert len(tried) == 2 and capsys.readouterr().out.count("2 of 2 killed (100 %)") == 2


def test_a_change_without_effect_is_still_there_and_is_not_counted(monkeypatch, capsys, tmp_path) -> None:
    everything = mutants.population()
    for path, before, after, reason in mutants.EQUIVALENT:
        rows = [row for row in everything if path in row.path.as_posix() and mutants.changed(row)[0] == before]
        assert reason in map(mutants.without_effect, rows), (path, before, after)
    hints = [row for row in everything if mutants.without_effect(row) == "a hint to the processor"]
    assert hints and all("fetch" in mutants.changed(row)[0] for row in hints)
    mutant = hints[0]
    monkeypatch.setattr(mutants, "copied", lambda folder: mutants.ROOT)
    monkeypatch.setattr("sys.argv", ["mutants", "--at", f"{mutant.path.as_posix()}:{mutant.line}"])
    monkeypatch.setattr(mutants, "places", lambda path, source: [mutant] if path == mutant.path else [])
    mutants.main()
    assert "0 of 0 killed (0 %)\n1 not counted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"), [(["--count", "0"], "expected 1 to"), (["--at", "x.py:3"], "nothing to mutate")]
)
def test_what_cannot_be_mutated_is_refused_in_one_message(words, message, monkeypatch) -> None:
    monkeypatch.setattr("sys.argv", ["mutants", *words])
    with pytest.raises(SystemExit, match=message):
        mutants.main()


def test_files_that_are_read_whole_by_compiled_runs_only_have_a_compiled_stage() -> None:
    for name in mutants.COMPILED:
        assert (mutants.ROOT / "src" / "ccsim" / name).exists()
        assert list(mutants.stages(Path("src/ccsim") / name))[-1] == "compiled"
    assert "compiled" not in mutants.stages(Path("src/ccsim/mechanisms/staff/habit.py"))
