"""How a class loads one server: many players on one process, each a real session over its own websocket.

    python benchmarks/class_load.py --players 40

Starts a server of its own on the loopback address, opens the sessions in plain websocket clients (no browser, which
would need the processor itself), and lets each play: two ticks and the button a quarter, with pauses for thinking.
Measured is how long a click takes until the server has sent what it changes. It ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Player:
    """A session: opens the page, knows its widgets, clicks them.

    Args:
        port: of the server.
        number: decides the session and what is clicked.
        search: what the address asks for.
    """

    def __init__(self, port: int, number: int, search: str = "?seed=3") -> None:
        self.search, self.played = search, 0
        self.port, self.kernel, self.session = port, str(uuid.uuid4()), f"bench-{number}"
        self.widgets: dict[str, dict] = {}
        self.heard = 0.0
        self.idle = asyncio.Event()
        self.chance = random.Random(number)
        self.waits: list[float] = []
        self.first, self.begin = 0.0, 0.0

    async def play(self, quarters: int, pause: float) -> None:
        """Play some quarters."""
        from websockets.asyncio.client import connect

        began = time.perf_counter()
        host = f"127.0.0.1:{self.port}"
        address = f"ws://{host}/jupyter/api/kernels/{self.kernel}/channels"
        headers = {"Cookie": f"solara-session-id={self.session}"}
        async with connect(
            f"{address}?session_id={self.kernel}", additional_headers=headers, origin=f"http://{host}", max_size=None
        ) as self.ws:
            self.listening = asyncio.create_task(self._listen())
            await self._send("comm_open", {"comm_id": uuid.uuid4().hex, "target_name": "solara.control", "data": {}})
            run = {
                "method": "run",
                "args": {"path": "/play", "search": self.search, "appName": "", "themes": {}, "dark": False},
            }
            control = self.control
            await self._send("comm_msg", {"comm_id": control, "data": run})
            await self._until(lambda: self._button("Begin"))
            self.first = time.perf_counter() - began
            await asyncio.sleep(self.chance.uniform(0.3, 1.0) * pause)
            await self._click("Begin", "Play quarter 1")
            self.begin = self.waits.pop()
            for quarter in range(1, quarters + 1):
                for _ in range(2):
                    await asyncio.sleep(self.chance.uniform(0.3, 1.0) * pause)
                    await self._tick()
                await asyncio.sleep(self.chance.uniform(0.3, 1.0) * pause)
                await self._click(
                    f"Play quarter {quarter}", f"Play quarter {quarter + 1}" if quarter < 12 else "Hand in"
                )
                self.played = quarter
            self.listening.cancel()

    async def _send(self, kind: str, content: dict) -> None:
        if kind == "comm_open":
            self.control = content["comm_id"]
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": self.kernel,
            "username": "",
            "version": "5.2",
        }
        message = {"header": header, "parent_header": {}, "metadata": {"version": "2.1.0"}, "content": content,
                   "channel": "shell", "buffers": []}  # fmt: skip
        await self.ws.send(json.dumps(message))

    async def _listen(self) -> None:
        async for raw in self.ws:
            text = raw
            if isinstance(raw, bytes):
                count = int.from_bytes(raw[:4], "big")
                start, end = (
                    (int.from_bytes(raw[4 * k : 4 * k + 4], "big") for k in (1, 2)) if count > 1 else (8, len(raw))
                )
                text = raw[start:end].decode(errors="replace")
            message = json.loads(text)
            self.heard = time.perf_counter()
            content, kind = message.get("content", {}), message.get("header", {}).get("msg_type")
            if kind == "comm_open":
                self.widgets[content["comm_id"]] = dict(content.get("data", {}).get("state", {}))
            elif kind == "comm_msg" and content.get("data", {}).get("method") == "update":
                self.widgets.setdefault(content["comm_id"], {}).update(content["data"].get("state", {}))
            elif kind == "comm_close":
                self.widgets.pop(content["comm_id"], None)
            elif kind == "status" and content.get("execution_state") == "idle":
                self.idle.set()

    def _button(self, words: str) -> str | None:
        for key, state in self.widgets.items():
            if state.get("_model_name") == "BtnModel" and words in map(str, state.get("children") or []):
                return key
        return None

    async def _until(self, done) -> None:
        limit = time.perf_counter() + 120
        while not done():
            if self.listening.done():
                # The server is gone: with what it said, the listening ended.
                self.listening.result()
            if time.perf_counter() > limit:
                raise TimeoutError("the server did not answer in two minutes")
            await asyncio.sleep(0.005)

    async def _click(self, words: str, then: str) -> None:
        began = time.perf_counter()
        event = {"event": "click", "data": {}}
        await self._send("comm_msg", {"comm_id": self._button(words), "data": {"method": "custom", "content": event}})
        await self._until(lambda: self._button(then))
        self.waits.append(time.perf_counter() - began)

    async def _tick(self) -> None:
        boxes = [key for key, state in self.widgets.items() if state.get("_model_name") == "CheckboxModel"]
        key = self.chance.choice(boxes)
        value = not self.widgets[key].get("v_model")
        began, self.idle = time.perf_counter(), asyncio.Event()
        before = self.heard
        state = {"method": "update", "state": {"v_model": value}, "buffer_paths": []}
        await self._send("comm_msg", {"comm_id": key, "data": state})
        self.widgets[key]["v_model"] = value
        try:
            await asyncio.wait_for(self._answered(before), 60)
        except TimeoutError:
            return
        self.waits.append(self.heard - began)
        # A choice that is too dear would keep the button from working.
        await self._send("comm_msg", {"comm_id": key, "data": {**state, "state": {"v_model": not value}}})
        self.widgets[key]["v_model"] = not value

    async def _answered(self, before: float) -> None:
        while self.heard <= before and not self.listening.done():
            await asyncio.sleep(0.002)


def start_server() -> tuple[subprocess.Popen, int]:
    """Start the pages, as `ccsim app` does, on a free port of the loopback address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        [sys.executable, "-m", "ccsim.cli.main", "app", "--no-open", "--port", str(port)],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1)
            return process, port
        except OSError:
            time.sleep(0.25)
    process.terminate()
    raise SystemExit("the server did not start")


def memory(process: subprocess.Popen) -> float:
    """Return a process's memory in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def processor(process: subprocess.Popen) -> float:
    """Return the seconds of a processor that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def run(players: int, quarters: int, pause: float, port: int) -> list[Player]:
    """Let everybody play at once."""
    class_ = [Player(port, number) for number in range(players)]
    outcome = await asyncio.gather(*(player.play(quarters, pause) for player in class_), return_exceptions=True)
    for fault in outcome:
        if isinstance(fault, BaseException):
            print(f"a player failed: {fault!r}")
    return class_


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--players", type=int, default=40)
    parser.add_argument("--quarters", type=int, default=4)
    parser.add_argument("--pause", type=float, default=4.0, help="seconds of thinking between clicks, at most")
    chosen = parser.parse_args()
    process, port = start_server()
    try:
        before, used = memory(process), processor(process)
        began = time.perf_counter()
        class_ = asyncio.run(run(chosen.players, chosen.quarters, chosen.pause, port))
        waits = sorted(wait for player in class_ for wait in player.waits)
        firsts = sorted(player.first for player in class_)
        print(f"{chosen.players} players, {chosen.quarters} quarters, {len(waits)} clicks answered")
        begins = sorted(player.begin for player in class_)
        print(f"begin to first quarter: median {statistics.median(begins):.2f} s, worst {begins[-1]:.2f} s")
        print(f"first page: median {statistics.median(firsts):.2f} s, worst {firsts[-1]:.2f} s")
        print(f"click to answer: median {1000 * statistics.median(waits):.0f} ms, "
              f"95 % {1000 * waits[int(0.95 * len(waits))]:.0f} ms, worst {1000 * waits[-1]:.0f} ms")  # fmt: skip
        print(f"server: {before:.0f} MB before, {memory(process):.0f} MB after; {processor(process) - used:.1f} s of a "
              f"processor in {time.perf_counter() - began:.0f} s")  # fmt: skip
        print(f"load of the machine in these minutes: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
