"""Read experiment files: scenarios named or made, a sweep or a design, every fault with its place."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from ccsim.errors import InputError, InputFaults, UnknownName, did_you_mean
from ccsim.experiments.design import KINDS, Design
from ccsim.experiments.design_scenarios import Points
from ccsim.experiments.experiment import FIRST_STAGE, MOST_WEEKS, USUAL_KPIS, Experiment, Sweep
from ccsim.experiments.factors import Factor, factors_of
from ccsim.model.kpis import KPIS
from ccsim.model.settings import declared
from ccsim.scenarios.io import Reader, Shape, read_scenario, scenario_of
from ccsim.scenarios.scenario import Scenario, check, find
from ccsim.scenarios.toml_positions import Key, read_toml

Count = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


class SweepShape(Shape):
    """The sweep of an experiment file."""

    lever: str = ""
    values: Annotated[list[Any], Field(min_length=1, max_length=1000)] = Field(default_factory=list)
    scenarios: Annotated[list[str], Field(min_length=1)] | None = None


class DesignShape(Shape):
    """The design of an experiment file."""

    kind: str = "latin-hypercube"
    vary: Annotated[list[str], Field(min_length=1)] = Field(default_factory=list)
    points: Count = 64
    seed: Annotated[int, Field(ge=0, le=2**40, strict=True)] = 1
    levels: Annotated[int, Field(ge=2, le=1000, strict=True)] = 2
    resolution: Annotated[int, Field(ge=3, le=5, strict=True)] = 4
    second_order: bool = False
    scenarios: list[str] = Field(default_factory=list)


class ExperimentShape(Shape):
    """An experiment file."""

    title: str = ""
    question: str = ""
    baseline: str | None = None
    scenarios: list[str] = Field(default_factory=list)
    weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS, strict=True)] = 156
    replicates: Count = 30
    seed: Annotated[int, Field(ge=0, le=2**40, strict=True)] = 1
    kpis: Annotated[list[str], Field(min_length=1)] = Field(default_factory=lambda: list(USUAL_KPIS))
    at: Annotated[list[Annotated[int, Field(ge=0, strict=True)]], Field(min_length=1)] | None = None
    until: dict[str, Any] = Field(default_factory=dict)
    most_replicates: Count = 1000
    variant: list[dict[str, Any]] = Field(default_factory=list)
    sweep: dict[str, Any] | None = None
    design: dict[str, Any] | None = None


def read_experiment(path: Path) -> Experiment:
    """Return the experiment of a file.

    Raises:
        InputError: there is no such file.
        InputFaults: what is wrong with it, all of it.
    """
    data, places = read_toml(path)
    beside = path.resolve().parents[1] / "scenarios"
    reader = Reader(path, places, near=() if beside == Path("scenarios").resolve() else (beside,))
    shape = reader.shape(ExperimentShape, data)
    if "title" not in data:
        reader.fault(("title",), "is missing: a few words that name the experiment")
    scenarios = {**_named(reader, shape), **_variants(reader, shape)}
    _check_names(reader, shape, scenarios)
    sweep = _sweep(reader, shape, scenarios)
    whole = _with_sweep(reader, scenarios, sweep)
    baseline = shape.baseline or next(iter(scenarios), "")
    points = _designed(reader, shape, whole, baseline)
    reader.finish()
    experiment = Experiment(
        path.stem, shape.title, shape.question, baseline, points or whole, shape.weeks, shape.replicates, shape.seed,
        tuple(dict.fromkeys(shape.kpis)), sweep, str(path), tuple(sorted(set(shape.at or ()))),
        until=dict(shape.until), most_replicates=shape.most_replicates,
    )  # fmt: skip
    experiment.refuse_excess()
    return experiment


def _named(reader: Reader, shape: ExperimentShape) -> dict[str, Scenario | None]:
    """Return the scenarios that a file names; None for one that is at fault."""
    found: dict[str, Scenario | None] = {}
    for number, name in enumerate(shape.scenarios):
        own = Path(name).stem if name.endswith(".toml") else name
        if own in found:
            reader.fault(("scenarios", number), f"there is already a scenario called {own!r}")
            continue
        found[own] = None
        try:
            found[own] = read_scenario(find(name, reader.file.parent, reader.near))
        except InputFaults as error:
            reader.faults += error.faults
        except InputError as error:
            reader.fault(("scenarios", number), str(error))
        _refuse_late_moves(reader, shape, found[own], ("scenarios", number))
    return found


def _variants(reader: Reader, shape: ExperimentShape) -> dict[str, Scenario | None]:
    """Return the scenarios that a file makes itself."""
    taken = {Path(name).stem if name.endswith(".toml") else name for name in shape.scenarios}
    found: dict[str, Scenario | None] = {}
    for number, row in enumerate(shape.variant):
        part = reader.part("variant", number)
        name = row.get("name")
        if not isinstance(name, str) or not name:
            part.fault(("name",), "is missing: what the scenario is called here")
        elif name in taken | set(found):
            part.fault(("name",), f"there is already a scenario called {name!r}")
        rest = {key: value for key, value in row.items() if key != "name"}
        found[str(name)] = scenario_of(part, rest, str(name))
        _refuse_late_moves(reader, shape, found[str(name)], ("variant", number, "schedule"))
    return found


def _refuse_late_moves(reader: Reader, shape: ExperimentShape, scenario: Scenario | None, place: Key) -> None:
    """Refuse moves that the horizon cuts off: the scenario would not be what it says."""
    for move in scenario.schedule if scenario else ():
        week = move.after if move.week is None else move.week
        if week >= shape.weeks:
            reader.fault(place, f"{move.label!r} is due in week {week}, but the last week is {shape.weeks - 1}")


def _check_names(reader: Reader, shape: ExperimentShape, scenarios: Mapping[str, Scenario | None]) -> None:
    """Check the names that a file uses."""
    if not scenarios and not any(fault.key.startswith(("scenarios", "variant")) for fault in reader.faults):
        reader.fault(("scenarios",), "an experiment takes at least one scenario")
    if shape.baseline is not None and scenarios and shape.baseline not in scenarios:
        near = did_you_mean(shape.baseline, scenarios)
        reader.fault(("baseline",), f"{shape.baseline!r} is none of the scenarios{near}")
    for number, name in enumerate(shape.kpis):
        if name not in KPIS:
            reader.fault(("kpis", number), str(UnknownName("KPI", name, KPIS)))
    for name, within in shape.until.items():
        if name not in KPIS:
            reader.fault(("until", name), str(UnknownName("KPI", name, KPIS)))
        elif isinstance(within, bool) or not isinstance(within, (int, float)) or not 0 < within < inf:
            reader.fault(("until", name), f"must be a half-width above 0, got {within!r}")
    if shape.until and shape.replicates < FIRST_STAGE:
        reader.fault(
            ("replicates",), f"{shape.replicates} are too few; until takes at least {FIRST_STAGE} to begin with"
        )


def _sweep(reader: Reader, shape: ExperimentShape, scenarios: Mapping[str, Scenario | None]) -> Sweep | None:
    """Return the sweep, its points checked."""
    if shape.sweep is None:
        return None
    part = reader.part("sweep")
    row = part.shape(SweepShape, shape.sweep)
    for key in ("lever", "values"):
        if key not in shape.sweep:
            part.fault((key,), "is missing")
    values = _sweep_values(part, row)
    chosen = row.scenarios or list(scenarios)
    for number, name in enumerate(chosen):
        if name not in scenarios:
            part.fault(("scenarios", number), f"{name!r} is none of the scenarios{did_you_mean(name, scenarios)}")
    points = {f"{name} @ {row.lever}={value}": (name, value) for name in chosen for value in values}
    return Sweep(row.lever, values, points)


def _sweep_values(part: Reader, row: SweepShape) -> tuple[Any, ...]:
    """Return the values of a sweep, in the form in which the lever takes them."""
    if row.lever and row.lever not in declared():
        try:
            check(row.lever, None)
        except InputError as error:
            part.fault(("lever",), str(error))
        return ()
    found: list[Any] = []
    for number, value in enumerate(row.values if row.lever else ()):
        try:
            if value in found:
                raise InputError(f"{value!r} stands here twice")
            check(row.lever, value)
            found.append(value)
        except InputError as error:
            part.fault(("values", number), str(error))
    return tuple(found)


def _with_sweep(reader: Reader, scenarios: Mapping[str, Scenario | None], sweep: Sweep | None) -> dict[str, Scenario]:
    """Return the scenarios, and behind them the points of the sweep."""
    whole = {name: scenario for name, scenario in scenarios.items() if scenario is not None}
    if sweep is None:
        return whole
    for point, (name, value) in sweep.points.items():
        try:
            if name in whole:
                whole[point] = whole[name].changed({sweep.lever: value}, name=point)
        except InputError as error:
            reader.fault(("sweep", "values", sweep.values.index(value)), f"{name}: {error}")
    return whole


def _designed(
    reader: Reader, shape: ExperimentShape, scenarios: Mapping[str, Scenario], baseline: str
) -> Points | None:
    """Return the scenarios at the points of the file's design, if it has one."""
    for number, week in enumerate(shape.at or ()):
        if week >= shape.weeks:
            reader.fault(("at", number), f"must be a week from 0 to {shape.weeks - 1}, got {week}")
    if shape.design is None:
        return None
    part = reader.part("design")
    row = part.shape(DesignShape, shape.design)
    before = len(reader.faults)
    factors = _factors(part, row, shape.weeks)
    for number, name in enumerate(row.scenarios):
        if name not in scenarios:
            part.fault(("scenarios", number), f"{name!r} is none of the scenarios{did_you_mean(name, scenarios)}")
    if shape.sweep is not None:
        part.fault((), "goes without a sweep: a design varies one factor, too")
    if row.kind not in KINDS or row.kind == "given":
        part.fault(("kind",), str(UnknownName("design", row.kind, set(KINDS) - {"given"})))
    if len(reader.faults) > before:
        return None
    names = ("kind", "points", "seed", "levels", "resolution", "second_order")
    options = {name: getattr(row, name) for name in names if name in shape.design}
    try:
        design = Design(**{"kind": row.kind, **options}, factors=factors, scenarios=tuple(row.scenarios))
        return Points(scenarios, design, baseline) if baseline in scenarios else None
    except InputError as error:
        part.fault((), str(error))
    return None


def _factors(part: Reader, row: DesignShape, weeks: int) -> tuple[Factor, ...]:
    """Return the factors of a design, each checked."""
    found: list[Factor] = []
    if not row.vary:
        part.fault(("vary",), 'is missing: what the design varies, such as ["programme.budget=0:20000"]')
    for number, text in enumerate(row.vary):
        try:
            for factor in factors_of(text):
                if factor.key in {one.key for one in found}:
                    raise InputError(f"{factor.key} is varied already")
                if factor.label and max(factor.ends()) >= weeks:
                    raise InputError(f"{factor.key}: reaches week {max(factor.ends())}; the last week is {weeks - 1}")
                found.append(factor)
        except InputError as error:
            part.fault(("vary", number), str(error))
    return tuple(found)
