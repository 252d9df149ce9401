"""One run: a scenario and a seed, simulated week by week, with its moves made when they are due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, ClassVar

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.engine.counts import MAX_WEEKS, whole_number
from ccsim.engine.parameters import Parameter
from ccsim.errors import InputError
from ccsim.model.extension import Own, active, takes_mechanisms, within
from ccsim.model.initial_state import initialise
from ccsim.model.kpis import calculate, final_value
from ccsim.model.layout import Layout
from ccsim.model.populations import base_of
from ccsim.model.recorder import Record
from ccsim.model.settings import Settings, all_parameters, check_sizes, default_settings, replace_values
from ccsim.model.state import ModelState
from ccsim.model.week import step
from ccsim.organisations.layout import layout_of
from ccsim.organisations.privacy import merge_rows
from ccsim.scenarios.renamed import RenamedAttributes
from ccsim.scenarios.scenario import Intervention, Scenario, load_scenario

#: Largest seed, because kernels take signed integers of 64 bits.
LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Run:
    """The results of a run.

    Attributes:
        scenario: the scenario's name.
        seed: the seed of all its draws.
        kpis: every KPI by name, each an array of shape (weeks,).
        departments: KPIs by department, each of shape (weeks, departments).
        segments: KPIs by customer segment, each of shape (weeks, segments).
        interventions: (week, label) of every move made.
    """

    scenario: str
    seed: int
    kpis: dict[str, FloatArray]
    departments: dict[str, FloatArray]
    segments: dict[str, FloatArray]
    interventions: list[tuple[int, str]]

    def summaries(self, weeks: Sequence[int]) -> Run:
        """Return the run with only one value per KPI for each of the given weeks, as if the run had ended there."""
        kept = {
            name: np.array([final_value(name, row[: week + 1]) for week in weeks]) for name, row in self.kpis.items()
        }
        return replace(self, kpis=kept, departments={}, segments={}, interventions=[])


@dataclass
class Simulation(RenamedAttributes):
    """A run in progress.

    Args:
        scenario: what is set and moved.
        seed: a whole number from 0 to 2**63 - 1.
        weeks: expected number of weeks; the record has room for them, and grows if there are more.

    Raises:
        InputError: the seed or the weeks are out of range, or the sizes are inconsistent.
    """

    _former: ClassVar[Mapping[str, str]] = {"world": "state"}

    scenario: Scenario
    seed: int
    weeks: int = 156
    interventions: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seed = whole_number("seed", self.seed, 0, LARGEST_SEED)
        self.weeks = whole_number("weeks", self.weeks, 1, MAX_WEEKS)
        self.layout = layout = layout_of(self.scenario)
        problems = check_sizes(self.scenario.organisation) if layout is None else ()
        if problems:
            raise InputError("\n".join(f"{key}: {problem}" for key, problem in problems))
        self.extension = active()
        self.state = initialise(past(self.scenario, layout, self.seed), self.seed, layout)
        self.state.settings = replace_values(self.state.settings, self.scenario.levers)
        self.record = Record.of(self.state, self.weeks)
        self._pending = list(self.scenario.schedule)

    @property
    def week(self) -> int:
        """The last simulated week, -1 before week 0."""
        return self.state.week

    def step(self, step_fn: Callable[[ModelState], None] = step) -> None:
        """Make the moves that are due, simulate a week, and record its tallies.

        Args:
            step_fn: advances the state by one week; pass another function for profiling.
        """
        coming = self.state.week + 1
        for move in self._pop_due(coming):
            self.apply(move)
        step_fn(self.state)
        self.record.add(self.state)
        self.state.settings = _without_impulses(self.state.settings)

    def apply(self, move: Intervention) -> None:
        """Make a move now; it acts from the next week on."""
        self.state.settings = replace_values(self.state.settings, move.set)
        self.interventions.append((self.state.week + 1, move.label))

    def copy(self) -> Simulation:
        """Return an independent copy that continues with the same draws."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self))
        twin.state, twin.record = self.state.copy(), self.record.copy()
        twin.interventions, twin._pending = list(self.interventions), list(self._pending)
        return twin

    def __copy__(self) -> Simulation:
        """Return an independent copy, because two runs with the same state would change each other."""
        return self.copy()

    def kpis(self, by: str | None = None, *, merged: bool = False) -> dict[str, FloatArray]:
        """Return every KPI over the weeks so far.

        Args:
            by: ``"department"`` or ``"segment"``; None for the whole organisation.
            merged: for an organisation founded from files, whether departments and segments that are too small to be shown
                are merged, as in results; rows that are not shown are nan.
        """
        record = self.record
        if merged and by and self.layout is not None:
            rows = self.layout.rows_of(by)
            if (rows != np.arange(len(rows))).any():
                blocks = {name: merge_rows(block, rows) if base_of(name) == f"{by}s" else block
                          for name, block in record.blocks.items()}  # fmt: skip
                record = replace(record, blocks=blocks)
        return calculate(record, self.state.settings.accounts.discount, by)

    def _pop_due(self, week: int) -> list[Intervention]:
        """Remove this week's moves from the pending ones, and return them in the order of the schedule."""
        latest = None
        due = []
        for move in self._pending:
            if move.when is not None and week > 0 and week >= move.earliest_week:
                latest = latest or {name: values[-1] for name, values in self.kpis().items()}
                if move.when.holds(latest):
                    due.append(move)
            elif move.when is None and move.week == week:
                due.append(move)
        self._pending = [move for move in self._pending if not any(move is done for done in due)]
        return due


def past(scenario: Scenario, layout: Layout | None = None, seed: int = 0) -> Settings:
    """Return the settings of a scenario's warm-up: its sizes, its assumptions, and the earlier levers.

    Sizes from files cannot be changed. Other values from files apply unless the scenario sets them.

    Args:
        scenario: the scenario.
        layout: what is known about the organisation from its files; None if it is drawn from its sizes.
        seed: seed of all draws of the run; values known as intervals are drawn with it.
    """
    own = {**scenario.organisation, **scenario.assumptions, **scenario.history}
    if layout is None:
        return replace_values(default_settings(), own)
    settings = replace_values(default_settings(), {**layout.values_for(seed), **own})
    return settings._replace(organisation=settings.organisation._replace(**layout.sizes))


def _without_impulses(settings: Settings) -> Settings:
    """Reset every impulse, which acts only in the week of its move."""
    rows = _impulses(settings.extension)
    spent = {row.key: row.default for row in rows if getattr(getattr(settings, row.group), row.name) != row.default}
    return replace_values(settings, spent) if spent else settings


@cache
def _impulses(extension: Any) -> tuple[Parameter, ...]:
    with within(extension):
        return tuple(row for row in all_parameters().values() if row.impulse)


def replicate_seed(seed: int, replicate: int) -> int:
    """Return the seed of a replicate, which is the same in every scenario, so that runs are paired."""
    return seed * 1_000_000 + replicate


@takes_mechanisms
def simulate(
    scenario: Scenario | str, seed: int = 0, weeks: int = 156, *, merged: bool = False,
    mechanisms: Iterable[Own] | Own | None = None,
) -> Run:  # fmt: skip
    """Run a scenario to its horizon.

    Args:
        scenario: a scenario, its name, or the path of its file.
        seed: the seed of all draws.
        weeks: the horizon.
        merged: whether small departments and segments of an organisation founded from files are merged.
        mechanisms: users' mechanisms, as paths of files or as modules.

    Returns:
        The run with its KPIs by week, by department and by segment.
    """
    chosen = load_scenario(scenario) if isinstance(scenario, str) else scenario
    simulation = Simulation(chosen, seed, weeks)
    for _ in range(simulation.weeks):
        simulation.step()
    return Run(
        chosen.name,
        simulation.seed,
        simulation.kpis(),
        simulation.kpis("department", merged=merged),
        simulation.kpis("segment", merged=merged),
        simulation.interventions,
    )
