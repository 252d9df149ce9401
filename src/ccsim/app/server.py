"""A server of the built pages that needs nothing but Python."""

from __future__ import annotations

import socket
import threading
import webbrowser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ccsim.app.pages import StaticPages, is_ours
from ccsim.errors import InputError


class PagesServer(ThreadingHTTPServer):
    """Serves the built pages.

    Args:
        host: address to listen at.
        port: port to listen at; 0 for any free one.
        pages: the built pages.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int, pages: StaticPages) -> None:
        self.pages = pages
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ccsim", ""
    #: Seconds after which a silent connection is closed.
    timeout = 30

    def do_GET(self) -> None:
        """Answer with a file."""
        assert isinstance(self.server, PagesServer)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if len(self.headers.get_all("host") or ()) != 1:
            headers["host"] = ""
        found = self.server.pages.answer(self.command, self.path.partition("?")[0], headers)
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(found.body)

    # Other methods get their answer from the pages, too: they say which ones are accepted.
    do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_GET  # noqa: N815  # the server's own names

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of single requests."""


def run(host: str, port: int, open_: bool) -> None:
    """Serve the built pages until told to end.

    Args:
        host: address to listen at.
        port: port to listen at.
        open_: whether to show the page in this machine's browser.

    Raises:
        InputError: that address and port cannot be had.
    """
    if not is_ours(f"[{host}]" if ":" in host else host, [host]):
        raise InputError(f"--host must be an address of this machine such as 127.0.0.1, or its name, got {host[:40]!r}")
    pages = StaticPages([host])
    try:
        server = PagesServer(host, port, pages)
    except OSError as error:
        why = str(error.strerror).partition(" (")[0]
        raise InputError(f"cannot listen at {host}, port {port}: {why}; --port and --host take others") from None
    if open_:
        threading.Thread(target=webbrowser.open, args=(f"http://{host}:{port}",), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
