"""Send random requests to the class service, without a server.

Each request begins as one that a page sends, with the secret that belongs to it or another one, and is changed. An answer
must be plain data with a known status, must come without a traceback, and must not contain a secret of somebody else.

    python -m benchmarks.fuzz.classes --count 100000 --seed 1
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.fuzz.inputs import SIGNS, mutated
from ccsim.app import class_service, class_store
from ccsim.app.class_service import ClassService
from ccsim.app.class_store import ClassStore
from ccsim.app.limits import Allowance

ODD = (
    None,
    True,
    False,
    -1,
    0,
    5,
    10**30,
    1.5,
    1e308,
    "",
    "x" * 50_000,
    "\x00",
    [],
    [[]],
    {},
    {"a": {}},
    ["x"] * 200,
    *SIGNS,
)
PATHS = ("open", "classes", "enter", "join", "about", "", "class/", "class/ABCDE/look", "../x", "class/ABCDE/delete/x")
SECRET = "the-secret-of-the-server"


def service(folder: Path) -> ClassService:
    """Return a service whose limits no test reaches and that replays nothing."""
    class_store.os.fsync = lambda _: None  # type: ignore[attr-defined]  # no test switches the power off
    made = ClassService(ClassStore(folder), "0.0.0.0", 8765, SECRET)
    made.replays.add = made.replays.warm = lambda *_: None  # type: ignore[method-assign]  # a game takes long
    for name in ("_guesses", "_joins", "_reports", "_asks"):
        setattr(made, name, Allowance(1e9, 1e9))
    return made


class Class:
    """A class with two players, and what its devices send."""

    def __init__(self, made: ClassService) -> None:
        self.made = made
        self.code, self.key = "", ""
        status, output = self.ask("open", SECRET, {"seed": 3})
        assert status == 200, output
        self.code, self.key = output["code"], output["key"]
        self.players = [self.ask("join", "", {"code": self.code, "name": name})[1]["player"] for name in ("Ada", "Bo")]

    def ask(self, path: str, secret: str, body: Any) -> tuple[int, dict[str, Any]]:
        """Ask as a page does."""
        return self.made.answer("POST", path, secret, json.dumps(body).encode(), "10.0.0.2")

    def usual(self, chance: random.Random) -> tuple[str, str, Any]:
        """Return path, secret and body of a request that a page sends."""
        mine = f"class/{self.code}"
        quarters = [{"quarter": chance.randrange(13), "expected": {"csat": 70.0}, "came": {"csat": 71.0}}]
        return chance.choice((
            ("open", SECRET, {"seed": 3, "upto": 2}), ("classes", SECRET, {}), ("enter", SECRET, {"code": self.code}),
            ("join", "", {"code": self.code, "name": "Cy"}), (f"{mine}/look", self.key, {"view": "screen"}),
            (f"{mine}/look", self.key, {"view": "desk"}), (f"{mine}/look", self.key, {"view": "results", "quarter": 1}),
            (f"{mine}/change", self.key, {"upto": 3, "ranking": True, "reveal": 1, "weights": {"csat": 100.0}}),
            (f"{mine}/change", self.key, {"trigger": "recession", "locked": ["training"]}),
            (f"{mine}/report", self.players[0], {"quarters": quarters}),
            (f"{mine}/report", self.players[1], {"game": json.dumps({"seed": 3})}),
        ))  # fmt: skip

    def secrets(self, own: str) -> list[str]:
        """Return the secrets that an answer to the holder of one must not contain."""
        known = [SECRET, self.key, *(player.partition(".")[2] for player in self.players)]
        return [one for one in known if one and one not in own]


def changed(body: Any, chance: random.Random) -> bytes:
    """Return a body after some changes, as bytes."""
    body = json.loads(json.dumps(body))
    for _ in range(chance.randrange(3)):
        if chance.random() < 0.3 and body:
            body.pop(chance.choice(list(body)))
        else:
            names = [*body, "code", "view", "upto", "terms", "quarters", "game", "remove", "weights", "trigger", "x"]
            body[chance.choice(names)] = chance.choice(ODD)
    text = json.dumps(body)
    if chance.random() < 0.4:
        text = mutated(text, chance)
    if chance.random() < 0.03:
        text = "[" * 100_000
    return text.encode("utf-8", "surrogatepass")


def answers(count: int, seed: int, folder: Path) -> Counter[str]:
    """Return how many requests were answered how."""
    chance, output = random.Random(seed), Counter({"refused": 0, "accepted": 0, "traceback": 0, "leaked": 0})
    made = service(folder)
    room = Class(made)
    for number in range(count):
        path, secret, body = room.usual(chance)
        if chance.random() < 0.2:
            path = chance.choice(PATHS)
        if chance.random() < 0.3:
            secret = chance.choice(("", "x", SECRET, room.key, *room.players, "é\udc80", "." * 90, secret[:-1]))
        try:
            status, data = made.answer(
                chance.choice(("POST",) * 9 + ("GET",)), path, secret, changed(body, chance), "10.0.0.3"
            )
            text = json.dumps(data, allow_nan=False)
        except Exception as error:  # noqa: BLE001  # this is what is looked for
            output["traceback"] += 1
            print(f"request {number}: {path}: {error!r}", file=sys.stderr)
            continue
        leaked = [one for one in room.secrets(secret) if one in text]
        output["leaked" if leaked else "accepted" if status == 200 else "refused"] += 1
        if room.code not in made._rooms or len(made._rooms[room.code].players) > class_service.MOST_PLAYERS // 2:
            room = Class(made)
    return output


def main() -> None:
    """Send many requests and print what became of them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        output = answers(wanted.count, wanted.seed, Path(folder))
    print(", ".join(f"{name} {number:,}" for name, number in output.items()))
    sys.exit(bool(output["traceback"] or output["leaked"]))


if __name__ == "__main__":
    main()
