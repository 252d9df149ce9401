"""The server of the pages: it asks no other machine for anything, and it ends when it is told to.

What Solara's own command does besides (ask the package index for a newer version, wait without limit for open pages) is
left out here. Solara names this way of serving its application for those who bring their own server.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import socket
import threading
import warnings
import webbrowser
from pathlib import Path
from types import FrameType

import uvicorn

from ccsim.app.pages import InFront, StaticPages
from ccsim.errors import InputError
from ccsim.ui import guard

SITE, MESA, CDN = (Path(__file__).with_name(name) for name in ("site.py", "mesa_site.py", "cdn"))
#: What the paths begin with that Solara answers where other pages stand in front of it.
SERVED = ("/play", "/class", "/mesa", "/_solara", "/static", "/jupyter", "/readyz", "/resourcez")
#: Seconds for open pages to be told goodbye, and seconds after which nothing is waited for any more.
GOODBYE, PATIENCE = 2, 6
#: Minutes after which an unused page is forgotten, and the most pages at a time.
FORGOTTEN, MOST_PAGES = "10m", str(guard.PAGES + 20)


class Ending(uvicorn.Server):
    """A server that has ended some seconds after it was told to, whatever its threads are at."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; a thread in the midst of a long calculation cannot hold it up."""
        last = threading.Timer(PATIENCE, os._exit, [0])
        last.daemon = True
        last.start()
        # A page that is cut off is no fault any more.
        logging.disable()
        super().handle_exit(sig, frame)


def run(host: str, port: int, open_: bool, pages: bool = False, site: Path = SITE) -> None:
    """Serve the pages until told to end.

    Args:
        host: address to listen at.
        port: port to listen at.
        open_: whether to show the page in this machine's browser.
        pages: whether the pages that run in the browser stand in front of these; Play and Class are reached then.
        site: the file of the pages that Solara serves.

    Raises:
        InputError: that address and port cannot be had.
    """
    host = guard.checked_host(host)
    try:
        ear = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
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
    from solara.server import starlette

    guard.guard(starlette.app, [host])
    if pages:
        behind = starlette.app.middleware_stack
        assert behind is not None
        beside = ["play", "class", *(["mesa"] if importlib.util.find_spec("altair") else [])]
        starlette.app.middleware_stack = InFront(StaticPages([host], beside), behind, SERVED)
    # Solara would have its cookies sent to frames of other sites, which the guard forbids.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    # Its check of hooks finds one in Mesa's own component.
    warnings.filterwarnings("ignore", message=".*found despite early return")
    if open_:
        opening = threading.Timer(2, webbrowser.open, [f"http://{host}:{port}"])
        opening.daemon = True
        opening.start()
    config = uvicorn.Config(
        starlette.app, log_level="error", timeout_graceful_shutdown=GOODBYE, http=guard.Connection, proxy_headers=False,
        server_header=False, ws="websockets-sansio", ws_max_size=guard.MESSAGE, root_path="",
    )  # fmt: skip
    Ending(config).run(sockets=[ear])
