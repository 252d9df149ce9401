"""``ccsim app``: serve the pages in the browser."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

#: Minutes after which a page that nobody looks at is forgotten, and the most pages at a time.
FORGOTTEN, MOST_PAGES = "10m", "80"


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets a class in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8765,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """Explore, play and teach in the browser, without any network."""
    from ccsim.errors import InputError

    if importlib.util.find_spec("solara") is None:
        raise InputError("the browser pages need an extra: pip install 'ccsim[app]'")
    place = Path(__file__).parents[1] / "app"
    # To be set before the server is imported: it serves our own copies, and asks nobody for anything.
    settings = {
        "SOLARA_ASSETS_PROXY_CACHE_DIR": str(place / "cdn"), "SOLARA_THEME_SHOW_BANNER": "false",
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false", "SOLARA_KERNEL_CULL_TIMEOUT": FORGOTTEN,
        "SOLARA_KERNEL_MAX_COUNT": MOST_PAGES, "SOLARA_ASSETS_FONTAWESOME_ENABLED": "true",
    }  # fmt: skip
    for name, value in settings.items():
        os.environ.setdefault(name, value)
    who = "this machine only" if host in ("127.0.0.1", "localhost") else "everybody who can reach this machine"
    typer.echo(f"http://{host}:{port} for {who}; play at /play, a class at /class. Ctrl-C ends it.", err=True)
    command = [sys.executable, "-m", "solara", "run", str(place / "site.py"), "--host", host, "--port", str(port),
               "--production", *([] if open_ else ["--no-open"])]  # fmt: skip
    os.execv(sys.executable, command)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("app")(serve)
