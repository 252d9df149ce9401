"""Send raw bytes and odd requests over HTTP to a server that listens, and look at what comes back.

Each request begins as one that a page sends and is changed: methods, targets, versions, heads, lengths and bodies are
odd, lines are cut or doubled, bytes are flipped, and some are no request at all. An answer is

- *clear*: a status that says that it was refused, or the connection ends without a byte where there was no whole request;
- *accepted*: 200, 303 or 304 to a request that a page may send;
- *traceback*: an answer with a status of 500 or more, or with a traceback in it, or one that the server prints;
- *silent-wrong*: the server answers what it must not: a foreign host or origin, a file that is not one of its pages, a
  change by a request without the secret; or it is silent to the next visitor.

    python -m benchmarks.fuzz.http --count 100000 --seed 1
    python -m benchmarks.fuzz.http --address 127.0.0.1:8765 --count 2000
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import socket
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fuzz.classes import SECRET, service
from benchmarks.fuzz.inputs import SIGNS
from ccsim.app.pages import StaticPages
from ccsim.app.server import PagesServer

METHODS = (
    "GET",
    "GET",
    "GET",
    "HEAD",
    "POST",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "TRACE",
    "CONNECT",
    "get",
    "",
    "X" * 3000,
    "G\x00T",
)
TARGETS = ("/", "/app.js", "/model.json", "/engine.wasm", "/nothing", "/room", "/join", "/j/ABCDE", "/j/ABCDE%0d%0aX:1", "/j/../../x", "/mesa",
           "/api/class/open", "/api/class/about", "/api/class/classes", "/api/class/join", "/api/class/class/ABCDE/look", "//evil.example/", "*",
           "http://evil.example/", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%5c..%5cx", "/app.js%00", "/static/../server.py", "/server.py", "",
           "/" + "x" * 70_000, "/?" + "a=1&" * 1000, "/\x7f", "/é", "/~", "/.git/config", "/_solara/cdn/x", "/jupyter/api/kernels/x/channels",
           "/resourcez", "/app.js/", "/index.html", "/INDEX.HTML", "/C:/x", "/con")  # fmt: skip
VERSIONS = (
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/0.9",
    "HTTP/2.0",
    "HTTP/9" + "9" * 50,
    "HTTP/1.x",
    "",
    "HTTPS/1.1",
    "HTTP/-1.1",
)
HEADS = ("host", "origin", "authorization", "content-length", "content-type", "transfer-encoding", "x-script-name", "x-forwarded-host", "cookie",
         "connection", "upgrade", "sec-websocket-key", "sec-websocket-version", "sec-fetch-site", "expect", "range", "if-none-match", "accept-encoding", "x",
         "x-forwarded-proto", "forwarded", ":authority", "")  # fmt: skip
VALUES = ("evil.example", "http://evil.example", "null", "-1", "0", "5", "99999999999", "1e3", "chunked", "identity", "gzip, chunked", "keep-alive", "close",
          "Upgrade", "websocket", "bytes=0-1", "100-continue", "application/json", "text/plain", "Bearer x", f"Bearer {SECRET}", "", " ", "x" * 70_000,
          "\x00", "a\rb", "Basic Og==", "cross-site", "13", "dGhlIHNhbXBsZSBub25jZQ==", "*", "é", *SIGNS)  # fmt: skip
#: Seconds that an answer may take: a silent server is a fault.
TIMEOUT = 10.0


@dataclass(frozen=True)
class Said:
    """What was sent, and what a server may not do then.

    Attributes:
        raw: the bytes.
        foreign: whether it names another host or origin, so that nothing may be answered to it.
    """

    raw: bytes
    foreign: bool


def request(chance: random.Random, host: str) -> Said:
    """Return a request, changed or not."""
    pick = chance.choice
    if chance.random() < 0.05:
        return Said(chance.randbytes(pick((1, 4, 100, 5000))) + pick((b"", b"\r\n\r\n", b"\n\n")), foreign=False)
    method, target, version = pick(METHODS), pick(TARGETS), pick(VERSIONS)
    if chance.random() < 0.5:
        method, target, version = pick(("GET", "GET", "HEAD", "POST")), pick(TARGETS[:14]), "HTTP/1.1"
    body = json.dumps(pick(({}, {"seed": 3}, {"code": "ABCDE", "name": "x"}, [], None, "x" * 5000))).encode()
    heads = [("host", host)]
    if method == "POST":
        heads += [
            ("origin", f"http://{host}"),
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
        ]
    for _ in range(pick((0, 0, 1, 2, 3))):
        at, name, text = chance.randrange(len(heads) + 1), pick(HEADS), pick(VALUES)
        how = chance.randrange(4)
        if how == 0:
            heads[at : at + 1] = []
        elif how == 1:
            heads.insert(at, (name, text))
        else:
            heads[at : at + 1] = [((heads[at][0] if at < len(heads) else name), text)]
    end = pick(("\r\n",) * 6 + ("\n", "\r", "\r\n "))
    lines = [f"{method} {target} {version}", *(f"{name}: {text}" for name, text in heads)]
    raw = (end.join(lines) + end * 2).encode("utf-8", "replace") + (
        body if method == "POST" or chance.random() < 0.1 else b""
    )
    for _ in range(pick((0, 0, 0, 0, 0, 1, 3))):
        spot = chance.randrange(len(raw) + 1)
        raw = pick(
            (
                raw[:spot],
                raw[:spot] + raw[spot + 1 :],
                raw[:spot] + bytes([chance.randrange(256)]) + raw[spot + 1 :],
                raw + raw,
            )
        )
    hosts, origins = ([text for name, text in heads if name == wanted] for wanted in ("host", "origin"))
    foreign = hosts == ["evil.example"] or (target.startswith("/api/") and origins == ["http://evil.example"])
    return Said(raw, foreign and raw.startswith(f"{method} {target} {version}{end}".encode()) and end in ("\r\n", "\n"))


def answered(address: tuple[str, int], raw: bytes) -> bytes | None:
    """Send bytes, say that there are no more, and return all that comes back; None where nothing does in time."""
    with contextlib.closing(socket.create_connection(address, timeout=TIMEOUT)) as line:
        try:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server has read enough
        parts = []
        try:
            while part := line.recv(1 << 16):
                parts.append(part)
        except TimeoutError:
            return None
        except OSError:
            pass  # closed with bytes unread
    return b"".join(parts)


def judged(sent: Said, back: bytes | None) -> tuple[str, str]:
    """Return what an answer is, and for a fault why."""
    if back is None:
        return "silent-wrong", f"nothing came within {TIMEOUT:g} s"
    if b"Traceback (most recent" in back:
        return "traceback", "a traceback was sent"
    if not back.startswith(b"HTTP/"):
        # What is no request at all, not even an old one, may be answered by the end of the connection alone.
        return ("clear", "") if not back else ("silent-wrong", f"an answer without a head: {back[:80]!r}")
    status = int(back[9:12]) if back[9:12].isdigit() else 999
    if status >= 500 and status not in (501, 503, 505):
        return "traceback", f"status {status}"
    body = back.partition(b"\r\n\r\n")[2]
    if status in (200, 303) and sent.foreign:
        return "silent-wrong", "a foreign host was answered"
    if any(secret in back for secret in (b"root:x:", b"[core]", b"import annotations")):
        return "silent-wrong", "a file was sent that is no page"
    head = back[: len(back) - len(body)].lower()
    if b"evil.example" in head or b"\nx:1" in head:
        return "silent-wrong", "what a visitor said came back in the head"
    return ("accepted" if status in (200, 204, 303, 304) else "clear"), ""


@contextlib.contextmanager
def listening(folder: Path) -> Iterator[tuple[str, int]]:
    """Serve the pages and classes, as ``ccsim app`` does for a class, on a free port of this machine."""
    made = service(folder)
    served = PagesServer("127.0.0.1", 0, StaticPages(["127.0.0.1"]), lambda _: made)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    try:
        yield ("127.0.0.1", served.server_address[1])
    finally:
        served.shutdown()
        served.server_close()


def counted(count: int, seed: int, address: tuple[str, int]) -> tuple[Counter[str], list[str]]:
    """Return how many requests were answered how, and the faults."""
    output, faults = Counter({"clear": 0, "accepted": 0, "traceback": 0, "silent-wrong": 0}), list[str]()
    host = f"{address[0]}:{address[1]}"
    usual = f"GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode()
    printed = io.StringIO()
    with contextlib.redirect_stderr(printed):
        for number in range(count):
            sent = request(random.Random(f"{seed}-{number}"), host)
            kind, why = judged(sent, answered(address, sent.raw))
            if number % 100 == 99 and not (answered(address, usual) or b"").startswith(b"HTTP/1.1 200"):
                kind, why = "silent-wrong", "the next visitor is not served"
            if "Traceback" in printed.getvalue():
                kind, why = "traceback", printed.getvalue()[-300:]
                printed.truncate(0)
            output[kind] += 1
            if why:
                faults.append(f"request {number}: {sent.raw[:200]!r}: {why}")
    return output, faults


def main() -> None:
    """Send many requests and print what became of them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--address", help="HOST:PORT of a server of your own; by default one is started here")
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        if wanted.address:
            host, _, port = wanted.address.rpartition(":")
            address = (host, int(port))
        else:
            address = stack.enter_context(listening(Path(folder)))
        output, faults = counted(wanted.count, wanted.seed, address)
    for fault in faults[:30]:
        print(fault)
    print(", ".join(f"{name} {number:,}" for name, number in output.items()))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
