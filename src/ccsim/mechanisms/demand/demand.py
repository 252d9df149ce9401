"""Customers raise cases: new ones (value demand) and ones caused by earlier failures (failure demand).

Capacity is measured in hours. Cases wait in the queue of their department, first come, first served. Some customers
give up while waiting. Most cases are simple and a few are hard. Some need several departments in turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ccsim.engine.columns import FloatArray, Int8Array, IntArray, Rows, columns, flow, stock
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.prefetch import PEOPLE_AHEAD, prefetch
from ccsim.engine.rng import Stream, to_unit_interval, uniform, uniforms4
from ccsim.mechanisms.demand.proactive import contact_ahead, false_alarms
from ccsim.mechanisms.demand.self_service import try_self_service
from ccsim.mechanisms.market.segmentation import has_priority
from ccsim.mechanisms.service.queues import NO_CASE, RETURNING, WAITING, join_queue, leave_queue

if TYPE_CHECKING:
    from ccsim.mechanisms.demand.proactive import Proactive
    from ccsim.mechanisms.demand.self_service import SelfService
    from ccsim.mechanisms.market.segmentation import Segmentation

RAISE_STREAM, PRIORITY_STREAM = int(Stream.RAISE_CASE), int(Stream.PRIORITY)
SELF_SERVICE_STREAM, PROACTIVE_STREAM = int(Stream.SELF_SERVICE), int(Stream.PROACTIVE)


@parameters("demand")
class Demand:
    """Parameters of demand."""

    rate: float = parameter(
        0.33,
        unit="probability",
        range=(0.15, 0.4),
        off=0.0,
        meaning="weekly probability that a customer without an open issue has a new one",
        source="calibrated: staff are busy 85 to 90 % of their time",
    )
    surge: float = parameter(
        1.0, unit="factor", range=(0.5, 2.0), off=1.0, legal=(0.0, 3.0), lever=True,
        meaning="demand relative to the ordinary level, to simulate shocks")  # fmt: skip
    journeys: float = parameter(
        0.45, unit="share", range=(0.1, 0.8), off=0.0,
        meaning="share of issues that need a second department, and share of those that need a third")  # fmt: skip
    abandonment_rate: float = parameter(
        0.035, unit="probability", range=(0.0, 0.15), off=0.0,
        meaning="probability of giving up in a week, per week already waited in the queue")  # fmt: skip


@columns("cases")
class Cases:
    """Columns of a case."""

    stages: Int8Array = stock("count", "remaining stages, each in another department", "service")
    contacts: IntArray = stock("count", "contacts about this issue so far", "service")
    opened_week: IntArray = stock("week", "week in which the issue arose")
    defect: Int8Array = stock("0/1", "1 if a stage was handled with an error", "service")
    context_lost: Int8Array = stock("0/1", "1 if the last hand-off lost the customer's information", "service")
    repetitions: IntArray = stock("count", "number of repetitions and transfers for the customer", "service")
    complexity: FloatArray = stock("share", "complexity: distance from the standard case")


@columns("departments")
class Departments:
    """Columns of a department."""

    raised: FloatArray = flow("cases", "new issues (value demand)")
    returned: FloatArray = flow("cases", "contacts caused by an earlier failure (failure demand)")
    abandoned: FloatArray = flow("issues", "issues that customers gave up")


class DemandParameters(NamedTuple):
    """Parameters that the demand of a week depends on.

    Attributes:
        demand, self_service, proactive, segmentation: groups of parameters.
        mean_value: ``accounts.revenue``, what a customer spends on average (EUR/week).
        handling_hours: ``service.handling_hours``, work on a contact of the standard kind (hours).
    """

    demand: Demand
    self_service: SelfService
    proactive: Proactive
    segmentation: Segmentation
    mean_value: float
    handling_hours: float


@rule
def complexity_of(draw: float) -> float:
    """Return the complexity of a case: the square of a uniform draw, so most cases are simple and the mean is one third."""
    return draw * draw


@rule
def stages_of(draw: float, departments: int, p: Demand) -> int:
    """Return the number of stages: a journey continues in another department with a fixed probability, at most twice.

    Source: assumed: the same probability for the second and the third stage.

    Args:
        draw: random draw, 0 to 1, divided by the department's ``handoff_factor``.
        departments: number of departments.
        p: parameters of the group ``demand``.

    Returns:
        Number of stages, 1 to 3.
    """
    stages = 1
    if draw < p.journeys and departments > 1:
        stages = 2
        if draw < p.journeys * p.journeys and departments > 2:
            stages = 3
    return stages


@rule
def first_department(where: float, fronts: int, departments: Rows) -> int:
    """Return the department that a customer calls: front departments in equal shares, or in the known shares.

    Source: arithmetic: a random draw compared with cumulative shares.

    Args:
        where: random draw for the department, 0 to 1.
        fronts: departments that customers call first.
        departments: columns of the departments, one row each.

    Returns:
        Row of the department.
    """
    if departments.call_share[0] <= 0.0:
        return int(where * fronts)
    department = 0
    while department < fronts - 1 and where >= departments.call_share[department]:
        department += 1
    return department


@rule
def abandons(waited: float, draw: float, p: Demand) -> bool:
    """Return whether a waiting customer gives up this week; the probability rises with the weeks waited.

    Source: assumed: a probability in proportion to the weeks waited.

    Args:
        waited: weeks in which the case has waited (weeks).
        draw: random draw, 0 to 1.
        p: parameters of the group ``demand``.
    """
    return draw < p.abandonment_rate * waited


@kernel(allocates=True)
def abandon_queues(customers: Rows, cases: Rows, departments: Rows, p: Demand, week: int) -> None:
    """Let waiting customers give up. The contact counts as a bad one.

    Args:
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        p: parameters of the group ``demand``.
        week: number of the week.

    Writes:
        customers: ``events``.
        cases: ``state``.
        departments: ``abandoned``, ``queue``.
    """
    tired, count = np.empty(len(cases.state), np.int32), 0
    for i in range(len(cases.state)):
        tired[count] = i
        count += (cases.state[i] == WAITING) & abandons(
            week - cases.queued_week[i], to_unit_interval(customers.u_request[i]), p
        )
    for i in tired[:count]:
        leave_queue(i, cases, departments)
        departments.abandoned[cases.department[i]] += 1
        customers.events[i] += 1


@rule
def open_case(
    i: int,
    department: int,
    hardness: float,
    length: float,
    hassle: float,
    customers: Rows,
    cases: Rows,
    departments: Rows,
    parameters: DemandParameters,
    seed: int,
    week: int,
) -> None:
    """Add a new issue to a queue; the issue of a customer with a high estimated value may go to the front.

    Args:
        i: row of the customer.
        department: row of the department.
        hardness: random draw for the complexity, 0 to 1.
        length: random draw for the number of stages, 0 to 1.
        hassle: earlier contacts of the customer without success (contacts).
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        parameters: those that the demand of a week depends on.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        cases: ``complexity``, ``contacts``, ``context_lost``, ``defect``, ``department``, ``next_case``,
            ``opened_week``, ``queued_week``, ``repetitions``, ``stages``, ``state``.
        departments: ``queue``, ``queue_first``, ``queue_last``, ``raised``.
    """
    priority = parameters.segmentation
    cases.stages[i] = stages_of(
        length / departments.handoff_factor[department], len(departments.queue), parameters.demand
    )
    cases.complexity[i] = complexity_of(hardness)
    cases.contacts[i] = 1
    cases.opened_week[i] = week
    cases.defect[i] = 0
    cases.context_lost[i] = 0
    cases.repetitions[i] = hassle
    departments.raised[department] += 1
    first = priority.priority > 0.0 and has_priority(
        customers.estimate[i], parameters.mean_value, uniform(seed, PRIORITY_STREAM, week, i), priority
    )
    join_queue(i, department, week, first, cases, departments)


@rule
def generate_case(
    i: int,
    fronts: int,
    customers: Rows,
    cases: Rows,
    departments: Rows,
    segments: Rows,
    parameters: DemandParameters,
    seed: int,
    week: int,
) -> None:
    """Raise an issue: it is settled proactively, solved or lost in self-service, or joins a queue.

    Args:
        i: row of the customer.
        fronts: departments that customers call first.
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        segments: columns of the customer segments, one row each.
        parameters: those that the demand of a week depends on.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        customers: ``events``, ``quality``.
        cases: ``complexity``, ``contacts``, ``context_lost``, ``defect``, ``department``, ``next_case``,
            ``opened_week``, ``queued_week``, ``repetitions``, ``stages``, ``state``.
        departments: ``outreach``, ``outreach_hours``, ``queue``, ``queue_first``, ``queue_last``, ``raised``.
        segments: ``bot_contacts``, ``bot_solved``, ``bot_stuck``.
    """
    _, hardness, where, length = uniforms4(seed, RAISE_STREAM, week, i)
    self_service, proactive = parameters.self_service, parameters.proactive
    department = first_department(where, fronts, departments)
    if proactive.share > 0.0 and uniform(seed, PROACTIVE_STREAM, week, i) < proactive.share * proactive.accuracy:
        contact_ahead(
            i, proactive.prevention_quality, department, customers, departments,
            proactive.time_factor * parameters.handling_hours,
        )  # fmt: skip
        return
    hassle = 0
    if self_service.share > 0.0:
        entry_draw, success_draw, exit_draw, _ = uniforms4(seed, SELF_SERVICE_STREAM, week, i)
        if entry_draw < self_service.share:
            hassle = try_self_service(
                i, complexity_of(hardness), success_draw, exit_draw, customers, segments, self_service
            )
    if hassle >= 0:
        open_case(i, department, hardness, length, hassle, customers, cases, departments, parameters, seed, week)


@rule
def fetch_asker(i: int, customers: Rows, cases: Rows) -> None:
    """Prefetch the data of a person that a new case reads and writes.

    Args:
        i: row of the customer.
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.
    """
    prefetch(cases.complexity, i)
    prefetch(cases.queued_week, i)
    prefetch(cases.next_case, i)
    prefetch(customers.segment, i)


@kernel(allocates=True)
def generate_cases(
    customers: Rows,
    cases: Rows,
    departments: Rows,
    segments: Rows,
    fronts: int,
    parameters: DemandParameters,
    seed: int,
    week: int,
) -> None:
    """Let unresolved issues return, and let customers without an issue raise a new one.

    Args:
        customers: columns of the market, one row per person.
        cases: columns of the cases, one row per person in the market.
        departments: columns of the departments, one row each.
        segments: columns of the customer segments, one row each.
        fronts: ``organisation.front_departments``, departments that customers call first; the others are back
            office (departments).
        parameters: those that the demand of a week depends on.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        customers: ``events``, ``quality``.
        cases: ``complexity``, ``contacts``, ``context_lost``, ``defect``, ``department``, ``next_case``,
            ``opened_week``, ``queued_week``, ``repetitions``, ``stages``, ``state``.
        departments: ``outreach``, ``outreach_hours``, ``queue``, ``queue_first``, ``queue_last``, ``raised``,
            ``returned``.
        segments: ``bot_contacts``, ``bot_solved``, ``bot_stuck``.
    """
    p, proactive = parameters.demand, parameters.proactive
    coming = p.rate * p.surge
    alarmed = coming * (1.0 + false_alarms(proactive))
    # Listed first, without a branch: who raises an issue is random, and each branch misprediction would cost more.
    asking, count = np.empty(len(cases.state), np.int32), 0
    for i in range(len(cases.state)):
        asking[count] = i
        new = (
            (to_unit_interval(customers.u_request[i]) < alarmed * customers.request_factor[i])
            & (cases.state[i] == NO_CASE)
            & (customers.active[i] == 1)
        )
        count += (cases.state[i] == RETURNING) | new
    for k in range(count):
        i = asking[k]
        fetch_asker(asking[min(k + PEOPLE_AHEAD, count - 1)], customers, cases)
        if cases.state[i] == RETURNING:
            cases.contacts[i] += 1
            departments.returned[cases.department[i]] += 1
            join_queue(i, cases.department[i], week, False, cases, departments)
        elif to_unit_interval(customers.u_request[i]) < coming * customers.request_factor[i]:
            generate_case(i, fronts, customers, cases, departments, segments, parameters, seed, week)
        else:
            department = first_department(uniform(seed, PROACTIVE_STREAM, week, i), fronts, departments)
            contact_ahead(
                i, proactive.false_alarm_quality, department, customers, departments,
                proactive.time_factor * parameters.handling_hours,
            )  # fmt: skip
