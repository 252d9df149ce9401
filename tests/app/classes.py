"""A server with classes for tests, and those who talk to it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ccsim.app.server import PagesServer, serving
from ccsim.game.catalogue import catalogue
from ccsim.game.class_rules import Terms
from ccsim.game.game import Choice
from ccsim.game.save_file import FORMAT, _plain, _sum_of

SECRET = "a-secret-of-the-lecturer"


class Visitor:
    """Somebody who talks to the server from one address.

    Args:
        port: of the server.
        address: that the requests come from; each has its own allowance.
    """

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self.port, self.address = port, address

    def raw(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Send a request as it is, and return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        sent = {"host": f"127.0.0.1:{self.port}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def post(self, path: str, body: Any = None, secret: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
        """Ask as a page does, and return status and data."""
        usual = {"origin": f"http://127.0.0.1:{self.port}", "content_type": "application/json"}
        if secret:
            usual["authorization"] = f"Bearer {secret}"
        status, _, text = self.raw("POST", f"/api/{path}", json.dumps(body or {}).encode(), **{**usual, **headers})
        return status, json.loads(text)

    def asked(self, path: str, body: Any = None, secret: str = "") -> dict[str, Any]:
        """Ask for what must be granted."""
        status, data = self.post(path, body, secret)
        assert status == 200, data
        return data


@contextmanager
def served(folder: Path, secret: str = "") -> Iterator[PagesServer]:
    """Serve pages and classes on a free port."""
    server = serving("127.0.0.1", 0, folder, secret)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def idle(quarters: int = 12, csat: float = 71.0) -> list[Choice]:
    """Return the choices of a player who predicts and does nothing."""
    return [Choice(expected={"reported_csat": csat, "profit": 20000.0})] * quarters


def game_text(
    choices: Sequence[Choice], digest: str, terms: Terms | None = None, other: dict[str, Any] | None = None
) -> str:
    """Return a game as a page hands it in, with any fingerprint, and with other parts instead of its own."""
    from ccsim import __version__

    data = {
        "format": FORMAT, "version": 1, "ccsim": __version__, "scenario": "nothing", "seed": 1, "player": "",
        "terms": (terms or Terms()).model_dump(mode="json", exclude_defaults=True),
        "choices": [_plain(choice) for choice in choices], "digest": digest, **(other or {}),
    }  # fmt: skip
    return json.dumps({**data, "check": _sum_of(data)})


def some_move() -> str:
    """Return a move that a first quarter can afford."""
    rules = catalogue()
    return min(rules.moves.values(), key=lambda row: (row.attention, row.once + row.per_week)).name
