"""``ccsim app``: the pages in the browser, served, as one file or as a folder."""

import importlib.util
import os
from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets a class in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8765,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
    export: Annotated[Path | None, typer.Option(help="Write the application as one HTML file and stop.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Write it as a folder for any web space and stop.")] = None,
    classic: Annotated[bool, typer.Option("--classic", help="Serve the earlier Explore and Compare.")] = False,
) -> None:
    """Explore, compare, play and teach in the browser, without any network."""
    if export or folder:
        _write(export, folder)
        return
    if classic or os.environ.get("SOLARA_APP") or _own_mechanisms():
        _serve_classic(host, port, open_)
    else:
        _serve_pages(host, port, open_)


def _write(export: Path | None, folder: Path | None) -> None:
    from ccsim.app.single_file import write_folder, write_single_file

    if export:
        size = write_single_file(export)
        typer.echo(f"{export}: {size / 1e6:.1f} MB; it opens in any browser, with no network.", err=True)
    if folder:
        count = write_folder(folder)
        typer.echo(f"{folder}: {count} files for any web space.", err=True)


def _own_mechanisms() -> bool:
    """Return whether mechanisms of the user are in force, which the compiled engine of the pages does not have."""
    from ccsim.model.extension import active

    return active() is not None


def _serve_pages(host: str, port: int, open_: bool) -> None:
    """Serve the application with its classes."""
    from ccsim.app import server

    server.run(host, port, open_, lambda line: typer.echo(line, err=True))


def _serve_classic(host: str, port: int, open_: bool) -> None:
    """Serve the pages that run on the server."""
    from ccsim.errors import InputError

    if importlib.util.find_spec("solara") is None:
        raise InputError("these pages need an extra: pip install -e '.[app]'")
    from ccsim.ui.serving import run

    host = _announce(host, port)
    run(host, port, open_)


def _announce(host: str, port: int) -> str:
    """Check a host and say where the pages are; return the host."""
    from ccsim.ui import guard
    from ccsim.ui.lecturer import LECTURER

    # Checked first: a refused host must not be shown as an address.
    host = guard.checked_host(host)
    who = "this machine only" if guard.is_this_machine(host) else "all who can reach this machine"
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"http://{shown}:{port} for {who}; play at /play, a class at /class. Ctrl-C ends it.", err=True)
    if not guard.is_this_machine(host):
        secret = LECTURER.require_secret()
        typer.echo(
            f"Only the lecturer opens classes, with this secret: {secret}\n"
            f"Lecturer's address (keep it off the projector): http://{shown}:{port}/class?lecturer={secret}\n"
            "The pages are plain HTTP: all who can read this network's traffic can read them, and the secret.",
            err=True,
        )
    return host


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("app")(serve)
