"""A layout: what is known about an organisation before it is drawn, as plain arrays of posts, lines, ties and segments.

An organisation without a layout is drawn from its sizes (:mod:`ccsim.model.initial_state`). With a layout, the rows are
those of the layout, and only the rest is drawn. A layout contains no names or identifiers of people.
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

#: Marks an unknown week of hiring; the drawn week is kept.
UNKNOWN_WEEK = -(1 << 30)
#: Halvings of size from one segment to the next that a float can hold; further segments are drawn empty.
MOST_HALVINGS = 1000


@dataclass(frozen=True, eq=False)
class Layout:
    """What is known about an organisation, row by row. Two layouts are equal only if they are the same object.

    Attributes:
        name: name of the organisation.
        sizes: by name of a size of ``organisation``, such as ``"staff"``, including those that the rows imply.
        values: assumptions that files state, by key, such as ``{"accounts.wage": 612.0}``.
        departments: names, front departments first.
        department: the department of each post, shape (posts,), ascending.
        contract: contracted time of each post relative to full time, shape (posts,).
        leader: leader of each post, -1 for none, shape (posts,).
        vacant: whether the post is vacant in week 0, shape (posts,).
        hired: week in which the holder joined, ``UNKNOWN_WEEK`` if it is not known, shape (posts,).
        ties: rows to whom each post's holder listens, padded with -1, shape (posts, most); None if they are drawn.
        superior: each leader's superior, -1 at the top, shape (leaders,); a superior has a lower row.
        leader_department: department of each leader, -1 for the whole organisation, shape (leaders,).
        tier: tier of each leader: 0 the top, 1 a leader of leaders, 2 a leader of posts only, shape (leaders,).
        empty: whether the leader's post is empty, shape (leaders,).
        reports_to: the leader's post above each one, empty or not, -1 at the top, shape (leaders,).
        calls, takes: shares of new issues, and of work passed on, that each department gets, shape (departments,);
            empty if they are not known.
        onward, minutes: probability that an issue needs another department, and time of a contact, relative to the ordinary,
            shape (departments,).
        segments: names.
        customers: customers of each segment, shape (segments,).
        value: weekly spending of a customer of each segment, relative to the mean, shape (segments,).
        mobility: how readily customers of each segment join and leave, relative to the mean, shape (segments,).
        draws: draws of a fit to the organisation's history, each by key; a replicate uses one of them.
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
        """Return the known values and one draw of the unknown ones, which is the same for all scenarios of a seed."""
        return {**self.values, **self.draws[seed % len(self.draws)]} if self.draws else self.values


def lay_out(state: ModelState, layout: Layout) -> None:
    """Set departments, posts and reporting lines of an empty state."""
    staff, leaders, departments = state.populations.staff, state.populations.leaders, state.populations.departments
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
    """Return how many posts each leader leads, directly or indirectly."""
    posts = np.bincount(layout.leader[layout.leader >= 0], minlength=len(layout.superior)).astype(np.int64)
    for k in range(len(posts) - 1, -1, -1):
        if layout.superior[k] >= 0:
            posts[layout.superior[k]] += posts[k]
    return posts


def share_out_customers(state: ModelState, layout: Layout) -> None:
    """Assign customers to segments, and prospects in the same shares; values follow those of the segment."""
    if not len(layout.customers):
        return
    customers, mean = state.populations.customers, state.settings.accounts.revenue
    count = len(layout.segments)
    drawn = 2.0**customers.segment * count / (2.0 ** min(count, MOST_HALVINGS) - 1.0)
    relative = customers.value * drawn / mean if mean > 0.0 else np.ones(len(drawn))
    customers.segment[:] = segments_of(layout.customers, len(customers.active))
    customers.value[:] = mean * layout.value[customers.segment] * relative
    customers.estimate[:] = customers.value
    state.populations.segments.mobility[:] = layout.mobility


def segments_of(sizes: Rows, rows: int) -> Rows:
    """Return the segment of each row of the market, each segment spread evenly over the rows.

    Args:
        sizes: customers of each segment, shape (segments,).
        rows: rows of the market; the first ``sizes.sum()`` are customers, and each segment has its number of them.
    """
    customers = int(sizes.sum())
    # Multiples of the golden ratio fill the unit interval evenly, so neighbours belong to different segments.
    order = np.argsort(np.arange(customers) * 0.6180339887498949 % 1.0, kind="stable")
    segment = np.empty(customers, np.int64)
    segment[order] = np.repeat(np.arange(len(sizes)), sizes)
    return segment[np.arange(rows) % customers]


def take_stock(state: ModelState, layout: Layout) -> None:
    """After the warm-up, set what is known about week 0: vacant posts, and the weeks in which people joined."""
    staff = state.populations.staff
    known = layout.hired > UNKNOWN_WEEK
    staff.hired_week[known] = layout.hired[known]
    vacant = layout.vacant.astype(bool)
    staff.vacant_until[vacant] = state.week + 2 + state.settings.turnover.vacancy_weeks
