"""``ccsim calibrate``: find values of assumptions that agree with measurements."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsim.cli.analysis_options import AnalysisOptions, takes_analysis_options
from ccsim.cli.options import Target

if TYPE_CHECKING:
    from ccsim.analysis.calibration import Calibration
    from ccsim.analysis.calibration import Target as Figure

Names = list[str] | None


@takes_analysis_options(replicates=4)
def calibrate(
    target_scenario: Target,
    parameters: Annotated[
        list[str],
        typer.Option("--parameter", metavar="KEY", help="Assumption to fit: KEY or KEY=LOW:HIGH; repeat for more."),
    ],
    target: Annotated[
        Names,
        typer.Option(metavar="KPI=VALUE±ERROR", help="Measured value with its standard deviation; repeat for more."),
    ] = None,
    held_out: Annotated[
        Names,
        typer.Option(
            metavar="KPI=VALUE±ERROR", help="Measured value that is compared but not fitted; repeat for more."
        ),
    ] = None,
    targets: Annotated[Path | None, typer.Option(help="TOML file of [[target]] tables.")] = None,
    samples: Annotated[
        int, typer.Option("--samples", help="Points of each wave (default: 10 per parameter, at least 30).")
    ] = 0,
    waves: Annotated[
        int, typer.Option(help="Number of waves; each covers only values at which the targets can still be met.")
    ] = 3,
    *,
    options: AnalysisOptions,
) -> None:
    """Fit assumptions to measured values and say what the values leave open."""
    import pandas as pd

    from ccsim.analysis.calibrate import calibrate as fit
    from ccsim.analysis.calibration import target_of
    from ccsim.analysis.parameter_space import dimensions
    from ccsim.reports.figures.calibration import agreement_figure
    from ccsim.reports.figures.layout import of_study

    chosen = options.problem(target_scenario)
    measured: list[Figure] = [target_of(text) for text in target or ()]
    measured += [target_of(text, True) for text in held_out or ()]
    measured += _read(targets) if targets else []
    space = dimensions(parameters, chosen.fixed)
    output = options.open_output(f"calibrate-{chosen.scenario.name}")
    result = fit(chosen, space, measured, samples=samples, waves=waves, runner=output.runner)
    posterior = pd.DataFrame(result.posterior, columns=[row.key for row in result.space])
    output.save(
        {
            "parameters": result.table(),
            "targets": result.targets_table(),
            "points": result.points,
            "posterior": posterior,
        },
        {"calibrate": agreement_figure(result)},
    )
    faults = result.faults()
    if faults:
        (output.folder / "calibrated.toml").unlink(missing_ok=True)  # of an earlier fit in the same folder
    else:
        _write_fitted(result, output.folder / "calibrated.toml")
    output.show(result.table(), title=f"Values that agree with the targets:  {of_study(chosen)}", notes=_notes(result))
    output.finish("waves", result.waves, result.requested)
    if faults:
        typer.echo(
            "\n".join([*(f"ccsim: {fault}" for fault in faults), "ccsim: no fitted scenario is written"]), err=True
        )
        raise typer.Exit(1)


def _write_fitted(result: "Calibration", path: Path) -> None:
    """Write the scenario with the best values."""
    best = {row.key: row.value(number) for row, number in zip(result.space, result.best, strict=True)}
    scenario = result.problem.scenario
    title = f"{scenario.title or scenario.name}, calibrated"
    path.write_text(scenario.with_values(best, name="calibrated", title=title).to_toml(), encoding="utf-8")


def _read(path: Path) -> "list[Figure]":
    """Return the targets of a file; every error names its line."""
    from ccsim.analysis.calibration import Target as Figure
    from ccsim.errors import InputError
    from ccsim.scenarios.io import Parser, Schema
    from ccsim.scenarios.toml_positions import read_toml

    class Row(Schema):
        kpi: str
        value: float
        error: float
        held_out: bool = False
        source: str = ""

    data, places = read_toml(path)
    reader, measured = Parser(path, places), []
    rows = data.get("target", [])
    for key in data:
        if key != "target":
            reader.add_error((key,), "unknown key (known: target)")
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        part = reader.sub("target", number)
        missing = [key for key in ("kpi", "value", "error") if key not in row]
        for key in missing:
            part.add_error((key,), "is missing")
        values = {key: float(value) if type(value) is int else value for key, value in row.items()}
        shape = part.validate(Row, {"kpi": "", "value": 0.0, "error": 1.0, **values})
        try:
            measured.append(Figure(shape.kpi, shape.value, shape.error, shape.held_out))
        except InputError as error:
            part.add_error(("error",), str(error))
    reader.finish()
    return measured


def _notes(result: "Calibration") -> list[str]:
    """Report how well the targets are met, and what they leave open."""
    from ccsim.analysis.calibration import IDENTIFIED
    from ccsim.results.formatting import number, share, signed

    lines = [
        "\nbest, median, low…high: of the posterior; contraction: share of the prior variance that the targets remove.\n"
    ]
    for row in result.targets_table().to_dict("records"):
        name = f"{row['outcome']} (held out)" if row["held_out"] else row["outcome"]
        off = "inside" if row["inside"] else f"{abs(row['z']):.1f} standard deviations off"
        value = {part: number(row[part], 4, hyphen=True) for part in ("measured", "unfitted", "fitted", "low", "high")}
        lines.append(
            f"{name}: measured {value['measured']} ±{number(row['error'], 2, hyphen=True)}; as it is {value['unfitted']}, fitted "
            f"{value['fitted']} ({value['low']} to {value['high']}), {off}."
        )
    lines += result.faults()
    shares = zip(result.space, result.variance_reduction, strict=True)
    open_ = [row.key for row, removed in shares if removed < IDENTIFIED]
    if open_:
        lines.append(f"The targets leave open: {', '.join(open_)}. More targets, or other ones, could narrow them.")
    for first, second, rho in result.correlated_pairs()[:5]:
        lines.append(
            f"{first} and {second} can only be identified jointly (correlation {signed(rho, hyphen=True)} in the posterior)."
        )
    if result.emulator == result.emulator:
        lines.append(f"{share(result.emulator)} of the numbers of later waves lay in the emulators' 95 % intervals.")
    return lines
