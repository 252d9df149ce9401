"""Leaders believe what they are measured on, what they see below, and whom they can believe. [001, 004]

A leader's conviction moves with the own leader's (as far as that one is credible), with results on the own scorecard
as reported, and with successes that can be seen below. Credibility is what was announced against what happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import clip01, half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.mechanisms.incentives.scorecards import customer_share, head_card_turned, staff_card_turned
from ccsim.mechanisms.management.empowerment import widened
from ccsim.mechanisms.management.leadership import EXECUTIVE

if TYPE_CHECKING:
    from ccsim.mechanisms.incentives.scorecards import ExecutiveScorecard, HeadScorecard, StaffScorecard
    from ccsim.mechanisms.management.leadership import Leadership


@columns("leaders")
class Leaders:
    """Columns of a leader."""

    conviction: FloatArray = stock("share", "belief that customer-first is right and pays here", "leadership")
    credibility: FloatArray = stock("share", "how far words were followed by deeds", "leadership")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    visible_successes: FloatArray = stock("successes/person", "visible wins per head, lately")
    reported_successes: FloatArray = stock("share", "how much of success the executive has lately been told")


@rule
def credibility_update(words: float, deeds: float, credibility: float, p: Leadership) -> float:
    """Credibility follows deeds, the faster the more was announced; unspoken, it returns to one half.

    Source: assumed, after articles 001 and 004: a first-order delay (Sterman 2000) towards deeds.

    Args:
        words: how much was announced, 0 to 1.
        deeds: how much was done, 0 to 1.
        credibility: how far words were followed by deeds (share).
        p: parameters of the mechanism.

    Returns:
        The credibility after the week (share).
    """
    spoken = half_saturation(words, 1.0)
    return relax(
        relax(credibility, deeds, p.credibility_rate * spoken), 0.5, 0.25 * p.credibility_rate * (1.0 - spoken)
    )


@rule
def rights_kept(allowed: float, rights: float, expected: float) -> float:
    """The share of the rights, as the rules give them or people expect them, that a leader passes on."""
    given = max(rights, expected)
    return clip01(allowed / given) if given > 0.0 else 0.0


@rule
def persuaded(conviction: float, surplus: float, results: float, p: Leadership) -> float:
    """Successes seen below win a leader over, more so when results are better than usual.

    Source: assumed, after articles 001 and 004: a first-order delay (Sterman 2000) towards conviction, and a gain from
    results.

    Args:
        conviction: belief that customer-first is right and pays here (share).
        surplus: visible wins above those of late (wins a head).
        results: results, 0 to 1.
        p: parameters of the mechanism.

    Returns:
        The leader's conviction after the week (share).
    """
    many = half_saturation(surplus, p.half_saturation)
    return clip01(relax(conviction, 1.0, p.successes_rate * many) + p.results_rate * results * many)


@rule
def all_successes(departments: Rows) -> tuple[float, float]:
    """Visible successes, and posts, of all departments."""
    successes, people = 0.0, 0.0
    for d in range(len(departments.visible_successes)):
        successes += departments.visible_successes[d]
        people += departments.last_staff[d] - departments.first_staff[d]
    return successes, people


@rule
def excess_successes(k: int, successes: float, people: float, leaders: Rows, departments: Rows, firm: Rows) -> float:
    """Successes a head, above the usual, in what a leader leads.

    Source: arithmetic: a difference of means.

    Args:
        k: row of the leader.
        successes: solved contacts that were seen to work, and improvements that showed (cases).
        people: filled posts (people).
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.

    Returns:
        Successes a head above the mean of the organisation, at least 0.
    """
    d = leaders.department[k]
    here, heads = successes, people
    if d >= 0:
        here, heads = departments.visible_successes[d], departments.last_staff[d] - departments.first_staff[d]
    return max(0.0, here / max(1.0, heads) - firm.visible_successes[0])


@kernel(allocates=True)
def update_commitment(
    leaders: Rows,
    departments: Rows,
    firm: Rows,
    head_card: HeadScorecard,
    executive_card: ExecutiveScorecard,
    staff_card: StaffScorecard,
    strength: float,
    rights: float,
    reported: float,
    p: Leadership,
    reversion_rate: float,
) -> None:
    """Leaders' conviction and credibility move; owns both, and the memory of ordinary successes.

    Args:
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        head_card: parameters of the group ``head_scorecard``.
        executive_card: parameters of the group ``executive_scorecard``.
        staff_card: parameters of the group ``staff_scorecard``.
        strength: ``scorecards.strength``, how much depends on the scorecard (factor).
        rights: ``empowerment.rights``, complexity up to which the rules let the front line decide, before leaders
            keep back their part (share).
        reported: ``visible_successes.reported_share``, share of successes that is reported to the executive
            (share).
        p: parameters of the group ``leadership``.
        reversion_rate: ``conviction.reversion_rate``, pace at which conviction returns to disposition (1/week).

    Writes:
        leaders: ``conviction``, ``credibility``.
        firm: ``reported_successes``, ``visible_successes``.
    """
    successes, people = all_successes(departments)
    ahead = successes / max(1.0, people) - firm.visible_successes[0]
    firm.visible_successes[0] += (p.memory_rate if firm.visible_successes[0] > 0.0 else 1.0) * ahead
    # Leaders hear what their superior believed last week: all change at once.
    stance, credit = leaders.conviction.copy(), leaders.credibility.copy()
    for k in range(len(leaders.conviction)):
        above = leaders.superior[k]
        surplus = excess_successes(k, successes, people, leaders, departments, firm)
        if above < 0:
            # The top sees what is reported to it.
            surplus *= reported
            firm.reported_successes[0] = relax(
                firm.reported_successes[0], half_saturation(surplus, p.half_saturation), p.reporting_rate
            )
        belief = persuaded(leaders.conviction[k], surplus, leaders.reported_score[k] - leaders.reference_score[k], p)
        if above >= 0:
            talk = half_saturation(0.5 + leaders.announced_hours[k] + 2.0 * leaders.coaching_hours[k], 1.0)
            belief = relax(belief, stance[above], p.superior_rate * talk * credit[above])
        turned = leaders.realigned[above] if above >= 0 else 0.0
        own = (
            customer_share(executive_card)
            if leaders.tier[k] == EXECUTIVE
            else customer_share(head_card_turned(head_card, turned))
        )
        belief = relax(belief, own, p.scorecard_rate * half_saturation(strength, 1.0))
        leaders.conviction[k] = clip01(relax(belief, leaders.disposition[k], reversion_rate))
        measures = customer_share(staff_card_turned(staff_card, leaders.realigned[k]))
        top = k
        while leaders.superior[top] >= 0:
            top = leaders.superior[top]
        # Rights that the rules have cut are not kept, even while the cut is not enacted yet.
        allowed = min(leaders.delegated_rights[k], widened(rights, leaders.realigned[top]))
        deeds = 0.5 * measures + 0.5 * rights_kept(allowed, rights, leaders.expected_rights[k])
        leaders.credibility[k] = credibility_update(leaders.announced_hours[k], deeds, leaders.credibility[k], p)
