"""Leaders see only what is reported to them: their units' results on their scorecards, with a delay. [001]"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import relax
from ccsim.engine.jit import kernel, rule
from ccsim.mechanisms.incentives.measures import peer_rating, unit_score
from ccsim.mechanisms.incentives.scorecards import turned_card
from ccsim.mechanisms.management.leadership import EXECUTIVE

if TYPE_CHECKING:
    from ccsim.mechanisms.incentives.scorecards import ExecutiveScorecard, HeadScorecard
    from ccsim.mechanisms.management.leadership import Leadership


@columns("leaders")
class Leaders:
    """Columns of a leader."""

    reported_score: FloatArray = stock("share", "recently reported results on the leader's own scorecard")
    reference_score: FloatArray = stock("share", "usual results on the leader's own scorecard, as remembered")


@rule
def mean_engagement(staff: Rows, first: int, last: int) -> float:
    """Return the mean engagement over posts.

    Source: arithmetic: a mean.

    Args:
        staff: columns of the staff, one row per post.
        first: row of the first post.
        last: row after the last one.

    Returns:
        Mean engagement (share).
    """
    total = 0.0
    for i in range(first, last):
        total += staff.engagement[i] / (last - first)
    return total


@rule
def measured_results(
    first: int, last: int, departments: Rows, practice: float, published: float, p: Leadership
) -> tuple[float, float, float, float, float, float]:
    """Return the scores of departments on each measure, and whether there are any results.

    Source: arithmetic: sums over the departments, as :mod:`ccsim.mechanisms.incentives.measures` scales them.

    Args:
        first: first row of the departments.
        last: row after the last one.
        departments: columns of the departments, one row each.
        practice: share of contacts handled in the new way.
        published: how far true satisfaction is shown, instead of surveys (share).
        p: parameters of the mechanism.

    Returns:
        Whether any contact was handled and closed; then the scores of speed, cost, satisfaction, resolution at the first
        contact, and sound journeys (shares).
    """
    handled, worked, survey, closed_first, claimed, closed, sound = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for d in range(first, last):
        handled += departments.handled[d]
        worked += departments.worked[d]
        survey += departments.survey[d]
        closed += departments.closed[d]
        closed_first += departments.closed_first[d]
        claimed += departments.claimed[d]
        sound += departments.sound_journeys[d]
    if handled <= 0.0 or closed <= 0.0 or closed_first <= 0.0:
        return False, 0.0, 0.0, 0.0, 0.0, 0.0
    # Leaders are shown the survey right after the contact or, as far as it is published, customers' final judgement.
    satisfaction = survey / handled + published * (practice - survey / handled)
    quickness = 1.0 - worked / handled / (2.0 * p.half_score_hours)
    thrift = 1.0 - worked / closed / (4.0 * p.half_score_hours)
    return True, quickness, thrift, satisfaction, claimed / closed_first, sound / closed


@kernel
def update_reports(
    staff: Rows,
    leaders: Rows,
    departments: Rows,
    firm: Rows,
    head_card: HeadScorecard,
    executive_card: ExecutiveScorecard,
    published: float,
    p: Leadership,
) -> None:
    """Report units' results to their leaders, with a delay.

    Args:
        staff: columns of the staff, one row per post.
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        head_card: parameters of the group ``head_scorecard``.
        executive_card: parameters of the group ``executive_scorecard``.
        published: ``sensing.published``, how far leaders are shown customers' final judgement instead
            of surveys right after the contact (share).
        p: parameters of the group ``leadership``.

    Writes:
        leaders: ``reference_score``, ``reported_score``.
    """
    count = len(departments.queue)
    for k in range(len(leaders.reported_score)):
        top = leaders.tier[k] == EXECUTIVE
        first = 0 if top else leaders.department[k]
        last = count if top else first + 1
        has_results, quickness, thrift, satisfaction, claimed, sound = measured_results(
            first, last, departments, firm.recent_quality[0], published, p
        )
        if not has_results:
            continue
        if top:
            reported = unit_score(executive_card, quickness, thrift, satisfaction, claimed, sound)
        else:
            turned = leaders.realigned[leaders.superior[k]] if leaders.superior[k] >= 0 else 0.0
            reported = unit_score(turned_card(head_card, turned), quickness, thrift, satisfaction, claimed, sound)
        if (executive_card.internal if top else head_card.internal) > 0.0:
            engagement = mean_engagement(staff, departments.first_staff[first], departments.last_staff[last - 1])
            reported += peer_rating(executive_card, engagement) if top else peer_rating(head_card, engagement)
        if leaders.reference_score[k] == 0.0:
            leaders.reported_score[k] = reported
            leaders.reference_score[k] = reported
        leaders.reported_score[k] = relax(leaders.reported_score[k], reported, p.reporting_rate)
        leaders.reference_score[k] = relax(leaders.reference_score[k], leaders.reported_score[k], p.memory_rate)
