"""``ccsim optimise``: which levers, set when, are best."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.analysis_options import AnalysisOptions, takes_analysis_options
from ccsim.cli.options import Form, Target, WorldsFrom

if TYPE_CHECKING:
    from ccsim.analysis.optimise import OptimisationResult
    from ccsim.analysis.parameter_space import Dimension

Sampler = StrEnum("Sampler", ["tpe", "nsga2", "cma", "random"])
Names = list[str] | None


@takes_analysis_options(replicates=4)
def optimise(
    target: Target,
    factors: Annotated[
        list[str],
        typer.Option("--factor", metavar="LEVER", help="KEY, KEY=LOW:HIGH, 'week of LABEL=20:100'; repeat for more."),
    ],
    maximise: Annotated[Names, typer.Option(help="A KPI, or npv_difference; several give a front.")] = None,
    minimise: Annotated[Names, typer.Option(help="A KPI of which less is wanted.")] = None,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", help="The most that may be spent up to the horizon, on average, in money."),
    ] = None,
    cost_kpi: Annotated[
        str, typer.Option("--cost-kpi", help="What is measured as spent; cost_difference counts all that a plan costs.")
    ] = "spend",
    uncertain_factors: Annotated[
        Names, typer.Option("--uncertain", help="Uncertain assumptions: assumptions, a group, a key.")
    ] = None,
    n_uncertain: Annotated[
        int,
        typer.Option(
            "--n-uncertain",
            help="Worlds in which each plan is tried; 20 where --uncertain is given; alone, admitted worlds.",
        ),
    ] = 0,
    worlds_from: WorldsFrom = "admitted",
    robust_metric: Annotated[
        str | None,
        typer.Option("--robust-metric", metavar="quantile=Q", help="What counts of the worlds; usually the mean."),
    ] = None,
    trials: Annotated[int, typer.Option(help="How many plans to try.")] = 100,
    sampler: Annotated[Sampler | None, typer.Option(help="Usually tpe for one goal, nsga2 for several.")] = None,
    *,
    options: AnalysisOptions,
) -> None:
    """Search for the best levers and weeks under a budget; the winner is run again on fresh draws."""
    from ccsim.analysis.admitted import space_of
    from ccsim.analysis.optimise import Objective, Objectives
    from ccsim.analysis.optimise import optimise as search
    from ccsim.analysis.parameter_space import dimensions
    from ccsim.cli import analysis_options
    from ccsim.reports.figures.layout import of_study
    from ccsim.reports.figures.optimisation import optimum_figure

    chosen = options.study(target)
    goals = (*(Objective(name) for name in maximise or ()), *(Objective(name, False) for name in minimise or ()))
    aim = Objectives(goals, _quantile(robust_metric), max_cost, cost_kpi)
    # A number of worlds alone means whole worlds.
    uncertain: tuple[Dimension, ...] = ()
    source = None
    if uncertain_factors or n_uncertain > 0:
        uncertain, source = space_of(
            uncertain_factors or ["assumptions"], chosen.fixed, analysis_options.admitted(worlds_from)
        )
    place = options.open_output(f"optimise-{chosen.scenario.name}")
    found = search(
        chosen, dimensions(factors), aim, trials=trials, uncertain=uncertain, n_uncertain=n_uncertain or 20 * bool(uncertain_factors),
        sampler=sampler and sampler.value, runner=place.runner, source=source,
    )  # fmt: skip
    table = found.table()
    place.save({"plans": table, "trials": found.trials}, {"optimise": optimum_figure(found)})
    for number, plan in enumerate(found.plans, 1):
        name = "best" if len(found.plans) == 1 else f"front-{number}"
        (place.folder / f"{name}.toml").write_text(found.scenario(plan.plan).to_toml(), encoding="utf-8")
    title = f"The search for {', '.join(goal.outcome for goal in goals)}: {of_study(chosen)}"
    shown = table.drop(columns=[one.key for one in found.space]) if options.form is Form.table else table
    place.show(shown, title=title, notes=_notes(found))
    place.finish("plans", len(found.trials), found.asked)


def _quantile(text: str | None) -> float | None:
    """Return the quantile that ``--robust-metric`` asks for."""
    from ccsim.errors import InputError

    if text in (None, "mean"):
        return None
    try:
        return float(str(text).removeprefix("quantile="))
    except ValueError:
        raise InputError(
            f"--robust-metric {text}: it reads like --robust-metric quantile=0.1, or --robust-metric mean"
        ) from None


def _notes(found: "OptimisationResult") -> list[str]:
    """Say what the columns mean, and how much of the promise was luck."""
    from ccsim.results.formatting import number

    lines = [
        "\nfound: on fresh draws that the search has not seen; gain: over the scenario as it is, on the same draws; both "
        "with 95 % interval low…high; shrinkage: the gain that the search promised less the gain found; better_in: share "
        "of fresh worlds (or runs) in which the plan is better.\n"
    ]
    for one in (found.start, *found.plans):
        levers = (f"{row.key} = {row.written(row.number(one.plan[row.key]))}" for row in found.space)
        lines.append(f"{one.name}: {', '.join(levers)}")
    for one in found.plans:
        if found.aim.max_cost is not None and one.found[-1] > found.aim.max_cost:
            lines.append(
                f"{one.name}: on fresh draws it takes {number(one.found[-1], hyphen=True)} of {found.aim.measure}, more than "
                f"{number(found.aim.max_cost, hyphen=True)}."
            )
    lines.append("The plans are scenario files in the folder: ccsim describe and ccsim run take them.")
    return lines
