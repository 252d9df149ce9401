"""A class, its file on the disk, and what is told of it to whom."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from ccsim.app import class_store
from ccsim.app.class_room import ACCEPTED, ClassRoom, Player, new_code, progress
from ccsim.app.class_service import stored_name
from ccsim.app.class_store import ClassStore
from ccsim.app.class_views import current, desk, player_view, screen
from ccsim.app.limits import Allowance
from ccsim.errors import InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.class_rules import Terms
from ccsim.game.debrief import score_of

VALUES = {"profit": 6_000_000.0, "csat": 78.0, "active": 2100.0, "engagement": 0.7, "habit": 0.6}


def _room(**other: object) -> ClassRoom:
    return ClassRoom(
        **{"code": "ABCDE", "marks": [], "seed": 1, "scenario": "nothing", "terms": Terms(), "upto": 12, **other}
    )  # type: ignore[arg-type]  # fields by name


def _player(name: str, csat: float | None = None, quarters: int = 0, **other: object) -> Player:
    row = Player(name.lower() or "none", "mark", name, **other)  # type: ignore[arg-type]  # fields by name
    row.received = {quarter: 30.0 * quarter for quarter in range(quarters)}
    row.expected = {quarter: {"reported_csat": 70.0 + quarter} for quarter in range(quarters)}
    row.came = {quarter: {"reported_csat": 60.0 + quarter} for quarter in range(quarters)}
    if csat is not None:
        row.state = ACCEPTED
        row.result = {"values": {**VALUES, "csat": csat}, "apart": [], "expected": list(row.expected.values())}
    return row


def test_codes_have_letters_that_no_person_mistakes() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190 and not set("".join(codes)) & set("IOQ0123456789")


def test_points_follow_the_rules_and_the_weights() -> None:
    rows = {row.kpi: row for row in catalogue().rules.criterion}
    by_hand = sum(row.weight * (VALUES[row.kpi] - row.zero) / (row.hundred - row.zero) for row in rows.values())
    assert score_of(VALUES, Terms().weights_under(catalogue()), catalogue()).total == pytest.approx(by_hand)
    assert score_of(VALUES, {"csat": 100}, catalogue()).total == pytest.approx(50.0)


def test_games_of_one_name_are_a_team_and_equal_points_share_a_place() -> None:
    room = _room()
    for key, row in {
        "a": _player("Red", 84),
        "b": _player("red", 72),
        "c": _player("Blue", 78),
        "d": _player("", 72),
    }.items():
        room.players[key] = row
    ranks = room.ranks()
    assert [(row["place"], row["name"], row["games"]) for row in ranks] == [(1, "Red", 2), (1, "Blue", 1), (3, "", 1)]


def test_a_game_with_other_events_is_not_ranked() -> None:
    room = _room(players={"a": _player("Red", 84), "b": _player("Blue", 78)})
    room.players["a"].result["apart"] = ["challenger"]  # type: ignore[index]  # it has one
    assert [row["name"] for row in room.ranks()] == ["Blue"]


def test_a_strict_class_ranks_games_whose_predictions_all_came_in_time() -> None:
    room = _room(strict=True, players={"a": _player("Red", 84, quarters=12), "b": _player("Blue", 78, quarters=11)})
    assert [row["name"] for row in room.ranks()] == ["Red"]
    room.players["a"].result["expected"][3] = {"reported_csat": 99.0}  # type: ignore[index]  # it has one
    assert room.ranks() == []


def test_a_strict_class_does_not_rank_a_game_whose_predictions_came_together() -> None:
    room = _room(strict=True, players={"a": _player("Red", 84, quarters=12), "b": _player("Blue", 78, quarters=12)})
    red = room.players["a"]
    # Three reports at the end of the game, of four predictions each; a report's last one may have come in time.
    red.received = {quarter: 500.0 + quarter // 4 for quarter in range(12)}
    assert [row["name"] for row in room.ranks()] == ["Blue"]
    assert (room.proven(red), room.proven(room.players["b"])) == (3, 12)
    red.received = {quarter: 500.0 - 30.0 * quarter for quarter in range(12)}
    assert room.proven(red) == 1
    room.strict = False
    assert [row["name"] for row in room.ranks()] == ["Red", "Blue"]


def test_an_event_comes_in_the_first_quarter_that_no_person_can_have_begun() -> None:
    room = _room(players={"a": _player("Red", quarters=4), "b": _player("Blue", quarters=1)})
    assert room.trigger("challenger") == 6
    assert room.event_quarters()["challenger"] == 5
    together = _room(upto=3, players={"a": _player("Red", quarters=3)})
    assert together.trigger("challenger") == 4


def test_an_event_that_came_does_not_come_again_and_the_last_quarter_has_none() -> None:
    room = _room(terms=Terms(events={"challenger": 2}), players={"a": _player("Red", quarters=4)})
    with pytest.raises(InputError, match="came already, in quarter 2"):
        room.trigger("challenger")
    room.players["a"] = _player("Red", quarters=11)
    with pytest.raises(InputError, match="no quarter is left"):
        room.trigger(next(name for name in catalogue().events if name not in room.event_quarters()))


def test_moves_are_only_unlocked_once_a_quarter_is_played() -> None:
    room = _room(terms=Terms(locked=("train",)))
    room.set_terms({"locked": ("train", "announce")})
    room.players["a"] = _player("Red", quarters=1)
    with pytest.raises(InputError, match="no more of them locked"):
        room.set_terms({"locked": ("train", "announce", "no-blame")})
    room.set_terms({"locked": ()})
    assert room.terms.locked == ()


def test_progress_counts_every_person_once() -> None:
    rows = [_player("A", quarters=0), _player("B", quarters=3), _player("C", 80, quarters=2)]
    assert progress(rows, 4) == [1, 0, 0, 1, 1]


def test_the_projector_is_reported_nothing_that_came_before_it_is_revealed() -> None:
    room = _room(players={"a": _player("Red", 80, quarters=3)})
    assert screen(room, 1)["came"] is None and "60" not in json.dumps(screen(room, 1)["expected"])
    room.revealed = [1]
    assert screen(room, 1)["came"]["reported_csat"] == [61.0]
    assert screen(room, 2)["came"] is None and screen(room, 1)["ranks"] is None


def test_the_class_is_at_the_open_quarter_or_where_half_of_it_is() -> None:
    assert current(_room(upto=4)) == 3
    room = _room(players={"a": _player("A", quarters=5), "b": _player("B", quarters=2), "c": _player("C", quarters=2)})
    assert current(room) == 2 and current(_room()) == 0


def test_neither_desk_nor_player_is_reported_a_secret() -> None:
    room = _room(marks=["mark-of-key"], players={"a": _player("Red", 80, quarters=3)})
    room.ranking = True
    output = json.dumps([desk(room), screen(room, 0), player_view(room, room.players["a"], room.ranks(), 0)])
    assert "mark" not in output


def test_a_player_sees_the_ranking_only_with_a_game_in_it() -> None:
    room = _room(players={"a": _player("Red", 80), "b": _player("Blue")})
    assert player_view(room, room.players["b"], room.ranks(), 0)["ranks"] is None
    found = player_view(room, room.players["a"], room.ranks(), 0)
    assert (found["place"], found["of"]) == (1, 1) and "players" not in found["ranks"][0]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("  =HYPERLINK(1)", "HYPERLINK(1)"),
        ("+-@Ann", "Ann"),
        ("\uff1dHYPERLINK(1)", "HYPERLINK(1)"),
        ("\uff0d \ufe62\uff20Ann", "Ann"),
        ("A\u202eB\x00C\u200bD", "ABCD"),
        ("\u2800\u3164", ""),
        ("Z\u0351\u0351\u0351\u0351oe", "Z\u0351\u0351oe"),
        ("x" * 500, "x" * 40),
    ],
)
def test_a_name_is_kept_as_text_that_every_page_and_table_can_show(given: str, kept: str) -> None:
    assert stored_name(given) == kept


def test_a_class_comes_back_from_its_folder_as_it_was(tmp_path: Path) -> None:
    store, room = ClassStore(tmp_path), _room(revealed=[2], strict=True, terms=Terms(predict=True, quarters=6))
    store.save_room(room)
    for row in (_player("Red", 80, quarters=3), _player("Blüe", quarters=1)):
        room.players[row.id] = row
        store.save_player(room, row)
    found = ClassStore(tmp_path).load()["ABCDE"]
    assert found == room
    store.remove_player(room, "red")
    assert list(store.load()["ABCDE"].players) == ["blüe"]
    store.remove_room(room)
    assert store.load() == {} and list(tmp_path.iterdir()) == []


def test_a_player_takes_a_few_kilobytes_on_the_disk(tmp_path: Path) -> None:
    store, room = ClassStore(tmp_path), _room()
    store.save_room(room)
    row = _player("Red", 80, quarters=12)
    row.game = "x" * 2500
    store.save_player(room, row)
    assert (tmp_path / "ABCDE" / "player-red.json").stat().st_size < 6000


def test_torn_and_foreign_files_are_reported_and_left_out(tmp_path: Path) -> None:
    store, room = ClassStore(tmp_path), _room()
    store.save_room(room)
    for row in (_player("Red", 80), _player("Blue"), _player("Green")):
        store.save_player(room, row)
    (tmp_path / "ABCDE" / "player-red.json").write_text('{"version":1,"id":"red"')
    (tmp_path / "ABCDE" / "player-blue.json").write_text('{"version":2}')
    (tmp_path / "FGHJK").mkdir()
    (tmp_path / "FGHJK" / "class.json").write_text('{"version":1,"code":"FGHJK"}')
    (tmp_path / "notes").mkdir()
    again = ClassStore(tmp_path)
    assert list(again.load()["ABCDE"].players) == ["green"]
    assert len(again.faults) == 3 and all(str(tmp_path) in fault for fault in again.faults)


def test_a_stop_in_the_midst_of_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, room = ClassStore(tmp_path), _room()
    store.save_room(room)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    room.upto = 3
    with pytest.raises(InputError, match=r"cannot be written \(No space left"):
        store.save_room(room)
    assert ClassStore(tmp_path).load()["ABCDE"].upto == 12


def test_a_class_that_no_person_touched_for_long_is_forgotten(tmp_path: Path) -> None:
    store = ClassStore(tmp_path)
    store.save_room(_room())
    old = time.time() - (class_store.FORGOTTEN + 1) * 86_400
    os.utime(tmp_path / "ABCDE" / "class.json", (old, old))
    assert store.load() == {} and not (tmp_path / "ABCDE").exists()


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="classes cannot be kept there"):
        ClassStore(tmp_path / "file" / "classes")


def test_an_allowance_is_given_back_at_its_rate() -> None:
    now = [0.0]
    allowance = Allowance(2, 0.5, clock=lambda: now[0])
    assert [allowance.take("a") for _ in range(3)] == [0.0, 0.0, 2.0]
    assert allowance.take("b") == 0.0 and allowance.wait("a") == 2.0
    now[0] = 2.0
    assert allowance.take("a") == 0.0 and allowance.take("a") > 0
