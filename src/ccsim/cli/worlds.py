"""``ccsim worlds``: find worlds in which the ordinary organisation agrees with published values of real ones."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.options import Pages, Resume, Scheduler, SeedOfAll, TimeLimit, Workers

if TYPE_CHECKING:
    from ccsim.analysis.admitted import AdmittedWorlds


def worlds(
    count: Annotated[int, typer.Option("--worlds", min=1, max=100_000, help="Number of worlds to admit.")] = 500,
    waves: Annotated[
        int, typer.Option(min=1, max=20, help="Number of waves; each covers only what is not ruled out yet.")
    ] = 2,
    samples: Annotated[int, typer.Option("--samples", min=100, max=100_000, help="Points of each wave.")] = 1000,
    trials: Annotated[
        int,
        typer.Option(
            min=0, max=10_000, help="Organisations with known values on which the method is tested at the end."
        ),
    ] = 0,
    seed: SeedOfAll = 1,
    workers: Workers = None,
    time_limit: TimeLimit = None,
    scheduler: Scheduler = None,
    out: Annotated[Path, typer.Option(help="Folder for runs, worlds and page.")] = Path("results/worlds"),
    resume: Resume = False,
    ship: Annotated[bool, typer.Option("--ship", help="Store the worlds in the package, for all analyses.")] = False,
    pages: Pages = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Make no new worlds; check whether the shipped ones still hold.")
    ] = False,
    page_only: Annotated[
        bool, typer.Option("--page-only", help="Run nothing; write the page of the shipped worlds.")
    ] = False,
) -> None:
    """Find plausible worlds: rule out, wave by wave, the values that disagree with published ones."""
    from ccsim.analysis.admitted import SHIPPED, read_worlds, write_worlds
    from ccsim.cli.analysis_options import AnalysisOptions
    from ccsim.cli.run_options import print_files, rerun_command
    from ccsim.results.formatting import share
    from ccsim.validation.worlds.report import write_page
    from ccsim.validation.worlds.study import make_worlds

    if confirm:
        _confirm(read_worlds())
        return
    if page_only:
        print_files(write_page(read_worlds(), pages or out))
        return
    options = AnalysisOptions(out=out, resume=resume, workers=workers, time_limit=time_limit, scheduler=scheduler)
    output = options.open_output("worlds")
    start = time.monotonic()
    admitted = make_worlds(
        output.runner, worlds=count, waves=waves, points=samples, seed=seed, trials=trials,
        command=rerun_command(sys.argv[1:]), report=lambda text: typer.echo(text, err=True),
    )  # fmt: skip
    file = SHIPPED if ship else output.folder / SHIPPED.name
    write_worlds(admitted, file)
    print_files([file, *write_page(admitted, pages or out)])
    rate, minutes = share(len(admitted) / admitted.made["tried"], 1), (time.monotonic() - start) / 60
    typer.echo(f"{len(admitted):,} worlds are admitted, {rate} of the candidates, after {minutes:.0f} minutes.")
    if len(admitted) < count:
        typer.echo(f"ccsim: {count:,} were requested; raise --waves or --samples to find more", err=True)
        raise typer.Exit(1)


def _confirm(shipped: "AdmittedWorlds") -> None:
    """Mark the worlds as made with the present sources, if these give the same numbers."""
    from ccsim.analysis.admitted import write_worlds
    from ccsim.validation.worlds.study import confirmed, still_hold

    if not still_hold(shipped):
        typer.echo(
            "ccsim: the model gives different numbers in these worlds; make them again with ccsim worlds --ship",
            err=True,
        )
        raise typer.Exit(1)
    if shipped.stale:
        write_worlds(confirmed(shipped), shipped.file)
    typer.echo(f"The {len(shipped)} worlds hold: the model gives the same numbers as when they were made.")
