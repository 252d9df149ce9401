"""The pages that run in the browser, as served: plain files, strict headers, nothing generated on request."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ccsim.app.addresses import parsed_address
from ccsim.errors import InputError

STATIC = Path(__file__).with_name("static")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}
#: Scripts, styles, data and workers come from this server only; none stands in the page.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
SAFE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: The longest path for which the intended page is guessed.
LONGEST = 100

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes


def read_static(folder: Path = STATIC, instead: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return every file of the built pages by its name.

    Args:
        folder: the folder of the built pages.
        instead: files that take the place of built ones, by name.

    Returns:
        The bytes of each file, by its path below the folder, with slashes.

    Raises:
        InputError: the pages are missing.
    """
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    missing = [
        name
        for name in ("index.html", "app.js", "worker.js", "app.css", "engine.wasm", "model.json")
        if name not in files
    ]
    if missing:
        raise InputError(f"the pages are not complete: {folder} lacks {', '.join(missing)}; install ccsim again")
    return {**files, **(instead or {})}


def is_ours(host: str, names: Iterable[str]) -> bool:
    """Return whether a request's Host header names this server: an address, ``localhost`` or a name it listens at.

    Args:
        host: the header.
        names: names that the server listens at.
    """
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?", host)
    if not match:
        return False
    name = match[1].lower().rstrip(".").strip("[]")
    known = {"localhost", *(each.lower().rstrip(".") for each in names)}
    return name in known or parsed_address(name) is not None


class StaticPages:
    """The built pages, read once.

    Args:
        hosts: names that the server listens at.
        beside: pages that the same server has beside these, such as ``play``; the page links to them.
        folder: where the built pages are.
        instead: files that take the place of built ones, by name.
    """

    def __init__(
        self, hosts: Iterable[str], beside: Iterable[str] = (), folder: Path = STATIC,
        instead: Mapping[str, bytes] | None = None,
    ) -> None:  # fmt: skip
        self.hosts = tuple(hosts)
        files = read_static(folder, instead)
        named = f'<meta name="ccsim-pages" content="{" ".join(beside)}">'.encode()
        files["index.html"] = files["index.html"].replace(b"<title>", named + b"\n<title>", 1)
        self.files = {f"/{name}": body for name, body in files.items()} | {"/": files["index.html"]}
        self.packed = {path: gzip.compress(body, 6, mtime=0) for path, body in self.files.items()}
        self.tags = {path: f'"{hashlib.sha256(body).hexdigest()[:20]}"' for path, body in self.files.items()}

    def answer(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        """Answer a request.

        Args:
            method: of the request.
            path: without the query.
            headers: by names in small letters.

        Returns:
            The file or, if there is none, a link to the page that the path may mean.
        """
        if not is_ours(headers.get("host", ""), self.hosts):
            return text_answer(403, "This server is reached by its address, as `ccsim app` prints it.")
        if method not in ("GET", "HEAD"):
            return text_answer(405, "Only GET and HEAD requests are accepted.")
        if path not in self.files:
            name = path.strip("/")
            if "." in name or len(name) > LONGEST:
                return text_answer(404, "There is no such page. Go to / for the first one.")
            return redirect(f"/#/{quote(name)}")
        tag = self.tags[path]
        sent = {**SAFE, "etag": tag, "cache-control": "no-cache", "vary": "accept-encoding"}
        if headers.get("if-none-match") == tag:
            return Answer(304, sent, b"")
        body = self.files[path]
        sent["content-type"] = TYPES.get(Path(path).suffix or ".html", "application/octet-stream")
        if "gzip" in headers.get("accept-encoding", ""):
            body = self.packed[path]
            sent["content-encoding"] = "gzip"
        sent["content-length"] = str(len(body))
        return Answer(200, sent, b"" if method == "HEAD" else body)


def uncached(status: int, kind: str, body: bytes) -> Answer:
    """Return an answer that no cache keeps.

    Args:
        status: HTTP status code.
        kind: media type of the body.
        body: the body.
    """
    headers = {**SAFE, "content-type": kind, "content-length": str(len(body)), "cache-control": "no-store"}
    return Answer(status, headers, body)


def text_answer(status: int, text: str) -> Answer:
    """Return one line of plain text as an answer."""
    return uncached(status, TYPES[".txt"], f"{text}\n".encode())


def redirect(location: str) -> Answer:
    """Return the answer that sends a browser to another address."""
    return Answer(303, {**SAFE, "location": location, "content-length": "0"}, b"")
