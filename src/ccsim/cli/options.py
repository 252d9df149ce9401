"""The options that several commands take, each written once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

#: Formats of tables.
Form = StrEnum("Form", ["table", "csv", "json", "markdown"])


def _complete(kind: str) -> Any:
    def names(incomplete: str) -> list[str]:
        from ccsim.scenarios.scenario import list_scenarios

        return [name for name in list_scenarios(kind) if name.startswith(incomplete)]

    return names


def _complete_key(incomplete: str) -> list[str]:
    from ccsim.model.settings import all_parameters

    return [f"{key}=" for key in all_parameters() if key.startswith(incomplete)]


ScenarioFile = Annotated[str, typer.Argument(
    help="A scenario's name, or the path of its file.", autocompletion=_complete("scenarios"))]  # fmt: skip
ExperimentFile = Annotated[str, typer.Argument(
    help="An experiment's name, or the path of its file.", autocompletion=_complete("experiments"))]  # fmt: skip
Target = Annotated[str, typer.Argument(help="Name or file of a scenario, or of an experiment.")]
OwnFolder = Annotated[Path, typer.Argument(help="The organisation's folder.")]
ScenarioName = Annotated[str | None, typer.Option("--scenario", help="Which scenario of the experiment.")]
Baseline = Annotated[str | None, typer.Option("--baseline", help="Baseline for outcomes such as npv_difference.")]
Set = Annotated[list[str] | None, typer.Option(
    "--set", metavar="KEY=VALUE", help="Set a lever, an assumption or a size; repeat for more.", autocompletion=_complete_key)]  # fmt: skip
Own = Annotated[Path | None, typer.Option("--organisation", metavar="FOLDER", help="Create the organisation from a folder of files (ccsim org).")]  # fmt: skip
Factors = Annotated[list[str] | None, typer.Option(
    "--factor", metavar="WHAT", help="What varies: assumptions, levers, a group, KEY, KEY=LOW:HIGH, 'week of LABEL=20:100'; repeat for more (default: assumptions).")]  # fmt: skip
WorldsFrom = Annotated[str, typer.Option(
    "--worlds-from", metavar="WHERE", help="Where values of assumptions come from: admitted (worlds that could be real), declared (all within the ranges), or a .parquet file of ccsim worlds.")]  # fmt: skip
Seed = Annotated[int | None, typer.Option(help="Seed of all random draws (default 1).")]
SeedOfAll = Annotated[int, typer.Option("--seed", min=0, help="Seed of draws and points (default 1).")]
Weeks = Annotated[int | None, typer.Option(help="Horizon in weeks (default 156).")]
Replicates = Annotated[int | None, typer.Option(help="Runs of each scenario (default 30; 1 for run).")]
PointReplicates = Annotated[
    int, typer.Option("--replicates", help="Runs at each point; all points use the same draws.")
]
Workers = Annotated[int | None, typer.Option(help="Worker processes (default: one per processor).")]
TimeLimit = Annotated[str | None, typer.Option(
    "--time-limit", metavar="TIME", help="Stop after this time, such as 90s, 10m or 1h30m, and keep the results so far.")]  # fmt: skip
Scheduler = Annotated[str | None, typer.Option(
    metavar="ADDRESS", help="Run on the workers of a Dask scheduler, such as tcp://10.0.0.5:8786.")]  # fmt: skip
Precision = Annotated[list[str] | None, typer.Option(
    "--precision", metavar="KPI=HALFWIDTH", help="Add replicates until the interval of a KPI's difference is as narrow as ± WIDTH.")]  # fmt: skip
Out = Annotated[Path | None, typer.Option(help="Folder for runs, tables and figures.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue in a folder with part of the results.")]
Pages = Annotated[Path | None, typer.Option(help="Folder for the pages (default: the results folder).")]
Format = Annotated[Form, typer.Option("--format", help="Format of the table.")]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets others connect.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
OpenBrowser = Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")]
