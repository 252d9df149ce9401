"""``ccsim app``: the pages in the browser, served, as one file or as a folder."""

from pathlib import Path
from typing import Annotated

import typer

from ccsim.cli.options import Host, OpenBrowser, Own, Port


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8765,
    open_: OpenBrowser = True,
    export: Annotated[Path | None, typer.Option(help="Write the application as one HTML file and exit.")] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Write the application as a folder for any web server and exit.")
    ] = None,
    organisation: Own = None,
) -> None:
    """Explore, compare, play and teach in the browser, without a network."""
    if export or folder:
        _write(export, folder, organisation)
        return
    from ccsim.app import server

    server.run(host, port, open_, _say, organisation)


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _write(export: Path | None, folder: Path | None, organisation: Path | None) -> None:
    from ccsim.app.own_engine import own_files
    from ccsim.app.single_file import write_folder, write_single_file
    from ccsim.errors import InputError

    if organisation is not None:
        raise InputError(
            "--organisation: an exported page has no server and cannot read the organisation's files; ccsim app --organisation serves it"
        )
    instead = own_files(_say)
    if export:
        size = write_single_file(export, instead)
        typer.echo(f"{export}: {size / 1e6:.1f} MB; it opens in any browser, without a network.", err=True)
    if folder:
        count = write_folder(folder, instead)
        typer.echo(f"{folder}: {count} files for any web server.", err=True)
