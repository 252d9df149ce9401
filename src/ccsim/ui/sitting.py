"""What one visitor has in hand: the run, what is set for the next one, the runs before, and what is pinned."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from ccsim.errors import InputError
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import Scenario, load
from ccsim.ui.address import Settings, link_of
from ccsim.ui.course import RunSnapshot
from ccsim.ui.laboratory import InteractiveRun, bounded

#: Runs that are kept; the oldest goes first.
MOST_KEPT = 20


@dataclass(frozen=True)
class StoredRun:
    """A run of this session: what it was, and the scenario that does it again."""

    course: RunSnapshot
    scenario: Scenario
    base: Scenario


class Session:
    """A visitor's session.

    Args:
        begin: what to begin with.
        base: the scenario, if it is none of the library.

    Attributes:
        laboratory: the present run.
        wanted: what differs from the scenario, in force or only at the next start.
        kept: earlier runs.
        pinned: the run that stays on the charts, if there is one.
    """

    def __init__(self, begin: Settings, base: Scenario | None = None) -> None:
        self.base = base or load(begin.scenario)
        self.seed, self.weeks = begin.seed, begin.weeks
        self.wanted: dict[str, Any] = dict(begin.changed)
        self.kept: list[StoredRun] = []
        self.pinned: StoredRun | None = None
        self.number = 1
        self.laboratory = InteractiveRun(self.base, self.wanted, begin.decisions, self.seed, self.weeks)

    @property
    def title(self) -> str:
        """What the present run is called."""
        return f"Run {self.number}: {self.base.title}"

    def course(self) -> RunSnapshot:
        """Return the present run so far."""
        return self.laboratory.course(self.title)

    def present(self) -> StoredRun:
        """Return the present run as it would be kept."""
        return StoredRun(self.course(), self.laboratory.scenario(), self.base)

    def pending(self) -> list[str]:
        """Return the keys of what acts only when one starts again."""
        lived = self.laboratory.changed
        base = self.base.values()
        keys = {*self.wanted, *lived}
        found = []
        for key in keys:
            row = all_parameters()[key]
            usual = base.get(key, row.shown)
            if row.role != "lever" and self.wanted.get(key, usual) != lived.get(key, usual):
                found.append(key)
        return sorted(found)

    def changed(self) -> list[str]:
        """Return the keys of what differs from the scenario."""
        return sorted(self.wanted)

    def values(self) -> dict[str, Any]:
        """Return what the controls are to show: what is in force, and over it what waits for the next start."""
        waiting = {
            key: self.wanted.get(key, self.base.values().get(key, all_parameters()[key].shown))
            for key in self.pending()
        }
        return {**self.laboratory.in_force(), **waiting}

    def put(self, key: str, value: Any) -> None:
        """Set a value: a lever from the coming week on, anything else for the next start.

        Raises:
            InputError: the value is not accepted.
        """
        if not isinstance(key, str) or key not in all_parameters():
            raise InputError(f"no parameter is called {str(key)[:60]!r}")
        row = all_parameters()[key]
        if row.kind is int and isinstance(value, float) and value.is_integer():
            value = int(value)
        checked = bounded(key, value)
        if row.role == "lever":
            self.laboratory.move({key: checked})
        if row.impulse:
            return
        self.wanted = {name: one for name, one in self.wanted.items() if name != key}
        if checked != self.base.values().get(key, row.shown):
            self.wanted[key] = checked

    def again(self, **other: Any) -> None:
        """Start again from week 0 with the levers as they stand; ``base``, ``seed``, ``weeks``, ``wanted`` may differ.

        Raises:
            InputError: the run cannot be founded; then the present one goes on.
        """
        base, seed = other.get("base", self.base), other.get("seed", self.seed)
        weeks, wanted = other.get("weeks", self.weeks), dict(other.get("wanted", self.wanted))
        founded = InteractiveRun(base, wanted, other.get("decisions", ()), seed, weeks)
        if self.laboratory.weeks:
            self.keep()
        self.base, self.seed, self.weeks, self.wanted, self.laboratory = base, seed, weeks, wanted, founded

    def keep(self) -> None:
        """Put the present run among those kept."""
        self.kept = [*self.kept, self.present()][-MOST_KEPT:]
        self.number += 1

    def pin(self) -> None:
        """Keep the present run on the charts beside the next ones, or let it go."""
        self.pinned = None if self.pinned else self.present()

    def new_seed(self) -> int:
        """Return a random seed."""
        return random.SystemRandom().randrange(1, 1_000_000)

    def link(self) -> str:
        """Return the query of the link that does the present run again; none for a scenario from a file."""
        if "uploaded" in self.base.files:
            return ""
        lab = self.laboratory
        return link_of(self.base.name, lab.changed, lab.decisions, lab.seed, lab.horizon)

    def baseline(self) -> RunSnapshot:
        """Return doing nothing on the same draws."""
        return replace(self.laboratory.baseline(), title="Doing nothing")
