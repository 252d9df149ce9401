"""The world: populations, levers in force, seed and week. Plain data that can be copied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccsim.model.populations import Cases, Customers, Departments, Firm, Floats, Leaders, Segments, Staff, empty

if TYPE_CHECKING:
    from ccsim.model.settings import Settings


class State(NamedTuple):
    """Every column of every population, as kernels see them."""

    staff: Staff
    colleagues: npt.NDArray[np.int32]  # (staff, ties): the rows that a person listens to
    leaders: Leaders
    customers: Customers
    cases: Cases
    departments: Departments
    segments: Segments
    firm: Firm


@dataclass
class World:
    """One organisation in one week.

    Attributes:
        state: the populations.
        flows: the block behind each population's flow columns, by the population's name.
        settings: parameters and levers in force.
        seed: the seed of all draws.
        week: the week that has last been lived, -1 before week 0; the past has weeks below that.
    """

    state: State
    flows: dict[str, Floats]
    settings: Settings
    seed: int
    week: int = -1

    def clear_flows(self) -> None:
        """Start a week: every flow is zero."""
        for block in self.flows.values():
            # As bytes, where they lie side by side: the C library clears them in half the time.
            (block.view(np.uint8) if block.flags.c_contiguous else block).fill(0)

    def copy(self) -> World:
        """Return an independent copy; the fixed columns are copied too, so that nothing is shared."""
        state = self.state
        world = empty_world(
            len(state.staff.person),
            state.colleagues.shape[1],
            len(state.leaders.tier),
            len(state.customers.active),
            len(state.departments.queue),
            len(state.segments.customers),
            self.settings,
            self.seed,
        )
        for mine, theirs in zip(world.state, self.state, strict=True):
            # A named tuple of arrays is copied array by array, a record array as one.
            pairs: Any = [(mine, theirs)]
            if not isinstance(mine, np.ndarray):
                pairs = zip(mine, theirs, strict=True)  # type: ignore[call-overload]
            for target, source in pairs:
                target[...] = source
        return replace(world, week=self.week)


def empty_world(
    staff: int,
    ties: int,
    leaders: int,
    customers: int,
    departments: int,
    segments: int,
    settings: Settings,
    seed: int,
) -> World:
    """Return a world of zeros with the given numbers of rows."""
    kinds = {
        "staff": (Staff, staff),
        "leaders": (Leaders, leaders),
        "customers": (Customers, customers),
        "cases": (Cases, customers),
        "departments": (Departments, departments),
        "segments": (Segments, segments),
        "firm": (Firm, 1),
    }
    made = {name: empty(kind, rows) for name, (kind, rows) in kinds.items()}
    populations = {name: columns for name, (columns, _) in made.items()}
    flows = {name: block for name, (_, block) in made.items() if block.size}
    state = State(colleagues=np.zeros((staff, ties), dtype=np.int32), **populations)  # type: ignore[arg-type]
    return World(state, flows, settings, seed)
