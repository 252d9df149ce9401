"""Experiments: which scenarios are compared, how often, for how long. Read from TOML files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from ccsim.errors import InputError, InputFaults, UnknownName, did_you_mean
from ccsim.kpis import KPIS
from ccsim.scenario import Scenario, check, find, library, shipped
from ccsim.scenario_file import Reader, Shape, read_scenario, scenario_of
from ccsim.settings import declared
from ccsim.toml_places import Key, read_toml

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
        at: weeks of which one figure a KPI is kept of each run; empty to keep every week.
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
    at: tuple[int, ...] = ()

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
                wanted = f"a whole number of at least {least}"
                raise InputError(f"{name}: {value!r} is not accepted; it takes {wanted}")
        scenarios = self.scenarios
        if self.sweep and self.sweep.lever in (levers or {}):
            raise InputError(f"{self.sweep.lever}: the sweep of {self.name} sets it, to one value after another")
        if levers:
            scenarios = {name: scenario.changed(levers) for name, scenario in scenarios.items()}
        experiment = replace(
            self, scenarios=scenarios, weeks=weeks or self.weeks, replicates=replicates or self.replicates,
            seed=self.seed if seed is None else seed,
        )  # fmt: skip
        experiment.refuse_excess()
        experiment.refuse_late_moves()
        return experiment

    def refuse_late_moves(self) -> None:
        """Refuse a horizon that cuts off moves: the scenarios would not be what they say."""
        for scenario in self.scenarios.values():
            for move in scenario.schedule:
                if move.week is not None and move.week >= self.weeks:
                    raise InputError(
                        f"weeks: {self.weeks} is not accepted; {scenario.name} moves {move.label!r} in week {move.week}"
                    )

    def refuse_excess(self) -> None:
        """Refuse a number of runs that nobody can mean."""
        runs = len(self.scenarios) * self.replicates
        if runs > MOST_RUNS:
            raise InputError(
                f"{self.name}: {len(self.scenarios)} scenarios of {self.replicates} replicates "
                f"are {runs} runs; at most {MOST_RUNS} are accepted"
            )

    def resolved(self) -> dict[str, Any]:
        """Return the experiment as plain data, its scenarios resolved."""
        sweep = self.sweep and {
            "lever": self.sweep.lever,
            "values": list(self.sweep.values),
            "points": {name: list(point) for name, point in self.sweep.points.items()},
        }
        return {
            "name": self.name, "title": self.title, "question": self.question, "baseline": self.baseline,
            "weeks": self.weeks, "replicates": self.replicates, "seed": self.seed, "kpis": list(self.kpis),
            "sweep": sweep, "at": list(self.at), "scenarios": {name: one.resolved() for name, one in self.scenarios.items()},
        }  # fmt: skip

    @classmethod
    def from_resolved(cls, data: Mapping[str, Any]) -> Experiment:
        """Return the experiment that :meth:`resolved` wrote."""
        scenarios = {}
        for name, row in data["scenarios"].items():
            reader = Reader(Path("manifest.json"), {})
            scenarios[name] = scenario_of(reader, row, name)
            reader.finish()
        sweep = data["sweep"] and Sweep(
            data["sweep"]["lever"], tuple(data["sweep"]["values"]),
            {name: (base, value) for name, (base, value) in data["sweep"]["points"].items()},
        )  # fmt: skip
        names = ("name", "title", "question", "baseline", "weeks", "replicates", "seed")
        plain = {key: data[key] for key in names}
        return cls(**plain, scenarios=scenarios, kpis=tuple(data["kpis"]), sweep=sweep or None, at=tuple(data["at"]))


class SweepShape(Shape):
    """The sweep of an experiment file."""

    lever: str = ""
    values: Annotated[list[Any], Field(min_length=1, max_length=1000)] = Field(default_factory=list)
    scenarios: Annotated[list[str], Field(min_length=1)] | None = None


class ExperimentShape(Shape):
    """An experiment file."""

    title: str = ""
    question: str = ""
    baseline: str | None = None
    scenarios: list[str] = Field(default_factory=list)
    weeks: Count = 156
    replicates: Count = 30
    seed: Annotated[int, Field(ge=0, le=2**40, strict=True)] = 1
    kpis: Annotated[list[str], Field(min_length=1)] = Field(default_factory=lambda: list(USUAL_KPIS))
    variant: list[dict[str, Any]] = Field(default_factory=list)
    sweep: dict[str, Any] | None = None


def load_experiment(name: str | Path) -> Experiment:
    """Return an experiment by its name or by the path of its file.

    Raises:
        InputError: there is no such file.
        InputFaults: what is wrong with it, all of it.
    """
    path = _find_experiment(name)
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
    reader.finish()
    experiment = Experiment(
        path.stem, shape.title, shape.question, shape.baseline or next(iter(scenarios)), whole,
        shape.weeks, shape.replicates, shape.seed, tuple(dict.fromkeys(shape.kpis)), sweep, str(path),
    )  # fmt: skip
    experiment.refuse_excess()
    return experiment


def _find_experiment(name: str | Path) -> Path:
    if Path(name).suffix == ".toml":
        return Path(name)
    for place in (Path("experiments"), *library("experiments")):
        if (place / f"{name}.toml").is_file():
            return place / f"{name}.toml"
    raise UnknownName("experiment", str(name), shipped("experiments"))


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
