"""``ccsim org decide``: one page on which option comes first and what would change that."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.options import OwnFolder, Resume, Scheduler, SeedOfAll, Workers, WorldsFrom

if TYPE_CHECKING:
    from ccsim.scenarios.scenario import Scenario


def decide(
    folder: OwnFolder,
    more: Annotated[list[str] | None, typer.Argument(metavar="[OPTION]...", help="More options.")] = None,
    options: Annotated[
        list[str] | None,
        typer.Option("--options", metavar="OPTION...", help="Names or files of scenarios, or a results folder of ccsim optimise."),
    ] = None,
    kpi: Annotated[str, typer.Option(help="KPI at the horizon by which options are ranked.")] = "npv",
    factor: Annotated[
        list[str] | None,
        typer.Option("--factor", metavar="LEVER", help="Search for options over this lever (KEY=LOW:HIGH); repeat for more."),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", help="Budget for options of the search, up to the horizon.")
    ] = None,
    trials: Annotated[int, typer.Option(help="Number of plans that the search tries.")] = 64,
    worlds: Annotated[int, typer.Option(help="Number of worlds in which each option is tried.")] = 200,
    worlds_from: WorldsFrom = "admitted",
    weeks: Annotated[int, typer.Option(help="The horizon.")] = 156,
    replicates: Annotated[int, typer.Option(help="Runs of each option in each world.")] = 1,
    steps: Annotated[int, typer.Option(min=1, help="Number of values of the history that the back-test holds back.")] = 4,
    seed: SeedOfAll = 1,
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Annotated[Path | None, typer.Option(help="Folder for runs and page (default: in the organisation's folder).")] = None,
    resume: Resume = False,
) -> None:  # fmt: skip
    """Write one page for a board: which option comes first, what would change that, what to measure, what to watch."""
    import sys

    from ccsim.analysis.decision.decide import decide as run_decision
    from ccsim.cli.analysis_options import admitted
    from ccsim.cli.interrupted import working_in
    from ccsim.cli.org import runner_of
    from ccsim.cli.run_options import next_results_dir
    from ccsim.organisations.io import read_folder
    from ccsim.reports.board import board, in_words

    read = read_folder(folder)
    source = admitted(worlds_from)
    runner = runner_of(workers, scheduler)
    chosen: list[str | Path | Scenario] = [*(options or ()), *(more or ())]
    if factor:
        from ccsim.analysis.decision.front import front

        chosen += front(
            read, factor, kpi=kpi, weeks=weeks, seed=seed, runner=runner, max_cost=max_cost, trials=trials, source=source
        )  # fmt: skip
    output = working_in(out or next_results_dir("decision", resume, folder / "results"))
    decision = run_decision(
        read, chosen, kpi=kpi, weeks=weeks, worlds=worlds, worlds_from=worlds_from, seed=seed, replicates=replicates,
        steps=steps, out=output, workers=workers, scheduler=scheduler, resume=resume, progress=runner.progress, command=sys.argv,
    )  # fmt: skip
    for line in in_words(decision):
        typer.echo(line)
    typer.echo(f"The board's page: {board(output)}")
