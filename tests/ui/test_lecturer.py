"""Who may open a class and what counts in it: the lecturer decides, by a secret that no student can see or guess."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

pytest.importorskip("solara")

from ccsim.errors import InputError
from ccsim.game.class_rules import Terms
from ccsim.ui import guard, lecturer, opening, rooms
from ccsim.ui.opening import Wish, open_class
from ccsim.ui.rooms import Room, Rooms, called


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that other machines reach."""
    one = lecturer.Lecturer()
    for module in (lecturer, guard, opening):
        monkeypatch.setattr(module, "LECTURER", one)
    return one.require_secret()


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    classes = Rooms()
    monkeypatch.setattr(rooms, "ROOMS", classes)
    classes._rooms["ABCDE"] = Room("ABCDE", "key", 3, "nothing", Terms())
    return classes._rooms["ABCDE"]


def test_on_this_machine_no_secret_is_required() -> None:
    one = lecturer.Lecturer()
    assert not one.required
    one.check("")


@pytest.mark.parametrize("given", ["", "x", None, 7, "ключ", "a" * 10_000, "\ud800"])
def test_without_the_secret_nobody_opens_a_class(given: object, secret: str) -> None:
    with pytest.raises(InputError, match="lecturer only"):
        open_class(Wish(), given)


def test_the_secret_is_long_and_new_each_time() -> None:
    secrets = {lecturer.Lecturer().require_secret() for _ in range(50)}
    assert len(secrets) == 50 and all(len(one) >= 16 for one in secrets)


def visited(query: str) -> dict[bytes, bytes]:
    """Return the headers of the answer to an address with a query."""
    said: list = []

    async def send(message) -> None:
        said.append(message)

    asyncio.run(guard._let_lecturer_in({"query_string": query.encode()}, send))
    assert said[0]["status"] == 303
    return dict(said[0]["headers"])


def test_the_printed_address_gives_a_cookie_to_who_has_the_secret_only(secret: str) -> None:
    assert visited(f"lecturer={secret}")[b"set-cookie"].startswith(b"ccsim-lecturer=" + secret.encode())
    for wrong in ("lecturer=", "lecturer=x", f"lecturer={secret}x"):
        headers = visited(wrong)
        assert b"set-cookie" not in headers and headers[b"location"] == b"/class"


def test_the_command_prints_the_secret_for_other_machines_only(
    monkeypatch: pytest.MonkeyPatch, ccsim, tmp_path
) -> None:
    from ccsim.ui import serving

    monkeypatch.setattr(serving, "run", lambda *_, **__: None)
    monkeypatch.setattr(lecturer, "LECTURER", lecturer.Lecturer())
    told = ccsim("app", "--no-open", "--host", "0.0.0.0", cwd=tmp_path).stderr
    assert "/class?lecturer=" in told and "plain HTTP" in told and lecturer.LECTURER.required
    monkeypatch.setattr(lecturer, "LECTURER", lecturer.Lecturer())
    assert "lecturer=" not in ccsim("app", "--no-open", cwd=tmp_path).stderr
    assert not lecturer.LECTURER.required


def test_a_finished_game_that_joins_does_not_block_the_events_of_the_class(room: Room) -> None:
    rooms.ROOMS.progress(room.code, "slow", 1)
    rooms.ROOMS.progress(room.code, "from a file", 12)
    assert rooms.ROOMS.trigger(room, "bad-press") == 3


def test_a_lecturer_removes_a_game_and_a_name(room: Room) -> None:
    for number in range(300):
        rooms.ROOMS.progress(room.code, f"one person, session {number}", 11, "spam")
    rooms.ROOMS.progress(room.code, "late", 1, "Ada")
    assert "late" not in room.quarters
    before = room.version
    rooms.ROOMS.remove(room, "one person, session 7")
    rooms.ROOMS.progress(room.code, "late", 1, "Ada")
    assert room.names["late"] == "Ada" and "one person, session 7" not in room.quarters and room.version > before


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"), ("Zoë Müller-Ñandú", "Zoë Müller-Ñandú"), ("李雷 🙂", "李雷 🙂"),
        ("=cmd()", "cmd()"), ("+-@=1", "1"), ("＝１＋１", "１＋１"), ("−5", "5"), ("\t=x", "x"), ("﹢1", "1"),
        ("a\u202eb", "ab"), ("\u2066x\u2069", "x"), ("a\u200bb\u2060", "ab"), ("\ufeffx", "x"), ("x\x00\x1b[31m", "x[31m"),
        ("a\nb", "a b"), ("\ud800x", "x"), ("\ue000\U000f0000x", "x"), ("\u3164\u2800", ""), ("e" + "\u0301" * 50, "é\u0301\u0301"),
        ("x" * 500, "x" * rooms.LONGEST_NAME), ("", ""), ("\u0301x", "x"),
    ],
)  # fmt: skip
def test_names_are_text_that_reads_as_it_is_written(typed: str, kept: str) -> None:
    assert called(typed) == kept
    assert called(called(typed)) == called(typed)


def test_a_class_can_require_that_this_server_received_every_quarter(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Finished:
        quarter, player = 12, ""

    monkeypatch.setattr(rooms, "result", lambda game, name: room)
    monkeypatch.setattr(rooms, "score", lambda game: None)
    monkeypatch.setattr(rooms, "replace", lambda row, **_: Room("x", "x", 1, "x"))
    monkeypatch.setattr(Room, "admit", lambda self, game: None)
    monkeypatch.setattr(Room, "name", "", raising=False)
    rooms.ROOMS.require_here(room, True)
    for visitor, first in (("here", 0), ("from a file", 5)):
        rooms.ROOMS.progress(room.code, visitor, first)
        for quarter in range(first + 1, 13):
            rooms.ROOMS.progress(room.code, visitor, quarter, played=True)
    rooms.ROOMS.hand_in(room.code, "here", Finished())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="played elsewhere"):
        rooms.ROOMS.hand_in(room.code, "from a file", Finished())  # type: ignore[arg-type]
    assert set(room.games) == {"here"}
