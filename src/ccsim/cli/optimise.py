"""``ccsim optimise``: find the best levers and when to set them."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.analysis_options import AnalysisOptions, admitted, takes_analysis_options
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
    maximise: Annotated[
        Names, typer.Option(help="KPI to maximise, or npv_difference; several give a Pareto front.")
    ] = None,
    minimise: Annotated[Names, typer.Option(help="KPI to minimise.")] = None,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", help="Budget up to the horizon, on average, in money."),
    ] = None,
    cost_kpi: Annotated[
        str,
        typer.Option(
            "--cost-kpi", help="KPI that the budget limits; cost_difference counts everything that a plan costs."
        ),
    ] = "spend",
    uncertain_factors: Annotated[
        Names, typer.Option("--uncertain", help="Uncertain assumptions: assumptions, a group, a key.")
    ] = None,
    n_uncertain: Annotated[
        int,
        typer.Option(
            "--n-uncertain",
            help="Worlds in which each plan is tried (default 20 with --uncertain); without --uncertain, admitted worlds.",
        ),
    ] = 0,
    worlds_from: WorldsFrom = "admitted",
    robust_metric: Annotated[
        str | None,
        typer.Option(
            "--robust-metric", metavar="quantile=Q", help="What counts over the worlds: mean (default) or quantile=0.1."
        ),
    ] = None,
    trials: Annotated[int, typer.Option(help="Number of plans to try.")] = 100,
    sampler: Annotated[
        Sampler | None, typer.Option(help="Search method (default: tpe for one goal, nsga2 for several).")
    ] = None,
    *,
    options: AnalysisOptions,
) -> None:
    """Search for the best levers and weeks within a budget; the winner is run again on fresh draws."""
    from ccsim.analysis.admitted import space_of
    from ccsim.analysis.optimise import Objective, Objectives
    from ccsim.analysis.optimise import optimise as search
    from ccsim.analysis.parameter_space import dimensions
    from ccsim.reports.figures.layout import of_study
    from ccsim.reports.figures.optimisation import optimum_figure

    chosen = options.problem(target)
    goals = (*(Objective(name) for name in maximise or ()), *(Objective(name, False) for name in minimise or ()))
    aim = Objectives(goals, _quantile(robust_metric), max_cost, cost_kpi)
    # Without --uncertain, a number of worlds means admitted worlds.
    uncertain: tuple[Dimension, ...] = ()
    source = None
    if uncertain_factors or n_uncertain > 0:
        uncertain, source = space_of(uncertain_factors or ["assumptions"], chosen.fixed, admitted(worlds_from))
    output = options.open_output(f"optimise-{chosen.scenario.name}")
    result = search(
        chosen, dimensions(factors), aim, trials=trials, uncertain=uncertain, n_uncertain=n_uncertain or 20 * bool(uncertain_factors),
        sampler=sampler and sampler.value, runner=output.runner, source=source,
    )  # fmt: skip
    table = result.table()
    output.save({"plans": table, "trials": result.trials}, {"optimise": optimum_figure(result)})
    for number, plan in enumerate(result.plans, 1):
        name = "best" if len(result.plans) == 1 else f"front-{number}"
        (output.folder / f"{name}.toml").write_text(result.scenario(plan.plan).to_toml(), encoding="utf-8")
    title = f"The search for {', '.join(goal.outcome for goal in goals)}: {of_study(chosen)}"
    shown = table.drop(columns=[row.key for row in result.space]) if options.form is Form.table else table
    output.show(shown, title=title, notes=_notes(result))
    output.finish("plans", len(result.trials), result.requested)


def _quantile(text: str | None) -> float | None:
    """Return the quantile that ``--robust-metric`` names."""
    from ccsim.errors import InputError

    if text in (None, "mean"):
        return None
    try:
        return float(str(text).removeprefix("quantile="))
    except ValueError:
        raise InputError(
            f"--robust-metric {text}: must have the form --robust-metric quantile=0.1 or --robust-metric mean"
        ) from None


def _notes(result: "OptimisationResult") -> list[str]:
    """Explain the columns, and report how much of the promised gain was chance."""
    from ccsim.results.formatting import number

    lines = [
        "\nfound: on fresh draws that the search has not seen; gain: over the unchanged scenario, on the same draws; both "
        "with 95 % interval low…high; shrinkage: the gain that the search promised less the gain found; better_in: share "
        "of fresh worlds (or runs) in which the plan is better.\n"
    ]
    for plan in (result.start, *result.plans):
        levers = (f"{row.key} = {row.written(row.number(plan.plan[row.key]))}" for row in result.space)
        lines.append(f"{plan.name}: {', '.join(levers)}")
    for plan in result.plans:
        if result.aim.max_cost is not None and plan.mean[-1] > result.aim.max_cost:
            lines.append(
                f"{plan.name}: on fresh draws it takes {number(plan.mean[-1], hyphen=True)} of {result.aim.measure}, more than "
                f"{number(result.aim.max_cost, hyphen=True)}."
            )
    lines.append("The plans are scenario files in the folder: ccsim describe and ccsim run take them.")
    return lines
