"""Record the week's tallies: every flow of departments, segments and the firm, one row per week.

The recorder reads the state and never writes to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.model.populations import Departments, Firm, Segments, base_of
from ccsim.model.state import ModelState


def flow_names(kind: type) -> tuple[str, ...]:
    """Return the names of a population's flows, in the order of their block."""
    return tuple(column.name for column in kind.columns if column.kind == "flow")  # type: ignore[attr-defined]  # population() adds it


#: Names of the tallies of each population whose flows are recorded.
TALLIES = {"departments": flow_names(Departments), "segments": flow_names(Segments), "firm": flow_names(Firm)}
TALLY_NAMES = frozenset(chain(*TALLIES.values()))


def tallies_of(population: str, extension: Any = None) -> tuple[str, ...]:
    """Return the names of a population's tallies, including those that users' mechanisms add."""
    own = extension.columns_of(population).values() if extension else ()
    return (*TALLIES[population], *(column.name for _, column in own if column.kind == "flow"))


@dataclass
class Record:
    """Tallies by week.

    Attributes:
        blocks: the tallies of each population, by its name, such as ``"firm"`` or ``"mood_firm"``: arrays of shape
            (weeks, rows, tallies), grown as weeks are added.
        weeks: number of recorded weeks.
        extension: the users' mechanisms of the run.
    """

    blocks: dict[str, FloatArray]
    weeks: int = 0
    extension: Any = None

    @classmethod
    def of(cls, state: ModelState, weeks: int) -> Record:
        """Return an empty record with room for a number of weeks."""
        rows = {name: flows.shape for name, flows in state.flows.items() if base_of(name) in TALLIES}
        blocks = {name: np.empty((max(weeks, 1), *shape)) for name, shape in rows.items()}
        return cls(blocks, extension=state.settings.extension)

    def add(self, state: ModelState) -> None:
        """Record the tallies of the week that has just been simulated."""
        if self.weeks == len(self.blocks["firm"]):
            self.blocks = {name: np.concatenate([block, np.empty_like(block)]) for name, block in self.blocks.items()}
        for name, block in self.blocks.items():
            block[self.weeks] = state.flows[name]
        self.weeks += 1

    def copy(self) -> Record:
        """Return an independent copy."""
        return replace(self, blocks={name: block.copy() for name, block in self.blocks.items()})

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
            return {name: block[weeks, :, k] for names, block in self._blocks(f"{by}s") for k, name in enumerate(names)}
        totals: dict[str, FloatArray] = {}
        for population in ("firm", "departments", "segments"):
            for names, block in self._blocks(population):
                # One sum over all rows of a block instead of one per tally.
                totals.update(zip(names, block[weeks].sum(axis=1).T, strict=True))
        return totals

    def _blocks(self, population: str) -> Iterator[tuple[tuple[str, ...], FloatArray]]:
        """Yield the names and values of a population's tallies, its own first, then those of users' mechanisms."""
        for name, block in self.blocks.items():
            if base_of(name) == population:
                yield TALLIES.get(name) or flow_names(self.extension.populations[name]), block
