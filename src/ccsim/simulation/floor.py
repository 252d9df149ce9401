"""Where people are drawn: a Mesa space in which everybody has a place, as on a plan of the house."""

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

#: A person's place by kind and row.
Places = dict[tuple[type[AgentView], int], tuple[float, float]]
#: Customers with a place for each member of staff; of more, every second, third, … has one.
CUSTOMERS_EACH = 2.5


class Floor(OrthogonalVonNeumannGrid):
    """A plan with one block of desks for each department, leaders above theirs, customers by segment below.

    The places are for drawing: nothing in the model depends on them. A vacant post and a customer who has left are gaps.

    Args:
        model: the organisation.

    Attributes:
        labels: text and place of each block's name.
        one_in: of how many customers one has a place.
    """

    def __init__(self, model: Organisation) -> None:
        people = model.world.populations
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
        """Return where a person is drawn; None for a customer without a place, and for an agent of your own."""
        return self.places.get((type(agent), agent.row)) if isinstance(agent, AgentView) else None

    @property
    def agents(self) -> Any:
        """The people who have a place, as Mesa's set of agents."""
        return self.model.agents.select(lambda agent: self.place_of(agent) is not None)


def _sit(
    places: Places, kind: type[AgentView], groups: Sequence[IntArray], high: int, bottom: int
) -> list[tuple[float, float]]:
    """Give each group a block of places, column by column, and return where each block begins and ends."""
    blocks, left = [], 0
    for rows in groups:
        for number, row in enumerate(rows):
            places[kind, int(row)] = (float(left + number // high), float(bottom + number % high))
        wide = max(1, math.ceil(len(rows) / high))
        blocks.append((float(left), float(left + wide - 1)))
        left += wide + 1
    return blocks


def _lead(places: Places, leaders: Any, blocks: Sequence[tuple[float, float]], top: int) -> None:
    """Give leaders their places: team leads and heads above their department, the executive above all."""
    for tier, height in ((2, 1.5), (1, 3.0), (0, 5.0)):
        for block, (left, right) in [(-1, (blocks[0][0], blocks[-1][1])), *enumerate(blocks)]:
            rows = np.flatnonzero((leaders.tier == tier) & (leaders.department == block))
            for number, row in enumerate(rows):
                places[Leader, int(row)] = (left + (right - left) * (number + 0.5) / len(rows), top + height)
