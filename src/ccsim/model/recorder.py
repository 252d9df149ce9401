"""Record the week's tallies: every flow of departments, segments and the firm, one row per week.

The recorder reads the state and never writes to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.model.populations import Departments, Firm, Segments
from ccsim.model.state import ModelState


def flow_names(kind: type) -> tuple[str, ...]:
    """Return the names of a population's flows, in the order of their block."""
    return tuple(column.name for column in kind.columns if column.kind == "flow")  # type: ignore[attr-defined]  # population() adds it


DEPARTMENT_TALLIES = flow_names(Departments)
SEGMENT_TALLIES = flow_names(Segments)
FIRM_TALLIES = flow_names(Firm)
RECORDED = ("departments", "segments", "firm")
TALLY_NAMES = frozenset(DEPARTMENT_TALLIES + SEGMENT_TALLIES + FIRM_TALLIES)


def tallies_of(population: str, extension: Any = None) -> tuple[str, ...]:
    """Return the names of a population's tallies, including those that users' mechanisms add."""
    kind = {"departments": Departments, "segments": Segments, "firm": Firm}[population]
    own = extension.columns_of(population).values() if extension else ()
    return (*flow_names(kind), *(column.name for _, column in own if column.kind == "flow"))


@dataclass
class Record:
    """Tallies by week: arrays of shape (weeks, rows, tallies), grown as weeks are added.

    Attributes:
        departments, segments, firm: the tallies.
        weeks: number of recorded weeks.
        extension: the users' mechanisms of the run.
        own: their tallies, by the name of their population, such as ``"mood_firm"``.
    """

    departments: FloatArray = field(default_factory=lambda: np.empty((0, 0, 0)))
    segments: FloatArray = field(default_factory=lambda: np.empty((0, 0, 0)))
    firm: FloatArray = field(default_factory=lambda: np.empty((0, 0, 0)))
    weeks: int = 0
    extension: Any = None
    own: dict[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def of(cls, state: ModelState, weeks: int) -> Record:
        """Return an empty record with room for a number of weeks."""
        kept = [name for name in state.flows if name.rpartition("_")[2] in RECORDED]
        room = {name: np.empty((max(weeks, 1), *state.flows[name].shape)) for name in kept}
        departments, segments, firm = (room.pop(name) for name in RECORDED)
        return cls(departments, segments, firm, extension=state.settings.extension, own=room)

    def add(self, state: ModelState) -> None:
        """Record the tallies of the week that has just been simulated."""
        if self.weeks == len(self.firm):
            self.departments, self.segments, self.firm = (
                np.concatenate([room, np.empty_like(room)]) for room in (self.departments, self.segments, self.firm)
            )
            self.own = {name: np.concatenate([room, np.empty_like(room)]) for name, room in self.own.items()}
        self.departments[self.weeks] = state.flows["departments"]
        self.segments[self.weeks] = state.flows["segments"]
        self.firm[self.weeks] = state.flows["firm"]
        for name, room in self.own.items():
            room[self.weeks] = state.flows[name]
        self.weeks += 1

    def copy(self) -> Record:
        """Return an independent copy."""
        own = {name: room.copy() for name, room in self.own.items()}
        return Record(
            self.departments.copy(), self.segments.copy(), self.firm.copy(), self.weeks, self.extension, own
        )  # fmt: skip

    def __copy__(self) -> Record:
        """Return an independent copy, because two records with the same arrays would overwrite each other's weeks."""
        return self.copy()

    def tallies(self, by: str | None = None, first: int = 0) -> dict[str, FloatArray]:
        """Return every tally as an array over weeks.

        Args:
            by: None for sums over the organisation, shape (weeks,); ``"department"`` or ``"segment"`` for that
                population's tallies row by row, shape (weeks, rows).
            first: first week.
        """
        weeks = slice(first, self.weeks)
        if by is not None:
            return {name: block[weeks, :, k] for block, k, name in self._blocks(f"{by}s")}
        found = {name: block[weeks, 0, k] for block, k, name in self._blocks("firm")}
        for kind in ("departments", "segments"):
            # One sum over all rows of a block instead of one per tally.
            blocks = {id(block): block for block, _, _ in self._blocks(kind)}
            sums = {key: block[weeks].sum(axis=1) for key, block in blocks.items()}
            found.update({name: sums[id(block)][:, k] for block, k, name in self._blocks(kind)})
        return found

    def _blocks(self, population: str) -> Iterator[tuple[FloatArray, int, str]]:
        """Yield the tallies of a population: block, index in it, name."""
        block = getattr(self, population)
        for k, name in enumerate(tallies_of(population)):
            yield block, k, name
        for own, room in self.own.items():
            if own.rpartition("_")[2] == population:
                for k, name in enumerate(flow_names(self.extension.populations[own])):
                    yield room, k, name
