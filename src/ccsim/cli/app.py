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
        raise InputError("the browser pages need an extra: pip install -e '.[app]'")
    from ccsim.ui import guard
    from ccsim.ui.lecturer import LECTURER
    from ccsim.ui.serving import run

    # Checked first: a refused host must not be shown as an address.
    host = guard.checked_host(host)
    who = "this machine only" if guard.is_this_machine(host) else "everybody who can reach this machine"
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"http://{shown}:{port} for {who}; play at /play, a class at /class. Ctrl-C ends it.", err=True)
    if not guard.is_this_machine(host):
        secret = LECTURER.require_secret()
        typer.echo(
            f"Only the lecturer opens classes, with this secret: {secret}\n"
            f"Lecturer's address (keep it off the projector): http://{shown}:{port}/class?lecturer={secret}\n"
            "The pages are plain HTTP: whoever can read this network's traffic can read them, and the secret.",
            err=True,
        )
    run(host, port, open_)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("app")(serve)
