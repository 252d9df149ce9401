"""Bottom-up programme: volunteers improve their work, meet customers and write routines. [000, 004]"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.jit import kernel, rule
from ccsim.engine.prefetch import PEOPLE_AHEAD, prefetch
from ccsim.engine.rng import Stream, uniforms4
from ccsim.mechanisms.management.programme import available_budget, hours_bought, people_reached
from ccsim.mechanisms.management.rollout import reaches
from ccsim.mechanisms.management.visible_successes import complete_improvement

if TYPE_CHECKING:
    from ccsim.mechanisms.management.programme import Programme
    from ccsim.mechanisms.management.rollout import Rollout
    from ccsim.mechanisms.management.visible_successes import VisibleSuccesses

VOLUNTEER = int(Stream.VOLUNTEER)


class ParticipationParameters(NamedTuple):
    """Parameters that a programme from the bottom depends on.

    Attributes:
        programme, rollout, visible_successes: groups of parameters.
        blame: ``empowerment.blame``, how far people are blamed for setbacks (share).
    """

    programme: Programme
    rollout: Rollout
    visible_successes: VisibleSuccesses
    blame: float


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    improvement_hours: FloatArray = flow("hours", "paid time for local improvement")
    customer_hours: FloatArray = flow("hours", "time with real customers outside cases")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    embedding_hours: FloatArray = flow("hours", "embedding hours bought")


@rule
def release_probability(i: int, staff: Rows, leaders: Rows) -> float:
    """Return how far a person's leader releases people for improvement.

    Source: assumed, after articles 000 and 004: leaders release people as far as they are convinced.

    Args:
        i: row of the person.
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.

    Returns:
        Probability that the leader releases the person; 1 for a person without a leader.
    """
    return leaders.conviction[staff.leader[i]] if staff.leader[i] >= 0 else 1.0


@rule
def volunteers(conviction: float, release: float, draw: float) -> bool:
    """Return whether a person volunteers; the probability is higher the more the person and the leader are convinced.

    Source: assumed, after articles 000 and 004: a product of two probabilities.

    Args:
        conviction: belief that acting customer-first is right and works here (share).
        release: probability that the person's leader releases the person.
        draw: random draw, 0 to 1.
    """
    return draw < conviction * release


@rule
def in_reach(i: int, staff: Rows, departments: Rows, rollout: Rollout, week: int) -> bool:
    """Return whether the programme reaches this post and the post is filled.

    Source: arithmetic.

    Args:
        i: row of the person.
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        rollout: parameters of the group ``rollout``.
        week: number of the week.
    """
    return reaches(staff.department[i], len(departments.queue), rollout) and week >= staff.vacant_until[i]


@rule
def meet_customers(i: int, draw: float, chance: float, staff: Rows) -> None:
    """Let a person meet customers for two hours; each meeting counts as a source of its own.

    Args:
        i: row of the person.
        draw: random draw, 0 to 1.
        chance: probability of the meeting.
        staff: columns of the staff, one row per post.

    Writes:
        staff: ``customer_hours``, ``sources``.
    """
    if draw < chance:
        staff.customer_hours[i] += 2.0
        staff.sources[i] += 2.0


@rule
def fetch_volunteer(i: int, staff: Rows) -> None:
    """Prefetch the data of a person that is read and written, one cache line after the other."""
    prefetch(staff.vacant_until, i)
    prefetch(staff.conviction, i)
    prefetch(staff.sources, i)
    prefetch(staff.customer_hours, i)


@kernel(allocates=True)
def involve_volunteers(
    staff: Rows,
    leaders: Rows,
    departments: Rows,
    firm: Rows,
    parameters: ParticipationParameters,
    seed: int,
    week: int,
) -> None:
    """Spend the bottom-up part of the budget: improvement time for volunteers, meetings with customers, routines.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        parameters: those of the programme and of what comes of improvements.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        staff: ``blamed``, ``customer_hours``, ``improvement_hours``, ``setbacks``, ``sources``, ``visible_successes``.
        departments: ``embedding``, ``visible_successes``.
        firm: ``embedding_hours``, ``failures``, ``improvements``.
    """
    p, rollout, successes, blame = parameters
    budget = available_budget(firm.sponsorship[0], p, rollout) * (1.0 - p.top_down_share) * (1.0 - firm.stopped[0])
    total_weight = p.improvement + p.immersion + p.embedding
    if budget <= 0.0 or len(staff.announced_hours) == 0:
        return
    posts = people_reached(departments, rollout)
    improvement = hours_bought(budget, p.improvement, total_weight, p.cost_per_hour)
    immersion = hours_bought(budget, p.immersion, total_weight, p.cost_per_hour)
    embedding = hours_bought(budget, p.embedding, total_weight, p.cost_per_hour) / posts
    ready, draws, count = np.empty(len(staff.announced_hours), np.int32), np.empty(len(staff.announced_hours)), 0
    for i in range(len(staff.announced_hours)):
        fetch_volunteer(i + PEOPLE_AHEAD, staff)
        if in_reach(i, staff, departments, rollout, week):
            draw, success_draw, meeting_draw, _ = uniforms4(seed, VOLUNTEER, week, i)
            if volunteers(staff.conviction[i], release_probability(i, staff, leaders), draw):
                ready[count], draws[count] = i, success_draw
                count += 1
            meet_customers(i, meeting_draw, immersion / 2.0 / posts, staff)
            departments.embedding[staff.department[i]] += embedding
            firm.embedding_hours[0] += embedding
    each, untested = min(p.max_hours, improvement / max(1, count)), 1.0 - rollout.testing_share
    for k in range(count):
        i = ready[k]
        staff.improvement_hours[i] += each
        complete_improvement(i, each * untested, draws[k], staff, departments, firm, blame, successes)
