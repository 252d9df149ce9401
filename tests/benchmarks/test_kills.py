import os
from pathlib import Path

import pytest
from benchmarks import kills_with_damage
from benchmarks.fuzz.results_folders import Stock
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
    kills = 0
    while kills < 200:  # the machine may have become faster since the measure, so that one experiment ends too early
        result, made, twice = disturbed(tmp_path / f"killed-{kills}", replicates, kills=200 - kills, every=3.0)
        assert (result, twice) == (whole, 0)
        assert made > 0
        kills += made


@pytest.mark.skipif(not hasattr(os, "fork"), reason="sessions are forked")
def test_kills_with_damage_between_them_end_in_the_same_hash_or_a_clear_message(tmp_path: Path) -> None:
    counts = kills_with_damage.disturbed(25, 1, tmp_path, Stock.made(tmp_path / "stock"))
    assert counts["kills"] + counts["damages"] >= 25
    assert counts["damages"] > 3
    assert (counts["traceback"], counts["silent-wrong"]) == (0, 0)
