"""A guard in front of Solara's server: it checks hosts, origins and messages, and limits their size and number.

Solara trusts every client. A browser may name any Python function, which a widget then calls. Any site may open a socket.
A miss in the cache of shipped parts makes the server write files. Three things close this:

- :class:`Guard`, around the whole application: hosts and origins, headers, paths, sizes, numbers of sockets.
- :func:`narrow`, at the one place where messages reach widgets: an event must be one that the widget declares.
- :class:`Connection`, below the application: an unfinished request is dropped after a time limit.

The guard does not encrypt. The pages are plain HTTP, so anyone who can read the network traffic can read them.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
import os
import re
import struct
import sys
import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

from uvicorn.protocols.http.h11_impl import H11Protocol

from ccsim.errors import InputError
from ccsim.ui.lecturer import COOKIE, LECTURER

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: The most bytes of a message, of a request's body, and of an address. Pages say themselves that a link is too long.
MESSAGE, BODY, LINE = 1_000_000, 4_096, 32_768
#: The most parts of a binary message, levels of a message, and opened channels of a socket.
PARTS, DEPTH, CHANNELS = 8, 40, 60
#: The most pages at a time: of all visitors, and of one address, behind which a whole class may be.
PAGES, PAGES_EACH = 200, 100
#: The most connections of one address, and of them sockets on which nothing was said yet.
CONNECTIONS_EACH, SILENT_EACH = 250, 20
#: Seconds for the first message of a socket, for its page to be asked for, for the head of a request, for an answer.
FIRST, ASKED, HEAD, ANSWER = 10.0, 20.0, 10.0, 120.0
#: A second's and a moment's worth: of messages on a socket, of requests of an address, of new pages of an address.
MESSAGES, REQUESTS, OPENINGS = (60.0, 600.0), (200.0, 2_000.0), (5.0, 120.0)

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
SAFE = {
    "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}  # fmt: skip

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_SOCKET = re.compile(rf"/jupyter/api/kernels/({_UUID})/channels")
_CLOSE = re.compile(rf"/_solara/api/close/({_UUID})")
_CDN = "/_solara/cdn/"
#: What Solara serves besides pages that nobody needs: figures about the server, kernels, tests.
_SHUT = re.compile(r"/(?:resourcez|jupyter/api|_solara)(?:/|$)")
_TYPES = frozenset(("kernel_info_request", "comm_open", "comm_msg", "comm_close", "comm_info_request",
                    "shutdown_request"))  # fmt: skip
#: What a browser may open by itself: the channels by which a page is asked for, and widgets are listed.
_TARGETS = frozenset(("solara.control", "jupyter.widget.control"))
#: By method of a message, what it may carry.
_METHODS = {
    "run": {"method", "args"}, "app-status": {"method", "args"}, "request_states": {"method"},
    "request_state": {"method"}, "update": {"method", "state", "buffer_paths"}, "custom": {"method", "content"},
}  # fmt: skip
#: Traits that make a widget what it is. The server sets them, the browser never does.
_PLUMBING = frozenset(("template", "css", "scoped", "scoped_css_support", "methods", "data", "events", "components", "layout",
                       "children", "slot", "style", "style_", "class_", "attributes", "v_slots", "v_on", "comm",
                       "keys", "tabbable", "tooltip"))  # fmt: skip


class Refused(Exception):
    """A message that no page of ours sends; says why."""


def parsed(content: str | bytes) -> dict[str, Any]:
    """Return the message that a browser sent, if it is one that a page needs.

    Args:
        content: text, or the binary form: a count of parts, their offsets, the parts.

    Raises:
        Refused: it is anything else.
    """
    if len(content) > MESSAGE:
        raise Refused("the message is too long")
    parts = 0
    if isinstance(content, bytes):
        starts = _starts(content)
        parts = len(starts) - 1
        content = content[starts[0] : starts[1] if parts else None].decode("utf-8", "strict")
    found = json.loads(content)
    _shallow(found)
    if not isinstance(found, dict) or not isinstance(found.get("header"), dict):
        raise Refused("the message has no header")
    kind = found["header"].get("msg_type")
    if not isinstance(kind, str) or kind not in _TYPES or found.get("channel") not in ("shell", "control"):
        raise Refused("the message is of no known type")
    inner = found.get("content")
    if not isinstance(inner, dict) or not isinstance(found.get("metadata", {}), dict):
        raise Refused("the message has no content")
    if not isinstance(inner.get("comm_id", ""), str):
        raise Refused("a channel has a name")
    if kind == "comm_open":
        if str(inner.get("target_name")) not in _TARGETS or inner.get("data"):
            raise Refused("a browser opens no widget")
    elif kind == "comm_msg":
        _said(inner.get("data"), parts)
    if parts and kind != "comm_msg":
        raise Refused("the message has parts that it cannot have")
    return found


def _starts(content: bytes) -> tuple[int, ...]:
    """Return where the parts of a binary message start: counted before anything is made of the count."""
    if len(content) < 8:
        raise Refused("the message has fewer bytes than a message")
    count = struct.unpack("!I", content[:4])[0]
    if not 1 <= count <= PARTS or 4 * (count + 1) > len(content):
        raise Refused("the message has more parts than bytes for them")
    starts: tuple[int, ...] = struct.unpack(f"!{count}I", content[4 : 4 * (count + 1)])
    if starts[0] != 4 * (count + 1) or list(starts) != sorted(starts) or starts[-1] > len(content):
        raise Refused("the parts of the message are not where it says")
    return starts


def _shallow(value: Any, left: int = DEPTH) -> None:
    """Refuse what is nested too deep, and what names another widget."""
    if isinstance(value, str):
        if value.startswith("IPY_MODEL_"):
            raise Refused("a browser hands over no widget")
        return
    if not isinstance(value, (dict, list)):
        return
    if not left:
        raise Refused("the message is nested too deep")
    for one in value.values() if isinstance(value, dict) else value:
        _shallow(one, left - 1)


def _said(data: Any, parts: int) -> None:
    """Check what is said to a widget, or on the channel by which a page is asked for."""
    method = data.get("method") if isinstance(data, dict) else None
    if not isinstance(method, str) or not set(data) <= _METHODS.get(method, frozenset()):
        raise Refused("nothing of that kind is said to a widget")
    if method == "custom":
        content = data.get("content")
        if not isinstance(content, dict) or not set(content) <= {"event", "data"}:
            raise Refused("a widget is told of events, and of nothing else")
        event = content.get("event")
        if not isinstance(event, str) or not re.fullmatch(r"[\w.:!-]{1,80}", event):
            raise Refused("an event has a name")
    elif parts:
        raise Refused("only an event has parts")
    elif method == "update":
        if not isinstance(data.get("state"), dict) or data.get("buffer_paths"):
            raise Refused("a state is values by name")
    elif method == "run":
        wanted = data.get("args")
        if not isinstance(wanted, dict) or wanted.get("appName") not in (None, "", "__default__"):
            raise Refused("there is one application")
        if not isinstance(wanted.get("path", ""), str):
            raise Refused("a path is a text")
        if not isinstance(wanted.get("themes", {}), dict):
            raise Refused("themes are values by name")


def narrow() -> None:
    """Let widgets be told only of events that they declare, and be sent only values that a browser may set.

    One place for all widgets: Solara hands every message of a browser to ``Widget._handle_msg``.
    """
    from ipywidgets.widgets.widget import Widget  # type: ignore[import-untyped]

    behind = Widget._handle_msg
    if getattr(behind, "narrow", False):
        return

    def checked(widget: Any, message: dict[str, Any]) -> None:
        data = message["content"]["data"]
        if data.get("method") == "custom":
            content = data.get("content")
            if not isinstance(content, dict) or not set(content) <= {"event", "data"} or not declares(widget, content):
                return
        elif data.get("method") == "update":
            state = data.get("state", {})
            kept = {name: value for name, value in state.items() if settable(widget, name)}
            if not kept:
                return
            message = {**message, "content": {**message["content"], "data": {"method": "update", "state": kept}}}
        elif data.get("method") != "request_state":
            return
        behind(widget, message)

    checked.narrow = True  # type: ignore[attr-defined]
    Widget._handle_msg = checked


def declares(widget: Any, content: dict[str, Any]) -> bool:
    """Return whether a widget itself declares the event that it is told of."""
    event = content.get("event")
    if not isinstance(event, str):
        return False
    if hasattr(widget, "_event_handlers_map"):
        return event in widget._event_handlers_map
    if callable(getattr(widget, "_handle_button_msg", None)):
        return event == "click"
    return event.isidentifier() and callable(getattr(type(widget), f"vue_{event}", None))


def settable(widget: Any, name: str) -> bool:
    """Return whether a browser may set a trait: one that is shared with it, and not what the widget is made of."""
    return isinstance(name, str) and not name.startswith("_") and name not in _PLUMBING and name in widget.keys


class Bucket:
    """A token bucket: a rate per second, and a burst."""

    def __init__(self, pace: tuple[float, float]) -> None:
        self.each, self.most = pace
        self.left, self.at = self.most, time.monotonic()

    def wait(self) -> float:
        """Take one; return the seconds to wait for it."""
        now = time.monotonic()
        self.left, self.at = min(self.most, self.left + (now - self.at) * self.each), now
        self.left -= 1
        return max(0.0, -self.left / self.each)

    def takes(self) -> bool:
        """Take one if there is one."""
        if self.wait() > 0:
            self.left += 1
            return False
        return True


class Buckets(OrderedDict[str, Bucket]):
    """One bucket per address; the least recently used are forgotten."""

    def __init__(self, pace: tuple[float, float]) -> None:
        super().__init__()
        self.pace = pace

    def takes(self, address: str) -> bool:
        """Take one of an address if there is one."""
        bucket = self.pop(address, None) or Bucket(self.pace)
        self[address] = bucket
        while len(self) > 5_000:
            self.popitem(last=False)
        return bucket.takes()


class Guard:
    """An application around Solara's.

    Args:
        app: Solara's.
        hosts: names that this server listens at, besides every address and ``localhost``.
        parts: folder of the shipped parts of the page; served read-only.
    """

    def __init__(self, app: App, hosts: Iterable[str], parts: Path) -> None:
        from solara.server.starlette import StaticFilesOptionalAuth

        self.app = app
        self.hosts = frozenset(host.lower().rstrip(".") for host in hosts) | {"localhost"}
        # Plain files, each compressed once: no folder, nothing fetched, nothing written.
        self.parts = StaticFilesOptionalAuth(directory=parts)
        self.requests, self.openings = Buckets(REQUESTS), Buckets(OPENINGS)
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
        scope["headers"] = [row for row in scope["headers"] if row[0] in HEADERS]
        scope["root_path"] = ""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, host)
        else:
            await self._request(scope, receive, _sealed(send, host), host)

    # Who speaks, and to whom

    def _host(self, scope: Scope) -> str:
        """Return the host that is spoken to; nothing for one that is none of ours."""
        said = [value for name, value in scope["headers"] if name == b"host"]
        text = said[0].decode("latin-1") if len(said) == 1 else ""
        found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?", text)
        if not found:
            return ""
        name = found[1].lower().rstrip(".")
        return text if name in self.hosts or _is_address(name.strip("[]")) else ""

    @staticmethod
    def _same_origin(scope: Scope, host: str) -> bool:
        said = [value for name, value in scope["headers"] if name == b"origin"]
        return len(said) == 1 and said[0].decode("latin-1").lower() in (
            f"http://{host}".lower(), f"https://{host}".lower(),
        )  # fmt: skip

    # Requests

    async def _request(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        address, path, method = _address(scope), scope["path"], scope["method"]
        if not host:
            await _answer(send, 403, "This server is reached by its address, as `ccsim app` prints it.")
        elif len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LINE:
            await _answer(send, 414, "The address is too long to be one of ours.")
        elif not self.requests.takes(address):
            await _answer(
                send, 429, "Too many requests from one address. Wait a few seconds, then load the page again."
            )
        elif method == "POST":
            await self._close(scope, receive, send, host)
        elif method not in ("GET", "HEAD"):
            await _answer(send, 405, "Only GET, HEAD and POST requests are accepted.")
        elif _length(scope) != 0:
            await _answer(send, 413, "A request for a page must have no body.")
        elif path == "/class" and scope["query_string"].startswith(b"lecturer="):
            await _let_lecturer_in(scope, send)
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
            await self.app(scope, receive, send)

    async def _part(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a shipped part, or say that there is none."""
        from starlette.exceptions import HTTPException

        inner = {**scope, "path": "/" + scope["path"].removeprefix(_CDN), "root_path": ""}

        async def keeping(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                # Folders carry the version, so what is at an address never changes.
                kept = (b"cache-control", b"public, max-age=31536000, immutable")
                message = {**message, "headers": [*message.get("headers", ()), kept]}
            await send(message)

        try:
            await self.parts(inner, receive, keeping)
        except (HTTPException, OSError, ValueError):
            await _answer(send, 404, "There is no such part.")

    async def _close(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        """Let a browser close its own page, and no other."""
        found = _CLOSE.fullmatch(scope["path"])
        if not self._same_origin(scope, host):
            await _answer(send, 403, "The request comes from another site.")
        elif not found:
            await _answer(send, 404, "There is no such page.")
        elif not 0 <= _length(scope) <= BODY or not re.fullmatch(_UUID, _session(scope)):
            await _answer(send, 413, "A request to close a page must have no long body.")
        elif not _owns(scope, found[1]):
            await _answer(send, 403, "This page belongs to another browser.")
        else:
            await self.app(scope, receive, send)

    # Sockets

    async def _socket(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        found = _SOCKET.fullmatch(scope["path"])
        address = _address(scope)
        await receive()
        if not host or not self._same_origin(scope, host) or not found or not re.fullmatch(_UUID, _session(scope)):
            await send({"type": "websocket.close", "code": 1008})
            return
        if not self.openings.takes(address):
            await send({"type": "websocket.close", "code": 1013})
            return
        await send({"type": "websocket.accept"})
        # Solara gives a thread to each socket, so it hears of one only when something is said on it.
        first = await self._first(address, receive)
        if first is None:
            await send({"type": "websocket.close", "code": 1008})
            return
        kernel = found[1]
        if kernel not in self._known() and not await self._room(address):
            await send({"type": "websocket.close", "code": 1013, "reason": "the server is full"})
            return
        if not _owns(scope, kernel):
            await send({"type": "websocket.close", "code": 1008})
            return
        self.pages[kernel] = address
        talk = Talk(first, receive, send)
        try:
            await self.app(scope, talk.receive, talk.send)
        finally:
            self._known()

    async def _first(self, address: str, receive: Receive) -> Message | None:
        """Return the first message of a socket; nothing if none comes in time, or if too many wait for theirs."""
        waiting, out = self.silent[address], asyncio.Event()
        waiting.append(out)
        if len(waiting) > SILENT_EACH:
            # The socket that has been silent for longest is closed.
            waiting[0].set()
        said, told = asyncio.ensure_future(receive()), asyncio.ensure_future(out.wait())
        try:
            await asyncio.wait((said, told), timeout=FIRST, return_when=asyncio.FIRST_COMPLETED)
            message = said.result() if said.done() else None
            return message if message and message["type"] == "websocket.receive" else None
        finally:
            said.cancel()
            told.cancel()
            waiting.remove(out)
            if not waiting:
                self.silent.pop(address, None)

    # How many pages there are

    def _known(self) -> dict[str, str]:
        """Return the pages that live, by kernel, with the address of each."""
        from solara.server.kernel_context import contexts

        live = set(contexts)
        self.pages = {kernel: address for kernel, address in self.pages.items() if kernel in live}
        return self.pages

    def _full(self, address: str) -> bool:
        known = self._known()
        left = [kernel for kernel in known if _is_left(kernel)]
        mine = [kernel for kernel in known if known[kernel] == address]
        spare = [kernel for kernel in left if known[kernel] == address]
        return len(known) - len(left) >= PAGES or len(mine) - len(spare) >= PAGES_EACH

    async def _room(self, address: str) -> bool:
        """Make room for one more page: one that was left goes first, of the same address if there are many of it."""
        known = self._known()
        mine = [kernel for kernel in known if known[kernel] == address]
        crowd = mine if len(mine) >= PAGES_EACH else list(known) if len(known) >= PAGES else []
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


class Talk:
    """A socket of which Solara knows: what is said is checked before it is handed on.

    Args:
        first: the first message.
        receive: waits for the next one.
        send: answers.
    """

    def __init__(self, first: Message, receive: Receive, send: Send) -> None:
        self._waiting: deque[Message] = deque(({"type": "websocket.connect"}, first))
        self._receive, self._send = receive, send
        self._bucket, self._until = Bucket(MESSAGES), time.monotonic() + ASKED
        self._asked, self._over, self._channels, self._accepted = False, False, 0, False

    async def receive(self) -> Message:
        """Return the next message that may be handed on."""
        if self._over:
            return {"type": "websocket.disconnect", "code": 1008}
        if self._waiting and self._waiting[0]["type"] == "websocket.connect":
            return self._waiting.popleft()
        try:
            message = self._waiting.popleft() if self._waiting else await self._next()
        except TimeoutError:
            return await self._end()
        if message["type"] != "websocket.receive":
            return message
        await asyncio.sleep(self._bucket.wait())
        text = message.get("text")
        try:
            said = parsed(text if text is not None else message.get("bytes") or b"")
            kind = said["header"]["msg_type"]
            self._channels += kind == "comm_open"
            if self._channels > CHANNELS:
                raise Refused("a page opens few channels")
        except (Refused, ValueError, RecursionError):
            return await self._end()
        if kind == "comm_msg":
            self._asked = self._asked or said["content"]["data"]["method"] in ("run", "app-status")
        return message

    async def _next(self) -> Message:
        if self._asked:
            return await self._receive()
        return await asyncio.wait_for(self._receive(), max(0.1, self._until - time.monotonic()))

    async def _end(self) -> Message:
        self._over = True
        await self._send({"type": "websocket.close", "code": 1008})
        return {"type": "websocket.disconnect", "code": 1008}

    async def send(self, message: Message) -> None:
        """Hand an answer on; the socket is accepted already."""
        if message["type"] == "websocket.accept" and not self._accepted:
            self._accepted = True
            return
        if not self._over:
            self._over = message["type"] == "websocket.close"
            await self._send(message)


class Connection(H11Protocol):
    """A connection whose request has to come, and to be answered, in time."""

    live: ClassVar[dict[str, dict[Connection, float]]] = defaultdict(dict)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count the time; of an address with too many connections, the oldest one that says nothing goes."""
        super().connection_made(transport)
        self._begun, self._socket = time.monotonic(), False
        self._hung: tuple[tuple[int, bool], float] | None = None
        self._who = self.client[0] if self.client else ""
        mine = Connection.live[self._who]
        if len(mine) >= CONNECTIONS_EACH:
            quiet = next((one for one in mine if one._is_quiet()), None)
            (quiet or self)._drop()
        mine[self] = self._begun
        self._timer: asyncio.TimerHandle | None = self.loop.call_later(HEAD, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hand the connection over to the socket, which has limits of its own."""
        self._socket = True
        self._forget()
        super().handle_websocket_upgrade(event)

    def _is_quiet(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _look(self) -> None:
        """Close the connection if its request is not there in time, or is not answered in time."""
        now = time.monotonic()
        cycle = self.cycle
        waiting = cycle is None or cycle.response_complete or cycle.more_body
        # Between two requests uvicorn's own time-out holds; a second request that is half there counts as from now.
        patience = HEAD if waiting else ANSWER
        mark = (id(cycle), bool(cycle and cycle.response_complete))
        if self._hung is not None and self._hung[0] == mark and now - self._hung[1] >= patience - 0.1:
            self._drop()
            return
        if self._hung is None and cycle is None:
            self._drop()
            return
        if self._hung is None or self._hung[0] != mark:
            self._hung = (mark, now)
        self._timer = self.loop.call_later(HEAD, self._look)

    def _drop(self) -> None:
        if not self._socket and self.transport is not None:
            self.transport.abort()

    def _forget(self) -> None:
        mine = Connection.live.get(self._who, {})
        mine.pop(self, None)
        if not mine:
            Connection.live.pop(self._who, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


FULL = "This server is full: too many pages are open. Close pages that you do not need, wait a minute, and load this one again."


def require() -> None:
    """Refuse to serve our pages without the guard.

    `ccsim app` has it. Solara's own command gets it here, as long as it listens on this machine only.

    Raises:
        InputError: another of Solara's servers would serve the pages to other machines.
    """
    solara = sys.modules.get("solara.server.starlette")
    if solara is None or getattr(solara.app, "guarded", False):
        return
    host = os.environ.get("SERVER_NAME", "")
    if not is_this_machine(host):
        raise InputError(
            "these pages are served to other machines by `ccsim app --host ADDRESS` only: any other server would let a "
            "visitor run programs on this machine"
        )
    guard(solara.app, [host])


def guard(app: Any, hosts: Iterable[str]) -> None:
    """Put the guard around Solara's application, and narrow what reaches widgets."""
    parts = Path(__file__).with_name("cdn")
    narrow()
    app.guarded = True
    if app.middleware_stack is None:
        app.middleware_stack = app.build_middleware_stack()
    app.middleware_stack = Guard(app.middleware_stack, hosts, parts)


def is_this_machine(host: str) -> bool:
    """Return whether only this machine can reach what listens at a host."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def checked_host(host: str) -> str:
    """Return a host to listen at.

    Raises:
        InputError: it is empty, has signs that no host has, or names no single place.
    """
    plain = host.strip("[]") if host.startswith("[") and host.endswith("]") else host
    if _is_address(plain):
        return plain
    # A name made of digits and dots is an address that is none, or one that only some systems read.
    if (
        not re.fullmatch(r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*", plain)
        or re.fullmatch(r"(?:0[xX][0-9a-fA-F]*|\d+)(?:\.(?:0[xX][0-9a-fA-F]*|\d+))*", plain)
    ):  # fmt: skip
        shown = "".join(sign if sign.isprintable() else "?" for sign in host[:40])
        raise InputError(
            f"--host must be an address of this machine such as 127.0.0.1 or ::1, its name, or 0.0.0.0 for all its "
            f"addresses, got {shown!r}"
        )
    return plain


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


def _length(scope: Scope) -> int:
    """Return the length of a request's body; -1 if it is not stated or is no number."""
    said = [value for name, value in scope["headers"] if name == b"content-length"]
    if any(name == b"transfer-encoding" for name, _ in scope["headers"]) or len(said) > 1:
        return -1
    return int(said[0]) if said and said[0].isdigit() else (-1 if said else 0)


def _knows_token(scope: Scope) -> bool:
    """Return whether a request has the token that the server's environment sets for its statistics, if any."""
    token = os.environ.get("SOLARA_RESOURCEZ_TOKEN", "")
    said = [value for name, value in scope["headers"] if name == b"authorization"]
    return bool(token) and len(said) == 1 and hmac.compare_digest(said[0], f"Bearer {token}".encode())


def _session(scope: Scope) -> str:
    return (parse_qs(scope["query_string"].decode("latin-1")).get("session_id") or [""])[0]


def _owns(scope: Scope, kernel: str) -> bool:
    """Return whether a page belongs to the browser that asks, or does not exist yet."""
    from http.cookies import CookieError, SimpleCookie

    from solara.server.kernel_context import contexts

    context = contexts.get(kernel)
    if context is None:
        return True
    try:
        said = SimpleCookie("; ".join(v.decode("latin-1") for name, v in scope["headers"] if name == b"cookie"))
    except CookieError:
        return False
    return context.session_id in [said[name].value for name in said if name.startswith("solara-session-id")]


def _is_left(kernel: str) -> bool:
    """Return whether no browser shows a page any more."""
    from solara.server.kernel_context import PageStatus, contexts

    context = contexts.get(kernel)
    return context is not None and PageStatus.CONNECTED not in dict(context.page_status).values()


def _sealed(send: Send, host: str) -> Send:
    """Return a way to answer with the headers that keep a page to itself."""

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {**SAFE, "content-security-policy": POLICY.format(host=host or "localhost")}
            kept = [(name, value) for name, value in message.get("headers", ()) if name.lower().decode() not in ours]
            kept = [(name, _strict(value) if name.lower() == b"set-cookie" else value) for name, value in kept]
            if any(name.lower() == b"set-cookie" for name, _ in kept):
                kept.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*kept, *((k.encode(), v.encode()) for k, v in ours.items())]}
        await send(message)

    return sealed


def _strict(cookie: bytes) -> bytes:
    """Return a cookie that ends with the browser, that no script reads and no other site sends."""
    parts = [part.strip() for part in cookie.split(b";")]
    kept = [part for part in parts if not part.lower().startswith((b"samesite", b"expires", b"max-age", b"httponly"))]
    return b"; ".join([*kept, b"HttpOnly", b"SameSite=Strict"])


async def _let_lecturer_in(scope: Scope, send: Send) -> None:
    """Move the lecturer's secret from the printed link into a cookie, so that no projector shows it in an address."""
    given = (parse_qs(scope["query_string"].decode("latin-1")).get("lecturer") or [""])[0]
    headers = [(b"location", b"/class"), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    if LECTURER.required and LECTURER.knows(given):
        headers.append((b"set-cookie", f"{COOKIE}={given}; Path=/".encode("latin-1")))
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _answer(send: Send, status: int, said: str) -> None:
    body = f"{said}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()),
               (b"cache-control", b"no-store"), (b"connection", b"close")]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
