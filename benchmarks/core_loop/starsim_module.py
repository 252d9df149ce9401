"""The core loop with Starsim: customers are its people, with the states of a module; staff are arrays of that module."""

from __future__ import annotations

import numpy as np
import starsim as ss
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


class Service(ss.Module):
    """Demand, choice, contact, satisfaction, churn and contagion."""

    def __init__(self, staff: int, customers: int) -> None:
        super().__init__(name="service")
        self.define_states(ss.FloatArr("satisfaction", default=NEWCOMER))
        self.skill, self.adopted, self.colleagues, self.first, self.posts = start(staff, customers)
        self.load, self.rows = np.zeros(staff, np.int64), []

    def step(self) -> None:
        """Live a week."""
        t, people = self.ti, len(self.first)
        asks = draws(people, t, ASKS) < DEMAND
        server = self.first + (draws(people, t, SERVES) * self.posts).astype(np.int64)
        helps = self.skill * (1.0 - LEARNED + LEARNED * self.adopted) / (1.0 + LOAD * self.load)
        solved = asks & (draws(people, t, SOLVES) < helps[server])
        asking = ss.uids(np.flatnonzero(asks))
        now = self.satisfaction[asking]
        self.satisfaction[asking] = now + UPDATE * (solved[asks] - now)
        unhappy = 1.0 - self.satisfaction.values
        lost = ss.uids(np.flatnonzero(draws(people, t, LEAVES) < CHURN * unhappy * unhappy))
        self.satisfaction[lost] = NEWCOMER
        self.load = np.bincount(server[asks], minlength=len(self.load))
        uniform = draws(len(self.load), t, ADOPTS)
        seen = self.adopted[self.colleagues].sum(axis=1)
        self.adopted = np.where(self.adopted, uniform >= DROP, uniform < TAKE_UP + BY_COLLEAGUE * seen)
        self.rows.append((asks.sum(), solved.sum(), len(lost), self.satisfaction.values.mean(), self.adopted.sum()))


def make(staff: int, customers: int) -> Week:
    """Return what lives a week."""
    service = Service(staff, customers)
    sim = ss.Sim(n_agents=customers, modules=service, start=0, stop=1_000, dt=1, verbose=0, copy_inputs=False)
    sim.init()

    def week(t: int) -> tuple[float, float, float, float, float]:
        sim.run_one_step()
        return service.rows[-1]

    return week


if __name__ == "__main__":
    measure(make)
