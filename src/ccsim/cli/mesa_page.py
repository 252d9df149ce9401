"""``ccsim mesa``: an organisation in the page that users of Mesa know."""

import importlib.util
import warnings
from typing import Annotated

import typer

from ccsim.cli.analysis_options import Set


def mesa(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, or the path of its file.")] = "combined",
    levers: Annotated[
        list[str] | None,
        typer.Option("--lever", metavar="LEVER", help="A lever, a group of levers, or all; repeat for more."),
    ] = None,
    set_: Set = None,
    weeks: Annotated[int, typer.Option(min=1, help="The horizon.")] = 156,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8765,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """Open an organisation in Mesa's own page: levers, KPIs, and the people as they change."""
    from ccsim.cli.analysis_options import settings_of
    from ccsim.errors import InputError

    if any(importlib.util.find_spec(name) is None for name in ("solara", "uvicorn", "altair", "networkx")):
        raise InputError("Mesa's page needs an extra: pip install -e '.[app,mesa-page]'")
    # Solara's check of hooks finds one in Mesa's own component.
    warnings.filterwarnings("ignore", message=".*found despite early return")
    from ccsim.ui import guard, opened
    from ccsim.ui.mesa_page import page
    from ccsim.ui.serving import MESA, run

    host = guard.checked_host(host)
    opened.CHOSEN = {"scenario": scenario, "levers": levers or None, "weeks": weeks, "sizes": settings_of(set_)}
    # Made once before it is served: what is wrong with the choice is told here, and not on the page.
    page(**opened.CHOSEN)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"http://{shown}:{port} for Mesa's page of {scenario}. Ctrl-C ends it.", err=True)
    run(host, port, open_, site=MESA)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("mesa")(mesa)
