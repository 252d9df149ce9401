"""Keep the week's tallies: one row a week of every flow of departments, segments and the firm.

The recorder reads the world and never writes to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass
class Record:
    """Tallies by week: arrays of shape (weeks, rows, tallies), grown as weeks are added.

    Attributes:
        departments, segments, firm: the tallies.
        weeks: how many weeks are recorded.
    """

    departments: FloatArray = field(default_factory=lambda: np.empty((0, 0, 0)))
    segments: FloatArray = field(default_factory=lambda: np.empty((0, 0, 0)))
    firm: FloatArray = field(default_factory=lambda: np.empty((0, 0, 0)))
    weeks: int = 0

    @classmethod
    def of(cls, world: ModelState, weeks: int) -> Record:
        """Return an empty record with room for a number of weeks of a world."""
        room = {name: np.empty((max(weeks, 1), *world.flows[name].shape)) for name in RECORDED}
        return cls(room["departments"], room["segments"], room["firm"])

    def add(self, world: ModelState) -> None:
        """Keep the tallies of the week that the world has just lived."""
        if self.weeks == len(self.firm):
            self.departments, self.segments, self.firm = (
                np.concatenate([room, np.empty_like(room)]) for room in (self.departments, self.segments, self.firm)
            )
        self.departments[self.weeks] = world.flows["departments"]
        self.segments[self.weeks] = world.flows["segments"]
        self.firm[self.weeks] = world.flows["firm"]
        self.weeks += 1

    def copy(self) -> Record:
        """Return an independent copy."""
        return Record(self.departments.copy(), self.segments.copy(), self.firm.copy(), self.weeks)

    def __copy__(self) -> Record:
        """Return an independent copy: two records on the same arrays would overwrite each other's weeks."""
        return self.copy()

    def tallies(self, by: str | None = None, first: int = 0) -> dict[str, FloatArray]:
        """Return every tally as an array over weeks.

        Args:
            by: None for sums over the organisation, shape (weeks,); ``"department"`` or ``"segment"`` for that
                population's tallies row by row, shape (weeks, rows).
            first: first week wanted.
        """
        blocks = {"department": self.departments, "segment": self.segments}
        names = {"department": DEPARTMENT_TALLIES, "segment": SEGMENT_TALLIES}
        weeks = slice(first, self.weeks)
        if by is not None:
            return {name: blocks[by][weeks, :, k] for k, name in enumerate(names[by])}
        found = {name: self.firm[weeks, 0, k] for k, name in enumerate(FIRM_TALLIES)}
        for kind, block in blocks.items():
            sums = block[weeks].sum(axis=1)
            found.update({name: sums[:, k] for k, name in enumerate(names[kind])})
        return found
