"""``ccsim validate``: the model beside published numbers."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ccsim.errors import count_noun


def validate(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which facts or studies, such as units fcr-csat; all if none is named.")
    ] = None,
    size: Annotated[float, typer.Option(help="Factor on the number of runs of every study.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all draws and samples.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default one for each processor.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for runs and table.")] = Path("results/validation"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on in a folder that holds part of it.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Folder of facts, instead of facts/ or those shipped.")] = None,
    pages: Annotated[Path | None, typer.Option(help="Write the page here instead of into the results folder.")] = None,
) -> None:
    """Compare the model with published numbers: value, interval, inside or not, source."""
    from ccsim.cli.claims import made_by
    from ccsim.cli.interrupted import working_in
    from ccsim.execution.runner import console_progress
    from ccsim.reports.tables import console
    from ccsim.validation.facts.report import print_scores, write_pages
    from ccsim.validation.facts.schema import load_apart, load_studies
    from ccsim.validation.facts.scorecard import resized, runs_of, score

    working_in(out)
    studies = [resized(study, size) for study in load_studies(names or (), folder)]
    facts = sum(len(study.facts) for study in studies)
    typer.echo(
        f"Runs to do: {sum(map(runs_of, studies)):,}, in {count_noun(len(studies), 'study', 'studies')}, for "
        f"{count_noun(facts, 'fact')}.",
        err=True,
    )
    told = console(stderr=True)
    scores = score(
        studies, seed=seed, workers=workers, out=out, resume=resume, command=sys.argv,
        progress=(lambda title: console_progress(title, told)) if sys.stderr.isatty() else None,
    )  # fmt: skip
    print_scores(scores, console())
    for path in write_pages(scores, pages or out, made_by(seed), load_apart(folder)):
        typer.echo(str(path), err=True)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(validate)
