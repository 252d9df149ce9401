"""The model: people copied from a world of the engine, and a week as a list of what they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mesa
import numpy as np

from benchmarks.per_agent import management, surroundings
from benchmarks.per_agent.customer import Customer
from benchmarks.per_agent.department import Department, Firm, Segment
from benchmarks.per_agent.draws import Draws
from benchmarks.per_agent.employee import Employee
from benchmarks.per_agent.leader import Leader
from benchmarks.per_agent.rules import plain
from ccsim.engine.rng import Stream
from ccsim.mechanisms.market import market
from ccsim.model.kpis import calculate
from ccsim.model.populations import Cases, Customers, Departments, Leaders, Segments, Staff
from ccsim.model.populations import Firm as Firm_
from ccsim.model.recorder import Record
from ccsim.model.state import ModelState

chance_of_joining, chance_of_leaving = plain(market.joining_probability), plain(market.churn_probability)


class PerAgent(mesa.Model):
    """An organisation of objects.

    Args:
        world: a world of the engine, drawn or founded; it is copied, value by value.

    Attributes:
        settings: parameters and levers in force; set it to move levers.
        week: the last week lived.
    """

    def __init__(self, state: ModelState) -> None:
        super().__init__(rng=state.seed)
        self.settings = state.settings
        self.week = state.week
        self.draws = Draws(state.seed)
        self.tallies: list[tuple[list[list[float]], list[list[float]], list[float]]] = []
        self._make(state)
        self._connect(state)
        self._line_up(state)
        # Looked up once: Mesa makes a new dictionary each time it is asked.
        self.sets = {kind: self.agents_by_type[kind] for kind in (Employee, Customer)}

    def _make(self, state: ModelState) -> None:
        populations = state.populations
        self.firm = Firm()
        self.segments = [Segment() for _ in range(len(populations.segments))]
        self.departments = [Department(self, row) for row in range(len(populations.departments))]
        self.staff = [Employee(self, row) for row in range(len(populations.staff.person))]
        self.leaders = [Leader(self, row) for row in range(len(populations.leaders))]
        self.customers = [Customer(self, row) for row in range(len(populations.customers.active))]
        _copy(Firm_, populations.firm, [self.firm])
        _copy(Segments, populations.segments, self.segments)
        _copy(Departments, populations.departments, self.departments)
        _copy(Staff, populations.staff, self.staff)
        _copy(Leaders, populations.leaders, self.leaders)
        _copy(Customers, populations.customers, self.customers)
        _copy(Cases, populations.cases, [customer.case for customer in self.customers])

    def _connect(self, state: ModelState) -> None:
        """Put people in the place of row numbers."""
        for person, rows in zip(self.staff, state.populations.colleagues.tolist(), strict=True):
            person.department = self.departments[person.department]
            person.department.members.append(person)
            person.leader = self.leaders[person.leader] if person.leader >= 0 else None
            person.colleagues = [self.staff[row] for row in rows if row >= 0]
        for leader in self.leaders:
            leader.department = self.departments[leader.department] if leader.department >= 0 else None
            leader.superior = self.leaders[leader.superior] if leader.superior >= 0 else None
        for customer in self.customers:
            customer.segment = self.segments[customer.segment]
            customer.case.department = self.departments[customer.case.department]
        self.fronts = sum(department.front for department in self.departments)

    def _line_up(self, state: ModelState) -> None:
        """Fill the queues in their order."""
        for department in self.departments:
            row = int(department.queue_first)
            while row >= 0:
                department.line.append(self.customers[row].case)
                row = int(state.populations.cases.next_case[row])

    def step(self) -> None:
        """Live a week."""
        self.week += 1
        self.draw()
        for tallied in self.everything_tallied():
            tallied.clear()
        staff, customers = self.sets[Employee], self.sets[Customer]

        surroundings.offer_something(self)
        customers.do("begin_week")
        staff.do("begin_week")
        for leader in self.leaders:
            leader.begin_week()
        management.appoint(self)
        management.inform(self)
        management.involve(self)
        surroundings.read_signals(self)
        staff.do("plan_hours")
        for department in self.departments:
            department.enact()
            department.set_pace()
        management.carry(self)
        management.pay(self)

        for department in self.departments:
            department.work()
        staff.do("finish")
        for department in self.departments:
            department.end_week()

        self.quality_given = self.contacts = 0.0
        customers.do("judge")
        surroundings.notice_practice(self)
        customers.do("listen")
        surroundings.collect_signals(self)
        surroundings.take_out_defects(self)

        self.champions_to_leave = self.settings.champions.departures
        staff.do("stay_or_go")
        staff.do("hear_others")
        staff.do("change")

        for leader in self.leaders:
            leader.look()
        management.believe(self)
        for leader in reversed(self.leaders):
            leader.realign()
        for leader in self.leaders:
            leader.grant()
        for department in self.departments:
            department.embed()
        surroundings.learn_what_works(self)

        customers.do("end_week")
        staff.do("end_week")
        for leader in self.leaders:
            leader.count()
        management.book(self)
        management.count(self)
        surroundings.count_surroundings(self)
        self.record()

    def draw(self) -> None:
        """Make the week's draws, and what they are held against."""
        draws, week = self.draws, self.week
        market_size, posts = len(self.customers), len(self.staff)
        self.joining, self.request_factor, self.talking, self.leaving = draws.of_all(
            Stream.MARKET, week, market_size, 4
        )
        self.raising = draws.of_all(Stream.RAISE_CASE, week, market_size, 4)
        (self.quitting,) = draws.of_all(Stream.QUIT, week, posts)
        (self.tipping,) = draws.of_all(Stream.TIPPING, week, posts)
        (self.leader_leaving,) = draws.of_all(Stream.LEADER_QUITS, week, len(self.leaders))
        self.raise_chance = self.settings.demand.rate * self.settings.demand.surge
        self.most_joins = chance_of_joining(1.0, 0.0, self.settings.market)
        self.most_leaves = chance_of_leaving(0.0, 0.0, 0.0, self.settings.market)

    def everything_tallied(self) -> Iterator[Department | Segment | Firm]:
        """Go through all that counts."""
        yield from self.departments
        yield from self.segments
        yield self.firm

    def record(self) -> None:
        """Keep the week's tallies."""
        departments = [department.values() for department in self.departments]
        self.tallies.append((departments, [segment.values() for segment in self.segments], self.firm.values()))

    def kpis(self) -> dict[str, np.ndarray]:
        """Return every KPI over the weeks lived, by the engine's own formulas."""
        departments, segments, firm = zip(*self.tallies, strict=True)
        blocks = {
            "departments": np.array(departments),
            "segments": np.array(segments),
            "firm": np.array(firm)[:, None, :],
        }
        return calculate(Record(blocks, weeks=len(self.tallies)), self.settings.accounts.discount)


def _copy(kind: Any, columns: Any, people: list[Any]) -> None:
    """Give people the values of their rows, as Python numbers."""
    for column in kind.columns:
        for person, value in zip(people, getattr(columns, column.name).tolist(), strict=True):
            setattr(person, column.name, value)
