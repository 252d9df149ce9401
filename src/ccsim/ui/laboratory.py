"""What the page Explore does, without the page: a run that is stepped, moved, and taken apart on the same draws.

A run belongs to its session. A step holds its lock, and what is drawn is a snapshot.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ccsim.errors import InputError
from ccsim.model.settings import all_parameters, replace_values
from ccsim.model.state import ModelState
from ccsim.scenarios.scenario import Intervention, Scenario, check, default_label
from ccsim.simulation.simulation import Simulation, replicate_seed
from ccsim.ui.cause import CounterfactualRun, Effect
from ccsim.ui.course import Decision, People, RunSnapshot, Structure, kpis_of

#: Weeks of a run: as a rule, fewest and most.
HORIZON, FEWEST_WEEKS, MOST_WEEKS = 156, 4, 520
#: Largest seed, as of an experiment.
MOST_SEED = 2**40
#: What a page accepts at most, so that one visitor cannot take the server from the others.
MOST: dict[str, float] = {
    "organisation.staff": 2000, "organisation.customers": 20_000, "organisation.warm_up": 260,
    "organisation.prospects": 3.0, "organisation.ties": 32, "organisation.departments": 24,
    "word_of_mouth.reach": 20,
}  # fmt: skip


@dataclass(frozen=True)
class DecisionEffect:
    """A decision and what it has changed so far, as :class:`~ccsim.ui.cause.CounterfactualRun` found it."""

    week: int
    values: Mapping[str, Any]
    effects: tuple[Effect, ...]
    seen: int
    living: bool


class InteractiveRun:
    """A session's run.

    Args:
        base: the scenario that it begins with.
        changed: what differs from it from the start, by key: levers, assumptions and sizes.
        decisions: levers to be set during the run.
        seed: as ``ccsim run --seed`` takes it: the run is the first replicate of this seed.
        horizon: weeks of the run.

    Raises:
        InputError: a value or a seed that is not accepted.
    """

    def __init__(
        self, base: Scenario, changed: Mapping[str, Any] | None = None, decisions: Sequence[Decision] = (),
        seed: int = 1, horizon: int = HORIZON,
    ) -> None:  # fmt: skip
        if not FEWEST_WEEKS <= horizon <= MOST_WEEKS:
            raise InputError(f"weeks: must be {FEWEST_WEEKS} to {MOST_WEEKS}, got {horizon}")
        if not 0 <= seed <= MOST_SEED:
            raise InputError(f"seed: must be a whole number from 0 to {MOST_SEED}, got {seed}")
        for key, value in base.values().items():
            bounded(key, value)
        self.base, self.seed, self.horizon = base, seed, horizon
        self.changed = {key: bounded(key, value) for key, value in (changed or {}).items()}
        self.decisions = list(decisions)
        self._lock = threading.Lock()
        self._found()

    def _found(self) -> None:
        """Found the organisation once, and part from it the run, the run without its levers, and doing nothing."""
        scenario = self.scenario()
        self._planned = scenario.schedule[: len(scenario.schedule) - len(self.base.schedule)]
        self._run = Simulation(replace(scenario, levers={}), replicate_seed(self.seed, 0), self.horizon)
        self._run.scenario = scenario
        self._nothing = self._run.copy()
        self._nothing._pending = []
        self._baseline: RunSnapshot | None = None
        self.structure = Structure.of(self._run.world)
        self._before: ModelState | None = None
        self.causes: list[CounterfactualRun] = []
        if scenario.levers:
            self._branch(scenario.levers)
            self._run.world.settings = replace_values(self._run.world.settings, scenario.levers)

    def scenario(self) -> Scenario:
        """Return the run as a scenario: run from the command line on the same seed, it gives the same numbers."""
        changed = self.base.with_values(self.changed)
        moves = tuple(Intervention.create(one.set, week=one.week) for one in self.decisions)
        return replace(changed, schedule=_decided_first(moves, changed.schedule), files=())

    @property
    def weeks(self) -> int:
        """Weeks lived so far."""
        return self._run.record.weeks

    def step(self, weeks: int = 1, going: Callable[[], bool] = lambda: True) -> int:
        """Live some weeks, to the horizon at most; return the weeks lived so far.

        ``going`` is asked before each week: once it says no, and somebody has looked, nothing more is lived.
        """
        with self._lock:
            for _ in range(min(weeks, self.horizon - self._run.record.weeks)):
                if not going():
                    break
                self._step()
            return self._run.record.weeks

    def _step(self) -> None:
        coming = self._run.week + 1
        due = [move for move in self._run._pending if move.when is None and move.week == coming]
        if due:
            self._branch({key: value for move in due for key, value in move.set.items()}, due)
        self._before = self._run.world.copy()
        self._run.step()
        if self.causes:
            self.causes[-1].live(self._run)

    def _branch(self, values: Mapping[str, Any], without: Sequence[Intervention] = ()) -> None:
        """Let a twin of the run live on without a move: what differs from then on is the move's doing."""
        coming = self._run.week + 1
        if self.causes and self.causes[-1].week == coming:
            # Several moves of one week are one decision, and its twin knows none of them.
            self.causes[-1].add(values, without)
            return
        if self.causes:
            self.causes[-1].end(self._run)
        self.causes.append(CounterfactualRun(coming, dict(values), self._run.copy(), without))

    def move(self, values: Mapping[str, Any]) -> None:
        """Set levers from the coming week on, as a manager would; before week 0, from the start.

        Raises:
            InputError: a lever or a value that is not accepted, or a run that is over.
        """
        with self._lock:
            coming = self._run.week + 1
            if coming >= self.horizon:
                raise InputError("the run is over: start again to try something else")
            checked = {key: bounded(key, check(key, value, ("lever",))) for key, value in values.items()}
            self._branch(checked)
            self._run.world.settings = replace_values(self._run.world.settings, checked)
            if coming == 0:
                self.changed |= checked
            else:
                self._note(coming, checked)

    def _note(self, week: int, values: Mapping[str, Any]) -> None:
        """Keep a decision; what is set twice before the week is lived counts once."""
        planned = [move for move in self._planned if move.week == week]
        earlier = {key: value for one in self.decisions if one.week == week for key, value in one.set.items()}
        values = {**earlier, **values}
        self.decisions = sorted(
            [one for one in self.decisions if one.week != week] + [Decision(week, values)], key=lambda one: one.week
        )
        # What a link had planned for this week is now part of what is decided here.
        self._run._pending = [move for move in self._run._pending if not any(move is one for one in planned)]
        self._run.world.settings = replace_values(self._run.world.settings, values)
        self._run.interventions[:] = [one for one in self._run.interventions if one[0] != week] + [
            (week, default_label(values))
        ]

    def in_force(self) -> dict[str, Any]:
        """Return every value that is not the default, by key, as a user would write it."""
        with self._lock:
            settings = self._run.world.settings
        found = {}
        for key, row in all_parameters().items():
            value = getattr(getattr(settings, row.group), row.name)
            shown = row.choices[int(value)] if row.choices else row.kind(value)
            if shown != row.shown:
                found[key] = shown
        return found

    def course(self, title: str = "") -> RunSnapshot:
        """Return the run so far."""
        with self._lock:
            coming = self._run.week + 1
            decided = tuple(one for one in self.decisions if one.week <= coming)
            return RunSnapshot(title or self.base.title, self.base.name, self.seed, dict(self.changed), decided,
                          kpis_of(self._run), tuple(self._run.interventions), self.horizon)  # fmt: skip

    def baseline(self) -> RunSnapshot:
        """Return what the same organisation does on the same draws when nobody does anything."""
        if self._baseline is None:
            twin = self._nothing.copy()
            for _ in range(self.horizon):
                twin.step()
            self._baseline = RunSnapshot(
                "Doing nothing", self.base.name, self.seed, {}, (), twin.kpis(), (), self.horizon
            )
        return self._baseline

    def people(self, by: str = "conviction") -> People:
        """Return who is there and in what state."""
        with self._lock:
            return People.of(self._run.world, by)

    def told(self) -> tuple[DecisionEffect, ...]:
        """Return every decision so far with what it has changed."""
        with self._lock:
            kpis = kpis_of(self._run)
            return tuple(
                DecisionEffect(one.week, dict(one.values), one.look(kpis), one.seen, one.living) for one in self.causes
            )  # fmt: skip

    def worlds(self) -> tuple[ModelState | None, ModelState]:
        """Return copies of the world as it was before the last week, and as it is now."""
        with self._lock:
            return self._before and self._before.copy(), self._run.world.copy()


def bounded(key: str, value: Any) -> Any:
    """Return a checked value that a page may use.

    Raises:
        UnknownNameError: no such parameter.
        InputError: not accepted, or more than a page may ask for.
    """
    checked = check(key, value)
    if key in MOST and checked > MOST[key]:
        raise InputError(f"{key}: must be at most {MOST[key]:g} on this page, got {checked:g}")
    return checked


def _decided_first(moves: tuple[Intervention, ...], schedule: tuple[Intervention, ...]) -> tuple[Intervention, ...]:
    """Join decisions and a schedule as they act: in the same week, what is scheduled has the last word."""
    kept = []
    for move in moves:
        later = {key for row in schedule if row.when is None and row.week == move.week for key in row.set}
        values = {key: value for key, value in move.set.items() if key not in later}
        if values:
            kept.append(replace(move, set=values, label=default_label(values)))
    return (*kept, *schedule)
