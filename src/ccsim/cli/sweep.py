"""``ccsim sweep``: run scenarios at the points of a design."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccsim.cli.analysis_options import admitted, settings_of
from ccsim.cli.interrupted import working_in
from ccsim.cli.options import (
    Form,
    Format,
    Out,
    Own,
    Precision,
    Scheduler,
    Seed,
    Set,
    Target,
    TimeLimit,
    Weeks,
    Workers,
    WorldsFrom,
)
from ccsim.cli.run_options import (
    SHOWING_SWEEP,
    next_results_dir,
    parse_precision,
    print_status,
    show_sweep,
    start_deadline,
    with_progress,
)
from ccsim.errors import count_noun

if TYPE_CHECKING:
    from ccsim.experiments.design import Design


def sweep(
    target: Target,
    vary: Annotated[list[str] | None, typer.Option(
        "--factor", metavar="WHAT", help="KEY, KEY=LOW:HIGH, KEY=V1,V2,…, a group, levers, assumptions, 'week of LABEL=20:100'; repeat for more.",
    )] = None,
    kind: Annotated[str, typer.Option("--design", help="Design of the points: latin-hypercube, sobol, factorial, fractional-factorial, one-at-a-time, morris, saltelli.")] = "latin-hypercube",
    samples: Annotated[int, typer.Option("--samples", help="Number of points; for morris, of trajectories; for saltelli, of base points.")] = 64,
    worlds_from: WorldsFrom = "admitted",
    levels: Annotated[int, typer.Option(help="Levels of each factor, for factorial, one-at-a-time and morris.")] = 2,
    resolution: Annotated[int, typer.Option(help="Resolution of a fractional factorial: 3, 4 or 5.")] = 4,
    kpi: Annotated[list[str] | None, typer.Option(help="KPI to show; repeat for more.")] = None,
    report_weeks: Annotated[list[int] | None, typer.Option("--report-week", help="Weeks whose numbers are kept (default: the last).")] = None,
    set_: Set = None,
    organisation: Own = None,
    weeks: Weeks = None,
    replicates: Annotated[int | None, typer.Option(help="Runs at each point (default: the file's, or 4).")] = None,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    precision: Precision = None,
    time_limit: TimeLimit = None,
    scheduler: Scheduler = None,
    form: Format = Form.table,
) -> None:  # fmt: skip
    """Vary levers, assumptions, sizes and weeks; write a table, a figure and every number."""
    from ccsim.errors import UnknownNameError
    from ccsim.execution.sweep import plan_sweep
    from ccsim.execution.sweep import sweep as run_sweep
    from ccsim.model.kpis import KPIS

    deadline = start_deadline(time_limit, SHOWING_SWEEP)
    for name in kpi or ():
        if name not in KPIS:
            raise UnknownNameError("KPI", name, KPIS)
    design = _design(vary, kind, samples, seed, levels, resolution, worlds_from)
    plan = plan_sweep(
        target, design, report_weeks=report_weeks or None, weeks=weeks, replicates=replicates, seed=seed, levers=settings_of(set_, organisation),
        precision=parse_precision(precision),
    )  # fmt: skip
    folder = working_in(out or next_results_dir(f"{plan.name}-sweep"))
    typer.echo(f"{count_noun(len(plan.scenarios), 'scenario')}, {count_noun(plan.replicates, 'replicate')} each: "
               f"{count_noun(len(plan.scenarios) * plan.replicates, 'run')}.", err=True)  # fmt: skip
    results = with_progress(
        form is Form.table, plan.title,
        lambda progress: run_sweep(
            plan, progress=progress, workers=workers, out=folder, command=sys.argv, time_limit=deadline, scheduler=scheduler
        ),
    )  # fmt: skip
    show_sweep(results, folder, form.value, kpi)
    print_status(results, folder)


def _design(
    vary: list[str] | None, kind: str, samples: int, seed: int | None, levels: int, resolution: int, worlds_from: str
) -> "Design | None":
    """Return the design that the options describe; None for the experiment's own."""
    if not vary:
        return None
    from ccsim.analysis.admitted import space_of
    from ccsim.errors import UnknownNameError
    from ccsim.experiments.design import KINDS, Design

    if kind not in KINDS or kind == "given":
        raise UnknownNameError("design", kind, set(KINDS) - {"given"})
    seed = 1 if seed is None else seed
    factors: Any = tuple(vary)
    if "assumptions" in factors:
        space, worlds = space_of(vary, None, admitted(worlds_from))
        if worlds and kind == "latin-hypercube":
            return worlds.design(space, samples, seed)
        factors = tuple(row.factor for row in (worlds.narrowed(space) if worlds else space))
    return Design(kind, factors, samples, seed, levels, resolution)
