"""The command line. Each command imports what it needs when it runs, so that the command line starts fast."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from ccsim.cli import answers
from ccsim.cli.analysis_options import settings_of
from ccsim.cli.app import serve
from ccsim.cli.calibrate import calibrate
from ccsim.cli.claims import claims
from ccsim.cli.discover import discover
from ccsim.cli.game import game
from ccsim.cli.interrupted import forget, how_to_go_on, working_in
from ccsim.cli.mesa_page import mesa
from ccsim.cli.odd import odd
from ccsim.cli.optimise import optimise
from ccsim.cli.option_names import as_typed
from ccsim.cli.options import (
    ExperimentFile,
    Form,
    Format,
    Out,
    Own,
    Precision,
    Replicates,
    Resume,
    ScenarioFile,
    Scheduler,
    Seed,
    Set,
    TimeLimit,
    Weeks,
    Workers,
)
from ccsim.cli.org import org
from ccsim.cli.org_assess import assess
from ccsim.cli.org_decide import decide
from ccsim.cli.own_mechanisms import take_mechanisms
from ccsim.cli.resume import resume
from ccsim.cli.run_options import (
    SHOWING_COMPARISON,
    next_results_dir,
    parse_precision,
    print_status,
    start_deadline,
    with_progress,
)
from ccsim.cli.sensitivity import sensitivity
from ccsim.cli.sweep import sweep
from ccsim.cli.validate import validate
from ccsim.cli.worlds import worlds
from ccsim.errors import CcsimError, InputError, UnknownNameError, shown, writing
from ccsim.execution.announcing import announce_with, process_started
from ccsim.execution.interrupts import Interrupts
from ccsim.scenarios.renamed import refuse_old_words

HELP = """Simulate an organisation that tries to become customer-centric, and compare ways to get there.

Staff, leaders and customers are agents. A scenario sets levers and schedules moves; an experiment compares scenarios
on the same random draws and says which differences are more than chance.

\b
  ccsim compare direction                   compare top-down, bottom-up, combined and no change
  ccsim describe combined                   what a scenario sets, in words
  ccsim run combined --set programme.budget=12000
  ccsim init my-idea                        write a scenario file of your own
"""


class Stopped(Exception):
    """Ctrl-C in a place that has no message of its own."""


class Commands(TyperGroup):
    """The group of commands. It turns Ctrl-C into :class:`Stopped`, which typer does not handle."""

    def invoke(self, ctx: Any) -> Any:
        """Run the requested command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Stopped from None


app = typer.Typer(cls=Commands, help=HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


#: How a scenario is written.
ShowForm = StrEnum("ShowForm", ["table", "toml", "json"])


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        from ccsim import __version__

        typer.echo(f"ccsim {__version__}")
        raise typer.Exit


@app.command("list")
def list_() -> None:
    """List the available scenarios and experiments."""
    from ccsim.experiments.experiment import load_experiment
    from ccsim.scenarios.scenario import list_scenarios, load_scenario

    for kind, read in (("scenarios", load_scenario), ("experiments", load_experiment)):
        names = list_scenarios(kind)
        width = max(map(len, names), default=0)
        typer.echo(f"{kind.capitalize()}:")
        for name, path in names.items():
            try:
                title = read(path).title
            except InputError as error:
                # One broken file must not hide the others.
                title = f"cannot be read: {str(error).splitlines()[0]}"
            typer.echo(f"  {name:<{width}}  {title}")
    typer.echo("\nccsim describe SCENARIO shows what a scenario sets; ccsim compare EXPERIMENT runs a comparison.")


@app.command("parameters")
def levers(
    group: Annotated[str | None, typer.Argument(help="Show only this group, such as programme.")] = None,
    assumptions: Annotated[bool, typer.Option("--all", help="Also list assumptions and sizes.")] = False,
) -> None:
    """List the levers, with unit, default, plausible range and meaning; assumptions also with their pack."""
    from ccsim.model.settings import all_parameters
    from ccsim.reports.tables import console, levers_table

    groups = {row.group for row in all_parameters().values()}
    if group is not None and group not in groups:
        raise UnknownNameError("group", group, groups)
    rows = [
        row for row in all_parameters().values()
        if (group is None or row.group == group) and (assumptions or group or row.role == "lever")
    ]  # fmt: skip
    page = console()
    page.print(levers_table(rows, sources=page.width >= 110))


@app.command("describe")
def show(
    scenario: ScenarioFile,
    set_: Set = None,
    form: Annotated[ShowForm, typer.Option("--format", help="Output format.")] = ShowForm.table,
) -> None:
    """Show what a scenario sets, with its parents merged in."""
    import json

    chosen = _scenario(scenario, set_)
    if form is ShowForm.toml:
        typer.echo(chosen.to_toml(), nl=False)
        return
    if form is ShowForm.json:
        typer.echo(json.dumps(chosen.resolved(), indent=1))
        return
    from ccsim.reports.tables import console, scenario_table, schedule_table

    page, differences = console(), scenario_table(chosen)
    page.print(chosen.title, style="bold")
    page.print(f"{chosen.about}\nFiles: {', '.join(chosen.files)}\n", soft_wrap=True)
    page.print(differences if differences.row_count else "Nothing differs from the ordinary organisation at week 0.")
    if chosen.schedule:
        page.print()
        page.print(schedule_table(chosen))


@app.command()
def run(
    scenario: ScenarioFile,
    set_: Set = None,
    organisation: Own = None,
    seed: Seed = None,
    weeks: Weeks = None,
    replicates: Replicates = None,
    workers: Workers = None,
    out: Out = None,
    form: Format = Form.table,
) -> None:
    """Run a scenario and show every KPI at the horizon."""
    from ccsim.analysis.comparison import compare
    from ccsim.experiments.experiment import Experiment
    from ccsim.model.kpis import KPIS
    from ccsim.reports.tables import as_text, console, run_table

    chosen = _scenario(scenario, set_, organisation)
    experiment = Experiment(
        chosen.name, chosen.title, chosen.about, chosen.name, {chosen.name: chosen}, replicates=1, kpis=tuple(KPIS)
    )  # fmt: skip
    if out is not None:
        working_in(out)
    comparison = with_progress(
        form is Form.table and (replicates or 1) > 1, chosen.title,
        lambda progress: compare(
            experiment, replicates=replicates, weeks=weeks, seed=seed, workers=workers, out=out, progress=progress,
            command=sys.argv,
        ),
    )  # fmt: skip
    if form is Form.table:
        console().print(run_table(comparison))
    else:
        typer.echo(as_text(comparison.table(), form.value), nl=False)
    if out is not None:
        typer.echo(f"Results: {out}", err=form is not Form.table)
    print_status(comparison.results, out or Path())


@app.command()
def compare(
    experiment: ExperimentFile,
    set_: Set = None,
    organisation: Own = None,
    seed: Seed = None,
    weeks: Weeks = None,
    replicates: Replicates = None,
    workers: Workers = None,
    out: Out = None,
    resume: Resume = False,
    precision: Precision = None,
    time_limit: TimeLimit = None,
    scheduler: Scheduler = None,
    form: Format = Form.table,
) -> None:
    """Compare scenarios; write a table, a figure and a results folder."""
    from ccsim.cli.run_options import load_showing, show_comparison
    from ccsim.execution.process_pool import warm_up

    deadline = start_deadline(time_limit, SHOWING_COMPARISON)
    if workers != 1 and scheduler is None:
        warm_up()
    from ccsim.experiments.experiment import load_experiment

    with _hint(experiment, "scenarios", "ccsim run"):
        chosen = load_experiment(experiment)
    if chosen.design:
        raise InputError(f"{experiment} has a design: ccsim sweep {experiment}")
    load_showing()
    from ccsim.analysis import comparison as comparing
    from ccsim.execution.runner import RunInterrupted

    chosen = chosen.with_changes(precision=parse_precision(precision), replicates=replicates)
    folder = working_in(out or next_results_dir(chosen.name, resume))
    result = with_progress(
        form is Form.table, chosen.title,
        lambda progress: comparing.compare(
            chosen, weeks=weeks, seed=seed, levers=settings_of(set_, organisation), workers=workers, out=folder, resume=resume,
            progress=progress, command=sys.argv, time_limit=deadline, scheduler=scheduler,
        ),
    )  # fmt: skip
    try:
        show_comparison(result.results, folder, form.value)
    except KeyboardInterrupt:
        done = result.results.manifest["runs"]["done"]
        raise RunInterrupted(folder, done, done) from None
    print_status(result.results, folder)


@app.command("init")
def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario.")],
) -> None:
    """Write a commented scenario file to start from."""
    import re

    from ccsim.results.file_names import is_device_name
    from ccsim.scenarios.scenario import scaffold

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise InputError(f"a scenario's name must consist of letters, digits, - and _, got {name!r}")
    if is_device_name(name):
        raise InputError(f"{name}: is a reserved device name on Windows; choose another name")
    path = Path("scenarios") / f"{name}.toml"
    if path.exists():
        raise InputError(f"{path}: exists already; choose another name")
    with writing(path):
        path.parent.mkdir(exist_ok=True)
        path.write_text(scaffold(name), encoding="utf-8")
    typer.echo(f"{path} is written. Edit it, then: ccsim describe {name}; ccsim run {name}")


def _scenario(name: str, settings: list[str] | None, organisation: Path | None = None) -> Any:
    from ccsim.scenarios.scenario import load_scenario

    with _hint(name, "experiments", "ccsim compare"):
        return load_scenario(name).with_values(settings_of(settings, organisation))


@contextmanager
def _hint(name: str, kind: str, command: str) -> Iterator[None]:
    """For an unknown name that is one of another kind, name the command that takes it."""
    from ccsim.scenarios.scenario import list_scenarios

    try:
        yield
    except UnknownNameError as error:
        if name in list_scenarios(kind):
            raise InputError(f"{error}; it is one of the {kind}: {command} {name}") from None
        raise


COMMANDS: dict[str, Callable[..., None]] = {
    "report": answers.report, "query": answers.query, "reproduce": answers.reproduce, "diff": answers.diff, "app": serve, "mesa": mesa,
    "sweep": sweep, "resume": resume, "test-claims": claims, "validate": validate, "sensitivity": sensitivity, "discover": discover,
    "optimise": optimise, "calibrate": calibrate, "odd": odd, "worlds": worlds,
}  # fmt: skip
for name, command in COMMANDS.items():
    app.command(name)(command)
org.command()(assess)
org.command()(decide)
app.add_typer(game, name="game")
app.add_typer(org, name="org")
take_mechanisms(app)


def _refuse_invisible(words: list[str]) -> None:
    """Refuse arguments with unprintable characters, unless a file has that name."""
    for word in words:
        plain = word.replace("\n", "").replace("\t", "").isprintable()
        if not plain and not os.path.exists(word):  # noqa: PTH110  # Path.exists raises for what no path can be
            raise InputError(f"an argument must be printable text, got {shown(word)}")


def _prepare_streams() -> None:
    # The stream was closed before the start; output to it is discarded.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 open until the end
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # open until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that lacks a sign such as ± shows a question mark instead of a traceback.
            stream.reconfigure(errors="replace")


def main() -> NoReturn:
    """Run the command line. A user's mistake gives one message and no traceback."""
    _prepare_streams()
    forget()
    announce_with(partial(typer.echo, err=True), process_started())
    with Interrupts(last=True) as ctrl_c:
        try:
            _refuse_invisible(sys.argv[1:])
            refuse_old_words(sys.argv[1:])
            app(standalone_mode=True, prog_name="ccsim")
        except BrokenPipeError:
            # The program that reads our output has ended, as `head` does.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except (KeyboardInterrupt, Stopped):
            ctrl_c.finish()
            typer.echo(f"ccsim: {how_to_go_on()}", err=True)
            sys.exit(130)
        except (CcsimError, OSError) as error:
            # ccsim cannot repair a full disk or a forbidden folder either, so these give a message and no traceback.
            stopped = type(error).__name__ == "RunInterrupted"
            if stopped:
                ctrl_c.finish()
            message = as_typed(str(error), typer.main.get_command(app), sys.argv[1:])
            typer.echo(f"ccsim: {how_to_go_on(message) if stopped else message}", err=True)
            sys.exit(2 if isinstance(error, InputError) else 130 if stopped else 1)
    sys.exit(0)


if __name__ == "__main__":
    main()
