"""What the commands that run experiments have in common: their options, and what they show at the end."""

from __future__ import annotations

import shlex
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from ccsim.errors import InputError, count_noun, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccsim.execution.executor import Progress, ProgressFactory
    from ccsim.execution.time_budget import Deadline
    from ccsim.results.results import Results

T = TypeVar("T")

#: What reads, compares and draws.
LOADED = (
    "pandas",
    "scipy.stats",
    "rich.table",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
)
#: As a share of the time that it takes to load all this: to start and end the process, and to show a table and a picture of
#: a sweep, or of a comparison. Both are work of the same processor under the same load, so the one foretells the other.
SHOWING_SWEEP, SHOWING_COMPARISON = 0.5, 0.85


def start_deadline(time_limit: str | None, closing: float) -> Deadline | None:
    """Start a time limit, and load what the end of a command needs, so that the end is short and predictable.

    Args:
        time_limit: a time such as ``"10m"``.
        closing: share of the time until the first run that is kept for what comes after the last one.

    Returns:
        The running deadline; None without a time limit.

    Raises:
        InputError: the time limit is no time.
    """
    if time_limit is None:
        return None
    from ccsim.execution.time_budget import Deadline

    deadline = Deadline.start(time_limit, closing)
    for name in LOADED:
        import_module(name)
    return deadline


def parse_precision(texts: list[str] | None) -> dict[str, float] | None:
    """Return what ``--precision`` says: half a width by KPI; None if it says nothing."""
    if not texts:
        return None
    rule = {}
    for text in texts:
        kpi, _, width = (part.strip() for part in text.partition("="))
        try:
            rule[kpi] = float(width)
        except ValueError:
            raise InputError(f"--precision {text!r}: it reads like --precision csat=0.2") from None
    return rule


def load_showing() -> None:
    """Load what table and figure take, while the processes that do the runs load the model."""
    import matplotlib.figure  # noqa: F401  # loaded here, used by others
    import scipy.stats  # noqa: F401  # loaded here, used by others


def show_comparison(results: Results, folder: Path, form: str = "table") -> None:
    """Write table and figures of a comparison into its folder, and show the table."""
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
    if form != "table":
        typer.echo(as_text(frame, form), nl=False)
    tell_rule(results, aside=form != "table")
    for line in words.trust:
        typer.echo(line, err=form != "table")
    points = " (the sweep's points too)" if swept else ""
    print_paths(folder, figures, f"{folder / 'table.csv'}{points}", aside=form != "table")


def show_sweep(results: Results, folder: Path, form: str = "table", kpis: list[str] | None = None) -> None:
    """Write table, tidy numbers and a figure of a sweep into its folder, and show the table.

    Args:
        results: the sweep's results.
        folder: where they are.
        form: how the table is written: ``"table"``, ``"csv"`` or ``"json"``.
        kpis: the KPIs that are shown; None for those of the experiment.
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
    tell_rule(results, aside=form != "table")
    print_paths(folder, figures, f"{folder / 'table.csv'}; every number: {folder / 'responses.parquet'}",
                aside=form != "table")  # fmt: skip


def tell_rule(results: Results, *, aside: bool) -> None:
    """Say what the rule for stopping came to."""
    from ccsim.execution.stopping import stopping_table
    from ccsim.results.formatting import number

    if not results.experiment.precision:
        return
    frame = stopping_table(results)
    if not len(frame):
        return
    worst = max(frame.to_dict("records"), key=lambda row: row["half_width"] / row["wanted"])
    reached = "as narrow as asked" if frame["reached"].all() else "NOT as narrow as asked"
    typer.echo(
        f"Until:   {count_noun(int(frame['runs'].max()), 'replicate')}; intervals {reached}: at most ± {number(worst['half_width'], 4)} "
        f"for {worst['kpi']} (asked: {worst['wanted']:g}), 95 % by Stein's two stages",
        err=aside,
    )


def print_paths(folder: Path, figures: list[Path], table: str, *, aside: bool) -> None:
    """Say where everything is and how to make it again.

    Args:
        folder: the results folder.
        figures: files of pictures.
        table: where the table is, in words.
        aside: whether the output is for another program, so that this is told beside it.
    """
    if figures:
        typer.echo(f"Figures: {', '.join(str(path) for path in figures)}", err=aside)
    typer.echo(f"Table:   {table}", err=aside)
    typer.echo(f"Results: {folder}", err=aside)
    typer.echo(f"Again:   {rerun_command(sys.argv[1:])}", err=aside)


def rerun_command(arguments: list[str]) -> str:
    """Return the command that makes the same results in a folder of their own."""
    return shlex.join(["ccsim", *strip_options(arguments, {"--out"})])


def strip_options(words: list[str], options: set[str]) -> list[str]:
    """Return a command's words without ``--resume`` and without the options that are set anew, and their values."""
    kept, skip = [], False
    for word in words:
        own = word in options
        if not skip and not own and word != "--resume" and word.partition("=")[0] not in options:
            kept.append(word)
        skip = own and not skip
    return kept


def print_status(results: Results, folder: Path) -> None:
    """Say what is not done: runs that failed (and end with 1), or were left when the time limit was reached."""
    manifest = results.manifest
    if manifest["status"] == "stopped":
        runs = manifest["runs"]
        typer.echo(
            f"ccsim: the time limit was reached after {runs['done']:,} of {count_noun(runs['planned'], 'run')}; "
            f"ccsim resume {shlex.quote(str(folder))} does the others",
            err=True,
        )
    for failure in manifest["failures"]:
        last = (failure["error"].strip().splitlines() or [""])[-1]
        text = f"ccsim: failed: {failure['scenario']}, replicate {failure['replicate']}: {last}"
        typer.echo(printable(text, sys.maxsize), err=True)  # the folder may come from others
    if manifest["failures"]:
        raise typer.Exit(1)


def next_results_dir(name: str, resume: bool = False, place: Path = Path("results")) -> Path:
    """Return the next free folder of an experiment, or the last one that is there if it is to go on."""
    numbers = (number for number in range(1, sys.maxsize) if not (place / f"{name}-{number}").exists())
    free = next(numbers)
    if resume and free == 1:
        raise InputError(f"--resume: there is no {place / f'{name}-1'} to go on with; say where with --out")
    return place / f"{name}-{free - resume}"


def progress_bars() -> ProgressFactory | None:
    """Return what shows a bar for each part of a command's work; None where standard error is no terminal."""
    if not sys.stderr.isatty():
        return None
    from ccsim.execution.progress import console_progress
    from ccsim.reports.tables import console

    terminal = console(stderr=True)
    return lambda title: console_progress(f"{title[:1].upper()}{title[1:]}", terminal)


def with_progress(shown: bool, title: str, work: Callable[[Progress | None], T]) -> T:
    """Do some work under a progress bar, if one is wanted; it appears when there is something to tell."""
    if not shown:
        return work(None)
    from ccsim.execution.progress import lazy_progress

    with lazy_progress(title) as bar:
        return work(bar)
