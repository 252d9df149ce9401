"""``ccsim report``, ``query``, ``reproduce`` and ``diff``: read and explain results."""

from pathlib import Path
from typing import Annotated

import typer

from ccsim.cli.analysis_options import settings_of
from ccsim.cli.options import Form, Format, Set, Workers

Folder = Annotated[Path, typer.Argument(help="A results folder.")]


def report(
    folder: Folder,
    out: Annotated[Path | None, typer.Option(help="File for the page (default: report.html in the folder).")] = None,
) -> None:
    """Write one standalone page with the answer, figures, tables, scenarios and provenance."""
    from ccsim.reports.report import report as write

    typer.echo(f"Report: {write(folder, out)}")


def query(
    folder: Folder,
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL", help="One SELECT over runs, departments, segments, interventions, summaries, design_points."
        ),
    ],
    form: Format = Form.table,
) -> None:
    """Answer a question in SQL over the tables of a results folder."""
    from ccsim.reports.query import query as ask
    from ccsim.reports.tables import as_text, console, frame_table

    frame = ask(folder, sql)
    if form is Form.table:
        console().print(frame_table(frame))
    else:
        typer.echo(as_text(frame, form.value), nl=False)


def reproduce(
    folder: Folder,
    key: Annotated[str, typer.Argument(help="Key of the number, as the report shows it.")],
    workers: Workers = None,
    form: Format = Form.table,
) -> None:
    """Recompute a number of a report from its runs and say whether the result is bit-identical."""
    from ccsim.reports.reproduce import reproduce as explain
    from ccsim.reports.tables import as_text

    reproduction = explain(folder, key, workers=workers)
    if form is Form.table:
        typer.echo(reproduction.describe())
    else:
        typer.echo(as_text(reproduction.each, form.value), nl=False)
    if not reproduction.reproduced:
        raise typer.Exit(1)


def diff(
    a: Annotated[str, typer.Argument(help="A scenario's name, or the path of its file.")],
    b: Annotated[str, typer.Argument(help="The other scenario.")],
    set_: Set = None,
    seed: Annotated[int, typer.Option(help="Seed of both runs, as in the table of runs.")] = 1_000_000,
    weeks: Annotated[int, typer.Option(help="Number of weeks to search.")] = 156,
    figure: Annotated[Path | None, typer.Option(help="Plot how the difference spreads, as PNG and SVG.")] = None,
) -> None:
    """Find the first week, agent and decision at which two scenarios differ on the same draws."""
    from ccsim.reports.divergence import diff as first_difference

    difference = first_difference(a, b, seed=seed, weeks=weeks, levers=settings_of(set_))
    typer.echo(difference.describe())
    if figure is not None:
        difference.plot(figure)
        stem = str(figure).removesuffix(".png").removesuffix(".svg")
        typer.echo(f"\nFigures: {stem}.png, {stem}.svg")
