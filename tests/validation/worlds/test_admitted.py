"""The file of admitted worlds, and what draws from it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ccsim.analysis.admitted import (
    SHIPPED,
    AdmittedWorlds,
    read_worlds,
    space_of,
    worlds_of,
    write_worlds,
)
from ccsim.analysis.parameter_space import dimensions
from ccsim.analysis.problem import Runner
from ccsim.analysis.sensitivity import designed
from ccsim.cli.main import app
from ccsim.engine.jit import source_hash
from ccsim.errors import InputError
from ccsim.execution.estimate import Work
from ccsim.model.settings import all_parameters
from ccsim.validation.worlds.patterns import ADMITTED
from ccsim.validation.worlds.report import constrained, pairs, write_page
from ccsim.validation.worlds.runs import uncertain_space
from ccsim.validation.worlds.study import confirmed, still_hold, witnesses

PAGE = Path(__file__).parents[3] / "docs" / "worlds.md"


def few(count: int = 60) -> AdmittedWorlds:
    """Return worlds of three values: one is narrow, one is free, one is a whole number bound to the first."""
    rng = np.random.default_rng(1)
    churn = rng.uniform(0.002, 0.003, count)
    rate = rng.uniform(0.15, 0.4, count)
    key = next(row.key for row in all_parameters().values() if row.role == "assumption" and row.kind is int)
    low, high = all_parameters()[key].range
    number = np.round(low + (high - low) * (churn - 0.002) / 0.001)
    pattern = {"id": "fcr-level", "says": "It is so.", "low": 0.6, "high": 0.8, "scale": "logit", "stage": "organisation",
               "why": "a reason", "source": "a source", "tolerance": 0.1}  # fmt: skip
    made = {
        "sources": source_hash(), "seed": 1, "command": "ccsim worlds", "points": 5, "tried": 100, "passed": 80,
        "waves": [{"points": 5, "left": 0.1, "space": 0.2, "explained": {"fcr-level": 0.9}}], "patterns": [pattern],
        "coverage": {"trials": 200, "left": 199, "admitted": 198},
    }  # fmt: skip
    values = np.column_stack([churn, rate, number]).astype(np.float32).astype(float)
    return AdmittedWorlds(
        ("market.churn", "demand.rate", key), values, {"fcr-level": np.full(count, 0.7)}, {"fcr-level": np.zeros(count)},
        made,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_worlds(few(), tmp_path / "own.parquet")
    return tmp_path / "own.parquet"


def test_worlds_are_read_as_they_were_written(file: Path) -> None:
    found = read_worlds(file)
    np.testing.assert_array_equal(found.values, few().values)
    assert found.keys == few().keys and found.made["patterns"][0]["id"] == "fcr-level"
    np.testing.assert_allclose(found.pattern_values["fcr-level"], 0.7, atol=1e-6)
    assert found.misfits["fcr-level"].max() == 0.0


def test_each_world_is_drawn_at_most_once_and_more_than_there_are_is_refused(file: Path) -> None:
    worlds = read_worlds(file)
    drawn = worlds.draw(60, 1)
    assert len({world["market.churn"] for world in drawn}) == 60
    assert worlds.draw(10, 1) == drawn[:10] != worlds.draw(10, 2)
    assert isinstance(drawn[0][worlds.keys[2]], int)
    with pytest.raises(InputError, match=r"at most 60, as many as own\.parquet holds, got 61"):
        worlds.draw(61, 1)


def test_other_sources_of_the_model_are_said_in_one_sentence(file: Path) -> None:
    assert read_worlds(file).stale == ""
    old = replace(read_worlds(file), made={**few().made, "sources": "0123456789abcdef"})
    assert "0123456789abcdef" in old.stale and "ccsim worlds --confirm" in old.stale and "\n" not in old.stale
    assert confirmed(old).stale == ""


def test_a_model_with_other_figures_is_distinguished_from_one_with_the_same() -> None:
    worlds = few(3)
    kept = replace(worlds, made={**worlds.made, "witnesses": witnesses(worlds)})
    assert still_hold(kept)
    moved = replace(kept, values=worlds.values * np.array([1.001, 1.0, 1.0]))
    assert not still_hold(moved)


def test_the_word_assumptions_stands_for_whole_worlds(file: Path) -> None:
    worlds = read_worlds(file)
    space, source = space_of(["assumptions", "programme.budget=0:100"], {"habit.decay_rate": 0.01}, worlds)
    keys = {one.key for one in space}
    assert source is worlds and set(worlds.keys) <= keys and "habit.decay_rate" not in keys
    assert space_of(["habit.utility_weight"], None, worlds)[1] is None
    assert space_of(["assumptions"], None, None)[1] is None


def test_points_take_whole_worlds_and_a_range_of_the_users_own_wins(file: Path) -> None:
    worlds = read_worlds(file)
    space = dimensions(["market.churn", "demand.rate=0.2:0.21", "programme.budget=0:100"])
    rows = [worlds.design(space, 20, 3).row(number) for number in range(20)]
    assert all(
        any(abs(row["market.churn"] - world["market.churn"]) < 1e-12 for world in worlds.draw(60, 3)) for row in rows
    )
    assert all(0.2 <= row["demand.rate"] <= 0.21 and 0 <= row["programme.budget"] <= 100 for row in rows)


def test_designs_of_their_own_span_what_the_worlds_span(file: Path) -> None:
    churn, rate = read_worlds(file).narrowed(dimensions(["market.churn", "demand.rate=0.2:0.3"]))
    assert 0.002 <= churn.low < churn.high <= 0.003 and (rate.low, rate.high) == (0.2, 0.3)
    values = designed((churn, rate), "morris", 30, 1).columns["market.churn"]
    assert values.min() >= churn.low and values.max() <= churn.high


def test_a_choice_of_worlds_that_is_none_is_reported_what_is_accepted(tmp_path: Path) -> None:
    assert worlds_of("declared") is None
    with pytest.raises(InputError, match=r"must be admitted, declared or the path of a \.parquet file, got 'all'"):
        worlds_of("all")
    with pytest.raises(InputError, match="there is no such file"):
        worlds_of(str(tmp_path / "none.parquet"))
    (tmp_path / "text.parquet").write_text("no table")
    with pytest.raises(InputError, match="contains no worlds"):
        worlds_of(str(tmp_path / "text.parquet"))


def test_what_facts_constrain_is_distinguished_from_what_they_do_not() -> None:
    rows = {row["key"]: row for row in constrained(few())}
    assert rows["market.churn"]["clear"] and rows["market.churn"]["gone"] > 0.9
    assert not rows["demand.rate"]["clear"] and abs(rows["demand.rate"]["gone"]) < 0.4
    first, second, rho = pairs(few())[0]
    assert {first, second} == {few().keys[0], few().keys[2]} and rho > 0.9


def test_the_page_tells_patterns_ranges_and_the_check_and_has_its_picture(tmp_path: Path) -> None:
    page, drawing = write_page(few(), tmp_path)
    text = page.read_text()
    assert "| `fcr-level` | It is so. | required | 0.6 to 0.8 |" in text and "`fcr-level`: a reason." in text
    assert "admitted 198 (99.0%)" in text and "`demand.rate`" in text.partition("Not constrained: ")[2]
    assert drawing.stat().st_size > 5000 and f"figures/{drawing.name}" in text


def test_the_shipped_worlds_are_enough_and_each_reproduces_every_pattern() -> None:
    if not SHIPPED.is_file():
        pytest.skip("no worlds are shipped yet")
    worlds = read_worlds()
    assert len(worlds) >= 500
    assert set(worlds.misfits) == {one["id"] for one in worlds.made["patterns"]} and len(worlds.misfits) >= 10
    needed = [one["id"] for one in worlds.made["patterns"] if one["stage"] == "organisation"]
    assert len(needed) >= 10 and max(worlds.misfits[name].max() for name in needed) <= ADMITTED + 1e-3
    known = {one.key for one in uncertain_space()}
    assert len(known & set(worlds.keys)) > 0.9 * len(known)
    coverage = worlds.made["coverage"]
    assert coverage["trials"] >= 200
    share = coverage["admitted"] / coverage["trials"]
    assert f"admitted {coverage['admitted']} ({share:.1%})" in " ".join(PAGE.read_text(encoding="utf-8").split())


def test_the_method_admits_organisations_of_known_values_in_95_per_cent_of_trials() -> None:
    coverage = read_worlds().made["coverage"]
    assert coverage["admitted"] >= 0.95 * coverage["trials"]


def test_commands_draw_from_the_worlds_of_a_file(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    monkeypatch.chdir(tmp_path)
    words = ["sweep", "nothing", "--factor", "assumptions", "--samples", "3", "--replicates", "1", "--weeks", "2",
             "--set", "organisation.staff=30", "--set", "organisation.customers=60", "--workers", "1", "--out", "r"]  # fmt: skip
    result = CliRunner().invoke(app, [*words, "--worlds-from", str(file)])
    assert result.exit_code == 0, result.output
    points = pd.read_parquet(tmp_path / "r" / "design_points.parquet")
    known = {round(world["market.churn"], 9) for world in read_worlds(file).draw(60, 1)}
    assert set(points["market.churn"].round(9)) <= known and points["market.churn"].nunique() == 3


@pytest.mark.slow
def test_worlds_are_made_by_one_command_which_goes_on_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ccsim.validation.worlds import matching

    monkeypatch.setattr(matching, "MOST_BATCHES", 1)
    monkeypatch.setattr(matching, "BATCH", 2)
    monkeypatch.setattr(matching, "CANDIDATES", 2000)
    monkeypatch.setattr(matching, "STEPS", 3)
    monkeypatch.chdir(tmp_path)
    words = ["worlds", "--worlds", "50", "--waves", "1", "--samples", "100", "--workers", "1", "--out", "w"]
    first = CliRunner().invoke(app, words)
    assert first.exit_code == 1  # two candidates cannot be fifty worlds
    assert "Wave 1: 100 points" in first.output
    again = CliRunner().invoke(app, [*words, "--resume"])
    assert [line for line in again.output.splitlines() if line.startswith(("Wave", "Candidates"))] == [
        line for line in first.output.splitlines() if line.startswith(("Wave", "Candidates"))
    ]


class Asked(Exception):
    """The work of a command is known."""


def test_the_command_tells_one_total_of_all_its_parts_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    from ccsim.validation.worlds import study

    output: list[tuple[int, int, float]] = []

    def expect(runner: Runner, works: list[Work], seconds: float = 0.0) -> None:
        output.append((sum(one.runs for one in works), sum(one.parts for one in works), seconds))

    def match(*_: object, on_batch: Callable[[int, int], object], **__: object) -> None:
        on_batch(500, 400)
        raise Asked

    monkeypatch.setattr(Runner, "expect", expect)
    monkeypatch.setattr(study, "match", match)
    with pytest.raises(Asked):
        study.make_worlds(Runner(), worlds=500, waves=2, points=1000, trials=200)
    # Two scenarios at each point: waves, six batches of candidates, which narrow down and run twice, the trials; and 24
    # units of each world that is admitted.
    batch = 2 * (500 + 300 + 180 + 2 * 108)
    assert output[0][:2] == (2 * 2000 + 6 * (batch + 24 * 90) + 2 * 600, 2 + 6 * (4 + 4) + 2)
    assert output[1][0] == 2 * 2000 + 2 * (batch + 24 * 400) + 2 * 600  # more are admitted than earlier ones foretold
    assert output[0][2] > output[1][2] > 0
