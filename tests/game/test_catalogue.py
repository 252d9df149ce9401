"""What can be done is data, and every lever in it is a declared one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccsim.errors import InputErrors
from ccsim.game.catalogue import FROM_BOTTOM, FROM_TOP, HERE, catalogue, read_catalogue
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters


def changed(tmp_path: Path, name: str, old: str, new: str) -> tuple[Path, Path]:
    """Return the two files with one text in one of them replaced."""
    files = []
    for file in ("rules.toml", "moves.toml"):
        text = (HERE / file).read_text(encoding="utf-8")
        if file == name:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / file).write_text(text, encoding="utf-8")
        files.append(tmp_path / file)
    return files[0], files[1]


def test_every_move_sets_declared_levers_to_values_that_they_accept():
    for move in catalogue().moves.values():
        for key, value in move.set.items():
            assert all_parameters()[key].role == "lever", key
            assert all_parameters()[key].check(value) == value


def test_every_part_of_the_programme_is_a_lever_of_it():
    levers = {key for key, row in all_parameters().items() if row.role == "lever" and key.startswith("programme.")}
    assert {f"programme.{part}" for part in FROM_TOP + FROM_BOTTOM} <= levers


def test_events_set_levers_or_assumptions():
    for event in catalogue().events.values():
        assert {all_parameters()[key].role for key in event.set} <= {"lever", "assumption"}
        assert 1 <= event.first <= event.last <= catalogue().rules.quarters


def test_every_move_has_words_a_price_and_an_effect():
    for move in catalogue().moves.values():
        assert move.title and move.about.endswith("."), move.name
        assert move.attention + move.once + move.per_week > 0, f"{move.name} is free"
        assert move.set or move.spend or move.shows, f"{move.name} does nothing"


def test_each_single_move_can_be_paid_at_the_start():
    rules = catalogue().rules
    for move in catalogue().moves.values():
        assert move.attention <= rules.attention
        assert move.once + rules.weeks * move.per_week <= rules.budget, move.name


def test_a_manager_sees_nothing_that_the_debrief_calls_hidden():
    rules = catalogue()
    assert not {row.kpi for row in rules.rules.report} & set(rules.hidden)
    assert set(rules.hidden) <= set(KPIS)
    shown = {kpi for move in rules.moves.values() for kpi in move.shows}
    assert shown - set(rules.hidden) == {"nps"}


def test_weights_sum_to_100():
    assert sum(row.weight for row in catalogue().rules.criterion) == pytest.approx(100.0)


def test_moves_exclude_each_other_if_they_set_one_lever():
    assert catalogue().excludes("hero", "champion-network")
    assert catalogue().excludes("win-executive", "sponsor-leaves")
    assert not catalogue().excludes("announce", "train")
    assert not catalogue().excludes("hero", "hero")


@pytest.mark.parametrize(
    ("name", "old", "new", "text"),
    [
        ("moves.toml", '"champions.count" = 1', '"champions.cuont" = 1', "did you mean 'champions.count'"),
        ("moves.toml", '"empowerment.rights" = 1.0', '"empowerment.rights" = 7', "0 to 1"),
        ("moves.toml", "spend.training", "spend.trianing", "did you mean 'training'"),
        ("moves.toml", 'shows = ["csat", "nps"]', 'shows = ["cast"]', "or 'csat'"),
        (
            "moves.toml",
            "attention = 1\n",
            "attention = -1\n",
            "move.0.attention: must be a number of at least 0, got -1",
        ),
        ("moves.toml", 'title = "Train everybody"', 'titel = "Train everybody"', "title"),
        ("moves.toml", 'name = "announce"\n', "", "moves.toml:14: move.0.name: is missing"),
        ("moves.toml", 'name = "train"', 'name = "announce"', "name: must be a name of its own, got 'announce'"),
        ("rules.toml", 'name = "surge"', 'name = "sponsor-leaves"', "event.1.name: must be a name of its own"),
        ("rules.toml", 'name = "surge"', 'name = "train"', "event.1.name: must be a name of its own, got 'train'"),
        ("rules.toml", "from = 4\nto = 9", "from = 9\nto = 4", "event.0.to: must be at least from, 9, got 4"),
        ("rules.toml", "[50, 100, 0.5]", "[100, 50, 0.5]", "predict: must be the lowest value, the highest and a step"),
        ("rules.toml", "[50, 100, 0.5]", "[50, 100, 0]", "predict: must be the lowest value, the highest and a step"),
        ("rules.toml", "zero = 3000000", "zero = 9000000", "criterion.0.hundred: must differ from zero, got 9e+06"),
        ("rules.toml", 'kpi = "reported_fcr"', 'kpi = "aht"', "kpi: must be a name of its own, got 'aht'"),
        ("rules.toml", '"demand.surge" = 1.2', '"demand.surg" = 1.2', "demand.surge"),
        ("rules.toml", 'kpi = "backlog"', 'kpi = "backlogs"', "did you mean 'backlog'"),
    ],
)
def test_a_fault_is_reported_with_its_file_and_what_is_accepted(tmp_path, name, old, new, text):
    with pytest.raises(InputErrors) as output:
        read_catalogue(*changed(tmp_path, name, old, new))
    assert name in str(output.value)
    assert text in str(output.value)
