"""``ccsim app``: serve the pages in the browser."""

import importlib.util
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets a class in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8765,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """Explore, play and teach in the browser, without any network."""
    from ccsim.errors import InputError

    if importlib.util.find_spec("solara") is None:
        raise InputError("the browser pages need an extra: pip install 'ccsim[app]'")
    who = "this machine only" if host in ("127.0.0.1", "localhost") else "everybody who can reach this machine"
    typer.echo(f"http://{host}:{port} for {who}; play at /play, a class at /class. Ctrl-C ends it.", err=True)
    from ccsim.ui.serving import run

    run(host, port, open_)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("app")(serve)
