"""Read experiment files: scenarios that are named or defined, a sweep or a design; every fault names its line."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from ccsim.engine.counts import MAX_WEEKS
from ccsim.errors import InputError, InputErrors, UnknownNameError, did_you_mean
from ccsim.experiments.design import KINDS, Design
from ccsim.experiments.design_scenarios import DesignScenarios
from ccsim.experiments.experiment import DEFAULT_KPIS, PILOT_REPLICATES, Experiment, Sweep
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
    scenarios = {**_named_scenarios(reader, shape), **_variants(reader, shape)}
    _check_names(reader, shape, scenarios)
    sweep = _sweep(reader, shape, scenarios)
    whole = _with_sweep(reader, scenarios, sweep)
    baseline = shape.baseline or next(iter(scenarios), "")
    points = _at_design_points(reader, shape, whole, baseline)
    reader.finish()
    experiment = Experiment(
        path.stem, shape.title, shape.question, baseline, points or whole, shape.weeks, shape.replicates, shape.seed,
        tuple(dict.fromkeys(shape.kpis)), sweep, str(path), tuple(sorted(set(shape.report_weeks or ()))),
        precision=dict(shape.precision), max_replicates=shape.max_replicates,
    )  # fmt: skip
    experiment.validate_run_count()
    return experiment


def _named_scenarios(reader: Parser, shape: ExperimentSchema) -> dict[str, Scenario | None]:
    """Return the scenarios that a file names; None for one with a fault."""
    found: dict[str, Scenario | None] = {}
    for number, name in enumerate(shape.scenarios):
        own = Path(name).stem if name.lower().endswith(".toml") else name
        if own in found:
            reader.add_error(("scenarios", number), f"there is already a scenario called {own!r}")
            continue
        found[own] = None
        try:
            found[own] = read_scenario(resolve_path(name, reader.file.parent, reader.near))
        except InputErrors as error:
            reader.issues += error.issues
        except InputError as error:
            reader.add_error(("scenarios", number), str(error))
        _check_late_interventions(reader, shape, found[own], ("scenarios", number))
    return found


def _variants(reader: Parser, shape: ExperimentSchema) -> dict[str, Scenario | None]:
    """Return the scenarios that a file defines itself."""
    taken = {Path(name).stem if name.lower().endswith(".toml") else name for name in shape.scenarios}
    found: dict[str, Scenario | None] = {}
    for number, row in enumerate(shape.variant):
        part = reader.sub("variant", number)
        name = row.get("name")
        if not isinstance(name, str) or not name:
            part.add_error(("name",), "is missing: the name of the scenario in this file")
        elif name in taken | set(found):
            part.add_error(("name",), f"there is already a scenario called {name!r}")
        rest = {key: value for key, value in row.items() if key != "name"}
        found[str(name)] = parse_scenario(part, rest, str(name))
        _check_late_interventions(reader, shape, found[str(name)], ("variant", number, "schedule"))
    return found


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
    for name, within in shape.precision.items():
        if name not in KPIS:
            reader.add_error(("precision", name), str(UnknownNameError("KPI", name, KPIS)))
        elif isinstance(within, bool) or not isinstance(within, (int, float)) or not 0 < within < inf:
            reader.add_error(("precision", name), f"must be a half-width above 0, got {within!r}")
    if shape.precision and shape.replicates < PILOT_REPLICATES:
        reader.add_error(
            ("replicates",),
            f"{shape.replicates} are too few; precision needs at least {PILOT_REPLICATES} to begin with",
        )


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
    for number, name in enumerate(chosen):
        if name not in scenarios:
            part.add_error(
                ("scenarios", number), f"{name!r} is not one of the scenarios{did_you_mean(name, scenarios)}"
            )
    points = {f"{name} @ {row.lever}={value}": (name, value) for name in chosen for value in values}
    return Sweep(row.lever, values, points)


def _sweep_values(part: Parser, row: SweepSchema) -> tuple[Any, ...]:
    """Return the values of a sweep, in the form that the lever accepts."""
    if row.lever and row.lever not in all_parameters():
        try:
            check(row.lever, None)
        except InputError as error:
            part.add_error(("lever",), str(error))
        return ()
    found: list[Any] = []
    for number, value in enumerate(row.values if row.lever else ()):
        try:
            if value in found:
                raise InputError(f"{value!r} occurs twice")
            check(row.lever, value)
            found.append(value)
        except InputError as error:
            part.add_error(("values", number), str(error))
    return tuple(found)


def _with_sweep(reader: Parser, scenarios: Mapping[str, Scenario | None], sweep: Sweep | None) -> dict[str, Scenario]:
    """Return the scenarios, followed by the points of the sweep."""
    whole = {name: scenario for name, scenario in scenarios.items() if scenario is not None}
    if sweep is None:
        return whole
    for point, (name, value) in sweep.points.items():
        try:
            if name in whole:
                whole[point] = whole[name].with_values({sweep.lever: value}, name=point)
        except InputError as error:
            reader.add_error(("sweep", "values", sweep.values.index(value)), f"{name}: {error}")
    return whole


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
    for number, name in enumerate(row.scenarios):
        if name not in scenarios:
            part.add_error(
                ("scenarios", number), f"{name!r} is not one of the scenarios{did_you_mean(name, scenarios)}"
            )
    if shape.sweep is not None:
        part.add_error((), "cannot be combined with a sweep; a design can also vary a single factor")
    if row.kind not in KINDS or row.kind == "given":
        part.add_error(("kind",), str(UnknownNameError("design", row.kind, set(KINDS) - {"given"})))
    if len(reader.issues) > before:
        return None
    names = ("kind", "samples", "seed", "levels", "resolution", "second_order")
    options = {name: getattr(row, name) for name in names if name in shape.design}
    try:
        design = Design(**{"kind": row.kind, **options}, factors=factors, scenarios=tuple(row.scenarios))
        return DesignScenarios(scenarios, design, baseline) if baseline in scenarios else None
    except InputError as error:
        part.add_error((), str(error))
    return None


def _factors(part: Parser, row: DesignSchema, weeks: int) -> tuple[Factor, ...]:
    """Return the factors of a design, each checked."""
    found: list[Factor] = []
    if not row.factors:
        part.add_error(("factors",), 'is missing: what the design varies, such as ["programme.budget=0:20000"]')
    for number, text in enumerate(row.factors):
        try:
            for factor in parse_factors(text):
                if factor.key in {one.key for one in found}:
                    raise InputError(f"{factor.key} is already varied")
                if factor.label and max(factor.ends()) >= weeks:
                    raise InputError(f"{factor.key}: reaches week {max(factor.ends())}; the last week is {weeks - 1}")
                found.append(factor)
        except InputError as error:
            part.add_error(("factors", number), str(error))
    return tuple(found)
