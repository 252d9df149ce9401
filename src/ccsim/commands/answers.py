"""``ccsim report``, ``query``, ``why`` and ``diverge``: what came out, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def diverge(
    a: Annotated[str, typer.Argument(help="A scenario's name, or the path of its file.")],
    b: Annotated[str, typer.Argument(help="The other scenario.")],
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="LEVER=VALUE", help="Set a value in both; repeat for more.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of both runs, as the table of runs has it.")] = 1_000_000,
    weeks: Annotated[int, typer.Option(help="How many weeks to look.")] = 156,
    figure: Annotated[Path | None, typer.Option(help="Draw how the difference spreads, as PNG and SVG.")] = None,
) -> None:
    """Name the first week, agent and decision at which two scenarios part on the same draws."""
    from ccsim.answers.divergence import diverge as search
    from ccsim.commands.studies import settings_of

    found = search(a, b, seed=seed, weeks=weeks, levers=settings_of(set_))
    typer.echo(found.words())
    if figure is not None:
        found.plot(figure)
        stem = str(figure).removesuffix(".png").removesuffix(".svg")
        typer.echo(f"\nFigures: {stem}.png, {stem}.svg")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(diverge)
