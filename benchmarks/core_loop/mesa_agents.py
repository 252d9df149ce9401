"""The core loop with Mesa, an object for each person. Draws are made in bulk, as a fast Mesa model would."""

from __future__ import annotations

import mesa
from shared import (
    ADOPTS,
    ASKS,
    BY_COLLEAGUE,
    CHURN,
    DEMAND,
    DROP,
    LEARNED,
    LEAVES,
    LOAD,
    NEWCOMER,
    SERVES,
    SOLVES,
    TAKE_UP,
    UPDATE,
    Week,
    draws,
    measure,
    start,
)


class Employee(mesa.Agent):
    """Serves, and takes up the practice from colleagues."""

    def __init__(self, model: mesa.Model, row: int, skill: float, adopted: bool) -> None:
        super().__init__(model)
        self.row, self.skill, self.adopted = row, skill, adopted
        self.contacts, self.load, self.will_adopt = 0, 0, adopted
        self.colleagues: list[Employee] = []

    def prepare(self) -> None:
        """Work out how much help a contact with this person is this week."""
        self.helps = self.skill * (1.0 - LEARNED + LEARNED * self.adopted) / (1.0 + LOAD * self.load)
        self.contacts = 0

    def decide(self) -> None:
        """Look at colleagues and decide on the practice."""
        uniform = self.model.uniforms[ADOPTS][self.row]
        if self.adopted:
            self.will_adopt = uniform >= DROP
        else:
            self.will_adopt = uniform < TAKE_UP + BY_COLLEAGUE * sum([each.adopted for each in self.colleagues])  # noqa: C419  # as it was measured

    def act(self) -> None:
        """Do as decided."""
        self.adopted, self.load = self.will_adopt, self.contacts


class Customer(mesa.Agent):
    """Asks, is more or less satisfied, and stays or leaves."""

    def __init__(self, model: mesa.Model, row: int, team: list[Employee]) -> None:
        super().__init__(model)
        self.row, self.team, self.satisfaction = row, team, NEWCOMER

    def step(self) -> None:
        """Live a week."""
        model, row = self.model, self.row
        uniforms = model.uniforms
        if uniforms[ASKS][row] < DEMAND:
            server = self.team[int(uniforms[SERVES][row] * len(self.team))]
            server.contacts += 1
            solved = uniforms[SOLVES][row] < server.helps
            model.contacts += 1
            model.solved += solved
            self.satisfaction += UPDATE * (solved - self.satisfaction)
        unhappy = 1.0 - self.satisfaction
        if uniforms[LEAVES][row] < CHURN * unhappy * unhappy:
            self.satisfaction = NEWCOMER
            model.lost += 1


class Organisation(mesa.Model):
    """Staff and customers."""

    def __init__(self, staff: int, customers: int) -> None:
        super().__init__()
        skill, adopted, colleagues, first, posts = start(staff, customers)
        people = [Employee(self, row, float(skill[row]), bool(adopted[row])) for row in range(staff)]
        for one, rows in zip(people, colleagues.tolist(), strict=True):
            one.colleagues = [people[row] for row in rows]
        for row, begin in enumerate(first.tolist()):
            Customer(self, row, people[begin : begin + posts])
        self.staff, self.customers = self.agents_by_type[Employee], self.agents_by_type[Customer]

    def live(self, t: int) -> tuple[float, float, float, float, float]:
        """Live a week."""
        sizes = [len(self.customers)] * 4 + [len(self.staff)]
        self.uniforms = [draws(count, t, stream).tolist() for stream, count in enumerate(sizes)]
        self.contacts = self.solved = self.lost = 0
        self.staff.do("prepare")
        self.customers.do("step")
        self.staff.do("decide")
        self.staff.do("act")
        return (
            self.contacts, self.solved, self.lost,
            sum(self.customers.get("satisfaction")) / len(self.customers), sum(self.staff.get("adopted")),
        )  # fmt: skip


def make(staff: int, customers: int) -> Week:
    """Return what lives a week."""
    return Organisation(staff, customers).live


if __name__ == "__main__":
    measure(make)
