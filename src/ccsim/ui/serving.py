"""The server of Mesa's page: it contacts no other machine, and it ends when it is told to.

What Solara's own command does besides (ask the package index for a newer version, wait without limit for open pages) is
left out here. Solara names this way of serving its application for those who bring their own server.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import warnings
import webbrowser
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import uvicorn

from ccsim.app import addresses
from ccsim.errors import InputError
from ccsim.ui import guard
from ccsim.ui.connection import Connection
from ccsim.ui.messages import MESSAGE

SITE, CDN = Path(__file__).with_name("site.py"), Path(__file__).with_name("cdn")
#: Seconds for closing open pages, and seconds after which the server stops waiting.
GOODBYE, EXIT_TIMEOUT = 2, 6
#: Minutes after which an unused page is forgotten, and the most pages at a time.
FORGOTTEN, MOST_PAGES = "10m", str(guard.PAGES + 20)


class PromptServer(uvicorn.Server):
    """A server that ends within some seconds, whatever its threads are doing."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to shut down; a thread in a long calculation does not delay it."""
        last = threading.Timer(EXIT_TIMEOUT, os._exit, [0])
        last.daemon = True
        last.start()
        # A page that is cut off is no longer an error.
        logging.disable()
        super().handle_exit(sig, frame)


def run(host: str, port: int, open_: bool, site: Path = SITE, end_with: BinaryIO | None = None) -> None:
    """Serve Mesa's page until it is stopped.

    Args:
        host: address to listen at.
        port: port to listen at.
        open_: whether to show the page in this machine's browser.
        site: the file of the page that Solara serves.
        end_with: the server ends with this stream, if there is one.

    Raises:
        InputError: the address and port are not available.
    """
    host = addresses.checked_host(host)
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = str(error.strerror).partition(" (")[0]
        raise InputError(f"cannot listen at {host}, port {port}: {why}; --port and --host take others") from None
    # To be set before Solara's server is imported: it serves our own copies of everything.
    settings = {
        "SOLARA_APP": str(site), "SOLARA_MODE": "production", "SOLARA_ASSETS_PROXY_CACHE_DIR": str(CDN),
        "SOLARA_THEME_SHOW_BANNER": "false", "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
        "SOLARA_KERNEL_CULL_TIMEOUT": FORGOTTEN, "SOLARA_KERNEL_MAX_COUNT": MOST_PAGES,
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "true", "SERVER_NAME": host, "SERVER_PORT": str(port),
        "SOLARA_SESSION_HTTP_ONLY": "true", "SOLARA_ROOT_PATH": "",
    }  # fmt: skip
    for name, value in settings.items():
        os.environ.setdefault(name, value)
    # What decides on safety is not to be had from the environment.
    fixed = ("SOLARA_MODE", "SOLARA_ROOT_PATH", "SOLARA_SESSION_HTTP_ONLY", "SOLARA_KERNEL_MAX_COUNT")
    os.environ.update({name: settings[name] for name in fixed})
    from solara.server import settings as solara_settings
    from solara.server import starlette

    # Read by Solara before the environment was set: a notice over the corner of the page.
    solara_settings.theme.show_banner = False
    guard.guard(starlette.app, addresses.names_of(host))
    # Solara would have its cookies sent to frames of other sites, which the guard forbids.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    if open_:
        opening = threading.Timer(2, webbrowser.open, [f"http://{host}:{port}"])
        opening.daemon = True
        opening.start()
    config = uvicorn.Config(
        starlette.app, log_level="error", timeout_graceful_shutdown=GOODBYE, http=Connection, proxy_headers=False,
        server_header=False, ws="websockets-sansio", ws_max_size=MESSAGE, root_path="",
    )  # fmt: skip
    server = PromptServer(config)
    if end_with is not None:
        threading.Thread(target=_end_with, args=(server, end_with), daemon=True).start()
    server.run(sockets=[listener])


def _end_with(server: PromptServer, stream: BinaryIO) -> None:
    """End a server when a stream does."""
    stream.read()
    server.handle_exit(signal.SIGTERM, None)
