"""The core loop in plain numpy: the reference of the others."""

from __future__ import annotations

import numpy as np
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


def make(staff: int, customers: int) -> Week:
    """Return what lives a week."""
    skill, adopted, colleagues, first, posts = start(staff, customers)
    satisfaction, load = np.full(customers, NEWCOMER), np.zeros(staff, np.int64)

    def week(t: int) -> tuple[float, float, float, float, float]:
        nonlocal satisfaction, load, adopted
        asks = draws(customers, t, ASKS) < DEMAND
        server = first + (draws(customers, t, SERVES) * posts).astype(np.int64)
        helped = skill * (1.0 - LEARNED + LEARNED * adopted) / (1.0 + LOAD * load)
        solved = asks & (draws(customers, t, SOLVES) < helped[server])
        satisfaction = np.where(asks, satisfaction + UPDATE * (solved - satisfaction), satisfaction)
        unhappy = 1.0 - satisfaction
        lost = draws(customers, t, LEAVES) < CHURN * unhappy * unhappy
        satisfaction = np.where(lost, NEWCOMER, satisfaction)
        load = np.bincount(server[asks], minlength=staff)
        uniform = draws(staff, t, ADOPTS)
        seen = adopted[colleagues].sum(axis=1)
        adopted = np.where(adopted, uniform >= DROP, uniform < TAKE_UP + BY_COLLEAGUE * seen)
        return asks.sum(), solved.sum(), lost.sum(), satisfaction.mean(), adopted.sum()

    return week


if __name__ == "__main__":
    measure(make)
