"""Found an organisation: from settings and a seed to a world in its ordinary state.

The ordinary state is lived, not assumed: the organisation is drawn, lives ``organisation.warm_up`` weeks, and what
it then is is where week 0 begins. Every draw is keyed by its row, so a larger organisation has the smaller one's
first members.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ccsim.engine.functions import clip01
from ccsim.engine.jit import kernel, rule
from ccsim.engine.rng import Stream, irwin_hall_normal, uniform, uniforms4
from ccsim.mechanisms.management import implementation
from ccsim.mechanisms.management.leadership import appointed
from ccsim.mechanisms.market.offer import designed, sees
from ccsim.mechanisms.staff.conviction import NOT_YET
from ccsim.mechanisms.staff.turnover import settle_in
from ccsim.model.layout import Layout, lay_out, share_out_customers, take_stock
from ccsim.model.settings import Settings, without_own
from ccsim.model.state import ModelState, empty_state
from ccsim.model.ties import ties_of
from ccsim.model.week import step

STAFF, TIE, CUSTOMER, NEED, FAR = (
    int(purpose)
    for purpose in (
        Stream.FOUND_STAFF,
        Stream.FOUND_STAFF_TIE,
        Stream.FOUND_CUSTOMER,
        Stream.FOUND_NEEDS,
        Stream.FOUND_TIE,
    )
)

#: Worlds up to this many rows are remembered after their past, so that scenarios of one seed share it.
MAX_CACHED_ROWS = 50_000


def initialise(settings: Settings, seed: int, layout: Layout | None = None) -> ModelState:
    """Return a world that has lived its past and stands before week 0.

    Args:
        settings: parameters, with the levers of the past in force.
        seed: a whole number from 0 to 2**64 - 1.
        layout: what is known of an organisation from its files; the settings have its sizes.
    """
    market = int(settings.organisation.customers * (1.0 + settings.organisation.prospects))
    if settings.organisation.staff + market > MAX_CACHED_ROWS:
        return _after_warm_up(settings, seed, layout)
    return _cached(settings, seed, layout, settings.extension).copy()


@lru_cache(maxsize=4)
def _cached(settings: Settings, seed: int, layout: Layout | None, extension: object) -> ModelState:
    # The extension is named, because settings of two of them are equal when their numbers are.
    return _after_warm_up(settings, seed, layout)


def _after_warm_up(settings: Settings, seed: int, layout: Layout | None) -> ModelState:
    world = sample_initial(settings, seed, layout)
    for _ in range(settings.organisation.warm_up):
        step(world)
    if layout:
        take_stock(world, layout)
    return world


def sample_initial(settings: Settings, seed: int, layout: Layout | None = None) -> ModelState:
    """Return a world as drawn, before its past."""
    size = settings.organisation
    leads = leaders_of(settings) if layout is None else []
    rows = int(size.customers * (1.0 + size.prospects))
    ties = None if layout is None else ties_of(layout, size.ties, size.cross_ties, seed)
    most = min(size.ties, size.staff - 1) if ties is None else ties.shape[1]
    leaders = len(leads) if layout is None else len(layout.superior)
    world = empty_state(size.staff, most, leaders, rows, size.departments, size.segments, settings, seed)
    world.week = -size.warm_up - 1
    state = world.populations
    state.staff.contract[:] = 1.0
    state.departments.onward[:] = 1.0
    state.departments.minutes[:] = 1.0
    state.segments.mobility[:] = 1.0
    if layout is None:
        assign_departments(world, leads)
        draw_ties(state.staff, state.colleagues, size.cross_ties, seed)
    else:
        lay_out(world, layout)
        state.colleagues[:] = -1 if ties is None else ties
    # What is compiled and kept of the package knows no parameters of others.
    p = without_own(settings)
    draw_staff(state.staff, p, seed, world.week)
    draw_leaders(state.leaders, p, seed, world.week)
    draw_customers(state.customers, size.customers, size.segments, p, seed)
    if layout:
        share_out_customers(world, layout)
    state.departments.queue_first[:] = -1
    state.departments.queue_last[:] = -1
    state.departments.workload[:] = 0.9
    state.departments.load[:] = settings.work_pace.usual
    state.departments.standard[:] = 1.0
    for d in range(size.departments):
        implementation.put_card(d, settings.staff_scorecard, 1.0, state.departments)
    state.departments.defects[:] = settings.defects.ordinary
    state.departments.insight[:] = 0.35
    # An offer that follows needs is as far behind as it can make up in a week.
    set_initial_gap(state.segments, settings.offer)
    state.firm.sponsorship[:] = 1.0
    state.firm.practice[:] = 0.7
    state.firm.trusted[:] = 0.5
    state.departments.next_staff[:] = state.departments.first_staff
    if world.own is not None:
        settings.extension.found(world)
    return world


def leaders_of(settings: Settings) -> list[tuple[int, int, int, int, int]]:
    """Return the leaders as rows (tier, department, superior, first, last), the executive first.

    ``first`` and ``last`` bound the staff whom a team lead leads; they are 0 for the other tiers.
    """
    size = settings.organisation
    rows: list[tuple[int, int, int, int, int]] = []
    if size.tiers >= 3:
        rows.append((0, -1, -1, 0, 0))
    top = len(rows) - 1
    heads = {}
    if size.tiers >= 2:
        for department in range(size.departments):
            heads[department] = len(rows)
            rows.append((1, department, top, 0, 0))
    if size.tiers >= 1:
        for department, (first, last) in enumerate(bounds(settings)):
            for start in range(first, last, size.span):
                rows.append((2, department, heads.get(department, -1), start, min(start + size.span, last)))
    return rows


def bounds(settings: Settings) -> list[tuple[int, int]]:
    """Return the first and the past-last row of each department's staff: staffed for their ordinary work.

    Customers call at the front; journeys go on to the back office, and from there to any other department. Every
    department has at least one member of staff.
    """
    size = settings.organisation
    onward = settings.demand.journeys + 0.05  # about one contact in twenty is handed over undone
    back = size.departments - size.front_departments
    if back == 0 or size.departments == 1:
        work = np.ones(size.departments)
    else:
        further = onward * onward / (size.departments - 1)
        front = np.full(size.front_departments, 1.0 / size.front_departments + further)
        work = np.concatenate([front, np.full(back, onward / back + further * (back - 1) / back)])
    spare = size.staff - size.departments
    edges = np.concatenate([[0.0], np.cumsum(work)]) / work.sum()
    ends = np.arange(size.departments + 1) + np.floor(edges * spare + 0.5).astype(int)
    return [(int(ends[d]), int(ends[d + 1])) for d in range(size.departments)]


def assign_departments(world: ModelState, leads: list[tuple[int, int, int, int, int]]) -> None:
    """Set departments, posts and reporting lines."""
    state, size = world.populations, world.settings.organisation
    for d, (first, last) in enumerate(bounds(world.settings)):
        state.departments.first_staff[d], state.departments.last_staff[d] = first, last
        state.departments.front[d] = d < size.front_departments
        state.departments.head[d] = -1
        state.staff.department[first:last] = d
    state.staff.leader[:] = -1
    for k, (tier, department, superior, first, last) in enumerate(leads):
        state.leaders.tier[k] = tier
        state.leaders.department[k] = department
        state.leaders.superior[k] = superior
        state.leaders.span[k] = last - first
        if tier == 1:
            state.departments.head[department] = k
        state.staff.leader[first:last] = k
    spans = state.leaders.span
    for k in range(len(leads) - 1, -1, -1):
        if leads[k][2] >= 0:
            spans[leads[k][2]] += spans[k]


@kernel
def set_initial_gap(segments: Any, p: Any) -> None:
    """Set the offer as far behind needs as it ordinarily is."""
    pace = designed(0.0, sees(1.0, 0.35, p), p)
    for s in range(len(segments.need)):
        segments.position[s] = -min(1.0, p.drift / pace) if pace > 0.0 else 0.0


@rule
def sample_tie(i: Any, k: Any, ties: Any, first: Any, last: Any, count: Any, cross: Any, luck: Any, where: Any) -> Any:
    """A person listens to those at the next desks, and for a part of the ties to somebody in another department."""
    size = last - first
    if luck < cross and count > size:
        other = int(where * (count - size))
        return other if other < first else other + size
    step = k // 2 + 1
    offset = step if k % 2 == 0 else -step
    other = first + (i - first + offset) % size
    return other if other != i else (i + 1) % count


@rule
def is_tied(i: Any, known: Any, other: Any, colleagues: Any) -> Any:
    """Whether a colleague is among the first ``known`` ties of a person."""
    for k in range(known):
        if colleagues[i, k] == other:
            return True
    return False


@kernel
def draw_staff(staff: Any, p: Any, seed: Any, week: Any) -> None:
    """Draw the first holders of all posts, part way into their time."""
    for i in range(len(staff.skill)):
        settle_in(i, staff, p.turnover, seed, week)
        a, b, c, d = uniforms4(seed, STAFF, week, i)
        staff.skill[i] = clip01(0.53 + 0.12 * irwin_hall_normal(a, b, c, d))
        staff.hired_in[i] = week - int(a * 200.0)
        staff.vacant_until[i] = week
        staff.conviction[i] = clip01(staff.disposition[i] + 0.12)
        staff.tipped_in[i] = NOT_YET
        staff.habit[i] = clip01(0.36 + 0.6 * (staff.disposition[i] - p.turnover.disposition) + 0.3 * (b - 0.5))
        staff.safety[i] = 1.0 - 0.5 * p.empowerment.blame
        staff.engagement[i] = staff.vigour[i]
        staff.cynicism[i] = p.fatigue.ordinary
        staff.peer_practice[i] = 0.3


@kernel
def draw_ties(staff: Any, colleagues: Any, cross: Any, seed: Any) -> None:
    """Draw whom people listen to."""
    count, ties = colleagues.shape
    for i in range(count):
        first = i
        while first > 0 and staff.department[first - 1] == staff.department[i]:
            first -= 1
        last = i + 1
        while last < count and staff.department[last] == staff.department[i]:
            last += 1
        for k in range(ties):
            luck, where, _, _ = uniforms4(seed, TIE, k, i)
            other = sample_tie(i, k, ties, first, last, count, cross, luck, where)
            # Nobody counts twice: where the next desks are used up, somebody further away is listened to.
            while other == i or is_tied(i, k, other, colleagues):
                other = (other + 1) % count
            colleagues[i, k] = other


@kernel
def draw_leaders(leaders: Any, p: Any, seed: Any, week: Any) -> None:
    """Draw the first holders of all leaders' posts."""
    for k in range(len(leaders.tier)):
        appointed(k, leaders, p.leadership, seed, week)
        above = leaders.superior[k]
        received = p.empowerment.rights if above < 0 else leaders.allowed[above]
        leaders.expected[k] = p.empowerment.rights
        leaders.allowed[k] = received * (1.0 - leaders.control[k] * (1.0 - leaders.conviction[k]))


@kernel
def draw_customers(customers: Any, active: Any, segments: Any, p: Any, seed: Any) -> None:
    """Draw everybody in the market; the first rows are customers. Each segment is half as large as the next."""
    count = len(customers.active)
    parts = 2.0**segments - 1.0
    for i in range(count):
        luck, amount, mood, hope = uniforms4(seed, CUSTOMER, 0, i)
        segment = 0
        edge = 1.0 / parts
        while luck > edge and segment < segments - 1:
            segment += 1
            edge += 2.0**segment / parts
        customers.segment[i] = segment
        # A segment of half the size spends twice as much a head: all segments weigh the same in revenue.
        customers.value[i] = p.accounts.revenue * parts / segments / 2.0**segment * (0.6 + 0.8 * amount)
        customers.estimate[i] = customers.value[i]
        customers.trust[i] = 0.5
        customers.far_tie[i] = int(uniform(seed, FAR, 0, i) * count)
        customers.active[i] = i < active
        customers.joined_in[i] = -32768
        customers.satisfaction[i] = clip01(p.experience.offer - 0.35 + 0.35 * mood)
        customers.expectation[i] = 0.45 + 0.3 * hope
        customers.opinion[i] = 0.5


def seed_of(rng: int) -> np.uint64:
    """Return a seed as kernels take it."""
    return np.uint64(rng)
