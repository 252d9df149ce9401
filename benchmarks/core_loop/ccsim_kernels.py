"""The core loop as ccsim writes a model: rules that are sentences, and kernels that say "for every person"."""

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
    measure,
    start,
)

from ccsim.engine.jit import kernel, rule


@rule
def draw(row, week, stream):
    """Return the draw of a row, as ``shared.draws``."""
    x = (
        np.uint64(row) * np.uint64(0x9E3779B1)
        + (np.uint64(week) * np.uint64(8) + np.uint64(stream)) * np.uint64(0x85EBCA77)
    ) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(16)
    x = x * np.uint64(0x21F0AAAD) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(15)
    x = x * np.uint64(0x735A2D97) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(15)
    return x * 2.0**-32


@rule
def helpfulness(skill, adopted, load):
    """Return how likely a contact with someone solves an issue."""
    return skill * (1.0 - LEARNED + LEARNED * adopted) / (1.0 + LOAD * load)


@rule
def leaves(satisfaction, uniform):
    """Say whether a customer leaves."""
    unhappy = 1.0 - satisfaction
    return uniform < CHURN * unhappy * unhappy


@kernel
def serve(skill, adopted, load, helps, contacts, first, posts, satisfaction, kpis, week):
    """Customers ask, are served, are more or less satisfied, and stay or leave."""
    for s in range(len(skill)):
        helps[s] = helpfulness(skill[s], adopted[s], load[s])
        contacts[s] = 0
    asked, solved, lost, total = 0, 0, 0, 0.0
    for c in range(len(satisfaction)):
        if draw(c, week, ASKS) < DEMAND:
            server = first[c] + int(draw(c, week, SERVES) * posts)
            done = draw(c, week, SOLVES) < helps[server]
            contacts[server] += 1
            asked += 1
            solved += done
            satisfaction[c] += UPDATE * (done - satisfaction[c])
        if leaves(satisfaction[c], draw(c, week, LEAVES)):
            satisfaction[c] = NEWCOMER
            lost += 1
        total += satisfaction[c]
    kpis[0], kpis[1], kpis[2], kpis[3] = asked, solved, lost, total / len(satisfaction)


@kernel
def adopt(adopted, colleagues, load, contacts, following, kpis, week):
    """Staff take up the practice from colleagues, or drop it."""
    for s in range(len(adopted)):
        uniform, seen = draw(s, week, ADOPTS), 0
        for k in range(colleagues.shape[1]):
            seen += adopted[colleagues[s, k]]
        following[s] = uniform >= DROP if adopted[s] else uniform < TAKE_UP + BY_COLLEAGUE * seen
        load[s] = contacts[s]
    adopters = 0
    for s in range(len(adopted)):
        adopted[s] = following[s]
        adopters += adopted[s]
    kpis[4] = adopters


def make(staff: int, customers: int) -> Week:
    """Return what lives a week."""
    skill, adopted, colleagues, first, posts = start(staff, customers)
    satisfaction, load, kpis = np.full(customers, NEWCOMER), np.zeros(staff, np.int64), np.empty(5)
    helps, contacts, following = np.empty(staff), np.empty(staff, np.int64), np.empty(staff, np.bool_)

    def week(t: int) -> tuple[float, float, float, float, float]:
        serve(skill, adopted, load, helps, contacts, first, posts, satisfaction, kpis, t)
        adopt(adopted, colleagues, load, contacts, following, kpis, t)
        return tuple(kpis)

    return week


if __name__ == "__main__":
    measure(make)
