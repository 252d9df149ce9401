"""Experiments: which scenarios are compared, how often, for how long. Read from TOML files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from ccsim.errors import InputError, InputFaults, UnknownName, did_you_mean
from ccsim.kpis import KPIS
from ccsim.scenario import Scenario, check, find, library, load, shipped
from ccsim.scenario_file import Reader, ScenarioShape, Shape, read_scenario, scenario_of
from ccsim.settings import declared
from ccsim.toml_places import read_toml

#: KPIs shown where an experiment names none.
USUAL_KPIS = ("csat", "nps", "fcr", "adoption", "profit", "npv")
#: More runs than this in one experiment are taken for a slip.
MOST_RUNS = 1_000_000

Count = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


@dataclass(frozen=True)
class Sweep:
    """One lever at several values.

    Attributes:
        lever: its key.
        values: the values.
        points: for each swept scenario's name, the scenario it comes from and its value.
    """

    lever: str
    values: tuple[Any, ...]
    points: dict[str, tuple[str, Any]]


@dataclass(frozen=True)
class Experiment:
    """Scenarios to be compared on the same draws.

    Attributes:
        name, title, question: what it is and what it asks.
        baseline: the scenario that the others are compared with.
        scenarios: all of them by name, in order; those of a sweep come last.
        weeks, replicates, seed: the horizon, the number of runs of each scenario, and where the seeds begin.
        kpis: which to show.
        sweep: the sweep, if there is one.
        file: where it was read from.
    """

    name: str
    title: str
    question: str
    baseline: str
    scenarios: dict[str, Scenario]
    weeks: int = 156
    replicates: int = 30
    seed: int = 1
    kpis: tuple[str, ...] = USUAL_KPIS
    sweep: Sweep | None = None
    file: str = ""

    @property
    def main(self) -> tuple[str, ...]:
        """Names of the scenarios that are no points of the sweep."""
        swept = self.sweep.points if self.sweep else {}
        return tuple(name for name in self.scenarios if name not in swept)

    def changed(
        self, *, weeks: int | None = None, replicates: int | None = None, seed: int | None = None,
        levers: Mapping[str, Any] | None = None,
    ) -> Experiment:  # fmt: skip
        """Return the experiment with another horizon, size, seed, or with levers set in every scenario.

        Raises:
            InputError: a value that is not accepted.
        """
        for name, value, least in (("weeks", weeks, 1), ("replicates", replicates, 1), ("seed", seed, 0)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
                raise InputError(f"{name}: {value!r} is not accepted; it takes a whole number of at least {least}")
        scenarios = self.scenarios
        if levers:
            scenarios = {name: scenario.changed(levers) for name, scenario in scenarios.items()}
        experiment = replace(
            self, scenarios=scenarios, weeks=weeks or self.weeks, replicates=replicates or self.replicates,
            seed=self.seed if seed is None else seed,
        )  # fmt: skip
        experiment.refuse_excess()
        return experiment

    def refuse_excess(self) -> None:
        """Refuse a number of runs that nobody can mean."""
        runs = len(self.scenarios) * self.replicates
        if runs > MOST_RUNS:
            raise InputError(
                f"{self.name}: {len(self.scenarios)} scenarios of {self.replicates} replicates are {runs} runs; "
                f"at most {MOST_RUNS} are accepted"
            )

    def resolved(self) -> dict[str, Any]:
        """Return the experiment as plain data, its scenarios resolved."""
        sweep = self.sweep and {"lever": self.sweep.lever, "values": list(self.sweep.values),
                                "points": {name: list(point) for name, point in self.sweep.points.items()}}  # fmt: skip
        return {
            "name": self.name, "title": self.title, "question": self.question, "baseline": self.baseline,
            "weeks": self.weeks, "replicates": self.replicates, "seed": self.seed, "kpis": list(self.kpis),
            "sweep": sweep, "scenarios": {name: one.resolved() for name, one in self.scenarios.items()},
        }  # fmt: skip

    @classmethod
    def from_resolved(cls, data: Mapping[str, Any]) -> Experiment:
        """Return the experiment that :meth:`resolved` wrote."""
        scenarios = {}
        for name, row in data["scenarios"].items():
            reader = Reader(Path("manifest.json"), {})
            scenario = scenario_of(reader, row, name, ())
            reader.finish()
            assert scenario is not None
            scenarios[name] = scenario
        sweep = data["sweep"] and Sweep(
            data["sweep"]["lever"], tuple(data["sweep"]["values"]),
            {name: (base, value) for name, (base, value) in data["sweep"]["points"].items()},
        )  # fmt: skip
        plain = {key: data[key] for key in ("name", "title", "question", "baseline", "weeks", "replicates", "seed")}
        return cls(**plain, scenarios=scenarios, kpis=tuple(data["kpis"]), sweep=sweep or None)


class VariantShape(ScenarioShape):
    """A scenario made in an experiment file."""

    name: str


class SweepShape(Shape):
    """The sweep of an experiment file."""

    lever: str
    values: Annotated[list[Any], Field(min_length=1, max_length=1000)]
    scenarios: list[str] | None = None


class ExperimentShape(Shape):
    """An experiment file."""

    title: str
    question: str = ""
    baseline: str | None = None
    scenarios: list[str] = []
    weeks: Count = 156
    replicates: Count = 30
    seed: Annotated[int, Field(ge=0, le=2**40, strict=True)] = 1
    kpis: list[str] = list(USUAL_KPIS)
    variant: list[dict[str, Any]] = []
    sweep: SweepShape | None = None


def load_experiment(name: str | Path) -> Experiment:
    """Return an experiment by its name or by the path of its file.

    Raises:
        InputError: there is no such file.
        InputFaults: what is wrong with it, all of it.
    """
    path = Path(name)
    if path.suffix != ".toml":
        places = (Path("experiments"), *library("experiments"))
        path = next((p / f"{name}.toml" for p in places if (p / f"{name}.toml").is_file()), Path())
        if path == Path():
            raise UnknownName("experiment", str(name), shipped("experiments"))
    data, places_of = read_toml(path)
    reader = Reader(path, places_of)
    shape = reader.shape(ExperimentShape, data)
    scenarios = _scenarios(reader, data)
    if shape is None:
        reader.finish()
    _check_names(reader, shape, scenarios)
    sweep = _sweep(reader, shape, scenarios)
    for scenario in scenarios.values():
        for move in scenario.schedule:
            if move.week is not None and move.week >= shape.weeks:
                reader.fault(("weeks",), f"{scenario.name} moves {move.label!r} in week {move.week}, "
                             f"but the last week is {shape.weeks - 1}")  # fmt: skip
    reader.finish()
    experiment = Experiment(
        path.stem, shape.title, shape.question, shape.baseline or next(iter(scenarios)), scenarios, shape.weeks,
        shape.replicates, shape.seed, tuple(shape.kpis), sweep, str(path),
    )  # fmt: skip
    experiment.refuse_excess()
    return experiment


def _scenarios(reader: Reader, data: Mapping[str, Any]) -> dict[str, Scenario]:
    """Return the scenarios that a file names, then those that it makes."""
    found: dict[str, Scenario] = {}
    names = data.get("scenarios") or []
    for number, name in enumerate(names if isinstance(names, list) else []):
        try:
            scenario = read_scenario(find(str(name), reader.file.parent)) if str(name).endswith(".toml") else load(name)
            found[scenario.name] = scenario
        except InputFaults as error:
            reader.faults += error.faults
        except InputError as error:
            reader.fault(("scenarios", number), str(error))
    variants = data.get("variant") or []
    for number, row in enumerate(variants if isinstance(variants, list) else []):
        inner = Reader(reader.file, reader.places, ("variant", number))
        name = row.get("name")
        if not isinstance(name, str) or not name:
            inner.fault(("name",), "is missing: what the scenario is called here")
        elif name in found:
            inner.fault(("name",), f"there is already a scenario called {name!r}")
        rest = {key: value for key, value in row.items() if key != "name"}
        scenario_made = scenario_of(inner, rest, str(name), ())
        reader.faults += inner.faults
        if scenario_made is not None:
            found[str(name)] = scenario_made
    return found


def _check_names(reader: Reader, shape: ExperimentShape, scenarios: Mapping[str, Scenario]) -> None:
    """Check the names that a file uses."""
    if not scenarios and not reader.faults:
        reader.fault(("scenarios",), "an experiment takes at least one scenario")
    if shape.baseline is not None and shape.baseline not in scenarios and not reader.faults:
        reader.fault(("baseline",), f"{shape.baseline!r} is none of the scenarios{did_you_mean(shape.baseline, scenarios)}")
    for number, name in enumerate(shape.kpis):
        if name not in KPIS:
            reader.fault(("kpis", number), str(UnknownName("KPI", name, KPIS)))


def _sweep(reader: Reader, shape: ExperimentShape, scenarios: dict[str, Scenario]) -> Sweep | None:
    """Add the scenarios of a sweep, and return it."""
    if shape.sweep is None or reader.faults:
        return None
    lever, points = shape.sweep.lever, {}
    chosen = shape.sweep.scenarios or list(scenarios)
    for name in chosen:
        if name not in scenarios:
            reader.fault(("sweep", "scenarios"), f"{name!r} is none of the scenarios{did_you_mean(name, scenarios)}")
    for number, value in enumerate(shape.sweep.values):
        try:
            check(lever, value)
        except UnknownName as error:
            reader.fault(("sweep", "lever"), str(error))
            return None
        except InputError as error:
            place = ("sweep", "values", number) if lever in declared() else ("sweep", "lever")
            reader.fault(place, str(error))
    if reader.faults:
        return None
    for name in chosen:
        for value in shape.sweep.values:
            point = f"{name} @ {lever}={value}"
            scenarios[point] = scenarios[name].changed({lever: value}, name=point)
            points[point] = (name, value)
    return Sweep(lever, tuple(shape.sweep.values), points)


