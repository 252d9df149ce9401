"""Send random messages to the check in front of the pages' sockets, without a server.

Each message begins as one that a browser sends and is changed one to four times: keys are dropped, added or exchanged,
values replaced by odd ones, texts cut, bytes flipped, and headers of binary messages altered. Prints how many were
refused in words, accepted as what a page needs, ended in a traceback, or were accepted though they ask for something
else. The last two must be none.

    python -m benchmarks.fuzz.sockets --count 100000 --seed 1
"""

from __future__ import annotations

import argparse
import json
import random
import struct
import sys
from collections import Counter
from typing import Any

from ccsim.ui.messages import RefusedMessageError, parsed

ODD = (None, True, -1, 0, 2**70, 1.5, float("nan"), "", "x" * 300, "\x00", "IPY_MODEL_a", "\ud800", [], [[]], {}, {"a": {}},
       ["os", "system"], "custom", "create_widget", "functionRef", "__class__")  # fmt: skip
KEYS = ("create_widget", "functionRef", "props", "method", "content", "event", "data", "state", "buffer_paths", "args",
        "target_name", "comm_id", "header", "channel", "metadata", "__proto__", "")  # fmt: skip


def usual(draw: random.Random) -> dict[str, Any]:
    """Return a message that a page's browser sends."""
    contents: list[tuple[str, dict[str, Any]]] = [
        ("comm_open", {"comm_id": "c", "target_name": "solara.control", "data": {}}),
        (
            "comm_msg",
            {"comm_id": "c", "data": {"method": "run", "args": {"path": "/", "appName": None, "themes": {}}}},
        ),
        ("comm_msg", {"comm_id": "w", "data": {"method": "custom", "content": {"event": "click", "data": {"a": [1]}}}}),
        ("comm_msg", {"comm_id": "w", "data": {"method": "update", "state": {"v_model": 3}, "buffer_paths": []}}),
        ("comm_msg", {"comm_id": "w", "data": {"method": "request_states"}}),
        ("kernel_info_request", {}),
    ]
    kind, content = draw.choice(contents)
    copied: dict[str, Any] = json.loads(json.dumps(content))
    return {"header": {"msg_type": kind, "session": "s"}, "metadata": {}, "channel": "shell", "content": copied}


def places(value: Any, containers: list[Any]) -> list[Any]:
    """Return all dictionaries and lists inside a value."""
    if isinstance(value, (dict, list)):
        containers.append(value)
        for inner in value.values() if isinstance(value, dict) else value:
            places(inner, containers)
    return containers


def changed(message: dict[str, Any], draw: random.Random) -> str | bytes:
    """Return a message after one to four random changes, as text or in the binary form."""
    for _ in range(draw.randint(1, 4)):
        place = draw.choice(places(message, []))
        if isinstance(place, list):
            place.append(json.loads(json.dumps(draw.choice(ODD))))
            continue
        key = draw.choice([*place, *draw.sample(KEYS, 2)])
        if draw.random() < 0.3:
            place.pop(key, None)
        else:
            place[key] = json.loads(json.dumps(draw.choice(ODD)))
    text = json.dumps(message)
    if draw.random() < 0.15:
        text = text[: draw.randrange(len(text))]
    if draw.random() < 0.05:
        text = "[" * draw.choice((10, 2_000, 90_000)) + text
    if draw.random() < 0.6:
        return text
    body = bytearray(text.encode("utf-8", "replace"))
    parts = draw.choice((0, 1, 1, 1, 2, 9, 2**16, 2**32 - 1))
    starts = [4 * (min(parts, 20) + 1)] * min(parts, 20)
    if starts and draw.random() < 0.3:
        starts[draw.randrange(len(starts))] = draw.choice((0, 1, len(body), 2**32 - 1))
    if body and draw.random() < 0.3:
        body[draw.randrange(len(body))] ^= 1 << draw.randrange(8)
    return struct.pack(f"!I{len(starts)}I", parts, *starts) + bytes(body)


def is_needed(message: dict[str, Any]) -> bool:
    """Return whether an accepted message is one that a page needs, judged apart from the check itself."""
    content, kind = message["content"], message["header"]["msg_type"]
    if kind == "comm_open":
        return content["target_name"] in ("solara.control", "jupyter.widget.control") and not content.get("data")
    if kind != "comm_msg":
        return kind in ("kernel_info_request", "comm_close", "comm_info_request", "shutdown_request")
    data = content["data"]
    if data["method"] == "custom":
        return set(data["content"]) <= {"event", "data"} and isinstance(data["content"]["event"], str)
    return data["method"] in ("run", "app-status", "update", "request_state", "request_states")


def answers(count: int, seed: int) -> Counter[str]:
    """Return how many messages were answered how."""
    draw = random.Random(seed)
    output: Counter[str] = Counter({"refused": 0, "accepted": 0, "traceback": 0, "accepted wrongly": 0})
    for number in range(count):
        message = changed(usual(draw), draw)
        try:
            output["accepted" if is_needed(parsed(message)) else "accepted wrongly"] += 1
        except (RefusedMessageError, ValueError, RecursionError):  # what ends the socket, and nothing else does
            output["refused"] += 1
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            output["traceback"] += 1
            print(f"message {number}: {error!r}: {message[:200]!r}", file=sys.stderr)
    return output


def main() -> None:
    """Try many messages and print what became of them."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    wanted = options.parse_args()
    output = answers(wanted.count, wanted.seed)
    print(", ".join(f"{name} {number:,}" for name, number in output.items()))
    sys.exit(bool(output["traceback"] or output["accepted wrongly"]))


if __name__ == "__main__":
    main()
