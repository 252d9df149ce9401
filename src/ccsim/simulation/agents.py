"""Staff, leaders and customers as Mesa agents: views of rows, made on demand.

A view has no state and no rules. Reading an attribute reads the population's column, and writing it writes the column,
so ``org.agents_by_type[Employee].select(lambda person: person.conviction > 0.6)`` and all other tools of Mesa work.
A run without views has no extra cost.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeVar

import mesa
import numpy as np

from ccsim.engine.columns import Column
from ccsim.engine.parameters import SHARES
from ccsim.errors import InputError
from ccsim.mechanisms.service.queues import CaseState
from ccsim.model.populations import Cases, Customers, Leaders, Staff
from ccsim.model.state import ModelState

A = TypeVar("A", bound="type[AgentView]")


class Viewed(Protocol):
    """The model of the agents; see :class:`ccsim.simulation.mesa_model.Organisation`."""

    @property
    def state(self) -> ModelState:
        """The state of the organisation and its market."""

    def employee(self, row: int) -> Employee | None:
        """Return the person in a post; None if it is vacant."""

    def leader(self, row: int) -> Leader | None:
        """Return the leader of a row; None for row -1."""


class AgentView(mesa.Agent):
    """A row of a population.

    Attributes:
        row: the row.
        unique_id: always the same for the same person. It is ``FIRST_ID`` or
            more, so it differs from the ids of a user's own agents, which Mesa counts from 1.
    """

    FIRST_ID: ClassVar = 2**40

    population: str
    model: Viewed

    def __init__(self, model: Viewed, row: int, unique_id: int) -> None:
        super().__init__(model)
        self.row = row
        self.unique_id = unique_id

    def __getattr__(self, name: str) -> Any:
        """Return a column of a user's mechanism, which is not an attribute of the class."""
        attribute = self._own(name)
        if attribute is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return attribute.__get__(self, type(self))

    def __setattr__(self, name: str, value: Any) -> None:
        attribute = None if hasattr(type(self), name) else self._own(name)
        if attribute is None:
            super().__setattr__(name, value)
        else:
            attribute.__set__(self, value)

    def _own(self, name: str) -> _Attribute | None:
        """Return the attribute for a column of a user's mechanism; None if there is no such column."""
        model = vars(self).get("model")
        extension = model.simulation.extension if model is not None else None
        if extension is None or name not in (columns := extension.columns_of(self.population)):
            return None
        population, column = columns[name]
        return _Attribute(column, population)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.unique_id}, row {self.row}>"


class _Attribute:
    """An attribute of a view, which is a column of its population."""

    def __init__(self, column: Column, own: str | None = None) -> None:
        self.column, self.own = column, own
        self.__doc__ = f"{column.meaning} ({column.unit}, {column.kind})"

    def __get__(self, view: AgentView | None, owner: type) -> Any:
        if view is None:
            return self
        return self._values(view)[view.row].item()

    def __set__(self, view: AgentView, value: float) -> None:
        if self.column.kind == "fixed":
            raise InputError(f"{self.column.name}: is set at founding and cannot be changed")
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise InputError(f"{self.column.name}: must be a number, got {value!r}")
        if self.column.unit in SHARES and not 0.0 <= value <= 1.0:
            raise InputError(f"{self.column.name}: must be a number from 0 to 1, got {value!r}")
        values = self._values(view)
        if self.column.unit == "0/1" and value not in (0, 1):
            raise InputError(f"{self.column.name}: must be 0 or 1, got {value!r}")
        if self.column.is_integer:
            limits = np.iinfo(values.dtype)
            if value != int(value) or not limits.min <= value <= limits.max:
                accepted = f"a whole number from {limits.min} to {limits.max}"
                raise InputError(f"{self.column.name}: must be {accepted}, got {value!r}")
        values[view.row] = value

    def _values(self, view: AgentView) -> Any:
        state = view.model.state
        rows = getattr(state.populations, view.population) if self.own is None else getattr(state.own, self.own)
        return getattr(rows, self.column.name)


def view_of(population: str, kind: Any) -> Callable[[A], A]:
    """Add an attribute for each column of its population to a view class, unless the class already has it."""

    def build(cls: A) -> A:
        cls.population = population
        for column in kind.columns:
            if column.name not in vars(cls):
                setattr(cls, column.name, _Attribute(column))
        return cls

    return build


@view_of("staff", Staff)
class Employee(AgentView):
    """A member of staff."""

    @property
    def leader(self) -> Leader | None:
        """The person's team lead, if there is one."""
        return self.model.leader(int(self.model.state.populations.staff.leader[self.row]))

    @property
    def colleagues(self) -> list[Employee]:
        """The colleagues to whom the person listens, without vacant posts."""
        rows = self.model.state.populations.colleagues[self.row]
        people = (self.model.employee(int(row)) for row in rows if row >= 0)
        return [person for person in people if person is not None]


@view_of("leaders", Leaders)
class Leader(AgentView):
    """A leader: the executive (tier 0), a head of department (1) or a team lead (2)."""

    @property
    def superior(self) -> Leader | None:
        """The leader's superior, if there is one."""
        return self.model.leader(int(self.model.state.populations.leaders.superior[self.row]))


@view_of("customers", Customers)
class Customer(AgentView):
    """A customer of the organisation."""

    @property
    def case(self) -> dict[str, float] | None:
        """The customer's open issue, column by column, or None."""
        cases = self.model.state.populations.cases
        if cases.state[self.row] in (CaseState.NO_CASE, CaseState.WITHDRAWN):
            return None
        return {column.name: getattr(cases, column.name)[self.row].item() for column in Cases.columns}
