"""``ccsim mesa``: open an organisation in Mesa's own page."""

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

from ccsim.cli.options import Host, OpenBrowser, Port, ScenarioFile, Set


def mesa(
    scenario: ScenarioFile = "combined",
    levers: Annotated[
        list[str] | None,
        typer.Option("--lever", metavar="LEVER", help="A lever, a group of levers, or all; repeat for more."),
    ] = None,
    set_: Set = None,
    weeks: Annotated[int, typer.Option(min=1, help="The horizon.")] = 156,
    page: Annotated[Path | None, typer.Option(help="Serve a page of your own (docs/mesa.md) instead.")] = None,
    host: Host = "127.0.0.1",
    port: Port = 8765,
    open_: OpenBrowser = True,
    ends_with_input: Annotated[bool, typer.Option("--ends-with-input", hidden=True)] = False,
) -> None:
    """Open an organisation in Mesa's own page, with levers, KPIs and a view of the people."""
    from ccsim.app.addresses import checked_host, url
    from ccsim.app.mesa_process import MesaProcess
    from ccsim.cli.analysis_options import settings_of
    from ccsim.errors import InputError

    if not MesaProcess.is_installed():
        raise InputError("Mesa's page needs an extra: pip install -e '.[mesa-page]'")
    # Solara's check of hooks finds one in Mesa's own component.
    warnings.filterwarnings("ignore", message=".*found despite early return")
    from ccsim.ui import mesa_page, serving

    host = checked_host(host)
    if page is None:
        mesa_page.CHOSEN.update(scenario=scenario, levers=levers or None, weeks=weeks, sizes=settings_of(set_))
        # Made once before it is served, so that a mistake in the options is reported here and not on the page.
        mesa_page.page(**mesa_page.CHOSEN)
    elif levers or set_:
        raise InputError("--page: --lever and --set are only for a scenario; a page of your own sets its own values")
    elif not page.is_file():
        raise InputError(f"--page: there is no file {page}")
    typer.echo(f"{url(host, port)} for Mesa's page of {page or scenario}. Ctrl-C ends it.", err=True)
    serving.run(host, port, open_, page or serving.SITE, sys.stdin.buffer if ends_with_input else None)
