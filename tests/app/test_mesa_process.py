"""Mesa's page beside the application: it is started when somebody asks for it, once, and ends with the server."""

from __future__ import annotations

import http.client
import sys
import threading
from collections.abc import Iterator

import pytest

from ccsim.app.mesa_process import MesaProcess
from ccsim.app.pages import StaticPages
from ccsim.app.server import PagesServer
from ccsim.errors import InputError

#: Stands for Mesa's page: it answers at the port that is given last, and ends with its input.
STUB = """
import os, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"mesa")
    def log_message(self, *_): pass
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
HTTPServer(("127.0.0.1", int(sys.argv[-1])), Answer).serve_forever()
"""


@pytest.fixture
def mesa() -> Iterator[MesaProcess]:
    found = MesaProcess((sys.executable, "-c", STUB))
    yield found
    found.close()


@pytest.fixture
def server(mesa: MesaProcess) -> Iterator[PagesServer]:
    found = PagesServer("127.0.0.1", 0, StaticPages(["127.0.0.1"], ("mesa",)), mesa=mesa)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


def asked(port: int, path: str = "/mesa", **headers: str) -> tuple[int, str, str]:
    """Return status, location and text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    found = connection.getresponse()
    return found.status, found.getheader("location") or "", found.read().decode()


def test_the_link_leads_to_mesas_page_which_is_started_once(server: PagesServer, mesa: MesaProcess) -> None:
    port = server.server_address[1]
    status, place, _ = asked(port)
    assert status == 303 and place == f"http://127.0.0.1:{mesa.port()}/"
    first = mesa._process
    assert asked(port)[1] == place and mesa._process is first
    assert asked(mesa.port(), "/")[2] == "mesa"
    assert asked(port, Host=f"localhost:{port}")[1] == f"http://localhost:{mesa.port()}/"


def test_a_page_that_ended_is_started_again(mesa: MesaProcess) -> None:
    mesa.port()
    before = mesa._process
    assert before is not None
    before.terminate()
    before.wait(10)
    assert asked(mesa.port(), "/")[2] == "mesa" and mesa._process is not before


@pytest.mark.parametrize("headers", [{"Sec_Fetch_Site": "cross-site"}, {"Host": "evil.example"}])
def test_another_site_starts_nothing(headers: dict[str, str], server: PagesServer, mesa: MesaProcess) -> None:
    assert asked(server.server_address[1], **headers)[0] == 403
    assert mesa._process is None


def test_a_page_that_does_not_start_is_one_message() -> None:
    with pytest.raises(InputError, match="`ccsim mesa` says why"):
        MesaProcess((sys.executable, "-c", "raise SystemExit(3)")).port()


def test_what_was_started_ends_with_the_server(mesa: MesaProcess) -> None:
    mesa.port()
    process = mesa._process
    assert process is not None and process.stdin is not None
    process.stdin.close()
    assert process.wait(10) == 0
