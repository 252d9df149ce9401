"""What the commands that run experiments share: options, and the report at the end."""

from __future__ import annotations

import shlex
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from ccsim.errors import InputError, count_noun, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ccsim.execution.executor import Progress, ProgressFactory
    from ccsim.execution.time_budget import Deadline
    from ccsim.results.results import Results

T = TypeVar("T")

#: Modules that read, compare and plot.
LOADED = (
    "pandas",
    "scipy.stats",
    "rich.table",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
)
#: Time to start and end the process and to show the table and figure of
#: a sweep or of a comparison, as a share of the time that loading takes. Both are the same kind of work under the same load.
SHOWING_SWEEP, SHOWING_COMPARISON = 0.5, 0.85


def start_deadline(time_limit: str | None, reserved_share: float) -> Deadline | None:
    """Start a time limit, and load what the end of a command needs, so that the end takes little and predictable time.

    Args:
        time_limit: a time such as ``"10m"``.
        reserved_share: share of the time until the first run that is reserved for the work after the last run.

    Returns:
        The running deadline; None without a time limit.

    Raises:
        InputError: the time limit is not a time.
    """
    if time_limit is None:
        return None
    from ccsim.execution.time_budget import Deadline

    deadline = Deadline.start(time_limit, reserved_share)
    load_showing()
    return deadline


def parse_precision(texts: list[str] | None) -> dict[str, float] | None:
    """Return the values of ``--precision``: half-width by KPI; None without the option."""
    if not texts:
        return None
    half_widths = {}
    for text in texts:
        kpi, _, width = (part.strip() for part in text.partition("="))
        try:
            half_widths[kpi] = float(width)
        except ValueError:
            raise InputError(f"--precision {text!r}: must have the form --precision csat=0.2") from None
    return half_widths


def load_showing() -> None:
    """Load what tables and figures need; worker processes load the model meanwhile."""
    for name in LOADED:
        import_module(name)


def show_comparison(results: Results, folder: Path, form: str = "table") -> None:
    """Write the table and figures of a comparison into its folder, and print the table.

    Args:
        results: the runs to compare.
        folder: the results folder.
        form: format of the table.
    """
    from ccsim.analysis.comparison import Comparison
    from ccsim.reports.figures.comparison import comparison_figure, save, sweep_figure
    from ccsim.reports.own_words import own_words
    from ccsim.reports.tables import as_text, print_comparison

    comparison = Comparison(results)
    frame = comparison.table()
    frame.to_csv(folder / "table.csv", index=False)
    with own_words(results.experiment) as words:
        figures = [*save(comparison_figure(comparison), folder / "figure")]
        swept = sweep_figure(comparison)
        figures += save(swept, folder / "figure-sweep") if swept else ()
        if form == "table":
            print_comparison(comparison)
        else:
            typer.echo(as_text(frame, form), nl=False)
    points = " (the sweep's points too)" if swept else ""
    lines = [*stopping_lines(results), *words.trust, *path_lines(folder, figures, f"{folder / 'table.csv'}{points}")]
    typer.echo("\n".join(lines), err=form != "table")


def show_sweep(results: Results, folder: Path, form: str = "table", kpis: list[str] | None = None) -> None:
    """Write the table, tidy numbers and a figure of a sweep into its folder, and print the table.

    Args:
        results: the sweep's results.
        folder: the results folder.
        form: format of the table: ``"table"``, ``"csv"`` or ``"json"``.
        kpis: the KPIs to show; None for those of the experiment.
    """
    from ccsim.reports.figures.comparison import save
    from ccsim.reports.figures.responses import response_figure, response_table
    from ccsim.reports.tables import as_text, console, responses_table

    frame = response_table(results, kpis)
    frame.to_csv(folder / "table.csv", index=False)
    results.responses.to_parquet(folder / "responses.parquet", index=False)
    figures = [*save(response_figure(results, kpis), folder / "figure")] if len(frame) else []
    if form == "table":
        console().print(responses_table(frame, results))
    else:
        typer.echo(as_text(frame, form), nl=False)
    table = f"{folder / 'table.csv'}; every number: {folder / 'responses.parquet'}"
    typer.echo("\n".join([*stopping_lines(results), *path_lines(folder, figures, table)]), err=form != "table")


def stopping_lines(results: Results) -> list[str]:
    """Return the outcome of the stopping rule as lines; none without a rule."""
    from ccsim.execution.stopping import stopping_table
    from ccsim.results.formatting import number

    if not results.experiment.precision or not len(frame := stopping_table(results)):
        return []
    worst = max(frame.to_dict("records"), key=lambda row: row["half_width"] / row["wanted"])
    reached = "as narrow as requested" if frame["reached"].all() else "NOT as narrow as requested"
    return [
        f"Until:   {count_noun(int(frame['runs'].max()), 'replicate')}; intervals {reached}: at most ± {number(worst['half_width'], 4)} "
        f"for {worst['kpi']} (requested: {worst['wanted']:g}), 95 % by Stein's two-stage procedure"
    ]


def path_lines(folder: Path, figures: list[Path], table: str) -> list[str]:
    """Return where the output is and how to reproduce it, as lines.

    Args:
        folder: the results folder.
        figures: image files.
        table: text that says where the table is.
    """
    pictures = [f"Figures: {', '.join(map(str, figures))}"] if figures else []
    return [*pictures, f"Table:   {table}", f"Results: {folder}", f"Again:   {rerun_command(sys.argv[1:])}"]


def rerun_command(arguments: list[str]) -> str:
    """Return the command that makes the same results in a new folder."""
    return shlex.join(["ccsim", *strip_options(arguments, {"--out"})])


def strip_options(words: list[str], options: set[str]) -> list[str]:
    """Return the arguments of a command without ``--resume`` and without some options and their values."""
    kept, is_value = [], False
    for word in words:
        if not is_value and word.partition("=")[0] not in {*options, "--resume"}:
            kept.append(word)
        is_value = word in options and not is_value
    return kept


def print_time_limit(done: int, planned: str, folder: Path) -> None:
    """Report that the time limit was reached, and the command that does the rest.

    Args:
        done: how many were completed.
        planned: how many were requested, with what they are.
        folder: the results folder.
    """
    rest = f"ccsim resume {shlex.quote(str(folder))} runs the rest"
    typer.echo(f"ccsim: the time limit was reached after {done:,} of {planned}; {rest}", err=True)


def print_files(paths: Iterable[Path]) -> None:
    """Print the files that a command has written."""
    for path in paths:
        typer.echo(str(path), err=True)


def print_status(results: Results, folder: Path) -> None:
    """Report runs that failed (exit code 1) or were left when the time limit was reached."""
    manifest = results.manifest
    if manifest["status"] == "stopped":
        print_time_limit(manifest["runs"]["done"], count_noun(manifest["runs"]["planned"], "run"), folder)
    for failure in manifest["failures"]:
        last = (failure["error"].strip().splitlines() or [""])[-1]
        text = f"ccsim: failed: {failure['scenario']}, replicate {failure['replicate']}: {last}"
        typer.echo(printable(text, sys.maxsize), err=True)  # the folder may come from someone else
    if manifest["failures"]:
        raise typer.Exit(1)


def next_results_dir(name: str, resume: bool = False, place: Path = Path("results")) -> Path:
    """Return the next free folder of an experiment or, to resume, the last existing one.

    Args:
        name: the name of the experiment.
        resume: whether to return the last existing folder.
        place: the folder of all results.

    Raises:
        InputError: there is no folder to resume in.
    """
    numbers = (number for number in range(1, sys.maxsize) if not (place / f"{name}-{number}").exists())
    free = next(numbers)
    if resume and free == 1:
        raise InputError(f"--resume: there is no {place / f'{name}-1'} to continue in; name the folder with --out")
    return place / f"{name}-{free - resume}"


def progress_bars() -> ProgressFactory | None:
    """Return the function that shows a progress bar for each part of a command; None if standard error is not a terminal."""
    if not sys.stderr.isatty():
        return None
    from ccsim.execution.progress import console_progress
    from ccsim.reports.tables import console

    terminal = console(stderr=True)
    return lambda title: console_progress(f"{title[:1].upper()}{title[1:]}", terminal)


def with_progress(shown: bool, title: str, work: Callable[[Progress | None], T]) -> T:
    """Run a function under an optional progress bar, which appears with the first update.

    Args:
        shown: whether to show a bar.
        title: its title.
        work: called with the callback for progress; None where no bar is shown.

    Returns:
        What the function returns.
    """
    if not shown:
        return work(None)
    from rich.console import Console

    from ccsim.execution.progress import console_progress

    with console_progress(title, Console(stderr=True)) as bar:
        return work(bar)
