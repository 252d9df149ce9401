"""The state: populations, levers in force, seed and week, as plain data that can be copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccsim.engine.columns import FloatArray
from ccsim.errors import InputError
from ccsim.model.populations import Cases, Customers, Departments, Firm, Leaders, Segments, Staff, empty

if TYPE_CHECKING:
    from ccsim.model.settings import Settings


class Populations(NamedTuple):
    """Every column of every population, as kernels see them."""

    staff: Staff
    colleagues: npt.NDArray[np.int32]  # (staff, ties): the rows to whom a person listens
    leaders: Leaders
    customers: Customers
    cases: Cases
    departments: Departments
    segments: Segments
    firm: Firm


@dataclass
class ModelState:
    """One organisation in one week.

    Attributes:
        populations: the populations.
        flows: the array that holds each population's flow columns, by the population's name.
        settings: parameters and levers in force.
        seed: the seed of all draws.
        week: the last simulated week, -1 before week 0; weeks of the warm-up are lower.
        own: the columns of users' mechanisms, a named tuple of populations; None without any.
    """

    populations: Populations
    flows: dict[str, FloatArray]
    settings: Settings
    seed: int
    week: int = -1
    own: Any = None

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute. The arrays cannot be replaced, because each flow is accessed both as a column and as part of a block.

        Raises:
            InputError: ``populations`` or ``flows`` are replaced: mechanisms would write one array and the record read another.
        """
        if name in ("populations", "flows") and self.__dict__.get(name, value) is not value:
            raise InputError(
                f"state.{name} cannot be replaced. Write values in place, as in state.populations.staff.conviction[:] = 0.5; "
                "to return to an earlier week, keep a copy.deepcopy() of the organisation or of the simulation"
            )
        super().__setattr__(name, value)

    def reset_flows(self) -> None:
        """Start a week by setting every flow to zero."""
        for block in self.flows.values():
            # As bytes, if they are adjacent: the C library clears them in half the time.
            (block.view(np.uint8) if block.flags.c_contiguous else block).fill(0)

    def parts(self) -> tuple[Any, ...]:
        """Return every population, those of users' mechanisms last: a record array, or a tuple of arrays."""
        return (*self.populations, *(self.own or ()))

    def copy(self) -> ModelState:
        """Return an independent copy. The fixed columns are also copied, so that nothing is shared."""
        return _filled(self.parts(), self.settings, self.seed, self.week)

    def __copy__(self) -> ModelState:
        """Return an independent copy, because two states with the same arrays would change each other."""
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> ModelState:
        """Return an independent copy.

        If each array were copied by itself, a block of flows and its columns would no longer share memory, and the record would
        contain zeros. Other objects that refer to one of the arrays get the new one.
        """
        state = memo[id(self)] = self.copy()
        memo[id(self.populations)] = state.populations
        pairs: list[tuple[Any, Any]] = list(zip(self.parts(), state.parts(), strict=True))
        pairs += zip(self.flows.values(), state.flows.values(), strict=True)
        for old, new in pairs:
            memo[id(old)] = new
            if isinstance(old, tuple):
                memo.update((id(before), after) for before, after in zip(old, new, strict=True))
        return state

    def __reduce__(self) -> Any:
        """Pickle the columns; the blocks of flows are rebuilt from them when they are read."""
        parts = [list(part) if isinstance(part, tuple) else np.asarray(part) for part in self.parts()]
        return _filled, (parts, self.settings, self.seed, self.week)


def _filled(parts: Sequence[Any], settings: Settings, seed: int, week: int) -> ModelState:
    """Return a new state with copies of the parts of another; see :meth:`ModelState.parts`."""
    _, colleagues, leaders, customers, _, departments, segments = parts[:7]
    sizes = (*colleagues.shape, len(leaders), len(customers[0]), len(departments), len(segments))
    state = empty_state(*sizes, settings, seed)  # type: ignore[call-arg]  # the numbers of staff and ties are the shape of the ties
    for part, source in zip(state.parts(), parts, strict=True):
        # A tuple of arrays is copied array by array, a record array as a whole.
        pairs: Any = zip(part, source, strict=True) if isinstance(part, tuple) else [(part, source)]
        for target, values in pairs:
            target[...] = values
    state.week = week
    return state


def empty_state(
    staff: int,
    ties: int,
    leaders: int,
    customers: int,
    departments: int,
    segments: int,
    settings: Settings,
    seed: int,
) -> ModelState:
    """Return a state of zeros with the given numbers of rows.

    Args:
        staff: number of posts.
        ties: number of ties of each person.
        leaders: number of leaders.
        customers: number of people in the market.
        departments: number of departments.
        segments: number of customer segments.
        settings: values of all parameters.
        seed: seed of all draws of the run.

    Returns:
        The state before the first week.
    """
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
    state = Populations(colleagues=np.zeros((staff, ties), dtype=np.int32), **populations)  # type: ignore[arg-type]  # populations by name
    if settings.extension is None:
        return ModelState(state, flows, settings, seed)
    own, more = settings.extension.empty({name: rows for name, (_, rows) in kinds.items()})
    return ModelState(state, {**flows, **more}, settings, seed, own=own)
