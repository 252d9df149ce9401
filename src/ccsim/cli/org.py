"""``ccsim org``: an organisation of your own, from a folder of files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.options import OwnFolder, Scheduler, SeedOfAll, Workers, WorldsFrom

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from ccsim.analysis.problem import Runner
    from ccsim.organisations.folder import Folder as Read

org = typer.Typer(
    help="Your own organisation: check a folder of files, create the organisation, fit it and back-test it.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip


@org.command()
def new(folder: OwnFolder) -> None:
    """Write a folder to start from: a commented organisation.toml and a small invented example that runs."""
    from ccsim.organisations.template import write_template

    files = write_template(folder)
    typer.echo(f"{folder} is written: {', '.join(file.name for file in files)}.")
    typer.echo(f"Replace the invented files with yours, then run: ccsim org check {folder}")


@org.command()
def check(folder: OwnFolder) -> None:
    """Check a folder: list every error in every file, what is known, and what is assumed instead."""
    from ccsim.errors import count_noun
    from ccsim.organisations.io import read_folder
    from ccsim.organisations.knowledge import knowledge
    from ccsim.organisations.layout import make_layout

    read = read_folder(folder)
    layout = make_layout(read, fitted=False)
    facts = knowledge(read, layout)
    typer.echo(f"{read.name}: no error in {count_noun(sum(map(len, read.tables.values())), 'file')}.\n")
    for known, title in ((True, "Known"), (False, "Assumed instead")):
        typer.echo(f"{title}:")
        for fact in facts:
            if fact.known == known:
                typer.echo(f"  {fact.subject}: {fact.statement}")
        typer.echo()
    for table in (table for tables in read.tables.values() for table in tables if table.unread):
        columns = count_noun(len(table.unread), "column")
        typer.echo(f"Not read: {columns} of {table.file} that [columns] does not name.")
    _print_unidentifiable()


@org.command()
def read(
    tickets: Annotated[Path, typer.Argument(help="Ticket export, for example from ServiceNow or Zendesk (CSV).")],
    into: Annotated[Path, typer.Option(help="The organisation's folder.")],
    events: Annotated[Path | None, typer.Option(help="History of the states of tickets, for hand-offs (CSV).")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OURS=THEIRS", help="Name of a column in the export, such as group=Team; repeat for more."
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite existing files.")] = False,
    merge_small: Annotated[
        bool,
        typer.Option(
            "--merge-small", help="Merge groups of fewer than ten agents in weekly.csv, so that it can be shared."
        ),
    ] = False,
) -> None:
    """Read a ticket export into a folder: departments, hand-offs, a weekly history; no ticket and no agent is written."""
    from ccsim.errors import InputError, UnknownNameError, count_noun
    from ccsim.organisations.folder import LEAST_GROUP
    from ccsim.organisations.tickets import NAMES, read_export, read_tickets, unknown_of, write_tickets

    columns = {}
    for text in column or ():
        name, equals, exported = text.partition("=")
        if not equals:
            raise InputError(f"--column {text!r}: must have the form --column group=Team")
        if name not in NAMES:
            raise UnknownNameError("column", name, NAMES)
        columns[name] = exported
    cases, moves = read_export(tickets, columns)
    if events:
        moves = read_tickets(events, needed=("id", "time", "group"))
    files = write_tickets(into, cases, moves, replace=replace, smallest=LEAST_GROUP if merge_small else 0)
    typer.echo(
        f"{count_noun(len(cases), 'ticket')} of {count_noun(cases['group'].nunique(), 'group')}: {', '.join(map(str, files))}"
    )
    for line in unknown_of(cases, moves, 0 if merge_small else LEAST_GROUP):
        typer.echo(line)


@org.command()
def show(
    folder: OwnFolder,
    out: Annotated[Path | None, typer.Option(help="Folder for the table and the figure.")] = None,
    seed: SeedOfAll = 1,
) -> None:
    """Create the organisation and compare it with the data: sizes, spans, ties, segments."""
    from ccsim.organisations.io import read_folder
    from ccsim.organisations.layout import make_layout
    from ccsim.reports.figures.organisation import layout_figure, layout_table
    from ccsim.reports.tables import as_text

    read = read_folder(folder)
    layout = make_layout(read, fitted=False)
    table = layout_table(read, layout, seed)
    typer.echo(as_text(table, "markdown"), nl=False)
    files = _save(out or folder / "results" / "show", "layout", table, layout_figure(read, layout, seed))
    typer.echo(f"\nTable and figure: {files}")


def _save(folder: Path, name: str, table: "pd.DataFrame", figure: "Figure") -> str:
    """Write a table and a figure, and return the names of the files."""
    from ccsim.reports.figures.comparison import save

    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / f"{name}.csv", index=False)
    return ", ".join(map(str, [folder / f"{name}.csv", *save(figure, folder / name)]))


Worlds = Annotated[int, typer.Option(min=40, help="Number of worlds in the ensemble; more give a more precise result.")]


def runner_of(workers: int | None, scheduler: str | None) -> "Runner":
    """Return the function that runs worlds for a command, with a progress bar on a terminal."""
    from ccsim.analysis.problem import Runner
    from ccsim.cli.run_options import progress_bars

    return Runner(workers=workers, scheduler=scheduler, progress=progress_bars())


@org.command()
def fit(
    folder: OwnFolder, worlds: Worlds = 200, worlds_from: WorldsFrom = "admitted", seed: SeedOfAll = 1, workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:  # fmt: skip
    """Fit the uncertain values to the levels of the history; a fit that fails writes nothing."""
    from ccsim.analysis.forecasting.fitted_folder import fit_folder
    from ccsim.cli.analysis_options import admitted
    from ccsim.organisations.io import read_folder
    from ccsim.reports.tables import as_text

    read = read_folder(folder)
    done = fit_folder(read, worlds, seed, runner_of(workers, scheduler), admitted(worlds_from))
    typer.echo(as_text(done.locations, "markdown"))
    typer.echo(as_text(done.fit.levels, "markdown"))
    _print_unidentifiable(read)
    if done.file is None:
        typer.echo(
            "The fit FAILED: no values within their ranges agree with all levels. Nothing is written and nothing is identified."
        )
        raise typer.Exit(1)
    table = done.fit.table()
    typer.echo(
        f"Identified: {', '.join(table['parameter'][table['identified']]) or 'nothing; the levels do not narrow any value'}."
    )
    typer.echo(
        f"{len(done.fit.draws)} draws: {done.file}. Every command with --organisation {folder} draws from them now."
    )


@org.command()
def backtest(
    folder: OwnFolder,
    steps: Annotated[int, typer.Option(min=1, help="Number of values at the end of the history that are held back.")] = 4,
    worlds: Worlds = 200, worlds_from: WorldsFrom = "admitted", seed: SeedOfAll = 1, workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:  # fmt: skip
    """Forecast the later part of the history from the earlier part; compare error, coverage and CRPS with naive forecasts."""
    from ccsim.analysis.forecasting.backtesting import backtested
    from ccsim.cli.analysis_options import admitted
    from ccsim.organisations.io import read_folder
    from ccsim.reports.tables import as_text

    runner = runner_of(workers, scheduler)
    result = backtested(read_folder(folder), steps, worlds, seed, runner, admitted(worlds_from))
    typer.echo(as_text(result.table, "markdown"))
    for line in result.lines().values():
        typer.echo(line)
    _print_unidentifiable(result.ensembles.folder)
    for line in result.event_lines():
        typer.echo(line)


@org.command()
def forecast(
    folder: OwnFolder,
    steps: Annotated[int, typer.Option(min=1, help="Number of values to forecast; as many are held back for the back-test.")] = 4,
    worlds: Worlds = 200, worlds_from: WorldsFrom = "admitted", seed: SeedOfAll = 1, workers: Workers = None,
    scheduler: Scheduler = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the table and the figure.")] = None,
) -> None:  # fmt: skip
    """Forecast the history with 50 and 90 % intervals, always together with the result of the back-test."""
    from ccsim.analysis.forecasting.backtesting import backtested
    from ccsim.cli.analysis_options import admitted
    from ccsim.organisations.io import read_folder
    from ccsim.reports.figures.forecast import forecast_figure, forecast_table
    from ccsim.reports.tables import as_text

    runner = runner_of(workers, scheduler)
    result = backtested(read_folder(folder), steps, worlds, seed, runner, admitted(worlds_from))
    lines, forecasts = result.lines(), result.forecasts(seed)
    for row in forecasts:
        typer.echo(as_text(row.table(), "markdown"))
        typer.echo(f"{lines[row.kpi]}\n")
    table, figure = forecast_table(result, forecasts), forecast_figure(result, forecasts, seed)
    typer.echo(f"Table and figure: {_save(out or folder / 'results' / 'forecast', 'forecast', table, figure)}")
    _print_unidentifiable(result.ensembles.folder)
    typer.echo("This forecast assumes no change beyond drivers.csv and events.csv.")
    for line in result.event_lines():
        typer.echo(line)


def _print_unidentifiable(read: "Read | None" = None) -> None:
    from ccsim.organisations.knowledge import NOT_IDENTIFIABLE
    from ccsim.organisations.measured import not_forecast

    typer.echo("Not identifiable from levels alone, and the data that would identify it:")
    for quantity, remedy in NOT_IDENTIFIABLE:
        typer.echo(f"  {quantity}: {remedy}")
    if read is not None and (text := not_forecast(read)):
        typer.echo(text)
