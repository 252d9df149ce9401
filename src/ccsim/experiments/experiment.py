"""Experiments: scenarios to compare, replicates and horizon, read from TOML files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any

from ccsim.engine.counts import MAX_WEEKS, whole_number
from ccsim.errors import InputError, UnknownNameError
from ccsim.experiments.design import Design
from ccsim.experiments.design_scenarios import DesignScenarios
from ccsim.experiments.factors import WEEK_OF
from ccsim.model.extension import Own, takes_mechanisms
from ccsim.model.kpis import KPIS
from ccsim.scenarios.io import Parser, parse_scenario
from ccsim.scenarios.paths import is_file
from ccsim.scenarios.renamed import renamed_arguments
from ccsim.scenarios.scenario import Scenario, data_dirs, list_scenarios, load_scenario
from ccsim.scenarios.toml_positions import read_toml
from ccsim.scenarios.visible import refusal, unseen_texts

#: KPIs shown if an experiment names none.
DEFAULT_KPIS = ("csat", "nps", "fcr", "adoption", "profit", "npv")
#: Maximum number of runs of an experiment; more are probably a mistake.
MAX_RUNS = 1_000_000
#: Largest seed of an experiment. Combined with the numbers of a replicate and an organisation, it fits into 64 bits.
MAX_SEED = 2**42
#: Lowest and highest accepted value of each count.
COUNTS = {"weeks": (1, MAX_WEEKS), "replicates": (1, 1_000_000), "seed": (0, MAX_SEED)}
#: Initial number of replicates that a stopping rule needs.
PILOT_REPLICATES = 10
#: Distance between the first seeds of separate organisations.
UNIT_SEEDS = 10**12


@dataclass(frozen=True)
class Sweep:
    """One lever at several values.

    Attributes:
        lever: its key.
        values: the values.
        points: for the name of each swept scenario, its base scenario and its value.
    """

    lever: str
    values: tuple[Any, ...]
    points: dict[str, tuple[str, Any]]


@renamed_arguments(at="report_weeks", until="precision", most_replicates="max_replicates", units="seed_groups")
@dataclass(frozen=True)
class Experiment:
    """Scenarios that are compared on the same draws.

    Attributes:
        name, title, question: what the experiment is and what it asks.
        baseline: the scenario with which the others are compared.
        scenarios: all scenarios by name, in order; those of a sweep come last, those of a design are made on demand.
        weeks, replicates, seed: the horizon, the number of runs of each scenario, and the first seed.
        kpis: the KPIs to show.
        sweep: the sweep, if there is one.
        file: the file from which it was read.
        report_weeks: weeks for which one value per KPI and run is kept; empty to keep every week.
        precision: for each KPI, the wanted half-width of the interval of its difference to the baseline at the
            horizon; replicates are added until it is reached (:mod:`ccsim.execution.stopping`).
        max_replicates: the maximum number of replicates.
        seed_groups: for scenarios that are separate organisations and not one organisation with different levers, the number of the
            organisation. Scenarios with the same number share draws; others do not.
    """

    name: str
    title: str
    question: str
    baseline: str
    scenarios: Mapping[str, Scenario]
    weeks: int = 156
    replicates: int = 30
    seed: int = 1
    kpis: tuple[str, ...] = DEFAULT_KPIS
    sweep: Sweep | None = None
    file: str = ""
    report_weeks: tuple[int, ...] = ()
    precision: Mapping[str, float] = field(default_factory=dict)
    max_replicates: int = 1000
    seed_groups: Mapping[str, int] = field(default_factory=dict)

    def seed_of(self, scenario: str, replicate: int) -> int:
        """Return the seed of all draws of a run.

        Args:
            scenario: name of the scenario.
            replicate: number of the replicate, from 0.

        Returns:
            The seed.
        """
        from ccsim.simulation.simulation import replicate_seed

        return replicate_seed(self.seed, replicate) + self.seed_groups.get(scenario, 0) * UNIT_SEEDS

    @property
    def main(self) -> tuple[str, ...]:
        """Names of the scenarios that are not points of a sweep or a design."""
        if self.design_scenarios:
            return self.design_scenarios.unvaried
        swept = self.sweep.points if self.sweep else {}
        return tuple(name for name in self.scenarios if name not in swept)

    @property
    def design_scenarios(self) -> DesignScenarios | None:
        """The scenarios at the points of a design, if there is one."""
        return self.scenarios if isinstance(self.scenarios, DesignScenarios) else None

    @property
    def design(self) -> Design | None:
        """The design, if there is one."""
        return self.design_scenarios.design if self.design_scenarios else None

    @property
    def base_scenarios(self) -> Mapping[str, Scenario]:
        """The scenarios before any design."""
        return self.design_scenarios.base_scenarios if self.design_scenarios else self.scenarios

    def label(self, scenario: str) -> str:
        """Return the label of a scenario in tables and figures.

        Variants inherit the title of the scenario that they extend, and rows with the same title could not be distinguished.

        Args:
            scenario: name of the scenario.

        Returns:
            The title of the scenario, or its name if the title is inherited.
        """
        swept = self.sweep.points if self.sweep else {}
        titles = {name: base.title.strip() for name, base in self.base_scenarios.items() if name not in swept}
        title = titles.get(scenario)
        return title if title and list(titles.values()).count(title) == 1 else scenario

    def with_design(self, design: Design) -> Experiment:
        """Return the experiment with its scenarios at the points of a design.

        Args:
            design: the points.

        Returns:
            The experiment.

        Raises:
            InputError: the design does not fit the scenarios, or needs more runs than are accepted.
        """
        bases = {name: self.base_scenarios[name] for name in (self.base_scenarios if self.design else self.main)}
        experiment = replace(self, scenarios=DesignScenarios(bases, design, self.baseline), sweep=None)
        experiment.validate_run_count()
        experiment.validate_schedule()
        return experiment

    def baseline_for(self, scenario: str) -> str:
        """Return the scenario with which a scenario is compared.

        Args:
            scenario: name of the scenario.

        Returns:
            The name of the baseline, at the same point of the design if the point varies it.
        """
        if not self.design_scenarios or self.baseline in self.design_scenarios.unvaried:
            return self.baseline
        return self.design_scenarios.name(self.baseline, self.design_scenarios.locate(scenario)[1])

    @renamed_arguments(until="precision")
    def with_changes(
        self, *, weeks: int | None = None, replicates: int | None = None, seed: int | None = None,
        levers: Mapping[str, Any] | None = None, precision: Mapping[str, float] | None = None,
    ) -> Experiment:  # fmt: skip
        """Return the experiment with some of its settings replaced.

        Args:
            weeks: another horizon.
            replicates: another number of runs of each scenario.
            seed: another random seed.
            levers: values to set in every scenario, by key.
            precision: another stopping rule: wanted half-width of the interval of a KPI's difference, by KPI.

        Returns:
            A new experiment; None leaves a setting as it is.

        Raises:
            InputError: an invalid value.
        """
        validate_counts(weeks=weeks, replicates=replicates, seed=seed)
        weeks, replicates, seed = (None if count is None else int(count) for count in (weeks, replicates, seed))
        scenarios = self.scenarios
        if self.sweep and self.sweep.lever in (levers or {}):
            raise InputError(f"{self.sweep.lever}: the sweep of {self.name} sets it, to one value after another")
        if levers and self.design_scenarios:
            scenarios = self.design_scenarios.with_values(levers, self.baseline)
        elif levers:
            scenarios = {name: scenario.with_values(levers) for name, scenario in scenarios.items()}
        experiment = replace(
            self, scenarios=scenarios, weeks=weeks or self.weeks, replicates=replicates or self.replicates,
            seed=self.seed if seed is None else seed, precision=self.precision if precision is None else precision,
        )  # fmt: skip
        experiment.validate_run_count()
        experiment.validate_schedule()
        experiment.validate_precision()
        return experiment

    def validate_precision(self) -> None:
        """Refuse a stopping rule that cannot be met.

        Raises:
            InputError: it cannot be met.
        """
        for key, problem in precision_problems(self.precision, self.replicates):
            raise InputError(f"{': '.join(key)}: {problem}")

    def validate_schedule(self) -> None:
        """Refuse a horizon that cuts off moves, because the scenarios would not be run as described.

        Raises:
            InputError: a move is scheduled after the last week.
        """
        for name, scenario in self.base_scenarios.items():
            varied = self.design_scenarios.varied_in.get(name, ()) if self.design_scenarios else ()
            for move in scenario.schedule:
                if f"{WEEK_OF}{move.label}" in varied:
                    continue
                if move.week is not None and move.week >= self.weeks:
                    raise InputError(
                        f"weeks: must be more than {move.week}, got {self.weeks}: {scenario.name} moves {move.label!r} then"
                    )
        for factor in self.design.factors if self.design else ():
            if factor.label and max(factor.ends()) >= self.weeks:
                raise InputError(f"{factor.key}: reaches week {max(factor.ends())}; the last week is {self.weeks - 1}")

    def validate_run_count(self) -> None:
        """Refuse a number of runs above the limit.

        Raises:
            InputError: there are too many.
        """
        runs = len(self.scenarios) * self.replicates
        if runs > MAX_RUNS:
            what = "scenarios at points of the design" if self.design else "scenarios"
            raise InputError(
                f"{self.name}: {len(self.scenarios)} {what} of {self.replicates} replicates "
                f"are {runs} runs; at most {MAX_RUNS} are accepted"
            )

    def validate_texts(self) -> None:
        """Refuse names, titles and labels with invisible characters, because tables and pages show them.

        Raises:
            InputError: a text contains such a character.
        """
        for key, sign in unseen_texts(self.resolved()):
            raise InputError(f"{'.'.join(map(str, key))}: {refusal(sign)}")

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
            "sweep": sweep, "design": self.design and self.design.resolved(), "report_weeks": list(self.report_weeks),
            "precision": dict(self.precision), "max_replicates": self.max_replicates, "seed_groups": dict(self.seed_groups),
            "scenarios": {name: scenario.resolved() for name, scenario in self.base_scenarios.items()},
        }  # fmt: skip

    @classmethod
    def from_resolved(cls, data: Mapping[str, Any]) -> Experiment:
        """Return the experiment that :meth:`resolved` wrote.

        Args:
            data: what :meth:`resolved` returned.

        Returns:
            The experiment.
        """
        bases: dict[str, Scenario] = {}
        for name, row in data["scenarios"].items():
            reader = Parser(Path("manifest.json"), {})
            bases[name] = parse_scenario(reader, row, name)
            reader.finish()
        design = data.get("design")
        sweep = data["sweep"] and Sweep(
            data["sweep"]["lever"], tuple(data["sweep"]["values"]),
            {name: (base, value) for name, (base, value) in data["sweep"]["points"].items()},
        )  # fmt: skip
        return cls(
            **{key: data[key] for key in ("name", "title", "question", "baseline", "weeks", "replicates", "seed")},
            scenarios=DesignScenarios(bases, Design.from_resolved(design), data["baseline"]) if design else bases,
            kpis=tuple(data["kpis"]),
            sweep=sweep or None,
            report_weeks=tuple(data["report_weeks"]),
            precision=data.get("precision", {}),
            max_replicates=data.get("max_replicates", 1000),
            seed_groups=data.get("seed_groups", {}),
        )


def precision_problems(precision: Mapping[str, Any], replicates: int) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what is wrong with a stopping rule: the key of each fault, and the problem.

    Args:
        precision: wanted half-width of an interval by KPI.
        replicates: the number of runs of each scenario to begin with.
    """
    for kpi, half_width in precision.items():
        if kpi not in KPIS:
            yield ("precision", kpi), str(UnknownNameError("KPI", kpi, KPIS))
        elif isinstance(half_width, bool) or not isinstance(half_width, (int, float)) or not 0 < half_width < inf:
            yield ("precision", kpi), f"must be a half-width above 0, got {half_width!r}"
    if precision and replicates < PILOT_REPLICATES:
        problem = f"{replicates} are too few to estimate the spread; precision needs at least {PILOT_REPLICATES} to begin with"
        yield ("replicates",), problem


def validate_counts(**given: Any) -> None:
    """Refuse invalid weeks, replicates or seeds; None stands for a value that is not given.

    Raises:
        InputError: a value is not accepted.
    """
    for name, value in given.items():
        if value is not None:
            whole_number(name, value, *COUNTS[name])


@takes_mechanisms
def load_experiment(name: str | Path, *, mechanisms: Iterable[Own] | Own | None = None) -> Experiment:
    """Return an experiment by its name or by the path of its file.

    Args:
        name: the name or the path.
        mechanisms: users' mechanisms whose parameters or KPIs the experiment names, as paths of files or as modules.

    Raises:
        InputError: the file does not exist.
        InputErrors: the file has faults; all are listed.
    """
    from ccsim.experiments.io import read_experiment

    return read_experiment(_find_experiment(name))


def as_experiment(what: Experiment | Scenario | str | Path) -> Experiment:
    """Return an experiment by name, file or object; a scenario becomes an experiment with one scenario.

    Raises:
        UnknownNameError: the name does not exist.
        InputError: the file has faults.
    """
    if isinstance(what, Experiment):
        return what
    if not isinstance(what, Scenario):
        if Path(what).suffix.lower() == ".toml":
            data, _ = read_toml(Path(what))
            is_experiment = "scenarios" in data or "variant" in data
        else:
            is_experiment = str(what) in list_scenarios("experiments")
            if not is_experiment and str(what) not in list_scenarios():
                names = {**list_scenarios("experiments"), **list_scenarios()}
                raise UnknownNameError("experiment or scenario", str(what), names)
        if is_experiment:
            return load_experiment(what)
        what = load_scenario(what)
    return Experiment(what.name, what.title, what.about, what.name, {what.name: what}, replicates=4)


def _find_experiment(name: str | Path) -> Path:
    if Path(name).suffix.lower() == ".toml":
        return Path(name)
    for folder in (Path("experiments"), *data_dirs("experiments")):
        if is_file(folder / f"{name}.toml"):
            return folder / f"{name}.toml"
    raise UnknownNameError("experiment", str(name), list_scenarios("experiments"))
