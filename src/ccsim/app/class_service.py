"""The class service: it opens classes, admits players, and receives predictions and games.

A lecturer has the server's secret, which opens classes, and a key for each class. A player has a personal
secret, which the browser keeps. No answer contains the secret of another.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any, NoReturn

from ccsim import __version__
from ccsim.app import class_views
from ccsim.app.addresses import qr_rows, reachable, url
from ccsim.app.class_requests import (
    ChangeRequest,
    EnterRequest,
    JoinRequest,
    OpenRequest,
    RefusedError,
    ReportRequest,
    Request,
    ViewRequest,
    checked_values,
    parsed,
)
from ccsim.app.class_room import (
    ACCEPTED,
    MOST_KEYS,
    MOST_PLAYERS,
    REFUSED,
    WAITING,
    ClassRoom,
    Player,
    hash_of,
    new_code,
)
from ccsim.app.class_store import ClassStore
from ccsim.app.engine_key import engine_key
from ccsim.app.limits import Allowance
from ccsim.app.replay import ReplayQueue
from ccsim.errors import InputError, UnknownNameError
from ccsim.game.catalogue import catalogue
from ccsim.game.names import begins_formula, clean_name
from ccsim.game.save_file import NAME
from ccsim.scenarios.scenario import list_scenarios

MOST_CLASSES = 60
PATH = "/api/"
#: The tag of a state that is sent only when it has changed.
TAG_LETTERS = 16


class ClassService:
    """All classes of a server; safe to use from many threads.

    Args:
        store: where classes are kept.
        host, port: where the server listens; for the links that join.
        secret: the secret that opens classes; empty if only this machine can reach the server and every visitor is the lecturer.
    """

    def __init__(self, store: ClassStore, host: str, port: int, secret: str = "") -> None:
        self._store, self._host, self._port, self._secret = store, host, port, secret
        self._lock = threading.RLock()
        self._rooms = store.load()
        self._ranks: dict[str, tuple[int, list[dict[str, Any]]]] = {}
        self._guesses = Allowance(12, 0.2)
        self._joins = Allowance(60, 5)
        self._reports = Allowance(12, 3)
        self._requests = Allowance(300, 150)
        self.replays = ReplayQueue(self._replayed)
        self._handed: list[str] = []
        # Versions restart with the server; an open page must not mistake an old one for a new one.
        self._start = secrets.token_hex(3)
        for room in self._rooms.values():
            for player in room.players.values():
                if player.state == WAITING:
                    self._queue(room, player)

    # The handler of each path, called with the visitor's address, secret and body.
    def answer(self, method: str, path: str, secret: str, body: bytes, address: str) -> tuple[int, dict[str, Any]]:
        """Answer a request.

        Args:
            method: GET or POST.
            path: below ``/api/``, checked by the server to be short.
            secret: the secret that came with the request; may be empty.
            body: body of the request.
            address: of the visitor.

        Returns:
            The status and the answer, as plain data.
        """  # noqa: DOC501  # it is caught here
        try:
            if wait := self._requests.take(address):
                raise RefusedError(429, "busy", "too many requests came from this address", wait)
            if method == "GET":
                if path != "about":
                    raise RefusedError(404, "path", "there is no such request")
                return 200, self.about()
            return 200, self._post(path, secret, body, address)
        except RefusedError as error:
            return error.status, error.as_data()
        except InputError as error:
            return 400, RefusedError(400, "wrong", str(error)).as_data()

    def _post(self, path: str, secret: str, body: bytes, address: str) -> dict[str, Any]:
        if path == "join":
            return self._join(parsed(body, JoinRequest), address)
        lecturers = {"open": self._open, "classes": self._list, "enter": self._enter}
        if path in lecturers:
            self._require_secret(secret, address)
            return lecturers[path](body)
        match = re.fullmatch(r"class/([A-Za-z]{1,20})/(look|change|delete|report)", path)
        if not match:
            raise RefusedError(404, "path", "there is no such request")
        code, action = match[1].upper(), match[2]
        if action == "report":
            return self._report(code, secret, parsed(body, ReportRequest), address)
        room = self._lecturers(code, secret, address)
        if action == "look":
            return self._view(room, parsed(body, ViewRequest))
        if action == "change":
            return self._change(room, parsed(body, ChangeRequest))
        parsed(body, Request)
        with self._lock:
            self._rooms.pop(room.code, None)
            self._store.remove_room(room)
        return {}

    def about(self) -> dict[str, Any]:
        """Return the public information about this server."""
        return {"ccsim": __version__, "engine": engine_key(), "free": not self._secret}

    def _require_secret(self, secret: str, address: str) -> None:
        """Raise an error for a visitor without the server's secret."""
        if self._secret and not hmac.compare_digest(secret.encode("utf-8", "replace"), self._secret.encode()):
            self._wrong(address, "secret", "this is not the lecturer's secret of this server")

    def _wrong(self, address: str, code: str, why: str) -> NoReturn:
        if wait := self._guesses.take(address):
            raise RefusedError(429, "guesses", "too many wrong attempts came from this address", wait)
        raise RefusedError(403, code, why)

    def _lecturers(self, code: str, key: str, address: str) -> ClassRoom:
        """Return a class to its lecturer."""
        room = self._rooms.get(code)
        mark = hash_of(key)
        known = [hmac.compare_digest(mark, each) for each in (room.marks if room else ())]
        if room is None or not any(known):
            self._wrong(address, "key", "there is no class with this code and key on this server")
        return room

    def _open(self, body: bytes) -> dict[str, Any]:
        request = parsed(body, OpenRequest)
        request.terms.check(catalogue())
        if request.scenario not in list_scenarios():
            raise UnknownNameError("scenario", request.scenario, list_scenarios())
        with self._lock:
            self._make_place()
            code = new_code()
            while code in self._rooms:
                code = new_code()
            key = secrets.token_urlsafe(24)
            room = ClassRoom(code, [hash_of(key)], request.seed, request.scenario, request.terms, request.upto)
            room.upto = min(room.upto, room.quarters)
            self._store.save_room(room)
            self._rooms[code] = room
        self.replays.warm(room)
        return {"code": code, "key": key}

    def _make_place(self) -> None:
        """Delete the oldest class without players if too many are open; a class with players is never deleted."""
        if len(self._rooms) < MOST_CLASSES:
            return
        empty = [room for room in self._rooms.values() if not room.players]
        if not empty:
            raise RefusedError(409, "classes", f"{MOST_CLASSES} classes with players are open; delete one first")
        oldest = min(empty, key=lambda room: room.opened)
        del self._rooms[oldest.code]
        self._store.remove_room(oldest)

    def _list(self, body: bytes) -> dict[str, Any]:
        parsed(body, Request)
        with self._lock:
            rows = [
                {"code": room.code, "opened": room.opened, "players": len(room.players),
                 "handed": sum(row.state == ACCEPTED for row in room.players.values())}
                for room in sorted(self._rooms.values(), key=lambda room: -room.opened)
            ]  # fmt: skip
        return {"classes": rows}

    def _enter(self, body: bytes) -> dict[str, Any]:
        code = parsed(body, EnterRequest).code.upper()
        with self._lock:
            room = self._rooms.get(code)
            if room is None:
                raise RefusedError(404, "unknown", "there is no class with this code on this server")
            key = secrets.token_urlsafe(24)
            room.marks = [*room.marks, hash_of(key)][-MOST_KEYS:]
            self._store.save_room(room)
        return {"code": code, "key": key}

    def _view(self, room: ClassRoom, request: ViewRequest) -> dict[str, Any]:
        with self._lock:
            tag = f"{self._start}.{room.version}.{request.view}.{request.quarter}"
            if request.since == tag:
                return {"tag": tag}
            if request.view == "results":
                return {"tag": tag, "state": class_views.results(room)}
            if request.view == "desk":
                return {"tag": tag, "state": class_views.desk(room)}
            state = class_views.screen(room, request.quarter)
        hosts = reachable(self._host)
        links = [url(host, self._port, f"/j/{room.code}") for host in hosts or ["127.0.0.1"]]
        return {"tag": tag, "state": {**state, "local": not hosts, "links": links, "qr": qr_rows(links[0])}}

    def _change(self, room: ClassRoom, request: ChangeRequest) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        with self._lock:
            for name in ("ranking", "joining", "strict"):
                if (value := getattr(request, name)) is not None:
                    setattr(room, name, value)
            if request.upto is not None:
                room.upto = min(request.upto, room.quarters)
            for quarter, on in ((request.reveal, True), (request.hide, False)):
                if quarter is not None:
                    room.revealed = sorted({*room.revealed, quarter} if on else {*room.revealed} - {quarter})
            terms = {name: getattr(request, name) for name in ("weights", "locked", "hidden")}
            if change := {name: value for name, value in terms.items() if value is not None}:
                room.set_terms(change)
            if request.trigger is not None:
                answer["begins"] = room.trigger(request.trigger)
            if request.remove is not None and room.players.pop(request.remove, False):
                self._store.remove_player(room, request.remove)
            room.version += 1
            self._store.save_room(room)
        return answer

    def _join(self, request: JoinRequest, address: str) -> dict[str, Any]:
        if wait := self._guesses.wait(address):
            raise RefusedError(429, "guesses", "too many wrong attempts came from this address", wait)
        code = "".join(letter for letter in request.code.upper() if letter.isalpha())
        with self._lock:
            room = self._rooms.get(code)
            if room is None:
                self._wrong(address, "unknown", "there is no class with this code on this server")
            if not room.joining:
                raise RefusedError(403, "closed", "the lecturer has closed this class to new players")
            if len(room.players) >= MOST_PLAYERS:
                raise RefusedError(409, "full", f"this class is full: {MOST_PLAYERS} players have joined")
            if wait := self._joins.take(address):
                raise RefusedError(429, "busy", "too many players join from this address at once", wait)
            token = secrets.token_urlsafe(18)
            player = Player(secrets.token_hex(6), hash_of(token), stored_name(request.name))
            self._store.save_player(room, player)
            room.players[player.id] = player
            room.version += 1
            state = class_views.player_view(room, player, None, 0)
        return {"code": code, "player": f"{player.id}.{token}", "seed": room.seed, "scenario": room.scenario, **state}

    def _report(self, code: str, secret: str, request: ReportRequest, address: str) -> dict[str, Any]:
        name, _, token = secret.partition(".")
        with self._lock:
            room = self._rooms.get(code)
            player = room.players.get(name) if room else None
            if room is None or player is None or not hmac.compare_digest(hash_of(token), player.mark):
                self._wrong(address, "player", "this class no longer knows this player")
            if wait := self._reports.take(f"{code}.{name}"):
                raise RefusedError(429, "busy", "this player sends too many requests", wait)
            changed = self._take_quarters(room, player, request)
            if request.game and request.game != player.game:
                player.game, player.state, player.reason = request.game, WAITING, ""
                self._queue(room, player)
                changed = True
            if changed:
                self._store.save_player(room, player)
                room.version += 1
            waiting = self._handed.index(player.id) if player.id in self._handed else 0
            state = class_views.player_view(room, player, self._shown_ranks(room), waiting)
        tag = hash_of(json.dumps(state, sort_keys=True))[:TAG_LETTERS]
        return {"tag": tag} if tag == request.since else {"tag": tag, "state": state}

    def _take_quarters(self, room: ClassRoom, player: Player, request: ReportRequest) -> bool:
        """Store a player's predictions; the first prediction of a quarter stays."""
        changed = False
        for row in request.quarters:
            if row.quarter >= room.quarters:
                raise InputError(f"quarter {row.quarter + 1}: the class's game has {room.quarters} quarters")
            if row.quarter not in player.received and player.state != ACCEPTED:
                player.expected[row.quarter] = checked_values(row.expected, within=True)
                player.received[row.quarter] = round(time.time(), 1)
                changed = True
            if row.came and row.quarter not in player.came:
                player.came[row.quarter] = checked_values(row.came, within=False)
                changed = True
        return changed

    def _shown_ranks(self, room: ClassRoom) -> list[dict[str, Any]] | None:
        if not room.ranking:
            return None
        version, ranks = self._ranks.get(room.code, (-1, []))
        if version != room.version:
            ranks = room.ranks()
            self._ranks[room.code] = (room.version, ranks)
        return ranks

    def _queue(self, room: ClassRoom, player: Player) -> None:
        self.replays.add(room, player.id, player.game.encode("utf-8", "replace"))
        self._handed.append(player.id)

    def _replayed(self, room: ClassRoom, name: str, result: Mapping[str, Any] | None, reason: str) -> None:
        """Store the result of a replay."""
        with self._lock:
            if name in self._handed:
                self._handed.remove(name)
            player = room.players.get(name)
            if player is None or player.state != WAITING or name in self._handed:
                return
            player.state, player.reason = (REFUSED, reason) if result is None else (ACCEPTED, "")
            # A refused second game does not replace the first one.
            player.result = dict(result) if result is not None else player.result
            room.version += 1
            if self._rooms.get(room.code) is room:
                self._store.save_player(room, player)


def stored_name(name: str) -> str:
    """Return a name in the form that is kept: without characters that turn, hide or stack letters or begin a formula."""
    text = clean_name(name, NAME)
    while begins_formula(text):
        text = text[1:].lstrip()
    return text
