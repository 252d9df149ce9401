"""The command line. Nothing heavy is imported here: every command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

HELP = """Simulate an organisation that tries to become customer-centric, and compare ways to get there.

Staff, leaders and customers are agents. A scenario sets levers and schedules moves; an experiment compares scenarios
on the same random draws and says which differences are more than chance.

\b
  ccsim compare direction                   compare top-down, bottom-up, both, and nothing
  ccsim show combined                       what a scenario sets, in words
  ccsim run combined --set programme.budget=12000
  ccsim new my-idea                         write a scenario file of your own
"""

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


class Form(StrEnum):
    """How a table is written."""

    table = "table"
    csv = "csv"
    json = "json"
    markdown = "markdown"


class ShowForm(StrEnum):
    """How a scenario is written."""

    table = "table"
    toml = "toml"
    json = "json"


def _complete(kind: str) -> Any:
    def names(incomplete: str) -> list[str]:
        from ccsim.scenario import shipped

        return [name for name in shipped(kind) if name.startswith(incomplete)]

    return names


def _complete_lever(incomplete: str) -> list[str]:
    from ccsim.settings import declared

    return [f"{key}=" for key in declared() if key.startswith(incomplete)]


ScenarioName = Annotated[
    str,
    typer.Argument(help="A scenario's name, or the path of its file.", autocompletion=_complete("scenarios")),
]
ExperimentName = Annotated[
    str,
    typer.Argument(help="An experiment's name, or the path of its file.", autocompletion=_complete("experiments")),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="LEVER=VALUE",
        help="Set a lever, an assumption or a size; repeat for more.",
        autocompletion=_complete_lever,
    ),
]
Seed = Annotated[int | None, typer.Option(help="Where the random draws begin.")]
Weeks = Annotated[int | None, typer.Option(help="The horizon.")]
Replicates = Annotated[int | None, typer.Option(help="Runs of each scenario.")]
Workers = Annotated[int | None, typer.Option(help="Processes; by default one for each processor.")]
Out = Annotated[Path | None, typer.Option(help="Folder for results.")]
Format = Annotated[Form, typer.Option("--format", help="How to write the table.")]


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Say the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        from ccsim import __version__

        typer.echo(f"ccsim {__version__}")
        raise typer.Exit


@app.command("list")
def list_() -> None:
    """List the scenarios and experiments at hand."""
    from ccsim.experiment import load_experiment
    from ccsim.scenario import load, shipped

    for kind, read in (("scenarios", load), ("experiments", load_experiment)):
        names = shipped(kind)
        width = max(map(len, names), default=0)
        typer.echo(f"{kind.capitalize()}:")
        for name, path in names.items():
            typer.echo(f"  {name:<{width}}  {read(path).title}")  # type: ignore[operator]
    typer.echo("\nccsim show SCENARIO tells what one sets; ccsim compare EXPERIMENT runs a comparison.")


@app.command()
def levers(
    group: Annotated[str | None, typer.Argument(help="Only one group, such as programme.")] = None,
    assumptions: Annotated[bool, typer.Option("--all", help="Assumptions and sizes too.")] = False,
) -> None:
    """List the levers, with unit, default, plausible range and meaning."""
    from rich.console import Console
    from rich.table import Table

    from ccsim.errors import UnknownName
    from ccsim.settings import declared

    groups = {row.group for row in declared().values()}
    if group is not None and group not in groups:
        raise UnknownName("group", group, groups)
    table = Table("lever", "default", "unit", "plausible", "meaning", "source", box=None, pad_edge=False)
    for row in declared().values():
        if (group is None or row.group == group) and (assumptions or group or row.role == "lever"):
            span = " / ".join(row.choices) if row.choices else f"{row.range[0]:g}…{row.range[1]:g}"
            table.add_row(row.key, f"{row.shown}", row.unit, span, row.meaning, row.source)
    Console().print(table)


@app.command()
def show(
    scenario: ScenarioName,
    set_: Set = None,
    form: Annotated[ShowForm, typer.Option("--format", help="How to write it.")] = ShowForm.table,
) -> None:
    """Tell what a scenario sets, its parents merged in."""
    import json

    chosen = _scenario(scenario, set_)
    if form is ShowForm.toml:
        typer.echo(chosen.to_toml(), nl=False)
        return
    if form is ShowForm.json:
        typer.echo(json.dumps(chosen.resolved(), indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    from ccsim.scenario import Scenario
    from ccsim.settings import declared

    typer.echo(f"{chosen.title}\n{chosen.about}\nFiles: {', '.join(chosen.files)}\n")
    table = Table(
        "different from the ordinary organisation",
        "here",
        "ordinary",
        "unit",
        "meaning",
        box=None,
        pad_edge=False,
    )
    for key, here, ordinary in chosen.differences(Scenario("ordinary")):
        table.add_row(key, str(here), str(ordinary), declared()[key].unit, declared()[key].meaning)
    if table.row_count:
        Console().print(table)
    else:
        typer.echo("Nothing differs from the ordinary organisation at week 0.")
    for move in chosen.schedule:
        when = f"week {move.week}" if move.when is None else f"once {move.when.text} (looked at from week {move.after})"
        sets = ", ".join(f"{key} = {value}" for key, value in move.set.items())
        typer.echo(f"{when}: {sets}" + ("" if move.label == sets else f"  ({move.label})"))


@app.command()
def run(
    scenario: ScenarioName,
    set_: Set = None,
    seed: Seed = None,
    weeks: Weeks = None,
    replicates: Replicates = None,
    workers: Workers = None,
    out: Out = None,
    form: Format = Form.table,
) -> None:
    """Run a scenario, once or several times, and show every KPI at the horizon."""
    from ccsim.comparison import compare
    from ccsim.experiment import Experiment
    from ccsim.kpis import KPIS
    from ccsim.tables import as_text, unit_of, with_interval

    chosen = _scenario(scenario, set_)
    experiment = Experiment(
        chosen.name,
        chosen.title,
        chosen.about,
        chosen.name,
        {chosen.name: chosen},
        replicates=1,
        kpis=tuple(KPIS),
    )
    comparison = _with_progress(
        form is Form.table and (replicates or 1) > 1, chosen.title,
        lambda progress: compare(
            experiment, replicates=replicates, weeks=weeks, seed=seed, workers=workers or (None if replicates else 1),
            out=out, progress=progress, command=sys.argv,
        ),
    )  # fmt: skip
    frame = comparison.table()
    if form is not Form.table:
        typer.echo(as_text(frame, form.value), nl=False)
        return
    from rich.console import Console
    from rich.table import Table

    runs = int(frame["runs"].max())
    horizon = comparison.experiment.weeks
    table = Table("KPI", "figure" if runs == 1 else "mean ±95 %", "unit", box=None, pad_edge=False,
                  title=f"{chosen.title}: week {horizon - 1}, {runs} run{'s' * (runs > 1)}", title_justify="left")  # fmt: skip
    for row in frame.to_dict("records"):
        kpi = KPIS[row["kpi"]]
        table.add_row(kpi.title, with_interval(kpi, row["mean"], row["low"], row["high"]), unit_of(kpi))
    Console().print(table)
    if out is not None:
        typer.echo(f"Results: {out}")


@app.command()
def compare(
    experiment: ExperimentName,
    set_: Set = None,
    seed: Seed = None,
    weeks: Weeks = None,
    replicates: Replicates = None,
    workers: Workers = None,
    out: Out = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on in a folder that holds part of the results.")] = False,
    form: Format = Form.table,
) -> None:
    """Compare the scenarios of an experiment: a table, a figure, and a folder with everything."""
    from ccsim import comparison as comparing
    from ccsim.experiment import load_experiment
    from ccsim.tables import as_text

    chosen = load_experiment(experiment)
    folder = out or _free_folder(chosen.name)
    result = _with_progress(
        form is Form.table, chosen.title,
        lambda progress: comparing.compare(
            chosen, replicates=replicates, weeks=weeks, seed=seed, levers=_values(set_), workers=workers, out=folder,
            resume=resume, progress=progress, command=sys.argv,
        ),
    )  # fmt: skip
    frame = result.table()
    frame.to_csv(folder / "table.csv", index=False)
    figures = _draw(result, folder)
    if form is Form.table:
        _print_comparison(result, folder, figures)
    else:
        typer.echo(as_text(frame, form.value), nl=False)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What to call the scenario.")],
) -> None:
    """Write a scenario file of your own to start from."""
    import re

    from ccsim.errors import InputError
    from ccsim.scenario import template

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise InputError(f"{name!r} is no name for a scenario; it takes letters, digits, - and _")
    path = Path("scenarios") / f"{name}.toml"
    if path.exists():
        raise InputError(f"{path}: is there already; choose another name")
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(template(name), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from None
    typer.echo(f"{path} is written. Edit it, then: ccsim show {name}; ccsim run {name}")


def _scenario(name: str, settings: list[str] | None) -> Any:
    from ccsim.scenario import load

    return load(name).changed(_values(settings))


def _values(settings: list[str] | None) -> dict[str, Any]:
    """Return what ``--set`` says, by key."""
    import tomllib

    from ccsim.errors import InputError
    from ccsim.scenario import check

    values = {}
    for text in settings or []:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            raise InputError(f"--set {text!r}: it reads like --set programme.budget=8000")
        try:
            found = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found = value
        try:
            values[key] = check(key, found)
        except InputError as error:
            raise InputError(f"--set {text}: {error}") from None
    return values


def _with_progress(shown: bool, title: str, work: Any) -> Any:
    """Do some work under a progress bar, if one is wanted."""
    if not shown:
        return work(None)
    from rich.console import Console

    from ccsim.run import console_progress

    with console_progress(title, Console(stderr=True)) as progress:
        return work(progress)


def _free_folder(name: str) -> Path:
    number = 1
    while (Path("results") / f"{name}-{number}").exists():
        number += 1
    return Path("results") / f"{name}-{number}"


def _draw(result: Any, folder: Path) -> list[Path]:
    from ccsim.plots import comparison_figure, save, sweep_figure

    figures = [*save(comparison_figure(result), folder / "figure")]
    swept = sweep_figure(result)
    return [*figures, *save(swept, folder / "figure-sweep")] if swept else figures


def _print_comparison(result: Any, folder: Path, figures: list[Path]) -> None:
    import shlex

    from rich.console import Console

    from ccsim.tables import comparison_tables

    experiment = result.experiment
    runs = int(result.table()["runs"].max())
    console = Console(highlight=False)
    console.print(f"\n[bold]{experiment.title}[/bold]. {experiment.question}")
    console.print(
        f"{runs} paired runs a scenario, {experiment.weeks} weeks. Levels are means of the last quarter. ± half of the "
        "95 % interval; effect: mean difference over its standard deviation; p adjusted (Holm) over the whole table; "
        f"– no difference that chance could not make{'; ? one run cannot tell' if runs == 1 else ''}.\n"
    )
    for table in comparison_tables(result):
        console.print(table)
        console.print()
    for failure in result.results.manifest["failures"]:
        console.print(f"[red]failed:[/red] {failure['scenario']}, replicate {failure['replicate']}: "
                      f"{failure['error'].strip().splitlines()[-1]}", markup=True)  # fmt: skip
    console.print(f"Figure:  {', '.join(str(path) for path in figures)}", soft_wrap=True)
    console.print(f"Results: {folder}", soft_wrap=True)
    again = [Path(sys.argv[0]).name, *sys.argv[1:]]
    if "--out" in again:
        del again[again.index("--out") : again.index("--out") + 2]
    console.print(f"Again:   {shlex.join(word for word in again if word != '--resume')}", soft_wrap=True)


def main() -> NoReturn:
    """Run the command line; a user's mistake is one message, never a traceback."""
    from ccsim.errors import CcsimError, InputError

    try:
        app(standalone_mode=True)
    except CcsimError as error:
        typer.echo(f"ccsim: {error}", err=True)
        code = 2 if isinstance(error, InputError) else 130 if type(error).__name__ == "Interrupted" else 1
        sys.exit(code)
    except KeyboardInterrupt:
        typer.echo("ccsim: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone (as `head` does); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0)


if __name__ == "__main__":
    main()
