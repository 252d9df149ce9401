"""Customers raise cases: new ones (value demand) and those that earlier failures cause (failure demand).

Capacity is hours, so cases wait in a queue for their department, first come first served; some customers tire
of waiting and give up. Most cases are simple and a few are hard; some need several departments in turn.
"""

from __future__ import annotations

from ccsim.compiled import kernel, rule
from ccsim.draws import Purpose, fill, four, uniform
from ccsim.mechanisms.queues import drop_out, join_queue
from ccsim.parameters import parameter, parameters

RAISE, RETURN = int(Purpose.RAISE_CASE), int(Purpose.RETURN)


@parameters("demand")
class Demand:
    """What customers ask for."""

    rate: float = parameter(
        0.33,
        unit="probability",
        range=(0.15, 0.4),
        off=0.0,
        meaning="chance a week that a customer without an open issue has a new one",
        source="calibrated: staff are busy 85 to 90 % of their time",
    )
    surge: float = parameter(
        1.0,
        unit="factor",
        range=(0.5, 2.0),
        off=1.0,
        legal=(0.0, 3.0),
        lever=True,
        meaning="demand relative to the ordinary level, for shocks",
    )
    journeys: float = parameter(
        0.45,
        unit="share",
        range=(0.1, 0.8),
        off=0.0,
        meaning="share of issues that need a second department, and of those that need a third",
    )
    patience: float = parameter(
        0.04,
        unit="probability",
        range=(0.0, 0.15),
        off=0.0,
        meaning="chance of giving up, for each week already waited in a queue, in each further week",
    )


@rule
def complexity_of(luck):
    """Most cases are simple: the square of a uniform draw, one third on average."""
    return luck * luck


@rule
def stages_of(luck, departments, p):
    """A journey goes on to another department with a fixed chance, at most twice."""
    stages = 1
    if luck < p.journeys and departments > 1:
        stages = 2
        if luck < p.journeys * p.journeys and departments > 2:
            stages = 3
    return stages


@kernel
def give_up(customers, cases, departments, p, seed, week):
    """Customers who have waited tire of waiting; the contact counts as a bad one."""
    for i in range(len(cases.state)):
        waited = week - cases.queued_in[i]
        if cases.state[i] == 1 and waited > 0 and uniform(seed, RETURN, week, i) < p.patience * waited:
            drop_out(i, cases, departments)
            departments.abandoned[cases.department[i]] += 1
            customers.events[i] += 1


@kernel
def raise_cases(customers, cases, departments, fronts, p, seed, week):
    """Unresolved issues come back; customers without one may have a new one."""
    count = len(departments.queue)
    fill(customers.luck, seed, RAISE, week)
    for i in range(len(cases.state)):
        if cases.state[i] == 2:
            cases.contacts[i] += 1
            departments.returned[cases.department[i]] += 1
            join_queue(i, cases.department[i], week, cases, departments)
        elif cases.state[i] == 0 and customers.active[i] == 1:
            if customers.luck[i] < p.rate * p.surge:
                _, hardness, where, length = four(seed, RAISE, week, i)
                department = int(where * fronts)
                cases.stages[i] = stages_of(length, count, p)
                cases.complexity[i] = complexity_of(hardness)
                cases.contacts[i] = 1
                cases.opened_in[i] = week
                cases.defect[i] = 0
                cases.lost[i] = 0
                cases.hassle[i] = 0
                departments.raised[department] += 1
                join_queue(i, department, week, cases, departments)
