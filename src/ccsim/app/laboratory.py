"""What the page Explore does, without the page: runs that can be stepped, pinned and compared on the same draws.

A run belongs to its session. A step holds the session's lock, and what is drawn is a snapshot that nothing changes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ccsim.errors import InputError
from ccsim.kpis import KPIS
from ccsim.mechanisms import choice, contact
from ccsim.mechanisms.empowerment import felt
from ccsim.mechanisms.scorecards import pressed
from ccsim.populations import Floats
from ccsim.scenario import Scenario, check, load
from ccsim.settings import declared
from ccsim.simulation import LARGEST_SEED, Simulation

HORIZON = 156
#: Weeks that a page may run on, and seeds and text that a link may carry.
MOST_WEEKS, LONGEST_LINK = 520, 4000
#: KPIs of the tiles, and of the lines.
TILES = ("csat", "fcr", "adoption", "engagement", "profit", "npv")
LINES = ("csat", "fcr", "adoption", "conviction", "profit", "npv")
#: What people can be coloured by: column, words, lowest, highest.
COLOURS: dict[str, tuple[str, float, float]] = {
    "conviction": ("conviction", 0.0, 1.0),
    "habit": ("habit of acting customer-first", 0.0, 1.0),
    "latitude": ("latitude granted", 0.0, 1.0),
    "fatigue": ("change fatigue", 0.0, 0.5),
    "engagement": ("engagement", 0.3, 1.0),
    "skill": ("skill", 0.2, 1.0),
}
OPTIONS = ("close fast", "follow the script", "solve with judgement", "hand over", "escalate")


@dataclass(frozen=True)
class Course:
    """A run as far as it has come.

    Attributes:
        title: what to call it.
        changed: the levers that differ from the scenario's.
        kpis: every KPI by week.
        events: (week, label) of moves.
    """

    title: str
    changed: dict[str, Any]
    kpis: Mapping[str, Floats]
    events: tuple[tuple[int, str], ...]

    @property
    def weeks(self) -> int:
        """Weeks lived."""
        return len(self.kpis["csat"])


@dataclass(frozen=True)
class People:
    """Staff and leaders as they are now; arrays that nothing changes."""

    department: np.ndarray
    present: np.ndarray
    tipped: np.ndarray
    champion: np.ndarray
    columns: Mapping[str, np.ndarray]
    leaders: tuple[tuple[int, int, float], ...]  # tier, department, conviction
    satisfaction: np.ndarray  # customers by segment (rows) and tenth of satisfaction (columns)


@dataclass
class Laboratory:
    """A session's run.

    Args:
        scenario: a scenario's name.
        levers: what is changed in it.
        seed: of all draws.

    Raises:
        InputError: a name, a lever, a value or a seed that is not accepted.
    """

    scenario: str = "nothing"
    levers: dict[str, Any] = field(default_factory=dict)
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= LARGEST_SEED:
            raise InputError(f"seed: {self.seed} is not accepted; it takes a whole number from 0")
        self._lock = threading.Lock()
        self._simulation = Simulation(self.resolved(), self.seed, HORIZON)

    def resolved(self) -> Scenario:
        """Return the scenario with what is changed in it."""
        return load(self.scenario).changed(self.levers)

    def step(self, weeks: int = 1) -> int:
        """Live some weeks, to the horizon at most; return the weeks lived so far."""
        with self._lock:
            for _ in range(min(weeks, HORIZON - self._simulation.record.weeks)):
                self._simulation.step()
            return self._simulation.record.weeks

    def move(self, levers: Mapping[str, Any]) -> None:
        """Set levers from the coming week on, as a manager would.

        Raises:
            InputError: a lever or a value that is not accepted.
        """
        from ccsim.scenario import Move

        with self._lock:
            self._simulation.move(Move.of({key: check(key, value, ("lever",)) for key, value in levers.items()}))

    def course(self) -> Course:
        """Return the run so far."""
        with self._lock:
            kpis = self._simulation.kpis() if self._simulation.record.weeks else {name: np.empty(0) for name in KPIS}
            return Course(load(self.scenario).title, dict(self.levers), kpis, tuple(self._simulation.events))

    def people(self) -> People:
        """Return who is there and in what state."""
        with self._lock:
            world = self._simulation.world
            staff, customers = world.state.staff, world.state.customers
            active = customers.active == 1
            tenths = np.minimum(9, (customers.satisfaction[active] * 10).astype(int))
            crowd = np.zeros((len(world.state.segments.customers), 10), int)
            np.add.at(crowd, (customers.segment[active], tenths), 1)
            return People(
                staff.department.copy(), np.asarray(staff.vacant_until <= world.week + 1), staff.tipped_in.copy(),
                staff.champion.copy(), {name: np.array(getattr(staff, name)) for name in COLOURS},
                tuple((int(k.tier), int(k.department), float(k.conviction)) for k in world.state.leaders), crowd,
            )  # fmt: skip

    def person(self, row: int, complexity: float = 0.5) -> list[tuple[str, str]]:
        """Tell who somebody is, whom he or she listens to, and what would weigh in the next case.

        Args:
            row: which member of staff.
            complexity: of the case.
        """
        with self._lock:
            world = self._simulation.world
            staff, p = world.state.staff, world.settings
            row = max(0, min(len(staff) - 1, row))
            one = staff[row]
            department = world.state.departments[one.department]
            told = [
                ("Post", f"number {row}, department {int(one.department) + 1}"),
                ("In post since", f"week {int(one.hired_in)}" if one.hired_in >= 0 else "before week 0"),
                ("Listens to", ", ".join(str(int(other)) for other in world.state.colleagues[row])),
                ("The penny dropped", f"in week {int(one.tipped_in)}" if one.tipped_in >= 0 else "not yet"),
                *((words.capitalize(), f"{100 * float(getattr(one, name)):.0f} %")
                  for name, (words, _, _) in COLOURS.items()),
            ]  # fmt: skip
            share = float(one.latitude + one.cover)
            case = (complexity, 1, 0, float(department.routine), float(department.workload),
                    float(department.defects - p.defects.ordinary), 0.0)  # fmt: skip
            taste = float(one.taste)
            if one.leader >= 0:
                lead = world.state.leaders[one.leader]
                taste *= pressed(float(lead.usual - lead.seen), p.scorecards)
            who = (
                float(one.skill + one.knows), min(1.0, share), taste,
                felt(one.latitude, one.safety, one.cover), p.conviction.pull * float(one.conviction),
                p.conviction.norm * float(one.peer_practice - 0.25) + float(one.praise), p.habit.pull * float(one.habit),
                float(one.fatigue), float(one.slower),
            )  # fmt: skip
        appeals = np.array([
            choice.appeal(option, case, who, p.staff_scorecard, p.scorecards, p.service, p.handoffs, p.empowerment)
            for option in (contact.FAST, contact.SCRIPT, contact.SOLVE, contact.HAND_OVER, contact.ESCALATE)
        ])  # fmt: skip
        chances = np.exp(appeals - appeals.max())
        chances /= chances.sum()
        told += [(f"Would {name}", f"{100 * chance:.0f} %") for name, chance in zip(OPTIONS, chances, strict=True)]
        return told


def link_of(scenario: str, levers: Mapping[str, Any], seed: int) -> str:
    """Return the settings as the query of a link."""
    from urllib.parse import urlencode

    return urlencode({"scenario": scenario, "seed": seed, **levers})


def settings_of(query: str) -> tuple[str, dict[str, Any], int, list[str]]:
    """Return scenario, levers and seed from the query of a link, and in words what of it could not be used."""
    from urllib.parse import parse_qsl

    if len(query) > LONGEST_LINK:
        return "nothing", {}, 1, ["the link is too long to be one of ours; it was passed over"]
    scenario, levers, seed, problems = "nothing", {}, 1, []
    for key, text in parse_qsl(query.lstrip("?")):
        try:
            if key == "scenario":
                load(text)
                scenario = text
            elif key == "seed":
                if not text.isdigit() or int(text) > LARGEST_SEED:
                    raise InputError(f"{text!r} is not accepted; it takes a whole number from 0")
                seed = int(text)
            else:
                levers[key] = check(key, value_of(key, text))
        except InputError as error:
            problems.append(f"{key}: {error}")
    return scenario, levers, seed, problems


def value_of(key: str, text: str) -> Any:
    """Return the text of a link or a field in the kind that its parameter takes."""
    row = declared().get(key)
    if row is None or row.choices:
        return text
    if row.kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        return int(text) if row.kind is int else float(text)
    except ValueError:
        return text
