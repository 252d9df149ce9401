"""``ccsim validate``: compare the model with published numbers."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.options import Pages, Resume, SeedOfAll, Workers
from ccsim.errors import count_noun

if TYPE_CHECKING:
    from ccsim.validation.facts.scorecard import Score


def validate(
    names: Annotated[
        list[str] | None, typer.Argument(help="Facts or studies to check, such as units fcr-csat (default: all).")
    ] = None,
    size: Annotated[float, typer.Option(help="Factor by which the number of runs of every study is multiplied.")] = 1.0,
    seed: SeedOfAll = 1,
    workers: Workers = None,
    out: Annotated[Path, typer.Option(help="Folder for runs and table.")] = Path("results/validation"),
    resume: Resume = False,
    folder: Annotated[Path | None, typer.Option(help="Folder of facts (default: facts/, or the shipped ones).")] = None,
    pages: Pages = None,
    history: Annotated[
        bool, typer.Option("--history", help="Run nothing; show the scorecard by version of the model.")
    ] = False,
    record: Annotated[
        str | None, typer.Option(help="Add this scorecard to the history (facts/history.csv) under this name.")
    ] = None,
) -> None:
    """Compare the model with published numbers: value, interval, inside or not, source."""
    if history:
        _show_history(folder)
        return
    if record is not None and names:
        raise typer.BadParameter("the history holds scorecards of all facts; do not name facts", param_hint="--record")
    from ccsim.analysis.problem import Runner
    from ccsim.cli.claims import made_by
    from ccsim.cli.interrupted import working_in
    from ccsim.cli.run_options import print_files, progress_bars
    from ccsim.reports.tables import console
    from ccsim.validation.facts.report import print_scores, write_pages
    from ccsim.validation.facts.schema import load_apart, load_studies
    from ccsim.validation.facts.scorecard import resized, runs_of, score

    working_in(out)
    studies = [resized(study, size) for study in load_studies(names or (), folder)]
    facts = count_noun(sum(len(study.facts) for study in studies), "fact")
    count = count_noun(len(studies), "study", "studies")
    typer.echo(f"Runs to do: {sum(map(runs_of, studies)):,}, in {count}, for {facts}.", err=True)
    scores = score(studies, Runner(out, workers, resume, progress_bars(), sys.argv), seed)
    print_scores(scores, console())
    print_files(write_pages(scores, pages or out, made_by(seed), load_apart(folder)))
    if record is not None:
        print_files([_recorded(scores, record, size, folder)])


def _show_history(folder: Path | None) -> None:
    """Print the scorecard by version of the model."""
    from ccsim.reports.tables import console
    from ccsim.validation.facts.history import print_history, read_history

    print_history(read_history(folder), console())


def _recorded(scores: "list[Score]", name: str, size: float, folder: Path | None) -> Path:
    """Keep a scorecard in the history, and return the file."""
    from ccsim.model.extension import model_hash
    from ccsim.validation.facts.history import record

    return record(scores, name, model_hash(), size, folder)
