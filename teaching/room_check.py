"""Check that this laptop can serve a class, and let a phone test the network.

python teaching/room_check.py            # then open the printed address on a phone
"""

from __future__ import annotations

import argparse
import http.server
import importlib.util
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

PORT = 8765
PAGE = b"""<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Room check</title>
<body style="font:20px sans-serif;margin:2em;color:#0b4f7d"><h1>This device reaches the server.</h1><p>The network lets your class in.</p>"""


def checks() -> Iterator[tuple[bool, str]]:
    """Check the laptop; yields whether something is good, and words for it."""
    yield sys.version_info >= (3, 11), f"Python {sys.version.split()[0]} (3.11 or newer)"
    found = importlib.util.find_spec("ccsim") is not None
    yield (
        found,
        "ccsim is installed"
        if found
        else "ccsim is not installed: see START-HERE.md, or pip install -e . in the repository",
    )
    free = shutil.disk_usage(Path.home()).free / 1e9
    yield free > 1.0, f"{free:.0f} GB free on the disk (1 or more)"
    if found:
        import ccsim

        start = time.perf_counter()
        ccsim.Organisation("nothing", rng=1, weeks=13).run()
        took = time.perf_counter() - start
        yield took < 90, f"the model is compiled and runs ({took:.0f} s this time; a second run is quicker)"
    yield (
        bool(addresses()),
        "a network is connected" if addresses() else "no network: use your own router or a phone's hotspot",
    )


def addresses() -> list[str]:
    """Return the addresses of this machine in its networks, its own loopback left out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only says from which address it would be.
            probe.connect(("10.255.255.255", 1))
            mine = probe.getsockname()[0]
        except OSError:
            return []
    return [] if mine.startswith("127.") else [mine]


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer any address with the page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE)
        print(f"ok  a device has reached this laptop: {self.client_address[0]}")

    def log_message(self, *_: object) -> None:
        """Keep the server's own log quiet."""


def serve(port: int) -> http.server.ThreadingHTTPServer:
    """Start the test page in the background.

    Args:
        port: where; 0 for any.

    Returns:
        The running server.
    """
    server = http.server.ThreadingHTTPServer(("0.0.0.0", port), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> int:
    """Check, then serve the test page until Enter is pressed."""
    parser = argparse.ArgumentParser(description="Check that this laptop can serve a class.")
    parser.add_argument("--port", type=int, default=PORT, help="port of the class server")
    parser.add_argument("--no-page", action="store_true", help="check only")
    options = parser.parse_args()
    good = True
    for fine, words in checks():
        print(f"{'ok ' if fine else 'NO '} {words}")
        good &= fine
    if options.no_page:
        return not good
    try:
        serve(options.port)
    except OSError as error:
        print(f"NO  port {options.port} cannot be opened ({error.strerror}): stop the other server, or use --port")
        return 1
    for address in addresses():
        print(f"    On a phone in the same network, open http://{address}:{options.port}")
    input("    Press Enter to stop. ")
    return not good


if __name__ == "__main__":
    sys.exit(main())
