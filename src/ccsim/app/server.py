"""A server of the built pages and of classes that needs only Python."""

from __future__ import annotations

import json
import re
import secrets
import socket
import threading
import webbrowser
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ccsim.app import addresses, own_organisation
from ccsim.app.class_requests import LARGEST_REQUEST, RefusedError
from ccsim.app.class_service import PATH, ClassService
from ccsim.app.class_store import ClassStore, default_folder
from ccsim.app.limits import TimedHandler
from ccsim.app.mesa_process import MesaProcess
from ccsim.app.model_data import file_text
from ccsim.app.own_engine import own_files
from ccsim.app.own_organisation import OwnOrganisation
from ccsim.app.pages import Answer, StaticPages, is_ours, redirect, text_answer, uncached
from ccsim.errors import InputError
from ccsim.model.extension import active_sources

#: Open connections in all, and of one address: a class has one or two for each player.
MOST_CONNECTIONS, MOST_OF_ONE = 1500, 700
#: Short addresses that are easy to type, and the page that each means.
SHORT = {"/room": "/#/class/room", "/join": "/#/class"}
JOIN = re.compile(r"/j/([A-Za-z]{1,12})/?")


class PagesServer(ThreadingHTTPServer):
    """Serves the built pages, and classes if there is a service for them.

    Args:
        host: address to listen at.
        port: port to listen at; 0 for any free one.
        pages: the built pages.
        service: makes the class service once the port is known; None for a server without classes.
        mesa: starts Mesa's page at the first request for it; None for a server without it.
        organisation: makes a user's own organisation; None for a server without one.
    """

    daemon_threads = True
    #: Connections that wait for their thread: a whole class opens its pages at once.
    request_queue_size = 512

    def __init__(
        self, host: str, port: int, pages: StaticPages, service: Callable[[int], ClassService] | None = None,
        mesa: MesaProcess | None = None, organisation: OwnOrganisation | None = None,
    ) -> None:  # fmt: skip
        self.pages, self.mesa, self.organisation = pages, mesa, organisation
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._open: Counter[str] = Counter()
        self._counting = threading.Lock()
        super().__init__((host, port), Handler)
        try:
            self.service = service(self.server_address[1]) if service else None
        except BaseException:
            self.server_close()
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a separate thread, if there are not too many."""
        address = client_address[0]
        with self._counting:
            full = self._open.total() >= MOST_CONNECTIONS or self._open[address] >= MOST_OF_ONE
            if not full:
                self._open[address] += 1
        if full:
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection, and decrease the count."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._counting:
                self._open[client_address[0]] -= 1
                self._open += Counter()  # addresses without a connection are forgotten

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Do not log visitors who disconnect during an answer."""


class Handler(TimedHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ccsim", ""
    server: PagesServer
    #: Head and body go out together; the system does not wait for more to send.
    wbufsize = -1
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        """Read the head; a version without a head in its answers is refused, because no page can tell what it got."""
        if not super().parse_request():
            return False
        if self.request_version == "HTTP/0.9":
            self.send_error(505)
            return False
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse an invalid request, always with a head and without repeating any of its content.

        Args:
            code: HTTP status code.
            message: not used.
            explain: not used.
        """
        self.close_connection, self.request_version = True, self.protocol_version
        self._send(text_answer(code, f"{HTTPStatus(code).phrase}."))

    def do_GET(self) -> None:  # noqa: N802  # the server's own name
        """Answer with a file, or with the answer of the class service."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        for name in ("host", "origin", "authorization", "content-length"):
            if len(self.headers.get_all(name) or ()) > 1:
                headers[name] = "" if name == "host" else "?"
        path = self.path.partition("?")[0]
        try:
            self._send(self._answer(path, headers))
        except RefusedError as error:
            # The body may be unread, so nothing more can be read of this connection.
            self.close_connection = True
            self._send(json_answer(error.status, error.as_data()))

    # Other methods get their answer from the pages, too: they say which ones are accepted.
    do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_GET  # noqa: N815  # the server's own names

    def _answer(self, path: str, headers: dict[str, str]) -> Answer:
        service, organisation = self.server.service, self.server.organisation
        if path.startswith(PATH) and service is not None:
            return self._of_class(service, path[len(PATH) :], headers)
        if path == own_organisation.PATH and organisation is not None:
            return self._of_organisation(organisation, headers)
        # An unexpected body is not read.
        if self.command not in ("GET", "HEAD") or "content-length" in headers or "transfer-encoding" in headers:
            self.close_connection = True
        return self._page(path, headers)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(answer.body if getattr(self, "command", None) != "HEAD" else b"")

    def _page(self, path: str, headers: dict[str, str]) -> Answer:
        if path == "/mesa" and self.server.mesa is not None and self.command == "GET":
            return self._mesa(self.server.mesa, headers)
        target = SHORT.get(path)
        if joining := JOIN.fullmatch(path):
            target = f"/#/class?join={joining[1].upper()}"
        if target and self.server.service is not None and is_ours(headers.get("host", ""), self.server.pages.hosts):
            return redirect(target)
        return self.server.pages.answer(self.command, path, headers)

    def _mesa(self, mesa: MesaProcess, headers: dict[str, str]) -> Answer:
        """Redirect to Mesa's page, starting it if necessary."""
        host = headers.get("host", "")
        # Another site's link must not make this machine start anything.
        foreign = headers.get("sec-fetch-site", "same-origin") == "cross-site"
        if foreign or not is_ours(host, self.server.pages.hosts):
            return self.server.pages.answer(self.command, "/", {**headers, "host": ""})
        try:
            port = mesa.port()
        except InputError as error:
            raise RefusedError(503, "mesa", str(error)) from None
        return redirect(f"http://{re.sub(r':[0-9]+$', '', host)}:{port}/")

    def _of_class(self, service: ClassService, path: str, headers: dict[str, str]) -> Answer:
        """Answer a request to the class service, after all checks that do not concern classes."""
        self._check_head(path, headers)
        body = self._body(headers)
        secret = headers.get("authorization", "").removeprefix("Bearer ").strip()
        return json_answer(*service.answer(self.command, path, secret, body, self.client_address[0]))

    def _of_organisation(self, organisation: OwnOrganisation, headers: dict[str, str]) -> Answer:
        """Answer with the user's own organisation."""
        if self.command != "POST":
            raise RefusedError(405, "method", "only POST requests are accepted")
        self._check_head(own_organisation.PATH, headers)
        try:
            rows = organisation.answer(self._body(headers))
        except InputError as error:
            raise RefusedError(422, "wrong", str(error)) from None
        return uncached(200, "application/octet-stream", rows)

    def _check_head(self, path: str, headers: dict[str, str]) -> None:
        """Refuse a request whose head no page of this server sends, before its body is read.

        Raises:
            RefusedError: the request comes from elsewhere, or its head is not that of a short JSON request.
        """
        host, origin = headers.get("host", ""), headers.get("origin")
        if not is_ours(host, self.server.pages.hosts):
            raise RefusedError(403, "host", "this server is reached by its address, as `ccsim app` prints it")
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            raise RefusedError(403, "origin", "requests of other pages are not answered")
        if self.command not in ("GET", "POST"):
            raise RefusedError(405, "method", "only GET and POST requests are accepted")
        if len(path) > 80 or len(headers.get("authorization", "")) > 200:
            raise RefusedError(400, "wrong", "the request is too long")
        if "transfer-encoding" in headers:
            raise RefusedError(411, "wrong", "the request must state its length")
        length = headers.get("content-length", "0")
        if not re.fullmatch(r"\d{1,9}", length):
            raise RefusedError(400, "wrong", "the request does not state its length")
        if int(length) > LARGEST_REQUEST:
            raise RefusedError(413, "size", f"the request is larger than {LARGEST_REQUEST // 1000} kB")
        if self.command == "POST":
            # A browser names the page's origin with every such request; a form of another page cannot send this type.
            if origin is None:
                raise RefusedError(403, "origin", "the request must name the origin of its page")
            if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                raise RefusedError(415, "wrong", "the request must be JSON")

    def _body(self, headers: dict[str, str]) -> bytes:
        """Return a request's body.

        Raises:
            RefusedError: it is not complete in time.
        """
        body, length = b"", int(headers.get("content-length", "0"))
        self.reader.begin()
        with suppress(OSError):
            while len(body) < length and (part := self.rfile.read1(length - len(body))):
                body += part
        if len(body) < length:
            raise RefusedError(408, "torn", "the request is incomplete")
        return body

    def log_message(self, format: str, *args: object) -> None:
        """Do not log single requests."""


def json_answer(status: int, data: dict[str, Any]) -> Answer:
    """Return plain data as an answer that pages of other servers cannot read or keep."""
    body = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode()
    answer = uncached(status, "application/json", body)
    if wait := data.get("wait"):
        answer.headers["retry-after"] = str(int(wait) + 1)
    return answer


def serving(
    host: str, port: int, classes: Path | None = None, secret: str = "", mesa: MesaProcess | None = None,
    instead: Mapping[str, bytes] | None = None, organisation: OwnOrganisation | None = None,
) -> PagesServer:  # fmt: skip
    """Return a server of the pages and of classes that is ready to serve.

    Args:
        host: address to listen at.
        port: port to listen at; 0 for any free one.
        classes: the folder in which classes are kept; by default one of this user.
        secret: the secret that opens classes; empty for a server that only this machine can reach.
        mesa: starts Mesa's page at the first request for it.
        instead: files that take the place of built ones, by name.
        organisation: the user's own organisation for the pages, which then have no class.

    Raises:
        InputError: the address and port are not available, or classes cannot be stored.
    """
    host = addresses.checked_host(host)
    # A class plays the ordinary organisation, which its rules are made for.
    store = ClassStore(classes or default_folder()) if organisation is None else None
    beside = [*(["class"] if store else []), *(["mesa"] if mesa else [])]
    pages = StaticPages(addresses.names_of(host), beside, instead=instead)
    service = (lambda free_port: ClassService(store, host, free_port, secret)) if store else None
    try:
        return PagesServer(host, port, pages, service, mesa, organisation)
    except OSError as error:
        why = str(error.strerror).partition(" (")[0]
        raise InputError(f"cannot listen at {host}, port {port}: {why}; --port and --host take others") from None


def run(
    host: str, port: int, open_: bool, say: Callable[[str], None] = print, organisation: Path | None = None
) -> None:
    """Serve the built pages and classes until it is stopped, with mechanisms of the user's own that are in force.

    Args:
        host: address to listen at.
        port: port to listen at.
        open_: whether to show the page in this machine's browser.
        say: called with each line of text.
        organisation: folder of the organisation that Explore and Compare have instead of the ordinary one.

    Raises:
        InputError: the address and port are not available, or the user's own files cannot be used.
    """
    host = addresses.checked_host(host)
    alone = addresses.is_this_machine(host)
    own = None if organisation is None else _own_organisation(organisation, alone)
    instead = own_files(say)
    if own is not None:
        instead["model.json"] = file_text(own.model()).encode()
    secret = "" if alone else secrets.token_urlsafe(15)
    # A model of Mesa's page runs on this machine's processor: it is for the person at this machine.
    shown = alone and own is None and MesaProcess.is_installed()
    mesa = MesaProcess(own=[source.file for source in active_sources()]) if shown else None
    server = serving(host, port, secret=secret, mesa=mesa, instead=instead, organisation=own)
    first = greeting(host, port, secret, say)
    if own is not None:
        say(f"Explore and Compare have the organisation of {organisation}: {own.layout.name}.")
    if open_:
        threading.Thread(target=webbrowser.open, args=(first,), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        if mesa is not None:
            mesa.close()


def _own_organisation(folder: Path, alone: bool) -> OwnOrganisation:
    """Return the source of the user's own organisation, after creating it once to detect errors.

    Raises:
        InputError: other machines would be served, or the files contain errors.
    """
    if not alone:
        raise InputError(
            "--organisation: its files are read for the person at this machine; leave --host out, or the organisation"
        )
    own = OwnOrganisation(folder)
    own.initialise(1, {})
    return own


def greeting(host: str, port: int, secret: str, say: Callable[[str], None]) -> str:
    """Print the addresses of the pages, and how a class joins.

    Args:
        host: the address of the server.
        port: the port.
        secret: of the lecturer; empty where only this machine is served.
        say: writes a line.

    Returns:
        The address to open on this machine.
    """
    if not secret:
        first = addresses.url(host, port)
        say(f"{first} for this machine only. Ctrl-C ends it.")
        say("For a class start `ccsim app --host 0.0.0.0`, so that other devices in the network can reach it.")
        return first
    hosts = addresses.reachable(host)
    here = addresses.url("127.0.0.1" if host in addresses.EVERYWHERE else host, port, f"/#/class?lecturer={secret}")
    if not hosts:
        say("No other device can reach this machine: it has no address in a network. Connect it, and start again.")
    for each in hosts:
        say(f"Students: {addresses.url(each, port)}")
    if hosts:
        say(addresses.qr_terminal(addresses.url(hosts[0], port)))
        say(f"Test the room on any device: {addresses.url(hosts[0], port, '/room')}")
    say(f"Lecturer, on this machine (keep it off the projector): {here}")
    say(
        "The pages are plain HTTP: anyone who can read this network's traffic can read them, and the secret. Ctrl-C ends it."
    )
    return here
