"""Games as tables: a row a week, a row a player, and points that can be worked out from either again."""

from __future__ import annotations

import csv
import io
from statistics import fmean

import pytest

from ccsim.errors import InputError
from ccsim.game.class_rules import Terms
from ccsim.game.debrief import score
from ccsim.game.game import Choice, Game, play_through
from ccsim.game.save_file import save
from ccsim.game.tables import class_csv, named, of_folder, result, weeks_csv


@pytest.fixture(scope="module")
def finished():
    first = Choice(("announce", "hero"), expected={"reported_csat": 72.0}, answers=("My name is Eve",))
    return play_through([first, Choice(stop=("announce",)), *[Choice()] * 10], 3, terms=Terms(events={"surge": 4}))


def parsed(text):
    """Return the criteria, as {KPI: (weight, zero, hundred)}, and the rows of the table as dictionaries."""
    lines = text.splitlines()
    notes = list(csv.reader(line for line in lines if line.startswith("#")))
    criteria = {row[1]: tuple(float(row[place]) for place in (3, 5, 7)) for row in notes if row[0] == "# criterion"}
    return criteria, list(csv.DictReader(io.StringIO("\n".join(line for line in lines if not line.startswith("#")))))


def points(criteria, values):
    return sum(weight * (values[kpi] - zero) / (hundred - zero) for kpi, (weight, zero, hundred) in criteria.items())


def test_a_game_has_a_row_a_week_and_its_score_can_be_worked_out_from_them(finished):
    criteria, rows = parsed(weeks_csv(finished))
    assert len(rows) == 156 and sum(weight for weight, _, _ in criteria.values()) == 100
    assert rows[0]["started"] == "announce hero" and rows[13]["stopped"] == "announce"
    assert float(rows[0]["expected reported_csat"]) == 72.0
    values = {
        kpi: sum(float(row[kpi]) for row in rows) if kpi == "profit" else fmean(float(row[kpi]) for row in rows[-13:])
        for kpi in criteria
    }
    assert points(criteria, values) == pytest.approx(score(finished).total, abs=1e-9)
    assert "Eve" not in weeks_csv(finished)


def test_the_notes_say_what_was_played(finished):
    text = weeks_csv(finished)
    assert text.startswith("# scenario,nothing,seed,3") and "# event,surge,quarter,4" in text


def test_a_class_has_a_row_a_player_and_its_points_can_be_worked_out(finished):
    rows = [result(finished, "=HYPERLINK(1)"), result(finished)]
    criteria, table = parsed(class_csv(rows, finished))
    assert [row["player"] for row in table] == ["'=HYPERLINK(1)", "Player 2"]
    for row in table:
        values = {kpi: float(row[kpi]) for kpi in criteria}
        assert points(criteria, values) == pytest.approx(float(row["points"]), abs=1e-3)
    assert "announce" in table[0]["quarter 1"] and "Eve" not in class_csv(rows, finished)


def test_an_empty_class_has_a_head_only():
    assert len(parsed(class_csv([], Game(1)))[1]) == 0


def test_a_folder_of_five_games_is_five_rows_and_what_is_wrong_with_the_rest(finished, tmp_path):
    for number in range(5):
        save(finished, tmp_path / f"student-{number}.json")
    (tmp_path / "torn.json").write_text((tmp_path / "student-0.json").read_text()[:400])
    save(play_through([Choice()], 3), tmp_path / "short.json")
    rows, faults = of_folder(tmp_path)
    assert len(rows) == 5 and {row.name for row in named(rows)} == {f"student-{number}" for number in range(5)}
    assert len(faults) == 2 and "short.json: the game goes on" in faults[0] and "torn.json: is incomplete" in faults[1]


def test_a_folder_that_is_not_there_or_has_no_game_is_a_message(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        of_folder(tmp_path / "x")
    with pytest.raises(InputError, match="no saved game"):
        of_folder(tmp_path)
