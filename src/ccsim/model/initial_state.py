"""Create an organisation: from settings and a seed to a state before week 0.

The initial state is simulated, not assumed: the organisation is drawn and simulated for ``organisation.warm_up`` weeks,
after which week 0 begins. Every draw is keyed by its row, so a larger organisation has the same first members as a
smaller one.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from ccsim.engine.ahead import ahead
from ccsim.engine.functions import clip01
from ccsim.engine.jit import kernel, rule
from ccsim.engine.rng import Stream, irwin_hall_normal, uniform, uniforms4
from ccsim.mechanisms.management import implementation
from ccsim.mechanisms.management.leadership import EXECUTIVE, HEAD, TEAM_LEAD, appointed
from ccsim.mechanisms.management.trials import draw_returns
from ccsim.mechanisms.market.customer_differences import draw_differences
from ccsim.mechanisms.market.offer import offer_update, perceived_gap
from ccsim.mechanisms.staff.conviction import NOT_YET
from ccsim.mechanisms.staff.ties import draw_uneven_ties, has_named, most_named
from ccsim.mechanisms.staff.turnover import initialise_person
from ccsim.model.first_start import compile_week
from ccsim.model.layout import MOST_HALVINGS, Layout, lay_out, share_out_customers, take_stock
from ccsim.model.settings import Settings, without_own
from ccsim.model.state import ModelState, empty_state
from ccsim.model.ties import ties_of
from ccsim.model.week import step

STAFF_STREAM, STAFF_TIE_STREAM = int(Stream.INITIAL_STAFF), int(Stream.INITIAL_STAFF_TIE)
CUSTOMER_STREAM, FAR_TIE_STREAM = int(Stream.INITIAL_CUSTOMER), int(Stream.INITIAL_TIE)

#: States with up to this many rows are cached after the warm-up, so that scenarios of one seed share them.
MAX_CACHED_ROWS = 50_000


def initialise(settings: Settings, seed: int, layout: Layout | None = None) -> ModelState:
    """Return a state after the warm-up, before week 0.

    Args:
        settings: parameters, with the levers of the warm-up in force.
        seed: a whole number from 0 to 2**64 - 1.
        layout: what is known about an organisation from its files; the settings contain its sizes.
    """
    market = int(settings.organisation.customers * (1.0 + settings.organisation.prospects))
    if settings.organisation.staff + market > MAX_CACHED_ROWS:
        return _after_warm_up(settings, seed, layout)
    return _cached(settings, seed, layout, settings.extension).copy()


@lru_cache(maxsize=4)
def _cached(settings: Settings, seed: int, layout: Layout | None, extension: object) -> ModelState:
    # The extension is part of the key, because settings of two extensions are equal if their numbers are.
    return _after_warm_up(settings, seed, layout)


def _after_warm_up(settings: Settings, seed: int, layout: Layout | None) -> ModelState:
    state = sample_initial(settings, seed, layout)
    for _ in range(settings.organisation.warm_up):
        step(state)
    if layout:
        take_stock(state, layout)
    return state


def sample_initial(settings: Settings, seed: int, layout: Layout | None = None) -> ModelState:
    """Return a state as drawn, before the warm-up.

    Args:
        settings: values of all parameters, with the levers of the warm-up in force.
        seed: seed of all draws of the run.
        layout: what is known about the organisation from its files; None if it is drawn from its sizes.
    """
    # The compiled code of the package does not know the parameters of users' mechanisms.
    size, p = settings.organisation, without_own(settings)
    rows = np.zeros(6, np.int64)
    row_counts(p, rows)
    staff, most, leaders, market, departments, segments = map(int, rows)
    ties = None
    if layout is not None:
        ties = ties_of(layout, size.ties, size.cross_ties, settings.ties, seed)
        most, leaders = ties.shape[1], len(layout.superior)
    state = empty_state(staff, most, leaders, market, departments, segments, settings, seed)
    state.week = -size.warm_up - 1
    populations = state.populations
    if state.own is None:
        compile_week(state)
    if layout is None or ties is None:
        draw_organisation(populations, p, seed, state.week)
    else:
        set_ordinary(populations)
        lay_out(state, layout)
        populations.colleagues[:] = ties
        draw_people(populations, p, seed, state.week)
        share_out_customers(state, layout)
        initialise_aggregates(populations, p)
    if state.own is not None:
        settings.extension.initialise(state)
    return state


@ahead
def draw_organisation(populations: Any, p: Any, seed: Any, week: Any) -> None:
    """Draw an organisation from its sizes into populations with the numbers of rows of :func:`row_counts`.

    Args:
        populations: every population, all zero except for columns with another start.
        p: all parameters.
        seed: seed of the run.
        week: the week before the first week of the warm-up.

    Writes:
        everything.
    """
    set_ordinary(populations)
    assign_departments(populations, p)
    if p.ties.named > 0.0:
        draw_uneven_ties(
            populations.colleagues, populations.staff.department, p.organisation.ties, p.organisation.cross_ties, p.ties, seed
        )  # fmt: skip
    else:
        draw_ties(populations.staff, populations.colleagues, p.organisation.cross_ties, seed)
    draw_people(populations, p, seed, week)
    initialise_aggregates(populations, p)


@ahead
def row_counts(p: Any, rows: Any) -> None:
    """Calculate the numbers of rows of an organisation of given sizes.

    Args:
        p: all parameters.
        rows: shape (6,): staff, ties per person, leaders, people in the market, departments, segments.

    Writes:
        rows.
    """
    size = p.organisation
    rows[0] = size.staff
    rows[1] = min(most_named(size.ties, p.ties), size.staff - 1)
    rows[2] = len(leader_rows(p))
    rows[3] = int(size.customers * (1.0 + size.prospects))
    rows[4] = size.departments
    rows[5] = size.segments


@ahead
def set_ordinary(populations: Any) -> None:
    """Set the columns that neither draws nor files change, before all others."""
    populations.staff.contract[:] = 1.0
    populations.departments.handoff_factor[:] = 1.0
    populations.departments.time_factor[:] = 1.0
    populations.segments.mobility[:] = 1.0


@ahead
def draw_people(populations: Any, p: Any, seed: Any, week: Any) -> None:
    """Draw the holders of all posts and the people in the market.

    Args:
        populations: the populations of the state.
        p: all parameters, as a named tuple of groups.
        seed: seed of all draws of the run.
        week: week before the first.

    Writes:
        staff, leaders, customers: the columns of each person's traits.
    """
    draw_staff(populations.staff, p, seed, week)
    draw_leaders(populations.leaders, p, seed, week)
    draw_returns(populations.departments, p.trials, seed)
    draw_differences(populations.customers, p.customer_differences, seed)
    draw_customers(populations.customers, p.organisation.customers, p.organisation.segments, p, seed)


@ahead
def initialise_aggregates(populations: Any, p: Any) -> None:
    """Set departments, the offer and the firm to their ordinary state."""
    departments, firm = populations.departments, populations.firm
    departments.queue_first[:] = -1
    departments.queue_last[:] = -1
    departments.workload[:] = 0.9
    departments.load[:] = p.work_pace.baseline_workload
    departments.standard[:] = 1.0
    implementation.store_first_cards(p.staff_scorecard, departments)
    departments.defects[:] = p.defects.baseline
    departments.insight[:] = 0.35
    # An offer that follows needs lags by as much as it can make up in a week.
    set_initial_gap(populations.segments, p.offer)
    firm.sponsorship[:] = 1.0
    firm.recent_quality[:] = 0.7
    firm.mean_trust[:] = 0.5
    departments.next_staff[:] = departments.first_staff


@ahead
def leader_rows(p: Any) -> Any:
    """Return the leaders of an organisation of given sizes: tier, department, superior, first, last; shape (leaders, 5).

    The executive is first. ``first`` and ``last`` bound the staff whom a team lead leads; they are 0 for the other tiers.
    """
    size = p.organisation
    ends = department_ends(p)
    top = 1 if size.tiers >= 3 else 0
    heads = size.departments if size.tiers >= 2 else 0
    count = top + heads
    if size.tiers >= 1:
        for d in range(size.departments):
            count += (ends[d + 1] - ends[d] + size.span - 1) // size.span
    rows = np.zeros((count, 5), np.int64)
    if top > 0:
        rows[0, 0], rows[0, 1], rows[0, 2] = EXECUTIVE, -1, -1
    for d in range(heads):
        rows[top + d, 0], rows[top + d, 1], rows[top + d, 2] = HEAD, d, top - 1
    k = top + heads
    if size.tiers >= 1:
        for d in range(size.departments):
            for start in range(ends[d], ends[d + 1], size.span):
                rows[k, 0], rows[k, 1], rows[k, 2] = TEAM_LEAD, d, top + d if heads > 0 else -1
                rows[k, 3], rows[k, 4] = start, min(start + size.span, ends[d + 1])
                k += 1
    return rows


def bounds(settings: Settings) -> list[tuple[int, int]]:
    """Return the first row of each department's staff and the row past the last one; staff is proportional to ordinary work."""
    return list(pairwise(department_ends(settings).tolist()))


@ahead
def department_ends(p: Any) -> Any:
    """Return the row after each department's last member of staff, after a 0: shape (departments + 1,).

    Customers call front departments. Journeys continue in the back office, and from there in any other department. Every
    department has at least one member of staff.
    """
    size = p.organisation
    onward = p.demand.journeys + 0.05  # about one contact in twenty is handed over without work on it
    front, back = size.front_departments, size.departments - size.front_departments
    work = np.ones(size.departments)
    if back > 0 and size.departments > 1:
        further = onward * onward / (size.departments - 1)
        work[:front] = 1.0 / front + further
        work[front:] = onward / back + further * (back - 1) / back
    spare = size.staff - size.departments
    edges = np.cumsum(work)
    ends = np.zeros(size.departments + 1, np.int64)
    for d in range(size.departments):
        ends[d + 1] = d + 1 + math.floor(edges[d] / edges[size.departments - 1] * spare + 0.5)
    return ends


@ahead
def assign_departments(populations: Any, p: Any) -> None:
    """Set departments, posts and reporting lines."""
    staff, leaders, departments = populations.staff, populations.leaders, populations.departments
    ends = department_ends(p)
    for d in range(len(ends) - 1):
        departments.first_staff[d], departments.last_staff[d] = ends[d], ends[d + 1]
        departments.front[d] = d < p.organisation.front_departments
        departments.head[d] = -1
        staff.department[ends[d] : ends[d + 1]] = d
    staff.leader[:] = -1
    rows = leader_rows(p)
    for k in range(len(rows)):
        leaders.tier[k] = rows[k, 0]
        leaders.department[k] = rows[k, 1]
        leaders.superior[k] = rows[k, 2]
        leaders.span[k] = rows[k, 4] - rows[k, 3]
        if rows[k, 0] == HEAD:
            departments.head[rows[k, 1]] = k
        staff.leader[rows[k, 3] : rows[k, 4]] = k
    for k in range(len(rows) - 1, -1, -1):
        if rows[k, 2] >= 0:
            leaders.span[rows[k, 2]] += leaders.span[k]


@kernel
def set_initial_gap(segments: Any, p: Any) -> None:
    """Set the ordinary lag of the offer behind needs.

    Args:
        segments: columns of the customer segments, one row each.
        p: parameters of the group ``offer``.

    Writes:
        segments: ``position``.
    """
    pace = offer_update(0.0, perceived_gap(1.0, 0.35, p), p)
    for s in range(len(segments.need)):
        segments.position[s] = -min(1.0, p.drift / pace) if pace > 0.0 else 0.0


@rule
def sample_tie(i: Any, k: Any, ties: Any, first: Any, last: Any, count: Any, cross: Any, draw: Any, where: Any) -> Any:
    """Return a colleague: at the next desks or, for a share of the ties, in another department.

    Args:
        i: row of the person.
        k: number of the tie.
        ties: number of ties of each person.
        first: first row of the person's department.
        last: row after its last one.
        count: number of posts.
        cross: share of ties to other departments.
        draw: random draw for the department, 0 to 1.
        where: random draw for the person, 0 to 1.

    Returns:
        The row of the colleague.
    """
    size = last - first
    if draw < cross and count > size:
        other = int(where * (count - size))
        return other if other < first else other + size
    step = k // 2 + 1
    offset = step if k % 2 == 0 else -step
    other = first + (i - first + offset) % size
    return other if other != i else (i + 1) % count


@kernel
def draw_staff(staff: Any, p: Any, seed: Any, week: Any) -> None:
    """Draw the first holders of all posts, part of the way through their tenure.

    Args:
        staff: columns of the staff, one row per post.
        p: all parameters, as a named tuple of groups.
        seed: seed of all draws of the run.
        week: week before the first.

    Writes:
        staff: ``hired_week`` and the columns of each person's traits.
    """
    for i in range(len(staff.skill)):
        initialise_person(i, staff, p.turnover, seed, week)
        a, b, c, d = uniforms4(seed, STAFF_STREAM, week, i)
        staff.skill[i] = clip01(0.53 + 0.12 * irwin_hall_normal(a, b, c, d))
        staff.hired_week[i] = week - int(a * 200.0)
        staff.vacant_until[i] = week
        staff.conviction[i] = clip01(staff.disposition[i] + 0.12)
        staff.tipped_week[i] = NOT_YET
        staff.habit[i] = clip01(0.36 + 0.6 * (staff.disposition[i] - p.turnover.disposition) + 0.3 * (b - 0.5))
        staff.safety[i] = 1.0 - 0.5 * p.empowerment.blame
        staff.engagement[i] = staff.baseline_engagement[i]
        staff.cynicism[i] = p.fatigue.baseline_cynicism
        staff.peer_practice[i] = 0.3


@kernel
def draw_ties(staff: Any, colleagues: Any, cross: Any, seed: Any) -> None:
    """Draw whom people listen to.

    Args:
        staff: columns of the staff, one row per post.
        colleagues: rows of colleagues, shape (posts, ties); to be filled.
        cross: share of ties to other departments.
        seed: seed of all draws of the run.

    Writes:
        colleagues: all of it.
    """
    count, ties = colleagues.shape
    for i in range(count):
        first = i
        while first > 0 and staff.department[first - 1] == staff.department[i]:
            first -= 1
        last = i + 1
        while last < count and staff.department[last] == staff.department[i]:
            last += 1
        for k in range(ties):
            draw, where, _, _ = uniforms4(seed, STAFF_TIE_STREAM, k, i)
            other = sample_tie(i, k, ties, first, last, count, cross, draw, where)
            # No tie counts twice: if the next desks are used up, the tie goes to a person further away.
            while other == i or has_named(i, other, k, colleagues):
                other = (other + 1) % count
            colleagues[i, k] = other


@kernel
def draw_leaders(leaders: Any, p: Any, seed: Any, week: Any) -> None:
    """Draw the first holders of all leaders' posts.

    Args:
        leaders: columns of the leaders, one row per leader.
        p: all parameters, as a named tuple of groups.
        seed: seed of all draws of the run.
        week: week before the first.

    Writes:
        leaders: the columns of each leader's traits.
    """
    for k in range(len(leaders.tier)):
        appointed(k, leaders, p.leadership, p.turnover.disposition_spread, p.turnover.temperament_spread, seed, week)
        above = leaders.superior[k]
        received = p.empowerment.rights if above < 0 else leaders.delegated_rights[above]
        leaders.expected_rights[k] = p.empowerment.rights
        leaders.delegated_rights[k] = received * (1.0 - leaders.control[k] * (1.0 - leaders.conviction[k]))


@kernel
def draw_customers(customers: Any, active: Any, segments: Any, p: Any, seed: Any) -> None:
    """Draw the people in the market, beginning with the customers. Each segment is half as large as the next.

    Args:
        customers: columns of the market, one row per person.
        active: number of customers.
        segments: number of segments.
        p: all parameters, as a named tuple of groups.
        seed: seed of all draws of the run.

    Writes:
        customers: ``active``, ``segment`` and the columns of each person's traits.
    """
    count = len(customers.active)
    parts = 2.0 ** min(segments, MOST_HALVINGS) - 1.0
    for i in range(count):
        draw, amount, mood, hope = uniforms4(seed, CUSTOMER_STREAM, 0, i)
        segment = 0
        edge = 1.0 / parts
        while draw > edge and segment < segments - 1:
            segment += 1
            edge += 2.0**segment / parts
        customers.segment[i] = segment
        # A segment of half the size spends twice as much per head, so all segments contribute equally to revenue.
        customers.value[i] = p.accounts.revenue * parts / segments / 2.0**segment * (0.6 + 0.8 * amount)
        customers.estimate[i] = customers.value[i]
        customers.trust[i] = 0.5
        customers.far_tie[i] = int(uniform(seed, FAR_TIE_STREAM, 0, i) * count)
        customers.active[i] = i < active
        customers.joined_week[i] = -32768
        customers.satisfaction[i] = clip01(p.experience.offer_satisfaction - 0.35 + 0.35 * mood + customers.leniency[i])
        customers.expectation[i] = 0.45 + 0.3 * hope
        customers.opinion[i] = 0.5
