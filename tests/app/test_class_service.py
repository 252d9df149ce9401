"""The class service over HTTP: opening, joining, handing in, replay and refusal, and attacks on it."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from classes import SECRET, Visitor, game_text, idle, served, some_move

from ccsim.app import class_service
from ccsim.app.class_requests import LARGEST_REQUEST
from ccsim.app.class_store import ClassStore
from ccsim.app.limits import Allowance
from ccsim.app.replay import replayed
from ccsim.app.server import PagesServer, greeting
from ccsim.engine.jit import PLAIN
from ccsim.errors import InputError
from ccsim.game.class_rules import Terms
from ccsim.game.game import Choice, play_through

RESULT = {
    "values": {"profit": 6e6, "csat": 78.0, "active": 2100.0, "engagement": 0.7, "habit": 0.6},
    "kpis": {}, "choices": [], "expected": [], "surprise": 1.5, "digest": "d", "apart": [],
}  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Games whose fingerprint is ``good`` replay at once; the real replay has tests of its own."""

    def play(content: bytes, room: Any) -> dict[str, Any]:
        digest = json.loads(content)["digest"]
        if digest == "good":
            return dict(RESULT)
        if digest == "crash":
            raise ZeroDivisionError
        raise InputError("this game does not replay: its choices do not give the values that were handed in")

    monkeypatch.setattr("ccsim.app.replay.replayed", play)
    monkeypatch.setattr("ccsim.app.replay.ReplayQueue.warm", lambda *_: None)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PagesServer]:
    with served(tmp_path, SECRET) as found:
        yield found


def _port(server: PagesServer) -> int:
    return int(server.server_address[1])


@pytest.fixture
def lecturer(server: PagesServer) -> Visitor:
    return Visitor(_port(server))


@pytest.fixture
def opened(lecturer: Visitor) -> dict[str, Any]:
    return lecturer.asked("open", {"seed": 1, "terms": {"predict": True}}, SECRET)


def _report(code: str) -> str:
    return f"class/{code}/report"


def _join(visitor: Visitor, code: str, name: str = "Ann") -> dict[str, Any]:
    return visitor.asked("join", {"code": code, "name": name})


def test_a_class_from_joining_to_its_ranking(server: PagesServer, lecturer: Visitor, opened: dict[str, Any]) -> None:
    code, key = opened["code"], opened["key"]
    one, two = (_join(Visitor(_port(server), f"127.0.0.{host}"), code, name) for host, name in ((2, "Ann"), (3, "Zoë")))
    assert one["seed"] == 1 and one["terms"] == {"predict": True} and one["upto"] == 12
    quarter = {"quarter": 0, "expected": {"reported_csat": 71.5, "profit": 20000}, "came": {"reported_csat": 70.2}}
    lecturer.asked(_report(code), {"quarters": [quarter]}, one["player"])
    screen = lecturer.asked(f"class/{code}/look", {"view": "screen", "quarter": 0}, key)["state"]
    assert screen["expected"]["reported_csat"] == [71.5] and screen["came"] is None and screen["predicted"] == 1
    lecturer.asked(f"class/{code}/change", {"reveal": 0, "ranking": True}, key)
    assert lecturer.asked(f"class/{code}/look", {"view": "screen", "quarter": 0}, key)["state"]["came"][
        "reported_csat"
    ] == [70.2]
    lecturer.asked(_report(code), {"game": game_text(idle(), "good")}, one["player"])
    server.service.replays.join()  # type: ignore[union-attr]  # it has one
    output = lecturer.asked(_report(code), {}, one["player"])["state"]
    assert (output["state"], output["place"], output["of"]) == ("accepted", 1, 1) and output["points"] > 0
    assert lecturer.asked(_report(code), {}, two["player"])["state"]["ranks"] is None
    desk = lecturer.asked(f"class/{code}/look", {}, key)["state"]
    assert desk["handed"] == 1 and [row["name"] for row in desk["ranks"]] == ["Ann"]


def test_unchanged_results_are_not_sent_again(lecturer: Visitor, opened: dict[str, Any]) -> None:
    player = _join(lecturer, opened["code"])
    first = lecturer.asked(_report(opened["code"]), {}, player["player"])
    assert "state" not in lecturer.asked(_report(opened["code"]), {"since": first["tag"]}, player["player"])
    look = lecturer.asked(f"class/{opened['code']}/look", {}, opened["key"])
    assert "state" not in lecturer.asked(f"class/{opened['code']}/look", {"since": look["tag"]}, opened["key"])


def test_a_class_survives_a_restart_with_a_game_that_waits(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        visitor = Visitor(_port(first))
        opened = visitor.asked("open")
        player = _join(visitor, opened["code"])
        room = first.service._rooms[opened["code"]]  # type: ignore[union-attr]  # it has one
        row = next(iter(room.players.values()))
        row.state, row.game = "waiting", game_text(idle(), "good")
        first.service._store.save_player(room, row)  # type: ignore[union-attr]  # it has one
    with served(tmp_path) as again:
        again.service.replays.join()  # type: ignore[union-attr]  # it has one
        visitor = Visitor(_port(again))
        assert visitor.asked(_report(opened["code"]), {}, player["player"])["state"]["state"] == "accepted"
        assert visitor.asked(f"class/{opened['code']}/look", {}, opened["key"])["state"]["handed"] == 1


def test_a_refused_game_says_why_and_leaves_the_one_before(
    server: PagesServer, lecturer: Visitor, opened: dict[str, Any]
) -> None:
    player, path = _join(lecturer, opened["code"])["player"], _report(opened["code"])
    for digest in ("good", "bad"):
        lecturer.asked(path, {"game": game_text(idle(), digest)}, player)
        server.service.replays.join()  # type: ignore[union-attr]  # it has one
    output = lecturer.asked(path, {}, player)["state"]
    assert (
        output["state"] == "refused" and "do not give the values" in output["reason"] and output["points"] is not None
    )


def test_a_fault_in_one_replay_does_not_end_the_others(
    server: PagesServer, lecturer: Visitor, opened: dict[str, Any]
) -> None:
    one, two = (_join(lecturer, opened["code"], name)["player"] for name in "AB")
    lecturer.asked(_report(opened["code"]), {"game": game_text(idle(), "crash")}, one)
    lecturer.asked(_report(opened["code"]), {"game": game_text(idle(), "good")}, two)
    server.service.replays.join()  # type: ignore[union-attr]  # it has one
    assert lecturer.asked(_report(opened["code"]), {}, one)["state"]["state"] == "refused"
    assert lecturer.asked(_report(opened["code"]), {}, two)["state"]["state"] == "accepted"


def test_the_first_prediction_of_a_quarter_stays(lecturer: Visitor, opened: dict[str, Any]) -> None:
    player = _join(lecturer, opened["code"])["player"]
    for value in (70.0, 99.0):
        lecturer.asked(
            _report(opened["code"]), {"quarters": [{"quarter": 0, "expected": {"reported_csat": value}}]}, player
        )
    screen = lecturer.asked(f"class/{opened['code']}/look", {"view": "screen", "quarter": 0}, opened["key"])["state"]
    assert screen["expected"]["reported_csat"] == [70.0]


def test_a_removed_player_is_reported_so(lecturer: Visitor, opened: dict[str, Any]) -> None:
    player = _join(lecturer, opened["code"])["player"]
    lecturer.asked(f"class/{opened['code']}/change", {"remove": player.partition(".")[0]}, opened["key"])
    assert lecturer.post(_report(opened["code"]), {}, player)[1]["error"] == "player"


def test_a_closed_class_takes_no_more_players_and_a_deleted_one_is_gone(
    lecturer: Visitor, opened: dict[str, Any], tmp_path: Path
) -> None:
    lecturer.asked(f"class/{opened['code']}/change", {"joining": False}, opened["key"])
    assert lecturer.post("join", {"code": opened["code"]})[1]["error"] == "closed"
    lecturer.asked(f"class/{opened['code']}/delete", {}, opened["key"])
    assert lecturer.post("join", {"code": opened["code"]})[1]["error"] == "unknown"
    assert not (tmp_path / opened["code"]).exists()


def test_the_servers_secret_brings_back_a_class_whose_key_is_lost(lecturer: Visitor, opened: dict[str, Any]) -> None:
    assert lecturer.asked("classes", {}, SECRET)["classes"][0]["code"] == opened["code"]
    entered = lecturer.asked("enter", {"code": opened["code"].lower()}, SECRET)
    for key in (entered["key"], opened["key"]):
        lecturer.asked(f"class/{opened['code']}/look", {}, key)


# Attacks.


def test_no_person_opens_lists_or_enters_a_class_without_the_secret(lecturer: Visitor, opened: dict[str, Any]) -> None:
    for path, body in (("open", {}), ("classes", {}), ("enter", {"code": opened["code"]})):
        assert lecturer.post(path, body)[0] == 403
        assert lecturer.post(path, body, SECRET[:-1])[0] == 403


def test_guesses_are_slowed_down_and_the_secret_itself_is_not(
    server: PagesServer, lecturer: Visitor, opened: dict[str, Any]
) -> None:
    thief = Visitor(_port(server), "127.0.0.9")
    found = [thief.post("open", {}, f"guess {number}")[0] for number in range(30)]
    assert found[0] == 403 and found[-1] == 429 and found.count(403) < 16
    # Codes are short, so that even the right one is not taken from an address that guesses.
    assert thief.post("join", {"code": opened["code"]})[0] == 429
    assert thief.post("open", {}, SECRET)[0] == 200
    assert lecturer.post("join", {"code": opened["code"]})[0] == 200


def test_a_player_cannot_read_or_change_what_is_the_lecturers(lecturer: Visitor, opened: dict[str, Any]) -> None:
    player = _join(lecturer, opened["code"])["player"]
    for what in ("look", "change", "delete"):
        assert lecturer.post(f"class/{opened['code']}/{what}", {}, player)[0] == 403
    other = lecturer.asked("open", {}, SECRET)
    assert lecturer.post(f"class/{other['code']}/look", {}, opened["key"])[0] == 403
    assert lecturer.post(_report(other["code"]), {}, player)[0] == 403


def test_a_player_cannot_speak_for_another(lecturer: Visitor, opened: dict[str, Any]) -> None:
    one, two = (_join(lecturer, opened["code"], name)["player"] for name in "AB")
    forged = f"{one.partition('.')[0]}.{two.partition('.')[2]}"
    assert lecturer.post(_report(opened["code"]), {}, forged)[1]["error"] == "player"


def test_no_answer_to_a_player_and_no_file_holds_a_secret_of_the_lecturer(
    lecturer: Visitor, opened: dict[str, Any], tmp_path: Path
) -> None:
    joined = _join(lecturer, opened["code"])
    output = json.dumps([joined, lecturer.asked(_report(opened["code"]), {}, joined["player"])])
    assert opened["key"] not in output and SECRET not in output
    kept = "".join(path.read_text() for path in (tmp_path / opened["code"]).iterdir())
    assert opened["key"] not in kept and joined["player"].partition(".")[2] not in kept


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_requests_of_other_pages_are_refused(origin: str, lecturer: Visitor) -> None:
    assert lecturer.post("join", {"code": "ABCDE"}, origin=origin)[0] == 403
    assert lecturer.raw("GET", "/api/about", origin=origin)[0] == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8765", ""])
def test_requests_to_another_name_are_refused(host: str, lecturer: Visitor) -> None:
    assert lecturer.post("open", {}, SECRET, host=host, origin=f"http://{host}")[0] == 403
    assert lecturer.raw("GET", "/j/ABCDE", host=host)[0] == 403


def test_a_post_without_an_origin_or_as_a_form_is_refused(lecturer: Visitor) -> None:
    own = f"http://127.0.0.1:{lecturer.port}"
    assert lecturer.raw("POST", "/api/join", b"{}", content_type="application/json")[0] == 403
    assert lecturer.raw("POST", "/api/join", b"{}", content_type="text/plain", origin=own)[0] == 415


def test_a_request_that_is_too_large_is_refused_unread(lecturer: Visitor, opened: dict[str, Any]) -> None:
    player = _join(lecturer, opened["code"])["player"]
    assert lecturer.post(_report(opened["code"]), {"game": "x" * LARGEST_REQUEST}, player)[0] == 413
    own = f"http://127.0.0.1:{lecturer.port}"
    started = time.monotonic()
    status, _, _ = lecturer.raw(
        "POST", "/api/join", content_length="999999999", content_type="application/json", origin=own
    )
    assert status == 413 and time.monotonic() - started < 5


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'"x"', b'{"code": NaN}', b"[" * 20_000, b'{"code": ["A"]}', b'{"code": "A", "more": 1}',
        b'{"code": 5}', b"\xff\xfe", b'{"code": "' + b"A" * 5000 + b'"}', b"{\"code\": " + b"9" * 6000 + b"}",
    ],
)  # fmt: skip
def test_torn_and_absurd_requests_are_one_message(body: bytes, lecturer: Visitor) -> None:
    own = f"http://127.0.0.1:{lecturer.port}"
    status, _, text = lecturer.raw("POST", "/api/join", body, content_type="application/json", origin=own)
    output = json.loads(text)
    assert (
        status == 400 and output["error"] == "wrong" and len(output["text"]) < 250 and "Traceback" not in output["text"]
    )


@pytest.mark.parametrize(
    "quarter",
    [
        {"quarter": 12}, {"quarter": -1}, {"quarter": 0, "expected": {"nps": 1}},
        {"quarter": 0, "expected": {"reported_csat": 101}}, {"quarter": 0, "expected": {"reported_csat": 1e400}},
    ],
)  # fmt: skip
def test_absurd_predictions_are_refused(quarter: dict[str, Any], lecturer: Visitor, opened: dict[str, Any]) -> None:
    player = _join(lecturer, opened["code"])["player"]
    assert lecturer.post(_report(opened["code"]), {"quarters": [quarter]}, player)[0] == 400


@pytest.fixture
def clock_stands_still(server: PagesServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give no allowance back, however slow this machine is."""
    for allowance in vars(server.service).values():
        if isinstance(allowance, Allowance):
            now = time.monotonic()
            monkeypatch.setattr(allowance, "_clock", lambda now=now: now)


@pytest.mark.usefixtures("clock_stands_still")
def test_a_flood_of_one_player_is_slowed_down(lecturer: Visitor, opened: dict[str, Any]) -> None:
    player = _join(lecturer, opened["code"])["player"]
    found = [lecturer.post(_report(opened["code"]), {}, player) for _ in range(60)]
    slowed = [data for status, data in found if status == 429]
    assert slowed and 0 < slowed[0]["wait"] < 5 and found[0][0] == 200


@pytest.mark.usefixtures("clock_stands_still")
def test_a_flood_of_names_is_slowed_down_and_ends_at_the_limit(
    server: PagesServer, lecturer: Visitor, opened: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    vandal = Visitor(_port(server), "127.0.0.9")
    found = [vandal.post("join", {"code": opened["code"]})[0] for _ in range(80)]
    assert 429 in found
    monkeypatch.setattr(class_service, "MOST_PLAYERS", 1)
    assert lecturer.post("join", {"code": opened["code"]})[1]["error"] == "full"


def test_a_class_with_players_is_never_pushed_out(
    lecturer: Visitor, opened: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_service, "MOST_CLASSES", 2)
    _join(lecturer, opened["code"])
    codes = [lecturer.asked("open", {}, SECRET)["code"] for _ in range(3)]
    assert {row["code"] for row in lecturer.asked("classes", {}, SECRET)["classes"]} == {opened["code"], codes[-1]}
    _join(lecturer, codes[-1])
    assert lecturer.post("open", {}, SECRET)[0] == 409


def test_a_script_as_a_name_stays_text(lecturer: Visitor, opened: dict[str, Any]) -> None:
    own = f"http://127.0.0.1:{lecturer.port}"
    body = json.dumps({"code": opened["code"], "name": "<img src=x onerror=alert(1)>"}).encode()
    status, headers, text = lecturer.raw("POST", "/api/join", body, content_type="application/json", origin=own)
    assert status == 200 and json.loads(text)["name"] == "<img src=x onerror=alert(1)>"
    assert headers["content-type"] == "application/json" and headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"] and headers["cache-control"] == "no-store"


@pytest.mark.parametrize("code", ["<script>", "ABC/../x", "ABCDEABCDEABCDE", "%3Cscript%3E"])
def test_a_link_to_join_leads_nowhere_else(code: str, lecturer: Visitor) -> None:
    status, headers, _ = lecturer.raw("GET", f"/j/{code}")
    assert status in (303, 400, 404) and headers.get("location", "/#/").startswith("/#/")
    assert "<" not in headers.get("location", "")


def test_short_addresses_lead_to_their_pages(lecturer: Visitor) -> None:
    for path, target in (("/j/abcde", "/#/class?join=ABCDE"), ("/room", "/#/class/room"), ("/join", "/#/class")):
        assert lecturer.raw("GET", path)[1]["location"] == target


def test_half_sent_requests_do_not_stop_the_others(server: PagesServer, lecturer: Visitor) -> None:
    half = [socket.create_connection(("127.0.0.1", _port(server))) for _ in range(200)]
    try:
        for each in half:
            each.sendall(b"POST /api/join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
        assert lecturer.raw("GET", "/api/about")[0] == 200
    finally:
        for each in half:
            each.close()


@pytest.mark.parametrize("begun", [b"GET / HTTP/1.1\r\nX-Slow: ", b"GET /", b"POST /api/join HTTP/1.1\r\n"])
def test_a_head_that_drips_is_given_up_in_time(
    begun: bytes, server: PagesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccsim.app.server.Handler.patience", 0.5)
    with socket.create_connection(("127.0.0.1", _port(server)), timeout=0.1) as slow:
        slow.sendall(begun)
        until, closed = time.monotonic() + 10, False
        while not closed and time.monotonic() < until:
            try:
                slow.sendall(b"a")
                closed = _closed(slow)
            except TimeoutError:
                continue
            except OSError:
                closed = True
    assert closed


def test_one_address_cannot_take_all_connections(
    server: PagesServer, lecturer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccsim.app.server.MOST_OF_ONE", 20)
    greedy = [
        socket.create_connection(("127.0.0.1", _port(server)), source_address=("127.0.0.9", 0)) for _ in range(40)
    ]
    try:
        time.sleep(0.3)
        greedy[-1].sendall(b"GET /api/about HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        greedy[-1].settimeout(5)
        assert _closed(greedy[-1])
        assert lecturer.raw("GET", "/api/about")[0] == 200
    finally:
        for each in greedy:
            each.close()


def _closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(100) == b""
    except ConnectionError:
        return True


# The replay itself.

needs_compiled = pytest.mark.skipif(PLAIN, reason="a game of the whole organisation takes minutes uncompiled")


def _room(**terms: Any) -> Any:
    from ccsim.app.class_room import ClassRoom

    return ClassRoom("ABCDE", [], 1, "nothing", Terms(**terms), 12)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"seed": 2}, "a different organisation or seed"),
        ({"scenario": "combined"}, "a different organisation or seed"),
        ({"choices": [{}] * 5}, "has 5 quarters; a finished one has 12"),
        ({"version": 2}, "version '?2"),
        ({"digest": 5}, "damaged at digest"),
    ],
)
def test_a_game_that_is_not_the_classs_is_refused_before_it_is_played(change: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        replayed(game_text(idle(), "x", other=change).encode(), _room())


def test_a_locked_move_and_a_changed_file_are_refused() -> None:
    move = some_move()
    choices = [Choice(start=(move,)), *idle()[1:]]
    with pytest.raises(InputError, match=r"quarter 1: .*locked"):
        replayed(game_text(choices, "x").encode(), _room(locked=(move,)))
    with pytest.raises(InputError, match="checksum does not match"):
        replayed(game_text(idle(), "x").replace("71.0", "72.0", 1).encode(), _room())


@needs_compiled
def test_a_game_replays_and_a_tampered_one_does_not() -> None:
    move = some_move()
    choices = [Choice(start=(move,), expected=idle()[0].expected), *idle()[1:]]
    game = play_through(choices, 1)
    found = replayed(game_text(choices, game.digest()).encode(), _room())
    assert found["digest"] == game.digest() and found["apart"] == [] and found["choices"][0]["start"] == [move]
    # The same fingerprint, another choice.
    with pytest.raises(InputError, match="do not give the values"):
        replayed(game_text(idle(), game.digest()).encode(), _room())
    with pytest.raises(InputError, match="quarter 2"):
        replayed(game_text([choices[0], choices[0], *choices[2:]], game.digest()).encode(), _room())
    with pytest.raises(InputError, match="say first what you expect"):
        replayed(game_text([Choice(start=(move,)), *choices[1:]], game.digest()).encode(), _room(predict=True))


@needs_compiled
def test_a_game_with_other_events_counts_apart() -> None:
    terms = Terms(events={"challenger": 0})
    game = play_through(idle(), 1, terms=terms)
    found = replayed(game_text(idle(), game.digest(), terms).encode(), _room(events={"challenger": 5}))
    assert found["apart"] == ["challenger"]


def test_the_terminal_shows_where_students_and_lecturer_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccsim.app.addresses.reachable", lambda _: ["192.0.2.7", "10.0.0.7"])
    lines: list[str] = []
    first = greeting("0.0.0.0", 8765, "geheim", lines.append)
    text = "\n".join(lines)
    assert "Students: http://192.0.2.7:8765" in text and "http://10.0.0.7:8765" in text and "█" in text
    assert first == "http://127.0.0.1:8765/#/class?lecturer=geheim" and first in text
    lines.clear()
    assert greeting("127.0.0.1", 8765, "", lines.append) == "http://127.0.0.1:8765/" and "--host 0.0.0.0" in lines[1]


def test_a_full_disk_is_one_message_and_the_class_lives_on(
    lecturer: Visitor, opened: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise InputError("classes cannot be written (No space left on device)")

    monkeypatch.setattr(ClassStore, "save_player", full)
    status, data = lecturer.post("join", {"code": opened["code"]})
    assert status == 400 and re.search("No space left", data["text"])
    monkeypatch.undo()
    assert lecturer.post("join", {"code": opened["code"]})[0] == 200
    assert threading.active_count() < 100
