"""What a class of 400 costs its server: bytes and processor time per player.

    python -m benchmarks.class_of_400 --players 400

Starts a server of its own on loopback and lets simulated players join over HTTP, each from an address of its own, as
400 devices would. Each reports twelve quarters with predictions, looks at the class in between, and hands in a game,
which the server replays. Printed are the bytes that went over the wire and the server's processor time. The model is
compiled beforehand and not counted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socket
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

QUARTERS = 12
#: Games that differ, among which the players choose.
GAMES = 8


@dataclass
class Device:
    """A simulated player on a device of its own.

    Attributes:
        number: decides the address and the game.
        port: of the server.
        sent, received: bytes on the wire.
        waits: seconds until each answer was there.
    """

    number: int
    port: int
    sent: int = 0
    received: int = 0
    waits: list[float] = field(default_factory=list)
    secret: str = ""
    tag: str = ""
    connection: socket.socket | None = None

    @property
    def address(self) -> str:
        """An address of loopback that only this device has."""
        return f"127.1.{self.number // 250}.{1 + self.number % 250}"

    def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask the class service and return its answer, waiting where it says so."""
        text = json.dumps(body).encode()
        host = f"127.0.0.1:{self.port}"
        head = (
            f"POST /api/{path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self.secret}\r\nContent-Length: {len(text)}\r\n\r\n"
        ).encode()
        began = time.perf_counter()
        for _ in range(50):
            if self.connection is None:
                self.connection = socket.create_connection(("127.0.0.1", self.port), 60, (self.address, 0))
            self.connection.sendall(head + text)
            self.sent += len(head) + len(text)
            status, data = self._answer()
            if status != 429:
                break
            time.sleep(data["wait"])
        self.waits.append(time.perf_counter() - began)
        assert status == 200, data
        return data

    def _answer(self) -> tuple[int, dict[str, Any]]:
        assert self.connection is not None
        text = b""
        while b"\r\n\r\n" not in text:
            text += self.connection.recv(65_536)
        head, _, body = text.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        length = next(int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length"))
        while len(body) < length:
            body += self.connection.recv(65_536)
        self.received += len(head) + 4 + length
        return int(lines[0].split()[1]), json.loads(body)

    def report(self, code: str, **what: Any) -> dict[str, Any]:
        """Tell the class something, and take what it says."""
        answer = self.ask(f"class/{code}/report", {"since": self.tag, **what})
        self.tag = answer["tag"]
        state: dict[str, Any] = answer.get("state", {})
        return state


def _games() -> list[str]:
    """Play some different games, and return each as it is handed in."""
    from dataclasses import replace

    from ccsim.errors import InputError
    from ccsim.game.catalogue import catalogue
    from ccsim.game.game import Choice, Game
    from ccsim.game.save_file import text_of

    found = []
    for number, move in enumerate(list(catalogue().moves)[:GAMES]):
        game = Game(1)
        for quarter in range(QUARTERS):
            choice = Choice(expected={"reported_csat": 70.0 + number % 5, "profit": 20000.0})
            try:
                game.play(replace(choice, start=(move,) if quarter == 0 else ()))
            except InputError:
                game.play(choice)
        found.append(text_of(game))
    return found


def _serve(folder: str, output: Connection) -> None:
    """Serve in a process of its own, whose processor time is that of the class."""
    from ccsim.app.server import serving
    from ccsim.game.game import Choice, Game

    Game(1).play(Choice())
    server = serving("127.0.0.1", 0, Path(folder))
    output.send(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while output.recv() == "time":
        times = os.times()
        output.send(times.user + times.system)


def _play(device: Device, code: str, quarter: int) -> None:
    expected = {"reported_csat": 70.0 + device.number % 5, "profit": 20000.0}
    device.report(code, quarters=[{"quarter": quarter, "expected": expected}])
    came = {"reported_csat": 70.2, "profit": 21000.5}
    device.report(code, quarters=[{"quarter": quarter, "expected": expected, "came": came}])
    # A quarter takes minutes; a page asks every four seconds, and mostly hears that nothing has changed.
    for _ in range(3):
        device.report(code)


def main() -> None:
    """Let a class play, and print what it cost."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--players", type=int, default=400)
    options.add_argument("--threads", type=int, default=16)
    wish = options.parse_args()
    games = _games()
    here, there = multiprocessing.get_context("spawn").Pipe()
    with tempfile.TemporaryDirectory() as folder:
        server = multiprocessing.get_context("spawn").Process(target=_serve, args=(folder, there), daemon=True)
        server.start()
        port = here.recv()

        def processor() -> float:
            here.send("time")
            return float(here.recv())

        lecturer = Device(9999, port)
        opened = lecturer.ask("open", {"seed": 1, "terms": {"predict": True}})
        lecturer.secret = opened["key"]
        code = opened["code"]
        devices = [Device(number, port) for number in range(wish.players)]
        start, began = processor(), time.perf_counter()
        with ThreadPoolExecutor(wish.threads) as pool:
            for device, joined in zip(devices, pool.map(lambda one: one.ask("join", {"code": code, "name": f"Team {one.number}"}), devices), strict=True):  # fmt: skip
                device.secret = joined["player"]
            for quarter in range(QUARTERS):
                list(pool.map(lambda one, at=quarter: _play(one, code, at), devices))
                lecturer.ask(f"class/{code}/look", {"view": "screen", "quarter": quarter})
            played = processor()
            list(pool.map(lambda one: one.report(code, game=games[one.number % GAMES]), devices))
            while lecturer.ask(f"class/{code}/look", {"view": "desk"})["state"]["handed"] < wish.players:
                time.sleep(0.5)
            list(pool.map(lambda one: one.report(code), devices))
        ended, took = processor(), time.perf_counter() - began
        kept = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        waits = sorted(wait for device in devices for wait in device.waits)
        wire = [device.sent + device.received for device in devices]
        count = wish.players
        print(f"{count} players, {QUARTERS} quarters, {len(waits)} requests in {took:.0f} s")
        print(f"bytes on the wire per player: {statistics.mean(wire) / 1000:.1f} kB, of which sent {statistics.mean(device.sent for device in devices) / 1000:.1f} kB")  # fmt: skip
        print(f"bytes on the disk per player: {kept / count / 1000:.1f} kB; a game as it is handed in: {len(games[0]) / 1000:.1f} kB")  # fmt: skip
        print(f"processor time per player: {1000 * (played - start) / count:.0f} ms for joining and {QUARTERS} quarters, {1000 * (ended - played) / count:.0f} ms for hand-in and replay")  # fmt: skip
        print(f"an answer: median {1000 * waits[len(waits) // 2]:.0f} ms, 95 % within {1000 * waits[int(0.95 * len(waits))]:.0f} ms")  # fmt: skip
        here.send("end")
        server.join(10)
        server.terminate()


if __name__ == "__main__":
    main()
