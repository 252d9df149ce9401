"""``ccsim resume``: continue a command that was stopped, killed or cut short by its time limit."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from ccsim.cli.interrupted import working_in
from ccsim.cli.options import Form, Format, Scheduler, TimeLimit, Workers
from ccsim.cli.run_options import (
    SHOWING_COMPARISON,
    print_status,
    show_comparison,
    show_sweep,
    start_deadline,
    strip_options,
    with_progress,
)
from ccsim.errors import count_noun, printable
from ccsim.scenarios.renamed import refuse_old_words

#: Options that say where and how the work is done, not what is done.
OF_A_SESSION = {"--out", "--workers", "--time-limit", "--scheduler"}
#: Options that are ignored in a folder's own command, because a folder may come from someone else. They write elsewhere,
#: or hand the work to another machine, whose answers run code here.
OF_A_USER = {"--pages", "--scheduler", "--ship"}
#: Commands whose folders have several parts, each with its own experiment.
SEARCHES = (["sensitivity"], ["discover"], ["optimise"], ["calibrate"], ["test-claims"], ["worlds"])


def resume(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A results folder.")],
    workers: Workers = None,
    time_limit: TimeLimit = None,
    scheduler: Scheduler = None,
    form: Format = Form.table,
) -> None:
    """Continue in a results folder until all runs are done; finished runs are not repeated."""
    from ccsim.execution.runner import run_experiment
    from ccsim.results.manifest import read_manifest, stored_experiment
    from ccsim.results.results import open_results

    working_in(folder)
    if not (folder / "manifest.json").is_file():
        options = {"--out": str(folder), "--workers": workers, "--time-limit": time_limit, "--scheduler": scheduler}
        _resume_command(context, folder, {name: str(value) for name, value in options.items() if value is not None})
        return
    deadline, manifest = start_deadline(time_limit, SHOWING_COMPARISON), read_manifest(folder)
    experiment = stored_experiment(folder, manifest)
    results = with_progress(
        form is Form.table, experiment.title,
        lambda progress: run_experiment(
            experiment, workers=workers, out=folder, resume=True, progress=progress, time_limit=deadline, scheduler=scheduler
        ),
    )  # fmt: skip
    if experiment.design:
        show_sweep(results, folder, form.value)
    elif experiment.report_weeks:
        typer.echo(f"{count_noun(results.manifest['runs']['done'], 'run')} done: {folder}")
    else:
        show_comparison(open_results(folder), folder, form.value)
    print_status(results, folder)


def _resume_command(context: typer.Context, folder: Path, options: dict[str, str]) -> None:
    """Continue in a folder of several parts by running again the command that the parts name.

    Raises:
        ResultsError: no part of the folder has a manifest.
    """
    from ccsim.errors import ResultsError
    from ccsim.model.extension import active_sources
    from ccsim.results.manifest import read_manifest, refuse_links

    parts = sorted(folder.rglob("manifest.json")) if folder.is_dir() else []
    if not parts:
        raise ResultsError(f"{folder}: is not a results folder (it has no manifest.json)")
    refuse_links(folder)
    # Parts that were made after an interrupt name the command that continued.
    commands = [strip_options(read_manifest(part.parent)["command"][1:], OF_A_SESSION) for part in parts]
    refuse_old_words(commands[0])
    if any(command != commands[0] for command in commands) or commands[0][:1] not in SEARCHES:
        inside = ", ".join(sorted({str(part.parent) for part in parts})[:3])
        raise ResultsError(
            f"{folder}: is not a results folder, but contains some; name the one to continue, such as {inside}"
        )
    # The first time limit applied only to the first command; the command that continues may set another.
    first = read_manifest(parts[0].parent)["command"][1:]
    words, left_out = words_of_the_folder(first, options)
    _print_left_out(left_out, first, folder)
    words += [word for source in active_sources() for word in ("--with", source.file)]
    typer.echo(printable(shlex.join(["ccsim", *words]), sys.maxsize), err=True)
    sys.argv = [sys.argv[0], *words]
    context.find_root().command.main(args=words, standalone_mode=False, prog_name="ccsim")


def words_of_the_folder(first: list[str], options: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the command that continues in a folder, and the options of the folder's own command that are left out.

    Args:
        first: the arguments of the folder's own command.
        options: options that ``ccsim resume`` sets itself, and their values.
    """
    kept = strip_options([word for word in first if word != "--ship"], OF_A_USER)
    words = strip_options(kept, {*options, "--time-limit", "--with"})
    left_out = sorted(OF_A_USER.intersection(word.partition("=")[0] for word in first) - set(options))
    return [*words, "--resume", *(word for pair in options.items() for word in pair)], left_out


def _print_left_out(left_out: list[str], first: list[str], folder: Path) -> None:
    """Report which options of a folder's own command are left out, and the command that keeps them."""
    if left_out:
        command = shlex.join(["ccsim", *strip_options(first, {"--out"}), "--resume", "--out", str(folder)])
        text = (
            f"ccsim: {', '.join(left_out)} of the folder's own command is left out, because a folder may come from others. "
            f"If the folder is yours, continue with them by: {command}"
        )
        typer.echo(printable(text, sys.maxsize), err=True)
