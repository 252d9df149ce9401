from pathlib import Path

import pytest
from benchmarks.kills import begin, disturbed, enough


@pytest.mark.slow
def test_kills_lose_nothing_do_nothing_twice_and_end_in_the_same_hash(tmp_path: Path) -> None:
    whole = begin(tmp_path / "whole", 40).communicate()[0].split()[-1]
    found, made, twice = disturbed(tmp_path / "killed", 40, kills=3)
    assert (found, twice) == (whole, 0)
    assert made > 0


@pytest.mark.slow
def test_two_hundred_kills(tmp_path: Path) -> None:
    replicates = enough(200, 3.0, tmp_path)
    whole = begin(tmp_path / "whole", replicates).communicate()[0].split()[-1]
    assert disturbed(tmp_path / "killed", replicates, kills=200, every=3.0) == (whole, 200, 0)
