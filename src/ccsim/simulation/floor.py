"""The floor plan: a Mesa space with a position for each person."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from mesa.discrete_space import OrthogonalVonNeumannGrid

from ccsim.engine.columns import IntArray
from ccsim.simulation.agents import AgentView, Customer, Employee, Leader

if TYPE_CHECKING:
    from ccsim.simulation.mesa_model import Organisation

#: A person's position by kind and row.
Places = dict[tuple[type[AgentView], int], tuple[float, float]]
#: Maximum number of customers with a position per member of staff; if there are more, every second, third, … has one.
CUSTOMERS_EACH = 2.5


class Floor(OrthogonalVonNeumannGrid):
    """A floor plan with a block of desks per department, leaders above their departments, and customers by segment below.

    The positions are only for drawing. Vacant posts and customers who have left are gaps.

    Args:
        model: the organisation.

    Attributes:
        labels: text and position of each block's name.
        one_in: one of this many customers has a position.
    """

    def __init__(self, model: Organisation) -> None:
        people = model.state.populations
        staff, leaders = people.staff, people.leaders
        count = len(staff.person)
        high = max(2, math.isqrt(count // 6) + 1)
        desks = [np.flatnonzero(staff.department == row) for row in range(len(people.departments.front))]
        desks = [rows[np.argsort(staff.leader[rows], kind="stable")] for rows in desks]
        market = len(people.customers.segment)
        one_in = max(1, math.ceil(market / (CUSTOMERS_EACH * count)))
        shown = np.arange(0, market, one_in)
        crowds = [shown[people.customers.segment[shown] == row] for row in range(len(people.segments.need))]
        wide = sum(math.ceil(len(rows) / high) + 1 for rows in desks)
        deep = max(2, math.ceil(len(shown) / max(1, wide - len(crowds))))
        places: Places = {}
        below = _sit(places, Customer, crowds, deep, 0)
        blocks = _sit(places, Employee, desks, high, deep + 1)
        top = deep + 1 + high
        _lead(places, leaders, blocks, top)
        names = [f"{'Front' if front else 'Back'} {row + 1}" for row, front in enumerate(people.departments.front)]
        labels = [(name, (left + right) / 2, top - 0.2) for name, (left, right) in zip(names, blocks, strict=True)]
        labels += [(f"Segment {row + 1}", sum(ends) / 2, deep - 0.2) for row, ends in enumerate(below)]
        super().__init__((max(wide, math.ceil(below[-1][1]) + 1), top + 7), random=model.random)
        self.model, self.places, self.labels, self.one_in = model, places, labels, one_in

    def place_of(self, agent: Any) -> tuple[float, float] | None:
        """Return the position of a person; None for a customer without a position and for a user's own agent."""
        return self.places.get((type(agent), agent.row)) if isinstance(agent, AgentView) else None

    @property
    def agents(self) -> Any:
        """The people who have a position, as Mesa's set of agents."""
        return self.model.agents.select(lambda agent: self.place_of(agent) is not None)


def _sit(
    places: Places, kind: type[AgentView], groups: Sequence[IntArray], high: int, bottom: int
) -> list[tuple[float, float]]:
    """Give each group a block of positions, column by column, and return where each block begins and ends."""
    blocks, left = [], 0
    for rows in groups:
        for number, row in enumerate(rows):
            places[kind, int(row)] = (float(left + number // high), float(bottom + number % high))
        wide = max(1, math.ceil(len(rows) / high))
        blocks.append((float(left), float(left + wide - 1)))
        left += wide + 1
    return blocks


def _lead(places: Places, leaders: Any, blocks: Sequence[tuple[float, float]], top: int) -> None:
    """Give leaders their positions: team leads and heads above their department, the executive above all."""
    for tier, height in ((2, 1.5), (1, 3.0), (0, 5.0)):
        for block, (left, right) in [(-1, (blocks[0][0], blocks[-1][1])), *enumerate(blocks)]:
            rows = np.flatnonzero((leaders.tier == tier) & (leaders.department == block))
            for number, row in enumerate(rows):
                places[Leader, int(row)] = (left + (right - left) * (number + 0.5) / len(rows), top + height)
