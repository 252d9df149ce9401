"""A layout: what is known of an organisation before it is drawn. Posts, lines, ties and segments, as plain arrays.

An organisation without a layout is drawn from its sizes (:mod:`ccsim.model.initial_state`). With one, the rows are
what the layout says, and only the rest is drawn. A layout holds no name and no identifier of a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccsim.engine.columns import FloatArray
from ccsim.mechanisms.management.leadership import LeaderTier

if TYPE_CHECKING:
    from ccsim.model.state import ModelState

Rows = npt.NDArray[np.int64]

#: The week of hiring is not known: the drawn one is kept.
UNKNOWN_WEEK = -(1 << 30)
#: Halvings of size from one segment to the next that a float can hold; further segments are drawn empty.
MOST_HALVINGS = 1000


@dataclass(frozen=True, eq=False)
class Layout:
    """What is known of an organisation, row by row. Two layouts are the same only if they are one object.

    Attributes:
        name: what the organisation is called.
        sizes: by name of a size of ``organisation``, such as ``"staff"``; those that the rows imply among them.
        values: assumptions that files state, by key, such as ``{"accounts.wage": 612.0}``.
        departments: names, those in front first.
        department: the department of each post, shape (posts,), ascending.
        contract: contracted time of each post relative to full time, shape (posts,).
        leader: leader of each post, -1 where there is none, shape (posts,).
        vacant: whether the post is vacant in week 0, shape (posts,).
        hired: week in which the holder came, ``UNKNOWN_WEEK`` where it is not known, shape (posts,).
        ties: rows to whom each post's holder listens, filled up with -1, shape (posts, most); None where they are drawn.
        superior: each leader's own leader, -1 at the top, shape (leaders,); a superior stands above.
        leader_department: department of each leader, -1 for the whole organisation, shape (leaders,).
        tier: tier of each leader: 0 the top, 1 a leader of leaders, 2 a leader of posts only, shape (leaders,).
        empty: whether the leader's post is empty, shape (leaders,).
        reports_to: the leader's post above each one, empty or not, -1 at the top, shape (leaders,).
        calls, takes: parts of new issues, and of work passed on, that each department gets, shape (departments,);
            empty where they are not known.
        onward, minutes: chance that an issue needs another department, and time of a contact, relative to the ordinary,
            shape (departments,).
        segments: names.
        customers: customers of each segment, shape (segments,).
        value: what a customer of each segment spends a week, relative to the mean, shape (segments,).
        mobility: how readily customers of each segment come and go, relative to the mean, shape (segments,).
        draws: draws of a fit to the organisation's history, each by key; a replicate takes one of them.
    """

    name: str
    sizes: dict[str, Any]
    values: dict[str, Any]
    departments: tuple[str, ...]
    department: Rows
    contract: FloatArray
    leader: Rows
    vacant: Rows
    hired: Rows
    ties: Rows | None
    superior: Rows
    leader_department: Rows
    tier: Rows
    empty: Rows
    reports_to: Rows
    calls: FloatArray
    takes: FloatArray
    onward: FloatArray
    minutes: FloatArray
    segments: tuple[str, ...] = ()
    customers: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    value: FloatArray = field(default_factory=lambda: np.empty(0))
    mobility: FloatArray = field(default_factory=lambda: np.empty(0))
    draws: tuple[dict[str, Any], ...] = ()

    def values_for(self, seed: int) -> dict[str, Any]:
        """Return what is known and, of what is not, one draw: the same for all scenarios of a seed."""
        return {**self.values, **self.draws[seed % len(self.draws)]} if self.draws else self.values


def lay_out(world: ModelState, layout: Layout) -> None:
    """Set departments, posts and reporting lines of an empty world."""
    staff, leaders, departments = world.populations.staff, world.populations.leaders, world.populations.departments
    rows = np.arange(len(layout.departments))
    departments.first_staff[:] = np.searchsorted(layout.department, rows)
    departments.last_staff[:] = np.searchsorted(layout.department, rows, side="right")
    departments.front[:] = rows < layout.sizes["front_departments"]
    departments.head[:] = -1
    departments.handoff_factor[:] = np.maximum(layout.onward, 1e-9)
    departments.time_factor[:] = layout.minutes
    for known, column in ((layout.calls, departments.call_share), (layout.takes, departments.transfer_share)):
        if known.sum() > 0.0:
            column[:] = np.maximum(np.cumsum(known) / known.sum(), 1e-12)
    staff.department[:] = layout.department
    staff.contract[:] = layout.contract
    staff.leader[:] = layout.leader
    leaders.tier[:] = layout.tier
    leaders.department[:] = layout.leader_department
    leaders.superior[:] = layout.superior
    leaders.vacant[:] = layout.empty
    leaders.span[:] = spans(layout)
    for k in np.flatnonzero(layout.tier == LeaderTier.HEAD)[::-1]:
        departments.head[layout.leader_department[k]] = k


def spans(layout: Layout) -> Rows:
    """Return how many posts each leader leads, directly or not."""
    found = np.bincount(layout.leader[layout.leader >= 0], minlength=len(layout.superior)).astype(np.int64)
    for k in range(len(found) - 1, -1, -1):
        if layout.superior[k] >= 0:
            found[layout.superior[k]] += found[k]
    return found


def share_out_customers(world: ModelState, layout: Layout) -> None:
    """Give each segment its customers, and prospects in the same parts; values follow the segment's."""
    if not len(layout.customers):
        return
    customers, mean = world.populations.customers, world.settings.accounts.revenue
    count = len(layout.segments)
    drawn = 2.0**customers.segment * count / (2.0 ** min(count, MOST_HALVINGS) - 1.0)
    relative = customers.value * drawn / mean if mean > 0.0 else np.ones(len(drawn))
    customers.segment[:] = segments_of(layout.customers, len(customers.active))
    customers.value[:] = mean * layout.value[customers.segment] * relative
    customers.estimate[:] = customers.value
    world.populations.segments.mobility[:] = layout.mobility


def segments_of(sizes: Rows, rows: int) -> Rows:
    """Return the segment of each row of the market, each segment spread evenly over the rows.

    Args:
        sizes: customers of each segment, shape (segments,).
        rows: rows of the market; the first ``sizes.sum()`` are customers, and each segment has its number of them.
    """
    customers = int(sizes.sum())
    # Multiples of the golden ratio fill the unit interval evenly: neighbours are of different segments.
    order = np.argsort(np.arange(customers) * 0.6180339887498949 % 1.0, kind="stable")
    segment = np.empty(customers, np.int64)
    segment[order] = np.repeat(np.arange(len(sizes)), sizes)
    return segment[np.arange(rows) % customers]


def take_stock(world: ModelState, layout: Layout) -> None:
    """Set at the end of the past what is known of week 0: which posts are vacant, and since when people are there."""
    staff = world.populations.staff
    known = layout.hired > UNKNOWN_WEEK
    staff.hired_week[known] = layout.hired[known]
    vacant = layout.vacant.astype(bool)
    staff.vacant_until[vacant] = world.week + 2 + world.settings.turnover.vacancy_weeks
