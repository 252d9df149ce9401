"""``ccsim test-claims``: test the ledger of claims."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.analysis_options import admitted
from ccsim.cli.options import Own, Pages, Resume, Scheduler, SeedOfAll, Workers, WorldsFrom

if TYPE_CHECKING:
    from ccsim.validation.claims.schema import Claim


def claims(
    ids: Annotated[list[str] | None, typer.Argument(help="Claims to test, such as M1 P2 (default: all).")] = None,
    robustness: Annotated[
        int, typer.Option(min=0, max=100_000, help="Number of admitted worlds in which the claims are also tested.")
    ] = 0,
    stress: Annotated[
        bool,
        typer.Option("--stress", help="Test at points of the whole declared space instead of admitted worlds."),
    ] = False,
    worlds_from: WorldsFrom = "admitted",
    scheduler: Scheduler = None,
    replicates: Annotated[int, typer.Option(min=4, max=100_000, help="Paired runs at the defaults.")] = 30,
    seed: SeedOfAll = 1,
    workers: Workers = None,
    out: Annotated[Path, typer.Option(help="Folder for runs, table and pages.")] = Path("results/claims"),
    resume: Resume = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Run nothing; judge the runs that the folder holds so far.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Folder of claims (default: claims/, or the shipped ones).")
    ] = None,
    organisation: Own = None,
    pages: Pages = None,
) -> None:
    """Test claims about change: effect, where it holds, what it depends on, verdict."""
    from ccsim.analysis.problem import Runner
    from ccsim.cli.interrupted import working_in
    from ccsim.cli.run_options import print_files, progress_bars
    from ccsim.reports.tables import console
    from ccsim.validation.claims.ledger import run_ledger
    from ccsim.validation.claims.report import print_ledger, write_pages
    from ccsim.validation.claims.schema import load_claims

    working_in(out)
    chosen = load_claims(ids or (), folder)
    if organisation:
        chosen = [_of_own(claim, organisation) for claim in chosen]
    worlds = None if stress or not robustness else admitted(worlds_from)
    ledger = run_ledger(
        chosen, Runner(out, workers, resume, progress_bars(), sys.argv, scheduler=scheduler), replicates=replicates,
        points=robustness, seed=seed, partial=partial, worlds=worlds,
    )  # fmt: skip
    print_ledger(ledger, console())
    print_files(write_pages(ledger, pages or out, made_by(seed)))


def _of_own(claim: "Claim", organisation: Path) -> "Claim":
    """Return a claim about the user's own organisation, with the sizes from its files."""
    from dataclasses import replace

    from ccsim.organisations.layout import layout_of_folder

    sizes = {f"organisation.{name}" for name in layout_of_folder(organisation).sizes}
    scenarios = {
        name: replace(
            scenario, source=str(organisation),
            organisation={key: value for key, value in scenario.organisation.items() if key not in sizes},
        )
        for name, scenario in claim.scenarios.items()
    }  # fmt: skip
    return replace(claim, scenarios=scenarios)


def made_by(seed: int) -> str:
    """Return the running command with its sources and seed, for the page that it writes."""
    from ccsim.cli.run_options import rerun_command

    return f"{rerun_command(sys.argv[1:])}` at {current_commit()}, seed `{seed}"


def current_commit() -> str:
    """Return the commit of a checkout, or else the version, and the hash of the model's sources."""
    import subprocess
    from importlib.metadata import version

    from ccsim.model.extension import model_hash

    try:
        git = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
        )
        made = f"commit {git.stdout.strip()}"
    except (OSError, subprocess.CalledProcessError):
        made = f"ccsim {version('ccsim')}"
    return f"{made}, sources {model_hash()}"
