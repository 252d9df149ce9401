"""``ccsim discover``: find the region of levers and uncertainties in which an outcome occurs."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.analysis_options import AnalysisOptions, admitted, takes_analysis_options
from ccsim.cli.options import Factors, Form, Target, WorldsFrom

if TYPE_CHECKING:
    from ccsim.analysis.discovery import Discovery

Method = StrEnum("Method", ["prim", "tree"])


@takes_analysis_options(replicates=2)
def discover(
    target: Target,
    where: Annotated[str, typer.Option(help="The outcome: 'npv_difference > 0 and csat > 70'.")],
    factors: Factors = None,
    method: Annotated[Method, typer.Option(help="prim: peel boxes; tree: split the space.")] = Method.prim,
    samples: Annotated[
        int,
        typer.Option(
            "--samples", help="Number of points: admitted worlds, combined with a Latin hypercube of everything else."
        ),
    ] = 500,
    min_density: Annotated[
        float, typer.Option("--min-density", help="Minimum share of a region's points with the outcome.")
    ] = 0.8,
    min_share: Annotated[
        float, typer.Option("--min-share", help="Minimum share of a point's runs with the outcome, 0 to 1.")
    ] = 0.5,
    regions: Annotated[int, typer.Option(help="Number of regions to find.")] = 2,
    worlds_from: WorldsFrom = "admitted",
    *,
    options: AnalysisOptions,
) -> None:
    """Find the region of levers and uncertainties in which an outcome occurs."""
    from ccsim.analysis.admitted import space_of
    from ccsim.analysis.discovery import discover as search
    from ccsim.reports.figures.discovery import regions_figure

    chosen = options.problem(target)
    space, worlds = space_of(factors or ["assumptions"], chosen.fixed, admitted(worlds_from))
    output = options.open_output(f"discover-{chosen.scenario.name}")
    result = search(
        chosen, space, where, samples=samples, method=method.value, min_share=min_share, min_density=min_density, regions=regions,
        runner=output.runner, worlds=worlds,
    )  # fmt: skip
    table = result.table()
    output.save(
        {"regions": table, "points": result.points_table(), "summaries": result.summaries},
        {"discover": regions_figure(result)},
    )
    shown = table[["region", "words", "quasi_p"]] if options.form is Form.table and len(table) else table
    output.show(shown, title=f"Where {where}", notes=_notes(result))


def _notes(result: "Discovery") -> list[str]:
    """Report how good each region is."""
    from ccsim.results.formatting import share

    lines = [f"\nOf all points, {share(result.base)} have the outcome."]
    for number, region in enumerate(result.regions, 1):
        cover, dense = region.coverage, region.density
        lines.append(
            f"Region {number}: coverage {share(cover.share)} ({share(cover.low)} to {share(cover.high)}), density "
            f"{share(dense.share)} ({share(dense.low)} to {share(dense.high)}), on points that were not used to find it."
        )
    if not result.regions:
        lines.append("No region differs significantly from chance: run more points, or vary something else.")
    elif result.regions[0].quasi_p:
        lines.append(
            "quasi_p: the probability that a restriction helps this much by chance; above "
            "0.05 the restriction is dropped."
        )
    return lines
