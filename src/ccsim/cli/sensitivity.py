"""``ccsim sensitivity``: find what an outcome depends on."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.analysis_options import AnalysisOptions, admitted, takes_analysis_options
from ccsim.cli.options import Factors, Form, Target, WorldsFrom

if TYPE_CHECKING:
    import pandas as pd

    from ccsim.analysis.sensitivity import Sensitivity

Method = StrEnum("Method", ["morris", "sobol"])


@takes_analysis_options(replicates=2)
def sensitivity(
    target: Target,
    factors: Factors = None,
    kpi: Annotated[
        list[str] | None,
        typer.Option(help="A KPI, or its difference as csat_difference; repeat for more (default: csat)."),
    ] = None,
    method: Annotated[
        Method, typer.Option(help="morris: which of many parameters matter; sobol: shares of the variance, for a few.")
    ] = Method.morris,
    samples: Annotated[int, typer.Option("--samples", help="Maximum number of points.")] = 1000,
    worlds_from: WorldsFrom = "admitted",
    *,
    options: AnalysisOptions,
) -> None:
    """Find which parameters an outcome depends on, over their plausible ranges."""
    from ccsim.analysis.admitted import space_of
    from ccsim.analysis.sensitivity import sensitivity as analyse
    from ccsim.reports.figures.layout import of_study
    from ccsim.reports.figures.sensitivity import tornado_figure

    chosen = options.problem(target)
    space, worlds = space_of(factors or ["assumptions"], chosen.fixed, admitted(worlds_from))
    space = worlds.narrowed(space) if worlds else space
    output = options.open_output(f"sensitivity-{chosen.scenario.name}")
    result = analyse(chosen, space, list(dict.fromkeys(kpi or ["csat"])), method.value, samples, output.runner)
    figures = {f"sensitivity-{outcome}": tornado_figure(result, outcome) for outcome in result.means}
    output.save({"sensitivity": result.table, "points": result.points_table()}, figures)
    output.show(
        _shown(result) if options.form is Form.table else result.table, notes=_notes(result),
        title=f"What {', '.join(result.means)} depends on: {of_study(chosen)}",
    )  # fmt: skip
    if options.form is not Form.table:
        for outcome, problem in result.unanswered.items():
            typer.echo(f"ccsim: {outcome}: {problem}", err=True)


def _shown(result: "Sensitivity", most: int = 20) -> "pd.DataFrame":
    """Return the parameters that matter most, with the most useful columns first."""
    shown = result.table.groupby("outcome", sort=False).head(most)
    return shown[[name for name in shown if not str(name).endswith(("_low", "_high"))]]


def _notes(result: "Sensitivity") -> list[str]:
    """Explain the columns, and report how much is chance and which points could not be used."""
    from ccsim.results.formatting import share

    columns = {
        "morris": "importance: mean size of the change across the span, with 95 % interval low…high; effect: mean "
        "change; spread: standard deviation of the effects, large for interactions and non-linear effects",
        "sobol": "importance: share of the variance, interactions included (total index), with 95 % interval "
        "low…high; first_order: without them (first-order index); effect: change across the span by a linear fit",
    }[result.method]
    lines = [f"\n{columns}; significant: beyond what chance could make."]
    for outcome, noise in result.noise.items():
        if noise.share == noise.share:
            lines.append(
                f"{outcome}: {share(noise.share, 1)} of the variance of single runs is chance; of the points' means, "
                f"{share(noise.left, 1)}."
            )
    lines += [f"{outcome}: {problem}." for outcome, problem in result.unanswered.items()]
    if result.problem.replicates == 1:
        lines.append("One run at each point cannot separate chance from effect; use --replicates 2.")
    if result.left_out:
        lines.append(
            f"{result.left_out} of {len(result.points)} points are left out because their runs have no value or were not done."
        )
    return lines
