"""What the analysis commands share: options, results folder, final report."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ccsim.cli.options import (
    Baseline,
    Form,
    Format,
    Out,
    Own,
    PointReplicates,
    Resume,
    ScenarioName,
    Scheduler,
    Seed,
    Set,
    TimeLimit,
    Weeks,
    Workers,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from ccsim.analysis.admitted import AdmittedWorlds
    from ccsim.analysis.problem import AnalysisProblem, Runner


@dataclass(frozen=True)
class OutputDir:
    """Where an analysis keeps its results, and how it shows them."""

    folder: Path
    runner: Runner
    form: Form

    def save(self, tables: Mapping[str, pd.DataFrame], figures: Mapping[str, Figure]) -> None:
        """Write tables as Parquet and CSV, figures as PNG and SVG."""
        from ccsim.reports.figures.comparison import save

        self.folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            table.to_parquet(self.folder / f"{name}.parquet", index=False)
            table.to_csv(self.folder / f"{name}.csv", index=False)
        for name, figure in figures.items():
            save(figure, self.folder / name)

    def finish(self, what: str, done: int, requested: int) -> None:
        """Report, and store, whether all runs are done or the time limit was reached first.

        Args:
            what: what is counted, in the plural.
            done: how many were completed.
            requested: how many were requested.
        """
        import json

        from ccsim.cli.run_options import print_time_limit

        status = "complete" if done >= requested else "stopped"
        text = json.dumps({"status": status, "what": what, "done": done, "asked": requested}, indent=1)
        (self.folder / "status.json").write_text(text + "\n", encoding="utf-8")
        if status == "stopped":
            print_time_limit(done, f"{requested:,} {what}", self.folder)

    def show(self, table: pd.DataFrame, *, title: str, notes: Sequence[str] = ()) -> None:
        """Print the answer as a table with notes, and name the folder with the rest."""
        from ccsim.reports.tables import as_text, console, frame_table

        as_table = self.form is Form.table
        if as_table:
            page = console()
            page.print(f"\n{title}\n", style="bold", soft_wrap=True)
            if len(table):
                page.print(frame_table(table, _cell))
            for note in notes:
                page.print(note, soft_wrap=True)
        else:
            typer.echo(as_text(table, self.form.value), nl=False)
        typer.echo(f"Tables, figures and runs: {self.folder}", err=not as_table)


@dataclass(frozen=True)
class AnalysisOptions:
    """The options that all analysis commands share, as given on the command line.

    Attributes:
        scenario: which scenario of an experiment is analysed.
        baseline: what outcomes such as ``npv_difference`` are compared with.
        settings: texts of ``--set``.
        organisation: folder of files from which the organisation is created.
        replicates: runs at each point.
        seed: random seed.
        weeks: horizon.
        workers: number of processes.
        time_limit: a time such as ``"10m"``.
        scheduler: address of a Dask scheduler.
        out: folder for all output.
        resume: whether to continue in a folder with part of the runs.
        form: format of the table.
    """

    scenario: ScenarioName = None
    baseline: Baseline = None
    settings: Set = None
    organisation: Own = None
    replicates: PointReplicates = 2
    seed: Seed = None
    weeks: Weeks = None
    workers: Workers = None
    time_limit: TimeLimit = None
    scheduler: Scheduler = None
    out: Out = None
    resume: Resume = False
    form: Format = Form.table

    def problem(self, target: str) -> AnalysisProblem:
        """Return the problem that the options define for a scenario or an experiment."""
        from ccsim.analysis.problem import make_problem

        problem = make_problem(
            target, scenario=self.scenario, baseline=self.baseline, weeks=self.weeks, replicates=self.replicates,
            seed=self.seed, values=settings_of(self.settings, self.organisation),
        )  # fmt: skip
        speak_currency_of(problem.scenario.source)
        return problem

    def open_output(self, name: str) -> OutputDir:
        """Open the folder in which the analysis works: the requested one, the next free one, or the last one to continue in.

        Args:
            name: name of the analysis; the default folder is named after it.

        Returns:
            The folder and the runner that runs the model in it.

        Raises:
            InputError: there is none to continue in.
            ResultsError: the folder to continue in holds links.
        """
        from ccsim.analysis.problem import Runner
        from ccsim.cli.interrupted import working_in
        from ccsim.cli.run_options import SHOWING_COMPARISON, next_results_dir, progress_bars, start_deadline
        from ccsim.results.manifest import refuse_links

        deadline = start_deadline(self.time_limit, SHOWING_COMPARISON)
        folder = self.out or next_results_dir(name, self.resume)
        if self.resume:
            refuse_links(folder)  # tables and figures are written into it
        bars = progress_bars() if self.form is Form.table else None
        runner = Runner(working_in(folder), self.workers, self.resume, bars, sys.argv, deadline, self.scheduler)
        return OutputDir(folder, runner, self.form)


def takes_analysis_options(replicates: int = 2) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the options of :class:`AnalysisOptions` to a command, which receives them as its argument ``options``.

    Args:
        replicates: default of ``--replicates``.

    Returns:
        A decorator; the command that it returns has the options in its signature.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)
        shared = inspect.signature(AnalysisOptions, eval_str=True).parameters

        @wraps(command)
        def called(**values: Any) -> None:
            options = AnalysisOptions(**{name: values.pop(name) for name in shared})
            command(**values, options=options)

        rows = [row for row in own.parameters.values() if row.name != "options"]
        rows += [row.replace(default=replicates) if name == "replicates" else row for name, row in shared.items()]
        rows = [row.replace(kind=inspect.Parameter.KEYWORD_ONLY) for row in rows]
        called.__signature__ = own.replace(parameters=rows)  # type: ignore[attr-defined]  # read by inspect and typer
        called.__annotations__ = {row.name: row.annotation for row in rows}
        return called

    return decorate


def admitted(where: str) -> AdmittedWorlds | None:
    """Return the worlds that ``--worlds-from`` names; None for the declared ranges. Warn if the model has changed since."""
    from ccsim.analysis.admitted import worlds_of

    worlds = worlds_of(where)
    if worlds is not None and worlds.stale:
        typer.echo(f"ccsim: {worlds.stale}", err=True)
    return worlds


def speak_currency_of(source: str) -> None:
    """Write money in the currency of an organisation's folder until the command ends; EUR by default."""
    import click

    context = click.get_current_context(silent=True)
    if not source or context is None:
        return
    from ccsim.organisations.io import read_folder
    from ccsim.results.formatting import in_currency

    word = read_folder(source).currency
    context.with_resource(in_currency(word))
    if word != "EUR":
        typer.echo(f"ccsim: money is in {word}, as {source} says", err=True)


def settings_of(settings: Sequence[str] | None, organisation: Path | None = None) -> dict[str, Any]:
    """Return the values of ``--set`` and ``--organisation``, by key."""
    from ccsim.errors import InputError
    from ccsim.scenarios.scenario import SOURCE, check
    from ccsim.scenarios.toml_positions import read_value

    values: dict[str, Any] = {SOURCE: str(organisation)} if organisation else {}
    for text in settings or ():
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            raise InputError(f"--set {text!r}: must have the form --set programme.budget=8000")
        try:
            values[key] = check(key, read_value(value))
        except InputError as error:
            raise InputError(f"--set {text}: {error}") from None
    return values


def _cell(value: Any) -> str:
    from ccsim.results.formatting import number

    if isinstance(value, bool):
        return "yes" if value else "–"
    if isinstance(value, float):
        return number(value, hyphen=True)
    return str(value)
