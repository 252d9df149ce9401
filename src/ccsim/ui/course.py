"""Pictures of a run at one moment, which nothing changes: its KPIs so far, its people, its customers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.mechanisms.staff import conviction
from ccsim.model.kpis import KPIS, QUARTER, rolling_mean
from ccsim.model.state import ModelState
from ccsim.simulation.simulation import Simulation

#: What people can be coloured by: words, unit, lowest and highest value of the scale.
COLOURS: dict[str, tuple[str, str, float, float]] = {
    "conviction": ("Conviction", "%", 0.0, 100.0),
    "judgement": ("Choice made: contacts solved with judgement this week", "%", 0.0, 100.0),
    "latitude": ("Latitude granted", "%", 0.0, 100.0),
    "habit": ("Habit of acting customer-first", "%", 0.0, 100.0),
    "fatigue": ("Change fatigue", "%", 0.0, 50.0),
    "engagement": ("Engagement", "%", 30.0, 100.0),
    "tipped": ("Week the penny dropped", "", 0.0, math.inf),
}
#: The one that is a week: its scale ends with the horizon.
TIPPED = "tipped"
#: In place of a value: a vacant post or nobody with a case, and somebody to whom it has not happened.
ABSENT, NOT_YET = -1, -2
#: Bins of satisfaction into which customers are sorted.
BINS = 20


@dataclass(frozen=True)
class Decision:
    """Levers that the user set together in a week."""

    week: int
    set: Mapping[str, Any]


@dataclass(frozen=True)
class RunSnapshot:
    """A run as far as it has come.

    Attributes:
        title: what to call it.
        scenario: name of the scenario that it began with.
        seed: of all draws.
        changed: values that differ from the scenario's from the start, by key.
        decisions: levers set during the run.
        kpis: every KPI by week, shape (weeks,).
        events: (week, label) of every move.
        horizon: the week after the last one.
    """

    title: str
    scenario: str
    seed: int
    changed: Mapping[str, Any]
    decisions: tuple[Decision, ...]
    kpis: Mapping[str, FloatArray]
    events: tuple[tuple[int, str], ...]
    horizon: int

    @property
    def weeks(self) -> int:
        """Weeks lived."""
        return len(self.kpis["csat"])

    def drawn(self, name: str) -> FloatArray:
        """Return a KPI as it is drawn: a sum to date as it is, anything else as the mean of the last quarter."""
        return smooth(name, self.kpis[name])


def smooth(name: str, values: FloatArray) -> FloatArray:
    """Return weekly values as figures draw them: means of the last quarter, except for what is summed up anyway."""
    if KPIS[name].aggregation == "last" or not len(values):
        return values
    known = np.isfinite(values)
    if known.all():
        return rolling_mean(values)
    sums, counts = rolling_mean(np.where(known, values, 0.0)), rolling_mean(known.astype(float))
    return np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)


def latest(name: str, values: FloatArray) -> float:
    """Return the last of what :func:`smooth` gives, without the others."""
    if KPIS[name].aggregation == "last":
        return float(values[-1])
    lived = values[-QUARTER:]
    known = lived[np.isfinite(lived)]
    return float(known.mean()) if len(known) else float("nan")


@dataclass(frozen=True)
class Structure:
    """Who sits where: fixed while a run lasts; lists, so that a page can be handed them."""

    department: list[int]  # of each member of staff
    leader: list[int]  # row of the team lead, -1 where there is none
    tier: list[int]  # of each leader: 0 the executive, 1 heads, 2 team leads
    leads: list[int]  # department of each leader, -1 for the executive
    front: list[int]  # of each department, 1 if customers call here first
    ties: list[list[int]]  # those to whom each member of staff listens

    @classmethod
    def of(cls, world: ModelState) -> Structure:
        """Return the structure of a world."""
        staff, leaders = world.populations.staff, world.populations.leaders
        return cls(
            staff.department.tolist(), staff.leader.tolist(), leaders.tier.tolist(), leaders.department.tolist(),
            world.populations.departments.front.tolist(), [[tie for tie in row if tie >= 0] for row in world.populations.colleagues.tolist()],
        )  # fmt: skip


@dataclass(frozen=True)
class People:
    """Staff, leaders and customers as they are now.

    Attributes:
        value: of the column that colours staff, in per cent (``TIPPED``: weeks); or ``ABSENT`` or ``NOT_YET``.
        tipped: week in which the penny dropped, -1 if it has not, -2 if it had before week 0.
        champion: 1 for champions.
        leaders: conviction of each leader, in per cent.
        crowd: customers by segment (rows) and bin of satisfaction.
        won, lost: customers won and lost in the week.
    """

    value: list[int]
    tipped: list[int]
    champion: list[int]
    leaders: list[int]
    crowd: list[list[int]]
    won: int
    lost: int

    @classmethod
    def of(cls, world: ModelState, by: str) -> People:
        """Return the people of a world, staff coloured by one of ``COLOURS``."""
        staff, customers, segments = world.populations.staff, world.populations.customers, world.populations.segments
        present = (staff.vacant_until <= world.week) & (staff.closed == 0)
        if by == TIPPED:
            value = np.where(staff.tipped_week == conviction.NOT_YET, NOT_YET, np.maximum(0, staff.tipped_week))
        elif by == "judgement":
            shares = np.divide(staff.solved, staff.handled, out=np.zeros(len(staff.handled)), where=staff.handled > 0)
            present &= staff.handled > 0
            value = np.round(100 * shares)
        else:
            value = np.round(100 * getattr(staff, by))
        active = customers.active == 1
        bins = np.minimum(BINS - 1, (customers.satisfaction[active] * BINS).astype(int))
        places = customers.segment[active] * BINS + bins
        crowd = np.bincount(places, minlength=len(segments.need) * BINS).reshape(-1, BINS)
        return cls(
            np.where(present, value, ABSENT).astype(int).tolist(), staff.tipped_week.tolist(),
            (staff.champion > 0).astype(int).tolist(),
            np.round(100 * world.populations.leaders.conviction).astype(int).tolist(), crowd.tolist(),
            int(segments.joined.sum()), int(segments.left.sum()),
        )  # fmt: skip


def kpis_of(simulation: Simulation) -> dict[str, FloatArray]:
    """Return every KPI of a simulation so far; of none of its weeks, empty arrays."""
    return simulation.kpis() if simulation.record.weeks else {name: np.empty(0) for name in KPIS}
