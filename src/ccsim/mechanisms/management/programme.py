"""A programme turns money into hours: top-down, bottom-up, or both. [000, 004]

The top-down part buys announcements, training, and coaching for leaders. The bottom-up part buys local improvement by
volunteers whom their leader releases, meetings with real customers, and the writing of routines: see
``participation``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.mechanisms.management.rollout import reaches

if TYPE_CHECKING:
    from ccsim.mechanisms.management.rollout import Rollout


def _part(default: float, what: str, origin: str) -> float:
    return parameter(
        default, unit="weight", range=(0.0, 1.0), legal=(0.0, 1000.0), lever=True,
        meaning=f"part of the {origin} money for {what}; parts count relative to their sum")  # fmt: skip


@parameters("programme", pack="programme")
class Programme:
    """How much the programme spends, and on what."""

    budget: float = parameter(
        0.0,
        unit="EUR/week",
        range=(0.0, 20000.0),
        off=0.0,
        lever=True,
        meaning="what the programme may spend",
        switches=("programme", "embedding", "defect-removal"),
    )
    top_down_share: float = parameter(
        0.5,
        unit="share",
        range=(0.0, 1.0),
        lever=True,
        meaning="part of the budget that leaders direct; volunteers spend the rest",
    )
    communication: float = _part(0.4, "announcements to all staff", "top-down")
    training: float = _part(0.4, "training", "top-down")
    coaching: float = _part(0.2, "coaching for leaders", "top-down")
    improvement: float = _part(0.6, "paid time for local improvement", "bottom-up")
    immersion: float = _part(0.25, "meetings with real customers", "bottom-up")
    embedding: float = _part(0.15, "writing practice into routines and tools", "bottom-up")
    cost_per_hour: float = parameter(
        45.0,
        unit="EUR/hour",
        range=(20.0, 80.0),
        legal=(0.01, 1e6),
        meaning="cost of an hour of the programme, without the participant's time",
    )
    max_hours: float = parameter(
        6.0, unit="hours/week", range=(2.0, 10.0), meaning="maximum improvement time of a person per week"
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    announced_hours: FloatArray = flow("hours", "announcements heard from the programme")
    training_hours: FloatArray = flow("hours", "training")


@columns("leaders")
class Leaders:
    """Columns of a leader."""

    announced_hours: FloatArray = flow("hours", "announcements heard from the programme")
    coaching_hours: FloatArray = flow("hours", "coaching received")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    spent: FloatArray = flow("EUR", "programme spending")
    planning_hours: FloatArray = flow("hours", "planning bought")
    announced_hours: FloatArray = flow("hours", "announcement hours bought")
    training_hours: FloatArray = flow("hours", "training hours bought")
    improvement_hours: FloatArray = flow("hours", "improvement hours bought")
    customer_hours: FloatArray = flow("hours", "hours with customers bought")
    coaching_hours: FloatArray = flow("hours", "coaching hours for leaders bought")


@rule
def hours_bought(budget: float, weight: float, total_weight: float, cost_per_hour: float) -> float:
    """Return the hours that a part of a budget buys.

    Source: arithmetic: money over the cost of an hour.

    Args:
        budget: money to spend (EUR/week).
        weight: weight of this use.
        total_weight: sum of the weights.
        cost_per_hour: cost of an hour (EUR).

    Returns:
        Hours.
    """
    return budget * weight / total_weight / cost_per_hour if total_weight > 0.0 else 0.0


@rule
def available_budget(sponsorship: float, p: Programme, rollout: Rollout) -> float:
    """Return the money to spend, as far as the sponsor keeps the programme and planning leaves money over.

    Source: arithmetic: the budget less the share for planning.

    Args:
        sponsorship: 1 while the executive keeps the programme, otherwise 0.
        p: parameters of the group ``programme``.
        rollout: parameters of the group ``rollout``.

    Returns:
        Money to spend in the week (EUR/week).
    """
    return p.budget * sponsorship * (1.0 - rollout.planning_share)


@rule
def people_reached(departments: Rows, rollout: Rollout) -> int:
    """Return the number of posts in the departments in which the programme runs."""
    posts = 0
    for d in range(len(departments.queue)):
        if reaches(d, len(departments.queue), rollout):
            posts += departments.last_staff[d] - departments.first_staff[d]
    return max(1, posts)


@kernel
def inform(
    staff: Rows, leaders: Rows, departments: Rows, firm: Rows, p: Programme, rollout: Rollout, week: int
) -> None:
    """Spend the top-down part of the budget: announcements, training, coaching.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``programme``.
        rollout: parameters of the group ``rollout``.
        week: number of the week.

    Writes:
        staff: ``announced_hours``, ``training_hours``.
        leaders: ``announced_hours``, ``coaching_hours``.
    """
    budget = available_budget(firm.sponsorship[0], p, rollout) * p.top_down_share
    total_weight = p.communication + p.training + p.coaching
    posts = len(staff.announced_hours)
    if budget <= 0.0 or posts == 0:
        return
    leader_count = len(leaders.announced_hours)
    posts = people_reached(departments, rollout)
    announced = hours_bought(budget, p.communication, total_weight, p.cost_per_hour) / (posts + leader_count)
    trained = hours_bought(budget, p.training, total_weight, p.cost_per_hour) / posts
    coached = hours_bought(budget, p.coaching, total_weight, p.cost_per_hour) / max(1, leader_count)
    for i in range(len(staff.announced_hours)):
        reached = reaches(staff.department[i], len(departments.queue), rollout)
        if reached and week >= staff.vacant_until[i]:
            staff.announced_hours[i] += announced
            staff.training_hours[i] += trained
    for k in range(leader_count):
        leaders.announced_hours[k] += announced
        leaders.coaching_hours[k] += coached


@kernel
def pay(staff: Rows, leaders: Rows, firm: Rows, p: Programme, rollout: Rollout) -> None:
    """Book the hours that were bought and took place, and their cost.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``programme``.
        rollout: parameters of the group ``rollout``.

    Writes:
        firm: ``announced_hours``, ``coaching_hours``, ``customer_hours``, ``improvement_hours``,
            ``planning_hours``, ``spent``, ``training_hours``.
    """
    for i in range(len(staff.announced_hours)):
        firm.announced_hours[0] += staff.announced_hours[i]
        firm.training_hours[0] += staff.training_hours[i]
        firm.improvement_hours[0] += staff.improvement_hours[i]
        firm.customer_hours[0] += staff.customer_hours[i]
    for k in range(len(leaders.announced_hours)):
        firm.announced_hours[0] += leaders.announced_hours[k]
        firm.coaching_hours[0] += leaders.coaching_hours[k]
    hours = (
        firm.announced_hours[0]
        + firm.training_hours[0]
        + firm.improvement_hours[0]
        + firm.customer_hours[0]
        + firm.embedding_hours[0]
        + firm.coaching_hours[0]
    )
    firm.planning_hours[0] += p.budget * firm.sponsorship[0] * rollout.planning_share / p.cost_per_hour
    firm.spent[0] += (hours + firm.planning_hours[0]) * p.cost_per_hour
