from pathlib import Path

import pytest
from benchmarks.fuzz.inputs import KINDS, fuzzed


@pytest.mark.parametrize("kind", list(KINDS))
def test_mutated_inputs_end_in_a_clear_message_or_are_right(kind: str, tmp_path: Path) -> None:
    inputs = 60 if kind in ("organisation", "command line") else 200
    count = fuzzed(inputs, 13, tmp_path, (kind,))[kind]
    assert not count.faults
    assert (count.traceback, count.silent_wrong) == (0, 0)
    assert count.clear > 0 and count.clear + count.accepted == inputs


def test_the_same_seed_gives_the_same_answers(tmp_path: Path) -> None:
    first, again = (fuzzed(40, 5, tmp_path, ("scenario",))["scenario"] for _ in range(2))
    assert (first.clear, first.accepted) == (again.clear, again.accepted)
