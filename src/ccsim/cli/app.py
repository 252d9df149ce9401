"""``ccsim app``: the pages in the browser, served, as one file or as a folder."""

from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets a class in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8765,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
    export: Annotated[Path | None, typer.Option(help="Write the application as one HTML file and stop.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Write it as a folder for any web space and stop.")] = None,
) -> None:
    """Explore, compare, play and teach in the browser, without any network."""
    from ccsim.errors import InputError
    from ccsim.model.extension import active

    if active() is not None:
        raise InputError(
            "--with: the engine of these pages is compiled ahead and has no mechanisms of your own; "
            "ccsim mesa --with FILE opens them in Mesa's page"
        )
    if export or folder:
        _write(export, folder)
        return
    from ccsim.app import server

    server.run(host, port, open_, lambda line: typer.echo(line, err=True))


def _write(export: Path | None, folder: Path | None) -> None:
    from ccsim.app.single_file import write_folder, write_single_file

    if export:
        size = write_single_file(export)
        typer.echo(f"{export}: {size / 1e6:.1f} MB; it opens in any browser, with no network.", err=True)
    if folder:
        count = write_folder(folder)
        typer.echo(f"{folder}: {count} files for any web space.", err=True)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("app")(serve)
