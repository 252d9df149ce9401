"""Read experiment files: scenarios that are named or defined, a sweep or a design; every fault names its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from ccsim.engine.counts import MAX_WEEKS
from ccsim.errors import InputError, InputErrors, UnknownNameError, did_you_mean
from ccsim.experiments.design import KINDS, Design
from ccsim.experiments.design_scenarios import DesignScenarios
from ccsim.experiments.experiment import DEFAULT_KPIS, Experiment, Sweep, precision_problems
from ccsim.experiments.factors import Factor, parse_factors
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.scenarios.io import Parser, Schema, parse_scenario, read_scenario
from ccsim.scenarios.paths import resolved
from ccsim.scenarios.scenario import Scenario, check, resolve_path
from ccsim.scenarios.toml_positions import Key, read_toml

Count = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


class SweepSchema(Schema):
    """The sweep of an experiment file."""

    lever: str = ""
    values: Annotated[list[Any], Field(min_length=1, max_length=1000)] = Field(default_factory=list)
    scenarios: Annotated[list[str], Field(min_length=1)] | None = None


class DesignSchema(Schema):
    """The design of an experiment file."""

    kind: str = "latin-hypercube"
    factors: Annotated[list[str], Field(min_length=1)] = Field(default_factory=list)
    samples: Count = 64
    seed: Annotated[int, Field(ge=0, le=2**40, strict=True)] = 1
    levels: Annotated[int, Field(ge=2, le=1000, strict=True)] = 2
    resolution: Annotated[int, Field(ge=3, le=5, strict=True)] = 4
    second_order: bool = False
    scenarios: list[str] = Field(default_factory=list)


class ExperimentSchema(Schema):
    """An experiment file."""

    title: str = ""
    question: str = ""
    baseline: str | None = None
    scenarios: list[str] = Field(default_factory=list)
    weeks: Annotated[int, Field(ge=1, le=MAX_WEEKS, strict=True)] = 156
    replicates: Count = 30
    seed: Annotated[int, Field(ge=0, le=2**40, strict=True)] = 1
    kpis: Annotated[list[str], Field(min_length=1)] = Field(default_factory=lambda: list(DEFAULT_KPIS))
    report_weeks: Annotated[list[Annotated[int, Field(ge=0, strict=True)]], Field(min_length=1)] | None = None
    precision: dict[str, Any] = Field(default_factory=dict)
    max_replicates: Count = 1000
    variant: list[dict[str, Any]] = Field(default_factory=list)
    sweep: dict[str, Any] | None = None
    design: dict[str, Any] | None = None


def read_experiment(path: Path) -> Experiment:
    """Return the experiment of a file.

    Raises:
        InputError: the file does not exist.
        InputErrors: the file has faults; all are listed.
    """
    data, places = read_toml(path)
    beside = resolved(path).parents[1] / "scenarios"
    reader = Parser(path, places, near=() if beside == Path("scenarios").resolve() else (beside,))
    shape = reader.validate(ExperimentSchema, data)
    if "title" not in data:
        reader.add_error(("title",), "is missing: a short text that names the experiment")
    scenarios = _named_scenarios(reader, shape)
    _add_variants(reader, shape, scenarios)
    _check_names(reader, shape, scenarios)
    sweep = _sweep(reader, shape, scenarios)
    compared = _with_sweep(reader, scenarios, sweep)
    baseline = shape.baseline or next(iter(scenarios), "")
    design_scenarios = _at_design_points(reader, shape, compared, baseline)
    reader.finish()
    experiment = Experiment(
        path.stem, shape.title, shape.question, baseline, design_scenarios or compared, shape.weeks, shape.replicates, shape.seed,
        tuple(dict.fromkeys(shape.kpis)), sweep, str(path), tuple(sorted(set(shape.report_weeks or ()))),
        precision=dict(shape.precision), max_replicates=shape.max_replicates,
    )  # fmt: skip
    experiment.validate_run_count()
    return experiment


def _named_scenarios(reader: Parser, shape: ExperimentSchema) -> dict[str, Scenario | None]:
    """Return the scenarios that a file names; None for one with a fault."""
    scenarios: dict[str, Scenario | None] = {}
    for number, name in enumerate(shape.scenarios):
        own = Path(name).stem if name.lower().endswith(".toml") else name
        if own in scenarios:
            reader.add_error(("scenarios", number), f"there is already a scenario called {own!r}")
            continue
        scenarios[own] = None
        try:
            scenarios[own] = read_scenario(resolve_path(name, reader.file.parent, reader.near))
        except InputErrors as error:
            reader.issues += error.issues
        except InputError as error:
            reader.add_error(("scenarios", number), str(error))
        _check_late_interventions(reader, shape, scenarios[own], ("scenarios", number))
    return scenarios


def _add_variants(reader: Parser, shape: ExperimentSchema, scenarios: dict[str, Scenario | None]) -> None:
    """Add the scenarios that a file defines itself to those that it names."""
    for number, row in enumerate(shape.variant):
        part = reader.sub("variant", number)
        name = row.get("name")
        if not isinstance(name, str) or not name:
            part.add_error(("name",), "is missing: the name of the scenario in this file")
        elif name in scenarios:
            part.add_error(("name",), f"there is already a scenario called {name!r}")
        rest = {key: value for key, value in row.items() if key != "name"}
        scenarios[str(name)] = parse_scenario(part, rest, str(name))
        _check_late_interventions(reader, shape, scenarios[str(name)], ("variant", number, "schedule"))


def _check_late_interventions(reader: Parser, shape: ExperimentSchema, scenario: Scenario | None, place: Key) -> None:
    """Refuse moves that the horizon cuts off, because the scenario would not be run as described."""
    for move in scenario.schedule if scenario else ():
        week = move.earliest_week if move.week is None else move.week
        if week >= shape.weeks:
            reader.add_error(place, f"{move.label!r} is due in week {week}, but the last week is {shape.weeks - 1}")


def _check_names(reader: Parser, shape: ExperimentSchema, scenarios: Mapping[str, Scenario | None]) -> None:
    """Check the names that a file uses."""
    if not scenarios and not any(fault.key.startswith(("scenarios", "variant")) for fault in reader.issues):
        reader.add_error(("scenarios",), "an experiment must have at least one scenario")
    if shape.baseline is not None and scenarios and shape.baseline not in scenarios:
        near = did_you_mean(shape.baseline, scenarios)
        reader.add_error(("baseline",), f"{shape.baseline!r} is not one of the scenarios{near}")
    for number, name in enumerate(shape.kpis):
        if name not in KPIS:
            reader.add_error(("kpis", number), str(UnknownNameError("KPI", name, KPIS)))
    for key, problem in precision_problems(shape.precision, shape.replicates):
        reader.add_error(key, problem)


def _sweep(reader: Parser, shape: ExperimentSchema, scenarios: Mapping[str, Scenario | None]) -> Sweep | None:
    """Return the sweep, its points checked."""
    if shape.sweep is None:
        return None
    part = reader.sub("sweep")
    row = part.validate(SweepSchema, shape.sweep)
    for key in ("lever", "values"):
        if key not in shape.sweep:
            part.add_error((key,), "is missing")
    values = _sweep_values(part, row)
    chosen = row.scenarios or list(scenarios)
    _refuse_unknown_scenarios(part, chosen, scenarios)
    points = {f"{name} @ {row.lever}={value}": (name, value) for name in chosen for value in values}
    return Sweep(row.lever, values, points)


def _refuse_unknown_scenarios(part: Parser, names: list[str], scenarios: Mapping[str, Scenario | None]) -> None:
    for number, name in enumerate(names):
        if name not in scenarios:
            near = did_you_mean(name, scenarios)
            part.add_error(("scenarios", number), f"{name!r} is not one of the scenarios{near}")


def _sweep_values(part: Parser, row: SweepSchema) -> tuple[Any, ...]:
    """Return the values of a sweep, in the form that the lever accepts."""
    if row.lever and row.lever not in all_parameters():
        try:
            check(row.lever, None)
        except InputError as error:
            part.add_error(("lever",), str(error))
        return ()
    values: list[Any] = []
    for number, value in enumerate(row.values if row.lever else ()):
        try:
            if value in values:
                raise InputError(f"{value!r} occurs twice")
            check(row.lever, value)
            values.append(value)
        except InputError as error:
            part.add_error(("values", number), str(error))
    return tuple(values)


def _with_sweep(reader: Parser, scenarios: Mapping[str, Scenario | None], sweep: Sweep | None) -> dict[str, Scenario]:
    """Return the scenarios, followed by the points of the sweep."""
    compared = {name: scenario for name, scenario in scenarios.items() if scenario is not None}
    if sweep is None:
        return compared
    for point, (name, value) in sweep.points.items():
        try:
            if name in compared:
                compared[point] = compared[name].with_values({sweep.lever: value}, name=point)
        except InputError as error:
            reader.add_error(("sweep", "values", sweep.values.index(value)), f"{name}: {error}")
    return compared


def _at_design_points(
    reader: Parser, shape: ExperimentSchema, scenarios: Mapping[str, Scenario], baseline: str
) -> DesignScenarios | None:
    """Return the scenarios at the points of the file's design, if it has one."""
    for number, week in enumerate(shape.report_weeks or ()):
        if week >= shape.weeks:
            reader.add_error(("report_weeks", number), f"must be a week from 0 to {shape.weeks - 1}, got {week}")
    if shape.design is None:
        return None
    part = reader.sub("design")
    row = part.validate(DesignSchema, shape.design)
    before = len(reader.issues)
    factors = _factors(part, row, shape.weeks)
    _refuse_unknown_scenarios(part, row.scenarios, scenarios)
    if shape.sweep is not None:
        part.add_error((), "cannot be combined with a sweep; a design can also vary a single factor")
    if row.kind not in KINDS or row.kind == "given":
        part.add_error(("kind",), str(UnknownNameError("design", row.kind, set(KINDS) - {"given"})))
    if len(reader.issues) > before:
        return None
    try:
        design = Design(**{**row.model_dump(), "factors": factors, "scenarios": tuple(row.scenarios)})
        return DesignScenarios(scenarios, design, baseline) if baseline in scenarios else None
    except InputError as error:
        part.add_error((), str(error))
    return None


def _factors(part: Parser, row: DesignSchema, weeks: int) -> tuple[Factor, ...]:
    """Return the factors of a design, each checked."""
    factors: dict[str, Factor] = {}
    if not row.factors:
        part.add_error(("factors",), 'is missing: what the design varies, such as ["programme.budget=0:20000"]')
    for number, text in enumerate(row.factors):
        try:
            for factor in parse_factors(text):
                if factor.key in factors:
                    raise InputError(f"{factor.key} is already varied")
                if factor.label and max(factor.ends()) >= weeks:
                    raise InputError(f"{factor.key}: reaches week {max(factor.ends())}; the last week is {weeks - 1}")
                factors[factor.key] = factor
        except InputError as error:
            part.add_error(("factors", number), str(error))
    return tuple(factors.values())
