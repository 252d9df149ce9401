"""A guard in front of Solara's server: it checks hosts, origins and messages, and limits their size and number.

Solara trusts every client. A browser may name any Python function, which a widget then calls. Any site may open a socket.
A miss in the cache of shipped parts makes the server write files. Three things close this:

- :class:`Guard`, around the whole application: hosts and origins, headers, paths, sizes, numbers of sockets.
- :mod:`ccsim.ui.messages` and :class:`ccsim.ui.checked_socket.CheckedSocket`: what may be said on a socket, and to which widget.
- :class:`ccsim.ui.connection.Connection`, below the application: an unfinished request is dropped after a time limit.

The guard does not encrypt. The pages are plain HTTP, so anyone who can read the network traffic can read them.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import re
import sys
from collections import defaultdict, deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from ccsim.app.addresses import is_this_machine
from ccsim.app.limits import Allowance
from ccsim.app.pages import SAFE, Application, Message, Receive, Scope, Send, is_ours
from ccsim.errors import InputError
from ccsim.ui.checked_socket import CheckedSocket
from ccsim.ui.markup import with_accessible_markup
from ccsim.ui.messages import restrict_widgets

#: Largest number of bytes of a request's body and of an address. The pages themselves report a link that is too long.
BODY, LINE = 4_096, 32_768
#: Largest number of pages at a time: of all visitors, and of one address.
PAGES, PAGES_EACH = 200, 100
#: The most sockets of one address on which nothing was said yet, and seconds for the first message.
SILENT_EACH, FIRST = 20, 10.0
#: At once, and how many more each second: requests of an address, and new pages of an address.
REQUESTS, OPENINGS = (2_000.0, 200.0), (120.0, 5.0)

#: Headers that are handed on. All others are dropped, such as those by which a proxy would say who it speaks for.
HEADERS = frozenset(
    b"host origin cookie user-agent accept accept-encoding accept-language if-none-match if-modified-since if-range range "
    b"authorization content-type content-length connection upgrade cache-control pragma sec-websocket-key sec-websocket-version "
    b"sec-websocket-extensions sec-websocket-protocol".split()
)
#: Solara's template needs scripts and styles in the page, and Vue compiles templates: eval. All else is ours alone.
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws://{host} wss://{host}; worker-src 'self' blob:; "
    "media-src 'self' data: blob:; frame-src 'none'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_SOCKET = re.compile(rf"/jupyter/api/kernels/({_UUID})/channels")
_CLOSE = re.compile(rf"/_solara/api/close/({_UUID})")
_CDN = "/_solara/cdn/"
#: What Solara serves besides pages and is not needed: numbers about the server, kernels, tests.
_SHUT = re.compile(r"/(?:resourcez|jupyter/api|_solara)(?:/|$)")


class Guard:
    """An application around Solara's.

    Args:
        app: Solara's.
        hosts: names that this server listens at, besides every address and ``localhost``.
        parts: folder of the shipped parts of the page; served read-only.
    """

    def __init__(self, app: Application, hosts: Iterable[str], parts: Path) -> None:
        from solara.server.starlette import StaticFilesOptionalAuth

        self.app = app
        self.hosts = tuple(hosts)
        # Plain files, each compressed once: no folder, nothing fetched, nothing written.
        self.parts = StaticFilesOptionalAuth(directory=parts)
        self.requests, self.openings = Allowance(*REQUESTS), Allowance(*OPENINGS)
        self.silent: dict[str, deque[asyncio.Event]] = defaultdict(deque)
        #: Address of each page by its kernel.
        self.pages: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a socket, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope["headers"] = [(name.lower(), value) for name, value in scope["headers"]]
        host = self._host(scope)
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name in HEADERS]
        scope["root_path"] = ""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, host)
        else:
            await self._request(scope, receive, _isolating(send, host), host)

    # Who speaks, and to whom

    def _host(self, scope: Scope) -> str:
        """Return the host addressed by a request; empty if it is not this server."""
        values = _values(scope, b"host")
        text = values[0].decode("latin-1") if len(values) == 1 else ""
        return text if is_ours(text, self.hosts) else ""

    @staticmethod
    def _same_origin(scope: Scope, host: str) -> bool:
        origins = [value.decode("latin-1").lower() for value in _values(scope, b"origin")]
        return origins in ([f"http://{host}".lower()], [f"https://{host}".lower()])

    # Requests

    async def _request(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        address, path, method = _address(scope), scope["path"], scope["method"]
        if not host:
            await _answer(send, 403, "This server is reached by its address, as `ccsim mesa` prints it.")
        elif len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LINE:
            await _answer(send, 414, "The address is too long to be one of ours.")
        elif self.requests.take(address):
            await _answer(
                send, 429, "Too many requests from one address. Wait a few seconds, then load the page again."
            )
        elif method == "POST":
            await self._close(scope, receive, send, host)
        elif method not in ("GET", "HEAD"):
            await _answer(send, 405, "Only GET, HEAD and POST requests are accepted.")
        elif _length(scope) != 0:
            await _answer(send, 413, "A request for a page must have no body.")
        elif path.startswith(_CDN):
            await self._part(scope, receive, send)
        elif path == "/resourcez" and _knows_token(scope):
            await self.app(scope, receive, send)
        elif _SHUT.match(path):
            await _answer(send, 404, "There is no such page.")
        elif path.startswith(("/static/", "/jupyter/nbextensions/")) or path == "/readyz":
            await self.app(scope, receive, send)
        elif self._full(address):
            await _answer(send, 503, FULL)
        else:
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self.app({**scope, "headers": plain}, receive, with_accessible_markup(send))

    async def _part(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a shipped part, or report that there is none."""
        from starlette.exceptions import HTTPException

        inner = {**scope, "path": "/" + scope["path"].removeprefix(_CDN), "root_path": ""}

        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                # Folders carry the version, so what is at an address never changes.
                cached = (b"cache-control", b"public, max-age=31536000, immutable")
                message = {**message, "headers": [*message.get("headers", ()), cached]}
            await send(message)

        try:
            await self.parts(inner, receive, send_cached)
        except (HTTPException, OSError, ValueError):
            await _answer(send, 404, "There is no such part.")

    async def _close(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        """Let a browser close its own page, and no other."""
        match = _CLOSE.fullmatch(scope["path"])
        if not self._same_origin(scope, host):
            await _answer(send, 403, "The request comes from another site.")
        elif not match:
            await _answer(send, 404, "There is no such page.")
        elif not 0 <= _length(scope) <= BODY or not re.fullmatch(_UUID, _session(scope)):
            await _answer(send, 413, "A request to close a page must have no long body.")
        elif not _owns(scope, match[1]):
            await _answer(send, 403, "This page belongs to another browser.")
        else:
            await self.app(scope, receive, send)

    # Sockets

    async def _socket(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        match = _SOCKET.fullmatch(scope["path"])
        address = _address(scope)
        await receive()
        if not host or not self._same_origin(scope, host) or not match or not re.fullmatch(_UUID, _session(scope)):
            await send({"type": "websocket.close", "code": 1008})
            return
        if self.openings.take(address):
            await send({"type": "websocket.close", "code": 1013})
            return
        await send({"type": "websocket.accept"})
        # Solara gives a thread to each socket, so it hears of one only when something is said on it.
        first = await self._first(address, receive)
        if first is None:
            await send({"type": "websocket.close", "code": 1008})
            return
        kernel = match[1]
        if kernel not in self._live_pages() and not await self._make_room(address):
            await send({"type": "websocket.close", "code": 1013, "reason": "the server is full"})
            return
        if not _owns(scope, kernel):
            await send({"type": "websocket.close", "code": 1008})
            return
        self.pages[kernel] = address
        socket = CheckedSocket(first, receive, send)
        try:
            await self.app(scope, socket.receive, socket.send)
        finally:
            self._live_pages()

    async def _first(self, address: str, receive: Receive) -> Message | None:
        """Return the first message of a socket; nothing if none comes in time, or if too many wait for theirs."""
        waiting, out = self.silent[address], asyncio.Event()
        waiting.append(out)
        if len(waiting) > SILENT_EACH:
            # The socket that has been silent for longest is closed.
            waiting[0].set()
        arrived, ended = asyncio.ensure_future(receive()), asyncio.ensure_future(out.wait())
        try:
            await asyncio.wait((arrived, ended), timeout=FIRST, return_when=asyncio.FIRST_COMPLETED)
            message = arrived.result() if arrived.done() else None
            return message if message and message["type"] == "websocket.receive" else None
        finally:
            arrived.cancel()
            ended.cancel()
            waiting.remove(out)
            if not waiting:
                self.silent.pop(address, None)

    # How many pages there are

    def _live_pages(self) -> dict[str, str]:
        """Return the live pages by kernel, with the address of each."""
        from solara.server.kernel_context import contexts

        live = set(contexts)
        self.pages = {kernel: address for kernel, address in self.pages.items() if kernel in live}
        return self.pages

    def _full(self, address: str) -> bool:
        pages = self._live_pages()
        shown = [address for kernel, address in pages.items() if not _is_left(kernel)]
        return len(shown) >= PAGES or shown.count(address) >= PAGES_EACH

    async def _make_room(self, address: str) -> bool:
        """Make room for another page: close abandoned pages first, of the same address if it has many."""
        pages = self._live_pages()
        own = [kernel for kernel in pages if pages[kernel] == address]
        crowd = own if len(own) >= PAGES_EACH else list(pages) if len(pages) >= PAGES else []
        if not crowd:
            return True
        left = next((kernel for kernel in crowd if _is_left(kernel)), None)
        if left is None:
            return False
        from solara.server.kernel_context import contexts

        context = contexts.get(left)
        if context is not None:
            await asyncio.to_thread(context.close, "cull")
        return True


FULL = "This server is full: too many pages are open. Close pages that you do not need, wait a minute, and load this one again."


def require() -> None:
    """Raise an error if the pages would be served without the guard.

    `ccsim mesa` includes it. Solara's own command gets it here, provided that it listens on this machine only.

    Raises:
        InputError: another of Solara's servers would serve the pages to other machines.
    """
    solara = sys.modules.get("solara.server.starlette")
    if solara is None or getattr(solara.app, "guarded", False):
        return
    host = os.environ.get("SERVER_NAME", "")
    if not is_this_machine(host):
        raise InputError(
            "these pages are served to other machines by `ccsim mesa --host ADDRESS` only: any other server would let a "
            "visitor run programs on this machine"
        )
    guard(solara.app, [host])


def guard(app: Any, hosts: Iterable[str]) -> None:
    """Put the guard around Solara's application, and restrict the messages that reach widgets."""
    parts = Path(__file__).with_name("cdn")
    restrict_widgets()
    app.guarded = True
    if app.middleware_stack is None:
        app.middleware_stack = app.build_middleware_stack()
    app.middleware_stack = Guard(app.middleware_stack, hosts, parts)


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


def _values(scope: Scope, header: bytes) -> list[bytes]:
    """Return every value of a header of a request."""
    return [value for name, value in scope["headers"] if name == header]


def _length(scope: Scope) -> int:
    """Return the length of a request's body; -1 if it is not stated or is no number."""
    values = _values(scope, b"content-length")
    if _values(scope, b"transfer-encoding") or len(values) > 1:
        return -1
    return int(values[0]) if values and values[0].isdigit() else (-1 if values else 0)


def _knows_token(scope: Scope) -> bool:
    """Return whether a request has the token that the server's environment sets for its statistics, if any."""
    token = os.environ.get("SOLARA_RESOURCEZ_TOKEN", "")
    values = _values(scope, b"authorization")
    return bool(token) and len(values) == 1 and hmac.compare_digest(values[0], f"Bearer {token}".encode())


def _session(scope: Scope) -> str:
    return str(parse_qs(scope["query_string"].decode("latin-1")).get("session_id", [""])[0])


def _owns(scope: Scope, kernel: str) -> bool:
    """Return whether a page belongs to the browser that asks, or does not exist yet."""
    from http.cookies import CookieError, SimpleCookie

    from solara.server.kernel_context import contexts

    context = contexts.get(kernel)
    if context is None:
        return True
    try:
        cookies = SimpleCookie("; ".join(value.decode("latin-1") for value in _values(scope, b"cookie")))
    except CookieError:
        return False
    return context.session_id in [cookies[name].value for name in cookies if name.startswith("solara-session-id")]


def _is_left(kernel: str) -> bool:
    """Return whether no browser shows a page."""
    from solara.server.kernel_context import PageStatus, contexts

    context = contexts.get(kernel)
    return context is not None and PageStatus.CONNECTED not in dict(context.page_status).values()


def _isolating(send: Send, host: str) -> Send:
    """Return a function that answers with the headers that isolate a page."""
    safe = {**SAFE, "content-security-policy": POLICY.format(host=host or "localhost")}

    async def send_isolated(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message.get("headers", ())]
            kept = [(name, _strict(value) if name == b"set-cookie" else value)
                    for name, value in headers if name.decode() not in safe]  # fmt: skip
            if any(name == b"set-cookie" for name, _ in kept):
                kept.append((b"cache-control", b"no-store"))
            message = {
                **message,
                "headers": [*kept, *((name.encode(), value.encode()) for name, value in safe.items())],
            }
        await send(message)

    return send_isolated


def _strict(cookie: bytes) -> bytes:
    """Return a session cookie that scripts cannot read and other sites cannot send."""
    parts = [part.strip() for part in cookie.split(b";")]
    kept = [part for part in parts if not part.lower().startswith((b"samesite", b"expires", b"max-age", b"httponly"))]
    return b"; ".join([*kept, b"HttpOnly", b"SameSite=Strict"])


async def _answer(send: Send, status: int, text: str) -> None:
    body = f"{text}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()),
               (b"cache-control", b"no-store"), (b"connection", b"close")]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
