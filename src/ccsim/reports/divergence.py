"""Where two scenarios diverge: the first week, agent and decision that differ on the same draws, and how the difference spreads.

Both scenarios are run side by side. Every column of every population is compared bit by bit at the end of each
week; a week at whose end they differ is repeated phase by phase to find the mechanism that made the difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from ccsim.engine.columns import Column
from ccsim.engine.counts import MAX_WEEKS, whole_number
from ccsim.errors import InputError
from ccsim.model.initial_state import sample_initial
from ccsim.model.phases import list_phases, start_step
from ccsim.model.settings import Settings, all_parameters
from ccsim.model.state import ModelState
from ccsim.model.week import step
from ccsim.reports.choice_trace import Choice, choices
from ccsim.scenarios.renamed import RenamedAttributes
from ccsim.scenarios.scenario import Scenario, load_scenario
from ccsim.simulation.simulation import LARGEST_SEED, Simulation, past

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: Populations in the order in which differences are reported: people before tallies.
POPULATIONS = ("staff", "leaders", "customers", "cases", "departments", "segments", "firm")
PEOPLE = POPULATIONS[:4]
#: An agent of each population of people, without the row that would identify it.
ANYBODY = dict(zip(PEOPLE, ("a member of staff", "a leader", "a customer", "the case of a customer"), strict=True))
#: Tallies of what service chose.
MIX = ("closed_fast", "followed_script", "solved", "handed_over", "escalated")


class ColumnDifference(NamedTuple):
    """A column in which two worlds differ: the rows, and the values in the first of them."""

    population: str
    column: Column
    rows: np.ndarray
    of: int
    values: tuple[float, float]


@dataclass(frozen=True)
class FirstDifference:
    """The first place at which two scenarios differ.

    Attributes:
        week: the week; weeks of the past are below 0.
        phase: the mechanism and its kernel; ``"founding"`` for differences at the founding.
        gaps: every column that this phase made different, people first; empty if only choices differ.
        who: the first agent, in words.
        choices: the first choice that differs, in both scenarios, where it is one of service.
    """

    week: int
    phase: str
    gaps: tuple[ColumnDifference, ...]
    who: str
    choices: tuple[Choice, Choice] | None = None


@dataclass(frozen=True)
class Divergence(RenamedAttributes):
    """How two scenarios diverge on the same draws.

    Attributes:
        names: their names.
        seed, weeks: of both.
        cause: the first difference of any kind; None if there is none.
        decision: the first decision that differs: a choice of service, or a whole number about a person
            (who leaves, joins, asks, quits, is convinced); None if there is none.
        levers: (key, here, there) of the levers set differently in the week of the cause.
        spread: one row per week: shares of staff, leaders and customers with a difference in any stock.
    """

    _former: ClassVar[Mapping[str, str]] = {"words": "describe"}

    names: tuple[str, str]
    seed: int
    weeks: int
    cause: FirstDifference | None
    decision: FirstDifference | None
    levers: tuple[tuple[str, Any, Any], ...]
    spread: pd.DataFrame

    def describe(self) -> str:
        """Return the result as text."""
        from ccsim.reports.text import divergence_in_words

        return divergence_in_words(self)

    def plot(self, path: str | Path | None = None) -> Figure:
        """Return the figure of how the difference spreads; write it as PNG and SVG if a path is given."""
        from ccsim.reports.figures.comparison import save
        from ccsim.reports.figures.svg import spread_figure

        figure = spread_figure(self)
        if path is not None:
            save(figure, path)
        return figure


def diff(
    a: Scenario | str | Path, b: Scenario | str | Path, *, seed: int = 1_000_000, weeks: int = 156,
    levers: Mapping[str, Any] | None = None,
) -> Divergence:  # fmt: skip
    """Find where two scenarios diverge on the same draws.

    Args:
        a: a scenario, its name, or the path of its file.
        b: the other one.
        seed: the seed of both runs, as the table of runs has it; the first pair of an experiment with seed 1 by default.
        weeks: number of weeks to compare.
        levers: values set in both.

    Returns:
        The first difference, the first decision that differs, and the share of people in whom anything differs, by
        week.

    Raises:
        InputError: a scenario, seed or value that cannot be used.
    """
    import pandas as pd

    weeks = whole_number("weeks", weeks, 1, MAX_WEEKS)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    pair = [one if isinstance(one, Scenario) else load_scenario(one) for one in (a, b)]
    pair = [one.with_values(levers) if levers else one for one in pair]
    names = _names(*pair)
    _refuse_other_sizes(names, past(pair[0]), past(pair[1]))
    cause = decision = None
    levers_apart: tuple[tuple[str, Any, Any], ...] = ()
    rows = []
    for before, after in _weeks(pair, seed, weeks):
        if cause is None and column_differences(*after):
            cause = _first_difference(before, after)
            levers_apart = _lever_differences(*(world.settings for world in before))
        if cause is not None and decision is None and _may_differ_in_decision(*after):
            decision = _first_decision(before)
        if after is not before:
            rows.append({"week": after[0].week, **{name: _share_affected(name, *after) for name in PEOPLE[:3]}})
    cause, decision = (_without_person(one, pair) for one in (cause, decision))
    return Divergence(names, seed, weeks, cause, decision, levers_apart, pd.DataFrame(rows))


def _without_person(difference: FirstDifference | None, pair: list[Scenario]) -> FirstDifference | None:
    """Return a difference; for an organisation founded from files, without the row of a person, which would identify them."""
    if difference is None or not any(one.source for one in pair):
        return difference
    population = "staff" if difference.choices else difference.gaps[0].population
    return replace(difference, who=ANYBODY.get(population, difference.who), choices=None)


def _names(a: Scenario, b: Scenario) -> tuple[str, str]:
    return (a.name, b.name) if a.name != b.name else (f"{a.name} (first)", f"{b.name} (second)")


def _refuse_other_sizes(names: tuple[str, str], here: Settings, there: Settings) -> None:
    """Raise an error if the two are founded with different sizes; the length of the past may differ."""
    sizes = zip(here.organisation._fields, here.organisation, there.organisation, strict=True)
    different = ", ".join(
        f"organisation.{name}: {first:g} and {second:g}" for name, first, second in sizes if first != second
    )
    if different:
        raise InputError(
            f"{names[0]} and {names[1]} are founded with different sizes ({different}), so no person of one is a "
            "person of the other; give both the same sizes with --set"
        )


Pair = tuple[ModelState, ModelState]
Rows = Mapping[tuple[str, str], np.ndarray]


def _weeks(pair: list[Scenario], seed: int, weeks: int) -> Iterator[tuple[Pair, Pair]]:
    """Yield both worlds before and after each week; before it, moves are made and flows are not yet cleared.

    Two scenarios with different pasts are founded and run through their pasts; the founding is yielded as a pair, twice.
    """
    first, second = (past(one) for one in pair)
    if first != second:
        worlds = (sample_initial(first, seed), sample_initial(second, seed))
        yield worlds, worlds
        for _ in range(first.organisation.warm_up):
            before = (worlds[0].copy(), worlds[1].copy())
            for state in worlds:
                step(state)
            yield before, worlds
    simulations = [Simulation(one, seed, weeks) for one in pair]
    for _ in range(weeks):
        copies: list[ModelState] = []

        def copy_and_step(state: ModelState, copies: list[ModelState] = copies) -> None:
            copies.append(state.copy())
            step(state)

        for simulation in simulations:
            simulation.step(copy_and_step)
        yield (copies[0], copies[1]), (simulations[0].state, simulations[1].state)


def column_differences(
    one: ModelState, other: ModelState, only: tuple[str, ...] = POPULATIONS, known: Rows | None = None
) -> list[ColumnDifference]:
    """Return every column in which two worlds of the same sizes differ in any bit, people before tallies.

    Args:
        one: the state of the first world.
        other: the state of the second world.
        only: the populations to compare.
        known: rows to leave out, by population and column.
    """
    differences = []
    for name in only:
        for column, own, counterpart in _columns(one, other, name):
            here, there = (np.ascontiguousarray(getattr(each, column.name)) for each in (own, counterpart))
            bits = np.dtype(f"u{here.dtype.itemsize}")
            rows = np.flatnonzero(here.view(bits) != there.view(bits))
            rows = np.setdiff1d(rows, (known or {}).get((name, column.name), []))
            if len(rows):
                values = (here[rows[0]].item(), there[rows[0]].item())
                differences.append(ColumnDifference(name, column, rows, len(here), values))
    return differences


def _columns(one: ModelState, other: ModelState, population: str) -> Iterator[tuple[Column, Any, Any]]:
    """Yield the columns of a population and their positions in both worlds, those of users' mechanisms last."""
    for column in type_of(population).columns:
        yield column, getattr(one.populations, population), getattr(other.populations, population)
    extension = one.settings.extension
    for where, column in (extension.columns_of(population) if extension else {}).values():
        yield column, getattr(one.own, where), getattr(other.own, where)


def type_of(population: str) -> Any:
    """Return the declaration of a population by its name in the state."""
    from ccsim.model import populations

    return getattr(populations, population.capitalize())


def _first_difference(before: Pair, after: Pair) -> FirstDifference:
    """Repeat a week phase by phase until anything differs."""
    if before is after:
        return _difference_at("founding", column_differences(*after), after[0])
    for phase, choosing, pair in _phases(before):
        if differences := column_differences(*pair):
            return _difference_at(phase, differences, pair[0], choosing)
    raise AssertionError("a week run phase by phase ends differently from the same week run at once")


def _phases(before: Pair) -> Iterator[tuple[str, tuple[Choice, Choice] | None, Pair]]:
    """Run a week in copies of both worlds; yield after each phase its name, the first choice that differs, and both copies."""
    one, other = (world.copy() for world in before)
    for own, counterpart in zip(start_step(one), start_step(other), strict=True):
        choosing = _first_other_choice(one, other) if own.name == "service.serve" else None
        own.run()
        counterpart.run()
        yield own.name, choosing, (one, other)


def _may_differ_in_decision(one: ModelState, other: ModelState) -> bool:
    """Return whether a person may have decided differently; false only if none has."""
    return bool(_about_people(column_differences(one, other, PEOPLE))) or any(
        np.any(getattr(one.populations.departments, name) != getattr(other.populations.departments, name))
        for name in MIX
    )


def _about_people(differences: list[ColumnDifference]) -> list[ColumnDifference]:
    """Keep the gaps that may be the decision of a person: whole numbers about people and their cases."""
    return [gap for gap in differences if gap.population in PEOPLE and gap.column.is_integer]


def _first_decision(before: Pair) -> FirstDifference | None:
    """Repeat a week phase by phase until a person decides differently; None if no person does.

    The outcome of a case depends on chance and on who had time for it, so in service only the choices count.

    Returns:
        The first decision that differs, with the terms of both; None if no person decides differently.
    """
    if before[0].week < -before[0].settings.organisation.warm_up:
        return None  # founded, and nothing has been decided yet
    known = _rows(*before)
    for phase, choosing, pair in _phases(before):
        decided = _about_people(column_differences(*pair, PEOPLE, known))
        if choosing or (decided and not phase.startswith("service.")):
            return _difference_at(phase, decided, pair[0], choosing)
        known = _rows(*pair)
    return None


def _rows(one: ModelState, other: ModelState) -> Rows:
    """Return the rows of people in which two worlds differ, by population and column."""
    return {(gap.population, gap.column.name): gap.rows for gap in column_differences(one, other, PEOPLE)}


def _first_other_choice(one: ModelState, other: ModelState) -> tuple[Choice, Choice] | None:
    """Return the first choice of a week's service that differs, in both; the worlds are not changed."""
    first, second = (_service_choices(world) for world in (one, other))
    both = ((made, second[case]) for case, made in first.items() if case in second)
    return next(((here, there) for here, there in both if here.option != there.option), None)


def _service_choices(state: ModelState) -> dict[int, Choice]:
    """Return every choice that the coming service makes, by its case, on a copy."""
    serve = next(phase for phase in list_phases(state.copy()) if phase.name == "service.serve")
    return {choice.case: choice for choice in choices(serve.arguments)}


def _difference_at(
    phase: str, differences: list[ColumnDifference], state: ModelState, choosing: tuple[Choice, Choice] | None = None
) -> FirstDifference:
    if choosing:
        who = describe_agent(state, "staff", choosing[0].person)
    else:
        who = describe_agent(state, differences[0].population, int(differences[0].rows[0]))
    return FirstDifference(state.week, phase, tuple(differences), who, choosing)


def describe_agent(state: ModelState, population: str, row: int) -> str:
    """Return a description of the agent in a row.

    Args:
        state: the state of the world.
        population: name of the population.
        row: number of the row.
    """
    populations = state.populations
    if population == "staff":
        department = int(populations.staff.department[row])
        side = "front line" if populations.departments.front[department] else "back office"
        return f"the member of staff in post {row} ({side}, department {department})"
    if population == "leaders":
        rank = ("the executive", "the head", "the team lead")[int(populations.leaders.tier[row])]
        where = int(populations.leaders.department[row])
        return f"{rank}, leader {row}" + (f" (department {where})" if where >= 0 else "")
    if population in ("customers", "cases"):
        kind = "customer" if populations.customers.active[row] else "prospect"
        about = "" if population == "customers" else "the case of "
        return f"{about}{kind} {row} (segment {int(populations.customers.segment[row])})"
    return "the organisation as a whole" if population == "firm" else f"{population[:-1]} {row}"


def _lever_differences(here: Settings, there: Settings) -> tuple[tuple[str, Any, Any], ...]:
    """Return the levers set differently, as (key, here, there)."""
    differences = []
    for key, row in all_parameters().items():
        values = [getattr(getattr(each, row.group), row.name) for each in (here, there)]
        if values[0] != values[1]:
            first, second = (row.choices[int(value)] if row.choices else value for value in values)
            differences.append((key, first, second))
    return tuple(differences)


def _share_affected(population: str, one: ModelState, other: ModelState) -> float:
    """Return the share of a population's rows with a difference in any stock."""
    lasting = [gap for gap in column_differences(one, other, (population,)) if gap.column.kind != "flow"]
    rows = len(getattr(one.populations, population).person)
    return len(np.unique(np.concatenate([gap.rows for gap in lasting]))) / rows if lasting else 0.0
